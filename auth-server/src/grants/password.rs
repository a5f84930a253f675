//! A user's password in a client's hands (RFC 6749 §4.3; matrix PW-01 to PW-16).
//!
//! RFC 9700 §2.4 forbids it for new applications; it is off unless switched on, and per client.
//! `POST /auth/login` is the same grant for the one client named in `password_grant.login_client`.

use std::sync::Arc;

use async_trait::async_trait;

use super::Grant;
use crate::context::RequestContext;
use crate::error::TokenError;
use crate::issue::{Approval, Authentication, Claim, Subject};
use crate::model::{Acr, Client, GrantType, SessionId};
use crate::protocol::{self, form::OAuthForm, resource};
use crate::settings::Settings;

/// The password grant.
pub struct Password;

#[async_trait(?Send)]
impl Grant for Password {
    fn grant_type(&self) -> GrantType {
        GrantType::Password
    }

    fn is_offered(&self, settings: &Settings) -> bool {
        settings.password_grant.enabled
    }

    async fn examine(
        &self,
        ctx: &RequestContext,
        client: &Arc<Client>,
        form: &OAuthForm,
    ) -> Result<Approval, TokenError> {
        let username = form.require("username")?;
        let password = form.require("password").map(crate::secret::Secret::new)?;
        let asked = form.find("scope");
        let scope = protocol::password::judge(client, asked, ctx.now)?;
        let aim = resource::aim(
            form.find_all("resource"),
            &client.audiences,
            (scope, asked.is_some()),
            &ctx.directory().catalogue().vocabulary,
        )?;
        let user = ctx
            .state
            .accounts
            .authenticate(username, &password, ctx.peer, ctx.now)
            .await?;
        Ok(Approval {
            client: Arc::clone(client),
            grant: self.grant_type(),
            subject: Subject::User {
                id: user.id,
                roles: user.roles,
                authentication: Authentication {
                    at: ctx.now,
                    sid: SessionId::new(ctx.random().text::<16>()),
                    amr: Acr::Password.amr(),
                    acr: Some(Acr::Password.as_str().to_owned()),
                },
            },
            // OpenID Connect does not define one for this grant; userinfo answers (matrix PW-13).
            id_token: None,
            scope: aim.scope,
            audiences: aim.audiences,
            claim: Claim::Begin,
        })
    }
}
