//! What is built so far. A feature that lands adds its prefix here, and from then on `cargo ci` demands a
//! test for each of its rows that count.

/// Prefixes of `docs/spec/requirements.tsv` whose P0 rows need a test.
pub(super) const REQUIREMENTS: &[&str] = &[
    "GEN", "CA", "TOK", "RT", "CC", "PW", "RS", "JWK", "MD", "AT", "JB", "NP", "OW",
];

/// Prefixes of `docs/spec/attacks.tsv` whose rows need a test, whatever their severity.
pub(super) const ATTACKS: &[&str] = &["JV", "CR", "OP"];
