//! A user takes back what an application was allowed (OpenID Connect Core §16.18; matrix RT-11, RT-20,
//! AC-09): the consent, the open codes and every token, in one transaction.

use crate::audit;
use crate::context::RequestContext;
use crate::error::Fault;
use crate::model::{ClientId, UserId};
use crate::store::{authorization_codes, consents, families};

/// Takes everything back. False when there was nothing.
///
/// # Errors
/// When it cannot be written.
pub async fn withdraw(
    ctx: &RequestContext,
    user: &UserId,
    client: &ClientId,
) -> Result<bool, Fault> {
    let mut event = ctx.event("consent.withdraw");
    event.user_id = Some(user.as_str().to_owned());
    event.client_id = Some(client.as_str().to_owned());
    let (user, client, now, row) = (user.clone(), client.clone(), ctx.now, event.clone());
    let did = ctx
        .store()
        .write(async move |txn| {
            // In this order: whoever consents or redeems at this moment holds the row of the consent or
            // of the code, and is done, or comes too late.
            let mut did = consents::delete(txn, &user, &client).await?;
            did |= authorization_codes::spend_all_for_consent(txn, &user, &client, now).await? > 0;
            let who = (&user, &client);
            did |= families::revoke_all_for_consent(txn, who, now, "consent_withdrawn").await? > 0;
            if did {
                audit::record(txn, &row).await?;
            }
            Ok(did)
        })
        .await?;
    if did {
        event.log();
        ctx.state.revocation.catch_up().await;
    }
    Ok(did)
}
