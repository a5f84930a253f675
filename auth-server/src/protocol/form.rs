//! Request bodies of OAuth endpoints: `application/x-www-form-urlencoded`, strictly
//! (RFC 6749 §3.2 and Appendix B; matrix GEN-05, GEN-07, GEN-08, GEN-11).

use zeroize::Zeroizing;

use crate::error::{Reason, Refusal};
use crate::secret::Secret;

/// More parameters than any request of ours has; beyond, somebody plays (attack DS-05).
const MAX_PARAMETERS: usize = 64;
/// What some request cannot do without, in words for its developer.
const REQUIRED: [(&str, &str); 6] = [
    ("grant_type", "The parameter grant_type is missing."),
    ("code", "The parameter code is missing."),
    ("username", "The parameter username is missing."),
    ("password", "The parameter password is missing."),
    ("refresh_token", "The parameter refresh_token is missing."),
    ("token", "The parameter token is missing."),
];
/// What may come more than once (RFC 8707 §2; matrix GEN-06).
const MAY_REPEAT: [&str; 1] = ["resource"];

/// The parameters of one request: each name once, empty ones left out, wiped on drop.
#[derive(Default)]
pub struct OAuthForm {
    pairs: Vec<(String, Zeroizing<String>)>,
}

impl std::fmt::Debug for OAuthForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.pairs.iter().map(|(name, _)| name))
            .finish()
    }
}

impl OAuthForm {
    /// Parses a body. Names are compared exactly; unknown ones are kept and ignored.
    ///
    /// # Errors
    /// [`Reason::BrokenEncoding`], [`Reason::RepeatedParameter`], [`Reason::TooManyParameters`].
    pub fn parse(body: &[u8]) -> Result<Self, Reason> {
        let (form, repeated) = Self::read(body)?;
        if repeated.is_empty() {
            Ok(form)
        } else {
            Err(Reason::RepeatedParameter)
        }
    }

    /// Parses, and names what came more than once; of those the first value counts.
    fn read(body: &[u8]) -> Result<(Self, Vec<String>), Reason> {
        let mut pairs: Vec<(String, Zeroizing<String>)> = Vec::new();
        let mut repeated = Vec::new();
        for piece in body
            .split(|byte| *byte == b'&')
            .filter(|piece| !piece.is_empty())
        {
            if pairs.len() == MAX_PARAMETERS {
                return Err(Reason::TooManyParameters);
            }
            let cut = piece.iter().position(|byte| *byte == b'=');
            let (name, value) = cut.map_or((piece, &[][..]), |at| (&piece[..at], &piece[at + 1..]));
            let name = decode(name)?;
            let value = decode(value)?;
            let is_known = pairs.iter().any(|(known, _)| *known == *name);
            if is_known && !MAY_REPEAT.contains(&name.as_str()) {
                repeated.push(name.to_string());
            } else {
                pairs.push((name.to_string(), value));
            }
        }
        // Only now: `scope=&scope=a` is a repetition although one of the two is empty.
        pairs.retain(|(_, value)| !value.is_empty());
        Ok((Self { pairs }, repeated))
    }

    /// Every value of a parameter that may come more than once.
    pub fn find_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a parameter; `None` when absent or empty (RFC 6749 §3.2).
    pub fn find(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that the request cannot do without.
    ///
    /// # Errors
    /// [`Reason::MissingParameter`], and the developer is told which one.
    pub fn require(&self, name: &str) -> Result<&str, Refusal> {
        self.find(name).ok_or_else(|| missing(name))
    }

    /// True when there is nothing in it at all.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The value of a secret parameter, in custody.
    pub fn find_secret(&self, name: &str) -> Option<Secret> {
        self.find(name).map(Secret::new)
    }
}

/// The parameters of an authorization request. Where the answer to a repetition goes is decided only
/// when it is known whose redirect URI it is (matrix AZ-13), so repetitions are noted here.
#[derive(Debug, Default)]
pub struct AuthorizationForm {
    form: OAuthForm,
    repeated: Vec<String>,
}

impl AuthorizationForm {
    /// Parses a query or a body.
    ///
    /// # Errors
    /// [`Reason::BrokenEncoding`], [`Reason::TooManyParameters`].
    pub fn parse(text: &[u8]) -> Result<Self, Reason> {
        let (form, repeated) = OAuthForm::read(text)?;
        Ok(Self { form, repeated })
    }

    /// Parses a body. What the query of its URL says as well came more than once (matrix GEN-05);
    /// otherwise the query counts for nothing.
    ///
    /// # Errors
    /// As [`AuthorizationForm::parse`].
    pub fn parse_beside(body: &[u8], query: &[u8]) -> Result<Self, Reason> {
        let mut form = Self::parse(body)?;
        let Ok((query, _)) = OAuthForm::read(query) else {
            return Ok(form);
        };
        for (name, _) in query.pairs {
            if form.find(&name).is_some() && !MAY_REPEAT.contains(&name.as_str()) {
                form.repeated.push(name);
            }
        }
        Ok(form)
    }

    /// The first value of a parameter; `None` when absent or empty.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.form.find(name)
    }

