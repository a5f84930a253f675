//! A session goes on (RFC 6749 §6, RFC 9700 §4.14.2; matrix RT-01 to RT-17).
//!
//! One read here, one compare-and-swap in `issue`. A forged token costs no query at all.

use std::sync::Arc;

use async_trait::async_trait;

use super::Grant;
use crate::context::RequestContext;
use crate::error::{Reason, Refusal, TokenError};
use crate::issue::{Approval, Authentication, Claim, IdTokenFacts, Subject};
use crate::model::{Client, Family, GrantType, UserStatus};
use crate::protocol::form::OAuthForm;
use crate::protocol::refresh::{self, Presented, Step};
use crate::protocol::{resource, scope};
use crate::store::{families, users};

pub(super) struct RefreshToken;

#[async_trait(?Send)]
impl Grant for RefreshToken {
    fn grant_type(&self) -> GrantType {
        GrantType::RefreshToken
    }

    async fn examine(
        &self,
        ctx: &RequestContext,
        client: &Arc<Client>,
        form: &OAuthForm,
    ) -> Result<Approval, TokenError> {
        let parts = ctx.state.refresh_mac.open(form.require("refresh_token")?)?;
        let family = families::find(ctx.store().read(), &parts.family)
            .await?
            .ok_or(Reason::UnknownFamily)?;
        let presented = Presented {
            generation: parts.generation,
            scope: form.find("scope"),
            grace: ctx.settings().tokens.refresh_grace,
        };
        let verdict = refresh::judge(client, &family, presented, ctx.now)?;
        // Narrower for this access token; the family keeps all of its own (RT-12).
        let aim = resource::narrow(
            form.find_all("resource"),
            &family.audiences,
            (verdict.scope, form.find("scope").is_some()),
            &ctx.directory().catalogue().vocabulary,
        )?;
        // The gate that every path to a token passes (attack corpus, rule 3): the user as it is now.
        let user = users::find_by_id(ctx.store().read(), &family.user_id)
            .await?
            .filter(|user| user.status == UserStatus::Active)
            .ok_or_else(|| Refusal::from(Reason::DisabledUser).about(family.user_id.clone()))?;
        Ok(Approval {
            client: Arc::clone(client),
            grant: self.grant_type(),
            subject: Subject::User {
                id: user.id,
                roles: user.roles,
                authentication: Authentication {
                    at: family.auth_time,
                    sid: family.sid.clone(),
                    amr: family.amr.clone(),
                    acr: family.acr.clone(),
                },
            },
            // RT-18: no nonce; everything else as in the first ID token. Where there was none, because
            // the session began with a password in the client's hands, there is none now (PW-13).
            id_token: was_authorized(&family)
                .then(|| IdTokenFacts::of_scope(&aim.scope, family.claims.clone()))
                .flatten(),
            scope: aim.scope,
            audiences: aim.audiences,
            claim: match verdict.step {
                Step::Rotate { .. } => Claim::Rotate {
                    family: Box::new(family),
                },
                Step::Repeat => Claim::Repeat {
                    family: Box::new(family),
                },
            },
        })
    }
}

/// True for families that began with an authorization request: in a session of a browser, or, when the
/// row of that is long gone, with access that outlives it.
fn was_authorized(family: &Family) -> bool {
    family.session_id.is_some() || family.scope.contains(scope::OFFLINE_ACCESS)
}
