//! From JSON to the content of a job: a new one whole, a changed one as a merge patch (RFC 7396).

use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::model::Content;
use crate::http::fields::{Fields, Text};
use crate::problem::Problem;

const TITLE: Text = Text::line(200);
const DESCRIPTION: Text = Text::block(16_000);
const LOCATION: Text = Text::line(200);
const EMPLOYMENT_TYPE: Text = Text::line(60);

/// Highest salary that is taken for one: above it, somebody typed too many digits.
const MAX_SALARY: i64 = 1_000_000_000_000;

/// A change of a job as a JSON merge patch: absent members stay, `null` removes an optional one.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "describes the body in the OpenAPI document; `patched` reads it"
)]
pub struct JobPatch {
    /// One line, 1 to 200 characters.
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 200,
        example = "Senior Rust engineer"
    )]
    title: Option<String>,
    /// 1 to 16,000 characters.
    #[schema(nullable = false, min_length = 1, max_length = 16_000)]
    description: Option<String>,
    /// One line, 1 to 200 characters.
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    location: Option<String>,
    /// One line, 1 to 60 characters; `null` removes it.
    #[schema(min_length = 1, max_length = 60)]
    employment_type: Option<String>,
    /// At most `salary_max`; `null` removes it.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    salary_min: Option<i64>,
    /// At least `salary_min`; `null` removes it.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    salary_max: Option<i64>,
    /// Three capital letters (ISO 4217); `null` removes it.
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: Option<String>,
}

/// The content of a new job.
///
/// # Errors
/// 422 with one entry per wrong field.
pub fn new(members: Map<String, Value>) -> Result<Content, Problem> {
    let mut fields = Fields::new(members);
    let content = Content {
        title: fields.required_text("title", TITLE).unwrap_or_default(),
        description: fields
            .required_text("description", DESCRIPTION)
            .unwrap_or_default(),
        location: fields
            .required_text("location", LOCATION)
            .unwrap_or_default(),
        employment_type: fields.optional_text("employment_type", EMPLOYMENT_TYPE),
        salary_min: fields.optional("salary_min", salary),
        salary_max: fields.optional("salary_max", salary),
        currency: fields.optional("currency", currency),
    };
    finish(fields, content)
}

/// The content of a job after a merge patch.
///
/// # Errors
/// 422 with one entry per wrong field.
pub fn patched(mut content: Content, members: Map<String, Value>) -> Result<Content, Problem> {
    let mut fields = Fields::new(members);
    if let Some(title) = fields.patch_required_text("title", TITLE) {
        content.title = title;
    }
    if let Some(description) = fields.patch_required_text("description", DESCRIPTION) {
        content.description = description;
    }
    if let Some(location) = fields.patch_required_text("location", LOCATION) {
        content.location = location;
    }
    fields
        .patch_text("employment_type", EMPLOYMENT_TYPE)
        .apply_to(&mut content.employment_type);
    fields
        .patch("salary_min", salary)
        .apply_to(&mut content.salary_min);
    fields
        .patch("salary_max", salary)
        .apply_to(&mut content.salary_max);
    fields
        .patch("currency", currency)
        .apply_to(&mut content.currency);
    finish(fields, content)
}

fn finish(mut fields: Fields, content: Content) -> Result<Content, Problem> {
    if let (Some(min), Some(max)) = (content.salary_min, content.salary_max)
        && min > max
    {
        fields.refuse("salary_min", "must be at most salary_max");
    }
    fields.finish()?;
    Ok(content)
}

fn salary(value: &Value) -> Result<i64, String> {
    // `1000.0` is a whole number, too: languages without integers write it so.
    let written_as_float = || value.as_f64()?.to_string().parse().ok();
    value
        .as_i64()
        .or_else(written_as_float)
        .filter(|salary| (0..=MAX_SALARY).contains(salary))
        .ok_or_else(|| format!("must be a whole number, 0 to {MAX_SALARY}"))
}

fn currency(value: &Value) -> Result<String, String> {
    value
        .as_str()
        .filter(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
        .map(str::to_owned)
        .ok_or_else(|| "must be three capital letters (ISO 4217)".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(value: Value) -> Map<String, Value> {
        let Value::Object(members) = value else {
            panic!("not an object")
        };
        members
    }

    fn wrong_fields(result: Result<Content, Problem>) -> Vec<String> {
        result
            .unwrap_err()
            .errors()
            .iter()
            .map(|error| error.field.clone())
            .collect()
    }

    fn rust_job() -> Content {
        new(members(
            json!({"title": "Rust", "description": "d", "location": "Berlin",
            "salary_min": 1, "salary_max": 2, "currency": "EUR"}),
        ))
        .unwrap()
    }

    #[test]
    fn a_new_job_names_every_wrong_field() {
        let body = json!({"title": "", "location": 5, "salary_min": -1, "salary_max": 1.5,
            "currency": "euro", "status": "open"});
        assert_eq!(
            wrong_fields(new(members(body))),
            [
                "title",
                "description",
                "location",
                "salary_min",
                "salary_max",
                "currency",
                "status"
            ]
        );
    }

    #[test]
    fn a_whole_number_may_be_written_as_a_float() {
        assert_eq!(salary(&json!(1000.0)), Ok(1_000));
        assert_eq!(salary(&json!(1e12)), Ok(MAX_SALARY));
        for bad in [
            json!(0.5),
            json!(1e13),
            json!(1e300),
            json!(-1.0),
            json!("5"),
        ] {
            assert!(salary(&bad).is_err(), "{bad} was accepted");
        }
    }

    #[test]
    fn a_patch_changes_what_it_names_and_null_removes() {
        let content = patched(
            rust_job(),
            members(json!({"title": "Senior", "salary_min": null})),
        )
        .unwrap();
        assert_eq!(
            (content.title.as_str(), content.salary_min),
            ("Senior", None)
        );
        assert_eq!(content.location, "Berlin");
    }

    #[test]
    fn a_patch_is_judged_together_with_what_stays() {
        assert_eq!(
            wrong_fields(patched(rust_job(), members(json!({"salary_min": 3})))),
            ["salary_min"]
        );
        assert_eq!(
            wrong_fields(patched(rust_job(), members(json!({"title": null})))),
            ["title"]
        );
        assert_eq!(
            wrong_fields(patched(rust_job(), members(json!({"owner": "me"})))),
            ["owner"]
        );
    }
}
