//! `.env` files: `NAME=value` lines. Values stay text, nothing is substituted or executed.
//!
//! Comments begin with `#` at the start of a line or after a space; single quotes take everything
//! literally, double quotes know `\n`, `\"` and `\\`; a leading `export` is ignored.

/// One variable, or the number of the line that is none.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, Vec<usize>> {
    let mut variables = Vec::new();
    let mut wrong = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match variable(line) {
            Some(variable) => variables.push(variable),
            None => wrong.push(index + 1),
        }
    }
    if wrong.is_empty() {
        Ok(variables)
    } else {
        Err(wrong)
    }
}

fn variable(line: &str) -> Option<(String, String)> {
    let line = line.strip_prefix("export ").map_or(line, str::trim_start);
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end();
    let is_name = !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_name {
        return None;
    }
    Some((name.to_owned(), value_of(value.trim_start())?))
}

fn value_of(written: &str) -> Option<String> {
    if let Some(rest) = written.strip_prefix('\'') {
        let (value, after) = rest.split_once('\'')?;
        return is_comment(after).then(|| value.to_owned());
    }
    if let Some(rest) = written.strip_prefix('"') {
        return double_quoted(rest);
    }
    if written.starts_with('#') {
        return Some(String::new());
    }
    let value = written.split_once(" #").map_or(written, |(value, _)| value);
    Some(value.trim_end().to_owned())
}

fn double_quoted(rest: &str) -> Option<String> {
    let mut value = String::new();
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return is_comment(characters.as_str()).then_some(value),
            '\\' => value.push(match characters.next()? {
                'n' => '\n',
                escaped @ ('"' | '\\' | '$') => escaped,
                _ => return None,
            }),
            other => value.push(other),
        }
    }
}

fn is_comment(after: &str) -> bool {
    let after = after.trim_start();
    after.is_empty() || after.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_text() {
        for (line, value) in [
            ("A=00123", "00123"),
            ("A=", ""),
            ("export A = x", "x"),
            ("A=a b # comment", "a b"),
            ("A=a#b", "a#b"),
            ("A='a \"b\" $C # d' # e", "a \"b\" $C # d"),
            (r#"A="a \"b\" \\ \n""#, "a \"b\" \\ \n"),
            ("A=$HOME", "$HOME"),
            ("A=b=c", "b=c"),
        ] {
            assert_eq!(
                parse(line),
                Ok(vec![("A".to_owned(), value.to_owned())]),
                "{line}"
            );
        }
    }

    #[test]
    fn lines_that_are_no_variable_are_named_by_their_number() {
        let text = "# fine\n\nA=1\nnot a variable\n=x\nB='open\n1C=x\n";
        assert_eq!(parse(text), Err(vec![4, 5, 6, 7]));
    }

    #[test]
    fn a_later_line_comes_later() {
        assert_eq!(parse("A=1\r\nA=2\r\n").unwrap().len(), 2);
    }
}
