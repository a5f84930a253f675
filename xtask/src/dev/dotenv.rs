//! The `.env` file of the working directory, as far as `cargo dev` needs it: both services get its
//! variables, and the ports in it decide where readiness is asked for. The real environment wins.

use std::{fs, io, path::Path};

use crate::failure::{Failure, Outcome};

/// The variables of the file, in order; none when there is no file.
pub(super) fn read(path: &Path) -> Outcome<Vec<(String, String)>> {
    match fs::read_to_string(path) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Failure::because(format!(
            "cannot read {}: {error}",
            path.display()
        ))),
    }
}

/// The value of one variable of the file; an empty one counts as not set, as in both services.
pub(super) fn find(file: &[(String, String)], name: &str) -> Option<String> {
    file.iter()
        .find(|(key, value)| key == name && !value.is_empty())
        .map(|(_, value)| value.clone())
}

/// `NAME=value` lines; comments (`#` at the start of a line or after a space), `export` and one pair of
/// quotes around the value are accepted.
fn parse(text: &str) -> Outcome<Vec<(String, String)>> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(number, line)| {
            let line = line.strip_prefix("export ").unwrap_or(line);
            let (name, value) = line.split_once('=').ok_or_else(|| {
                Failure::because(format!(".env line {number} is not of the form NAME=value"))
            })?;
            Ok((name.trim().to_owned(), value_of(value.trim()).to_owned()))
        })
        .collect()
}

/// What stands between a pair of quotes, or up to a comment.
fn value_of(written: &str) -> &str {
    let quoted = |quote: char| Some(written.strip_prefix(quote)?.split_once(quote)?.0);
    quoted('"').or_else(|| quoted('\'')).unwrap_or_else(|| {
        let value = written.split_once(" #").map_or(written, |(value, _)| value);
        value.trim_end()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_values_comments_and_quotes_are_understood() {
        let text = "# ports\nAUTH_SERVER_LISTEN=127.0.0.1:9080\n\nexport A = \"b c\" # two words\nD='='\nE=1 # one\nF=a#b\n";
        let read = parse(text).unwrap();
        let pairs: Vec<_> = read.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("AUTH_SERVER_LISTEN", "127.0.0.1:9080"),
                ("A", "b c"),
                ("D", "="),
                ("E", "1"),
                ("F", "a#b")
            ]
        );
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let read = parse("AUTH_SERVER_LISTEN=\nRESOURCE_API_LISTEN=127.0.0.1:9081\n").unwrap();
        assert_eq!(find(&read, "AUTH_SERVER_LISTEN"), None);
        let listen = find(&read, "RESOURCE_API_LISTEN");
        assert_eq!(listen.as_deref(), Some("127.0.0.1:9081"));
    }

    #[test]
    fn a_line_that_sets_nothing_is_named_by_its_number() {
        let error = parse("A=1\nnonsense\n").unwrap_err();
        assert!(error.to_string().contains("line 2"));
    }

    #[test]
    fn no_file_means_no_variables() {
        assert!(read(Path::new("/nonexistent/.env")).unwrap().is_empty());
    }
}
