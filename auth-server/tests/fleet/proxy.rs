//! A way to the database that can swallow connections: both ends stay open, and nothing comes through
//! any more, as after a power cut at the other end. New connections are not affected.

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

/// A running proxy. Ends when dropped.
pub(crate) struct Proxy {
    url: Url,
    swallowed: watch::Sender<u64>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// In front of the server of a database URL.
    pub(crate) async fn to(url: &str) -> Self {
        let mut url = Url::parse(url).unwrap();
        let target = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port()))
            .unwrap();
        let (swallowed, is_swallowed) = watch::channel(0);
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(&target).await.unwrap();
                tokio::spawn(carry(near, far, is_swallowed.clone()));
            }
        });
        Self {
            url,
            swallowed,
            task,
        }
    }

    /// The way through it.
    pub(crate) fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Nothing comes through the present connections from now on.
    pub(crate) fn swallow(&self) {
        self.swallowed.send_modify(|times| *times += 1);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(mut near: TcpStream, mut far: TcpStream, mut is_swallowed: watch::Receiver<u64>) {
    is_swallowed.mark_unchanged();
    let is_dead = tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => false,
        changed = is_swallowed.changed() => changed.is_ok(),
    };
    while is_dead && is_swallowed.changed().await.is_ok() {}
}
