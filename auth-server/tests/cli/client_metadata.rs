//! `client add` and `client update` with everything that a registration can say.

use crate::program::{Program, text};

const API: &str = "https://jobs.example.com";
const CODE: [&str; 4] = [
    "--grant",
    "authorization_code",
    "--redirect-uri",
    "https://app.example.com/cb",
];

fn add<'a>(id: &'a str, more: &[&[&'a str]]) -> Vec<&'a str> {
    let base = ["client", "add", id, "--audience", API, "--create-scopes"];
    [&[&base[..]], more].concat().concat()
}

/// DEC-02, DEC-11
#[test]
fn dec_02_dec_11_only_a_confidential_client_does_without_protections() {
    let program = Program::new();
    for flag in ["--require-pkce", "--rotate-refresh-tokens"] {
        let off = [flag, "false"];
        program
            .run(&add("web", &[&CODE, &["--public"], &off]))
            .refused(2, "public client");
        let client = program.json(&add(&flag[2..], &[&CODE, &off]));
        assert!(client["client_secret"].is_string());
    }
    program
        .run(&add("web", &[&CODE, &["--public", "--first-party"]]))
        .refused(2, "public client");
    let shown = program.json(&["client", "show", "require-pkce"]);
    assert_eq!(shown["require_pkce"], false);
    assert_eq!(shown["metadata"], serde_json::json!({}));
    let shown = program.json(&["client", "show", "rotate-refresh-tokens"]);
    assert_eq!(shown["metadata"]["rotates_refresh_tokens"], false);
}

/// PKJ-06, DCR-06
#[test]
fn pkj_06_a_client_that_signs_has_keys_and_no_secret() {
    let program = Program::new();
    let method = ["--auth-method", "private-key-jwt"];
    program
        .run(&add("partner", &[&method]))
        .refused(2, "--jwks-file");
    let uri = ["--jwks-uri", "https://partner.example.com/jwks"];
    let client = program.json(&add("partner", &[&method, &uri]));
    assert!(client.get("client_secret").is_none());
    assert_eq!(client["secrets"], serde_json::json!([]));
    assert_eq!(client["token_endpoint_auth_method"], "private_key_jwt");

    let public = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let file = program.write("jwks.json", public);
    let update = ["client", "update", "partner", "--jwks-file", text(&file)];
    let client = program.json(&update);
    assert!(client["metadata"]["jwks"]["keys"].is_array());
    assert!(client["metadata"].get("jwks_uri").is_none());
    let private = public.replace(r#""x""#, r#""d":"secret","x""#);
    let file = program.write("jwks.json", &private);
    let update = ["client", "update", "partner", "--jwks-file", text(&file)];
    program.run(&update).refused(2, "private");
}

/// NAT-01, NAT-04, NAT-10
#[test]
fn nat_10_a_native_application_has_the_redirect_uris_of_its_kind() {
    let program = Program::new();
    let scheme = [
        "--public",
        "--grant",
        "authorization_code",
        "--redirect-uri",
        "com.example.app:/cb",
    ];
    program
        .run(&add("app", &[&scheme]))
        .refused(2, "native application");
    let native = ["--application-type", "native"];
    let client = program.json(&add("app", &[&scheme, &native]));
    assert_eq!(client["metadata"]["application_type"], "native");
}

/// SS-01, GEN-28
#[test]
fn ss_01_urls_that_lead_inside_are_refused_unless_switched_on() {
    let program = Program::new();
    let inside = ["--backchannel-logout-uri", "https://10.0.0.1/logout"];
    program
        .run(&add("web", &[&CODE, &inside]))
        .refused(2, "outgoing.allow_private");
    let allowed = ["--set", "outgoing.allow_private=true"];
    program.json(&add("web", &[&CODE, &inside, &allowed]));
}

#[test]
fn what_was_said_can_be_taken_away() {
    let program = Program::new();
    let more = [
        "--logo-uri",
        "https://app.example.com/logo.png",
        "--contact",
        "anna@example.com",
        "--default-max-age",
        "600",
        "--localized",
        "client_name#de=Stellen",
        "--post-logout-redirect-uri",
        "https://app.example.com/bye",
        "--id-ttl",
        "5m",
    ];
    let client = program.json(&add("web", &[&CODE, &more]));
    assert_eq!(client["metadata"]["default_max_age"], 600);
    assert_eq!(client["metadata"]["id_ttl"], 300_000);
    assert_eq!(client["metadata"]["localized"]["client_name#de"], "Stellen");
    let off: Vec<&str> = more.chunks(2).flat_map(|pair| [pair[0], "off"]).collect();
    let update = [&["client", "update", "web"][..], &off].concat();
    let client = program.json(&update);
    assert_eq!(client["metadata"], serde_json::json!({}));
    program
        .run(&["client", "update", "web", "--redirect-uri", "off"])
        .refused(2, "--redirect-uri");
}

/// JWI-05, PKJ-06: algorithms and keys, too.
#[test]
fn jwi_05_an_algorithm_that_was_chosen_can_be_taken_away() {
    let program = Program::new();
    program.json(&add("web", &[&CODE]));
    program.done(&["keys", "rotate", "--now"]);
    let options = [
        "--token-alg",
        "--id-token-alg",
        "--userinfo-alg",
        "--introspection-alg",
        "--auth-signing-alg",
    ];
    let all = |value: &'static str| {
        let pairs = options.into_iter().flat_map(move |option| [option, value]);
        ["client", "update", "web"].into_iter().chain(pairs)
    };
    let client = program.json(&all("RS256").collect::<Vec<_>>());
    assert_eq!(client["metadata"]["userinfo_alg"], "RS256");
    assert_eq!(client["token_alg"], "RS256");
    let client = program.json(&all("off").collect::<Vec<_>>());
    assert_eq!(client["metadata"], serde_json::json!({}));
    assert_eq!(client["token_alg"], serde_json::Value::Null);

    let public = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let file = program.write("jwks.json", public);
    program.json(&["client", "update", "web", "--jwks-file", text(&file)]);
    let client = program.json(&["client", "update", "web", "--jwks-uri", "off"]);
    assert!(client["metadata"]["jwks"].is_object(), "{client}");
    let client = program.json(&["client", "update", "web", "--jwks-file", "off"]);
    assert_eq!(client["metadata"], serde_json::json!({}));
}

/// INT-02: a client that only introspects has no grant.
#[test]
fn int_02_a_client_can_do_without_any_grant() {
    let program = Program::new();
    let gateway = [
        "client",
        "add",
        "gateway",
        "--introspect",
        "--grant",
        "off",
        "--audience",
        API,
        "--create-scopes",
    ];
    let client = program.json(&gateway);
    assert_eq!(client["grant_types"], serde_json::json!([]));
    assert_eq!(client["may_introspect"], true);
    let update = |more: &[&'static str]| [&["client", "update", "gateway"][..], more].concat();
    let mixed = update(&["--grant", "off", "--grant", "client_credentials"]);
    program.run(&mixed).refused(2, "stands alone");
    let grant = [
        "--grant",
        "client_credentials",
        "--scope",
        "a",
        "--create-scopes",
    ];
    let client = program.json(&update(&grant));
    assert_eq!(client["default_scope"], "");
    let scope = ["--default-scope", "a"];
    assert_eq!(program.json(&update(&scope))["default_scope"], "a");
    let client = program.json(&update(&["--scope", "off"]));
    assert_eq!(
        (&client["scope"], &client["default_scope"]),
        (&"".into(), &"".into())
    );
}

/// DCR-01; attack AD-04
#[test]
fn ad_04_an_initial_token_is_shown_once() {
    let program = Program::migrated();
    let command = |more: &[&'static str]| [&["client", "initial-token"][..], more].concat();
    let made = program.json(&command(&["add", "--note", "Partner", "--uses", "1"]));
    let token = made["initial_access_token"].as_str().unwrap();
    assert!(token.starts_with("iat_"), "{token}");
    let listed = program.run(&command(&["list"]));
    listed.never_says(token);
    let id = made["id"].as_str().unwrap();
    let delete = ["client", "initial-token", "delete", id];
    program.done(&delete);
    program.run(&delete).refused(1, "no initial access token");
    // One of 64 begins like an option.
    let hyphen = command(&["delete", "-k3vXq0a1Zb2"]);
    program.run(&hyphen).refused(1, "no initial access token");
}

/// JWK-07: a key is published until the last token that it signed has expired, so no client may have
/// longer ones than the settings know.
#[test]
fn jwk_07_no_client_has_id_tokens_that_outlive_their_key() {
    let program = Program::new();
    program.json(&add("web", &[&CODE]));
    let longer = ["client", "update", "web", "--id-ttl", "2h"];
    program.run(&longer).refused(1, "tokens.id_ttl");
    let client = program.json(&[&longer[..], &["--set", "tokens.id_ttl=3h"]].concat());
    assert_eq!(client["metadata"]["id_ttl"], 7_200_000);
}
