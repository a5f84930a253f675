//! A PostgreSQL that takes connections over the network in one way only. Ends with its value.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::certificates::Certificates;
use crate::daemon::{self, Speaks};

const INSTALLED: &str = "/usr/lib/postgresql";

/// A running server on an empty directory and a free port.
pub(crate) struct Postgres {
    port: u16,
    process: Child,
    /// Of the certificates.
    pub(crate) certificates: Certificates,
    _directory: tempfile::TempDir,
}

impl Postgres {
    /// Starts it and waits until it takes connections; `None` where no PostgreSQL is installed.
    pub(crate) fn start(speaks: Speaks) -> Option<Self> {
        let programs = find_programs()?;
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path();
        let certificates = Certificates::write(home);
        // It refuses a key that others can read, and it refuses to run as root.
        fs::set_permissions(&certificates.server_key, Permissions::from_mode(0o600)).unwrap();
        let owner = (id(&["-u"]) == 0).then(|| (id(&["-u", "postgres"]), id(&["-g", "postgres"])));
        if let Some((user, group)) = owner {
            for path in [home, &certificates.server, &certificates.server_key] {
                chown(path, Some(user), Some(group)).unwrap();
            }
        }
        let program = |name: &str| {
            let mut command = Command::new(programs.join(name));
            if let Some((user, group)) = owner {
                command.uid(user).gid(group);
            }
            command.current_dir(home).stdin(Stdio::null());
            command
        };
        let mut initdb = program("initdb");
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8"]);
        initdb.args([
            "--locale=C",
            "--no-sync",
            "--no-instructions",
            "--pgdata=data",
        ]);
        let made = initdb.output().unwrap();
        assert!(made.status.success(), "{made:?}");
        if speaks == Speaks::OnlyTls {
            let only_tls = "hostssl all all 127.0.0.1/32 trust\n";
            fs::write(home.join("data/pg_hba.conf"), only_tls).unwrap();
        }
        let port = daemon::free_port();
        let mut postgres = program("postgres");
        configure(&mut postgres, home, port);
        if speaks == Speaks::OnlyTls {
            encrypt(&mut postgres, &certificates);
        }
        Some(Self {
            port,
            process: daemon::serve(postgres, "ready to accept connections"),
            certificates,
            _directory: directory,
        })
    }

    /// Its URL under this name, with these parameters.
    pub(crate) fn url(&self, host: &str, parameters: &str) -> String {
        format!(
            "postgres://postgres@{host}:{}/postgres?{parameters}",
            self.port
        )
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // INT is a stop that does not wait for clients; after KILL its shared memory would stay.
        daemon::stop(&mut self.process, "-INT");
    }
}

fn configure(postgres: &mut Command, home: &Path, port: u16) {
    postgres.args(["-D", "data"]);
    for setting in [
        "listen_addresses=127.0.0.1".to_owned(),
        format!("port={port}"),
        format!("unix_socket_directories={}", home.display()),
        "fsync=off".to_owned(),
    ] {
        postgres.arg("-c").arg(setting);
    }
}

fn encrypt(postgres: &mut Command, certificates: &Certificates) {
    for setting in [
        "ssl=on".to_owned(),
        format!("ssl_cert_file={}", certificates.server.display()),
        format!("ssl_key_file={}", certificates.server_key.display()),
    ] {
        postgres.arg("-c").arg(setting);
    }
}

/// Debian keeps the programs of each version in a directory of its own, off the path.
fn find_programs() -> Option<PathBuf> {
    let versions = fs::read_dir(INSTALLED).into_iter().flatten();
    let newest = versions
        .filter_map(|version| version.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .max();
    let Some(newest) = newest else {
        daemon::is_missing("PostgreSQL");
        return None;
    };
    Some(Path::new(INSTALLED).join(newest.to_string()).join("bin"))
}

fn id(arguments: &[&str]) -> u32 {
    let output = Command::new("id").args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.trim().parse().unwrap()
}
