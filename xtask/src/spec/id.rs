//! The id of a row, `RT-03`, as tests write it: in comments (`RT-03`, `CA-05, CA-08`, `RT-09 to RT-12`,
//! `attack RS-01, matrix RS-07`) and in front of function names (`rt_03_…`, `cc_02_03_…`, `rt_03_to_05_…`).

use std::{collections::BTreeSet, fmt};

/// The two tables; `AZ`, `DP` and `RS` are prefixes in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Table {
    /// `docs/spec/requirements.tsv`
    Requirements,
    /// `docs/spec/attacks.tsv`
    Attacks,
}

/// One row of one table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    /// Where the row is.
    pub(super) table: Table,
    /// `RT` of `RT-03`.
    pub(super) prefix: String,
    number: u16,
}

impl Id {
    /// Reads `RT-03`, and nothing else.
    pub(super) fn parse(table: Table, text: &str) -> Option<Self> {
        let (prefix, digits) = text.split_once('-')?;
        let starts = prefix.starts_with(|c: char| c.is_ascii_uppercase());
        let goes_on = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        Some(Self {
            table,
            prefix: (starts && prefix.chars().all(goes_on)).then(|| prefix.to_owned())?,
            number: number(digits)?,
        })
    }

    /// The row of the same id among the attacks.
    pub(super) fn as_attack(&self) -> Self {
        Self {
            table: Table::Attacks,
            ..self.clone()
        }
    }

    /// This row and those after it up to `last`, which must be of the same prefix.
    fn up_to(&self, last: &Self) -> impl Iterator<Item = Self> {
        let is_alike = (self.table, &self.prefix) == (last.table, &last.prefix);
        let numbers = self.number..=if is_alike { last.number } else { self.number };
        numbers.map(|number| Self {
            number,
            ..self.clone()
        })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.prefix, self.number)
    }
}

/// The prefixes of both tables, by which an id is told from `SHA-25` and a name from `at_10_o_clock`.
#[derive(Default)]
pub(super) struct Prefixes(BTreeSet<(String, Table)>);

impl Prefixes {
    /// Those of `ids`.
    pub(super) fn of<'a>(ids: impl Iterator<Item = &'a Id>) -> Self {
        Self(ids.map(|id| (id.prefix.clone(), id.table)).collect())
    }

    /// The ids that a comment names. "attack" and "matrix" say which table is meant from there on,
    /// "(attack)" what was meant just before; a prefix that only one table has needs no such word.
    pub(super) fn in_comment(&self, text: &str) -> BTreeSet<Id> {
        // Each an id or a range.
        let mut found: Vec<Vec<Id>> = Vec::new();
        let (mut meant, mut was_id, mut is_range) = (Table::Requirements, false, false);
        let is_between = |c: char| !(c.is_ascii_alphanumeric() || "-()".contains(c));
        for word in text.split(is_between).filter(|word| !word.is_empty()) {
            let bare = word.trim_matches(['(', ')']);
            match (word, bare.to_ascii_lowercase().as_str()) {
                ("(attack)", _) => {
                    for id in found.last_mut().into_iter().flatten() {
                        *id = self.placed(id.as_attack()).unwrap_or_else(|| id.clone());
                    }
                    continue;
                }
                (_, "attack" | "attacks") => meant = Table::Attacks,
                (_, "matrix") => meant = Table::Requirements,
                _ => {}
            }
            let id = Id::parse(meant, bare).and_then(|id| self.placed(id));
            let is_id = id.is_some();
            match (id, found.last_mut()) {
                (Some(end), Some(range)) if is_range => {
                    let first = range[0].clone();
                    range.extend(first.up_to(&end).chain([end.clone()]));
                }
                (id, _) => found.extend(id.map(|id| vec![id])),
            }
            is_range = bare == "to" && was_id;
            was_id = is_id;
        }
        found.into_iter().flatten().collect()
    }

    /// The ids that a function's name begins with.
    pub(super) fn in_name(&self, name: &str) -> BTreeSet<Id> {
        let (mut ids, mut last) = (BTreeSet::<Id>::new(), None::<Id>);
        let mut words = name.split('_').peekable();
        let mut meant = Table::Requirements;
        if words.next_if_eq(&"attack").is_some() {
            meant = Table::Attacks;
        }
        while let Some(word) = words.next() {
            let next = words.peek().copied().and_then(number);
            if let (Some(last), Some(number)) = (&mut last, number(word)) {
                last.number = number;
                ids.insert(last.clone());
                continue;
            }
            let Some(number) = next else { break };
            match (word, &last) {
                ("and", Some(_)) => {}
                ("to", Some(first)) => {
                    let end = Id {
                        number,
                        ..first.clone()
                    };
                    ids.extend(first.up_to(&end));
                }
                _ => {
                    let prefix = word.to_ascii_uppercase();
                    let Some(id) = self.placed(Id {
                        table: meant,
                        prefix,
                        number,
                    }) else {
                        break;
                    };
                    last = Some(id);
                }
            }
        }
        ids
    }

    /// The id in the table that is meant, or in the only one that has its prefix.
    fn placed(&self, id: Id) -> Option<Id> {
        [id.table, Table::Requirements, Table::Attacks]
            .into_iter()
            .find(|table| self.0.contains(&(id.prefix.clone(), *table)))
            .map(|table| Id { table, ..id })
    }
}

