//! The one place that prints: results to standard output, complaints to standard error.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the output of the command line"
)]

use std::fmt::Write as _;

use serde::Serialize;

use super::failure::Failure;

/// One line of a result.
pub(super) fn line(text: &str) {
    println!("{text}");
}

/// A result as JSON.
pub(super) fn json(value: &impl Serialize) -> Result<(), Failure> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// A result in columns, as wide as their longest entry.
pub(super) fn table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) {
    let mut widths = heading.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let print = |cells: [&str; N]| {
        let mut text = String::new();
        for (cell, width) in cells.into_iter().zip(widths) {
            // Writing into a String cannot fail.
            let _ = write!(text, "{cell:width$}  ");
        }
        println!("{}", text.trim_end());
    };
    print(heading);
    for row in rows {
        print(row.each_ref().map(String::as_str));
    }
}

/// Why the command failed.
pub(super) fn complain(failure: &Failure) {
    eprintln!("resource-api: {failure}");
}
