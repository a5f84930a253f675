//! A process under measurement: started on a free port with its data in a temporary directory, ready
//! when `/readyz` says 200, stopped when dropped.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use super::{
    client::Request,
    measure::{cpu_of, memory_of},
};
use crate::{
    failure::{Failure, Outcome},
    group::Group,
    http,
    interrupt::Interrupt,
};

const READY_WITHIN: Duration = Duration::from_mins(1);
/// Connections of a load: enough to keep two cores busy.
const CONNECTIONS: u32 = 4;

/// A running process.
pub(super) struct Subject {
    group: Group,
    id: u32,
    /// Where it listens.
    pub(super) port: u16,
    /// From its start to its first 200.
    pub(super) ready_after: Duration,
}

impl Subject {
    /// Starts `command`, which is told to listen on `port` already; its output goes to `log`.
    pub(super) fn start(
        command: &mut Command,
        port: u16,
        log: &Path,
        interrupt: &Interrupt,
    ) -> Outcome<Self> {
        let file = File::create(log).map_err(Failure::while_doing("make a log file"))?;
        let same = file
            .try_clone()
            .map_err(Failure::while_doing("share a log file"))?;
        let begun = Instant::now();
        let mut group = Group::start(command.stdout(file).stderr(same), Duration::from_secs(11))
            .map_err(Failure::while_doing("start a service"))?;
        let id = group.leader().id();
        while !matches!(
            http::status(([127, 0, 0, 1], port).into(), "/readyz"),
            Ok(200)
        ) {
            if !matches!(group.find_exit(), Ok(None)) || begun.elapsed() > READY_WITHIN {
                let said = fs::read_to_string(log).unwrap_or_default();
                return Err(Failure::because(format!(
                    "{command:?} is not ready:\n{said}"
                )));
            }
            interrupt.pause(Duration::from_millis(1))?;
        }
        Ok(Self {
            group,
            id,
            port,
            ready_after: begun.elapsed(),
        })
    }

    /// Resident memory in MiB.
    pub(super) fn memory(&self) -> Outcome<f64> {
        let kib = u32::try_from(memory_of(self.id)?).unwrap_or(u32::MAX);
        Ok(f64::from(kib) / 1024.0)
    }

    /// CPU time in microseconds that one `request` costs, over `count` of them.
    pub(super) fn cost_of(&self, request: &Request, count: u32) -> Outcome<f64> {
        let before = cpu_of(self.id)?;
        request.repeat(count, CONNECTIONS)?;
        let spent = cpu_of(self.id)?.saturating_sub(before);
        Ok(spent.as_secs_f64() * 1e6 / f64::from(count))
    }

    /// How many `request`s are answered in a second, over `count` of them.
    pub(super) fn rate_of(request: &Request, count: u32) -> Outcome<f64> {
        Ok(f64::from(count) / request.repeat(count, CONNECTIONS)?.as_secs_f64())
    }

    /// Stops it, in order.
    pub(super) fn stop(mut self) {
        self.group.stop();
    }
}

/// A port nobody listens on at this moment.
pub(super) fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(listener
        .map_err(Failure::while_doing("find a free port"))?
        .port())
}
