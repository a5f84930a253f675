//! The rest of a registration: what RFC 7591 §2, OpenID Connect Registration 1.0 §2 and the logout
//! specifications let a client say about itself, and what an administrator adds.
//!
//! Stored as one JSON object whose members have the names of the fields. Every field has a default,
//! and unknown members are ignored, so that an older release reads what a newer one wrote.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Algorithm;

/// `application_type` (OpenID Connect Registration 1.0 §2; matrix NAT-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApplicationType {
    /// A server or a browser application.
    #[default]
    Web,
    /// An application on the user's device: loopback ports may vary (RFC 8252 §7.3).
    Native,
}

/// Who registered the client, and so how far it is trusted (matrix AZ-18, DCR-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// An administrator: the command line or the administration API.
    #[default]
    Administrator,
    /// The client itself, by dynamic registration.
    Registration,
}

/// `subject_type` (OpenID Connect Core 1.0 §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectType {
    /// The same `sub` for everybody.
    #[default]
    Public,
    /// A `sub` for each sector.
    Pairwise,
}

macro_rules! words {
    ($($name:ident { $($variant:ident => $word:literal),+ })+) => {$(
        impl $name {
            /// The name on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// From the name on the wire, exact.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    )+};
}

words! {
    ApplicationType { Web => "web", Native => "native" }
    Origin { Administrator => "administrator", Registration => "registration" }
    SubjectType { Public => "public", Pairwise => "pairwise" }
}

/// What a registration says beside what issuing a token needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of a specification that stands for itself"
)]
pub struct ClientMetadata {
    /// Web or native.
    pub application_type: ApplicationType,
    /// Consent is skipped: the operator's own application. Confidential clients only.
    pub is_first_party: bool,
    /// Who registered it.
    pub origin: Origin,
    /// Where the browser may go after a logout, exact (RP-Initiated Logout 1.0 §3.1).
    pub post_logout_redirect_uris: Vec<String>,
    /// Where logout tokens are posted to (Back-Channel Logout 1.0 §2.2).
    pub backchannel_logout_uri: Option<String>,
    /// Logout tokens for it must hold `sid`.
    pub backchannel_logout_session_required: bool,
    /// What is loaded in a frame at logout (Front-Channel Logout 1.0 §2).
    pub frontchannel_logout_uri: Option<String>,
    /// That URI is given `iss` and `sid`.
    pub frontchannel_logout_session_required: bool,
    /// Whether users have another `sub` for it.
    pub subject_type: SubjectType,
    /// A list of redirect URIs whose host is the sector (OpenID Connect Core 1.0 §8.1).
    pub sector_identifier_uri: Option<String>,
    /// The host that pairwise subjects are made from; computed at registration.
    pub sector: Option<String>,
    /// `id_token_signed_response_alg`.
    pub id_token_alg: Option<Algorithm>,
    /// `userinfo_signed_response_alg`; plain JSON without it.
    pub userinfo_alg: Option<Algorithm>,
    /// `introspection_signed_response_alg` (RFC 9701 §6).
    pub introspection_alg: Option<Algorithm>,
    /// `token_endpoint_auth_signing_alg`: the one algorithm of its assertions; any of ours without it.
    pub auth_signing_alg: Option<Algorithm>,
    /// Its public keys by value; never together with `jwks_uri`.
    pub jwks: Option<Value>,
    /// Where its public keys are.
    pub jwks_uri: Option<String>,
    /// Seconds since the last login after which the user logs in again, when the request says nothing.
    pub default_max_age: Option<u64>,
    /// ID tokens for it hold `auth_time`.
    pub require_auth_time: bool,
    /// `acr_values` of requests that have none.
    pub default_acr_values: Vec<String>,
    /// Where a third party may begin a login (OpenID Connect Core 1.0 §4).
    pub initiate_login_uri: Option<String>,
    /// Its home page.
    pub client_uri: Option<String>,
    /// Its logo. A link, never fetched by the server.
    pub logo_uri: Option<String>,
    /// Its terms of service.
    pub tos_uri: Option<String>,
    /// Its privacy policy.
    pub policy_uri: Option<String>,
    /// How to reach the people behind it.
    pub contacts: Vec<String>,
    /// Authorization requests must be pushed (RFC 9126 §6).
    pub require_pushed_authorization_requests: bool,
    /// Lifetime of its ID tokens, where it differs from the setting.
    #[serde(with = "millis")]
    pub id_ttl: Option<Duration>,
    /// Lifetime of its authorization codes, where it differs from the setting.
    #[serde(with = "millis")]
    pub code_ttl: Option<Duration>,
    /// Refresh tokens change at each use. Only a confidential client may switch it off (DEC-11).
    pub rotates_refresh_tokens: bool,
    /// Texts for people in other languages by member and language tag, such as `client_name#de`
    /// (RFC 7591 §2.2).
    pub localized: BTreeMap<String, String>,
    /// The software, the same for all its installations (RFC 7591 §2).
    pub software_id: Option<String>,
    /// Its version.
    pub software_version: Option<String>,
}

impl Default for ClientMetadata {
    fn default() -> Self {
        Self {
            application_type: ApplicationType::Web,
            is_first_party: false,
            origin: Origin::Administrator,
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            frontchannel_logout_uri: None,
            frontchannel_logout_session_required: false,
            subject_type: SubjectType::Public,
            sector_identifier_uri: None,
            sector: None,
            id_token_alg: None,
            userinfo_alg: None,
            introspection_alg: None,
            auth_signing_alg: None,
            jwks: None,
            jwks_uri: None,
            default_max_age: None,
            require_auth_time: false,
            default_acr_values: Vec::new(),
            initiate_login_uri: None,
            client_uri: None,
            logo_uri: None,
            tos_uri: None,
            policy_uri: None,
            contacts: Vec::new(),
            require_pushed_authorization_requests: false,
            id_ttl: None,
            code_ttl: None,
            rotates_refresh_tokens: true,
            localized: BTreeMap::new(),
            software_id: None,
            software_version: None,
        }
    }
}

impl ClientMetadata {
    /// A text for people in the first of the languages that there is one in: `member` is
    /// `client_name`, `logo_uri` and so on, a language is a tag such as `de-AT` (RFC 5646). A tag finds
    /// its shorter forms too. `None` when the text without a tag is the best.
    pub fn find_localized<'a>(
        &self,
        member: &str,
        languages: impl IntoIterator<Item = &'a str>,
    ) -> Option<&str> {
        languages.into_iter().find_map(|language| {
            let mut tag = language;
            loop {
                let key = format!("{member}#{tag}");
                let found = self
                    .localized
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(&key));
                if let Some((_, text)) = found {
                    return Some(text.as_str());
                }
                tag = tag.rsplit_once('-')?.0;
            }
        })
    }
}

