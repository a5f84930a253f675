//! "Did you mean": the known key that is nearest to an unknown one.

/// The sentence for a key that does not exist.
pub(super) fn sentence(unknown: &str) -> String {
    if let Some(base) = unknown
        .strip_suffix("_file")
        .filter(|base| super::find_key(base).is_some())
    {
        return format!(
            "only secrets can be read from a file, by environment variable; set `{base}` itself"
        );
    }
    match nearest(unknown) {
        Some(key) => format!("there is no such setting; did you mean `{key}`?"),
        None => "there is no such setting; `auth-server config schema` lists them all".to_owned(),
    }
}

/// The nearest key, when it is near enough to be a slip. A single underscore where two belong
/// (`AUTH_SERVER_DATABASE_URL`) and a missing section (`access_ttl`) are the usual ones.
fn nearest(unknown: &str) -> Option<&'static str> {
    let flat = |name: &str| name.replace(['.', '_', '-'], "").to_lowercase();
    let wanted = flat(unknown);
    let limit = (wanted.len() / 4).max(2);
    super::keys()
        .map(|key| {
            let whole = strsim::damerau_levenshtein(&wanted, &flat(key.name));
            let last = strsim::damerau_levenshtein(&wanted, &flat(key.parts().1));
            (whole.min(last + 1), key.name)
        })
        .min()
        .filter(|(distance, _)| *distance <= limit)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_what_was_meant() {
        for (slip, meant) in [
            ("isuer", "issuer"),
            ("tokens.acces_ttl", "tokens.access_ttl"),
            ("token.access_ttl", "tokens.access_ttl"),
            ("database_url", "database.url"),
            ("access_ttl", "tokens.access_ttl"),
            ("cors.allowed-origins", "cors.allowed_origins"),
            ("password_hash.memory", "password_hash.memory_kib"),
        ] {
            assert_eq!(nearest(slip), Some(meant), "{slip}");
        }
        assert_eq!(nearest("completely.different.words"), None);
    }

    #[test]
    fn a_file_for_what_is_no_secret_is_explained() {
        assert!(sentence("issuer_file").contains("only secrets"));
    }
}
