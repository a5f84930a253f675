//! The web server of the application: a page, its script, and the library as npm installed it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    thread,
};

/// A server on a free port, for as long as the test process lives.
pub(super) struct Application(u16);

impl Application {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // The browser keeps spare connections: one that says nothing must not stop the others.
                thread::spawn(move || answer(stream));
            }
        });
        Self(port)
    }

    pub(super) fn port(&self) -> u16 {
        self.0
    }
}

/// Answers one request. Every path that is no file is the page.
fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut line = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    reader.read_line(&mut line)?;
    // The head must be read, or closing would reset the connection.
    let mut rest = String::new();
    while reader.read_line(&mut rest)? > 2 {
        rest.clear();
    }
    let path = line.split([' ', '?']).nth(1).unwrap_or_default();
    let tests = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"));
    let (file, kind) = match path {
        "/spa.js" => ("browser/spa/spa.js", "text/javascript"),
        "/oidc-client-ts.js" => (
            "interop/node/node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js",
            "text/javascript",
        ),
        _ => ("browser/spa/index.html", "text/html"),
    };
    let body = fs::read(tests.join(file))?;
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}
