//! Throw-away database servers: an empty data directory inside the run's temporary one, a free port
//! on the loopback address, no password, and none of the care that makes data survive a power cut.

use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use nix::unistd::{User, geteuid};

use super::scratch::Scratch;
use crate::{
    environment,
    failure::{Failure, Outcome},
    group::Group,
};

const STEP_LIMIT: Duration = Duration::from_mins(2);
/// Tests run side by side, each with a pool of its own.
const CONNECTIONS: u32 = 300;

/// A running server. Dropping it stops it.
pub(super) struct Server {
    /// Where an administrator connects, who may make databases; `CHANCERY_TEST_DATABASE_URL`.
    pub(super) url: String,
    _group: Group,
}

/// Starts PostgreSQL, of the newest version that is installed.
pub(super) fn postgresql(scratch: &Scratch) -> Outcome<Server> {
    let programs = newest_postgresql()?;
    let port = free_port()?;
    let folder = make_folder(scratch, &format!("postgresql-{port}"))?;
    // It refuses to run as root.
    let user = if geteuid().is_root() {
        Some(require_user("postgres")?)
    } else {
        None
    };
    let as_user = |program: &str| {
        let mut command = environment::command(programs.join(program));
        if let Some(user) = &user {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command.current_dir(&folder);
        command
    };
    if let Some(user) = &user {
        chown(&folder, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
            .map_err(Failure::while_doing("give a folder to postgres"))?;
    }
    let mut initdb = as_user("initdb");
    initdb.args([
        "--auth=trust",
        "--username=postgres",
        "--encoding=UTF8",
        "--locale=C",
    ]);
    initdb.args(["--no-sync", "--no-instructions", "--pgdata=data"]);
    scratch.require("initdb", &mut initdb, STEP_LIMIT)?;

    let mut postgres = as_user("postgres");
    postgres.args(["-D", "data"]);
    for setting in [
        "listen_addresses=127.0.0.1".to_owned(),
        format!("port={port}"),
        format!("unix_socket_directories={}", folder.display()),
        format!("max_connections={CONNECTIONS}"),
        "fsync=off".to_owned(),
        "synchronous_commit=off".to_owned(),
        "full_page_writes=off".to_owned(),
    ] {
        postgres.arg("-c").arg(setting);
    }
    let mut is_ready = as_user("pg_isready");
    is_ready
        .arg("--host=127.0.0.1")
        .arg(format!("--port={port}"));
    Ok(Server {
        url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        _group: start("postgres", &mut postgres, &mut is_ready, scratch)?,
    })
}

/// Starts MariaDB, as whoever we are.
pub(super) fn mariadb(scratch: &Scratch) -> Outcome<Server> {
    let port = free_port()?;
    let folder = make_folder(scratch, &format!("mariadb-{port}"))?;
    let user = User::from_uid(geteuid())
        .ok()
        .flatten()
        .map_or("root".to_owned(), |user| user.name);
    let in_folder = |program: &str| {
        let mut command = environment::command(program);
        // Settings of the machine's own server must not leak in.
        command.arg("--no-defaults").current_dir(&folder);
        command
    };
    let data = format!("--datadir={}", folder.join("data").display());
    let mut install = in_folder("mariadb-install-db");
    install.args([
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        &data,
    ]);
    scratch.require(
        "mariadb install",
        install.arg(format!("--user={user}")),
        STEP_LIMIT,
    )?;

    let mut mariadbd = in_folder("mariadbd");
    mariadbd
        .arg(format!("--user={user}"))
        .arg(data)
        .arg("--bind-address=127.0.0.1");
    mariadbd
        .arg(format!("--port={port}"))
        .arg(format!("--max-connections={CONNECTIONS}"));
    mariadbd.arg(format!("--socket={}", folder.join("socket").display()));
    mariadbd.arg(format!("--pid-file={}", folder.join("pid").display()));
    mariadbd.args(["--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve"]);
    let mut is_ready = in_folder("mariadb-admin");
    is_ready.args(["--protocol=tcp", "--host=127.0.0.1", "--user=root", "ping"]);
    is_ready.arg(format!("--port={port}"));
    Ok(Server {
        url: format!("mysql://root@127.0.0.1:{port}/mysql"),
        _group: start("mariadbd", &mut mariadbd, &mut is_ready, scratch)?,
    })
}

/// Starts `daemon` and waits until `is_ready` succeeds.
fn start(
    name: &str,
    daemon: &mut Command,
    is_ready: &mut Command,
    scratch: &Scratch,
) -> Outcome<Group> {
    let mut group = scratch.start(name, daemon)?;
    let deadline = Instant::now() + STEP_LIMIT;
    while !scratch
        .run("is ready", is_ready, STEP_LIMIT)?
        .status
        .success()
    {
        if !matches!(group.find_exit(), Ok(None)) || Instant::now() > deadline {
            let said = scratch.output(name);
            return Err(Failure::because(format!("{name} did not start:\n{said}")));
        }
        scratch.interrupt().pause(Duration::from_millis(20))?;
    }
    Ok(group)
}

/// A new one for each start: a run may start a kind of server more than once.
fn make_folder(scratch: &Scratch, name: &str) -> Outcome<PathBuf> {
    let folder = scratch.folder.join(name);
    fs::create_dir(&folder).map_err(Failure::while_doing("make a folder for a database"))?;
    Ok(folder)
}

/// Debian keeps the programs of each version in a folder of its own, off the path.
fn newest_postgresql() -> Outcome<PathBuf> {
    let versions = Path::new("/usr/lib/postgresql");
    fs::read_dir(versions)
        .map_err(Failure::while_doing(format!(
            "look into {}",
            versions.display()
        )))?
        .filter_map(|version| version.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .max()
        .map(|newest| versions.join(newest.to_string()).join("bin"))
        .ok_or_else(|| Failure::because(format!("no version in {}", versions.display())))
}

fn require_user(name: &str) -> Outcome<User> {
    User::from_name(name)
        .ok()
        .flatten()
        .ok_or_else(|| Failure::because(format!("there is no user {name}")))
}

/// A port nobody listens on at this moment.
fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(listener
        .map_err(Failure::while_doing("find a free port"))?
        .port())
}
