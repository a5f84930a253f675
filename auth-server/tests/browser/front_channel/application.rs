//! The web server of an application that wants to be told in a frame: it notes who asks for what.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

const PAGE: &str = "<!doctype html><title>application</title><p>Here.";
/// Forgets the user in the browser, which takes scripts and an origin, and says so before it has been
/// loaded.
const FRAME: &str = "<!doctype html><title>frame</title><p>Out.<script>\
    localStorage.removeItem('user');\
    document.body.append(Object.assign(new Image(), { src: '/forgotten' }));\
    </script>";

/// A server on a free port, for as long as the test process lives.
pub(super) struct Application {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Application {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let noted = Arc::clone(&noted);
                // The browser keeps spare connections: one that says nothing must not stop the others.
                thread::spawn(move || answer(stream, &noted));
            }
        });
        Self { port, asked }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The requests so far that begin like this: what for (`Sec-Fetch-Dest`), and the path with its query.
    pub(super) fn asked(&self, beginning: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let like_this = asked.iter().filter(|asked| asked.starts_with(beginning));
        like_this.cloned().collect()
    }
}

/// Answers one request with the page, and notes it.
fn answer(mut stream: TcpStream, noted: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let (mut purpose, mut rest) = (String::new(), String::new());
    while reader.read_line(&mut rest)? > 2 {
        let header = rest.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("sec-fetch-dest:") {
            value.trim().clone_into(&mut purpose);
        }
        rest.clear();
    }
    let path = line.split(' ').nth(1).unwrap_or_default();
    noted.lock().unwrap().push(format!("{purpose} {path}"));
    let body = if path.starts_with("/front") {
        FRAME
    } else {
        PAGE
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}
