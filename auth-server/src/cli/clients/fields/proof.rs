//! How a client proves who it is: a secret, or a key of its own (RFC 6749 §2.3, RFC 7523 §2.2).

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{AlgorithmChoice, OFF, algorithm_or_off, put};
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::model::{AuthMethod, Client};

/// Options about client authentication.
#[derive(Debug, Args)]
pub(in crate::cli::clients) struct ProofFields {
    /// How it proves itself. [default: a secret, by basic or post]
    #[arg(long, value_enum, value_name = "METHOD")]
    auth_method: Option<MethodName>,
    /// The one algorithm of its assertions. [default: any that is supported]
    #[arg(long, value_name = "ALG", value_parser = algorithm_or_off())]
    auth_signing_alg: Option<AlgorithmChoice>,
    /// Read its public keys, a JWK Set, from this file.
    #[arg(long, value_name = "FILE", conflicts_with = "jwks_uri")]
    jwks_file: Option<PathBuf>,
    /// Where its public keys are.
    #[arg(long, value_name = "URI")]
    jwks_uri: Option<String>,
}

/// Ways of client authentication.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum MethodName {
    /// A secret, by HTTP Basic only.
    Basic,
    /// A secret, in the body only.
    Post,
    /// A secret, by either.
    Any,
    /// An assertion that it signs with a key of its own.
    PrivateKeyJwt,
}

impl From<MethodName> for AuthMethod {
    fn from(name: MethodName) -> Self {
        match name {
            MethodName::Basic => Self::Basic,
            MethodName::Post => Self::Post,
            MethodName::Any => Self::AnySecret,
            MethodName::PrivateKeyJwt => Self::PrivateKeyJwt,
        }
    }
}

impl ProofFields {
    pub(super) fn apply(&self, client: &mut Client) -> Result<(), Failure> {
        if let Some(method) = self.auth_method {
            if client.is_public() {
                return Err(Failure::usage("A public client has no secret to send."));
            }
            client.auth_method = method.into();
        }
        let metadata = &mut client.metadata;
        if let Some(AlgorithmChoice(algorithm)) = self.auth_signing_alg {
            metadata.auth_signing_alg = algorithm;
        }
        if let Some(path) = &self.jwks_file
            && path.as_os_str() == OFF
        {
            metadata.jwks = None;
        } else if let Some(path) = &self.jwks_file {
            let text = input::text_from_file(path)?;
            let jwks = serde_json::from_str(&text).map_err(|error| {
                Failure::failed(format!("{} is not JSON: {error}.", path.display()))
            })?;
            metadata.jwks = Some(jwks);
            metadata.jwks_uri = None;
        }
        put(self.jwks_uri.as_ref(), &mut metadata.jwks_uri);
        if self.jwks_uri.as_deref().is_some_and(|uri| uri != OFF) {
            metadata.jwks = None;
        }
        Ok(())
    }
}
