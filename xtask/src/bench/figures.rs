//! Which figures are taken, and how. Three rounds, each measuring subject and baseline next to each
//! other; the median of the rounds' ratios counts.

use std::time::Duration;

use super::{
    bare,
    client::Request,
    machine::{self, Machine, RECRUITER, access_token},
    measure::median,
    subject::Subject,
};
use crate::{failure::Outcome, interrupt::Interrupt, terminal};

const ROUNDS: usize = 3;
const STARTS: usize = 5;
const SERVICE: &str =
    "grant_type=client_credentials&client_id=ats-service&client_secret=demo-secret";

/// One line of the report.
pub(super) struct Figure {
    /// What is compared with what.
    pub(super) what: &'static str,
    /// How it came about, in numbers.
    pub(super) details: String,
    /// The figure.
    pub(super) value: f64,
    /// Its unit.
    pub(super) unit: &'static str,
    /// The figure we want.
    pub(super) aim: Aim,
}

/// Which way is good.
#[derive(Clone, Copy)]
pub(super) enum Aim {
    /// Not more than this.
    AtMost(f64),
    /// Not less than this.
    AtLeast(f64),
}

/// Takes all figures. Nothing else of weight should run on the machine meanwhile.
pub(super) fn take(interrupt: &Interrupt) -> Outcome<Vec<Figure>> {
    let machine = Machine::new(interrupt)?;
    terminal::say("first start: keys, demo data …");
    machine.auth_server()?.stop();
    let mut figures = Vec::new();
    terminal::say("starts and idle memory …");
    let auth_server = starts(&mut figures, "auth server", || machine.auth_server())?;
    let resource_api = starts(&mut figures, "jobs API", || machine.resource_api())?;
    machine::fill(&auth_server, &resource_api)?;
    resource_api.stop();
    let bare_server = machine.bare_server()?;
    let mut rounds = Rounds::default();
    for round in 1..=ROUNDS {
        terminal::say(format!("round {round} of {ROUNDS} …"));
        rounds.add(&auth_server, &bare_server)?;
        interrupt.pause(Duration::ZERO)?;
    }
    figures.extend(rounds.close());
    Ok(figures)
}

/// Starts a service a few times on data that is there, and leaves the last one running.
fn starts(
    figures: &mut Vec<Figure>,
    name: &str,
    start: impl Fn() -> Outcome<Subject>,
) -> Outcome<Subject> {
    let mut times = Vec::new();
    for _ in 1..STARTS {
        let subject = start()?;
        times.push(subject.ready_after.as_secs_f64() * 1e3);
        subject.stop();
    }
    let subject = start()?;
    times.push(subject.ready_after.as_secs_f64() * 1e3);
    figures.push(Figure {
        what: "start: from exec to the first 200",
        details: format!("{name}, median of {STARTS}, data present"),
        value: median(times),
        unit: "ms",
        aim: Aim::AtMost(200.0),
    });
    figures.push(Figure {
        what: "idle memory",
        details: format!("{name}, resident, just ready"),
        value: subject.memory()?,
        unit: "MiB",
        aim: Aim::AtMost(60.0),
    });
    Ok(subject)
}

/// What each round measured.
#[derive(Default)]
struct Rounds {
    /// µs per token, per signature, per empty request.
    tokens: Vec<[f64; 3]>,
    /// Logins and hashes in a second.
    logins: Vec<[f64; 2]>,
    /// µs per protected and per open request.
    reads: Vec<[f64; 2]>,
}

impl Rounds {
    fn add(&mut self, auth_server: &Subject, bare_server: &Subject) -> Outcome<()> {
        let (auth_port, bare_port) = (auth_server.port, bare_server.port);
        let empty = Request::get(bare_port, "/empty", None);
        let token = Request::post(auth_port, "/oauth2/token", SERVICE);
        self.tokens.push([
            auth_server.cost_of(&token, 6_000)?,
            bare::signature(4_000)?,
            bare_server.cost_of(&empty, 20_000)?,
        ]);
        let login = Request::post(auth_port, "/oauth2/token", RECRUITER);
        self.logins
            .push([Subject::rate_of(&login, 120)?, bare::hashes(120)?]);
        let bearer = access_token(&login.send()?)?;
        let protected = Request::get(bare_port, "/protected", Some(&bearer));
        let open = Request::get(bare_port, "/open", None);
        self.reads.push([
            bare_server.cost_of(&protected, 6_000)?,
            bare_server.cost_of(&open, 6_000)?,
        ]);
        Ok(())
    }

    fn close(&self) -> [Figure; 3] {
        let middle = |values: Vec<f64>| format!("{:.0}", median(values));
        let [token, signature, empty] =
            [0, 1, 2].map(|index| middle(self.tokens.iter().map(|round| round[index]).collect()));
        let [logins, hashes] =
            [0, 1].map(|index| middle(self.logins.iter().map(|round| round[index]).collect()));
        let [protected, open] =
            [0, 1].map(|index| middle(self.reads.iter().map(|round| round[index]).collect()));
        [
            Figure {
                what: "client_credentials: CPU against a bare signature + an empty route",
                details: format!("{token} µs against {signature} + {empty} µs"),
                value: median(
                    self.tokens
                        .iter()
                        .map(|[all, sign, route]| all / (sign + route))
                        .collect(),
                ),
                unit: "×",
                aim: Aim::AtMost(1.3),
            },
            Figure {
                what: "password logins: rate against bare Argon2id on all cores",
                details: format!("{logins} against {hashes} per second"),
                value: median(
                    self.logins
                        .iter()
                        .map(|[logins, hashes]| logins / hashes)
                        .collect(),
                ),
                unit: "×",
                aim: Aim::AtLeast(0.9),
            },
            Figure {
                what: "GET /jobs: CPU, protected against the same route open",
                details: format!("{protected} against {open} µs"),
                value: median(
                    self.reads
                        .iter()
                        .map(|[protected, open]| protected / open)
                        .collect(),
                ),
                unit: "×",
                aim: Aim::AtMost(1.5),
            },
        ]
    }
}
