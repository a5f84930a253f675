//! `copy --to DATABASE_URL`: everything into another database of any engine, compared afterwards.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};

use super::backup::refused;
use super::failure::Failure;
use super::globals::{Format, Globals};
use super::input;
use super::output;
use super::workbench::{Schema, Workbench, block_on};
use crate::app;
use crate::settings::{self, DatabaseUrl, Mode};
use crate::store::Store;
use crate::store::transfer::{self, Comparison, Progress, Step, Summary};

/// Digits of a checksum in a table; JSON has all 64.
const SHOWN_DIGITS: usize = 16;
/// How a target is named in the settings.
const SETTING: &str = "database.copy_to";

/// Arguments of `copy`.
#[derive(Debug, Args)]
#[command(after_help = "\
A URL with a password does not belong on the command line, where every user of this machine sees it:
use --to-file, --to-stdin, AUTH_SERVER_DATABASE__COPY_TO or AUTH_SERVER_DATABASE__COPY_TO_FILE.

The target must be empty; its schema is made. The server may run on the source meanwhile: what it
writes after the start stays behind. A copy that is broken off leaves a target that no server opens;
remove it and copy again. The key-encryption key is not in the database: give the target's servers
the same one.

Exit code 3 when source and target differ.

Examples:
  auth-server copy --to postgres://app@db.example.com/auth --dry-run
  auth-server copy --to-file target-url.txt
  auth-server copy --to sqlite:portable.db")]
pub(super) struct CopyArgs {
    /// The database to fill: a `sqlite:`, `postgres:` or `mysql:` URL without a password.
    #[arg(long, value_name = "DATABASE_URL", conflicts_with_all = ["to_file", "to_stdin"])]
    to: Option<String>,
    /// Read the URL from this file.
    #[arg(long, value_name = "FILE", conflicts_with = "to_stdin")]
    to_file: Option<PathBuf>,
    /// Read the URL from standard input.
    #[arg(long)]
    to_stdin: bool,
    /// Only look: is the target empty, and what would be copied?
    #[arg(long)]
    dry_run: bool,
}

/// Copies, or rehearses it.
pub(super) fn run(globals: &Globals, args: &CopyArgs) -> Result<(), Failure> {
    let target = find_target(globals, args)?;
    block_on(async {
        let bench = Workbench::open(globals, Schema::Require).await?;
        let done = if args.dry_run {
            rehearse(globals, &bench, &target).await
        } else {
            copy(globals, &bench, &target).await
        };
        bench.store.close().await;
        done
    })
}

/// From the arguments, else from the settings.
fn find_target(globals: &Globals, args: &CopyArgs) -> Result<DatabaseUrl, Failure> {
    let mut inputs = globals.inputs(Mode::Tool)?;
    let given = match (&args.to, &args.to_file) {
        (Some(url), _) if holds_password(url) => {
            return Err(Failure::usage(
                "The URL of `--to` holds a password, which every user of this machine can see \
                 there; use --to-file, --to-stdin or AUTH_SERVER_DATABASE__COPY_TO.",
            ));
        }
        (Some(url), _) => Some(("--to", url.clone())),
        (None, Some(file)) => Some(("--to-file", input::from_file(file)?.expose().to_owned())),
        (None, None) if args.to_stdin => {
            Some(("--to-stdin", input::from_stdin()?.expose().to_owned()))
        }
        (None, None) => None,
    };
    if let Some((flag, url)) = given {
        inputs
            .flags
            .push((SETTING.to_owned(), url, flag.to_owned()));
    }
    let target = settings::load(&inputs)?.settings.database.copy_to;
    target.ok_or_else(|| {
        Failure::usage("Say where to copy to: --to DATABASE_URL, --to-file FILE or --to-stdin.")
    })
}

fn holds_password(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| {
        url.password().is_some() || url.query_pairs().any(|(name, _)| name.contains("password"))
    })
}

async fn rehearse(
    globals: &Globals,
    bench: &Workbench,
    target: &DatabaseUrl,
) -> Result<(), Failure> {
    let (from, to) = (bench.settings.database.url.shown(), target.shown());
    // Opening a SQLite file would make it.
    if !target.is_missing_file() {
        let store = connect(bench, target).await?;
        let empty = transfer::require_empty(&store).await;
        store.close().await;
        empty.map_err(|error| refused(&to, error))?;
    }
    let found = transfer::survey(&bench.store, &mut show_progress).await;
    output::end_progress();
    let found = found.map_err(|error| refused(&from, error))?;
    let rows: u64 = found.iter().map(|table| table.rows).sum();
    let value = json!({
        "source": from, "target": to, "dry_run": true, "rows": rows,
        "tables": found.iter().map(view).collect::<Vec<_>>(),
    });
    print(globals.format, &["table", "rows", "checksum"], &value)?;
    output::note(&format!("{rows} rows would be copied from {from} to {to}."));
    Ok(())
}

