//! From JSON to the content of an application and to a change of its stage.

use serde_json::{Map, Value};
use url::Url;
use utoipa::ToSchema;

use super::model::{Content, Stage};
use crate::http::fields::{Fields, Text};
use crate::problem::Problem;

const COVER_LETTER: Text = Text::block(16_000);
const NOTE: Text = Text::block(2_000);
const MAX_URL: usize = 2_048;

/// A wanted change of stage.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageMove {
    /// The stage to enter.
    pub stage: Stage,
    /// 1 to 2,000 characters, kept in the history; the candidate sees it.
    #[schema(min_length = 1, max_length = 2_000)]
    pub note: Option<String>,
}

/// The content of a new application.
///
/// # Errors
/// 422 with one entry per wrong field.
pub fn new(members: Map<String, Value>) -> Result<Content, Problem> {
    let mut fields = Fields::new(members);
    let cover_letter = fields
        .required_text("cover_letter", COVER_LETTER)
        .unwrap_or_default();
    let resume_url = fields.optional("resume_url", web_address);
    fields.finish()?;
    Ok(Content {
        cover_letter,
        resume_url,
    })
}

/// A change of stage.
///
/// # Errors
/// 422 with one entry per wrong field.
pub fn stage_move(members: Map<String, Value>) -> Result<StageMove, Problem> {
    let mut fields = Fields::new(members);
    let wanted = fields.required_text("stage", Text::line(16));
    let note = fields.optional_text("note", NOTE);
    let stage = wanted.as_deref().and_then(Stage::parse);
    if wanted.is_some() && stage.is_none() {
        let known = Stage::ALL.map(Stage::as_str).join(", ");
        fields.refuse("stage", format!("must be one of {known}"));
    }
    fields.finish()?;
    // `finish` has refused a missing stage, so the default is never seen.
    Ok(StageMove {
        stage: stage.unwrap_or(Stage::Applied),
        note,
    })
}

/// A link that a recruiter can follow without harm: no script, no file, no credentials inside.
fn web_address(value: &Value) -> Result<String, String> {
    let expected = || format!("must be an http or https URL of at most {MAX_URL} characters");
    let text = value
        .as_str()
        .map(str::trim)
        .filter(|t| t.len() <= MAX_URL)
        .ok_or_else(expected)?;
    let url = Url::parse(text).map_err(|_| expected())?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let plain = !text.chars().any(|c| c.is_control() || c.is_whitespace());
    if !web || !plain {
        return Err(expected());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user name or a password".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_harmless_web_addresses_are_taken() {
        for good in [
            "https://example.com/cv.pdf",
            "http://example.com",
            "https://e.com/?a=b#c",
        ] {
            assert_eq!(web_address(&json!(good)).unwrap(), good);
        }
        for bad in [
            json!("javascript:alert(1)"),
            json!("file:///etc/passwd"),
            json!("https://user:pw@example.com"),
            json!("https://exa\nmple.com"),
            json!("example.com/cv.pdf"),
            json!(format!("https://e.com/{}", "a".repeat(2_048))),
            json!(5),
        ] {
            assert!(web_address(&bad).is_err(), "{bad} was accepted");
        }
    }

    #[test]
    fn an_unknown_stage_is_a_wrong_field() {
        let Value::Object(members) = json!({"stage": "promoted", "by": "me"}) else {
            panic!()
        };
        let problem = stage_move(members).unwrap_err();
        let names: Vec<_> = problem
            .errors()
            .iter()
            .map(|error| error.field.as_str())
            .collect();
        assert_eq!(names, ["stage", "by"]);
    }
}
