//! Cursor pagination (attack row AD-06).

use std::collections::BTreeSet;
use std::time::Duration;

use crate::support::{Api, Caller};

/// Follows `next` to the end; returns the identifiers of each page.
async fn pages(api: &Api, first: &str, caller: &Caller) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut path = first.to_owned();
    loop {
        let reply = api.get(&path, caller).await.expect(200);
        pages.push(reply.items("id"));
        let Some(next) = reply.body["next"].as_str() else {
            assert_eq!(reply.header("link"), "");
            return pages;
        };
        let link = reply.header("link");
        let (url, relation) = link.split_once(">; ").unwrap();
        assert_eq!(relation, "rel=\"next\"");
        assert!(url.contains(&format!("cursor={next}")), "{link}");
        url["<http://localhost:8081".len()..].clone_into(&mut path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_cover_the_list_without_gaps_and_doubles_newest_first() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let mut made = Vec::new();
    for _ in 0..7 {
        made.insert(0, api.draft(&rita).await["/jobs/".len()..].to_owned());
        api.clock.advance(Duration::from_millis(1));
    }
    let seen = pages(&api, "/jobs?limit=3&status=draft&q=RUST", &rita).await;
    assert_eq!(seen.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    assert_eq!(seen.concat(), made);
    let exact = pages(&api, "/jobs?limit=7", &rita).await;
    assert_eq!(exact.len(), 1, "a full last page has no next");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_added_meanwhile_does_not_shift_the_pages() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let mut old = BTreeSet::new();
    for _ in 0..4 {
        old.insert(api.draft(&rita).await["/jobs/".len()..].to_owned());
        api.clock.advance(Duration::from_millis(1));
    }
    let first = api.get("/jobs?limit=2", &rita).await.expect(200);
    api.draft(&rita).await;
    let cursor = first.text_of("next");
    let second = api
        .get(&format!("/jobs?limit=2&cursor={cursor}"), &rita)
        .await
        .expect(200);
    let seen: BTreeSet<String> = first
        .items("id")
        .into_iter()
        .chain(second.items("id"))
        .collect();
    assert_eq!(seen, old);
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_are_paged_for_both_sides() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let carl = Caller::candidate("carl");
    let job = api.open_job(&rita).await;
    for name in ["a", "b", "carl"] {
        api.application(&job, &Caller::candidate(name)).await;
    }
    for _ in 0..2 {
        let job = api.open_job(&rita).await;
        api.application(&job, &carl).await;
    }
    let of_job = pages(&api, &format!("{job}/applications?limit=2"), &rita).await;
    assert_eq!(of_job.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
    let mine = pages(&api, "/applications/my?limit=1", &carl).await;
    assert_eq!(mine.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 1]);
}

/// AD-06: out of range is refused, not clamped.
#[tokio::test(flavor = "multi_thread")]
async fn ad_06_a_limit_out_of_range_is_refused() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    for limit in ["1", "100"] {
        api.get(&format!("/jobs?limit={limit}"), &rita)
            .await
            .expect(200);
    }
    for limit in [
        "0",
        "-1",
        "101",
        "2147483648",
        "99999999999999999999",
        "ten",
        "1.5",
        "1&limit=2",
    ] {
        let reply = api.get(&format!("/jobs?limit={limit}"), &rita).await;
        let reply = reply.expect_problem(400, "invalid_parameter");
        assert_eq!(reply.wrong_fields(), ["limit"], "{limit}");
    }
}

/// AD-06: a cursor that was altered, or belongs to another list, other filters or another caller.
#[tokio::test(flavor = "multi_thread")]
async fn ad_06_a_foreign_or_altered_cursor_is_refused() {
    let api = Api::start().await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    let jobs = [api.open_job(&rita).await, api.open_job(&rita).await];
    for job in &jobs {
        api.application(job, &carl).await;
        api.application(job, &Caller::candidate("cleo")).await;
    }
    let cursor = api
        .get("/jobs?limit=1", &rita)
        .await
        .expect(200)
        .text_of("next");
    let path = format!("{}/applications?limit=1", jobs[0]);
    let of_job = api.get(&path, &rita).await.expect(200).text_of("next");
    let of_carl = api
        .get("/applications/my?limit=1", &carl)
        .await
        .expect(200)
        .text_of("next");
    let mut flipped = cursor.clone();
    let other = if flipped.ends_with('A') { "B" } else { "A" };
    flipped.replace_range(flipped.len() - 1.., other);
    for (path, caller) in [
        (format!("/jobs?cursor={flipped}"), &rita),
        (format!("/jobs?cursor={cursor}A"), &rita),
        (format!("/jobs?cursor={}", &cursor[1..]), &rita),
        (format!("/jobs?q=rust&cursor={cursor}"), &rita),
        (format!("/jobs?cursor={of_job}"), &rita),
        ("/jobs?cursor=%27%20OR%201=1--".to_owned(), &rita),
        (format!("{}/applications?cursor={of_job}", jobs[1]), &rita),
        (
            format!("/applications/my?cursor={of_carl}"),
            &Caller::candidate("cleo"),
        ),
    ] {
        let reply = api
            .get(&path, caller)
            .await
            .expect_problem(400, "invalid_parameter");
        assert_eq!(reply.wrong_fields(), ["cursor"], "{path}");
    }
}
