//! Waiting for conditions, and numbers from outside.

use std::time::{Duration, Instant};

/// How often a condition is looked at.
const GLANCE: Duration = Duration::from_millis(10);

/// Looks until `glance` sees something, and says how long that took. Fails after `limit`.
pub(crate) async fn until<T>(
    what: &str,
    limit: Duration,
    glance: impl AsyncFnMut() -> Option<T>,
) -> (T, Duration) {
    until_at(GLANCE, what, limit, glance).await
}

/// The same, looking less often: where each look counts as a failure, for one.
pub(crate) async fn until_at<T>(
    pace: Duration,
    what: &str,
    limit: Duration,
    mut glance: impl AsyncFnMut() -> Option<T>,
) -> (T, Duration) {
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(pace);
    loop {
        ticks.tick().await;
        if let Some(seen) = glance().await {
            return (seen, begun.elapsed());
        }
        assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
    }
}

/// How often something is done: few times in each run of the suite, often when a person asks by a
/// variable.
#[expect(
    clippy::disallowed_methods,
    reason = "how thorough a test is, is no setting of the server"
)]
pub(crate) fn count(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}
