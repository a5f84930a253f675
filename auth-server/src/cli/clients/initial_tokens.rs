//! `client initial-token …`: what lets its holder register clients (RFC 7591 §3; matrix DCR-01).

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::audit;
use crate::cli::failure::Failure;
use crate::cli::globals::Format;
use crate::cli::output;
use crate::cli::users::PageArgs;
use crate::cli::workbench::Workbench;
use crate::clock::Instant;
use crate::secret::Secret;
use crate::settings;
use crate::store::initial_tokens::{self, InitialToken};

/// The commands.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Make a token. It is printed once and never again.
    Add(AddArgs),
    /// List the tokens that are still good; never the tokens themselves.
    List(PageArgs),
    /// Delete a token. Clients that were registered with it stay.
    Delete {
        /// Names the token, as `list` shows it. It may begin with a hyphen.
        #[arg(allow_hyphen_values = true)]
        id: String,
    },
}

/// Arguments of `client initial-token add`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example, for a partner who registers one client within a week:
  auth-server client initial-token add --note 'Example Ltd.' --expires-in 7d --uses 1")]
pub(in crate::cli) struct AddArgs {
    /// Whom it is for.
    #[arg(long, default_value = "")]
    note: String,
    /// How long it is good, such as 7d.
    #[arg(long, value_name = "SPAN", default_value = "1d")]
    expires_in: String,
    /// Registrations it is good for. [default: any number]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    uses: Option<u32>,
}

/// Runs one of the commands.
pub(super) async fn run(
    bench: &Workbench,
    format: Format,
    command: &Command,
) -> Result<(), Failure> {
    match command {
        Command::Add(args) => add(bench, format, args).await,
        Command::List(page) => list(bench, format, page).await,
        Command::Delete { id } => delete(bench, format, id).await,
    }
}

async fn add(bench: &Workbench, format: Format, args: &AddArgs) -> Result<(), Failure> {
    let lifetime = settings::parse_duration(&args.expires_in)
        .filter(|span| !span.is_zero())
        .ok_or_else(|| Failure::usage("`--expires-in` takes a number and a unit: 12h, 7d."))?;
    let secret = Secret::new(format!("iat_{}", bench.random().text::<32>()));
    let token = InitialToken {
        id: bench.random().text::<9>(),
        digest: secret.digest(),
        note: args.note.clone(),
        uses_left: args.uses,
        created_at: bench.now,
        expires_at: Some(bench.now.plus(lifetime)),
    };
    let mut shown = view(&token);
    shown["initial_access_token"] = secret.expose().into();
    let sentence = format!(
        "Initial access token {}, shown this once: {}",
        token.id,
        secret.expose()
    );
    let mut event = bench.event("registration.token.create");
    event.detail["token"] = token.id.as_str().into();
    bench
        .store
        .write(async move |txn| {
            initial_tokens::insert(txn, &token).await?;
            audit::record(txn, &event).await
        })
        .await?;
    output::done(format, &sentence, &shown)
}

async fn list(bench: &Workbench, format: Format, page: &PageArgs) -> Result<(), Failure> {
    let found =
        initial_tokens::list(bench.store.read(), page.cursor.as_deref(), page.limit).await?;
    let items: Vec<Value> = found.items.iter().map(view).collect();
    let columns = ["id", "note", "uses_left", "created_at", "expires_at"];
    output::list(format, &columns, &items, found.next.as_deref())
}

async fn delete(bench: &Workbench, format: Format, id: &str) -> Result<(), Failure> {
    let mut event = bench.event("registration.token.delete");
    event.detail["token"] = id.into();
    let key = id.to_owned();
    let is_gone = bench
        .store
        .write(async move |txn| {
            let is_gone = initial_tokens::delete(txn, &key).await?;
            if is_gone {
                audit::record(txn, &event).await?;
            }
            Ok(is_gone)
        })
        .await?;
    if !is_gone {
        return Err(Failure::failed(format!(
            "There is no initial access token `{id}`."
        )));
    }
    output::done(
        format,
        &format!("Initial access token {id} deleted."),
        &json!({ "id": id }),
    )
}

fn view(token: &InitialToken) -> Value {
    json!({
        "id": token.id,
        "note": token.note,
        "uses_left": token.uses_left,
        "created_at": token.created_at.to_rfc3339(),
        "expires_at": token.expires_at.map(Instant::to_rfc3339),
    })
}
