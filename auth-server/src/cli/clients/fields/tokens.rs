//! The tokens of a client: how long they live, what signs them, whom they name.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{AlgorithmChoice, algorithm_or_off, flags, put};
use crate::cli::clients::registry;
use crate::cli::failure::Failure;
use crate::cli::workbench::Workbench;
use crate::model::{Client, SubjectType};
use crate::settings::{self, TokenSettings};

/// What a client may have whatever the settings say.
const LONGEST_UNASKED: Duration = Duration::from_hours(1);

/// Options about tokens.
#[derive(Debug, Args)]
pub(in crate::cli::clients) struct TokenFields {
    /// Lifetime of its access tokens, such as 5m, where it differs from the setting.
    #[arg(long, value_name = "SPAN")]
    access_ttl: Option<String>,
    /// Lifetime of its ID tokens, at most 1h or the setting, where it differs from the setting.
    #[arg(long, value_name = "SPAN")]
    id_ttl: Option<String>,
    /// Lifetime of its authorization codes, at most 10m, where it differs from the setting.
    #[arg(long, value_name = "SPAN")]
    code_ttl: Option<String>,
    /// Algorithm that signs its access tokens, where it differs from the setting `keys.algorithm`.
    #[arg(long, value_name = "ALG", value_parser = algorithm_or_off())]
    token_alg: Option<AlgorithmChoice>,
    /// Algorithm that signs its ID tokens.
    #[arg(long, value_name = "ALG", value_parser = algorithm_or_off())]
    id_token_alg: Option<AlgorithmChoice>,
    /// Algorithm that signs its userinfo answers, which are plain JSON otherwise.
    #[arg(long, value_name = "ALG", value_parser = algorithm_or_off())]
    userinfo_alg: Option<AlgorithmChoice>,
    /// Algorithm that signs its introspection answers (RFC 9701).
    #[arg(long, value_name = "ALG", value_parser = algorithm_or_off())]
    introspection_alg: Option<AlgorithmChoice>,
    /// Whether its refresh tokens change at each use. Only a confidential client can do without.
    /// [default: true]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    rotate_refresh_tokens: Option<bool>,
    /// Whether users have another `sub` for it than for others.
    #[arg(long, value_enum, value_name = "TYPE")]
    subject_type: Option<SubjectName>,
    /// A JSON list of redirect URIs, whose host all clients of one sector share.
    #[arg(long, value_name = "URI")]
    sector_identifier_uri: Option<String>,
}

/// `subject_type` by its names.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum SubjectName {
    /// The same for everybody.
    Public,
    /// One for each sector.
    Pairwise,
}

impl TokenFields {
    pub(super) async fn apply(
        &self,
        bench: &Workbench,
        client: &mut Client,
    ) -> Result<(), Failure> {
        let tokens = &bench.settings.tokens;
        let spans = [
            ("--access-ttl", &self.access_ttl, &mut client.access_ttl),
            ("--id-ttl", &self.id_ttl, &mut client.metadata.id_ttl),
            ("--code-ttl", &self.code_ttl, &mut client.metadata.code_ttl),
        ];
        for (option, said, target) in spans {
            if let Some(text) = said {
                *target = parse_ttl(option, text, tokens)?;
            }
        }
        let metadata = &mut client.metadata;
        let algorithms = [
            (self.token_alg, &mut client.token_alg),
            (self.id_token_alg, &mut metadata.id_token_alg),
            (self.userinfo_alg, &mut metadata.userinfo_alg),
            (self.introspection_alg, &mut metadata.introspection_alg),
        ];
        for (said, target) in algorithms {
            if let Some(AlgorithmChoice(algorithm)) = said {
                if let Some(algorithm) = algorithm {
                    registry::require_key(bench, algorithm).await?;
                }
                *target = algorithm;
            }
        }
        flags!(self.rotate_refresh_tokens => metadata.rotates_refresh_tokens);
        if let Some(name) = self.subject_type {
            metadata.subject_type = match name {
                SubjectName::Public => SubjectType::Public,
                SubjectName::Pairwise => SubjectType::Pairwise,
            };
        }
        put(
            self.sector_identifier_uri.as_ref(),
            &mut metadata.sector_identifier_uri,
        );
        Ok(())
    }
}

/// The same caps as for the settings: what is stolen is good for that long, and a key that has signed is
/// published no longer than the settings need (`keys::KeyPolicy`).
fn parse_ttl(
    option: &str,
    text: &str,
    settings: &TokenSettings,
) -> Result<Option<Duration>, Failure> {
    if text == super::OFF {
        return Ok(None);
    }
    let (longest, longest_text) = match option {
        "--code-ttl" => (Duration::from_mins(10), "10m"),
        "--id-ttl" => (Duration::from_hours(24), "1d"),
        _ => (Duration::from_hours(24 * 30), "30d"),
    };
    let ttl = settings::parse_duration(text)
        .filter(|ttl| (Duration::from_secs(1)..=longest).contains(ttl))
        .ok_or_else(|| {
            Failure::usage(format!(
                "`{option}` takes a number and a unit, from 1s to {longest_text}: 5m, 900s."
            ))
        })?;
    if ttl <= LONGEST_UNASKED {
        return Ok(Some(ttl));
    }
    match option {
        "--access-ttl" if !settings.allow_long_access_ttl => Err(Failure::failed(
            "`--access-ttl` is at most 1h; the setting `tokens.allow_long_access_ttl` lifts this.",
        )),
        "--id-ttl" if ttl > settings.id_ttl => Err(Failure::failed(
            "`--id-ttl` is at most 1h, or as much as the setting `tokens.id_ttl`.",
        )),
        _ => Ok(Some(ttl)),
    }
}
