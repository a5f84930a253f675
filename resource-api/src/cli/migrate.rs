//! `migrate up|status|down`. Works on the database directly; the service need not run.

use super::arguments::{Format, Step};
use super::failure::Failure;
use super::output;
use crate::settings::Settings;
use crate::store;

pub(super) async fn migrate(
    settings: &Settings,
    step: Step,
    format: Format,
) -> Result<(), Failure> {
    match step {
        Step::Up => {
            store::connect_migrated(settings).await?;
        }
        Step::Down { steps, .. } => {
            let done = store::migrate_down(settings, steps).await?;
            output::line(&format!("{done} migrations taken back"));
        }
        Step::Status => {}
    }
    let states = store::migration_states(settings).await?;
    if format == Format::Json {
        let states: Vec<_> = states
            .iter()
            .map(|state| serde_json::json!({"name": state.name, "applied": state.applied}))
            .collect();
        return output::json(&states);
    }
    let word = |applied| if applied { "applied" } else { "pending" };
    let rows: Vec<[String; 2]> = states
        .into_iter()
        .map(|state| [state.name, word(state.applied).to_owned()])
        .collect();
    output::table(["MIGRATION", "STATE"], &rows);
    Ok(())
}
