//! Who may do what. A handler's signature states role and scope (`Caller<Recruiter, JobsWrite>`); what
//! exists for the caller, and whose things they may change, is decided here and becomes part of the query.

use shared_claims::actix::{AllowedRoles, Caller, RequiredScopes};
use shared_claims::{Role, scopes};

use crate::problem::{Problem, Reason};
use crate::{applications, jobs};

scopes! {
    /// Read jobs.
    pub JobsRead = "jobs:read";
    /// Make, change, publish, close and delete jobs.
    pub JobsWrite = "jobs:write";
    /// Read applications.
    pub ApplicationsRead = "applications:read";
    /// Apply, withdraw, and move applications through their stages.
    pub ApplicationsWrite = "applications:write";
}

/// Longest subject in characters that the tables hold.
const MAX_SUBJECT: usize = 255;

/// The caller's subject, for what they make: it has to come back from every database as it went in.
///
/// # Errors
/// 403 when it cannot: it is longer than 255 characters, has control characters, or begins or ends with
/// a space, which MySQL leaves out of comparisons.
pub fn subject<R: AllowedRoles, S: RequiredScopes>(caller: &Caller<R, S>) -> Result<&str, Problem> {
    find_subject(caller).ok_or_else(|| Reason::UnusableSubject.into())
}

fn find_subject<R: AllowedRoles, S: RequiredScopes>(caller: &Caller<R, S>) -> Option<&str> {
    let subject = caller.subject();
    let faithful = !subject.is_empty()
        && subject.trim() == subject
        && subject.chars().count() <= MAX_SUBJECT
        && !subject.chars().any(char::is_control);
    faithful.then_some(subject)
}

/// Which jobs exist for the caller: recruiters see their own drafts, administrators all drafts.
pub fn jobs_seen_by<R: AllowedRoles, S: RequiredScopes>(
    caller: &Caller<R, S>,
) -> jobs::store::Sight {
    if caller.has_role(&Role::ADMIN) {
        return jobs::store::Sight::All;
    }
    match find_subject(caller).filter(|_| caller.has_role(&Role::RECRUITER)) {
        Some(subject) => jobs::store::Sight::PublishedAndOwn(subject.to_owned()),
        None => jobs::store::Sight::Published,
    }
}

/// Whose jobs the caller may change, for handlers that let recruiters and administrators in.
pub fn jobs_commanded_by<R: AllowedRoles, S: RequiredScopes>(
    caller: &Caller<R, S>,
) -> jobs::store::Command {
    if caller.has_role(&Role::ADMIN) {
        return jobs::store::Command::All;
    }
    match find_subject(caller) {
        Some(subject) => jobs::store::Command::Own(subject.to_owned()),
        None => jobs::store::Command::Nothing,
    }
}

/// Which applications exist for the caller: their own as a candidate, those to their jobs as a
/// recruiter, all as an administrator.
pub fn applications_seen_by<R: AllowedRoles, S: RequiredScopes>(
    caller: &Caller<R, S>,
) -> applications::store::Sight {
    if caller.has_role(&Role::ADMIN) {
        return applications::store::Sight::All;
    }
    let as_role = |role: &Role| {
        find_subject(caller)
            .filter(|_| caller.has_role(role))
            .map(str::to_owned)
    };
    applications::store::Sight::Party {
        candidate: as_role(&Role::CANDIDATE),
        recruiter: as_role(&Role::RECRUITER),
    }
}

/// Which applications the caller may withdraw: their own.
pub fn applications_withdrawn_by<R: AllowedRoles, S: RequiredScopes>(
    caller: &Caller<R, S>,
) -> applications::store::Sight {
    let candidate = find_subject(caller).map(str::to_owned);
    applications::store::Sight::Party {
        candidate,
        recruiter: None,
    }
}

/// Which applications the caller may move: those to their jobs, all as an administrator.
pub fn applications_moved_by<R: AllowedRoles, S: RequiredScopes>(
    caller: &Caller<R, S>,
) -> applications::store::Sight {
    match applications_seen_by(caller) {
        applications::store::Sight::Party { recruiter, .. } => applications::store::Sight::Party {
            candidate: None,
            recruiter,
        },
        all @ applications::store::Sight::All => all,
    }
}