    /// Every value of a parameter that may come more than once.
    pub fn find_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.form.find_all(name)
    }

    /// Whether this one came more than once.
    pub fn is_repeated(&self, name: &str) -> bool {
        self.repeated.iter().any(|one| one == name)
    }

    /// Whether any came more than once.
    pub fn has_repetition(&self) -> bool {
        !self.repeated.is_empty()
    }

    /// Whether a value holds U+0000, which no text of OAuth does and PostgreSQL refuses to keep.
    pub fn holds_nul(&self) -> bool {
        self.form
            .pairs
            .iter()
            .any(|(_, value)| value.contains('\0'))
    }

    /// The same request as a query.
    pub fn to_query(&self) -> String {
        let pairs = self.form.pairs.iter();
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs.map(|(name, value)| (name.as_str(), value.as_str())))
            .finish()
    }

    /// The longest value of a parameter that is not among `except`, in bytes.
    pub fn longest_value(&self, except: &[&str]) -> usize {
        let values = self.form.pairs.iter();
        values
            .filter(|(name, _)| !except.contains(&name.as_str()))
            .map(|(_, value)| value.len())
            .max()
            .unwrap_or_default()
    }
}

impl From<OAuthForm> for AuthorizationForm {
    fn from(form: OAuthForm) -> Self {
        Self {
            form,
            repeated: Vec::new(),
        }
    }
}

fn missing(name: &str) -> Refusal {
    let refusal = Refusal::from(Reason::MissingParameter);
    let known = REQUIRED.iter().find(|(known, _)| *known == name);
    match known {
        Some((_, hint)) => refusal.with_hint(hint),
        None => refusal,
    }
}

/// Decodes one name, value, or half of a Basic header: `+` is a space, `%XX` a byte, the whole UTF-8.
///
/// # Errors
/// [`Reason::BrokenEncoding`].
pub fn decode(text: &[u8]) -> Result<Zeroizing<String>, Reason> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (Some(high), Some(low)) = (rest.next(), rest.next()) else {
                    return Err(Reason::BrokenEncoding);
                };
                hex(*high)? << 4 | hex(*low)?
            }
            plain => *plain,
        });
    }
    std::str::from_utf8(&bytes)
        .map(|text| Zeroizing::new(text.to_owned()))
        .map_err(|_| Reason::BrokenEncoding)
}

fn hex(digit: u8) -> Result<u8, Reason> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
        .ok_or(Reason::BrokenEncoding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn form(body: &str) -> Result<OAuthForm, Reason> {
        OAuthForm::parse(body.as_bytes())
    }

    /// PW-10, RFC 6749 Appendix B.
    #[test]
    fn pw_10_values_survive_the_encoding() {
        let form = form("a=p%2Ba%26b%2520+%C3%BC&b=1").unwrap();
        assert_eq!(form.find("a"), Some("p+a&b%20 ü"));
        assert_eq!(form.find("b"), Some("1"));
    }

    /// GEN-05: also when the two are equal, and when one of them is empty.
    #[test]
    fn gen_05_a_repeated_parameter_is_refused() {
        for body in ["scope=a&scope=b", "a=1&a=1", "a=&a=1", "a=1&%61=2", "a&a"] {
            assert_eq!(form(body).unwrap_err(), Reason::RepeatedParameter, "{body}");
        }
    }

    /// GEN-07.
    #[test]
    fn gen_07_an_empty_parameter_is_an_absent_one() {
        let form = form("scope=&client_secret&a=b").unwrap();
        assert_eq!(form.find("scope"), None);
        assert_eq!(form.find("client_secret"), None);
        assert_eq!(
            form.require("scope").unwrap_err().reason,
            Reason::MissingParameter
        );
    }

    /// GEN-11.
    #[test]
    fn gen_11_broken_encoding_is_refused() {
        for body in ["a=%", "a=%4", "a=%zz", "a=%ff%fe", "%c3=1", "a=%ed%a0%80"] {
            assert_eq!(form(body).unwrap_err(), Reason::BrokenEncoding, "{body}");
        }
    }

    /// GEN-05: at the authorization endpoint the query of a POST can only repeat.
    #[test]
    fn gen_05_beside_a_body_the_query_counts_as_a_repetition_or_not_at_all() {
        for (query, is_repeated) in [("a=2", true), ("b=2", false), ("a=%zz", false), ("", false)] {
            let form = AuthorizationForm::parse_beside(b"a=1", query.as_bytes()).unwrap();
            assert_eq!(form.find("a"), Some("1"));
            assert_eq!(form.find("b"), None);
            assert_eq!(form.is_repeated("a"), is_repeated, "{query}");
        }
    }

    /// DS-05.
    #[test]
    fn ds_05_many_parameters_are_refused() {
        let body = (0..10_000)
            .map(|i| format!("k{i}=v"))
            .collect::<Vec<_>>()
            .join("&");
        assert_eq!(form(&body).unwrap_err(), Reason::TooManyParameters);
    }

    #[test]
    fn the_debug_form_shows_names_only() {
        let shown = format!("{:?}", form("password=hunter2").unwrap());
        assert!(shown.contains("password") && !shown.contains("hunter2"));
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(value in "\\PC{1,40}") {
            let body = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("v", &value).finish();
            let form = OAuthForm::parse(body.as_bytes()).unwrap();
            prop_assert_eq!(form.find("v"), Some(value.as_str()));
        }

        #[test]
        fn no_body_makes_it_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = OAuthForm::parse(&body);
        }
    }
}
