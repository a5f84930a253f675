//! `backup`, `restore` and `copy` by the real binary (issue 3 "Backup and move"): what arrives, what is
//! refused, and that a refusal changes nothing. Tests of `copy` run between SQLite and the engine of
//! the round; with `CHANCERY_TEST_POSTGRES_URL` and `CHANCERY_TEST_MYSQL_URL`, over those as well.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the whole crate is a test"
)]

mod backup;
mod bulk;
mod copy;
mod interrupted;
mod journey;
mod occupied;
mod places;
#[path = "../cli/program.rs"]
mod program;
mod restore;
mod samples;
mod server;
mod target_url;
