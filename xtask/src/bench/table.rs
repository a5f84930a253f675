//! The figures as a Markdown table, and the document around it.

use std::{fmt::Write as _, fs, thread};

use super::figures::{Aim, Figure};

/// The table.
pub(super) fn text(figures: &[Figure]) -> String {
    let mut text = format!(
        "{}\n\n| what | figure | aim | |\n|---|---|---|---|\n",
        machine()
    );
    for Figure {
        what,
        details,
        value,
        unit,
        aim,
    } in figures
    {
        let (sign, bound, is_good) = match *aim {
            Aim::AtMost(bound) => ('≤', bound, *value <= bound),
            Aim::AtLeast(bound) => ('≥', bound, *value >= bound),
        };
        let digits = if *unit == "×" { 2 } else { 0 };
        let missed = if is_good { "" } else { " **missed**" };
        let _ = writeln!(
            text,
            "| {what} | {value:.digits$} {unit} | {sign} {bound} {unit}{missed} | {details} |"
        );
    }
    text
}

/// The whole of `docs/performance.md`.
pub(super) fn document(table: &str) -> String {
    format!(
        "# Performance\n\n\
         Written by `cargo xtask bench --write docs/performance.md`. Ratios compare with a baseline of the \
         same run: what cannot be avoided, with nothing around it. CPU time is the server's own. \
         Build profile `release-quick`; the shipped `release` profile is a little faster.\n\n{table}"
    )
}

/// What was measured on.
fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model.trim());
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("Machine: {cores} cores, {model}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_aim_is_marked_in_either_direction() {
        let figure = |value, aim| Figure {
            what: "x",
            details: String::new(),
            value,
            unit: "×",
            aim,
        };
        let missed = |figure| text(&[figure]).contains("**missed**");
        assert!(missed(figure(1.31, Aim::AtMost(1.3))) && !missed(figure(1.3, Aim::AtMost(1.3))));
        assert!(missed(figure(0.89, Aim::AtLeast(0.9))) && !missed(figure(0.9, Aim::AtLeast(0.9))));
    }
}
