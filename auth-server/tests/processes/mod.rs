//! The real binaries, started as a person would start them: on free ports, with demo data in a
//! directory of their own. Dropping one ends it and removes its directory.

use std::{
    fs::{self, File},
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The first start makes a key and hashes demo passwords, perhaps on a busy machine.
const READY_WITHIN: Duration = Duration::from_mins(1);

/// A running service.
pub(crate) struct Running {
    /// The port it listens on.
    pub(crate) port: u16,
    folder: PathBuf,
    child: Child,
}

/// `auth-server dev`, with `variables` besides those that every test needs.
pub(crate) async fn auth_server(port: u16, variables: &[(&str, String)]) -> Running {
    let mut command = Command::new(env!("CARGO_BIN_EXE_auth-server"));
    command
        .arg("dev")
        .env("AUTH_SERVER_LISTEN", format!("127.0.0.1:{port}"))
        .env("AUTH_SERVER_ISSUER", format!("http://localhost:{port}"))
        .env("AUTH_SERVER_DATA_DIR", "data")
        .envs(variables.iter().map(|(name, value)| (name, value)));
    Running::start(command, port).await
}

/// A port nobody listens on at this moment.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// A variable that `cargo ci` sets for tests with real parts; its absence is an error in words.
#[expect(
    clippy::disallowed_methods,
    reason = "the parts of a test are not settings of the server"
)]
pub(crate) fn require_variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: `cargo ci` prepares what it names (xtask/src/ci/parts.rs)")
    })
}

impl Running {
    /// Starts `command` in a new directory and waits until it is ready.
    pub(crate) async fn start(mut command: Command, port: u16) -> Self {
        let folder = std::env::temp_dir().join(format!("chancery-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let log = File::create(folder.join("log")).unwrap();
        for name in names_of_settings() {
            if !command.get_envs().any(|(set, _)| set == name.as_str()) {
                command.env_remove(name);
            }
        }
        let child = command
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut running = Self {
            port,
            folder,
            child,
        };
        running.wait_until_ready().await;
        running
    }

    /// The address of `path`, for programs that take any name of this machine.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Registers a client by the command line, on the data of this server, and waits until that is in
    /// force. `secret` is its own; empty for a public client.
    pub(crate) async fn add_client(&self, id: &str, options: &[&str], secret: &str) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_auth-server"))
            .args(["client", "add", id])
            .args(options)
            .current_dir(&self.folder)
            .env("AUTH_SERVER_DATA_DIR", "data")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(secret.as_bytes()).unwrap();
        drop(input);
        assert!(child.wait().unwrap().success(), "{options:?}");

        let body =
            format!("grant_type=authorization_code&code=c&client_id={id}&client_secret={secret}");
        let mut glance = tokio::time::interval(Duration::from_millis(50));
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            glance.tick().await;
            let request = reqwest::Client::new()
                .post(self.at("/oauth2/token"))
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body.clone());
            let answer = request.send().await.unwrap();
            if answer.status() == 400 {
                return;
            }
            assert!(Instant::now() < deadline, "{id} stays unknown: {answer:?}");
        }
    }

    /// What it has written so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    async fn wait_until_ready(&mut self) {
        let ready = self.at("/readyz");
        let deadline = Instant::now() + READY_WITHIN;
        let mut glance = tokio::time::interval(Duration::from_millis(20));
        loop {
            glance.tick().await;
            if reqwest::get(&ready)
                .await
                .is_ok_and(|answer| answer.status() == 200)
            {
                return;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("port {} ended early ({status}):\n{}", self.port, self.log());
            }
            assert!(
                Instant::now() < deadline,
                "port {} is not ready:\n{}",
                self.port,
                self.log()
            );
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            eprintln!("--- log of port {} ---\n{}", self.port, self.log());
        }
        remove(&self.folder);
    }
}

fn remove(folder: &Path) {
    drop(fs::remove_dir_all(folder));
}

/// Settings of the person's own environment, which must not leak into a test.
#[expect(
    clippy::disallowed_methods,
    reason = "what a test starts, it starts without the settings of whoever runs it"
)]
fn names_of_settings() -> Vec<String> {
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| {
            ["AUTH_SERVER_", "RESOURCE_API_"]
                .iter()
                .any(|own| name.starts_with(own))
        })
        .collect()
}