async fn copy(globals: &Globals, bench: &Workbench, target: &DatabaseUrl) -> Result<(), Failure> {
    let (from, to) = (bench.settings.database.url.shown(), target.shown());
    let begun = Instant::now();
    let store = connect(bench, target).await?;
    let copied = match transfer::require_empty(&store).await {
        Ok(empty) => transfer::copy(&bench.store, empty, bench.now, &mut show_progress).await,
        Err(error) => Err(error),
    };
    output::end_progress();
    // A SQLite file is whole by itself only after it was closed.
    store.close().await;
    let compared = copied.map_err(|error| refused(&to, error))?;
    report(globals.format, &compared, (&from, &to), begun.elapsed())
}

/// The target, with the limits of the source.
async fn connect(bench: &Workbench, target: &DatabaseUrl) -> Result<Store, Failure> {
    let mut settings = bench.settings.clone();
    settings.database.url = target.clone();
    Ok(app::connect(&settings, bench.random()).await?)
}

fn report(
    format: Format,
    compared: &[Comparison],
    (from, to): (&str, &str),
    took: Duration,
) -> Result<(), Failure> {
    let rows: u64 = compared.iter().map(|table| table.source.rows).sum();
    let different: Vec<&str> = compared
        .iter()
        .filter(|table| !table.is_equal())
        .map(|table| table.source.table)
        .collect();
    let tables: Vec<Value> = compared.iter().map(view_both).collect();
    let value = json!({
        "source": from, "target": to, "dry_run": false, "rows": rows, "seconds": took.as_secs_f64(),
        "equal": different.is_empty(), "tables": tables,
    });
    let columns = [
        "table",
        "rows",
        "checksum",
        "target_rows",
        "target_checksum",
        "equal",
    ];
    print(format, &columns, &value)?;
    if different.is_empty() {
        let seconds = took.as_secs_f64();
        output::note(&format!(
            "{rows} rows copied from {from} to {to} and found equal; {seconds:.1} s. Servers on the \
             target need the same key-encryption key."
        ));
        return Ok(());
    }
    Err(Failure::found(format!(
        "{to} differs from {from} in: {}. It stays marked as unfinished, and no server opens it; \
         remove it and copy again.",
        different.join(", ")
    )))
}

fn view(table: &Summary) -> Value {
    json!({ "table": table.table, "rows": table.rows, "checksum": table.checksum })
}

fn view_both(table: &Comparison) -> Value {
    let mut value = view(&table.source);
    value["target_rows"] = json!(table.target.rows);
    value["target_checksum"] = json!(table.target.checksum);
    value["equal"] = json!(table.is_equal());
    value
}

fn print(format: Format, columns: &[&str], value: &Value) -> Result<(), Failure> {
    if format == Format::Json {
        return output::json(value);
    }
    let mut items = value["tables"].as_array().cloned().unwrap_or_default();
    for item in &mut items {
        for name in ["checksum", "target_checksum"] {
            let start = item[name]
                .as_str()
                .and_then(|text| text.get(..SHOWN_DIGITS));
            if let Some(start) = start.map(str::to_owned) {
                item[name] = Value::String(start);
            }
        }
    }
    output::list(format, columns, &items, None)
}

fn show_progress(progress: Progress) {
    let doing = match progress.step {
        Step::Reading => "reading",
        Step::Copying => "copying",
        Step::Comparing => "comparing",
    };
    output::progress(&format!(
        "{doing} {}: {} rows",
        progress.table, progress.rows
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_seen_wherever_it_stands() {
        for (url, expected) in [
            ("postgres://app:hunter2@db/auth", true),
            ("mysql://app:@db/auth", false),
            ("postgres:///auth?host=/run/x&password=hunter2", true),
            ("postgres://app@db/auth?sslmode=require", false),
            ("sqlite:portable.db", false),
            ("sqlite:///srv/a:b@c.db", false),
        ] {
            assert_eq!(holds_password(url), expected, "{url}");
        }
    }
}
