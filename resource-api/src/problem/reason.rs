//! Every reason for which this service says no, with its status, its word and its sentence.

use actix_web::http::StatusCode;

/// Why a request is refused, or failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The body is not JSON, or nested too deeply.
    MalformedJson,
    /// A parameter of the query or a header is wrong.
    InvalidParameter,
    /// The subject of the token cannot be kept as it is.
    UnusableSubject,
    /// There is no such thing, or it is not the caller's.
    NotFound,
    /// The resource does not know this method.
    MethodNotAllowed,
    /// The body did not arrive in time.
    BodyTimeout,
    /// The job is not a draft, so it cannot be published.
    JobNotDraft,
    /// The job is not open, so it cannot be closed or applied to.
    JobNotOpen,
    /// The job has applications, so it cannot be deleted.
    JobHasApplications,
    /// The candidate has applied already.
    AlreadyApplied,
    /// The stage cannot follow the present one.
    IllegalStage,
    /// The application is decided, so it cannot be withdrawn.
    ApplicationDecided,
    /// Others changed the object again and again in the meantime.
    ChangedMeanwhile,
    /// The object has another version than `If-Match` says.
    PreconditionFailed,
    /// The body is larger than the limit.
    BodyTooLarge,
    /// The body has another media type than JSON.
    UnsupportedMediaType,
    /// Fields of the body are wrong.
    InvalidFields,
    /// The `Idempotency-Key` was used with another body.
    IdempotencyKeyReused,
    /// What an earlier request with this `Idempotency-Key` made is gone.
    IdempotentResultGone,
    /// A fault of ours.
    Internal,
    /// A fault that may pass by itself.
    Unavailable,
}

impl Reason {
    /// All reasons, as `docs/jobs-api.md` lists them.
    pub const ALL: [Self; 21] = [
        Self::MalformedJson,
        Self::InvalidParameter,
        Self::UnusableSubject,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::BodyTimeout,
        Self::JobNotDraft,
        Self::JobNotOpen,
        Self::JobHasApplications,
        Self::AlreadyApplied,
        Self::IllegalStage,
        Self::ApplicationDecided,
        Self::ChangedMeanwhile,
        Self::IdempotentResultGone,
        Self::PreconditionFailed,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::InvalidFields,
        Self::IdempotencyKeyReused,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The status code.
    pub fn status(self) -> StatusCode {
        self.row().0
    }

    /// One stable word for programs, logs and metrics.
    pub fn code(self) -> &'static str {
        self.row().1
    }

    /// One sentence for people.
    pub fn sentence(self) -> &'static str {
        self.row().2
    }

    const fn row(self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::MalformedJson => (
                S::BAD_REQUEST,
                "malformed_json",
                "The body is not JSON, or nested too deeply.",
            ),
            Self::InvalidParameter => (
                S::BAD_REQUEST,
                "invalid_parameter",
                "A parameter or header is not valid.",
            ),
            Self::UnusableSubject => (
                S::FORBIDDEN,
                "unusable_subject",
                "The subject of the token is too long, or has spaces around it or control characters.",
            ),
            Self::NotFound => (S::NOT_FOUND, "not_found", "There is nothing here for you."),
            Self::MethodNotAllowed => (
                S::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "This resource has other methods.",
            ),
            Self::BodyTimeout => (
                S::REQUEST_TIMEOUT,
                "body_timeout",
                "The body did not arrive in time.",
            ),
            Self::JobNotDraft => (
                S::CONFLICT,
                "job_not_draft",
                "Only a draft can be published.",
            ),
            Self::JobNotOpen => (S::CONFLICT, "job_not_open", "The job is not open."),
            Self::JobHasApplications => (
                S::CONFLICT,
                "job_has_applications",
                "The job has applications and cannot be deleted; close it instead.",
            ),
            Self::AlreadyApplied => (
                S::CONFLICT,
                "already_applied",
                "You have applied to this job already.",
            ),
            Self::IllegalStage => (
                S::CONFLICT,
                "illegal_stage",
                "This stage cannot follow the present one.",
            ),
            Self::ApplicationDecided => (
                S::CONFLICT,
                "application_decided",
                "The application is decided and cannot be withdrawn.",
            ),
            Self::ChangedMeanwhile => (
                S::CONFLICT,
                "changed_meanwhile",
                "Others are changing this; read it again.",
            ),
            Self::PreconditionFailed => (
                S::PRECONDITION_FAILED,
                "precondition_failed",
                "The object was changed since the version that If-Match names.",
            ),
            Self::BodyTooLarge => (
                S::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "The body is larger than allowed.",
            ),
            Self::UnsupportedMediaType => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send the body as application/json.",
            ),
            Self::InvalidFields => (
                S::UNPROCESSABLE_ENTITY,
                "invalid_fields",
                "Some fields are not valid.",
            ),
            Self::IdempotencyKeyReused => (
                S::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "This Idempotency-Key was used with another body.",
            ),
            Self::IdempotentResultGone => (
                S::CONFLICT,
                "idempotent_result_gone",
                "A request with this Idempotency-Key succeeded earlier; its result is gone since.",
            ),
            Self::Internal => (
                S::INTERNAL_SERVER_ERROR,
                "internal",
                "The service failed; the log has the request id of this answer.",
            ),
            Self::Unavailable => (
                S::SERVICE_UNAVAILABLE,
                "unavailable",
                "The service is busy; try again soon.",
            ),
        }
    }
}
