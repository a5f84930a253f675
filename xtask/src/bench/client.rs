//! A load generator on kept-alive connections: one thread each, one request after the other.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use crate::failure::{Failure, Outcome};

/// A request that is sent over and over.
#[derive(Clone)]
pub(super) struct Request {
    port: u16,
    bytes: Vec<u8>,
}

impl Request {
    /// `GET path`, with a bearer token if there is one.
    pub(super) fn get(port: u16, path: &str, token: Option<&str>) -> Self {
        let authorization = token
            .map(|token| format!("Authorization: Bearer {token}\r\n"))
            .unwrap_or_default();
        let text = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}\r\n");
        Self {
            port,
            bytes: text.into_bytes(),
        }
    }

    /// `POST path` with an encoded form.
    pub(super) fn post(port: u16, path: &str, form: &str) -> Self {
        let text = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        Self {
            port,
            bytes: text.into_bytes(),
        }
    }

    /// `POST path` with a JSON body and a bearer token.
    pub(super) fn post_json(port: u16, path: &str, token: &str, body: &str) -> Self {
        let text = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Self {
            port,
            bytes: text.into_bytes(),
        }
    }

    /// Sends it once and returns the body of the 2xx that must come back.
    pub(super) fn send(&self) -> Outcome<String> {
        let body = Connection::open(self.port).and_then(|mut connection| connection.send(self));
        body.map_err(|error| self.failure(&error))
    }

    /// Sends it `count` times over `connections`, and tells how long that took.
    pub(super) fn repeat(&self, count: u32, connections: u32) -> Outcome<Duration> {
        let begun = Instant::now();
        let threads: Vec<_> = (0..connections)
            .map(|_| {
                let request = self.clone();
                thread::spawn(move || {
                    let mut connection = Connection::open(request.port)?;
                    (0..count / connections).try_for_each(|_| connection.send(&request).map(drop))
                })
            })
            .collect();
        for thread in threads {
            let sent = thread
                .join()
                .map_err(|_| Failure::because("a load thread panicked"))?;
            sent.map_err(|error| self.failure(&error))?;
        }
        Ok(begun.elapsed())
    }

    fn failure(&self, error: &io::Error) -> Failure {
        let line = String::from_utf8_lossy(&self.bytes);
        Failure::because(format!(
            "{}: {error}",
            line.lines().next().unwrap_or_default()
        ))
    }
}

struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self(BufReader::new(stream)))
    }

    fn send(&mut self, request: &Request) -> io::Result<String> {
        self.0.get_mut().write_all(&request.bytes)?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let is_ok = line.starts_with("HTTP/1.1 2");
        let mut head = line;
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line)? <= 2 {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        let body = String::from_utf8_lossy(&body).into_owned();
        if is_ok {
            Ok(body)
        } else {
            Err(io::Error::other(format!("{head}{body}")))
        }
    }
}
