//! From what a client says to the client that is stored. Whatever a request leaves out gets its
//! default; whatever only an administrator gives stays as it is (matrix DCR-11, DCR-15, DCM-02).

use shared_claims::{Scope, ScopeSet};

use super::request::Request;
use super::wording::{self, word};
use crate::model::{
    Algorithm, ApplicationType, AuthMethod, Client, ClientKind, ClientMetadata, GrantType, Origin,
    SubjectType,
};
use crate::protocol::client_rules::{self, RuleError};
use crate::protocol::scope::OFFLINE_ACCESS;
use crate::settings::{RegistrationMode, RegistrationSettings};

/// What this server lets registered clients have.
pub(super) struct Offer<'a> {
    pub(super) settings: &'a RegistrationSettings,
    /// Algorithms that some key signs with.
    pub(super) algorithms: &'a [Algorithm],
    /// The audience of clients when the settings name none.
    pub(super) issuer: &'a str,
}

/// Puts the request into the client: a new one, or one that is replaced.
pub(super) fn apply(
    request: &Request,
    client: &mut Client,
    offer: &Offer<'_>,
) -> Result<(), RuleError> {
    let had = client.grant_types.clone();
    let may_use = |grant| match grant {
        GrantType::AuthorizationCode | GrantType::RefreshToken => true,
        // In the mode `open` nobody could tell whether it is ever used.
        GrantType::ClientCredentials => {
            had.contains(&grant) || offer.settings.mode == RegistrationMode::Token
        }
        GrantType::Password => had.contains(&grant),
    };
    let application_type = word(
        "application_type",
        request.application_type.as_deref(),
        ApplicationType::parse,
    )?;
    client.auth_method = wording::auth_method(request, application_type)?;
    client.kind = match client.auth_method {
        AuthMethod::None => ClientKind::Public,
        _ => ClientKind::Confidential,
    };
    client.require_pkce = client.needs_pkce();
    client.grant_types = wording::grants(request, may_use)?;
    client.redirect_uris = request.redirect_uris.clone().unwrap_or_default();
    client.name = match &request.client_name {
        Some(name) => name.clone(),
        None => client.id.as_str().to_owned(),
    };
    scopes(request, client, &offer.settings.scopes)?;
    if client.audiences.is_empty() {
        client.audiences = match offer.settings.audiences.as_slice() {
            [] => vec![offer.issuer.to_owned()],
            audiences => audiences.to_vec(),
        };
    }
    client.metadata = metadata(request, client, offer)?;
    client.metadata.application_type = application_type;
    client.metadata.sector = client_rules::find_sector(client);
    client_rules::check(client)
}

/// What it may have is what every registered client may have, and what an administrator gave it. A default
/// of the administrator's stays, as far as the scope does.
fn scopes(request: &Request, client: &mut Client, allowed: &[String]) -> Result<(), RuleError> {
    let given = client.scopes.iter().map(|word| word.as_str().to_owned());
    let everything: Vec<String> = allowed.iter().cloned().chain(given).collect();
    let has_own_default = client.default_scopes != without_offline(&client.scopes);
    client.scopes = wording::scope(request.scope.as_deref(), &everything)?;
    client.default_scopes = if has_own_default {
        let kept = |word: &&Scope| client.scopes.contains(word.as_str());
        client.default_scopes.iter().filter(kept).cloned().collect()
    } else {
        without_offline(&client.scopes)
    };
    Ok(())
}

/// Nobody should have that without asking (OpenID Connect Core 1.0 §11).
fn without_offline(scopes: &ScopeSet) -> ScopeSet {
    scopes
        .iter()
        .filter(|scope| scope.as_str() != OFFLINE_ACCESS)
        .cloned()
        .collect()
}

fn metadata(
    request: &Request,
    client: &Client,
    offer: &Offer<'_>,
) -> Result<ClientMetadata, RuleError> {
    let signs = |algorithm| offer.algorithms.contains(&algorithm);
    let old = &client.metadata;
    Ok(ClientMetadata {
        origin: Origin::Registration,
        post_logout_redirect_uris: request
            .post_logout_redirect_uris
            .clone()
            .unwrap_or_default(),
        backchannel_logout_uri: request.backchannel_logout_uri.clone(),
        backchannel_logout_session_required: request
            .backchannel_logout_session_required
            .unwrap_or_default(),
        frontchannel_logout_uri: request.frontchannel_logout_uri.clone(),
        frontchannel_logout_session_required: request
            .frontchannel_logout_session_required
            .unwrap_or_default(),
        subject_type: word(
            "subject_type",
            request.subject_type.as_deref(),
            SubjectType::parse,
        )?,
        sector_identifier_uri: request.sector_identifier_uri.clone(),
        id_token_alg: wording::algorithm(
            "id_token_signed_response_alg",
            request.id_token_signed_response_alg.as_deref(),
            signs,
        )?,
        userinfo_alg: wording::algorithm(
            "userinfo_signed_response_alg",
            request.userinfo_signed_response_alg.as_deref(),
            signs,
        )?,
        introspection_alg: wording::algorithm(
            "introspection_signed_response_alg",
            request.introspection_signed_response_alg.as_deref(),
            signs,
        )?,
        auth_signing_alg: wording::algorithm(
            "token_endpoint_auth_signing_alg",
            request.token_endpoint_auth_signing_alg.as_deref(),
            |_| true,
        )?,
        jwks: request.jwks.clone(),
        jwks_uri: request.jwks_uri.clone(),
        default_max_age: request.default_max_age,
        require_auth_time: request.require_auth_time.unwrap_or_default(),
        default_acr_values: request.default_acr_values.clone().unwrap_or_default(),
        initiate_login_uri: request.initiate_login_uri.clone(),
        client_uri: request.client_uri.clone(),
        logo_uri: request.logo_uri.clone(),
        tos_uri: request.tos_uri.clone(),
        policy_uri: request.policy_uri.clone(),
        contacts: request.contacts.clone().unwrap_or_default(),
        require_pushed_authorization_requests: request
            .require_pushed_authorization_requests
            .unwrap_or_default(),
        localized: request.localized.clone(),
        software_id: request.software_id.clone(),
        software_version: request.software_version.clone(),
        // What only an administrator gives.
        is_first_party: client.is_first_party(),
        rotates_refresh_tokens: client.rotates_refresh_tokens(),
        id_ttl: old.id_ttl,
        code_ttl: old.code_ttl,
        ..ClientMetadata::default()
    })
}
