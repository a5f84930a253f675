//! Finds processes of this run that nobody stopped, by the mark in their environment, and ends them.
//! A test that leaves a process behind is a failing test: it would poison the next run.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::{scratch::MARK, verdict::Verdict};
use crate::{failure::Outcome, interrupt::Interrupt};

/// A browser's helpers need a moment to notice that it is gone.
const GRACE: Duration = Duration::from_secs(5);

/// Ends what is left of the run marked `mark`, and fails when there was something.
pub(super) fn end(mark: &str) -> Outcome<Verdict> {
    end_after(GRACE, mark)
}

fn end_after(grace: Duration, mark: &str) -> Outcome<Verdict> {
    let quiet = Interrupt::default();
    let deadline = Instant::now() + grace;
    while !marked(mark).is_empty() && Instant::now() < deadline {
        quiet.pause(Duration::from_millis(50))?;
    }
    let left = marked(mark);
    if left.is_empty() {
        return Ok(Verdict::passed());
    }
    let mut text = "these processes were still running and have been killed:".to_owned();
    for (id, command) in left {
        let _ = kill(Pid::from_raw(id), Signal::SIGKILL);
        let _ = write!(text, "\n  {id}  {command}");
    }
    Ok(Verdict::failed(text))
}

/// Processes whose environment carries the mark. Only Linux shows that; elsewhere the list is empty.
fn marked(mark: &str) -> Vec<(i32, String)> {
    let entry = format!("{MARK}={mark}");
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .flatten()
        .filter_map(|process| {
            let id = process.file_name().to_str()?.parse().ok()?;
            let environment = fs::read(process.path().join("environ")).ok()?;
            let is_ours = environment
                .split(|byte| *byte == 0)
                .any(|one| one == entry.as_bytes());
            is_ours.then(|| (id, command_of(&process.path())))
        })
        .collect()
}

fn command_of(process: &Path) -> String {
    let bytes = fs::read(process.join("cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes)
        .replace('\0', " ")
        .chars()
        .take(160)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{environment, group::Group};

    #[test]
    fn a_forgotten_process_is_reported_and_ended() {
        let mark = format!("unit-test-{}", std::process::id());
        assert_eq!(end_after(Duration::ZERO, &mark).unwrap(), Verdict::passed());

        let mut command = environment::command("sleep");
        command.arg("600").env(MARK, &mark);
        let mut forgotten = Group::start(&mut command, Duration::from_secs(1)).unwrap();
        // Its environment becomes visible a moment after it has started.
        while marked(&mark).is_empty() {
            std::thread::yield_now();
        }
        let verdict = end_after(Duration::ZERO, &mark).unwrap();
        assert_eq!(verdict.failed, 1);
        assert!(verdict.details.contains("sleep 600"), "{}", verdict.details);
        let status = forgotten
            .wait(Duration::from_mins(1), &Interrupt::default())
            .unwrap();
        assert!(!status.success());
    }
}
