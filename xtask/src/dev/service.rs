//! One running service: its process group, its output (shown with its name in front, the last lines
//! kept for the error text), and its answer to `GET /readyz`.

use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader, ErrorKind, Read},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use super::topology::Plan;
use crate::{
    environment,
    failure::{Failure, Outcome},
    group::Group,
    http, terminal,
};

/// The services promise to stop within ten seconds; a little more shows who breaks the promise.
const PATIENCE: Duration = Duration::from_secs(11);
/// How many lines of output an error text repeats.
const TAIL: usize = 20;

type Tail = Arc<Mutex<VecDeque<String>>>;

/// A started service. Dropping it stops it.
pub(super) struct Service {
    name: &'static str,
    address: SocketAddr,
    group: Group,
    tail: Tail,
    /// The threads that copy its output; they end with it.
    copiers: Vec<thread::JoinHandle<()>>,
}

/// Says which setting to change when another process already listens where `plan` wants to.
pub(super) fn require_free(plan: &Plan) -> Outcome<()> {
    let Err(error) = TcpListener::bind(plan.listen) else {
        return Ok(());
    };
    let Plan {
        name,
        listen,
        listen_setting,
        ..
    } = plan;
    Err(Failure::because(match error.kind() {
        ErrorKind::AddrInUse => format!(
            "port {port} is in use, so {name} cannot listen on {listen}.\n\
             Stop the other process, or choose another port: {listen_setting}={ip}:{other} cargo dev",
            port = listen.port(),
            ip = listen.ip(),
            other = listen.port().saturating_add(1000),
        ),
        _ => {
            format!("{name} cannot listen on {listen}: {error}; {listen_setting} sets the address")
        }
    }))
}

impl Service {
    /// Starts the binary that `cargo build` left, with the variables of `.env` that are not set.
    pub(super) fn start(plan: &Plan, file: &[(String, String)]) -> Outcome<Self> {
        let mut command = environment::command(environment::binary(plan.name));
        command
            .arg(plan.command)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in file {
            if environment::find(name).is_none() {
                command.env(name, value);
            }
        }
        if terminal::is_watched() && environment::find(plan.log_format_setting).is_none() {
            // It writes to a pipe of ours, and would take that for a machine's.
            command.env(plan.log_format_setting, "text");
        }
        command.envs(plan.derived.iter().map(|(name, value)| (name, value)));
        let mut group = Group::start(&mut command, PATIENCE)
            .map_err(Failure::while_doing(format!("start {}", plan.name)))?;
        let tail = Tail::default();
        let leader = group.leader();
        let copiers = [
            leader
                .stdout
                .take()
                .map(|stream| copy(plan.name, stream, Arc::clone(&tail))),
            leader
                .stderr
                .take()
                .map(|stream| copy(plan.name, stream, Arc::clone(&tail))),
        ];
        Ok(Self {
            name: plan.name,
            address: reachable(plan.listen),
            group,
            tail,
            copiers: copiers.into_iter().flatten().collect(),
        })
    }

    /// The binary's name.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// An error when it has ended, with its last words.
    pub(super) fn require_running(&mut self) -> Outcome<()> {
        let exit = self
            .group
            .find_exit()
            .map_err(Failure::while_doing("look at a service"))?;
        let Some(status) = exit else { return Ok(()) };
        // Its pipes are closed now, so the copiers end, and with that the tail is complete.
        for copier in self.copiers.drain(..) {
            drop(copier.join());
        }
        Err(self.failure(&format!("ended by itself ({status})")))
    }

    /// Why it is not ready, in words.
    pub(super) fn ask_readiness(&self) -> Result<(), String> {
        match http::status(self.address, "/readyz") {
            Ok(200) => Ok(()),
            Ok(status) => Err(format!("http://{}/readyz answers {status}", self.address)),
            Err(error) => Err(format!("http://{}/readyz: {error}", self.address)),
        }
    }

    /// A failure text about this service, ending with the last lines it wrote.
    pub(super) fn failure(&self, what: &str) -> Failure {
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: String = tail
            .iter()
            .flat_map(|line| ["\n    ", line.as_str()])
            .collect();
        let said = if lines.is_empty() {
            " It wrote nothing."
        } else {
            " Its last lines:"
        };
        Failure::because(format!("{} {what}.{said}{lines}", self.name))
    }

    /// Asks it to stop without waiting.
    pub(super) fn ask_to_stop(&mut self) {
        self.group.ask_to_stop();
    }

    /// Stops it; `false` when it had to be killed.
    pub(super) fn stop(&mut self) -> bool {
        self.group.stop()
    }
}

/// Copies lines to the terminal with the service's name in front.
fn copy(
    name: &'static str,
    stream: impl Read + Send + 'static,
    tail: Tail,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut bytes = Vec::new();
        while matches!(stream.read_until(b'\n', &mut bytes), Ok(1..)) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            terminal::say(format!("{name:<12} | {line}"));
            let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
            if tail.len() == TAIL {
                tail.pop_front();
            }
            tail.push_back(line);
        }
    })
}

/// A service that listens on every address is asked on the loopback one.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests;
