//! Seconds since 1970-01-01T00:00:00Z, the time of JSON Web Tokens (RFC 7519 §2, NumericDate).

use std::{fmt, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An instant in whole seconds since the epoch, UTC, without leap seconds.
///
/// Written as an integer. Read from an integer or a finite number with a fraction (RFC 7519 allows
/// both); a fraction is rounded down, so that an `exp` is never read as later than it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumericDate(i64);

impl NumericDate {
    /// The instant this many seconds after the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds after the epoch.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// This much later; stays at the end of the range rather than wrapping.
    #[must_use]
    pub const fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add_unsigned(by.as_secs()))
    }

    /// This much earlier; stays at the beginning of the range rather than wrapping.
    #[must_use]
    pub const fn minus(self, by: Duration) -> Self {
        Self(self.0.saturating_sub_unsigned(by.as_secs()))
    }

    /// Time from `earlier` to `self`, or `None` when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Option<Duration> {
        let seconds = i128::from(self.0) - i128::from(earlier.0);
        u64::try_from(seconds).ok().map(Duration::from_secs)
    }
}

impl fmt::Display for NumericDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for NumericDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(Seconds)
    }
}

/// Largest magnitude of a fraction-bearing number in which every whole second is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

struct Seconds;

impl de::Visitor<'_> for Seconds {
    type Value = NumericDate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of seconds since 1970")
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<NumericDate, E> {
        Ok(NumericDate(seconds))
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<NumericDate, E> {
        i64::try_from(seconds)
            .map(NumericDate)
            .map_err(|_| E::custom("number out of range"))
    }

    fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<NumericDate, E> {
        if !seconds.is_finite() || seconds.abs() > EXACT {
            return Err(E::custom("number out of range"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "range checked, already whole"
        )]
        Ok(NumericDate(seconds.floor() as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<i64> {
        serde_json::from_str::<NumericDate>(text)
            .ok()
            .map(NumericDate::seconds)
    }

    #[test]
    fn integers_and_finite_fractions_are_read() {
        assert_eq!(read("1700000000"), Some(1_700_000_000));
        assert_eq!(read("1700000000.9"), Some(1_700_000_000));
        assert_eq!(read("1.7e9"), Some(1_700_000_000));
        assert_eq!(read("-1.5"), Some(-2));
    }

    /// JV-10
    #[test]
    fn what_is_not_a_number_in_range_is_refused() {
        for text in [
            r#""1700000000""#,
            "null",
            "true",
            "[]",
            "{}",
            "1e400",
            "1e300",
            "18446744073709551615",
            "9223372036854775808",
            "NaN",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn arithmetic_stays_inside_the_range() {
        let day = Duration::from_hours(24);
        let end = NumericDate::from_seconds(i64::MAX);
        assert_eq!(end.plus(day), end);
        assert_eq!(
            NumericDate::from_seconds(i64::MIN).minus(day).seconds(),
            i64::MIN
        );
        assert_eq!(NumericDate::from_seconds(0).since(end), None);
        assert_eq!(
            end.since(NumericDate::from_seconds(i64::MAX - 1)),
            Some(Duration::from_secs(1))
        );
    }
}
