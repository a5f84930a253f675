//! The nouns of the server: what the rooms hand to each other. No IO, no clock.

mod acr;
mod authorization_code;
mod authorization_request;
mod claims_request;
mod client;
mod client_metadata;
mod family;
mod grant_type;
mod id;
mod key;
pub mod profile;
mod standard_claims;
pub mod strict_json;
mod user;

pub use acr::Acr;
pub use authorization_code::AuthorizationCode;
pub use authorization_request::{AuthorizationRequest, Prompt, ResponseMode, ReturnAddress};
pub use claims_request::{AcrRequest, ClaimRule, ClaimsRequest};
pub use client::{AuthMethod, Client, ClientKind, ClientSecret};
pub use client_metadata::{ApplicationType, ClientMetadata, Origin, SubjectType};
pub use family::Family;
pub use grant_type::GrantType;
pub use id::{ClientId, FamilyId, KeyId, SessionId, UserId};
pub use key::{Algorithm, KeyState, SigningKeyRecord};
pub use profile::{Profile, ProfileError};
pub use standard_claims::{CLAIM_SCOPES, scope_of_claim};
pub use user::{User, UserStatus};
