//! Stand-ins for the services: a shell script that talks and ends, a listener that answers.

use std::{io::Write as _, process::Command};

use super::*;

fn plan(listen: SocketAddr) -> Plan {
    Plan {
        name: "auth-server",
        command: "dev",
        listen,
        listen_setting: "AUTH_SERVER_LISTEN",
        log_format_setting: "AUTH_SERVER_LOG__FORMAT",
        derived: Vec::new(),
    }
}

fn stand_in(script: &str, address: SocketAddr) -> Service {
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut group = Group::start(&mut command, Duration::from_secs(10)).unwrap();
    let tail = Tail::default();
    let stdout = group.leader().stdout.take().unwrap();
    let copiers = vec![copy("auth-server", stdout, Arc::clone(&tail))];
    Service {
        name: "auth-server",
        address,
        group,
        tail,
        copiers,
    }
}

#[test]
fn a_port_in_use_names_the_port_and_the_setting_to_change() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = other.local_addr().unwrap();
    let text = require_free(&plan(listen)).unwrap_err().to_string();
    assert!(
        text.contains(&format!("port {} is in use", listen.port())),
        "{text}"
    );
    assert!(text.contains("AUTH_SERVER_LISTEN=127.0.0.1:"), "{text}");
    drop(other);
    assert!(require_free(&plan(listen)).is_ok());
}

#[test]
fn a_service_that_ends_early_is_quoted_with_its_exit_status() {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
    let mut service = stand_in("echo the database is locked; exit 3", nowhere);
    let text = loop {
        if let Err(failure) = service.require_running() {
            break failure.to_string();
        }
    };
    assert!(
        text.contains("auth-server ended by itself (exit status: 3)"),
        "{text}"
    );
    assert!(text.contains("the database is locked"), "{text}");
}

#[test]
fn readiness_tells_refused_busy_and_ready_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let service = stand_in("exec sleep 600", address);
    let answers = thread::spawn(move || {
        for answer in ["503 Service Unavailable", "200 OK"] {
            let (stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream);
            let mut line = String::new();
            while lines.read_line(&mut line).unwrap() > 2 {
                line.clear();
            }
            write!(
                lines.get_mut(),
                "HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n"
            )
            .unwrap();
        }
    });
    assert!(service.ask_readiness().unwrap_err().contains("answers 503"));
    assert_eq!(service.ask_readiness(), Ok(()));
    answers.join().unwrap();
    assert!(service.ask_readiness().is_err());
}

#[test]
fn a_service_on_every_address_is_asked_on_the_loopback_one() {
    let everywhere: SocketAddr = "0.0.0.0:8080".parse().unwrap();
    assert_eq!(reachable(everywhere).to_string(), "127.0.0.1:8080");
    let everywhere: SocketAddr = "[::]:8080".parse().unwrap();
    assert_eq!(reachable(everywhere).to_string(), "[::1]:8080");
}
