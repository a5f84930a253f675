//! What the client gets: a code or an error, always with `iss` and, if there was one, `state`
//! (RFC 6749 §4.1.2, RFC 9207 §2; matrix AZ-15, ISS-01).

use crate::context::RequestContext;
use crate::error::{Fault, FaultKind, Refusal};
use crate::model::{Client, Origin, ResponseMode, ReturnAddress};
use crate::secret::Secret;

/// An authorization response.
#[derive(Debug)]
pub struct Answer {
    /// Where to.
    pub address: ReturnAddress,
    /// Names and values, in order.
    pub parameters: Vec<(&'static str, String)>,
    /// The code of an error; `None` for success.
    pub error: Option<&'static str>,
    /// An error for a client that nobody vouches for: the user goes on by hand (RFC 9700 §4.11.2;
    /// matrix AZ-18).
    pub is_untrusted: bool,
}

impl Answer {
    /// A code.
    pub(super) fn code(ctx: &RequestContext, address: ReturnAddress, code: &Secret) -> Self {
        let first = ("code", code.expose().to_owned());
        Self::new(ctx, address, vec![first])
    }

    /// An error. Logged here, once.
    pub(super) fn refused(
        ctx: &RequestContext,
        client: &Client,
        address: ReturnAddress,
        refusal: &Refusal,
    ) -> Self {
        let reason = refusal.reason;
        tracing::info!(
            reason = reason.as_str(),
            client_id = %client.id,
            "authorization request refused"
        );
        metrics::counter!("auth_refusals_total", "reason" => reason.as_str()).increment(1);
        let code = reason.code();
        let description = refusal.hint.unwrap_or_else(|| code.description());
        Self::error(ctx, client, address, (code.as_str(), description))
    }

    /// Our failure (matrix GEN-24). Logged here, once.
    pub(super) fn failed(
        ctx: &RequestContext,
        client: &Client,
        address: ReturnAddress,
        fault: &Fault,
    ) -> Self {
        tracing::error!(cause = fault.chain(), kind = ?fault.kind, "request failed");
        metrics::counter!("auth_faults_total", "doing" => fault.doing).increment(1);
        let error = match fault.kind {
            FaultKind::Broken => ("server_error", "An internal error occurred."),
            FaultKind::Unavailable | FaultKind::Overloaded => (
                "temporarily_unavailable",
                "The server cannot answer at the moment. Try again later.",
            ),
        };
        Self::error(ctx, client, address, error)
    }

    /// The answer as one URL, for a redirect or a link.
    pub fn url(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.parameters);
        let query = query.finish();
        // What was registered is kept as it is, octet by octet (matrix AZ-07).
        let uri = &self.address.redirect_uri;
        match uri.split_once('?') {
            None => format!("{uri}?{query}"),
            Some((_, "")) => format!("{uri}{query}"),
            Some(_) => format!("{uri}&{query}"),
        }
    }

    /// True when the browser has to post it.
    pub fn is_form_post(&self) -> bool {
        self.address.mode == ResponseMode::FormPost
    }

    fn error(
        ctx: &RequestContext,
        client: &Client,
        address: ReturnAddress,
        (error, description): (&'static str, &str),
    ) -> Self {
        let parameters = vec![
            ("error", error.to_owned()),
            ("error_description", description.to_owned()),
        ];
        let mut answer = Self::new(ctx, address, parameters);
        answer.error = Some(error);
        answer.is_untrusted = client.metadata.origin == Origin::Registration;
        answer
    }

    fn new(
        ctx: &RequestContext,
        address: ReturnAddress,
        mut parameters: Vec<(&'static str, String)>,
    ) -> Self {
        if let Some(state) = &address.state {
            parameters.push(("state", state.clone()));
        }
        parameters.push(("iss", ctx.settings().issuer.as_str().to_owned()));
        Self {
            address,
            parameters,
            error: None,
            is_untrusted: false,
        }
    }
}
