//! Debian packages: what is missing is installed when we are root and apt is there, otherwise it is
//! named and the run stops. While packages go in, a `policy-rc.d` keeps their services from starting.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    time::Duration,
};

use super::scratch::Scratch;
use crate::{
    environment,
    failure::{Failure, Outcome},
};

/// A package and how to see that it (or the same thing from elsewhere) is already there.
pub(super) struct Package {
    /// Debian's name.
    name: &'static str,
    /// What shows that it is there.
    shown_by: Evidence,
}

/// A sign that a package is installed.
pub(super) enum Evidence {
    /// An executable on the path.
    Program(&'static str),
    /// A file or directory.
    Path(&'static str),
    /// A command that succeeds, as words.
    Success(&'static [&'static str]),
}

impl Package {
    /// The package `name`, recognized by `shown_by`.
    pub(super) const fn new(name: &'static str, shown_by: Evidence) -> Self {
        Self { name, shown_by }
    }

    fn is_there(&self, scratch: &Scratch) -> bool {
        match self.shown_by {
            Evidence::Program(name) => environment::find_program(name).is_some(),
            Evidence::Path(path) => Path::new(path).exists(),
            Evidence::Success(words) => {
                let [program, arguments @ ..] = words else {
                    return false;
                };
                let mut command = environment::command(program);
                command.args(arguments);
                scratch
                    .require("package check", &mut command, Duration::from_mins(1))
                    .is_ok()
            }
        }
    }
}

/// Installs those of `packages` that are missing.
pub(super) fn install<'a>(
    packages: impl Iterator<Item = &'a Package>,
    scratch: &Scratch,
) -> Outcome<()> {
    let missing: Vec<_> = packages
        .filter(|package| !package.is_there(scratch))
        .map(|package| package.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !nix::unistd::geteuid().is_root() || environment::find_program("apt-get").is_none() {
        return Err(Failure::because(format!(
            "these Debian packages (or the same programs from elsewhere) are missing: {names}\n\
             As root: apt-get install {names}\n\
             `cargo ci --fast` needs none of them.",
            names = missing.join(" ")
        )));
    }
    let _services_stay_off = StartingForbidden::until_dropped(Path::new("/usr/sbin/policy-rc.d"))
        .map_err(Failure::while_doing("write /usr/sbin/policy-rc.d"))?;
    apt(scratch, &["update"])?;
    let mut words = vec!["install", "--yes", "--no-install-recommends"];
    words.extend(missing);
    apt(scratch, &words)
}

fn apt(scratch: &Scratch, words: &[&str]) -> Outcome<()> {
    let mut command = environment::command("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(words);
    let name = format!("apt {}", words.first().unwrap_or(&"get"));
    scratch
        .require(&name, &mut command, Duration::from_mins(15))
        .map(drop)
}

/// While this lives, installing a package starts no service. One that was there before stays.
struct StartingForbidden<'a> {
    ours: Option<&'a Path>,
}

impl<'a> StartingForbidden<'a> {
    fn until_dropped(policy: &'a Path) -> io::Result<Self> {
        let opened = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o755)
            .open(policy);
        match opened {
            Ok(mut file) => {
                file.write_all(b"#!/bin/sh\nexit 101\n")?;
                Ok(Self { ours: Some(policy) })
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Self { ours: None }),
            Err(error) => Err(error),
        }
    }
}

impl Drop for StartingForbidden<'_> {
    fn drop(&mut self) {
        if let Some(policy) = self.ours {
            drop(fs::remove_file(policy));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interrupt::Interrupt;

    #[test]
    fn the_policy_goes_when_we_made_it_and_stays_when_it_was_there() {
        let scratch = Scratch::create(Interrupt::default()).unwrap();
        let policy = scratch.folder.join("policy-rc.d");
        drop(StartingForbidden::until_dropped(&policy).unwrap());
        assert!(!policy.exists());
        fs::write(&policy, "theirs").unwrap();
        drop(StartingForbidden::until_dropped(&policy).unwrap());
        assert_eq!(fs::read_to_string(&policy).unwrap(), "theirs");
    }

    #[test]
    fn what_is_there_is_recognized_by_each_kind_of_evidence() {
        let scratch = Scratch::create(Interrupt::default()).unwrap();
        let is_there = |evidence| Package::new("some", evidence).is_there(&scratch);
        assert!(is_there(Evidence::Program("sh")));
        assert!(!is_there(Evidence::Program("no-such-program")));
        assert!(is_there(Evidence::Path("/")));
        assert!(is_there(Evidence::Success(&["sh", "-c", "exit 0"])));
        assert!(!is_there(Evidence::Success(&["sh", "-c", "exit 1"])));
    }
}
