//! The template engine: everything is escaped, nothing undefined is rendered (matrix AZ-26), and
//! `t("message", argument=…)` says it in the language of the page.

use std::path::Path;
use std::sync::Arc;

use fluent_bundle::{FluentArgs, FluentValue};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior};

use super::catalog::Catalogs;
use super::locale::Locale;
use super::operator::{find_template, require_templates};
use crate::error::Fault;

const DOING: &str = "compiling the templates";

/// Every template by name.
pub(super) const TEMPLATES: [(&str, &str); 8] = [
    ("layout.html", include_str!("templates/layout.html")),
    ("login.html", include_str!("templates/login.html")),
    ("consent.html", include_str!("templates/consent.html")),
    ("logout.html", include_str!("templates/logout.html")),
    ("logged_out.html", include_str!("templates/logged_out.html")),
    (
        "applications.html",
        include_str!("templates/applications.html"),
    ),
    ("error.html", include_str!("templates/error.html")),
    ("form_post.html", include_str!("templates/form_post.html")),
];

/// Compiles the templates. One of the same name in the operator's folder stands in for ours.
///
/// # Errors
/// A template with a mistake; the text names it and the line. A folder without any.
pub(super) fn build(
    catalogs: Arc<Catalogs>,
    own: Option<&Path>,
) -> Result<Environment<'static>, Fault> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    let tidy = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .map_err(|error| Fault::broken(DOING, error))?;
    engine.set_syntax(tidy);
    engine.add_function(
        "t",
        move |state: &State<'_, '_>, id: &str, words: Kwargs| {
            translate(&catalogs, state, id, &words)
        },
    );
    if let Some(folder) = own {
        require_templates(folder, &TEMPLATES.map(|(name, _)| name))?;
    }
    for (name, source) in TEMPLATES {
        let own = own.map_or(Ok(None), |folder| find_template(folder, name))?;
        engine
            .add_template_owned(name, own.unwrap_or_else(|| source.to_owned()))
            .map_err(|error| Fault::broken(DOING, error))?;
    }
    Ok(engine)
}

fn translate(
    catalogs: &Catalogs,
    state: &State<'_, '_>,
    id: &str,
    words: &Kwargs,
) -> Result<String, Error> {
    let locale = state
        .lookup("locale")
        .and_then(|value| value.as_str().and_then(Locale::find))
        .unwrap_or_default();
    let mut arguments = FluentArgs::new();
    for name in words.args() {
        arguments.set(name.to_owned(), argument(&words.get::<Value>(name)?));
    }
    catalogs.find(locale, id, &arguments).ok_or_else(|| {
        let text = format!("no message {id} with these arguments in {}", locale.tag());
        Error::new(ErrorKind::InvalidOperation, text)
    })
}

/// Numbers choose plurals; everything else is text.
fn argument(value: &Value) -> FluentValue<'static> {
    match (value.kind(), value.as_i64()) {
        (ValueKind::Number, Some(number)) => FluentValue::from(number),
        _ => FluentValue::from(plain(&value.to_string())),
    }
}

/// Without the characters that would turn a sentence around or end the isolation of a name in it
/// (Unicode UAX #9).
fn plain(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .filter(|c| !c.is_control() && !turns(*c))
        .collect()
}
