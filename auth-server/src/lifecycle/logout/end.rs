//! The user logs out: the session ends with its codes and tokens, and the clients that took part are told
//! (RP-Initiated Logout 1.0 §2, Front-Channel Logout 1.0 §2, §3; matrix LO-07, LO-10, LO-30, LO-32).

use super::deliver::{LEASE, first_tries};
use crate::accounts::{Ending, end_session};
use crate::audit;
use crate::context::RequestContext;
use crate::error::Fault;
use crate::model::{Client, ClientId, SessionId};
use crate::store::session_clients;
use crate::store::sessions::Session;

/// A session has ended.
#[derive(Debug)]
pub struct LoggedOut {
    /// What the browser loads in frames, so that clients forget it too.
    pub frames: Vec<String>,
}

/// Ends the session. `asked_by` is the client that wanted it.
///
/// # Errors
/// When the database does not answer: then the session has not ended.
pub async fn log_out(
    ctx: &RequestContext,
    session: &Session,
    asked_by: Option<&ClientId>,
) -> Result<LoggedOut, Fault> {
    let frames = frames(ctx, &session.id).await?;
    let mut event = ctx.event("session.end");
    event.user_id = Some(session.user_id.as_str().to_owned());
    event.client_id = asked_by.map(|id| id.as_str().to_owned());
    event.detail = serde_json::json!({ "sid": session.id.as_str(), "reason": "logout" });
    let ending = Ending {
        // The first tries are ours: the browser goes on when they are over.
        tell_from: ctx.now.plus(LEASE),
        ..Ending::of("logout", ctx.now)
    };
    let (id, row) = (session.id.clone(), event.clone());
    let told = ctx
        .store()
        .write(async move |txn| {
            let told = end_session(txn, &id, &ending).await?;
            if told.is_some() {
                audit::record(txn, &row).await?;
            }
            Ok(told)
        })
        .await?;
    if let Some(deliveries) = told {
        event.log();
        ctx.state.revocation.catch_up().await;
        first_tries(&ctx.state, deliveries).await;
    }
    Ok(LoggedOut { frames })
}

/// The front-channel logout URIs of those who took part.
async fn frames(ctx: &RequestContext, session: &SessionId) -> Result<Vec<String>, Fault> {
    let mut frames = Vec::new();
    for id in session_clients::of_session(ctx.store().read(), session).await? {
        let found = ctx.directory().find_client(&id).await?;
        let client = found.filter(|client| client.disabled_at.is_none());
        let issuer = ctx.settings().issuer.as_str();
        frames.extend(client.and_then(|client| frame(&client, issuer, session)));
    }
    Ok(frames)
}

/// The URI as it was registered, query and all, with `iss` and `sid` where the client wants them: always
/// both or none.
fn frame(client: &Client, issuer: &str, session: &SessionId) -> Option<String> {
    let uri = client.metadata.frontchannel_logout_uri.as_ref()?;
    if !client.metadata.frontchannel_logout_session_required {
        return Some(uri.clone());
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("iss", issuer)
        .append_pair("sid", session.as_str());
    let joint = if uri.contains('?') { '&' } else { '?' };
    Some(format!("{uri}{joint}{}", query.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::client;

    fn of(uri: &str, is_session_required: bool) -> Option<String> {
        let mut client = client("web");
        client.metadata.frontchannel_logout_uri = Some(uri.to_owned());
        client.metadata.frontchannel_logout_session_required = is_session_required;
        frame(&client, "https://id.example", &SessionId::new("s-1"))
    }

    /// LO-30, LO-32: both or none, and the query stays.
    #[test]
    fn lo_32_a_frame_keeps_the_query_of_its_uri() {
        let own = "iss=https%3A%2F%2Fid.example&sid=s-1";
        for (uri, separated) in [
            ("https://a.example/out", "?"),
            ("https://a.example/out?a=%20b", "&"),
        ] {
            assert_eq!(of(uri, false).as_deref(), Some(uri));
            assert_eq!(of(uri, true), Some(format!("{uri}{separated}{own}")));
        }
        assert_eq!(frame(&client("web"), "", &SessionId::new("s-1")), None);
    }
}
