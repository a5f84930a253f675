//! `docs/jobs-api.md` says what the code says: every setting with its default, every word of a
//! refusal, every metric, and nothing that is gone.

use std::collections::BTreeSet;

use reqwest::Method;
use resource_api::operation::metric_help::METRIC_HELP;
use resource_api::problem::Reason;
use resource_api::settings::KEYS;

use crate::support::Api;

const GUIDE: &str = include_str!("../../../docs/jobs-api.md");

/// The rows of the table below a heading.
fn rows(heading: &str) -> BTreeSet<String> {
    let section = GUIDE.split("\n## ").find(|part| part.starts_with(heading));
    let lines = section
        .unwrap()
        .lines()
        .filter(|line| line.starts_with('|'));
    // The first two are the head of the table.
    lines.skip(2).map(str::to_owned).collect()
}

#[test]
fn the_guide_has_every_setting_with_its_default() {
    let known = KEYS.iter().map(|key| {
        let default = key.default.filter(|text| !text.is_empty());
        let default = default.map_or_else(|| "none".to_owned(), |text| format!("`{text}`"));
        format!("| `{}` | {default} | {} |", key.name, key.help)
    });
    assert_eq!(rows("Settings"), known.collect());
}

#[test]
fn the_guide_has_every_refusal_with_its_status() {
    let known = Reason::ALL.map(|reason| {
        let (status, code) = (reason.status().as_u16(), reason.code());
        format!("| {status} | `{code}` | {} |", reason.sentence())
    });
    assert_eq!(rows("Refusals"), known.into());
    // A reason that the list lacks has its word in the source all the same.
    let source = include_str!("../../src/problem/reason.rs");
    let texts = source.split('"').skip(1).step_by(2);
    let words = texts.filter(|text| text.bytes().all(|b| b == b'_' || b.is_ascii_lowercase()));
    assert_eq!(words.count(), Reason::ALL.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_has_every_metric_and_each_one_explains_itself() {
    let known = METRIC_HELP
        .iter()
        .map(|(name, text)| format!("| `{name}` | {text} |"));
    assert_eq!(rows("Metrics"), known.collect());

    let api = Api::start().await;
    api.anonymous(Method::GET, "/livez")
        .send()
        .await
        .expect(200);
    let served = api
        .anonymous(Method::GET, "/metrics")
        .send()
        .await
        .expect(200);
    let names = |mark: &str| -> BTreeSet<String> {
        let lines = served
            .text
            .lines()
            .filter_map(|line| line.strip_prefix(mark));
        lines
            .map(|line| line.split(' ').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("# HELP "), names("# TYPE "));
    let described: BTreeSet<String> = METRIC_HELP
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let unknown: Vec<_> = names("# TYPE ").difference(&described).cloned().collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
