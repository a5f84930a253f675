//! How long an answer may be used before it is asked for again (RFC 9111 §4.2, §5.2.2).

use std::time::Duration;

use reqwest::header::{AGE, CACHE_CONTROL, HeaderMap};

const SHORTEST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_hours(1);
const UNSTATED: Duration = Duration::from_mins(5);

/// The `max-age` of an answer, less the `Age` it has already, between ten seconds and an hour;
/// five minutes when nothing is said. `no-store` and `no-cache` count as the shortest time.
pub(super) fn max_age(headers: &HeaderMap) -> Duration {
    let mut stated = None;
    for value in headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
    {
        for directive in value.split(',').map(str::trim) {
            if directive.eq_ignore_ascii_case("no-store")
                || directive.eq_ignore_ascii_case("no-cache")
            {
                return SHORTEST;
            }
            stated = stated.or_else(|| max_age_of(directive));
        }
    }
    stated
        .map_or(UNSTATED, |stated| stated.saturating_sub(age(headers)))
        .clamp(SHORTEST, LONGEST)
}

/// How long ago the issuer said so, when the answer comes out of a cache (RFC 9111 §5.1).
pub(super) fn age(headers: &HeaderMap) -> Duration {
    let seconds = headers
        .get(AGE)
        .and_then(|age| age.to_str().ok()?.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or(0))
}

fn max_age_of(directive: &str) -> Option<Duration> {
    let (name, value) = directive.split_once('=')?;
    if !name.trim_end().eq_ignore_ascii_case("max-age") {
        return None;
    }
    value
        .trim()
        .trim_matches('"')
        .parse()
        .ok()
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(cache_control: &str, age: Option<&str>) -> u64 {
        let mut headers = HeaderMap::new();
        if !cache_control.is_empty() {
            headers.insert(CACHE_CONTROL, cache_control.parse().unwrap());
        }
        if let Some(age) = age {
            headers.insert(AGE, age.parse().unwrap());
        }
        max_age(&headers).as_secs()
    }

    #[test]
    fn max_age_is_read_and_kept_within_bounds() {
        assert_eq!(
            stated("public, max-age=300, stale-if-error=86400", None),
            300
        );
        assert_eq!(stated("Max-Age=\"120\"", None), 120);
        assert_eq!(stated("max-age=300", Some("100")), 200);
        assert_eq!(stated("max-age=300", Some("1000")), 10);
        assert_eq!(stated("max-age=0", None), 10);
        assert_eq!(stated("max-age=31536000", None), 3_600);
        assert_eq!(stated("no-store", None), 10);
        assert_eq!(stated("max-age=300, no-cache", None), 10);
    }

    #[test]
    fn an_answer_out_of_a_cache_is_as_old_as_the_cache_says() {
        for (text, seconds) in [("40", 40), (" 40 ", 40), ("-1", 0), ("x", 0), ("", 0)] {
            let headers = HeaderMap::from_iter([(AGE, text.parse().unwrap())]);
            assert_eq!(age(&headers), Duration::from_secs(seconds), "{text:?}");
        }
        assert_eq!(age(&HeaderMap::new()), Duration::ZERO);
    }

    #[test]
    fn nonsense_counts_as_nothing_said() {
        for text in [
            "",
            "max-age",
            "max-age=",
            "max-age=-1",
            "max-age=1e9",
            "s-maxage=9",
            "x=1",
        ] {
            assert_eq!(stated(text, None), 300, "{text}");
        }
        assert_eq!(stated("max-age=300", Some("yesterday")), 300);
    }
}
