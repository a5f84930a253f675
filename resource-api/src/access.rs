//! Who may do what. A handler's signature states role and scope (`Caller<Recruiter, JobsWrite>`); what
//! exists for the caller, and whose things they may change, is decided here and becomes part of the query.

use shared_claims::actix::{AllowedRoles, Caller, RequiredScopes};
use shared_claims::{Role, scopes};

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

/// Which jobs exist for the caller: recruiters see their own drafts, administrators all drafts.
pub fn jobs_seen_by<R: AllowedRoles, S: RequiredScopes>(
    caller: &Caller<R, S>,
) -> jobs::store::Sight {
    if caller.has_role(&Role::ADMIN) {
        jobs::store::Sight::All
    } else if caller.has_role(&Role::RECRUITER) {
        jobs::store::Sight::PublishedAndOwn(caller.subject().to_owned())
    } else {
        jobs::store::Sight::Published
    }
}

/// Whose jobs the caller may change, for handlers that let recruiters and administrators in.
pub fn jobs_commanded_by<R: AllowedRoles, S: RequiredScopes>(
    caller: &Caller<R, S>,
) -> jobs::store::Command {
    if caller.has_role(&Role::ADMIN) {
        jobs::store::Command::All
    } else {
        jobs::store::Command::Own(caller.subject().to_owned())
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
    let if_role = |role: &Role| caller.has_role(role).then(|| caller.subject().to_owned());
    applications::store::Sight::Party {
        candidate: if_role(&Role::CANDIDATE),
        recruiter: if_role(&Role::RECRUITER),
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
