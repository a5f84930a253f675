//! A client asks for itself (RFC 6749 §4.4; matrix CC-01 to CC-04). Touches no database.

use std::sync::Arc;

use async_trait::async_trait;

use super::Grant;
use crate::context::RequestContext;
use crate::error::TokenError;
use crate::issue::{Approval, Claim, Subject};
use crate::model::{Client, GrantType};
use crate::protocol::{self, form::OAuthForm, resource};

pub(super) struct ClientCredentials;

#[async_trait(?Send)]
impl Grant for ClientCredentials {
    fn grant_type(&self) -> GrantType {
        GrantType::ClientCredentials
    }

    async fn examine(
        &self,
        ctx: &RequestContext,
        client: &Arc<Client>,
        form: &OAuthForm,
    ) -> Result<Approval, TokenError> {
        let asked = form.find("scope");
        let scope = protocol::client_credentials::judge(client, asked)?;
        let aim = resource::aim(
            form.find_all("resource"),
            &client.audiences,
            (scope, asked.is_some()),
            &ctx.directory().catalogue().vocabulary,
        )?;
        Ok(Approval {
            client: Arc::clone(client),
            grant: self.grant_type(),
            subject: Subject::Client,
            scope: aim.scope,
            audiences: aim.audiences,
            id_token: None,
            claim: Claim::Nothing,
        })
    }
}
