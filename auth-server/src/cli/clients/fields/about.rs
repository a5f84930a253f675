//! What people see of a client: its name, its pages, in their language (RFC 7591 §2.2).

use clap::{Args, ValueEnum};

use super::{flags, put, put_list};
use crate::cli::failure::Failure;
use crate::model::{ApplicationType, Client};

/// Options about the looks of a client.
#[derive(Debug, Args)]
pub(in crate::cli::clients) struct AboutFields {
    /// The name to show to people.
    #[arg(long)]
    name: Option<String>,
    /// A text in another language: `client_name#de=Stellenmarkt`; may be repeated, replaces all.
    #[arg(long = "localized", value_name = "MEMBER#LANGUAGE=TEXT")]
    localized: Vec<String>,
    /// Where it runs. Loopback ports of native applications may vary, and they may have private schemes.
    #[arg(long, value_enum, value_name = "TYPE")]
    application_type: Option<TypeName>,
    /// Whether it is one of your own, whose users are not asked for consent. Confidential only.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    first_party: Option<bool>,
    /// Its home page.
    #[arg(long, value_name = "URI")]
    client_uri: Option<String>,
    /// Its logo.
    #[arg(long, value_name = "URI")]
    logo_uri: Option<String>,
    /// Its terms of service.
    #[arg(long, value_name = "URI")]
    tos_uri: Option<String>,
    /// Its privacy policy.
    #[arg(long, value_name = "URI")]
    policy_uri: Option<String>,
    /// How to reach the people behind it; may be repeated.
    #[arg(long = "contact", value_name = "ADDRESS")]
    contacts: Vec<String>,
}

/// `application_type` by its names.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum TypeName {
    /// A server or a browser application.
    Web,
    /// An application on the user's device.
    Native,
}

impl AboutFields {
    pub(super) fn apply(&self, client: &mut Client) -> Result<(), Failure> {
        if let Some(name) = &self.name {
            client.name.clone_from(name);
        }
        let metadata = &mut client.metadata;
        if let Some(name) = self.application_type {
            metadata.application_type = match name {
                TypeName::Web => ApplicationType::Web,
                TypeName::Native => ApplicationType::Native,
            };
        }
        flags!(self.first_party => metadata.is_first_party);
        put(self.client_uri.as_ref(), &mut metadata.client_uri);
        put(self.logo_uri.as_ref(), &mut metadata.logo_uri);
        put(self.tos_uri.as_ref(), &mut metadata.tos_uri);
        put(self.policy_uri.as_ref(), &mut metadata.policy_uri);
        put_list(&self.contacts, &mut metadata.contacts);
        match self.localized.as_slice() {
            [] => {}
            [off] if off == super::OFF => metadata.localized.clear(),
            texts => {
                let pairs = texts.iter().map(|text| {
                    text.split_once('=').ok_or_else(|| {
                        Failure::usage("`--localized` takes `client_name#de=Stellenmarkt`.")
                    })
                });
                metadata.localized = pairs
                    .map(|pair| pair.map(|(name, text)| (name.to_owned(), text.to_owned())))
                    .collect::<Result<_, _>>()?;
            }
        }
        Ok(())
    }
}
