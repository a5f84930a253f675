//! What was seen, as the table that stands in `docs/verify/README.md`, and the reasons given.

use std::fmt::Write as _;

use serde_json::Value;

use super::outage::{PATIENCE, Row, Seen};

/// The table in Markdown, with the versions that the tests install, and one line per reason.
pub(super) fn markdown(rows: &[Row]) -> String {
    let names = [
        "shared-claims".to_owned(),
        format!("PyJWT {}", pyjwt()),
        format!("jose {}", jose()),
    ];
    let mut text = String::from("| fault |");
    for name in &names {
        let _ = write!(text, " {name}: fresh | aged | fetches |");
    }
    let _ = write!(text, "\n|---|{}\n", "---|".repeat(9));
    let mut reasons = String::new();
    let mut invalid = 0;
    for row in rows {
        let _ = write!(text, "| {} |", row.case.name);
        for (name, [warm, aged]) in names.iter().zip(&row.seen) {
            let fetches = format!("{} + {}", warm.fetches, aged.fetches);
            let _ = write!(text, " {} | {} | {fetches} |", cell(warm), cell(aged));
            invalid += warm.invalid_accepted + aged.invalid_accepted;
            for (state, seen) in [("fresh", warm), ("aged", aged)] {
                if let Some(reason) = &seen.refusal {
                    let _ = writeln!(reasons, "{}, {name}, {state}: {reason}", row.case.name);
                }
            }
        }
        text.push('\n');
    }
    format!("{text}\ninvalid tokens accepted: {invalid}\n\n{reasons}")
}

fn cell(seen: &Seen) -> String {
    let accepted = format!("{} of {}", seen.accepted, seen.valid);
    match (seen.is_silent, seen.valid) {
        (false, _) => accepted,
        (true, 0) => format!("hangs (> {} s)", PATIENCE.as_secs()),
        (true, _) => format!("{accepted}, then hangs (> {} s)", PATIENCE.as_secs()),
    }
}

fn pyjwt() -> &'static str {
    include_str!("../python/requirements.txt")
        .lines()
        .find_map(|line| line.strip_prefix("PyJWT=="))
        .unwrap()
}

fn jose() -> String {
    let package: Value = serde_json::from_str(include_str!("../node/package.json")).unwrap();
    package["dependencies"]["jose"].as_str().unwrap().to_owned()
}
