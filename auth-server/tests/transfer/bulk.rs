//! Users and families by the hundred thousand, made by SQLite itself.

use crate::samples::execute;

/// Adds users with a role, and three families for each; they belong to the client `ats-web`.
pub(crate) async fn add(url: &str, users: u64) {
    let families = users * 3;
    execute(
        url,
        &format!(
            "BEGIN;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {users})
            INSERT INTO users (id, username, username_key, email, email_key, email_verified, name,
                profile, password_hash, password_changed_at, must_change_password, mfa_required,
                status, created_at, updated_at, version)
            SELECT printf('%08x-%06d', i * 2654435761 % 4294967296, i), 'User' || i, 'user' || i,
                iif(i % 3, 'user' || i || '@example.org', NULL),
                iif(i % 3, 'user' || i || '@example.org', NULL), i % 2, 'Zoë Ünicode ' || i, NULL,
                '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$' || hex(randomblob(32)),
                1800000000000 + i, 0, 0, 'active', 1800000000000 + i, 1800000000000 + i, 1
            FROM n;
            INSERT INTO user_roles SELECT id, 'candidate' FROM users
            WHERE username_key LIKE 'user%' AND username_key NOT LIKE '%@%';
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {families})
            INSERT INTO families (id, client_id, user_id, session_id, sid, scope, audiences,
                auth_time, amr, acr, generation, rotated_at, used, mac_version, status_index,
                created_at, expires_at, idle_expires_at, revoked_at, revoked_reason)
            SELECT lower(hex(randomblob(16))), 'ats-web',
                printf('%08x-%06d', u * 2654435761 % 4294967296, u), NULL,
                lower(hex(randomblob(16))), 'jobs:read jobs:write', '[\"http://localhost:8081\"]',
                1800000000000 + i, '[\"pwd\"]', NULL, i % 17, iif(i % 17, 1800000000000 + i, NULL),
                i % 2, 1, i + 1000000000, 1800000000000 + i, 1900000000000 + i, 1850000000000 + i, NULL,
                NULL
            FROM (SELECT i, i % {users} + 1 AS u FROM n);
            COMMIT;"
        ),
    )
    .await;
}
