//! Every language says everything; no template is wrong. Pages are rendered in `pages/tests`.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentArgs;

use super::*;
use crate::settings::{Inputs, Mode, load};

fn settings(change: impl FnOnce(Inputs) -> Inputs) -> Settings {
    let inputs = Inputs::new(Mode::Dev {
        allow_remote: false,
    });
    load(&change(inputs)).unwrap().settings
}

/// Ids with the names of their attributes and arguments, as far as a plain reading of the file tells.
fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if !line.starts_with(' ')
            && let Some((id, _)) = line.split_once('=')
        {
            id.trim().clone_into(&mut current);
            found.entry(current.clone()).or_default();
        }
        let Some(parts) = found.get_mut(&current) else {
            continue;
        };
        if let Some(attribute) = line.trim().strip_prefix('.') {
            let name = attribute.split('=').next().unwrap().trim();
            parts.insert(format!(".{name}"));
        }
        for piece in line.split('$').skip(1) {
            let name: String = piece.chars().take_while(|c| c.is_alphanumeric()).collect();
            parts.insert(format!("${name}"));
        }
    }
    found
}

#[test]
fn every_language_has_every_message_with_the_same_attributes_and_arguments() {
    let english = messages(Locale::English.messages());
    assert!(english.len() > 50, "{}", english.len());
    for locale in Locale::ALL {
        assert_eq!(messages(locale.messages()), english, "{}", locale.tag());
    }
}

#[test]
fn no_translation_is_left_in_english() {
    let catalogs = Catalogs::load().unwrap();
    let mut arguments = FluentArgs::new();
    for name in ["client", "user", "host", "date"] {
        arguments.set(name, "X");
    }
    arguments.set("minutes", 2);
    arguments.set("characters", 15);
    for (id, parts) in messages(Locale::English.messages()) {
        let attributes = parts.iter().filter(|part| part.starts_with('.'));
        for id in std::iter::once(id.clone()).chain(attributes.map(|part| format!("{id}{part}"))) {
            let said = Locale::ALL.map(|locale| catalogs.find(locale, &id, &arguments).unwrap());
            assert_ne!(said[0], said[1], "{id}");
        }
    }
}

#[test]
fn a_message_without_its_argument_or_that_nobody_wrote_is_none() {
    let catalogs = Catalogs::load().unwrap();
    let nothing = FluentArgs::new();
    for id in ["login-for", "nothing-like-it", "error-busy.nothing"] {
        assert_eq!(catalogs.find(Locale::English, id, &nothing), None, "{id}");
    }
}

/// OC-33
#[test]
fn oc_33_a_tag_is_shortened_until_a_language_is_known() {
    for (tag, locale) in [
        ("de", Some(Locale::German)),
        ("de-CH-1996", Some(Locale::German)),
        ("DE-at", Some(Locale::German)),
        ("en-GB", Some(Locale::English)),
        ("fr-CA", None),
        ("den", None),
        ("", None),
        ("-", None),
        ("<script>", None),
    ] {
        assert_eq!(Locale::find(tag), locale, "{tag}");
    }
}

/// The URL of a file names its content, and pages name its hash.
#[test]
fn files_are_found_under_the_url_that_pages_name() {
    let settings = settings(|inputs| inputs.with("issuer", "http://localhost:8080/id"));
    let presentation = Presentation::load(&settings).unwrap();
    for (role, content_type) in [
        ("style", "text/css; charset=utf-8"),
        ("script", "text/javascript; charset=utf-8"),
        ("logo", "image/svg+xml"),
    ] {
        let values = presentation.assets.values.get_attr(role).unwrap();
        let url = values.get_attr("url").unwrap().to_string();
        let path = url.strip_prefix("/id/assets/").unwrap();
        let asset = presentation.assets().find(path).unwrap();
        assert_eq!(asset.content_type, content_type);
        assert!(!asset.bytes.is_empty());
    }
    assert!(presentation.assets().find("chancery.css").is_none());
}

#[test]
fn the_operators_logo_style_and_templates_stand_in_for_ours() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(place("logo.png"), "a picture").unwrap();
    std::fs::write(place("house.css"), ":root { --accent: teal }").unwrap();
    std::fs::write(
        place("logged_out.html"),
        "Bye from {{ product_name }}, {{ t(\"logged-out-title\") }}",
    )
    .unwrap();
    let settings = settings(|inputs| {
        inputs
            .with("pages.product_name", "Ajax & Sons")
            .with("pages.logo", place("logo.png"))
            .with("pages.stylesheet", place("house.css"))
            .with("pages.templates_dir", place(""))
    });
    let presentation = Presentation::load(&settings).unwrap();
    let render = |name| presentation.render(name, Locale::English, context! {});
    assert_eq!(
        render("logged_out.html").unwrap(),
        "Bye from Ajax &amp; Sons, You are signed out"
    );
    let layout = render("layout.html").unwrap();
    assert!(
        layout.contains("own.css") && layout.contains("logo"),
        "{layout}"
    );
}

#[test]
fn a_mistake_in_the_operators_files_ends_the_start_and_names_them() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let failure = |key: &str, value: String| {
        let settings = settings(|inputs| inputs.with(key, value));
        Presentation::load(&settings).unwrap_err().chain()
    };
    assert!(failure("pages.logo", place("gone.png")).contains("gone.png"));
    assert!(failure("pages.logo", place("logo.exe")).contains(".svg"));
    assert!(failure("pages.stylesheet", place("gone.css")).contains("pages.stylesheet"));
    std::fs::write(place("huge.css"), vec![b' '; 600_000]).unwrap();
    assert!(failure("pages.stylesheet", place("huge.css")).contains("600000"));
    assert!(failure("pages.templates_dir", place("")).contains("login.html"));
    std::fs::write(place("login.html"), "{% if %}").unwrap();
    assert!(failure("pages.templates_dir", place("")).contains("login.html"));
}

/// AZ-26: a template that asks for what it is not given shows nothing at all.
#[test]
fn what_is_not_given_is_not_rendered() {
    let presentation = Presentation::load(&settings(|inputs| inputs)).unwrap();
    let fault = presentation.render("login.html", Locale::English, context! {});
    assert!(fault.unwrap_err().chain().contains("undefined"));
}
