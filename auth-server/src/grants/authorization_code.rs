//! A user's decision becomes tokens (RFC 6749 §4.1.3; matrix AC-01 to AC-11, PK-07 to PK-10).

use std::sync::Arc;

use async_trait::async_trait;

use super::Grant;
use crate::clock::Instant;
use crate::context::RequestContext;
use crate::error::{Reason, Refusal, TokenError};
use crate::issue::{self, Approval, Authentication, Claim, IdTokenFacts, Subject};
use crate::model::{AuthorizationCode, Client, GrantType, User, UserStatus};
use crate::protocol::code::{self, Presented};
use crate::protocol::form::OAuthForm;
use crate::protocol::{resource, scope};
use crate::store::{authorization_codes, consents, sessions, users};

pub(super) struct Code;

#[async_trait(?Send)]
impl Grant for Code {
    fn grant_type(&self) -> GrantType {
        GrantType::AuthorizationCode
    }

    async fn examine(
        &self,
        ctx: &RequestContext,
        client: &Arc<Client>,
        form: &OAuthForm,
    ) -> Result<Approval, TokenError> {
        let id = issue::code_id(form.require("code")?).ok_or(Reason::UnknownCode)?;
        let code = authorization_codes::find(ctx.store().read(), &id)
            .await?
            .ok_or(Reason::UnknownCode)?;
        let presented = Presented {
            redirect_uri: form.find("redirect_uri"),
            verifier: form.find("code_verifier"),
        };
        code::judge(client, &code, presented, ctx.now)?;
        let user = require_user(ctx, &code).await?;
        require_consent(ctx, client, &code).await?;
        let session_ends = require_session(ctx, &code).await?;
        // Narrower for this access token; the family keeps all of the grant (RFC 8707 §2.2).
        let aim = resource::narrow(
            form.find_all("resource"),
            &code.audiences,
            (scope::still_allowed(&code.scope, client)?, false),
            &ctx.directory().catalogue().vocabulary,
        )?;
        let id_token = aim.scope.contains(scope::OPENID).then(|| IdTokenFacts {
            nonce: code.nonce.clone(),
            claims: code.claims.clone(),
        });
        Ok(Approval {
            client: Arc::clone(client),
            grant: self.grant_type(),
            subject: Subject::User {
                id: user.id,
                roles: user.roles,
                authentication: Authentication {
                    at: code.auth_time,
                    sid: code.sid.clone(),
                    amr: code.amr.clone(),
                    acr: code.acr.clone(),
                },
            },
            scope: aim.scope,
            audiences: aim.audiences,
            id_token,
            claim: Claim::Redeem {
                code: Box::new(code),
                session_ends,
            },
        })
    }
}

/// The user as it is now: every path to a token passes this gate (attack corpus, rule 3).
async fn require_user(ctx: &RequestContext, code: &AuthorizationCode) -> Result<User, TokenError> {
    users::find_by_id(ctx.store().read(), &code.user_id)
        .await?
        .filter(|user| user.status == UserStatus::Active)
        .ok_or_else(|| about(Reason::DisabledUser, code))
}

/// The consent as it is now (matrix AC-09). One that was taken back after this has spent the code, and
/// the swap will fail.
async fn require_consent(
    ctx: &RequestContext,
    client: &Client,
    code: &AuthorizationCode,
) -> Result<(), TokenError> {
    if client.is_first_party() {
        return Ok(());
    }
    consents::find(ctx.store().read(), &code.user_id, &client.id)
        .await?
        .map(|_| ())
        .ok_or_else(|| about(Reason::WithdrawnConsent, code))
}

/// The end of the session that the tokens end with; `None` for offline access (matrix OC-73).
async fn require_session(
    ctx: &RequestContext,
    code: &AuthorizationCode,
) -> Result<Option<Instant>, TokenError> {
    let Some(id) = &code.session_id else {
        return Ok(None);
    };
    let session = sessions::find(ctx.store().read(), id)
        .await?
        .filter(|session| session.ended_at.is_none())
        .ok_or_else(|| about(Reason::EndedSession, code))?;
    let is_offline = code.scope.contains(scope::OFFLINE_ACCESS);
    Ok((!is_offline).then_some(session.expires_at))
}

fn about(reason: Reason, code: &AuthorizationCode) -> TokenError {
    Refusal::from(reason).about(code.user_id.clone()).into()
}
