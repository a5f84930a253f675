//! A child process that leads its own process group, so that stopping it stops what it started, a
//! Ctrl-C at the terminal reaches only us, and nobody else's process can ever be hit.
//! Dropping a group ends it: clean-up does not depend on the way out.

use std::{
    io,
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitStatus},
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

use crate::{
    failure::{Failure, Outcome},
    interrupt::Interrupt,
};

/// How often a waiting loop looks at its child.
const GLANCE: Duration = Duration::from_millis(20);

/// A running process group.
pub(crate) struct Group {
    leader: Child,
    /// How long the group may take to stop by itself before it is killed.
    patience: Duration,
}

impl Group {
    /// Starts `command` as the leader of a new group.
    pub(crate) fn start(command: &mut Command, patience: Duration) -> io::Result<Self> {
        let leader = command.process_group(0).spawn()?;
        Ok(Self { leader, patience })
    }

    /// The leader, for its pipes.
    pub(crate) fn leader(&mut self) -> &mut Child {
        &mut self.leader
    }

    /// The leader's exit status, once it has one.
    pub(crate) fn find_exit(&mut self) -> io::Result<Option<ExitStatus>> {
        self.leader.try_wait()
    }

    /// Waits for the leader to end by itself; stops the group at an interrupt or after `limit`.
    pub(crate) fn wait(&mut self, limit: Duration, interrupt: &Interrupt) -> Outcome<ExitStatus> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(status) = self
                .find_exit()
                .map_err(Failure::while_doing("wait for a child"))?
            {
                return Ok(status);
            }
            let glance = interrupt.pause(GLANCE);
            if glance.is_err() || Instant::now() > deadline {
                self.stop();
                glance?;
                return Err(Failure::because(format!(
                    "stopped after {} minutes: it should have ended long before",
                    limit.as_secs() / 60
                )));
            }
        }
    }

    /// Asks the group to stop (SIGTERM) without waiting for it.
    pub(crate) fn ask_to_stop(&mut self) {
        self.signal(Signal::SIGTERM);
    }

    /// Stops the group: SIGTERM, then SIGKILL when its patience is over. `true`: it went by itself.
    pub(crate) fn stop(&mut self) -> bool {
        self.ask_to_stop();
        // A second Ctrl-C must not cut the orderly stop short, so this waits on a quiet interrupt.
        let quiet = Interrupt::default();
        let deadline = Instant::now() + self.patience;
        while Instant::now() < deadline {
            match self.leader.try_wait() {
                Ok(None) => drop(quiet.pause(GLANCE)),
                Ok(Some(_)) | Err(_) => return true,
            }
        }
        self.signal(Signal::SIGKILL);
        drop(self.leader.wait());
        false
    }

    /// Signals the group while its leader is not yet reaped: only then is the id surely ours.
    fn signal(&mut self, signal: Signal) {
        if !matches!(self.leader.try_wait(), Ok(None)) {
            return;
        }
        let Ok(id) = i32::try_from(self.leader.id()) else {
            return;
        };
        match killpg(Pid::from_raw(id), signal) {
            // ESRCH: it ended between the look and the signal, which is what was wanted.
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(_) => drop(self.leader.kill()),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Read as _, process::Stdio};

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", script])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        command
    }

    /// Reads until the far end closes: that happens when the last process of the group is gone.
    fn rest_of(group: &mut Group) -> String {
        let mut text = String::new();
        if let Some(mut stdout) = group.leader().stdout.take() {
            stdout.read_to_string(&mut text).unwrap();
        }
        text
    }

    #[test]
    fn stopping_a_group_stops_the_grandchildren_too() {
        let mut group =
            Group::start(&mut shell("sleep 600 & sleep 600"), Duration::from_secs(10)).unwrap();
        assert!(group.stop());
        assert_eq!(rest_of(&mut group), "");
    }

    #[test]
    fn a_group_that_ignores_the_request_is_killed() {
        // `exec` keeps one process; it says "deaf" once the signal is really ignored.
        let script = "trap '' TERM; echo deaf; exec sleep 600";
        let mut group = Group::start(&mut shell(script), Duration::from_millis(50)).unwrap();
        let mut word = [0; 5];
        group
            .leader()
            .stdout
            .as_mut()
            .unwrap()
            .read_exact(&mut word)
            .unwrap();
        assert!(!group.stop());
    }

    #[test]
    fn an_interrupt_ends_the_wait_and_the_group() {
        let interrupt = Interrupt::default();
        let mut group = Group::start(&mut shell("sleep 600"), Duration::from_secs(10)).unwrap();
        interrupt.raise();
        let waited = group.wait(Duration::from_mins(10), &interrupt);
        assert!(matches!(waited, Err(Failure::Interrupted)));
        assert!(group.find_exit().unwrap().is_some());
    }

    #[test]
    fn a_group_over_its_limit_is_stopped_and_says_so() {
        let mut group = Group::start(&mut shell("sleep 600"), Duration::from_secs(10)).unwrap();
        let waited = group.wait(Duration::from_millis(1), &Interrupt::default());
        assert!(waited.unwrap_err().to_string().contains("stopped after"));
    }
}
