//! A database server that belongs to one test, which may stop, kill and freeze it. The engine is that
//! of the round; SQLite has no server.

use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, Database};

use crate::instance::send;
use crate::wait::until;

const START: Duration = Duration::from_mins(1);

/// A server on an empty directory and a free port. Ends with this value.
pub(crate) struct DatabaseServer {
    engine: Engine,
    port: u16,
    directory: tempfile::TempDir,
    process: Option<Child>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Engine {
    Postgres,
    MariaDb,
}

impl DatabaseServer {
    /// Prepared, not started; `None` in the rounds that run on a file.
    pub(crate) fn of_the_round() -> Option<Self> {
        let engine = engine_of_the_round()?;
        let directory = tempfile::tempdir().unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        let server = Self {
            engine,
            port,
            directory,
            process: None,
        };
        if engine == Engine::Postgres && is_root() {
            // PostgreSQL refuses to run as root.
            let (user, group) = postgres_ids();
            chown(server.directory.path(), Some(user), Some(group)).unwrap();
        }
        let made = server.installer().stdout(Stdio::null()).status().unwrap();
        assert!(made.success());
        Some(server)
    }

    /// The database of the test, with a user who may do everything in it.
    pub(crate) fn url(&self) -> String {
        match self.engine {
            Engine::Postgres => format!("postgres://postgres@127.0.0.1:{}/postgres", self.port),
            Engine::MariaDb => format!("mysql://root@127.0.0.1:{}/fleet", self.port),
        }
    }

    /// The same for a user with rights in this database only.
    pub(crate) async fn humble_url(&self) -> String {
        if self.engine == Engine::Postgres {
            return self.url();
        }
        self.execute("CREATE USER app@'127.0.0.1'").await;
        self.execute("GRANT ALL ON fleet.* TO app@'127.0.0.1'")
            .await;
        self.url().replace("root", "app")
    }

    /// The same for a user who may look at everything that is there, and change nothing.
    pub(crate) async fn reader_url(&self) -> String {
        match self.engine {
            Engine::Postgres => {
                self.execute("CREATE ROLE reader LOGIN").await;
                self.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
                    .await;
                self.url().replace("postgres@", "reader@")
            }
            Engine::MariaDb => {
                self.execute("CREATE USER reader@'127.0.0.1'").await;
                self.execute("GRANT SELECT ON fleet.* TO reader@'127.0.0.1'")
                    .await;
                self.url().replace("root@", "reader@")
            }
        }
    }

    /// From now on, that user may change it as well.
    pub(crate) async fn let_reader_write(&self) {
        match self.engine {
            Engine::Postgres => {
                self.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO reader")
                    .await;
                self.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO reader")
                    .await;
            }
            Engine::MariaDb => {
                self.execute("GRANT ALL ON fleet.* TO reader@'127.0.0.1'")
                    .await;
                // Rights in a database are read when a connection enters it. (Without a host: it would be
                // compared with that of the connection, not with that of the user.)
                self.execute("KILL USER reader").await;
            }
        }
    }

    /// Starts it, also again, and waits until it answers.
    pub(crate) async fn start(&mut self) {
        assert!(self.process.is_none());
        self.process = Some(self.daemon().spawn().unwrap());
        let admin = self.admin_url();
        let connected = until("the database server answers", START, async || {
            Database::connect(&admin).await.ok()
        });
        let (db, _) = connected.await;
        if self.engine == Engine::MariaDb {
            db.execute_unprepared("CREATE DATABASE IF NOT EXISTS fleet")
                .await
                .unwrap();
        }
        db.close().await.unwrap();
    }

    /// As an administrator stops it: connections are cut, nothing is lost.
    pub(crate) fn stop(&mut self) {
        let signal = if self.engine == Engine::Postgres {
            "INT"
        } else {
            "TERM"
        };
        self.end(signal);
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.end("KILL");
    }

    /// It no longer answers, and nobody's connection breaks.
    pub(crate) fn freeze(&self) {
        for pid in self.pids() {
            send("STOP", pid);
        }
    }

    /// It goes on.
    pub(crate) fn thaw(&self) {
        for pid in self.pids() {
            send("CONT", pid);
        }
    }

