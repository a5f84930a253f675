//! Real instances of the real binary, on the database of the round (`CHANCERY_TEST_DATABASE_URL`; a
//! SQLite file and one instance without it): several at once, killed, told to stop, with their
//! database away. The first block is what the tests are made with, the second the tests.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the whole crate is a test"
)]

mod browser;
mod client;
mod database_server;
mod installation;
mod instance;
mod load;
mod mount;
#[expect(
    dead_code,
    reason = "shared with the tests of real clients, which use the rest"
)]
#[path = "../person/mod.rs"]
mod person;
mod proxy;
mod pulse;
mod verifiers;
mod wait;

mod bad_keys;
mod changes;
mod code_races;
mod codes_killed;
mod database_away;
mod database_locked;
mod disk_full;
mod instance_killed;
mod logout_killed;
mod power_cut;
mod races;
mod revocations;
mod rotation;
mod round_robin;
mod starting;
mod stopping;