/// Spans as milliseconds, as in every other column.
mod millis {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands the field over by reference")]
    pub(super) fn serialize<S: Serializer>(
        span: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        span.map(|span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
            .serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let millis = Option::<u64>::deserialize(deserializer)?;
        Ok(millis.map(Duration::from_millis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_survives_its_json_and_an_older_or_newer_release() {
        let metadata = ClientMetadata {
            application_type: ApplicationType::Native,
            id_ttl: Some(Duration::from_millis(1_500)),
            rotates_refresh_tokens: false,
            userinfo_alg: Some(Algorithm::EdDSA),
            ..ClientMetadata::default()
        };
        let mut json = serde_json::to_value(&metadata).unwrap();
        assert_eq!(json["id_ttl"], 1_500);
        json["invented_later"] = true.into();
        assert_eq!(
            serde_json::from_value::<ClientMetadata>(json).unwrap(),
            metadata
        );
        assert_eq!(
            serde_json::from_str::<ClientMetadata>("{}").unwrap(),
            ClientMetadata::default()
        );
    }

    /// DCR-09.
    #[test]
    fn dcr_09_a_text_is_found_in_the_first_language_that_there_is() {
        let metadata = ClientMetadata {
            localized: [("client_name#de", "Stellen"), ("client_name#fr", "Emplois")]
                .map(|(key, text)| (key.to_owned(), text.to_owned()))
                .into(),
            ..ClientMetadata::default()
        };
        let find = |languages: &[&str]| {
            metadata
                .find_localized("client_name", languages.iter().copied())
                .map(str::to_owned)
        };
        assert_eq!(find(&["de-AT", "fr"]).as_deref(), Some("Stellen"));
        assert_eq!(find(&["en", "FR"]).as_deref(), Some("Emplois"));
        assert_eq!(find(&["en"]), None);
    }
}
