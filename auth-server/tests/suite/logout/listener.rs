//! The server of a client, where logout tokens arrive: it answers as it is told to, and the test hears
//! what came.

use std::collections::VecDeque;
use std::time::Duration;

use auth_server::model::Client;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Longer than anything takes that happens at all.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a request is answered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Manner {
    Status(u16),
    Redirect,
    Never,
}

/// A listening client.
pub(super) struct Listener {
    pub(super) uri: String,
    heard: UnboundedReceiver<Heard>,
}

/// What arrived.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) head: String,
    pub(super) token: String,
}

impl Listener {
    /// Answers request after request as told; the last manner is kept.
    pub(super) async fn at(host: &str, manners: &[Manner]) -> Self {
        let socket = TcpListener::bind((host, 0)).await.unwrap();
        let uri = format!("http://{}/logout?at=1", socket.local_addr().unwrap());
        let (sender, heard) = unbounded_channel();
        let mut manners: VecDeque<Manner> = manners.iter().copied().collect();
        tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                let manner = manners[0];
                if manners.len() > 1 {
                    manners.pop_front();
                }
                tokio::spawn(answer(stream, manner, sender.clone()));
            }
        });
        Self { uri, heard }
    }

    pub(super) async fn answering(manners: &[Manner]) -> Self {
        Self::at("127.0.0.1", manners).await
    }

    /// A client whose server this is.
    pub(super) fn client(&self, id: &str) -> Client {
        let mut client = super::client(id);
        client.metadata.backchannel_logout_uri = Some(self.uri.clone());
        client.metadata.backchannel_logout_session_required = true;
        client
    }

    /// The next that arrives.
    pub(super) async fn next(&mut self) -> Heard {
        tokio::time::timeout(PATIENCE, self.heard.recv())
            .await
            .unwrap()
            .unwrap()
    }

    /// What has arrived, if anything does within a moment.
    pub(super) async fn find_next(&mut self) -> Option<Heard> {
        let moment = Duration::from_millis(200);
        tokio::time::timeout(moment, self.heard.recv()).await.ok()?
    }

    /// Nothing has arrived that was not taken with [`Listener::next`].
    pub(super) fn is_quiet(&mut self) -> bool {
        self.heard.try_recv().is_err()
    }
}

async fn answer(mut stream: TcpStream, manner: Manner, heard: UnboundedSender<Heard>) {
    let mut text = String::new();
    let mut bytes = [0; 4096];
    let (head, body) = loop {
        let count = stream.read(&mut bytes).await.unwrap_or_default();
        if count == 0 {
            return;
        }
        text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= length(head)
        {
            break (head.to_ascii_lowercase(), body.to_owned());
        }
    };
    let mut pairs = url::form_urlencoded::parse(body.as_bytes());
    let (name, token) = pairs.next().unwrap();
    assert_eq!((name.as_ref(), pairs.next()), ("logout_token", None));
    let token = token.into_owned();
    // A test that has ended listens no more.
    drop(heard.send(Heard { head, token }));
    let answer = match manner {
        Manner::Status(status) => format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n"),
        Manner::Redirect => {
            "HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
                .to_owned()
        }
        Manner::Never => {
            // Until the caller gives up.
            drop(stream.read(&mut bytes).await);
            return;
        }
    };
    drop(stream.write_all(answer.as_bytes()).await);
}

fn length(head: &str) -> usize {
    head.lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or_default()
}
