//! The one place that prints: results to standard output, complaints to standard error.
//!
//! Every result is a JSON value first; a table is a way to show it, so that both formats tell the
//! same.

use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

use super::failure::Failure;
use super::globals::Format;

/// Prints text as it is.
pub(super) fn text(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    match write!(out, "{text}{end}").and_then(|()| out.flush()) {
        // Whoever reads us has seen enough: `auth-server user list | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::failed(format!(
            "Cannot write to standard output: {error}."
        ))),
        Ok(()) => Ok(()),
    }
}

/// Prints why something did not work, to standard error.
pub(super) fn complain(sentence: &str) {
    // There is nobody left to tell when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "auth-server: {sentence}");
}

/// Prints what to know beside the result, to standard error.
pub(super) fn note(sentence: &str) {
    let _ = writeln!(io::stderr().lock(), "{sentence}");
}

/// Shows a person how far a long command is; the next call takes its place.
pub(super) fn progress(text: &str) {
    let mut terminal = io::stderr().lock();
    if terminal.is_terminal() {
        // Back to the first column, and away with what was longer.
        let _ = write!(terminal, "\r{text}\x1b[K");
        let _ = terminal.flush();
    }
}

/// Takes the last progress away.
pub(super) fn end_progress() {
    progress("");
}

/// Prints JSON, indented.
pub(super) fn json(value: &Value) -> Result<(), Failure> {
    text(&format!("{value:#}"))
}

/// Prints that something was done: a sentence, or the object it was done to.
pub(super) fn done(format: Format, sentence: &str, value: &Value) -> Result<(), Failure> {
    match format {
        Format::Table => text(sentence),
        Format::Json => json(value),
    }
}

/// Prints one object: a line for each member, the named ones first.
pub(super) fn record(format: Format, first: &[&str], value: &Value) -> Result<(), Failure> {
    if format == Format::Json {
        return json(value);
    }
    let mut members: Vec<(&String, &Value)> = value.as_object().into_iter().flatten().collect();
    let rank = |name: &str| {
        first
            .iter()
            .position(|one| *one == name)
            .unwrap_or(first.len())
    };
    members.sort_by_key(|(name, _)| rank(name));
    let mut table = empty_table();
    for (name, value) in members {
        table.add_row([name.clone(), cell(value)]);
    }
    print(table)
}

/// Prints one page of objects: the named members as columns, and how to get the next page.
pub(super) fn list(
    format: Format,
    columns: &[&str],
    items: &[Value],
    next: Option<&str>,
) -> Result<(), Failure> {
    if format == Format::Json {
        return json(&json!({ "items": items, "next": next }));
    }
    if items.is_empty() {
        note("There are none.");
        return Ok(());
    }
    let mut table = empty_table();
    table.set_header(columns.iter().map(|column| column.to_uppercase()));
    for item in items {
        table.add_row(columns.iter().map(|column| cell(&item[*column])));
    }
    print(table)?;
    if let Some(cursor) = next {
        note(&format!("There are more: --cursor {cursor}"));
    }
    Ok(())
}

fn empty_table() -> Table {
    let mut table = Table::new();
    // Lines stay whole when piped: `awk` and `cut` count on it.
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table
}

fn print(mut table: Table) -> Result<(), Failure> {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    text(&table.trim_fmt())
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => visible(text),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(" "),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| format!("{name}={}", cell(value)))
            .collect::<Vec<_>>()
            .join(","),
        Value::Number(number) => number.to_string(),
    }
}

/// Control characters in a stored name must not move the cursor of whoever lists it.
fn visible(text: &str) -> String {
    text.chars()
        .map(|one| if one.is_control() { '\u{fffd}' } else { one })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_say_what_json_says() {
        for (value, expected) in [
            (json!(null), "-"),
            (json!(true), "yes"),
            (json!([]), "-"),
            (json!(["a", "b"]), "a b"),
            (json!({"end": null}), "end=-"),
            (json!("a\u{1b}[2J"), "a\u{fffd}[2J"),
        ] {
            assert_eq!(cell(&value), expected);
        }
    }
}
