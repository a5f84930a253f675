//! Calls to servers of this machine that are slow, endless, misleading or plain.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::*;

fn outgoing(allow_private: bool) -> Outgoing {
    Outgoing::open(&OutgoingSettings {
        extra_ca: None,
        allow_private,
    })
    .unwrap()
}

/// A server for one caller: its URL, and what the caller sends. `answer` goes out at once; then the
/// connection stays open and silent until the caller gives up.
async fn serve(answer: Vec<u8>) -> (String, oneshot::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/x", listener.local_addr().unwrap());
    let (sender, asked) = oneshot::channel();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        // Not every test looks at what it was sent.
        let _ = sender.send(request);
        // Whoever reads no further closes the connection: that is no failure of this server.
        let _ = stream.write_all(&answer).await;
        let _ = stream.read(&mut [0; 1]).await;
    });
    (url, asked)
}

/// Head and body, as long as its length says.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).await.unwrap();
        text.push_str(std::str::from_utf8(&piece[..count]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        if body.len() >= length || count == 0 {
            return text;
        }
    }
}

fn answer(head: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

#[tokio::test]
async fn a_document_is_fetched_and_a_form_is_posted() {
    let (url, asked) = serve(answer("200 OK", r#"{"keys":[]}"#)).await;
    let fetched = outgoing(true).fetch_json(&url, MAX_BYTES).await.unwrap();
    assert_eq!(fetched, serde_json::json!({"keys": []}));
    let request = asked.await.unwrap();
    assert!(request.starts_with("GET /x HTTP/1.1\r\n"), "{request}");

    let (url, asked) = serve(answer("400 Bad Request", "no")).await;
    let pairs = [("logout_token", "a.b.c"), ("x", "1 & 2")];
    assert_eq!(outgoing(true).post_form(&url, &pairs).await.unwrap(), 400);
    let request = asked.await.unwrap();
    assert!(request.contains("content-type: application/x-www-form-urlencoded\r\n"));
    assert!(
        request.ends_with("\r\n\r\nlogout_token=a.b.c&x=1+%26+2"),
        "{request}"
    );
}

/// SS-01: the canary sees no connection, whether the address stands in the URL or behind a name.
#[tokio::test]
async fn ss_01_an_inner_address_is_never_connected_to() {
    let canary = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = canary.local_addr().unwrap().port();
    let outgoing = outgoing(false);
    for host in ["127.0.0.1", "[::ffff:127.0.0.1]", "localhost", "127.1"] {
        let url = format!("https://{host}:{port}/jwks");
        for refused in [
            outgoing.fetch_json(&url, MAX_BYTES).await.map(drop),
            outgoing.post_form(&url, &[]).await.map(drop),
        ] {
            assert!(matches!(refused, Err(OutgoingError::Forbidden)), "{url}");
        }
    }
    let nobody = futures_util::FutureExt::now_or_never(canary.accept());
    assert!(nobody.is_none(), "somebody connected");
}

/// SS-02.
#[tokio::test]
async fn ss_02_a_redirect_is_not_followed() {
    let (inner, asked) = serve(answer("200 OK", "{}")).await;
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let (url, _) = serve(answer(&format!("{status}\r\nLocation: {inner}"), "")).await;
        let refused = outgoing(true).fetch_json(&url, MAX_BYTES).await;
        assert!(matches!(refused, Err(OutgoingError::Status(300..=399))));
        let (url, _) = serve(answer(&format!("{status}\r\nLocation: {inner}"), "")).await;
        let posted = outgoing(true).post_form(&url, &[]).await.unwrap();
        assert!((300..=399).contains(&posted));
    }
    let nobody = futures_util::FutureExt::now_or_never(asked);
    assert!(nobody.is_none(), "somebody followed");
}

/// SS-03: endless answers end at the cap, whatever length they announce.
#[tokio::test]
async fn ss_03_what_is_too_large_is_not_read_to_its_end() {
    let endless = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n[".to_vec(),
        vec![b' '; 200 * 1024],
    ];
    let (url, _) = serve(endless.concat()).await;
    let refused = outgoing(true).fetch_json(&url, usize::MAX).await;
    assert!(matches!(refused, Err(OutgoingError::TooLarge)));
    let (url, _) = serve(answer("200 OK", &" ".repeat(101))).await;
    let refused = outgoing(true).fetch_json(&url, 100).await;
    assert!(matches!(refused, Err(OutgoingError::TooLarge)));
}

/// SS-03: who is silent, or stops in the middle, is given up when the time is over.
#[tokio::test]
async fn ss_03_what_takes_too_long_is_given_up() {
    for begun in ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"] {
        let (url, _) = serve(begun.as_bytes().to_vec()).await;
        let hurried = Outgoing {
            total: Duration::from_millis(100),
            ..outgoing(true)
        };
        let refused = hurried.fetch_json(&url, MAX_BYTES).await;
        assert!(matches!(refused, Err(OutgoingError::TimedOut)));
    }
}

/// SS-03, SS-04: as many logout endpoints as there are lanes are silent, and a login finds its keys.
#[tokio::test]
async fn ss_04_silent_logout_endpoints_leave_lanes_for_key_sets() {
    let outgoing = outgoing(true);
    // Neither is ever answered or closed.
    let (mut silent, mut open) = (Vec::new(), Vec::new());
    let mut calls = tokio::task::JoinSet::new();
    for host in 2..=9 {
        let listener = TcpListener::bind(format!("127.0.0.{host}:0"))
            .await
            .unwrap();
        let url = format!("http://{}/out", listener.local_addr().unwrap());
        for _ in 0..8 {
            let (outgoing, url) = (outgoing.clone(), url.clone());
            calls.spawn(async move { outgoing.post_form(&url, &[]).await });
        }
        silent.push(listener);
    }
    for listener in &silent {
        for _ in 0..8 {
            let (stream, _) = listener.accept().await.unwrap();
            open.push(stream);
        }
    }
    let (url, _) = serve(answer("200 OK", "{}")).await;
    let fetched = outgoing.fetch_json(&url, MAX_BYTES).await;
    assert!(fetched.is_ok(), "{fetched:?}");
    assert!(calls.try_join_next().is_none(), "they are all still there");
}

/// SS-03.
#[tokio::test]
async fn ss_03_html_is_no_document() {
    let (url, _) = serve(answer("200 OK", "<html></html>")).await;
    let refused = outgoing(true).fetch_json(&url, MAX_BYTES).await;
    assert!(matches!(refused, Err(OutgoingError::NotJson)));
    let (url, _) = serve(answer("404 Not Found", "{}")).await;
    let refused = outgoing(true).fetch_json(&url, MAX_BYTES).await;
    assert!(matches!(refused, Err(OutgoingError::Status(404))));
}

#[tokio::test]
async fn a_file_without_certificates_stops_the_start() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = OutgoingSettings {
        extra_ca: Some(file.path().to_owned()),
        allow_private: false,
    };
    assert!(Outgoing::open(&settings).is_err());
}
