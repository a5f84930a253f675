//! What an authentication is worth: `acr` and `amr` (OpenID Connect Core 1.0 §2, RFC 8176;
//! matrix OC-07, OC-36). A class is listed here once there is a way to reach it.

/// An authentication context class. The names are those of SAML 2.0 (saml-authn-context-2.0-os §3.4),
/// the most widely understood URIs for what a login is (Core §2 asks for a URI).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acr {
    /// A password, over TLS or without leaving the machine: issuers are https unless loopback.
    Password,
}

impl Acr {
    /// Every class that can be reached, weakest first: `acr_values_supported`.
    pub const ALL: [Self; 1] = [Self::Password];

    /// The value of `acr`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        }
    }

    /// The values of `amr` that go with it (RFC 8176 §2).
    pub fn amr(self) -> Vec<String> {
        match self {
            Self::Password => vec!["pwd".to_owned()],
        }
    }

    /// From the value of `acr`, exact.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|acr| acr.as_str() == text)
    }

    /// True when an authentication satisfies a request for one of these classes; a request that names
    /// none is satisfied by any. A class is only itself: which is stronger is not ours to guess.
    pub fn satisfies(actual: Option<&str>, wanted: &[&str]) -> bool {
        wanted.is_empty() || actual.is_some_and(|actual| wanted.contains(&actual))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OC-36
    #[test]
    fn oc_36_only_a_class_asked_for_satisfies() {
        let password = Some(Acr::Password.as_str());
        assert!(Acr::satisfies(password, &[]));
        assert!(Acr::satisfies(
            password,
            &["urn:other", Acr::Password.as_str()]
        ));
        assert!(!Acr::satisfies(password, &["urn:other"]));
        assert!(!Acr::satisfies(None, &[Acr::Password.as_str()]));
    }

    /// OC-07: a URI, as OpenID Connect Core §2 asks for.
    #[test]
    fn oc_07_each_class_is_a_uri_and_has_methods() {
        for acr in Acr::ALL {
            assert!(url::Url::parse(acr.as_str()).is_ok());
            assert_eq!(Acr::parse(acr.as_str()), Some(acr));
            assert!(!acr.amr().is_empty());
        }
    }
}
