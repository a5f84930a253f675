//! Brings rows, tests and exceptions together, and says what is wrong with them.

use std::collections::BTreeMap;

use super::{
    built,
    id::{Id, Prefixes, Table},
    source,
    table::{Exception, Row},
};

/// Tables of others' rules, whose `expected` names the rows of ours by which they hold.
const REFERRING: [&str; 3] = ["BCP", "O21", "BBA"];

/// Which test names which row.
pub(super) struct Coverage {
    /// All rows in their order.
    pub(super) rows: Vec<Row>,
    tests: BTreeMap<Id, Vec<String>>,
    exceptions: BTreeMap<Id, String>,
    prefixes: Prefixes,
}

/// How a row is proven.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Proof<'a> {
    /// By these tests, `file::function`.
    Tests(&'a [String]),
    /// By the tests of these rows.
    Rows(Vec<Id>),
    /// Not here, for this reason.
    Exception(&'a str),
    /// Not at all.
    Missing,
}

impl Coverage {
    /// Rows that no test has been read for yet.
    pub(super) fn of(rows: Vec<Row>, exceptions: Vec<Exception>) -> Self {
        let prefixes = Prefixes::of(rows.iter().map(|row| &row.id));
        let pair = |Exception { id, because }| (id, because);
        Self {
            rows,
            tests: BTreeMap::new(),
            exceptions: exceptions.into_iter().map(pair).collect(),
            prefixes,
        }
    }

    /// Reads the tests of a file.
    pub(super) fn read(&mut self, file: &str, text: &str) {
        for test in source::tests_in(text) {
            let commented = self.prefixes.in_comment(&test.comments);
            let mut named = self.prefixes.in_name(&test.name);
            // `az_02_…` below "attack AZ-02" is the attack.
            named.retain(|id| commented.contains(id) || !commented.contains(&id.as_attack()));
            for id in commented.union(&named).cloned() {
                let name = format!("{file}::{}", test.name);
                self.tests.entry(id).or_default().push(name);
            }
        }
    }

    /// How this row is proven.
    pub(super) fn proof(&self, row: &Row) -> Proof<'_> {
        if let Some(tests) = self.tests.get(&row.id) {
            return Proof::Tests(tests);
        }
        if let Some(reason) = self.exceptions.get(&row.id) {
            return Proof::Exception(reason);
        }
        let others = self.referred_to(row);
        if others.is_empty() || others.iter().any(|id| !self.tests.contains_key(id)) {
            return Proof::Missing;
        }
        Proof::Rows(others)
    }

    /// The rows that prove this one, where it says so: "see GEN-17", or nothing but "GEN-01, GEN-02".
    fn referred_to(&self, row: &Row) -> Vec<Id> {
        let (text, expected) = (row.text.as_str(), row.expected.as_str());
        let mut words = expected
            .split([',', ';', ' '])
            .filter(|word| !word.is_empty());
        let only_ids = words.all(|word| Id::parse(row.id.table, word).is_some());
        let after_see = [expected, text]
            .into_iter()
            .find_map(|text| Some(text.split_once("see ")?.1));
        let names = match after_see {
            _ if only_ids || REFERRING.contains(&row.id.prefix.as_str()) => expected,
            after_see => after_see.unwrap_or_default(),
        };
        self.prefixes.in_comment(names).into_iter().collect()
    }

    /// Everything that `cargo ci` does not let pass, a sentence each.
    pub(super) fn complaints(&self) -> Vec<String> {
        let unproven = self.rows.iter().filter(|row| is_demanded(row));
        let unproven = unproven.filter(|row| self.proof(row) == Proof::Missing);
        let unproven = unproven.map(|row| format!("no test names {}: {}", row.id, row.text));

        let is_known = |id: &&Id| self.rows.iter().any(|row| row.id == **id);
        let named = self.tests.iter().filter(|(id, _)| !is_known(id));
        let named = named.map(|(id, tests)| format!("there is no row {id}: {}", tests.join(", ")));

        let needless = |id: &&Id| self.tests.contains_key(*id) || !is_known(id);
        let needless = self.exceptions.keys().filter(needless);
        let needless =
            needless.map(|id| format!("{id} needs no exception, it has a test or is none"));
        unproven.chain(named).chain(needless).collect()
    }
}