/// The number of a row is always of two digits: `np_13_100_times` names one row.
fn number(text: &str) -> Option<u16> {
    let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefixes() -> Prefixes {
        let one = |table, text| Id::parse(table, text).unwrap();
        Prefixes::of(
            [
                one(Table::Requirements, "RT-01"),
                one(Table::Requirements, "CA-01"),
                one(Table::Requirements, "AT-01"),
                one(Table::Requirements, "O21-01"),
                one(Table::Requirements, "RS-01"),
                one(Table::Attacks, "RS-01"),
                one(Table::Attacks, "OP-01"),
            ]
            .iter(),
        )
    }

    /// Ids as text, those of attacks with a mark.
    fn shown(ids: BTreeSet<Id>) -> Vec<String> {
        let mark = |id: &Id| if id.table == Table::Attacks { "!" } else { "" };
        ids.iter().map(|id| format!("{}{id}", mark(id))).collect()
    }

    #[test]
    fn a_comment_names_rows_singly_in_lists_and_in_ranges() {
        for (comment, ids) in [
            ("RT-03: scope", vec!["RT-03"]),
            ("(matrix CA-05, CA-08.)", vec!["CA-05", "CA-08"]),
            ("RT-09 to RT-12", vec!["RT-09", "RT-10", "RT-11", "RT-12"]),
            ("RT-09 to the end, RT-12", vec!["RT-09", "RT-12"]),
            ("O21-06", vec!["O21-06"]),
            ("SHA-25, RFC-99, RT-003, rt-03, RT-3", vec![]),
        ] {
            assert_eq!(shown(prefixes().in_comment(comment)), ids, "{comment}");
        }
    }

    #[test]
    fn a_prefix_of_both_tables_is_a_requirement_unless_an_attack_is_meant() {
        for (comment, ids) in [
            ("RS-07", vec!["RS-07"]),
            (
                "Attack row RS-01, matrix RS-07, OP-02",
                vec!["RS-07", "!RS-01", "!OP-02"],
            ),
            (
                "RT-07, attacks RS-01 to RS-02",
                vec!["RT-07", "!RS-01", "!RS-02"],
            ),
        ] {
            let expected: BTreeSet<_> = ids.iter().map(|&id| id.to_owned()).collect();
            let found: BTreeSet<_> = shown(prefixes().in_comment(comment)).into_iter().collect();
            assert_eq!(found, expected, "{comment}");
        }
    }

    #[test]
    fn a_name_begins_with_the_rows_it_proves() {
        for (name, ids) in [
            ("rt_03_scope_narrows", vec!["RT-03"]),
            ("rt_01_02_a_token", vec!["RT-01", "RT-02"]),
            ("rt_03_to_05_scope", vec!["RT-03", "RT-04", "RT-05"]),
            ("ca_01_and_04_a_secret", vec!["CA-01", "CA-04"]),
            ("ca_12_at_06_op_06_both", vec!["AT-06", "CA-12", "!OP-06"]),
            ("rt_05_of_64_one_wins", vec!["RT-05"]),
            ("rs_01_no_query", vec!["RS-01"]),
            ("attack_rs_01_no_query", vec!["!RS-01"]),
            ("it_ends_at_10_o_clock", vec![]),
            ("at_once", vec![]),
        ] {
            assert_eq!(shown(prefixes().in_name(name)), ids, "{name}");
        }
    }
}
