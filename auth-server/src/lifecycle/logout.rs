//! Logout: a client or the user asks for it, the session ends, and every client that took part hears of
//! it (OpenID Connect RP-Initiated Logout 1.0, Back-Channel Logout 1.0, Front-Channel Logout 1.0; matrix
//! LO-01 to LO-32; attacks LC-05, SS-04).

mod deliver;
mod end;
mod request;

pub use deliver::deliver_due;
pub use end::{LoggedOut, log_out};
pub use request::{LogoutProblem, LogoutRequest, LogoutStep, read_logout};
