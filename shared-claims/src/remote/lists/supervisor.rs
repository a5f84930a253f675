//! The task that starts a keeper for each list that tokens point at, ends those beyond the limit,
//! and listens to the stream of changes once there is something to listen for.

use std::{collections::HashMap, sync::Arc};

use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
};

use super::{Lists, MAX_LISTS, held::Held, keeper::keep, stream::follow};
use crate::remote::{http::Http, shared::Shared};

/// Runs until aborted; everything it started ends with it.
pub(crate) async fn supervise(
    shared: Arc<Shared>,
    http: Http,
    mut requests: mpsc::Receiver<Arc<str>>,
    with_stream: bool,
) {
    let mut running = Running {
        keepers: JoinSet::new(),
        aborts: HashMap::new(),
    };
    let mut stream = JoinSet::new();
    loop {
        tokio::select! {
            request = requests.recv() => {
                let (Some(uri), Some(lists)) = (request, &shared.lists) else {
                    return;
                };
                if lists.find(&uri).is_some() {
                    continue;
                }
                if with_stream && stream.is_empty() {
                    stream.spawn(follow(Arc::clone(&shared), http.clone()));
                }
                running.start(&shared, lists, &http, uri);
            }
            Some(ended) = running.keepers.join_next(), if !running.keepers.is_empty() => {
                if let (Ok(uri), Some(lists)) = (ended, &shared.lists) {
                    running.forget(lists, &uri);
                }
            }
        }
    }
}

/// The keepers, and how to end one of them.
struct Running {
    keepers: JoinSet<Arc<str>>,
    aborts: HashMap<Arc<str>, AbortHandle>,
}

impl Running {
    fn start(&mut self, shared: &Arc<Shared>, lists: &Lists, http: &Http, uri: Arc<str>) {
        let Some(url) = lists.base.locate(&uri) else {
            return;
        };
        if lists.len() >= MAX_LISTS
            && let Some(oldest) = least_used(shared, lists)
        {
            self.forget(lists, &oldest);
        }
        let held = Arc::new(Held::new(Arc::clone(&uri), url, shared.clock.monotonic()));
        lists.change(|by_uri| {
            by_uri.insert(Arc::clone(&uri), Arc::clone(&held));
        });
        let (shared, http, name) = (Arc::clone(shared), http.clone(), Arc::clone(&uri));
        let abort = self.keepers.spawn(async move {
            keep(shared, http, held).await;
            name
        });
        self.aborts.insert(uri, abort);
    }

    fn forget(&mut self, lists: &Lists, uri: &Arc<str>) {
        if let Some(abort) = self.aborts.remove(uri) {
            abort.abort();
        }
        lists.change(|by_uri| {
            by_uri.remove(uri);
        });
    }
}

fn least_used(shared: &Shared, lists: &Lists) -> Option<Arc<str>> {
    let at = shared.clock.monotonic();
    let held = lists.held.load();
    held.values()
        .max_by_key(|held| held.idle_for(at))
        .map(|held| Arc::clone(&held.uri))
}
