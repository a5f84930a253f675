//! The services under measurement and where they keep their data between restarts.

use std::{fs, path::PathBuf, process::Command};

use super::{
    client::Request,
    subject::{Subject, free_port},
};
use crate::{
    environment,
    failure::{Failure, Outcome},
    interrupt::Interrupt,
};

/// The form by which the demo recruiter logs in.
pub(super) const RECRUITER: &str = "grant_type=password&client_id=ats-web\
                                    &username=recruiter%40example.com&password=demo-password-1";

/// A temporary directory and ports that stay the same over restarts.
pub(super) struct Machine<'a> {
    folder: PathBuf,
    auth_port: u16,
    api_port: u16,
    interrupt: &'a Interrupt,
}

impl<'a> Machine<'a> {
    /// An empty machine.
    pub(super) fn new(interrupt: &'a Interrupt) -> Outcome<Self> {
        let (auth_port, api_port) = (free_port()?, free_port()?);
        let folder = environment::temp_dir().join(format!("chancery-bench-{auth_port}"));
        fs::create_dir_all(&folder).map_err(Failure::while_doing("make a temporary folder"))?;
        Ok(Self {
            folder,
            auth_port,
            api_port,
            interrupt,
        })
    }

    /// Starts `auth-server dev`.
    pub(super) fn auth_server(&self) -> Outcome<Subject> {
        let mut command = built("auth-server");
        command
            .arg("dev")
            .env(
                "AUTH_SERVER_LISTEN",
                format!("127.0.0.1:{}", self.auth_port),
            )
            .env("AUTH_SERVER_ISSUER", self.issuer())
            .env("AUTH_SERVER_DATA_DIR", self.folder.join("auth-server"));
        self.start(&mut command, self.auth_port, "auth-server.log")
    }

    /// Starts the jobs API.
    pub(super) fn resource_api(&self) -> Outcome<Subject> {
        let mut command = built("resource-api");
        self.start(
            self.as_api(command.arg("serve"), self.api_port),
            self.api_port,
            "api.log",
        )
    }

    /// Starts the routes to compare with, on the data of the jobs API.
    pub(super) fn bare_server(&self) -> Outcome<Subject> {
        let port = free_port()?;
        let mut command = built("xtask");
        command.args(["bench", "bare-server"]);
        self.start(self.as_api(&mut command, port), port, "bare-server.log")
    }

    fn as_api<'b>(&self, command: &'b mut Command, port: u16) -> &'b mut Command {
        command
            .env("RESOURCE_API_LISTEN", format!("127.0.0.1:{port}"))
            .env("RESOURCE_API_AUTH__ISSUER", self.issuer())
            .env("RESOURCE_API_DATA_DIR", self.folder.join("resource-api"))
    }

    fn start(&self, command: &mut Command, port: u16, log: &str) -> Outcome<Subject> {
        command.current_dir(&self.folder);
        Subject::start(command, port, &self.folder.join(log), self.interrupt)
    }

    fn issuer(&self) -> String {
        format!("http://localhost:{}", self.auth_port)
    }
}

impl Drop for Machine<'_> {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn built(name: &str) -> Command {
    environment::command(environment::target_dir().join("release-quick").join(name))
}

/// The token in an answer of the token endpoint.
pub(super) fn access_token(answer: &str) -> Outcome<String> {
    answer
        .split_once("\"access_token\":\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(token, _)| token.to_owned())
        .ok_or_else(|| Failure::because(format!("no access token in {answer}")))
}

/// Posts a page of jobs, so that reading them is work.
pub(super) fn fill(auth_server: &Subject, resource_api: &Subject) -> Outcome<()> {
    let token = access_token(&Request::post(auth_server.port, "/oauth2/token", RECRUITER).send()?)?;
    for number in 1..=20 {
        let job = format!(
            r#"{{"title":"Engineer {number}","description":"{}","location":"Berlin"}}"#,
            "Builds the thing that seals tokens. ".repeat(10)
        );
        Request::post_json(resource_api.port, "/jobs", &token, &job).send()?;
    }
    Ok(())
}
