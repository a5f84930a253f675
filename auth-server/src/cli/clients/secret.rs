//! Client secrets: made here or brought along, shown once, kept as SHA-256 (design §4 rule 6).

use super::RotateArgs;
use super::view::{json, require};
use crate::audit;
use crate::cli::failure::Failure;
use crate::cli::globals::Format;
use crate::cli::input::SecretSource;
use crate::cli::output;
use crate::cli::workbench::Workbench;
use crate::model::ClientSecret;
use crate::secret::Secret;
use crate::settings;
use crate::store::clients;

/// Fewest characters of a secret that was brought along: SHA-256 without salt protects only what
/// cannot be guessed (matrix GEN-14; attack OP-09).
const MIN_CHARACTERS: usize = 32;

/// A secret in clear, for its owner, and what is kept of it.
pub(super) struct NewSecret {
    /// Set when it was made here, to be shown once.
    pub(super) made: Option<Secret>,
    /// The row.
    pub(super) record: ClientSecret,
}

/// Takes the given secret, or makes one of 256 random bits.
pub(super) fn obtain(bench: &Workbench, source: &SecretSource) -> Result<NewSecret, Failure> {
    let given = source.find()?;
    if let Some(secret) = &given {
        check(secret)?;
    }
    let made = given
        .is_none()
        .then(|| Secret::new(format!("cs_{}", bench.random().text::<32>())));
    let digest = made.as_ref().or(given.as_ref()).map(Secret::digest);
    let digest = digest.ok_or_else(|| Failure::failed("There is no secret."))?;
    let record = ClientSecret {
        id: bench.random().uuid(),
        digest,
        created_at: bench.now,
        expires_at: None,
    };
    Ok(NewSecret { made, record })
}

fn check(secret: &Secret) -> Result<(), Failure> {
    let text = secret.expose();
    let different: std::collections::HashSet<char> = text.chars().collect();
    if text.chars().count() < MIN_CHARACTERS || different.len() < 10 {
        return Err(Failure::failed(format!(
            "The secret is too weak: at least {MIN_CHARACTERS} random characters, such as \
             `openssl rand -base64 32` prints. Leave it out, and one is made."
        )));
    }
    if !text.chars().all(|one| one.is_ascii_graphic()) {
        return Err(Failure::failed(
            "The secret must be visible ASCII characters without spaces.",
        ));
    }
    Ok(())
}

/// `client rotate-secret`.
pub(super) async fn rotate(
    bench: &Workbench,
    format: Format,
    args: &RotateArgs,
) -> Result<(), Failure> {
    let overlap = settings::parse_duration(&args.overlap)
        .ok_or_else(|| Failure::usage("`--overlap` takes a number and a unit: 24h, 30m, 0s."))?;
    let client = require(bench, &args.client.id).await?;
    if client.is_public() {
        return Err(Failure::failed(format!(
            "{} is a public client and has no secret.",
            client.id
        )));
    }
    let NewSecret { made, record } = obtain(bench, &args.secret)?;
    let mut event = bench.event("client.rotate_secret");
    event.client_id = Some(client.id.as_str().to_owned());
    let (id, at, ends) = (client.id.clone(), bench.now, bench.now.plus(overlap));
    bench
        .store
        .write(async move |txn| {
            clients::add_secret(txn, &id, &record).await?;
            clients::expire_secrets(txn, &id, &record.id, ends, at).await?;
            audit::record(txn, &event).await
        })
        .await?;
    let now = require(bench, &args.client.id).await?;
    let sentence = format!(
        "{} has a new secret; the old one ends at {}.",
        client.id,
        ends.to_rfc3339()
    );
    show(format, &sentence, json(&now), made.as_ref())
}

/// Prints a sentence, or the client, with a secret that was made: the only time it is seen.
pub(super) fn show(
    format: Format,
    sentence: &str,
    mut client: serde_json::Value,
    made: Option<&Secret>,
) -> Result<(), Failure> {
    let Some(secret) = made else {
        return output::done(format, sentence, &client);
    };
    client["client_secret"] = secret.expose().into();
    let sentence = format!(
        "{sentence}\nIts secret, shown this once: {}",
        secret.expose()
    );
    output::done(format, &sentence, &client)
}
