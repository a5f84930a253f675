//! An issuer that can be told to misbehave: a real HTTP server on a free port.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// What the issuer answers when asked for its keys.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A whole answer.
    Reply {
        status: &'static str,
        headers: String,
        body: Vec<u8>,
    },
    /// The head of an answer, then a body that never ends.
    Endless,
    /// The connection is accepted and nothing is said.
    Silence,
    /// The connection is closed at once.
    Close,
}

impl Answer {
    /// 200 with this body and the caching headers of the contract.
    pub(crate) fn keys(body: impl Into<Vec<u8>>) -> Self {
        Self::reply("200 OK", "Cache-Control: public, max-age=300\r\n", body)
    }

    /// The same with a strong entity tag: 304 to whoever knows it.
    pub(crate) fn tagged(body: impl Into<Vec<u8>>, etag: &str) -> Self {
        let headers = format!("Cache-Control: public, max-age=300\r\nETag: {etag}\r\n");
        Self::reply("200 OK", &headers, body)
    }

    pub(crate) fn reply(status: &'static str, headers: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Reply {
            status,
            headers: headers.to_owned(),
            body: body.into(),
        }
    }
}

/// The server, stopped when dropped.
pub(crate) struct FakeIssuer {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

struct State {
    issuer: Mutex<String>,
    jwks_uri: Mutex<String>,
    answer: Mutex<Answer>,
    /// How often the keys were asked for, counted before answering.
    hits: watch::Sender<usize>,
    connections: watch::Sender<usize>,
}

impl FakeIssuer {
    pub(crate) async fn start(answer: Answer) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), answer).await
    }

    pub(crate) async fn start_at(address: SocketAddr, answer: Answer) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            issuer: Mutex::new(format!("http://{address}")),
            jwks_uri: Mutex::new(format!("http://{address}/keys")),
            answer: Mutex::new(answer),
            hits: watch::Sender::new(0),
            connections: watch::Sender::new(0),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&state)));
        Self {
            address,
            state,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn keys_url(&self) -> String {
        format!("http://{}/keys", self.address)
    }

    pub(crate) fn answers(&self, answer: Answer) {
        *self.state.answer.lock().unwrap() = answer;
    }

    pub(crate) fn claims_to_be(&self, issuer: &str) {
        issuer.clone_into(&mut self.state.issuer.lock().unwrap());
    }

    pub(crate) fn keys_are_at(&self, jwks_uri: &str) {
        jwks_uri.clone_into(&mut self.state.jwks_uri.lock().unwrap());
    }

    pub(crate) fn hits(&self) -> usize {
        *self.state.hits.borrow()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.state.connections.borrow()
    }

    /// Returns once the keys have been asked for this often.
    pub(crate) async fn was_hit(&self, times: usize) {
        self.state
            .hits
            .subscribe()
            .wait_for(|hits| *hits >= times)
            .await
            .unwrap();
    }
}

impl Drop for FakeIssuer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        state.connections.send_modify(|count| *count += 1);
        tokio::spawn(serve(stream, Arc::clone(&state)));
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let (mut head, mut line) = (String::new(), String::new());
    while stream.read_line(&mut line).await.ok()? > 2 {
        head.push_str(&line);
        line.clear();
    }
    if head.starts_with("GET /.well-known/openid-configuration ") {
        let document = json!({
            "issuer": *state.issuer.lock().unwrap(),
            "jwks_uri": *state.jwks_uri.lock().unwrap(),
        });
        let body = document.to_string().into_bytes();
        return write(
            &mut stream,
            "200 OK",
            "Content-Type: application/json\r\n",
            &body,
        )
        .await;
    }
    let answer = state.answer.lock().unwrap().clone();
    state.hits.send_modify(|hits| *hits += 1);
    match answer {
        Answer::Reply {
            status,
            headers,
            body,
        } => {
            let known = head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("if-none-match: ")
                    .map(str::to_owned)
            });
            let matches = known.is_some_and(|tag| headers.to_ascii_lowercase().contains(&tag));
            if matches {
                write(&mut stream, "304 Not Modified", &headers, b"").await
            } else {
                write(&mut stream, status, &headers, &body).await
            }
        }
        Answer::Endless => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                .await
                .ok()?;
            loop {
                stream.write_all(b"400\r\n").await.ok()?;
                stream.write_all(&[b' '; 0x400]).await.ok()?;
                stream.write_all(b"\r\n").await.ok()?;
            }
        }
        Answer::Silence => std::future::pending().await,
        Answer::Close => Some(()),
    }
}

async fn write(
    stream: &mut BufReader<TcpStream>,
    status: &str,
    headers: &str,
    body: &[u8],
) -> Option<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body).await.ok()?;
    stream.shutdown().await.ok()
}
