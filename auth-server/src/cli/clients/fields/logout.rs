//! How logins for a client begin and how logouts reach it (OpenID Connect Registration 1.0 §2, the
//! logout specifications).

use clap::Args;

use super::{flags, put, put_list};
use crate::cli::failure::Failure;
use crate::model::Client;

/// Options about login and logout.
#[derive(Debug, Args)]
pub(in crate::cli::clients) struct LogoutFields {
    /// Seconds since the last login after which the user logs in again, when a request says nothing.
    #[arg(long, value_name = "SECONDS")]
    default_max_age: Option<String>,
    /// Whether its ID tokens hold `auth_time`. [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    require_auth_time: Option<bool>,
    /// An `acr` value of requests without; may be repeated.
    #[arg(long = "default-acr-value", value_name = "ACR")]
    default_acr_values: Vec<String>,
    /// Where a third party may begin a login.
    #[arg(long, value_name = "URI")]
    initiate_login_uri: Option<String>,
    /// Where the browser may go after a logout, compared exactly; may be repeated.
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// Where logout tokens are posted to.
    #[arg(long, value_name = "URI")]
    backchannel_logout_uri: Option<String>,
    /// Whether those must hold `sid`. [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    backchannel_logout_session_required: Option<bool>,
    /// What is loaded in a frame at logout; scheme, host and port of a redirect URI.
    #[arg(long, value_name = "URI")]
    frontchannel_logout_uri: Option<String>,
    /// Whether that URI is given `iss` and `sid`. [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    frontchannel_logout_session_required: Option<bool>,
}

impl LogoutFields {
    pub(super) fn apply(&self, client: &mut Client) -> Result<(), Failure> {
        let metadata = &mut client.metadata;
        if let Some(text) = &self.default_max_age {
            metadata.default_max_age = match text.as_str() {
                super::OFF => None,
                text => Some(text.parse().map_err(|_| {
                    Failure::usage("`--default-max-age` takes a whole number of seconds.")
                })?),
            };
        }
        flags!(
            self.require_auth_time => metadata.require_auth_time,
            self.backchannel_logout_session_required
                => metadata.backchannel_logout_session_required,
            self.frontchannel_logout_session_required
                => metadata.frontchannel_logout_session_required,
        );
        put_list(&self.default_acr_values, &mut metadata.default_acr_values);
        put_list(
            &self.post_logout_redirect_uris,
            &mut metadata.post_logout_redirect_uris,
        );
        put(
            self.initiate_login_uri.as_ref(),
            &mut metadata.initiate_login_uri,
        );
        put(
            self.backchannel_logout_uri.as_ref(),
            &mut metadata.backchannel_logout_uri,
        );
        put(
            self.frontchannel_logout_uri.as_ref(),
            &mut metadata.frontchannel_logout_uri,
        );
        Ok(())
    }
}
