//! The temporary directory of one run and the way every program of it is run: in its own process
//! group, with its output in a log file, with a time limit, with `TMPDIR` pointing into the directory
//! and with a mark in its environment by which leftovers are recognized as ours.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{self, Command, ExitStatus},
    time::{Duration, SystemTime},
};

use crate::{
    environment,
    failure::{Failure, Outcome},
    group::Group,
    interrupt::Interrupt,
};

/// The variable that marks every process of a run.
pub(super) const MARK: &str = "CHANCERY_CI_RUN";
/// cargo-nextest gives its tests ten seconds to stop; whoever runs it must wait longer.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much of a failed program's output is repeated in the report.
const SHOWN_LINES: usize = 400;

/// A running command's surroundings. Dropping it removes the temporary directory.
pub(super) struct Scratch {
    interrupt: Interrupt,
    /// The temporary directory. Short, because socket paths inside may not exceed 108 bytes.
    pub(super) folder: PathBuf,
    logs: PathBuf,
    mark: String,
}

/// How a program ended and what it wrote.
pub(super) struct Ended {
    /// Its exit status.
    pub(super) status: ExitStatus,
    /// Standard output and standard error, as they came; the last part of it if it is long.
    pub(super) output: String,
}

impl Scratch {
    /// Makes the directories of a new run.
    pub(super) fn create(interrupt: Interrupt) -> Outcome<Self> {
        let mark = format!("{}-{}", process::id(), seconds_since_1970());
        let folder = environment::temp_dir().join(format!("chancery-ci-{mark}"));
        let logs = environment::target_dir().join("ci/logs");
        for path in [&folder, &logs] {
            fs::create_dir_all(path)
                .map_err(Failure::while_doing(format!("make {}", path.display())))?;
        }
        Ok(Self {
            interrupt,
            folder,
            logs,
            mark,
        })
    }

    /// The value of [`MARK`] in this run.
    pub(super) fn mark(&self) -> &str {
        &self.mark
    }

    /// What ends this run early.
    pub(super) fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Starts `command` with its output in the log `name`.
    pub(super) fn start(&self, name: &str, command: &mut Command) -> Outcome<Group> {
        let deed = || Failure::while_doing(format!("run {}", command_line(command)));
        let (deed_of_log, deed_of_start) = (deed(), deed());
        let log = File::create(self.log(name)).map_err(deed_of_log)?;
        let same_log = log
            .try_clone()
            .map_err(Failure::while_doing("share a log file"))?;
        command
            .stdout(log)
            .stderr(same_log)
            .env(MARK, &self.mark)
            .env("TMPDIR", &self.folder);
        Group::start(command, PATIENCE).map_err(deed_of_start)
    }

    /// Runs `command` to its end, however it ends.
    pub(super) fn run(&self, name: &str, command: &mut Command, limit: Duration) -> Outcome<Ended> {
        let status = match self.start(name, command)?.wait(limit, &self.interrupt) {
            Ok(status) => status,
            Err(Failure::Interrupted) => return Err(Failure::Interrupted),
            Err(Failure::Failed(text)) => {
                let (line, output) = (command_line(command), self.output(name));
                return Err(Failure::because(format!("{output}\n{line}: {text}")));
            }
        };
        Ok(Ended {
            status,
            output: self.output(name),
        })
    }

    /// Runs `command`, which must succeed; the error repeats what it wrote.
    pub(super) fn require(
        &self,
        name: &str,
        command: &mut Command,
        limit: Duration,
    ) -> Outcome<String> {
        let Ended { status, output } = self.run(name, command, limit)?;
        if status.success() {
            return Ok(output);
        }
        Err(Failure::because(format!(
            "{output}\n{}: {status}",
            command_line(command)
        )))
    }

    /// The last part of the log `name`.
    pub(super) fn output(&self, name: &str) -> String {
        let path = self.log(name);
        let text = fs::read(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let text = text.unwrap_or_default();
        let lines: Vec<_> = text.trim_end().lines().collect();
        let Some(hidden) = lines
            .len()
            .checked_sub(SHOWN_LINES)
            .filter(|hidden| *hidden > 0)
        else {
            return lines.join("\n");
        };
        format!(
            "[{hidden} lines more in {}]\n{}",
            path.display(),
            lines[hidden..].join("\n")
        )
    }

    fn log(&self, name: &str) -> PathBuf {
        self.logs.join(format!("{}.log", name.replace(' ', "-")))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[expect(
    clippy::disallowed_methods,
    reason = "names a temporary directory, decides nothing"
)]
fn seconds_since_1970() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = environment::command("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failed_program_is_quoted_and_its_folder_goes_with_the_run() {
        let scratch = Scratch::create(Interrupt::default()).unwrap();
        let folder = scratch.folder.clone();
        let mut command = shell("touch $TMPDIR/here; echo out; echo err >&2; exit 4");
        let error = scratch
            .require("unit test of scratch", &mut command, Duration::from_mins(1))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("out\nerr\n") && error.contains("exit status: 4"),
            "{error}"
        );
        assert!(folder.join("here").exists());
        drop(scratch);
        assert!(!folder.exists());
    }
}
