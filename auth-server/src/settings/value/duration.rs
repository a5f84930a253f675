//! Time spans as people write them: `90d`, `12h`, `30m`, `15s`, `500ms`.

use std::time::Duration;

use super::{FromText, must_be};
use crate::settings::kind::Kind;

/// Units, largest first, with their milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Reads `<whole number><unit>`; `None` for anything else.
pub(in crate::settings) fn parse(text: &str) -> Option<Duration> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, millis) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    number
        .parse::<u64>()
        .ok()?
        .checked_mul(millis)
        .map(Duration::from_millis)
}

/// The shortest way to write the span.
pub(in crate::settings) fn text(span: Duration) -> String {
    let millis = span.as_millis();
    if millis == 0 {
        return "0s".to_owned();
    }
    UNITS
        .into_iter()
        .find(|(_, unit)| millis.is_multiple_of(u128::from(*unit)))
        .map_or_else(String::new, |(name, unit)| {
            format!("{}{name}", millis / u128::from(unit))
        })
}

impl FromText for Duration {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        let Kind::Span(min, max) = kind else {
            return Err(must_be(kind));
        };
        let span = parse(text).ok_or_else(|| {
            format!(
                "{}, written as a number and a unit: 90d, 12h, 30m, 15s, 500ms",
                must_be(kind)
            )
        })?;
        if (*min..=*max).contains(&span) {
            Ok(span)
        } else {
            Err(must_be(kind))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_a_number_and_one_unit() {
        for (written, millis) in [
            ("90d", 7_776_000_000),
            ("12h", 43_200_000),
            ("30m", 1_800_000),
            ("15s", 15_000),
            ("500ms", 500),
            ("0s", 0),
        ] {
            assert_eq!(
                parse(written),
                Some(Duration::from_millis(millis)),
                "{written}"
            );
            assert_eq!(text(Duration::from_millis(millis)), written);
        }
    }

    #[test]
    fn what_is_no_span_is_none() {
        for written in [
            "",
            "15",
            "m",
            "1.5h",
            "-1s",
            "15 m",
            "1h30m",
            "15M",
            "99999999999999999999d",
            "999999999999999d",
        ] {
            assert_eq!(parse(written), None, "{written}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_we_write_we_read(millis in 0_u64..10_000_000_000) {
            let span = Duration::from_millis(millis);
            proptest::prop_assert_eq!(parse(&text(span)), Some(span));
        }
    }
}
