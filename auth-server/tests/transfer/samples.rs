//! A database with a row in every table and every value that an engine might change on the way.

use sea_orm::{ConnectionTrait as _, Database};

use crate::places;
use crate::program::Program;

/// Rows of text that compare, fold or trim differently somewhere, the longest that MySQL keeps in a
/// text, blobs with every byte, the largest numbers, NULL beside empty texts.
const SAMPLES: &str = "
INSERT INTO roles VALUES ('Admin', ''), ('ädmin', 'ß ẞ ss İ ı'), ('z', '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🦀 ''quoted'' \"too\" \\ %_');
INSERT INTO users (id, username, username_key, email, email_key, email_verified, name, profile, password_hash, password_changed_at, must_change_password, mfa_required, status, created_at, updated_at, version) VALUES
  ('u-1', 'Zoë', 'zoë', NULL, NULL, 0, NULL, NULL, NULL, NULL, 0, 0, 'active', 0, -1, 9223372036854775807),
  ('U-1', ' b ', 'b', '', '', 1, '', '{}', '$argon2id$', -9223372036854775807, 1, 1, 'locked', 1, 2, 3),
  ('_', 'long', 'long', 'a@b', 'a@b', 1, substr(hex(zeroblob(40000)), 1, 65535), char(9, 10, 13, 127), NULL, NULL, 0, 0, 'active', 1, 1, 1);
INSERT INTO user_roles VALUES ('u-1', 'Admin'), ('u-1', 'admin'), ('U-1', 'ädmin'), ('_', 'z');
INSERT INTO clients (id, name, kind, auth_method, grant_types, redirect_uris, scopes, default_scopes, audiences, access_ttl, may_introspect, require_pkce, password_grant_until, metadata, disabled_at, created_at, updated_at, version)
  VALUES ('c', 'C', 'public', 'none', '[\"password\"]', '[]', '', '', '[]', NULL, 1, 0, NULL, '{\"x\":1.50}', NULL, 1, 1, 1);
INSERT INTO client_secrets VALUES ('s-1', 'c', randomblob(32), 1, NULL), ('s-2', 'c', zeroblob(32), 1, 2);
INSERT INTO client_roles VALUES ('c', 'Admin');
INSERT INTO resources VALUES ('http://localhost:8081', 'Jobs'), ('urn:' || substr(hex(zeroblob(300)), 1, 508), 'longest');
INSERT INTO scopes VALUES ('jobs:read', 'http://localhost:8081', ''), ('openid', NULL, 'who you are');
INSERT INTO signing_keys VALUES ('k-1', 'ES256', 'active', 'ES256', '{}', randomblob(300), 1, 1, 1, NULL, NULL), ('k-2', 'RS256', 'retiring', NULL, '{}', x'00ff', 1, 1, 1, 2, 3);
INSERT INTO sessions VALUES ('se-1', 'u-1', randomblob(32), '[]', NULL, 1, 1, 1, 1, 1, NULL);
INSERT INTO session_clients VALUES ('se-1', 'c');
INSERT INTO families (id, client_id, user_id, session_id, sid, scope, audiences, auth_time, amr, acr, generation, rotated_at, used, mac_version, status_index, created_at, expires_at, idle_expires_at, revoked_at, revoked_reason) VALUES
  ('f-1', 'c', 'u-1', 'se-1', 'sid', '', '[]', 1, '[]', NULL, 4294967295, NULL, 1, 1, 7, 1, 1, 1, NULL, NULL),
  ('F-1', 'c', '_', NULL, 'sid', 'a b', '[]', 1, '[]', 'acr', 0, 5, 0, 1, NULL, 1, 1, 1, 9, 'logout');
INSERT INTO logout_deliveries VALUES ('gone', 'c', 'gone', 3, 9223372036854775807, 1);
INSERT INTO client_registrations (client_id, token_digest, created_at, unused_until) VALUES ('c', randomblob(32), 1, NULL);
INSERT INTO initial_tokens (id, digest, note, uses_left, created_at, expires_at) VALUES ('it-1', randomblob(32), 'für ''Zoë''', NULL, 1, NULL), ('it-2', zeroblob(32), '', 0, 1, 2);
INSERT INTO authorization_requests (id, client_id, is_pushed, parameters, browser, created_at, expires_at, spent_at) VALUES ('ar-1', 'c', 1, '{\"state\":\"ß\"}', NULL, 1, 2, NULL), ('AR-1', 'c', 0, '{}', 'b', 1, 2, 3);
INSERT INTO authorization_codes (id, client_id, user_id, session_id, family_id, redirect_uri, scope, audiences, nonce, code_challenge, claims, auth_time, sid, amr, acr, created_at, expires_at, spent_at) VALUES
  ('ac-1', 'c', 'u-1', 'se-1', 'f-1', 'https://a.example/?x=%20', 'openid', '[]', ' n ', 'ch', '{}', 1, 'se-1', '[]', NULL, 1, 2, 3),
  ('AC-1', 'c', '_', NULL, NULL, NULL, '', '[]', NULL, NULL, NULL, 1, 'sid', '[]', 'acr', 1, 2, NULL);
INSERT INTO consents (user_id, client_id, scope, created_at, updated_at) VALUES ('u-1', 'c', 'a b', 1, 2), ('U-1', 'c', '', 1, 2);
INSERT INTO status_lists (number, opened_at, expires_at) VALUES (0, 1, 9223372036854775807);
INSERT INTO status_blocks (first, size, client_id, expires_at) VALUES (64, 64, 'c', 2);
INSERT INTO status_revocations (seq, first, size, at) VALUES (3, 7, 1, 1), (3, 64, 64, 1);
INSERT INTO spent_assertions (id, expires_at) VALUES ('sa-1', 1), ('SA-1', 2);
UPDATE counters SET value = 2;
INSERT INTO change_log VALUES (1, 'user', 'u-1', 1), (2, 'client', 'c', 1);
INSERT INTO audit_events VALUES (5, 'e-5', 1, 'x', 'ok', NULL, NULL, NULL, NULL, NULL, '{}', 1, randomblob(32), randomblob(32)), (900, 'e-900', 1, 'x', 'ok', 'r', 'c', 'u-1', '::1', 'q', '{}', NULL, NULL, NULL);
INSERT INTO throttles VALUES ('account:u-1', 3, 1, NULL, 1);
INSERT INTO server_state VALUES ('sample', x'00010203fffe', 1);
";

/// Makes it, in a file of this name; returns its URL.
pub(crate) async fn make(program: &Program, name: &str) -> String {
    let url = format!("sqlite:{}?mode=rwc", program.path(name).display());
    places::migrate(program, &url);
    execute(&url, SAMPLES).await;
    url
}

/// Runs statements on a database.
pub(crate) async fn execute(url: &str, statements: &str) {
    let db = Database::connect(url).await.unwrap();
    db.execute_unprepared(statements).await.unwrap();
    db.close().await.unwrap();
}
