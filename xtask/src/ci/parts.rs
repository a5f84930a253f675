//! The real parts that tests talk to, and the variables by which they find them:
//!
//! | variable | |
//! |---|---|
//! | `CHANCERY_TEST_WEBDRIVER` | URL of a running chromedriver |
//! | `CHANCERY_TEST_PYTHON` | a Python that has PyJWT and Authlib |
//! | `CHANCERY_TEST_RESOURCE_API` | the built `resource-api`, for tests of `auth-server` |
//! | `CHANCERY_TEST_SCREENSHOTS` | where the browser tests leave what they saw |
//! | `CHANCERY_TEST_DATABASE_URL` | the database server of this round; unset: SQLite |
//! | `CHANCERY_TEST_POSTGRES_URL` | PostgreSQL, for tests between databases |
//! | `CHANCERY_TEST_MYSQL_URL` | MySQL or MariaDB, for tests between databases |

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::{
    Scope,
    engines::ENGINES,
    packages::{self, Evidence, Package},
    scratch::Scratch,
    verdict::Verdict,
};
use crate::{
    environment,
    failure::{Failure, Outcome},
    group::Group,
    terminal,
};

const PACKAGES: &[Package] = &[
    Package::new("chromium", Evidence::Program("chromium")),
    Package::new("chromium-driver", Evidence::Program("chromedriver")),
    Package::new(
        "fonts-liberation",
        Evidence::Path("/usr/share/fonts/truetype/liberation"),
    ),
    Package::new("nodejs", Evidence::Program("node")),
    Package::new("npm", Evidence::Program("npm")),
    Package::new(
        "python3-venv",
        Evidence::Success(&["python3", "-c", "import ensurepip"]),
    ),
];
const INSTALL_LIMIT: Duration = Duration::from_mins(20);
const DRIVER_WITHIN: Duration = Duration::from_secs(30);

/// What has been prepared. Dropping it stops what it started.
#[derive(Default)]
pub(super) struct Parts {
    variables: Vec<(&'static str, PathBuf)>,
    driver: Option<Group>,
}

impl Parts {
    /// Installs and starts everything that tests of `scope` need.
    pub(super) fn prepare(&mut self, scope: Scope, scratch: &Scratch) -> Outcome<Verdict> {
        install_nextest(scratch)?;
        if scope == Scope::Fast {
            terminal::say("    left out: browser, foreign verifiers, other databases");
            return Ok(Verdict::passed());
        }
        let of_engines = ENGINES.iter().flat_map(|engine| engine.packages);
        packages::install(PACKAGES.iter().chain(of_engines), scratch)?;
        install_npm_packages(scratch)?;
        let screenshots = environment::target_dir().join("screenshots");
        fs::create_dir_all(&screenshots).map_err(Failure::while_doing("make a folder"))?;
        self.variables = vec![
            ("CHANCERY_TEST_PYTHON", install_python_packages(scratch)?),
            (
                "CHANCERY_TEST_RESOURCE_API",
                environment::binary("resource-api"),
            ),
            ("CHANCERY_TEST_SCREENSHOTS", screenshots),
            (
                "CHANCERY_TEST_WEBDRIVER",
                self.start_driver(scratch)?.into(),
            ),
        ];
        Ok(Verdict::passed())
    }

    /// The variables for the tests' environment.
    pub(super) fn variables(&self) -> &[(&'static str, PathBuf)] {
        &self.variables
    }

    /// Starts chromedriver on a port of its own choice and returns its URL.
    fn start_driver(&mut self, scratch: &Scratch) -> Outcome<String> {
        const LOG: &str = "chromedriver";
        let mut command = environment::command("chromedriver");
        let group = self
            .driver
            .insert(scratch.start(LOG, command.arg("--port=0"))?);
        let deadline = Instant::now() + DRIVER_WITHIN;
        loop {
            let output = scratch.output(LOG);
            if let Some((_, rest)) = output.split_once("started successfully on port ") {
                let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
                return Ok(format!("http://127.0.0.1:{port}"));
            }
            if !matches!(group.find_exit(), Ok(None)) || Instant::now() > deadline {
                return Err(Failure::because(format!(
                    "chromedriver did not start:\n{output}"
                )));
            }
            scratch.interrupt().pause(Duration::from_millis(20))?;
        }
    }
}

fn install_nextest(scratch: &Scratch) -> Outcome<()> {
    if environment::find_program("cargo-nextest").is_some() {
        return Ok(());
    }
    let mut cargo = environment::cargo();
    cargo.args(["install", "cargo-nextest", "--locked"]);
    scratch
        .require("install nextest", &mut cargo, INSTALL_LIMIT)
        .map(drop)
}

/// `npm ci` beside the scripts, where Node.js looks for packages.
fn install_npm_packages(scratch: &Scratch) -> Outcome<()> {
    let folder = interop().join("node");
    let installed = folder.join("node_modules");
    unless_done(
        &installed.join(".chancery"),
        &folder.join("package-lock.json"),
        || {
            let mut npm = environment::command("npm");
            npm.args(["ci", "--no-audit", "--no-fund"])
                .current_dir(&folder);
            scratch.require("npm", &mut npm, INSTALL_LIMIT).map(drop)
        },
    )
}

/// A virtual environment under `target`; returns its Python.
fn install_python_packages(scratch: &Scratch) -> Outcome<PathBuf> {
    let requirements = interop().join("python/requirements.txt");
    let folder = environment::target_dir().join("ci/python");
    let python = folder.join("bin/python");
    unless_done(&folder.join("installed"), &requirements, || {
        let mut make = environment::command("python3");
        make.args(["-m", "venv", "--clear"]).arg(&folder);
        scratch.require("python", &mut make, INSTALL_LIMIT)?;
        let mut pip = environment::command(&python);
        pip.args([
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--requirement",
        ]);
        scratch
            .require("pip", pip.arg(&requirements), INSTALL_LIMIT)
            .map(drop)
    })?;
    Ok(python)
}

/// Runs `work` unless `stamp` says that it was done for the present content of `list`.
fn unless_done(stamp: &Path, list: &Path, work: impl FnOnce() -> Outcome<()>) -> Outcome<()> {
    let wanted = fs::read_to_string(list)
        .map_err(Failure::while_doing(format!("read {}", list.display())))?;
    if fs::read_to_string(stamp).is_ok_and(|done| done == wanted) {
        return Ok(());
    }
    work()?;
    fs::write(stamp, wanted).map_err(Failure::while_doing(format!("write {}", stamp.display())))
}

fn interop() -> PathBuf {
    environment::root().join("auth-server/tests/interop")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interrupt::Interrupt;

    #[test]
    fn an_installation_is_repeated_only_when_its_list_has_changed() {
        let scratch = Scratch::create(Interrupt::default()).unwrap();
        let (stamp, list) = (scratch.folder.join("stamp"), scratch.folder.join("list"));
        let mut times = 0;
        for content in ["a", "a", "b"] {
            fs::write(&list, content).unwrap();
            unless_done(&stamp, &list, || {
                times += 1;
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(times, 2);
    }

    #[test]
    fn a_failed_installation_is_tried_again() {
        let scratch = Scratch::create(Interrupt::default()).unwrap();
        let (stamp, list) = (scratch.folder.join("stamp"), scratch.folder.join("list"));
        fs::write(&list, "a").unwrap();
        assert!(unless_done(&stamp, &list, || Err(Failure::because("no network"))).is_err());
        assert!(!stamp.exists());
    }
}
