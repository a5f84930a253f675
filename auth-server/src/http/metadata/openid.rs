//! What the metadata says about users: where their claims are, and how they are signed
//! (OpenID Connect Discovery 1.0 §3; matrix MD-07, OC-55).

use serde_json::{Value, json};

use crate::context::AppState;
use crate::issue::claims;
use crate::model::{Acr, Algorithm, SubjectType};
use crate::presentation::Locale;

/// The members of OpenID Connect. What is on the list is there: algorithms that have a key, claims
/// that a user can have, languages that the pages speak.
pub(super) fn members(state: &AppState, at: impl Fn(&str) -> Value) -> Vec<(&'static str, Value)> {
    let algorithms: Vec<&str> = state
        .keys
        .algorithms()
        .into_iter()
        .map(Algorithm::as_str)
        .collect();
    let subject_types = [SubjectType::Public, SubjectType::Pairwise].map(SubjectType::as_str);
    vec![
        ("userinfo_endpoint", at("/oauth2/userinfo")),
        ("subject_types_supported", json!(subject_types)),
        ("id_token_signing_alg_values_supported", json!(algorithms)),
        ("userinfo_signing_alg_values_supported", json!(algorithms)),
        (
            "claims_supported",
            claims::supported().collect::<Vec<_>>().into(),
        ),
        ("claim_types_supported", json!(["normal"])),
        ("claims_parameter_supported", json!(true)),
        ("acr_values_supported", json!(Acr::ALL.map(Acr::as_str))),
        ("display_values_supported", json!(["page", "popup"])),
        ("ui_locales_supported", json!(Locale::ALL.map(Locale::tag))),
    ]
}
