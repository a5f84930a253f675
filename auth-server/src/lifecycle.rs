//! What happens to tokens after they were issued, and what a refusal leaves behind.

mod introspect;
mod logout;
mod prune;
mod revoke;
mod settle;
mod withdraw;

pub use introspect::{Caller, INTROSPECT, Introspection, introspect, sign as sign_introspection};
pub use logout::{
    LoggedOut, LogoutProblem, LogoutRequest, LogoutStep, deliver_due, log_out, read_logout,
};
pub use prune::prune;
pub use revoke::revoke;
pub use settle::settle;
pub use withdraw::withdraw;
