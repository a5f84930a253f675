//! Which language a page speaks, and what scopes and clients are called in it.

use super::*;
use crate::presentation::Locale::{English, German};

/// OC-33
#[tokio::test]
async fn oc_33_ui_locales_come_before_what_the_browser_prefers() {
    let ctx = context().await;
    for (ui_locales, accept, locale) in [
        ("", None, English),
        ("de", Some("en"), German),
        ("fr de-AT en", Some("en"), German),
        ("fr-CA fr", Some("de"), German),
        ("xx", None, English),
        ("", Some("de-DE,de;q=0.9,en;q=0.8"), German),
        ("", Some("en;q=0.8, de;q=0.9"), German),
        ("", Some("fr, de;q=0.5"), German),
        ("", Some("de;q=0, en;q=0.1"), English),
        ("", Some("de;q=nonsense"), English),
        ("", Some("*"), English),
        ("", Some(";;,,q=1;="), English),
    ] {
        let asked: Vec<String> = ui_locales.split_whitespace().map(str::to_owned).collect();
        let page = negotiate(&ctx, &asked, accept);
        assert_eq!(page.locale, locale, "{ui_locales} {accept:?}");
        let view = LoggedOutView {
            frames: Vec::new(),
            next: None,
        };
        let html = text(render::logged_out(&page, &view)).await;
        let lang = format!("<html lang=\"{}\"", locale.tag());
        assert!(html.contains(&lang), "{html}");
    }
}

/// AZ-20: scopes in words.
#[tokio::test]
async fn az_20_scopes_are_put_into_words() {
    let ctx = context().await;
    let german = PageContext {
        ctx: &ctx,
        locale: German,
    };
    let words = |scope, description| scope_line(&german, scope, description, false).words;
    assert_eq!(words("email", None), "Ihre E-Mail-Adresse sehen");
    assert_eq!(words("email", Some("See it")), "Ihre E-Mail-Adresse sehen");
    assert_eq!(
        words("jobs:read", Some("Read job offers")),
        "Read job offers"
    );
    assert_eq!(words("jobs:read", Some(" ")), "jobs:read");
    assert_eq!(words("jobs:read", None), "jobs:read");
    assert!(scope_line(&german, "offline_access", None, true).is_offline);
    assert!(!scope_line(&german, "openid", None, true).is_offline);
}

/// RFC 7591 §2.2
#[tokio::test]
async fn a_client_is_called_what_it_says_in_the_language_of_the_page() {
    let ctx = context().await;
    let mut client = Client::new(ClientId::new("web"), ClientKind::Public, NOW);
    client.name = "Jobs".to_owned();
    let name = |client: &Client, locale| {
        client_name(&PageContext { ctx: &ctx, locale }, client).to_owned()
    };
    assert_eq!(name(&client, German), "Jobs");
    for (tag, text) in [
        ("client_name#de-DE", "Stellen"),
        ("client_name#fr", "Emplois"),
        ("client_uri#en", "x"),
    ] {
        client
            .metadata
            .localized
            .insert(tag.to_owned(), text.to_owned());
    }
    assert_eq!(name(&client, German), "Stellen");
    assert_eq!(name(&client, English), "Jobs");
}
