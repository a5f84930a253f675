//! Running the binary in a directory of its own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A password that the rules accept.
pub(crate) const PASSWORD: &str = "correct-horse-battery";

/// The binary with an empty directory, removed afterwards.
pub(crate) struct Program {
    directory: PathBuf,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Program {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("auth-server-cli-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&directory).unwrap();
        Self { directory }
    }

    /// With a database that is ready.
    pub(crate) fn migrated() -> Self {
        let program = Self::new();
        program.done(&["migrate", "up"]);
        program
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The command, in its directory, with data below it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_auth-server"));
        command
            .args(arguments)
            .current_dir(&self.directory)
            .env_clear();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        finish(self.command(arguments).spawn().unwrap())
    }

    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        finish(
            self.command(arguments)
                .envs(variables.iter().copied())
                .spawn()
                .unwrap(),
        )
    }

    pub(crate) fn run_fed(&self, arguments: &[&str], input: &str) -> Run {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        finish(child)
    }

    /// Runs what must succeed; returns standard output.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
        run.out
    }

    /// Runs what must succeed with `--format json`.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.done(&[arguments, &["--format", "json"]].concat())).unwrap()
    }

    /// A user of that name.
    pub(crate) fn with_user(&self, name: &str, role: &str) -> serde_json::Value {
        let arguments = [
            "user",
            "add",
            name,
            "--role",
            role,
            "--password-stdin",
            "--format",
            "json",
        ];
        let run = self.run_fed(&arguments, PASSWORD);
        assert_eq!(run.code, 0, "{run:?}");
        serde_json::from_str(&run.out).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

impl Run {
    /// Ended with this code and said this to people.
    pub(crate) fn refused(&self, code: i32, sentence: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.err.contains(sentence), "{sentence:?} in {self:?}");
    }

    /// Nowhere in what was printed.
    pub(crate) fn never_says(&self, secret: &str) {
        assert!(
            !self.out.contains(secret) && !self.err.contains(secret),
            "{secret} in {self:?}"
        );
    }
}

fn finish(child: Child) -> Run {
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Where a path stands as text.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
