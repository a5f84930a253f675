//! Takes the merged texts key by key and turns them into values, collecting what does not fit.

use std::collections::BTreeMap;

use super::problem::Problem;
use super::value::FromText;

/// Where values come from that nobody chose.
pub(super) const DEFAULT: &str = "default";

/// One or several texts under a key, and where they came from.
#[derive(Debug, Clone)]
pub(super) struct Given {
    /// The texts.
    pub(super) texts: Texts,
    /// For people: `default`, a file, a variable, a flag.
    pub(super) origin: String,
}

/// A scalar or an array.
#[derive(Debug, Clone)]
pub(super) enum Texts {
    /// From a scalar.
    One(String),
    /// From an array in a file.
    Several(Vec<String>),
    /// Something else: a number where text belongs, a table where a value does.
    Other,
}

impl Given {
    /// As one line, for people.
    pub(super) fn line(&self) -> String {
        match &self.texts {
            Texts::One(text) => text.clone(),
            Texts::Several(texts) => texts.join(", "),
            Texts::Other => String::new(),
        }
    }
}

/// The merged texts of all layers.
pub(super) type Merged = BTreeMap<String, Given>;

/// Reads sections and remembers what was wrong.
pub(in crate::settings) struct Reader<'a> {
    merged: &'a Merged,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    /// Begins to read.
    pub(super) fn new(merged: &'a Merged) -> Self {
        Self {
            merged,
            problems: Vec::new(),
        }
    }

    /// The value of the key, or `None` and a problem.
    pub(in crate::settings) fn take<T: FromText>(&mut self, name: &'static str) -> Option<T> {
        let key = super::find_key(name)?;
        let Some(given) = self.merged.get(name) else {
            return T::absent().or_else(|| {
                self.report(name, "must be set");
                None
            });
        };
        // An empty text takes back what a lower layer set. Not for secrets: an empty one is a mistake.
        if !key.shape.is_secret
            && matches!(&given.texts, Texts::One(text) if text.is_empty())
            && let Some(nothing) = T::absent()
        {
            return Some(nothing);
        }
        let read = match &given.texts {
            Texts::One(text) => T::from_text(text, &key.shape.kind),
            Texts::Several(texts) => T::from_list(texts, &key.shape.kind),
            Texts::Other => Err(format!("must be {}, in quotes", key.shape.kind.allowed())),
        };
        read.map_err(|text| self.report(name, text)).ok()
    }

    /// Whether somebody chose the value: it is no default of ours.
    pub(super) fn is_given(&self, name: &str) -> bool {
        let given = self.merged.get(name);
        given.is_some_and(|given| given.origin != DEFAULT)
    }

    /// Notes that the value of a key is wrong, with its origin and, unless secret, the value.
    pub(super) fn report(&mut self, name: &str, text: impl Into<String>) {
        let given = self.merged.get(name);
        let origin = given.map_or("not set", |given| given.origin.as_str());
        let mut problem = Problem::of_key(name, origin, text);
        if super::find_key(name).is_some_and(|key| !key.shape.is_secret)
            && let Some(given) = given
            && !matches!(given.texts, Texts::Other)
        {
            problem = problem.with_found(&given.line());
        }
        self.problems.push(problem);
    }

    /// What was wrong.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }
}
