//! The store against a real engine: the one of the round. Nothing here is mocked.

mod changes;
mod clients;
mod families;
mod faults;
mod logouts;
mod resources;
mod retries;
mod sessions;
mod signing_keys;
mod status;
mod throttles;
mod users;
mod writer;

use tokio::task::JoinSet;

/// Runs `count` tasks side by side and returns what each returned.
async fn side_by_side<T, F>(count: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for number in 0..count {
        tasks.spawn(task(number));
    }
    tasks.join_all().await
}
