//! Messages of each language (Project Fluent). What comes from outside is an argument, never part of a
//! message; the template escapes the whole sentence.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use super::locale::Locale;
use crate::error::Fault;

const DOING: &str = "reading the translations";

/// The messages of every language.
pub(super) struct Catalogs(Vec<(Locale, FluentBundle<FluentResource>)>);

impl std::fmt::Debug for Catalogs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Catalogs")
    }
}

impl Catalogs {
    /// Reads the embedded files.
    ///
    /// # Errors
    /// A file that is not Fluent, or says something twice.
    pub(super) fn load() -> Result<Self, Fault> {
        Locale::ALL
            .into_iter()
            .map(|locale| Ok((locale, bundle(locale)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The text of a message, or of one of its attributes: `error-busy`, `error-busy.advice`. `None`
    /// when there is no such message, or when an argument is missing.
    pub(super) fn find(
        &self,
        locale: Locale,
        id: &str,
        arguments: &FluentArgs<'_>,
    ) -> Option<String> {
        let (_, bundle) = self.0.iter().find(|(known, _)| *known == locale)?;
        let (message, attribute) = id
            .split_once('.')
            .map_or((id, None), |(message, attribute)| {
                (message, Some(attribute))
            });
        let message = bundle.get_message(message)?;
        let pattern = match attribute {
            None => message.value()?,
            Some(name) => message.get_attribute(name)?.value(),
        };
        let mut problems = Vec::new();
        let text = bundle.format_pattern(pattern, Some(arguments), &mut problems);
        problems.is_empty().then(|| text.into_owned())
    }
}

fn bundle(locale: Locale) -> Result<FluentBundle<FluentResource>, Fault> {
    let tag: LanguageIdentifier = locale
        .tag()
        .parse()
        .map_err(|error: unic_langid::LanguageIdentifierError| Fault::broken(DOING, error))?;
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    let messages = FluentResource::try_new(locale.messages().to_owned())
        .map_err(|(_, errors)| Fault::broken(DOING, format!("{}: {errors:?}", locale.tag())))?;
    bundle
        .add_resource(messages)
        .map_err(|errors| Fault::broken(DOING, format!("{}: {errors:?}", locale.tag())))?;
    Ok(bundle)
}
