//! What is built so far. A feature that lands adds its prefix here, and from then on `cargo ci` demands a
//! test for each of its rows that count.

use super::id::{Id, Table};

/// Whether the feature of a row is built.
pub(super) fn includes(id: &Id) -> bool {
    let prefixes = match id.table {
        Table::Requirements => REQUIREMENTS,
        Table::Attacks => ATTACKS,
    };
    prefixes.contains(&id.prefix.as_str())
}

/// Prefixes of `docs/spec/requirements.tsv` whose P0 rows need a test.
const REQUIREMENTS: &[&str] = &[
    "GEN", "CA", "TOK", "AC", "RT", "CC", "PW", "AZ", "PK", "NAT", "ISS", "RM", "RS", "REV", "INT",
    "JWI", "MD", "JWK", "AT", "JB", "TSL", "PKJ", "RI", "PAR", "DCR", "DCM", "PRM", "BCP", "O21",
    "BBA", "OC", "UI", "LO", "NP", "OW",
];

/// Prefixes of `docs/spec/attacks.tsv` whose rows need a test, whatever their severity.
const ATTACKS: &[&str] = &["JV", "RS", "TE", "GR", "AZ", "LC", "CR", "IR", "SS", "OP"];
