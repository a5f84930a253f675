//! The identifier in a path. It is taken as it comes and judged by the handler, after the caller: a
//! stranger learns nothing from the form of an identifier.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::id::Id;
use crate::problem::{Problem, Reason};

/// The path segment `{id}`.
#[derive(Debug)]
pub struct PathId(Option<Id>);

impl FromRequest for PathId {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.match_info().get("id").and_then(Id::parse))))
    }
}

impl PathId {
    /// The identifier.
    ///
    /// # Errors
    /// 404 when the text cannot be one of ours: the same as for one that does not exist.
    pub fn require(self) -> Result<Id, Problem> {
        self.0.ok_or_else(|| Reason::NotFound.into())
    }
}