    /// Refuses every write of others, or takes them again.
    pub(crate) async fn set_read_only(&self, is_read_only: bool) {
        let value = if is_read_only { "on" } else { "off" };
        match self.engine {
            Engine::Postgres => {
                let set = format!("ALTER SYSTEM SET default_transaction_read_only = {value}");
                self.execute(&set).await;
                self.execute("SELECT pg_reload_conf()").await;
            }
            Engine::MariaDb => {
                self.execute(&format!("SET GLOBAL read_only = {value}"))
                    .await;
            }
        }
    }

    async fn execute(&self, sql: &str) {
        let db = Database::connect(self.admin_url()).await.unwrap();
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    }

    fn admin_url(&self) -> String {
        self.url().replace("/fleet", "/mysql")
    }

    fn end(&mut self, signal: &str) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        send(signal, process.id());
        process.wait().unwrap();
    }

    /// The server and, on PostgreSQL, its process per connection.
    fn pids(&self) -> Vec<u32> {
        let main = self.process.as_ref().unwrap().id();
        let children = Command::new("ps")
            .args(["-o", "pid=", "--ppid", &main.to_string()])
            .output();
        let children = String::from_utf8(children.unwrap().stdout).unwrap();
        let children = children.split_whitespace().map(|pid| pid.parse().unwrap());
        std::iter::once(main).chain(children).collect()
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn installer(&self) -> Command {
        let mut command = match self.engine {
            Engine::Postgres => {
                let mut initdb = as_postgres("initdb");
                initdb.args([
                    "-A",
                    "trust",
                    "-U",
                    "postgres",
                    "--no-sync",
                    "--no-instructions",
                ]);
                initdb
                    .args(["-E", "UTF8", "--locale=C", "-D"])
                    .arg(self.data());
                initdb
            }
            Engine::MariaDb => {
                let mut install = Command::new("mariadb-install-db");
                install.args(["--no-defaults", "--auth-root-authentication-method=normal"]);
                install.args(["--skip-test-db", "--user=root"]);
                install.arg(format!("--datadir={}", self.data().display()));
                install
            }
        };
        command.current_dir(self.directory.path());
        command
    }

    fn daemon(&self) -> Command {
        let socket = self.directory.path().join("socket");
        let mut command = match self.engine {
            Engine::Postgres => {
                let mut postgres = as_postgres("postgres");
                postgres.arg("-D").arg(self.data());
                postgres.args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c"]);
                postgres.arg(format!("port={}", self.port)).arg("-c");
                let here = self.directory.path().display();
                postgres.arg(format!("unix_socket_directories={here}"));
                postgres
            }
            Engine::MariaDb => {
                let mut mariadbd = Command::new("mariadbd");
                mariadbd.args(["--no-defaults", "--user=root", "--bind-address=127.0.0.1"]);
                // Who we are must not depend on what the machine calls itself, nor on a name server.
                mariadbd.arg("--skip-name-resolve");
                mariadbd.arg(format!("--datadir={}", self.data().display()));
                mariadbd.arg(format!("--port={}", self.port));
                mariadbd.arg(format!("--socket={}", socket.display()));
                mariadbd.arg(format!(
                    "--pid-file={}",
                    socket.with_extension("pid").display()
                ));
                mariadbd
            }
        };
        command
            .current_dir(self.directory.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

impl Drop for DatabaseServer {
    fn drop(&mut self) {
        self.kill();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the round is no setting of the server"
)]
fn engine_of_the_round() -> Option<Engine> {
    let url = std::env::var("CHANCERY_TEST_DATABASE_URL").ok()?;
    match url.split_once(':')?.0 {
        "postgres" | "postgresql" => Some(Engine::Postgres),
        "mysql" => Some(Engine::MariaDb),
        _ => None,
    }
}

/// Debian keeps the programs of PostgreSQL apart, one directory per version.
fn as_postgres(program: &str) -> Command {
    let installed = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let newest = installed
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .max();
    let mut command = match newest {
        Some(directory) => Command::new(directory.join(program)),
        None => Command::new(program),
    };
    if is_root() {
        let (user, group) = postgres_ids();
        command.uid(user).gid(group);
    }
    command
}

fn is_root() -> bool {
    id(&["-u"]) == 0
}

fn postgres_ids() -> (u32, u32) {
    (id(&["-u", "postgres"]), id(&["-g", "postgres"]))
}

fn id(arguments: &[&str]) -> u32 {
    let output = Command::new("id").args(arguments).output().unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}
