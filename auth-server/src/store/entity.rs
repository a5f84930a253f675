//! The tables as sea-orm sees them, one file each. Rows stay in this room: verbs turn them into the
//! nouns of `model`.
#![expect(unreachable_pub, reason = "the derive macros of sea-orm ask for `pub`")]

pub(super) mod audit_event;
pub(super) mod authorization_code;
pub(super) mod authorization_request;
pub(super) mod change;
pub(super) mod client;
pub(super) mod client_registration;
pub(super) mod client_role;
pub(super) mod client_secret;
pub(super) mod consent;
pub(super) mod counter;
pub(super) mod family;
pub(super) mod initial_token;
pub(super) mod logout_delivery;
pub(super) mod resource;
pub(super) mod role;
pub(super) mod scope;
pub(super) mod server_state;
pub(super) mod session;
pub(super) mod session_client;
pub(super) mod signing_key;
pub(super) mod spent_assertion;
pub(super) mod status_block;
pub(super) mod status_list;
pub(super) mod status_revocation;
pub(super) mod throttle;
pub(super) mod user;
pub(super) mod user_role;
