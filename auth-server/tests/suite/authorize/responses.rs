//! How the answer travels: state, issuer, status, and the form that posts itself.

use super::{CANDIDATE, Request, parameters};
use crate::support::{ISSUER, PASSWORD, World};

/// AZ-15, OC-20: the state comes back octet by octet, in success and in error.
#[tokio::test]
async fn az_15_the_state_comes_back_unchanged() {
    let world = World::start().await;
    let mut long = "%20%+&=#?/\u{e9}\u{65e5}\u{672c} ".repeat(150);
    while long.len() > 4096 {
        long.pop();
    }
    for state in [long.as_str(), "%", "+", "a b", "\u{1f512}"] {
        let request = Request::new().with("state", state);
        assert_eq!(world.authorize(&request).await["state"], state);
        let silent = request.with("prompt", "none");
        let answer = parameters(&world.person().open(&silent.url()).await.away());
        assert_eq!(answer["error"], "login_required");
        assert_eq!(answer["state"], state);
    }
    let stateless = Request::new().without("state");
    assert!(!world.authorize(&stateless).await.contains_key("state"));
}

/// ISS-01, ISS-03: who answers is said, and is who signs.
#[tokio::test]
async fn iss_01_every_answer_names_the_issuer() {
    let world = World::start().await;
    let answer = world.authorize(&Request::new()).await;
    assert_eq!(answer["iss"], ISSUER);
    let tokens = world.redeem(&answer["code"]).await;
    assert_eq!(tokens.claims_of("access_token")["iss"], ISSUER);
    assert_eq!(tokens.claims_of("id_token")["iss"], ISSUER);
    let error = Request::new().with("prompt", "none");
    let answer = parameters(&world.person().open(&error.url()).await.away());
    assert_eq!(answer["iss"], ISSUER);
}

/// GEN-20, DEC-12, AZ-09 (attack): 303, never one that posts the password on.
#[tokio::test]
async fn gen_20_what_answers_a_post_is_303() {
    let world = World::start().await;
    for request in [Request::new(), Request::new().with("prompt", "none")] {
        for method in ["GET", "POST"] {
            let answer = match method {
                "GET" => world.get(&request.url()).await,
                _ => world.post("/oauth2/authorize", &request.pairs()).await,
            };
            assert_eq!(answer.status, 303);
            assert_eq!(answer.headers["cache-control"], "no-store");
        }
    }
}

/// RM-01, RM-02, RM-03, RM-05: the browser posts the answer, error or not.
#[tokio::test]
async fn rm_02_a_form_carries_the_answer_when_it_is_asked_to() {
    let world = World::start().await;
    let request = Request::new()
        .with("response_mode", "form_post")
        .with("state", "\"><script>");
    let mut person = world.person();
    let login = person.open(&request.url()).await.page();
    let fields = [("login-username", CANDIDATE), ("login-password", PASSWORD)];
    let consent = person.press(&login, "login-submit", &fields).await.page();
    let form = person.press(&consent, "consent-allow", &[]).await.page();
    assert_eq!(form.status, 200);
    assert_eq!(form.headers["content-type"], "text/html;charset=UTF-8");
    let cached = form.headers["cache-control"].to_str().unwrap();
    assert!(cached.contains("no-store"), "{cached}");
    assert!(
        form.text
            .contains("action=\"http:&#x2f;&#x2f;127.0.0.1:3000&#x2f;callback\"")
    );
    assert!(form.text.contains("name=\"code\"") && form.text.contains("name=\"iss\""));
    assert!(!form.text.contains("<script>"), "the state is escaped");
    let policy = form.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("form-action http://127.0.0.1:3000"),
        "{policy}"
    );

    let silent = request.with("prompt", "none");
    let form = world.person().open(&silent.url()).await.page();
    assert!(
        form.text.contains("value=\"login_required\""),
        "{}",
        form.text
    );
}
