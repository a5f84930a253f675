//! `cargo dev`: builds both services, starts them with demo data under `./data`, waits until both
//! are ready, says how to use them, and stops both at Ctrl-C or when one of them ends.

mod dotenv;
mod greeting;
mod service;
mod topology;

use std::time::{Duration, Instant};

use crate::{
    environment,
    failure::{Failure, Outcome},
    group::Group,
    interrupt::Interrupt,
    terminal,
};
use service::Service;
use topology::Topology;

/// A clean build of everything on two slow cores, with room to spare.
const BUILD_LIMIT: Duration = Duration::from_hours(1);
/// The first start makes an RSA key and the demo users; that is seconds, even on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(90);
/// How often readiness is asked for, and how soon a service that ended is noticed.
const GLANCE: Duration = Duration::from_millis(100);

/// Runs until Ctrl-C, which is its good end. `must_build` is false when both are known to be fresh.
pub(crate) fn run(must_build: bool, interrupt: &Interrupt) -> Outcome<()> {
    let file = dotenv::read(&environment::root().join(".env"))?;
    let topology =
        Topology::from(|name| environment::find(name).or_else(|| dotenv::find(&file, name)))?;
    if must_build {
        build(interrupt)?;
    }
    match serve(&topology, &file, interrupt) {
        Err(Failure::Interrupted) => {
            terminal::say("Both services have stopped.");
            Ok(())
        }
        other => other,
    }
}

/// Builds both services, with cargo's output on the terminal.
pub(crate) fn build(interrupt: &Interrupt) -> Outcome<()> {
    terminal::say("Building both services (a first build takes two to four minutes) …");
    let mut cargo = environment::cargo();
    cargo.args([
        "build",
        "--package",
        "auth-server",
        "--package",
        "resource-api",
    ]);
    let status = Group::start(&mut cargo, Duration::from_secs(10))
        .map_err(Failure::while_doing("run cargo"))?
        .wait(BUILD_LIMIT, interrupt)?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::because("the build failed; cargo says why above"))
    }
}

/// Starts both, greets, and returns when one of them ends or the person wants to stop.
fn serve(topology: &Topology, file: &[(String, String)], interrupt: &Interrupt) -> Outcome<()> {
    for plan in topology.plans() {
        service::require_free(plan)?;
    }
    let mut services = Vec::new();
    let watched = start(topology, file, &mut services, interrupt).and_then(|()| {
        terminal::say(greeting::text(topology));
        watch(&mut services, interrupt)
    });
    // Both are asked before either is waited for, so that they stop side by side.
    services.iter_mut().for_each(Service::ask_to_stop);
    let stubborn: Vec<_> = services
        .iter_mut()
        .filter_map(|service| (!service.stop()).then_some(service.name()))
        .collect();
    if !stubborn.is_empty() {
        terminal::complain(format!(
            "{} did not stop in time and was killed",
            stubborn.join(", ")
        ));
    }
    watched
}

/// Starts one after the other: the jobs API is ready when it has the auth server's keys.
fn start(
    topology: &Topology,
    file: &[(String, String)],
    services: &mut Vec<Service>,
    interrupt: &Interrupt,
) -> Outcome<()> {
    for plan in topology.plans() {
        services.push(Service::start(plan, file)?);
        let deadline = Instant::now() + READY_WITHIN;
        while let Some((service, reason)) = find_unready(services)? {
            if Instant::now() > deadline {
                let seconds = READY_WITHIN.as_secs();
                let what = format!("is not ready after {seconds} s: {reason}");
                return Err(service.failure(&what));
            }
            interrupt.pause(GLANCE)?;
        }
    }
    Ok(())
}

/// The service that is waited for, unless it is ready, and why; an error when one has ended.
fn find_unready(services: &mut [Service]) -> Outcome<Option<(&Service, String)>> {
    for service in &mut *services {
        service.require_running()?;
    }
    let newest = services
        .last()
        .map(|service| (service, service.ask_readiness()));
    Ok(newest.and_then(|(service, answer)| Some((service, answer.err()?))))
}

fn watch(services: &mut [Service], interrupt: &Interrupt) -> Outcome<()> {
    loop {
        for service in services.iter_mut() {
            service.require_running()?;
        }
        interrupt.pause(GLANCE)?;
    }
}
