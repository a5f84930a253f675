//! The refusals that operations share, for their lists of responses.

use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::problem::{PROBLEM_JSON, ProblemBody};

type Responses = BTreeMap<String, RefOr<Response>>;

/// What every protected operation may answer.
pub struct Protected;
/// A parameter or header is wrong.
pub struct BadParameter;
/// The body is wrong, in one of many ways.
pub struct BadBody;
/// There is no such thing, or it is not the caller's.
pub struct Missing;
/// The state of the thing does not allow this.
pub struct Conflict;
/// `If-Match` names another version.
pub struct Precondition;

impl IntoResponses for Protected {
    fn responses() -> Responses {
        let challenge = [(
            "WWW-Authenticate",
            "Challenge with `resource_metadata` (RFC 9728 §5.1).",
        )];
        let pause = [("Retry-After", "Seconds to wait.")];
        BTreeMap::from([
            refusal(
                "400",
                "A malformed `Authorization` header, or more than one.",
                &challenge,
            ),
            refusal("401", "No token, or `invalid_token`.", &challenge),
            refusal(
                "403",
                "A scope (`insufficient_scope`) or the role is missing.",
                &challenge,
            ),
            refusal("500", "A fault of the service.", &[]),
            refusal(
                "503",
                "The service is busy, or has no keys to verify tokens.",
                &pause,
            ),
        ])
    }
}

impl IntoResponses for BadParameter {
    fn responses() -> Responses {
        BTreeMap::from([refusal(
            "400",
            "A parameter or header is not valid, `Authorization` among them.",
            &[],
        )])
    }
}

impl IntoResponses for BadBody {
    fn responses() -> Responses {
        BTreeMap::from([
            refusal(
                "400",
                "The body is not JSON, or a parameter or header is not valid, `Authorization` among them.",
                &[],
            ),
            refusal("408", "The body did not arrive in time.", &[]),
            refusal("413", "The body is too large.", &[]),
            refusal("415", "The body has another media type.", &[]),
            refusal(
                "422",
                "Fields are not valid: one entry per field in `errors`.",
                &[],
            ),
        ])
    }
}

impl IntoResponses for Missing {
    fn responses() -> Responses {
        BTreeMap::from([refusal(
            "404",
            "There is no such thing, or it is not yours.",
            &[],
        )])
    }
}

impl IntoResponses for Conflict {
    fn responses() -> Responses {
        BTreeMap::from([refusal(
            "409",
            "Its state does not allow this; `code` says why.",
            &[],
        )])
    }
}

impl IntoResponses for Precondition {
    fn responses() -> Responses {
        BTreeMap::from([refusal(
            "412",
            "It was changed since the version in `If-Match`.",
            &[],
        )])
    }
}

fn refusal(status: &str, description: &str, headers: &[(&str, &str)]) -> (String, RefOr<Response>) {
    let schema = Ref::from_schema_name(ProblemBody::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let mut response = ResponseBuilder::new()
        .description(description)
        .content(PROBLEM_JSON, content);
    for (name, description) in headers {
        let text = ObjectBuilder::new().schema_type(Type::String).build();
        let header = HeaderBuilder::new()
            .schema(Some(text))
            .description(Some(*description))
            .build();
        response = response.header(*name, header);
    }
    (status.to_owned(), response.build().into())
}