/// Whether the feature of a row is built and the row counts.
pub(super) fn is_demanded(row: &Row) -> bool {
    built::includes(&row.id) && (row.weight == "P0" || row.id.table == Table::Attacks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, expected: &str, weight: &str) -> Row {
        Row {
            id: Id::parse(Table::Requirements, id).unwrap(),
            text: format!("{id} holds"),
            level: "M".to_owned(),
            expected: expected.to_owned(),
            weight: weight.to_owned(),
        }
    }

    fn coverage(exceptions: &[&str]) -> Coverage {
        let rows = [
            ("RT-01", "200", "P0"),
            ("RT-02", "see RT-01", "P0"),
            ("RT-03", "200", "P0"),
            ("RT-04", "200", "P1"),
            ("ZZ-01", "200", "P0"),
            ("BCP-01", "RT-01 to RT-02", "P1"),
        ];
        let rows = rows.map(|(id, expected, weight)| row(id, expected, weight));
        let exceptions = exceptions.iter().map(|id| Exception {
            id: Id::parse(Table::Requirements, id).unwrap(),
            because: "It cannot be seen.".to_owned(),
        });
        let mut coverage = Coverage::of(rows.to_vec(), exceptions.collect());
        coverage.read("a.rs", "#[test]\nfn rt_01_works() {\n}\n");
        coverage
    }

    #[test]
    fn a_p0_row_of_a_built_feature_needs_a_test_a_row_that_has_one_or_a_reason() {
        assert_eq!(
            coverage(&[]).complaints(),
            ["no test names RT-03: RT-03 holds"]
        );
        assert!(coverage(&["RT-03"]).complaints().is_empty());
    }

    #[test]
    fn an_exception_for_what_has_a_test_or_does_not_exist_is_a_mistake() {
        let complaints = coverage(&["RT-01", "RT-03", "RT-99"]).complaints();
        assert_eq!(complaints.len(), 2, "{complaints:?}");
        assert!(complaints[0].starts_with("RT-01 needs no exception"));
        assert!(complaints[1].starts_with("RT-99 needs no exception"));
    }

    #[test]
    fn a_test_that_names_a_row_that_does_not_exist_is_a_mistake() {
        let mut coverage = coverage(&["RT-03"]);
        coverage.read("b.rs", "/// RT-77\n#[test]\nfn b() {\n}\n");
        assert_eq!(coverage.complaints(), ["there is no row RT-77: b.rs::b"]);
    }

    #[test]
    fn a_name_means_the_attack_that_the_comment_means() {
        let mut coverage = coverage(&["RT-03"]);
        coverage.rows.push(row("RS-01", "200", "P0"));
        let attack = Id::parse(Table::Attacks, "RS-01").unwrap();
        coverage.prefixes = Prefixes::of(coverage.rows.iter().map(|row| &row.id).chain([&attack]));
        for (comment, table) in [
            ("attack RS-01", Table::Attacks),
            ("RS-01", Table::Requirements),
            ("nothing", Table::Requirements),
        ] {
            coverage.tests.clear();
            let test = format!("/// {comment}\n#[test]\nfn rs_01_b() {{\n}}\n");
            coverage.read("b.rs", &test);
            let tables: Vec<_> = coverage.tests.keys().map(|id| id.table).collect();
            assert_eq!(tables, [table], "{comment}");
        }
    }

    #[test]
    fn a_row_that_names_others_holds_when_all_of_them_do() {
        let mut coverage = coverage(&[]);
        let proof = |coverage: &Coverage, index: usize| {
            matches!(coverage.proof(&coverage.rows[index]), Proof::Rows(_))
        };
        assert!(proof(&coverage, 1));
        assert!(!proof(&coverage, 5), "RT-02 itself has no test");
        coverage.read("b.rs", "/// RT-02\n#[test]\nfn b() {\n}\n");
        assert!(proof(&coverage, 5));
    }
}
