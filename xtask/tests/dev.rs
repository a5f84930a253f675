//! `cargo dev` as a stranger meets it: the printed lines are pasted into a shell and work, Ctrl-C
//! stops everything, and a second start still knows what the first one did.

#![expect(clippy::unwrap_used, reason = "the whole crate is a test")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// A machine's worth of settings: two free ports and an empty data directory.
struct Machine {
    folder: PathBuf,
    auth_port: u16,
    api_port: u16,
}

/// A running `cargo dev` that has greeted.
struct Dev {
    child: Child,
    /// The printed lines that are meant for a shell.
    lines: Vec<String>,
}

#[test]
fn the_printed_lines_work_as_pasted_and_a_second_start_goes_on_from_the_first() {
    let machine = Machine::new();

    let dev = machine.start();
    let [get_token, list, post] = dev.lines.as_slice() else {
        panic!("{:?}", dev.lines)
    };
    let said = paste(&format!(
        "{get_token}\n{post}\necho\n{list}\necho\necho $TOKEN"
    ));
    let [posted, listed, token] = said.as_slice() else {
        panic!("{said:?}")
    };
    assert!(posted.contains(r#""status":"draft""#), "{posted}");
    assert!(listed.contains("Rust engineer"), "{listed}");
    assert_eq!(token.split('.').count(), 3, "{token}");
    assert!(dev.stop().success());

    let dev = machine.start();
    let list = &dev.lines[1];
    let said = paste(&format!("TOKEN={token}\n{list}"));
    assert!(said.concat().contains("Rust engineer"), "{said:?}");
    assert!(dev.stop().success());
}

#[test]
fn a_port_in_use_is_named_together_with_the_setting_to_change() {
    let machine = Machine::new();
    let _other = TcpListener::bind(("127.0.0.1", machine.api_port)).unwrap();
    let output = machine.command().output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains(&format!("port {} is in use", machine.api_port)),
        "{text}"
    );
    assert!(text.contains("RESOURCE_API_LISTEN="), "{text}");
}

#[test]
fn when_one_service_cannot_start_the_other_is_stopped_and_the_reason_is_shown() {
    let machine = Machine::new();
    let output = machine
        .command()
        .env("RESOURCE_API_AUTH__ON_STALE", "perhaps")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("resource-api ended by itself"), "{text}");
    assert!(text.contains("on_stale"), "{text}");
    // Nobody is left on the ports.
    TcpListener::bind(("127.0.0.1", machine.auth_port)).unwrap();
}

impl Machine {
    fn new() -> Self {
        // Both are held until both are known, or they could be the same.
        let ports = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [auth_port, api_port] = ports.map(|port| port.local_addr().unwrap().port());
        let folder = std::env::temp_dir().join(format!("chancery-dev-{auth_port}-{api_port}"));
        fs::create_dir_all(&folder).unwrap();
        Self {
            folder,
            auth_port,
            api_port,
        }
    }

    fn command(&self) -> Command {
        let data = |service: &str| self.folder.join(service);
        let database = |service: &str| format!("sqlite://{}/{service}.db", data(service).display());
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .args(["dev", "--no-build"])
            .env(
                "AUTH_SERVER_LISTEN",
                format!("127.0.0.1:{}", self.auth_port),
            )
            .env("AUTH_SERVER_DATA_DIR", data("auth-server"))
            .env("AUTH_SERVER_DATABASE__URL", database("auth-server"))
            .env(
                "RESOURCE_API_LISTEN",
                format!("127.0.0.1:{}", self.api_port),
            )
            .env("RESOURCE_API_DATA_DIR", data("resource-api"))
            .env("RESOURCE_API_DATABASE__URL", database("resource-api"))
            .stdin(Stdio::null());
        command
    }

    /// Starts it and reads what it prints until the last line to paste.
    fn start(&self) -> Dev {
        let mut child = self
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (mut lines, mut all) = (Vec::new(), String::new());
        while lines.len() < 3 {
            let begun = all.len();
            assert!(
                output.read_line(&mut all).unwrap() > 0,
                "it ended early:\n{all}"
            );
            let line = all[begun..].trim_end();
            if line.starts_with("TOKEN=") || line.starts_with("curl ") {
                lines.push(line.to_owned());
            }
        }
        // From now on somebody must read what it prints, or it would wait for that.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Dev { child, lines }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

impl Dev {
    fn stop(mut self) -> ExitStatus {
        let id = i32::try_from(self.child.id()).unwrap();
        kill(Pid::from_raw(id), Signal::SIGINT).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // A failed test stops it as well; SIGTERM lets it stop its services.
        if let (Ok(None), Ok(id)) = (self.child.try_wait(), i32::try_from(self.child.id())) {
            drop(kill(Pid::from_raw(id), Signal::SIGTERM).map(|()| self.child.wait()));
        }
    }
}

/// Runs lines in a plain POSIX shell and returns the lines they print.
fn paste(lines: &str) -> Vec<String> {
    let output = Command::new("sh").args(["-c", lines]).output().unwrap();
    assert!(output.status.success(), "{lines}\n{output:?}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}
