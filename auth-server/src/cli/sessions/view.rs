//! Looking at sessions, page by page.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::cli::failure::Failure;
use crate::cli::globals::Format;
use crate::cli::output;
use crate::cli::users::PageArgs;
use crate::cli::workbench::Workbench;
use crate::model::{ClientId, UserId};
use crate::store::sessions::{self, Session};
use crate::store::{session_clients, users};

/// `session list`.
pub(super) async fn list(
    bench: &Workbench,
    format: Format,
    user: Option<&UserId>,
    page: &PageArgs,
) -> Result<(), Failure> {
    let conn = bench.store.read();
    let place = (page.cursor.as_deref(), page.limit);
    let found = sessions::list_live(conn, user, bench.now, place).await?;
    let mut names: HashMap<UserId, String> = HashMap::new();
    let mut items = Vec::new();
    for session in &found.items {
        let clients = session_clients::of_session(conn, &session.id).await?;
        if !names.contains_key(&session.user_id) {
            let user = users::find_by_id(conn, &session.user_id).await?;
            let name = user.map(|user| user.username).unwrap_or_default();
            names.insert(session.user_id.clone(), name);
        }
        items.push(json(session, &names[&session.user_id], &clients));
    }
    let columns = ["id", "user", "clients", "created_at", "last_seen_at"];
    output::list(format, &columns, &items, found.next.as_deref())
}

/// A session as it is printed. The digest of its cookie is nobody's business.
fn json(session: &Session, user: &str, clients: &[ClientId]) -> Value {
    json!({
        "id": session.id.as_str(),
        "user": user,
        "user_id": session.user_id.as_str(),
        "clients": clients,
        "amr": session.amr,
        "acr": session.acr,
        "authenticated_at": session.authenticated_at.to_rfc3339(),
        "created_at": session.created_at.to_rfc3339(),
        "last_seen_at": session.last_seen_at.to_rfc3339(),
        "idle_expires_at": session.idle_expires_at.to_rfc3339(),
        "expires_at": session.expires_at.to_rfc3339(),
    })
}
