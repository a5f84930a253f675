//! What a client may do: grants, scope, redirect URIs, roles.

use clap::{Args, ValueEnum};

use super::{flags, put_list};
use crate::cli::clients::registry;
use crate::cli::failure::Failure;
use crate::cli::workbench::Workbench;
use crate::clock::Instant;
use crate::model::{Client, GrantType};

/// Options about the rights of a client.
#[derive(Debug, Args)]
pub(in crate::cli::clients) struct GrantFields {
    /// A grant the client may use; may be repeated. [default: client_credentials, unless public]
    #[arg(long = "grant", value_enum, value_name = "GRANT")]
    pub(in crate::cli::clients) grants: Vec<GrantName>,
    /// A redirect URI, compared exactly; may be repeated.
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Scope the client may ask for, words separated by spaces; may be repeated.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(in crate::cli::clients) scopes: Vec<String>,
    /// Scope it gets when it asks for none. [default: all of its scope]
    #[arg(long = "default-scope", value_name = "SCOPE")]
    pub(in crate::cli::clients) default_scopes: Vec<String>,
    /// A resource its tokens are for (`aud`); may be repeated.
    #[arg(long = "audience", value_name = "URI")]
    audiences: Vec<String>,
    /// A role of the client itself, for client_credentials; may be repeated.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// Whether its authorization requests need PKCE. Only a confidential client can do without.
    /// [default: true]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    require_pkce: Option<bool>,
    /// Whether its authorization requests must be pushed (RFC 9126). [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    require_par: Option<bool>,
    /// Whether it may call the introspection endpoint. [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    introspect: Option<bool>,
    /// When its permission to use the password grant ends, such as 2027-06-30.
    #[arg(long, value_name = "DATE")]
    password_grant_until: Option<String>,
    /// Register scopes and resources that do not exist yet.
    #[arg(long)]
    pub(in crate::cli::clients) create_scopes: bool,
}

/// Grants by the names of RFC 7591.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(in crate::cli::clients) enum GrantName {
    /// Authorization code (RFC 6749 section 4.1).
    AuthorizationCode,
    /// For the client itself (RFC 6749 section 4.4).
    ClientCredentials,
    /// The user's password (RFC 6749 section 4.3).
    Password,
    /// Refresh tokens (RFC 6749 section 6).
    RefreshToken,
    /// None at all: for a client that only introspects.
    Off,
}

impl GrantName {
    const fn grant(self) -> Option<GrantType> {
        match self {
            Self::AuthorizationCode => Some(GrantType::AuthorizationCode),
            Self::ClientCredentials => Some(GrantType::ClientCredentials),
            Self::Password => Some(GrantType::Password),
            Self::RefreshToken => Some(GrantType::RefreshToken),
            Self::Off => None,
        }
    }
}

/// The grants that were named. `off` stands for none, and so alone.
fn named(names: &[GrantName]) -> Result<Vec<GrantType>, Failure> {
    let mut grants: Vec<GrantType> = names.iter().filter_map(|name| name.grant()).collect();
    if !grants.is_empty() && grants.len() < names.len() {
        return Err(Failure::usage(
            "`--grant off` stands alone: it takes every grant away.",
        ));
    }
    grants.sort_unstable();
    grants.dedup();
    Ok(grants)
}

impl GrantFields {
    pub(super) async fn apply(
        &self,
        bench: &Workbench,
        client: &mut Client,
    ) -> Result<(), Failure> {
        if !self.grants.is_empty() {
            client.grant_types = named(&self.grants)?;
        }
        put_list(&self.redirect_uris, &mut client.redirect_uris);
        if !self.scopes.is_empty() {
            client.scopes = registry::parse_scopes(&self.scopes)?;
        }
        if !self.default_scopes.is_empty() {
            client.default_scopes = registry::parse_scopes(&self.default_scopes)?;
        }
        put_list(&self.audiences, &mut client.audiences);
        match self.roles.as_slice() {
            [] => {}
            [off] if off == super::OFF => client.roles.clear(),
            roles => client.roles = registry::parse_roles(bench, roles).await?,
        }
        let metadata = &mut client.metadata;
        flags!(
            self.require_pkce => client.require_pkce,
            self.require_par => metadata.require_pushed_authorization_requests,
            self.introspect => client.may_introspect,
        );
        if let Some(date) = &self.password_grant_until {
            client.password_grant_until = match date.as_str() {
                super::OFF => None,
                date => Some(parse_date(date)?),
            };
        }
        Ok(())
    }
}

fn parse_date(text: &str) -> Result<Instant, Failure> {
    let whole = if text.contains('T') {
        text.to_owned()
    } else {
        format!("{text}T00:00:00Z")
    };
    chrono::DateTime::parse_from_rfc3339(&whole)
        .map(|at| Instant::from_millis(at.timestamp_millis()))
        .map_err(|_| Failure::usage("A date is written 2027-06-30 or 2027-06-30T12:00:00Z."))
}
