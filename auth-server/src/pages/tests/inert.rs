//! Whatever a stranger writes into a field of a page stays text.

use actix_web::http::header::CONTENT_TYPE;

use super::*;
use crate::presentation::Locale;

const PROBES: [&str; 8] = [
    "<img src=x onerror=1>",
    "<script>alert(1)</script>",
    "\"'><svg/onload=alert(1)>",
    "' autofocus onfocus='alert(1)",
    "</title></textarea></script><b>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "a\r\nSet-Cookie: x=y",
];

/// The tags of a page, without what stands between them.
fn tags(html: &str) -> Vec<&str> {
    html.split('<')
        .skip(1)
        .map(|piece| piece.split('>').next().unwrap())
        .collect()
}

/// AZ-26, AZ-08
#[tokio::test]
async fn az_26_az_08_no_field_of_any_page_adds_a_tag_or_an_attribute() {
    let ctx = context().await;
    for locale in Locale::ALL {
        let page = PageContext { ctx: &ctx, locale };
        let mut known = Vec::new();
        for harmless in ["harmless", "app.example:/harmless"] {
            for (_, response) in every_page(&page, harmless) {
                known.extend(shapes(&text(response).await));
            }
        }
        for probe in PROBES {
            for (name, response) in every_page(&page, probe) {
                let html = text(response).await;
                assert!(html.starts_with("<!doctype html>"), "{name}: {html}");
                // Attributes keep their names, and no tag is there that a harmless page has not.
                for shape in shapes(&html) {
                    assert!(known.contains(&shape), "{name} {probe}: {shape}");
                }
                assert!(!html.contains("49"), "{name}: the probe was evaluated");
            }
        }
    }
}

fn shapes(html: &str) -> Vec<String> {
    tags(html).into_iter().map(without_values).collect()
}

/// A tag with the values of its attributes taken out: they are all quoted, and hold no quote.
fn without_values(tag: &str) -> String {
    let mut pieces = tag.split('"');
    let mut shape = pieces.next().unwrap().to_owned();
    while let (Some(_value), Some(after)) = (pieces.next(), pieces.next()) {
        shape.push_str("\"\"");
        shape.push_str(after);
    }
    shape
}

/// AZ-24: a link leads somewhere; it never runs something.
#[tokio::test]
async fn az_24_a_link_that_would_run_something_is_left_out() {
    let ctx = context().await;
    let page = negotiate(&ctx, &[], None);
    for next in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>1</script>",
        "//evil.example",
        "no url",
    ] {
        let view = ErrorView {
            kind: ErrorKind::UntrustedClientError,
            code: "x",
            next: Some(next),
        };
        let error = render::error(&page, &view, actix_web::http::StatusCode::BAD_REQUEST);
        assert!(!text(error).await.contains("error-continue"), "{next}");
        let view = LoggedOutView {
            frames: vec![next.to_owned()],
            next: Some(next),
        };
        let html = text(render::logged_out(&page, &view)).await;
        assert!(
            !html.contains("logged-out-continue") && !html.contains("<iframe"),
            "{next}"
        );
    }
    let view = ErrorView {
        kind: ErrorKind::UntrustedClientError,
        code: "x",
        next: Some("com.example.app:/back?error=x"),
    };
    let error = render::error(&page, &view, actix_web::http::StatusCode::BAD_REQUEST);
    assert!(text(error).await.contains("error-continue"));
}

/// A name must not turn the sentence that it stands in (Unicode UAX #9).
#[tokio::test]
async fn a_name_cannot_turn_the_sentence_around_it() {
    let ctx = context().await;
    let page = negotiate(&ctx, &[], None);
    let view = LogoutView {
        csrf: "",
        fields: Vec::new(),
        post_logout_redirect_uri: None,
        username: None,
        client_name: Some("evil\u{2069}\u{202e}tsurt"),
    };
    let html = text(render::logout(&page, &view)).await;
    assert!(html.contains("\u{2068}eviltsurt\u{2069}"), "{html}");
}

/// GEN-19, RM-03, contract §2.6: ids, type, no inline code, nothing from elsewhere, nothing stored.
#[tokio::test]
async fn gen_19_rm_03_every_page_is_typed_unstored_and_loads_only_our_files() {
    let ctx = context().await;
    let page = negotiate(&ctx, &[], None);
    for (name, response) in every_page(&page, "harmless") {
        assert_eq!(header(&response, CONTENT_TYPE), "text/html;charset=UTF-8");
        assert_eq!(header(&response, CACHE_CONTROL), "no-cache, no-store");
        let html = text(response).await;
        let id = format!("<main id=\"page-{}\"", name.replace('_', "-"));
        assert!(html.contains(&id), "{id}: {html}");
        assert!(html.contains("<html lang=\"en\""), "{name}");
        for tag in tags(&html) {
            let inline = tag.starts_with("style")
                || tag.contains(" style=")
                || tag.contains(" on")
                || (tag.starts_with("script") && !tag.contains(" src=\"&#x2f;assets&#x2f;"));
            assert!(!inline, "{name}: {tag}");
            let loads = tag.starts_with("link") || tag.starts_with("img");
            assert!(
                !loads || tag.contains("=\"&#x2f;assets&#x2f;"),
                "{name}: {tag}"
            );
            let is_checked = tag.starts_with("script") || tag.contains("stylesheet");
            assert!(
                !is_checked || tag.contains(" integrity=\"sha256-"),
                "{name}: {tag}"
            );
        }
    }
}

/// CT-04: each case has its own words, and all of them name the request.
#[tokio::test]
async fn ct_04_every_error_has_its_own_words_and_names_the_request() {
    let ctx = context().await;
    let mut titles = std::collections::HashSet::new();
    for locale in Locale::ALL {
        let page = PageContext { ctx: &ctx, locale };
        for &kind in ErrorKind::ALL {
            let view = ErrorView {
                kind,
                code: "invalid_request",
                next: None,
            };
            let html = text(render::error(
                &page,
                &view,
                actix_web::http::StatusCode::BAD_REQUEST,
            ))
            .await;
            for part in [
                "id=\"error-code\">invalid_request<",
                "id=\"error-description\">",
                ">request-1<",
            ] {
                assert!(html.contains(part), "{kind:?}: {html}");
            }
            let title = html
                .split("<h1>")
                .nth(1)
                .unwrap()
                .split('<')
                .next()
                .unwrap();
            assert!(titles.insert(title.to_owned()), "{title}");
        }
    }
}
