//! Ending sessions. What ends with them, and who is told, is decided in `accounts`.

use serde_json::json;

use crate::cli::failure::Failure;
use crate::cli::globals::Format;
use crate::cli::output;
use crate::cli::users::require_user;
use crate::cli::workbench::Workbench;
use crate::model::SessionId;
use crate::store::sessions;

/// `session revoke ID`.
pub(super) async fn revoke(bench: &Workbench, format: Format, id: &str) -> Result<(), Failure> {
    let missing = || {
        Failure::failed(format!(
            "There is no session `{id}` that goes on; `auth-server session list` shows them."
        ))
    };
    let found = sessions::find(bench.store.read(), &SessionId::new(id)).await?;
    let session = found.ok_or_else(missing)?;
    let accounts = bench.accounts()?;
    if !accounts.revoke_session(&session, &bench.actor()).await? {
        return Err(missing());
    }
    let object = json!({ "id": id, "user_id": session.user_id.as_str() });
    output::done(format, &format!("Session {id} has ended."), &object)
}

/// `session revoke --user NAME`.
pub(super) async fn revoke_all(
    bench: &Workbench,
    format: Format,
    name: &str,
) -> Result<(), Failure> {
    let user = require_user(bench, name).await?;
    let accounts = bench.accounts()?;
    accounts.revoke_logins(&user.id, &bench.actor()).await?;
    let object = json!({ "user_id": user.id.as_str(), "user": user.username });
    let sentence = format!("All sessions of {} have ended.", user.username);
    output::done(format, &sentence, &object)
}
