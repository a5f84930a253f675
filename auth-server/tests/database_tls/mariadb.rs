//! A MariaDB that takes connections over the network in one way only. Ends with its value.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::certificates::Certificates;
use crate::daemon::{self, Speaks};

/// A running server on an empty directory and a free port.
pub(crate) struct MariaDb {
    port: u16,
    process: Child,
    /// Of the certificates.
    pub(crate) certificates: Certificates,
    _directory: tempfile::TempDir,
}

impl MariaDb {
    /// Starts it and waits until it takes connections; `None` where no MariaDB is installed.
    pub(crate) fn start(speaks: Speaks) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path();
        let certificates = Certificates::write(home);
        let mut install = program("mariadb-install-db", home);
        install.args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
        let Ok(made) = install.output() else {
            daemon::is_missing("MariaDB");
            return None;
        };
        assert!(made.status.success(), "{made:?}");
        let port = daemon::free_port();
        let mut mariadbd = program("mariadbd", home);
        mariadbd.args(["--bind-address=127.0.0.1", "--skip-name-resolve"]);
        mariadbd.arg(format!("--port={port}"));
        for (option, file) in [("socket", "socket"), ("pid-file", "pid")] {
            mariadbd.arg(format!("--{option}={}", home.join(file).display()));
        }
        match speaks {
            Speaks::OnlyTls => {
                mariadbd.arg("--require-secure-transport=ON");
                mariadbd.arg(format!("--ssl-cert={}", certificates.server.display()));
                mariadbd.arg(format!("--ssl-key={}", certificates.server_key.display()));
            }
            Speaks::OnlyPlain => {
                // Since 11.4 it would make a certificate of its own.
                mariadbd.arg("--skip-ssl");
            }
        }
        Some(Self {
            port,
            process: daemon::serve(mariadbd, "ready for connections"),
            certificates,
            _directory: directory,
        })
    }

    /// Its URL under this name, with these parameters. The database is there from the beginning, and
    /// nobody's tables but ours are of these names.
    pub(crate) fn url(&self, host: &str, parameters: &str) -> String {
        format!("mysql://root@{host}:{}/mysql?{parameters}", self.port)
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        // Nothing of it stays, and nothing has to be kept.
        daemon::stop(&mut self.process, "-KILL");
    }
}

fn program(name: &str, home: &Path) -> Command {
    let mut command = Command::new(name);
    // Settings of the machine's own server must not leak in.
    command.args(["--no-defaults", "--user=root"]);
    command.arg(format!("--datadir={}", home.join("data").display()));
    command.current_dir(home).stdin(Stdio::null());
    command
}
