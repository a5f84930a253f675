//! What people read: a line per prefix for the terminal, and `docs/spec-coverage.md`.

use std::fmt::Write as _;

use super::{
    built,
    coverage::{Coverage, Proof, is_demanded},
    id::Table,
    table::Row,
};

const PREFACE: &str = "\
# Which test proves which requirement

Written by `cargo xtask generate` from [the requirements](spec/requirements.tsv), [the attacks](spec/attacks.tsv) and the tests
that name their rows, in the function's name or in its comments. `cargo ci` proves that this file is fresh, and fails when a
row of a built feature that counts (P0, or an attack) has neither a test nor [a reason](spec/exceptions.tsv).

AZ, DP and RS are prefixes of both tables. A test means the requirement, unless its comment says \"attack AZ-02\" or its name
begins with `attack_az_02_`.
";
/// Characters of a requirement that the table shows; the whole text is in `docs/spec`.
const SHOWN: usize = 110;

/// How much of a prefix is proven, exceptions left out on both sides.
#[derive(Default)]
struct Counts {
    prefix: String,
    /// Proven and all of P0, and of P1; attacks are all in the first.
    of: [(usize, usize); 2],
    excepted: usize,
    is_built: bool,
}

impl Counts {
    /// `RT    P0 15/15, P1 3/4, 1 excepted`; `first` is what the first count counts.
    fn line(&self, first: &str) -> String {
        let counts = [first, "P1 "].into_iter().zip(self.of);
        let mut parts: Vec<_> = counts
            .filter(|(_, (_, all))| *all > 0)
            .map(|(word, (proven, all))| format!("{word}{proven}/{all}"))
            .collect();
        if self.excepted > 0 {
            parts.push(format!("{} excepted", self.excepted));
        }
        format!("{:<5} {}", self.prefix, parts.join(", "))
    }
}

impl Coverage {
    /// A line for each prefix that is built.
    pub(super) fn summary(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (table, first) in [(Table::Requirements, "P0 "), (Table::Attacks, "attacks ")] {
            let counts = self.counts(table);
            let built = counts.iter().filter(|counts| counts.is_built);
            lines.extend(built.map(|counts| counts.line(first)));
        }
        lines
    }

    /// The P1 rows of built prefixes that nothing proves yet.
    pub(super) fn missing_p1(&self) -> Vec<String> {
        let rows = self.rows.iter().filter(|row| built::includes(&row.id));
        rows.filter(|row| row.weight == "P1" && self.proof(row) == Proof::Missing)
            .map(|row| row.id.to_string())
            .collect()
    }

    /// The whole file.
    pub(super) fn markdown(&self) -> String {
        let mut text = PREFACE.to_owned();
        for (table, title) in [
            (Table::Requirements, "Requirements"),
            (Table::Attacks, "Attacks"),
        ] {
            self.write_overview(&mut text, table, title);
            for counts in self.counts(table) {
                let is_of = |row: &&Row| row.id.table == table && row.id.prefix == counts.prefix;
                let (rows, word) = (self.rows.iter().filter(is_of), title.trim_end_matches('s'));
                let _ = write!(text, "\n### {word} rows {}\n\n", counts.prefix);
                text.push_str("| id | what | level | weight | tests |\n|---|---|---|---|---|\n");
                for row in rows {
                    text.push_str(&self.line(row));
                }
            }
        }
        text
    }

    fn write_overview(&self, text: &mut String, table: Table, title: &str) {
        let _ = write!(text, "\n## {title}\n\n");
        text.push_str(match table {
            Table::Requirements => {
                "| prefix | built | P0 proven | P1 proven | excepted |\n|---|---|---|---|---|\n"
            }
            Table::Attacks => "| prefix | built | proven | | excepted |\n|---|---|---|---|---|\n",
        });
        for counts in self.counts(table) {
            let built = if counts.is_built { "yes" } else { "" };
            let cell = |(proven, all): (usize, usize)| match all {
                0 => String::new(),
                all => format!("{proven} of {all}"),
            };
            let [first, second] = counts.of.map(cell);
            let excepted = cell((counts.excepted, counts.excepted));
            let excepted = excepted.split(' ').next().unwrap_or_default();
            let _ = writeln!(
                text,
                "| {} | {built} | {first} | {second} | {excepted} |",
                counts.prefix
            );
        }
    }

    fn counts(&self, table: Table) -> Vec<Counts> {
        let mut all: Vec<Counts> = Vec::new();
        for row in self.rows.iter().filter(|row| row.id.table == table) {
            let known = all.iter().position(|counts| counts.prefix == row.id.prefix);
            let place = known.unwrap_or_else(|| {
                let prefix = row.id.prefix.clone();
                all.push(Counts {
                    prefix,
                    ..Counts::default()
                });
                all.len() - 1
            });
            let counts = &mut all[place];
            counts.is_built |= built::includes(&row.id);
            let weight = match (table, row.weight.as_str()) {
                (Table::Attacks, _) | (_, "P0") => 0,
                (_, "P1") => 1,
                _ => continue,
            };
            match self.proof(row) {
                Proof::Exception(_) => counts.excepted += 1,
                proof => {
                    counts.of[weight].0 += usize::from(proof != Proof::Missing);
                    counts.of[weight].1 += 1;
                }
            }
        }
        all
    }

    fn line(&self, row: &Row) -> String {
        let proof = match self.proof(row) {
            Proof::Tests(tests) => tests.iter().map(|test| format!("`{test}`")).collect(),
            Proof::Rows(ids) => vec![format!(
                "by {}",
                ids.iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", ")
            )],
            Proof::Exception(reason) => vec![format!("*{reason}*")],
            Proof::Missing if is_demanded(row) => vec!["**none**".to_owned()],
            Proof::Missing => Vec::new(),
        };
        let Row {
            id,
            text,
            level,
            weight,
            ..
        } = row;
        format!(
            "| {id} | {} | {level} | {weight} | {} |\n",
            cell(text),
            proof.join("<br>")
        )
    }
}

/// The beginning of a text, whole words, so that it is one cell.
fn cell(text: &str) -> String {
    let mut short = text.to_owned();
    if let Some((end, _)) = text.char_indices().nth(SHOWN) {
        short.truncate(text[..end].rfind(' ').unwrap_or(end));
        // A code span that is cut must still end.
        if short.matches('`').count() % 2 == 1 {
            short.push('`');
        }
        short.push('…');
    }
    short.replace('|', "\\|").replace('<', "&lt;")
}
