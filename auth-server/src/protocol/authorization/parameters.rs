//! Parameters of OpenID Connect Core §3.1.2.1 that are lists or numbers.

use crate::error::Reason;
use crate::model::Prompt;
use crate::protocol::form::AuthorizationForm;

/// More languages than anybody speaks.
const MAX_WORDS: usize = 16;

/// `prompt` (matrix OC-20 to OC-26, AZ-28).
pub(super) fn prompt(form: &AuthorizationForm) -> Result<Prompt, Reason> {
    let mut prompt = Prompt::default();
    for word in form.find("prompt").unwrap_or_default().split_whitespace() {
        match word {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            "select_account" => prompt.select_account = true,
            _ => return Err(Reason::MalformedPrompt),
        }
    }
    let shows_something = prompt.login || prompt.consent || prompt.select_account;
    if prompt.none && shows_something {
        return Err(Reason::MalformedPrompt);
    }
    Ok(prompt)
}

/// `max_age` in seconds (matrix OC-28, OC-29).
pub(super) fn max_age(form: &AuthorizationForm) -> Result<Option<u64>, Reason> {
    let Some(text) = form.find("max_age") else {
        return Ok(None);
    };
    // `+5` is a number for the parser, and none of the specification.
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Reason::MalformedMaxAge);
    }
    text.parse().map(Some).map_err(|_| Reason::MalformedMaxAge)
}

/// A list of words, best first; further ones are of no use.
pub(super) fn words(form: &AuthorizationForm, name: &str) -> Vec<String> {
    form.find(name)
        .unwrap_or_default()
        .split_whitespace()
        .take(MAX_WORDS)
        .map(str::to_owned)
        .collect()
}
