//! The nouns of the server: what the rooms hand to each other. No IO, no clock.

mod client;
mod family;
mod grant_type;
mod id;
mod key;
mod user;

pub use client::{AuthMethod, Client, ClientKind, ClientSecret};
pub use family::Family;
pub use grant_type::GrantType;
pub use id::{ClientId, FamilyId, KeyId, SessionId, UserId};
pub use key::{Algorithm, KeyState, SigningKeyRecord};
pub use user::{User, UserStatus};
