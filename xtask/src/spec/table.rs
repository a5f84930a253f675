//! The tables in `docs/spec`, which are compiled in: a line of names, a row per line, fields separated
//! by tabs, `#` in front of remarks.

use super::id::{Id, Table};
use crate::failure::{Failure, Outcome};

const REQUIREMENTS: &str = include_str!("../../../docs/spec/requirements.tsv");
const ATTACKS: &str = include_str!("../../../docs/spec/attacks.tsv");
const EXCEPTIONS: &str = include_str!("../../../docs/spec/exceptions.tsv");

/// A requirement, or an attack that must fail.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Its id.
    pub(super) id: Id,
    /// What it says.
    pub(super) text: String,
    /// M, S, O, D or C; empty for an attack.
    pub(super) level: String,
    /// What must be seen.
    pub(super) expected: String,
    /// P0, P1, P2 or `-`; for an attack its severity.
    pub(super) weight: String,
}

/// Why a row has no test.
#[derive(Clone, Debug)]
pub(super) struct Exception {
    /// The row.
    pub(super) id: Id,
    /// A sentence.
    pub(super) because: String,
}

/// All rows, the requirements first.
pub(super) fn rows() -> Outcome<Vec<Row>> {
    let requirements = fields(REQUIREMENTS).map(|line| {
        let [id, text, _source, level, expected, weight] = line?;
        row(Table::Requirements, [id, text, level, expected, weight])
    });
    let attacks = fields(ATTACKS).map(|line| {
        let [id, text, _precedent, _request, expected, weight] = line?;
        row(Table::Attacks, [id, text, "", expected, weight])
    });
    requirements.chain(attacks).collect()
}

/// All exceptions.
pub(super) fn exceptions() -> Outcome<Vec<Exception>> {
    let exception = |line: Outcome<[&str; 3]>| {
        let [table, id, because] = line?;
        let table = match table {
            "requirement" => Table::Requirements,
            "attack" => Table::Attacks,
            other => return Err(Failure::because(format!("there is no table {other:?}"))),
        };
        let because = because.to_owned();
        Ok(Exception {
            id: require_id(table, id)?,
            because,
        })
    };
    fields(EXCEPTIONS).map(exception).collect()
}

fn row(table: Table, [id, text, level, expected, weight]: [&str; 5]) -> Outcome<Row> {
    Ok(Row {
        id: require_id(table, id)?,
        text: text.to_owned(),
        level: level.to_owned(),
        expected: expected.to_owned(),
        weight: weight.to_owned(),
    })
}

fn require_id(table: Table, text: &str) -> Outcome<Id> {
    Id::parse(table, text).ok_or_else(|| Failure::because(format!("no id of a row: {text:?}")))
}

/// The fields of each line below the names.
fn fields<const N: usize>(file: &str) -> impl Iterator<Item = Outcome<[&str; N]>> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.skip(1).map(|line| {
        let fields: Vec<_> = line.split('\t').collect();
        let wrong = |_| Failure::because(format!("not {N} fields: {line:?}"));
        <[&str; N]>::try_from(fields).map_err(wrong)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_is_read_and_has_an_id_of_its_own() {
        let rows = rows().unwrap();
        let ids: BTreeSet<_> = rows.iter().map(|row| &row.id).collect();
        assert_eq!(ids.len(), rows.len());
        assert!(rows.len() > 700, "{}", rows.len());
    }

    #[test]
    fn every_exception_has_a_sentence() {
        for Exception { id, because } in exceptions().unwrap() {
            assert!(
                because.ends_with('.') && because.contains(' '),
                "{id}: {because}"
            );
        }
    }

    #[test]
    fn a_line_with_a_field_too_few_is_named() {
        let lines: Outcome<Vec<[&str; 2]>> = fields("# remark\na\tb\n1\t2\n3\n").collect();
        assert!(lines.unwrap_err().to_string().contains("\"3\""));
    }
}
