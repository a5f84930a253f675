//! Sizes in bytes as people write them: `64KiB`, `1MiB`, `4096`.

const UNITS: [(&str, u64); 4] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

/// Reads `<whole number>[unit]`; `None` for anything else.
pub(super) fn parse(text: &str) -> Option<u64> {
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = if unit.is_empty() { "B" } else { unit };
    let (_, bytes) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(bytes)
}

/// The shortest way to write the size.
pub(in crate::settings) fn text(bytes: u64) -> String {
    UNITS
        .into_iter()
        .find(|(_, unit)| bytes.is_multiple_of(*unit))
        .map_or_else(String::new, |(name, unit)| {
            format!("{}{name}", bytes / unit)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_a_number_and_perhaps_a_unit() {
        for (written, bytes) in [
            ("64KiB", 65_536),
            ("1MiB", 1 << 20),
            ("4096", 4_096),
            ("7B", 7),
        ] {
            assert_eq!(parse(written), Some(bytes), "{written}");
        }
        for written in ["", "KiB", "64kb", "-1", "1.5MiB", "99999999999999999999"] {
            assert_eq!(parse(written), None, "{written}");
        }
    }

    #[test]
    fn sizes_are_written_with_the_largest_unit_that_fits() {
        assert_eq!(
            [text(65_536), text(1 << 20), text(1_000)],
            ["64KiB", "1MiB", "1000B"]
        );
    }
}
