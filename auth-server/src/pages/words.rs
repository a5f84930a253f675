//! The language of a page (OpenID Connect Core §3.1.2.1 `ui_locales`; RFC 9110 §12.5.4) and what
//! scopes mean in it.

use super::{PageContext, ScopeLine};
use crate::context::RequestContext;
use crate::model::Client;
use crate::presentation::Locale;

/// Scopes of OpenID Connect (Core §5.4, §11), which the translations put into words.
const STANDARD: [&str; 6] = [
    "openid",
    "profile",
    "email",
    "address",
    "phone",
    "offline_access",
];

/// The first language of `ui_locales` that we have, otherwise what the browser prefers, otherwise
/// English. Nothing here is an error.
pub fn negotiate<'a>(
    ctx: &'a RequestContext,
    ui_locales: &[String],
    accept_language: Option<&str>,
) -> PageContext<'a> {
    let locale = ui_locales
        .iter()
        .find_map(|tag| Locale::find(tag))
        .or_else(|| accept_language.and_then(preferred))
        .unwrap_or_default();
    PageContext { ctx, locale }
}

/// A scope in plain words: ours for the standard ones, the database's `description` for others, the
/// bare word where nobody described it.
pub fn scope_line(
    page: &PageContext<'_>,
    scope: &str,
    description: Option<&str>,
    is_new: bool,
) -> ScopeLine {
    let described = description.filter(|text| !text.trim().is_empty());
    let words = STANDARD
        .contains(&scope)
        .then(|| {
            let presentation = &page.ctx.state.presentation;
            presentation.find_text(page.locale, &format!("scope-{scope}"))
        })
        .flatten()
        .unwrap_or_else(|| described.unwrap_or(scope).to_owned());
    ScopeLine {
        words,
        is_new,
        is_offline: scope == "offline_access",
    }
}

/// What the client is called in the language of the page (RFC 7591 §2.2).
pub fn client_name<'a>(page: &PageContext<'_>, client: &'a Client) -> &'a str {
    localized(page, client, "client_name").unwrap_or(&client.name)
}

/// A member of the registration in the language of the page, where the client gave one.
pub(super) fn localized<'a>(
    page: &PageContext<'_>,
    client: &'a Client,
    member: &str,
) -> Option<&'a str> {
    let texts = &client.metadata.localized;
    let prefix = format!("{member}#");
    texts
        .range(prefix.clone()..)
        .take_while(|(name, _)| name.starts_with(&prefix))
        .find(|(name, _)| Locale::find(&name[prefix.len()..]) == Some(page.locale))
        .map(|(_, text)| text.as_str())
}

/// The best of `Accept-Language`: by quality, the earlier of equals.
fn preferred(header: &str) -> Option<Locale> {
    let mut best: Option<(f32, Locale)> = None;
    for item in header.split(',') {
        let mut parts = item.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default();
        let quality = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(1.0, |text| text.parse().unwrap_or(0.0));
        if quality > best.map_or(0.0, |(most, _)| most)
            && let Some(locale) = Locale::find(tag)
        {
            best = Some((quality, locale));
        }
    }
    best.map(|(_, locale)| locale)
}
