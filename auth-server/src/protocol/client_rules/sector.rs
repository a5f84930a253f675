//! The sector of pairwise subjects (OpenID Connect Core 1.0 §8.1; matrix DCR-08).

use std::collections::BTreeSet;

use super::RuleError;
use super::uris::find_host;
use crate::model::{Client, SubjectType};

/// The host that pairwise subjects are made from: that of `sector_identifier_uri`, else the only one
/// of the redirect URIs. `None` where there is none, or more than one, or nobody needs it.
pub fn find_sector(client: &Client) -> Option<String> {
    if let Some(uri) = &client.metadata.sector_identifier_uri {
        return find_host(uri);
    }
    if client.metadata.subject_type == SubjectType::Public {
        return None;
    }
    let hosts: BTreeSet<Option<String>> = client
        .redirect_uris
        .iter()
        .map(|uri| find_host(uri))
        .collect();
    let mut hosts = hosts.into_iter();
    match (hosts.next(), hosts.next()) {
        (Some(only), None) => only,
        _ => None,
    }
}

pub(super) fn check(client: &Client) -> Result<(), RuleError> {
    let is_pairwise = client.metadata.subject_type == SubjectType::Pairwise;
    if is_pairwise && find_sector(client).is_none() {
        return Err(RuleError::new(
            "sector_identifier_uri",
            "is needed for pairwise subjects when the redirect URIs have several hosts or none",
        ));
    }
    Ok(())
}
