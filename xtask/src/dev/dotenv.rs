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

/// `NAME=value` lines; `#` comments, `export` and one pair of quotes around the value are accepted.
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
            Ok((name.trim().to_owned(), unquote(value.trim()).to_owned()))
        })
        .collect()
}

fn unquote(value: &str) -> &str {
    ['"', '\'']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_values_comments_and_quotes_are_understood() {
        let text = "# ports\nAUTH_SERVER_LISTEN=127.0.0.1:9080\n\nexport A = \"b c\"\nD='='\n";
        let read = parse(text).unwrap();
        let pairs: Vec<_> = read.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("AUTH_SERVER_LISTEN", "127.0.0.1:9080"),
                ("A", "b c"),
                ("D", "=")
            ]
        );
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
