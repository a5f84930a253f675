//! What is known about a person: the standard claims of OpenID Connect Core 1.0 §5.1 that have no
//! column of their own (matrix OC-50, OC-51, OC-61).
//!
//! A profile only ever holds values that were checked; a claim without a value is absent (OC-10).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use check::Kind;

mod check;

/// Every claim that a profile can hold, and what its value looks like. `name`, `email`,
/// `email_verified` and `updated_at` are members of `User`.
const CLAIMS: [(&str, Kind); 15] = [
    ("given_name", Kind::Text),
    ("family_name", Kind::Text),
    ("middle_name", Kind::Text),
    ("nickname", Kind::Text),
    ("preferred_username", Kind::Text),
    ("profile", Kind::Url),
    ("picture", Kind::Url),
    ("website", Kind::Url),
    ("gender", Kind::Text),
    ("birthdate", Kind::Birthdate),
    ("zoneinfo", Kind::Zone),
    ("locale", Kind::Locale),
    ("phone_number", Kind::Phone),
    ("phone_number_verified", Kind::Flag),
    ("address", Kind::Address),
];

/// Kept beside the claims: when one of them, `name` or `email` last changed, in seconds.
const UPDATED_AT: &str = "updated_at";
/// The database keeps it as one text, and one answer of the userinfo endpoint holds it.
const MAX_BYTES: usize = 16 * 1024;
/// With the same claim in several languages.
const MAX_CLAIMS: usize = 64;

/// Checked claims by their names; a name may carry a language tag (`family_name#ja`, Core §5.2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profile(Map<String, Value>);

/// Why a claim was not taken. The text is for whoever sent it and never repeats the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{claim}: {problem}")]
pub struct ProfileError {
    /// The claim.
    pub claim: String,
    /// What its value has to be.
    pub problem: &'static str,
}

impl Profile {
    /// Names of all claims that a profile can hold.
    pub fn claim_names() -> impl Iterator<Item = &'static str> {
        CLAIMS.iter().map(|(name, _)| *name)
    }

    /// The value of a claim.
    pub fn find(&self, claim: &str) -> Option<&Value> {
        self.0.get(claim)
    }

    /// Sets a claim; `null` takes it away.
    ///
    /// # Errors
    /// [`ProfileError`] for a claim that there is not, a value of another form, or too many of them.
    pub fn set(&mut self, claim: &str, value: Value) -> Result<(), ProfileError> {
        let refuse = |problem| ProfileError {
            claim: claim.to_owned(),
            problem,
        };
        let kind = kind(claim).ok_or_else(|| refuse("there is no such claim"))?;
        if value.is_null() {
            self.0.remove(claim);
            return Ok(());
        }
        kind.check(&value).map_err(refuse)?;
        self.0.insert(claim.to_owned(), value);
        if self.0.len() > MAX_CLAIMS || self.to_json().len() > MAX_BYTES {
            self.0.remove(claim);
            return Err(refuse("the profile would become too large"));
        }
        Ok(())
    }

    /// When the person's data last changed, in seconds since 1970.
    pub fn updated_at(&self) -> Option<i64> {
        self.0.get(UPDATED_AT)?.as_i64()
    }

    /// Notes that the person's data changed.
    pub fn touch(&mut self, seconds: i64) {
        self.0.insert(UPDATED_AT.to_owned(), seconds.into());
    }

    /// The claims without the time of their change.
    pub fn claims(&self) -> Map<String, Value> {
        let mut claims = self.0.clone();
        claims.remove(UPDATED_AT);
        claims
    }

    /// The stored form.
    pub fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// From the stored form.
    ///
    /// # Errors
    /// When it is not a JSON object.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// True for what may be the value of `email`.
pub fn is_email(text: &str) -> bool {
    check::is_email(text)
}

/// Judges the two claims that have columns of their own.
///
/// # Errors
/// [`ProfileError`].
pub fn check_person(name: Option<&str>, email: Option<&str>) -> Result<(), ProfileError> {
    let refuse = |claim: &str, problem| ProfileError {
        claim: claim.to_owned(),
        problem,
    };
    if !name.is_none_or(check::is_line) {
        return Err(refuse("name", check::TEXT));
    }
    if !email.is_none_or(check::is_email) {
        return Err(refuse(
            "email",
            "an e-mail address, such as anna@example.com",
        ));
    }
    Ok(())
}

/// The name of a claim before its language tag (Core §5.2).
pub fn base(claim: &str) -> &str {
    claim.split_once('#').map_or(claim, |(base, _)| base)
}

fn kind(claim: &str) -> Option<Kind> {
    let is_tag_fine = match claim.split_once('#') {
        None => true,
        // Only what people read has languages.
        Some((base, tag)) => {
            check::is_language_tag(tag)
                && CLAIMS
                    .iter()
                    .any(|(name, kind)| *name == base && *kind == Kind::Text)
        }
    };
    CLAIMS
        .iter()
        .find(|(name, _)| is_tag_fine && *name == base(claim))
        .map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests;
