//! SIGKILL between the end of a session and the answer of the client that is told of it (Back-Channel
//! Logout 1.0 §2.5; matrix LO-20, LO-24).

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::browser::Browser;
use crate::installation::Installation;

/// A lease, and what a busy machine adds.
const PATIENCE: Duration = Duration::from_mins(1);

/// LO-20: what the dead instance could not finish, another does; on SQLite the next one that starts.
#[tokio::test(flavor = "multi_thread")]
async fn lo_20_a_logout_is_told_although_its_instance_is_killed() {
    let installation = Installation::fresh()
        .await
        .with("outgoing.allow_private", "true");
    let mut fleet = installation.fleet(installation.most_instances(2)).await;
    let client = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/", client.local_addr().unwrap());
    installation
        .done(&[
            "client",
            "update",
            "ats-web",
            "--backchannel-logout-uri",
            &uri,
        ])
        .await;
    let dying = fleet.remove(0);
    let mut browser = Browser::logged_in(&dying.base).await;
    let first = {
        let log_out = browser.log_out();
        tokio::pin!(log_out);
        tokio::select! {
            first = hear(&client, None) => first,
            () = &mut log_out => panic!("the client has not answered"),
        }
    };
    dying.kill();
    let _heir = match fleet.pop() {
        Some(heir) => heir,
        None => installation.ready().await,
    };
    let second = tokio::time::timeout(PATIENCE, hear(&client, Some("200 OK")));
    let second = second.await.unwrap();
    assert_ne!(first, second, "each try has a token of its own");
    let open = "SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL";
    assert_eq!(installation.number(open).await, 0);
}

/// Takes a connection and reads until the logout token is there; answers, or never does.
async fn hear(client: &TcpListener, answer: Option<&str>) -> String {
    let (mut stream, _) = client.accept().await.unwrap();
    let mut text = String::new();
    let mut bytes = [0; 4096];
    let token = |text: &str| {
        text.split_once("logout_token=")
            .map(|(_, token)| token.to_owned())
    };
    // The payload is there when the signature begins.
    while token(&text).is_none_or(|token| token.matches('.').count() < 2) {
        let count = stream.read(&mut bytes).await.unwrap();
        assert_ne!(count, 0, "{text}");
        text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
    }
    match answer {
        Some(answer) => {
            let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        // Held open for as long as the test runs.
        None => std::mem::forget(stream),
    }
    text
}
