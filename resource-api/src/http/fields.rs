//! Takes a JSON object apart, field by field, and collects everything that is wrong: one entry per
//! field in one answer (422).
//!
//! Each field is taken once; what is left at the end is unknown and refused. Texts are trimmed,
//! measured in characters, and free of control characters.

use serde_json::{Map, Value};

use crate::problem::{FieldError, Problem};

/// The members of an object that have not been taken yet, and what was wrong with the others.
#[derive(Debug)]
pub struct Fields {
    members: Map<String, Value>,
    errors: Vec<FieldError>,
}

/// What a text field may hold.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// Most characters after trimming; the least is one.
    max: usize,
    /// Whether line breaks and tabulators are allowed.
    lines: bool,
}

impl Text {
    /// One line.
    pub const fn line(max: usize) -> Self {
        Self { max, lines: false }
    }

    /// Several lines.
    pub const fn block(max: usize) -> Self {
        Self { max, lines: true }
    }

    fn check(self, value: &Value) -> Result<String, String> {
        let text = value.as_str().ok_or("must be a string")?.trim();
        let control = |c: char| c.is_control() && !(self.lines && matches!(c, '\n' | '\r' | '\t'));
        if text.chars().any(control) {
            return Err("must not contain control characters".to_owned());
        }
        if text.is_empty() || text.chars().count() > self.max {
            return Err(format!("must have 1 to {} characters", self.max));
        }
        Ok(text.to_owned())
    }
}

/// A field of a merge patch (RFC 7396): left alone, removed, or set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patch<T> {
    /// The member is absent.
    Keep,
    /// The member is `null`.
    Remove,
    /// The member has a value.
    Set(T),
}

impl<T> Patch<T> {
    /// The value after the patch.
    pub fn apply_to(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Remove => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }
}

impl Fields {
    /// Of a JSON object.
    pub fn new(members: Map<String, Value>) -> Self {
        Self {
            members,
            errors: Vec::new(),
        }
    }

    /// Takes a field; `null` counts as absent, for a new object has nothing to remove.
    pub fn optional<T>(
        &mut self,
        name: &str,
        check: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Option<T> {
        match self.patch(name, check) {
            Patch::Set(value) => Some(value),
            Patch::Keep | Patch::Remove => None,
        }
    }

    /// Takes a text that must be there. `None` after noting the error.
    pub fn required_text(&mut self, name: &str, text: Text) -> Option<String> {
        if self.members.get(name).is_none_or(Value::is_null) {
            self.members.remove(name);
            self.refuse(name, "is required");
            return None;
        }
        self.optional_text(name, text)
    }

    /// Takes a text that may be absent.
    pub fn optional_text(&mut self, name: &str, text: Text) -> Option<String> {
        self.optional(name, |value| text.check(value))
    }

    /// Takes a field of a merge patch. A wrong value is noted and kept out.
    pub fn patch<T>(
        &mut self,
        name: &str,
        check: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Patch<T> {
        match self.members.remove(name) {
            None => Patch::Keep,
            Some(Value::Null) => Patch::Remove,
            Some(value) => match check(&value) {
                Ok(value) => Patch::Set(value),
                Err(detail) => {
                    self.refuse(name, detail);
                    Patch::Keep
                }
            },
        }
    }

    /// Takes a text of a merge patch.
    pub fn patch_text(&mut self, name: &str, text: Text) -> Patch<String> {
        self.patch(name, |value| text.check(value))
    }

    /// Takes a text of a merge patch that cannot be removed.
    pub fn patch_required_text(&mut self, name: &str, text: Text) -> Option<String> {
        match self.patch_text(name, text) {
            Patch::Keep => None,
            Patch::Set(value) => Some(value),
            Patch::Remove => {
                self.refuse(name, "cannot be removed");
                None
            }
        }
    }

    /// Notes that a field is wrong; the first error of a field is the one that counts.
    pub fn refuse(&mut self, name: &str, detail: impl Into<String>) {
        if self.errors.iter().any(|error| error.field == name) {
            return;
        }
        self.errors.push(FieldError {
            field: name.to_owned(),
            detail: detail.into(),
        });
    }

    /// Refuses the object when any field was wrong or is unknown.
    ///
    /// # Errors
    /// 422 with one entry per field.
    pub fn finish(mut self) -> Result<(), Problem> {
        for name in std::mem::take(&mut self.members)
            .into_iter()
            .map(|(name, _)| name)
        {
            // The name is the caller's own text: shortened, so that the answer stays small.
            let name: String = name.chars().take(64).collect();
            self.refuse(&name, "is unknown or cannot be set");
        }
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Problem::fields(self.errors))
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError as _;
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        let Value::Object(members) = value else {
            panic!("not an object")
        };
        Fields::new(members)
    }

    #[test]
    fn every_wrong_field_is_named_once() {
        let mut fields =
            fields(json!({"title": "  ", "salary": "x", "note": "a\u{0}b", "owner": "me"}));
        assert_eq!(fields.required_text("title", Text::line(10)), None);
        assert_eq!(fields.required_text("place", Text::line(10)), None);
        assert_eq!(
            fields.optional("salary", |v| v.as_i64().ok_or("no".to_owned())),
            None
        );
        assert_eq!(fields.optional_text("note", Text::block(10)), None);
        let problem = fields.finish().unwrap_err();
        assert_eq!(problem.status_code(), 422);
        let names: Vec<_> = problem.errors().iter().map(|e| e.field.as_str()).collect();
        assert_eq!(names, ["title", "place", "salary", "note", "owner"]);
    }

    #[test]
    fn texts_are_trimmed_and_measured_in_characters() {
        let mut fields = fields(json!({"a": " ÄÖÜ ", "b": "x\ny"}));
        assert_eq!(
            fields.optional_text("a", Text::line(3)),
            Some("ÄÖÜ".to_owned())
        );
        assert_eq!(fields.optional_text("b", Text::line(3)), None);
    }

    #[test]
    fn null_removes_in_a_patch() {
        let mut fields = fields(json!({"a": null, "b": "x"}));
        assert_eq!(fields.patch_text("a", Text::line(3)), Patch::Remove);
        assert_eq!(
            fields.patch_text("b", Text::line(3)),
            Patch::Set("x".to_owned())
        );
        assert_eq!(fields.patch_text("c", Text::line(3)), Patch::Keep);
        assert!(fields.finish().is_ok());
    }
}
