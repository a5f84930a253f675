//! What a request presents as client credentials: one mechanism, or none, never two
//! (RFC 6749 §2.3; matrix CA-05, CA-11 to CA-14, CA-16).

use super::{assertion, basic};
use crate::error::{Reason, Refusal};
use crate::model::{AuthMethod, ClientId};
use crate::protocol::form::OAuthForm;
use crate::secret::Secret;

/// A client's word about itself, not yet proven.
#[derive(Debug)]
pub struct Presented {
    /// Who it says it is.
    pub client_id: ClientId,
    /// The proof, where one was given: a secret, or with [`AuthMethod::PrivateKeyJwt`] an assertion.
    pub secret: Option<Secret>,
    /// The mechanism used; [`AuthMethod::None`] without a secret.
    pub method: AuthMethod,
}

/// Reads the credentials of a request. `headers` are all values of `Authorization`;
/// `default_client` is who a blank Basic header means (setting `docs_ui.default_client_id`).
///
/// # Errors
/// [`Reason::SeveralClientCredentials`] (400) for two mechanisms; otherwise 401 `invalid_client`.
pub fn identify(
    headers: &[&[u8]],
    form: &OAuthForm,
    default_client: Option<&str>,
) -> Result<Presented, Refusal> {
    let asserts =
        form.find("client_assertion").is_some() || form.find("client_assertion_type").is_some();
    let body_id = form.find("client_id");
    let body_secret = form.find_secret("client_secret");
    let header = match headers {
        [] => None,
        [one] => Some(basic::parse(one)?),
        _ => return Err(Reason::MalformedBasic.into()),
    };

    let has_basic_secret = header
        .as_ref()
        .is_some_and(|basic| !basic.secret.is_empty());
    let mechanisms =
        usize::from(has_basic_secret) + usize::from(body_secret.is_some()) + usize::from(asserts);
    if mechanisms > 1 {
        return Err(Refusal::from(Reason::SeveralClientCredentials)
            .with_hint("Use one client authentication method only."));
    }
    if asserts {
        let header_id = header.as_ref().map(|basic| basic.id.as_str());
        return from_assertion(form, [body_id, header_id.filter(|id| !id.is_empty())]);
    }

    match header {
        Some(basic) if basic.id.is_empty() && basic.secret.is_empty() => {
            from_body(body_id.or(default_client), body_secret)
        }
        Some(basic) if basic.id.is_empty() => Err(Reason::MalformedBasic.into()),
        Some(basic) => {
            if body_id.is_some_and(|id| id != basic.id) {
                return Err(Reason::ClientMismatch.into());
            }
            if basic.secret.is_empty() {
                return from_body(Some(&basic.id), body_secret);
            }
            Ok(Presented {
                client_id: ClientId::new(basic.id),
                secret: Some(basic.secret),
                method: AuthMethod::Basic,
            })
        }
        None => from_body(body_id, body_secret),
    }
}

/// The client is who signed; other places that name one must name the same (RFC 7521 §4.2).
fn from_assertion(form: &OAuthForm, named: [Option<&str>; 2]) -> Result<Presented, Refusal> {
    if form.find("client_assertion_type") != Some(assertion::ASSERTION_TYPE) {
        return Err(Reason::WrongAssertion.into());
    }
    let secret = form.find_secret("client_assertion");
    let secret = secret.ok_or(Reason::WrongAssertion)?;
    let client_id = assertion::find_issuer(&secret).ok_or(Reason::WrongAssertion)?;
    if named
        .into_iter()
        .flatten()
        .any(|id| id != client_id.as_str())
    {
        return Err(Reason::ClientMismatch.into());
    }
    Ok(Presented {
        client_id,
        secret: Some(secret),
        method: AuthMethod::PrivateKeyJwt,
    })
}

fn from_body(id: Option<&str>, secret: Option<Secret>) -> Result<Presented, Refusal> {
    let id = id.ok_or(Reason::NoClient)?;
    let method = if secret.is_some() {
        AuthMethod::Post
    } else {
        AuthMethod::None
    };
    Ok(Presented {
        client_id: ClientId::new(id),
        secret,
        method,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    fn see(basic: Option<&str>, body: &str) -> Result<(String, AuthMethod), Reason> {
        let header = basic.map(|text| format!("Basic {}", STANDARD.encode(text)));
        let headers: Vec<&[u8]> = header.iter().map(String::as_bytes).collect();
        let form = OAuthForm::parse(body.as_bytes()).unwrap();
        identify(&headers, &form, Some("docs"))
            .map(|seen| (seen.client_id.into_string(), seen.method))
            .map_err(|refusal| refusal.reason)
    }

    /// CA-05, CA-08, CA-11, CA-12, CA-13, CA-16 as one table.
    #[test]
    fn one_mechanism_counts_and_two_are_refused() {
        type Case = (
            Option<&'static str>,
            &'static str,
            Result<(&'static str, AuthMethod), Reason>,
        );
        let table: [Case; 14] = [
            (Some("a:s"), "", Ok(("a", AuthMethod::Basic))),
            (Some("a:s"), "client_id=a", Ok(("a", AuthMethod::Basic))),
            (Some("a:s"), "client_id=b", Err(Reason::ClientMismatch)),
            (
                Some("a:s"),
                "client_secret=s",
                Err(Reason::SeveralClientCredentials),
            ),
            (
                Some("a:s"),
                "client_id=a&client_secret=x",
                Err(Reason::SeveralClientCredentials),
            ),
            (
                Some("a:s"),
                "client_assertion=x",
                Err(Reason::SeveralClientCredentials),
            ),
            (Some("a:"), "", Ok(("a", AuthMethod::None))),
            (Some(":"), "", Ok(("docs", AuthMethod::None))),
            (Some(":"), "client_id=a", Ok(("a", AuthMethod::None))),
            (Some(":s"), "", Err(Reason::MalformedBasic)),
            (
                None,
                "client_id=a&client_secret=s",
                Ok(("a", AuthMethod::Post)),
            ),
            (
                None,
                "client_id=a&client_secret=",
                Ok(("a", AuthMethod::None)),
            ),
            (None, "client_secret=s", Err(Reason::NoClient)),
            (
                None,
                "client_id=a&client_assertion=x",
                Err(Reason::WrongAssertion),
            ),
        ];
        for (basic, body, expected) in table {
            let expected = expected.map(|(id, method)| (id.to_owned(), method));
            assert_eq!(see(basic, body), expected, "{basic:?} {body}");
        }
    }

    #[test]
    fn two_authorization_headers_are_malformed() {
        let form = OAuthForm::default();
        let refusal = identify(&[b"Basic YTpi", b"Basic YTpi"], &form, None).unwrap_err();
        assert_eq!(refusal.reason, Reason::MalformedBasic);
    }
}
