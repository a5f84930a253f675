//! The smallest HTTP client that can ask a local server one question: is it ready?

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// A local server that needs longer than this for one answer is not ready.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// The status code of `GET path` at `address`.
pub(crate) fn status(address: SocketAddr, path: &str) -> io::Result<u16> {
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_WITHIN)?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    stream.set_write_timeout(Some(ANSWER_WITHIN))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    line.strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("not HTTP: {line:?}")))
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    /// Answers one connection with `bytes` and closes it.
    fn server(bytes: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut line = String::new();
            BufReader::new(stream.try_clone().unwrap())
                .read_line(&mut line)
                .unwrap();
            stream.write_all(bytes).unwrap();
        });
        address
    }

    #[test]
    fn the_status_is_read_from_the_first_line() {
        let busy = server(b"HTTP/1.1 503 Service Unavailable\r\n\r\n");
        assert_eq!(status(busy, "/readyz").unwrap(), 503);
    }

    #[test]
    fn something_that_is_not_http_is_an_error() {
        let odd = server(b"SSH-2.0-OpenSSH_9.6\r\n");
        assert!(
            status(odd, "/readyz")
                .unwrap_err()
                .to_string()
                .contains("SSH-2.0")
        );
    }
}
