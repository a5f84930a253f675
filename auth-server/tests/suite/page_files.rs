//! The files that pages load, and the headers of pages over the wire (matrix GEN-19; attack LC-02).

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Answer, World};

/// A page that needs no way to it.
const PAGE: &str = "/oauth2/authorize?client_id=nobody";

/// The files that a page names, as URL and `integrity` where it names one.
fn files(page: &str) -> BTreeMap<String, Option<String>> {
    let value = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        let text = rest.split('"').next()?;
        Some(text.replace("&#x2f;", "/").replace("&#x3d;", "="))
    };
    let tags = page.split('<').filter_map(|piece| piece.split('>').next());
    tags.filter(|tag| {
        ["link ", "script ", "img "]
            .iter()
            .any(|name| tag.starts_with(name))
    })
    .filter_map(|tag| {
        let url = value(tag, "href").or_else(|| value(tag, "src"))?;
        Some((url, value(tag, "integrity")))
    })
    .collect()
}

async fn page(world: &World) -> Answer {
    let page = world.get(PAGE).await;
    assert_eq!(page.status, 400, "{}", page.text);
    assert!(page.text.contains("id=\"page-error\""), "{}", page.text);
    page
}

/// GEN-19, LC-02: a page over the wire, with all that every answer carries.
#[actix_web::test]
async fn lc_02_a_page_is_hardened_and_names_the_request() {
    let world = World::start().await;
    let page = page(&world).await;
    assert_eq!(page.header("content-type"), "text/html;charset=UTF-8");
    assert_eq!(page.header("cache-control"), "no-cache, no-store");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self';"),
        "{policy}"
    );
    let id = page.header("x-request-id");
    assert!(
        page.text
            .contains(&format!("id=\"error-request-id\">{id}<"))
    );
}

/// Each is there, is what the page says, and may be kept for good.
#[actix_web::test]
async fn the_files_of_a_page_are_what_it_says_and_are_kept_for_good() {
    let world = World::start().await;
    let files = files(&page(&world).await.text);
    assert_eq!(files.len(), 2, "{files:?}");
    for (url, integrity) in &files {
        let file = world.get(url).await;
        assert_eq!(file.status, 200, "{url}");
        let kept = "public, max-age=31536000, immutable";
        assert_eq!(file.header("cache-control"), kept, "{url}");
        assert_eq!(file.header("x-content-type-options"), "nosniff", "{url}");
        let is = format!(
            "sha256-{}",
            STANDARD.encode(digest(&SHA256, file.text.as_bytes()))
        );
        assert!(integrity.as_ref().is_none_or(|says| *says == is), "{url}");
        assert!(integrity.is_some() || url.ends_with("/mark.svg"), "{url}");
        let head = Answer::of(world.request("HEAD", url)).await;
        assert_eq!(head.status, 200, "{url}");
    }
    for url in ["/assets/", "/assets/chancery.css", "/assets/x/chancery.css"] {
        assert_eq!(world.get(url).await.status, 404, "{url}");
    }
}

/// An issuer with a path has its files below it, and the operator's own look.
#[actix_web::test]
async fn the_operators_look_is_served_below_the_path_of_the_issuer() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(
        place("logo.svg"),
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
    )
    .unwrap();
    std::fs::write(place("house.css"), ":root { --accent: teal }").unwrap();
    let world = World::with(|inputs| {
        inputs
            .with("issuer", "http://localhost:8080/id")
            .with("pages.product_name", "Ajax & Sons")
            .with("pages.logo", place("logo.svg"))
            .with("pages.stylesheet", place("house.css"))
    })
    .await;
    let page = world.get(&format!("/id{PAGE}")).await.text;
    assert!(page.contains("Ajax &amp; Sons"), "{page}");
    let files = files(&page);
    assert_eq!(files.len(), 3, "{files:?}");
    for url in files.keys() {
        assert!(url.starts_with("/id/assets/"), "{url}");
        assert_eq!(world.get(url).await.status, 200, "{url}");
    }
    let own = files.keys().find(|url| url.ends_with("/own.css")).unwrap();
    assert_eq!(world.get(own).await.text, ":root { --accent: teal }");
}

/// CT-04: people read what is not there; programs parse it.
#[tokio::test]
async fn ct_04_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs() {
    let world = World::start().await;
    let at = async |accept: &str| {
        let request = world.request("GET", "/nowhere").header("accept", accept);
        Answer::of(request.header("accept-language", "de")).await
    };
    let page = at("text/html,application/xhtml+xml,*/*;q=0.8").await;
    assert_eq!(page.status, 404);
    for part in ["id=\"page-error\"", "<html lang=\"de\"", "not_found"] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    for accept in ["*/*", "application/json"] {
        let problem = at(accept).await;
        assert_eq!(problem.status, 404);
        assert_eq!(problem.header("content-type"), "application/problem+json");
    }
}
