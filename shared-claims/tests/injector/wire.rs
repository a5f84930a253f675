//! HTTP/1.1 as far as it is needed: one request per connection, conditional GETs, an event stream.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::{Document, EVENTS, Fault, State};

pub(super) async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, Arc::clone(&state)));
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let (mut head, mut line) = (String::new(), String::new());
    while stream.read_line(&mut line).await.ok()? > 2 {
        head.push_str(&line);
        line.clear();
    }
    let path = head.split(' ').nth(1)?.to_owned();
    state
        .hits
        .send_modify(|hits| *hits.entry(path.clone()).or_default() += 1);
    let fault = state.faults.lock().unwrap().get(&path).cloned();
    let document = state.documents.lock().unwrap().get(&path).cloned();
    match (fault, document) {
        (Some(fault), document) => fail(&mut stream, &state, fault, document).await,
        (None, Some(document)) => answer(&mut stream, &state, &head, &document).await,
        (None, None) if state.upstream.is_some() => {
            hand_on(&mut stream, &state, &path, &head).await
        }
        (None, None) if path == EVENTS => relay(&mut stream, &state).await,
        (None, None) => write(&mut stream, &state, "404 Not Found", "", b"").await,
    }
}

/// Lets the real issuer answer, until a fault is injected for this path.
async fn hand_on(
    stream: &mut BufReader<TcpStream>,
    state: &State,
    path: &str,
    head: &str,
) -> Option<()> {
    let mut upstream = TcpStream::connect(state.upstream?).await.ok()?;
    upstream.write_all(head.as_bytes()).await.ok()?;
    upstream.write_all(b"\r\n").await.ok()?;
    let mut changed = state.changed.subscribe();
    let is_broken = || state.faults.lock().unwrap().contains_key(path);
    tokio::select! {
        copied = tokio::io::copy_bidirectional(stream, &mut upstream) => copied.ok().map(|_| ()),
        _ = changed.wait_for(|()| is_broken()) => None,
    }
}

async fn answer(
    stream: &mut BufReader<TcpStream>,
    state: &State,
    head: &str,
    document: &Document,
) -> Option<()> {
    let known = head
        .lines()
        .find_map(|line| line.strip_prefix("if-none-match: "));
    let tag = document
        .headers
        .lines()
        .find_map(|line| line.strip_prefix("ETag: "));
    if known.is_some() && known == tag {
        return write(stream, state, "304 Not Modified", &document.headers, b"").await;
    }
    let headers = format!(
        "Content-Type: {}\r\n{}",
        document.media_type, document.headers
    );
    write(stream, state, "200 OK", &headers, &document.body).await
}

async fn fail(
    stream: &mut BufReader<TcpStream>,
    state: &State,
    fault: Fault,
    document: Option<Document>,
) -> Option<()> {
    match fault {
        Fault::Silence => std::future::pending().await,
        Fault::Slow => {
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/statuslist+jwt\r\nContent-Length: 100\r\n\r\n";
            stream.write_all(head).await.ok()?;
            loop {
                stream.write_all(b" ").await.ok()?;
                tokio::time::sleep(Duration::from_secs(10)).await;
            }
        }
        Fault::Close => Some(()),
        Fault::Status(status) => write(stream, state, &format!("{status} Injected"), "", b"").await,
        Fault::Redirect(to) => {
            let headers = format!("Location: {to}\r\n");
            write(stream, state, "302 Found", &headers, b"").await
        }
        Fault::WrongType => {
            let body = document.map_or_else(Vec::new, |document| document.body);
            let headers = "Content-Type: text/html\r\n";
            write(stream, state, "200 OK", headers, &body).await
        }
        Fault::Oversized(bytes) => {
            let headers = "Content-Type: application/statuslist+jwt\r\n";
            write(stream, state, "200 OK", headers, &vec![b' '; bytes]).await
        }
        Fault::Endless => {
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/statuslist+jwt\r\nTransfer-Encoding: chunked\r\n\r\n";
            stream.write_all(head).await.ok()?;
            let chunk = [b"400\r\n".as_slice(), &[b' '; 0x400], b"\r\n"].concat();
            loop {
                stream.write_all(&chunk).await.ok()?;
                state.bytes.send_modify(|bytes| *bytes += 0x400);
            }
        }
        Fault::Instead(document) => answer(stream, state, "", &document).await,
    }
}

/// Hands on what is sent to the stream until the listener goes.
async fn relay(stream: &mut BufReader<TcpStream>, state: &State) -> Option<()> {
    let mut events = state.events.subscribe();
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: hello\n\n";
    stream.write_all(head).await.ok()?;
    state.listeners.send_modify(|count| *count += 1);
    let mut byte = [0];
    loop {
        tokio::select! {
            event = events.recv() => {
                let Ok(event) = event else { break };
                if event.is_empty() || stream.write_all(event.as_bytes()).await.is_err() {
                    // An empty event ends all streams.
                    break;
                }
            }
            _ = stream.read(&mut byte) => break,
        }
    }
    state.listeners.send_modify(|count| *count -= 1);
    Some(())
}

async fn write(
    stream: &mut BufReader<TcpStream>,
    state: &State,
    status: &str,
    headers: &str,
    body: &[u8],
) -> Option<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    state
        .bytes
        .send_modify(|bytes| *bytes += (head.len() + length) as u64);
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body).await.ok()?;
    stream.shutdown().await.ok()
}
