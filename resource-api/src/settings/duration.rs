//! Durations as people write them: `10s`, `15m`, `1h`, `90d`.

use std::time::Duration;

/// Reads a whole number followed by `ms`, `s`, `m`, `h` or `d`.
///
/// # Errors
/// A sentence that says what is expected.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let seconds = match unit {
        "ms" => {
            return number
                .parse()
                .map(Duration::from_millis)
                .map_err(|_| explain(text));
        }
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(explain(text)),
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(seconds))
        .map(Duration::from_secs)
        .ok_or_else(|| explain(text))
}

fn explain(text: &str) -> String {
    format!("`{text}` is not a duration; write a whole number and a unit: 500ms, 10s, 15m, 1h, 90d")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_a_unit_are_durations() {
        let seconds = |text| parse(text).unwrap().as_secs();
        assert_eq!(
            [
                seconds("10s"),
                seconds("15m"),
                seconds("1h"),
                seconds("90d")
            ],
            [10, 900, 3_600, 7_776_000]
        );
        assert_eq!(parse("250ms").unwrap(), Duration::from_millis(250));
    }

    #[test]
    fn everything_else_is_explained() {
        for text in [
            "",
            "10",
            "s",
            "1.5h",
            "-1s",
            "1 h",
            "1w",
            "99999999999999999999d",
        ] {
            assert!(
                parse(text).unwrap_err().contains("15m"),
                "{text} was accepted"
            );
        }
    }
}
