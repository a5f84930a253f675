//! Every variant of the attack corpus against the two rules.

use super::*;
use crate::clock::Instant;
use crate::model::{ClientId, ClientKind};

fn client(application_type: ApplicationType, uris: &[&str]) -> Client {
    let now = Instant::from_seconds(1_800_000_000);
    let mut client = Client::new(ClientId::new("c_1"), ClientKind::Public, now);
    client.metadata.application_type = application_type;
    client.redirect_uris = uris.iter().map(|uri| (*uri).to_owned()).collect();
    client
}

/// Attacks AZ-02, AZ-03, AZ-04 and AZ-05; matrix AZ-05, AZ-08, NAT-03.
#[test]
fn az_02_az_03_az_04_whatever_is_not_the_same_byte_by_byte_is_refused() {
    const REGISTERED: &str = "https://app.example/cb?a=1";
    for kind in [ApplicationType::Web, ApplicationType::Native] {
        let client = client(kind, &[REGISTERED, "https://app.example/plain"]);
        assert_eq!(client.find_redirect_uri(REGISTERED), Some(REGISTERED));
        for wrong in [
            // AZ-02: path extension and traversal
            "https://app.example/plain/x",
            "https://app.example/plain/../evil",
            "https://app.example/plain/..;/evil",
            "https://app.example/plain?x=1",
            "https://app.example/plain/",
            "https://app.example/",
            "https://app.example",
            "https://app.example/./plain",
            "https://app.example//plain",
            "https://app.example/plai%6e",
            "https://app.example/cb?a=1&b=2",
            "https://app.example/cb",
            "https://app.example/cb?",
            // AZ-03: tricks with the authority
            "https://app.example@evil.example/plain",
            "https://a@b@evil.example/plain",
            "https://user@app.example/plain",
            "https://app.example.evil.example/plain",
            "https://evilapp.example/plain",
            "https:\\\\app.example\\plain",
            "https:/app.example/plain",
            "https://app.example\\@evil.example/plain",
            "https://app.example:443@evil.example/plain",
            // AZ-04: case, scheme, port
            "HTTPS://app.example/plain",
            "https://APP.example/plain",
            "https://app.example/Plain",
            "http://app.example/plain",
            "https://app.example:443/plain",
            "https://app.example:8443/plain",
            "https://app.example./plain",
            // AZ-05: fragments, spaces
            "https://app.example/plain#x",
            "https://app.example/plain#",
            " https://app.example/plain",
            "https://app.example/plain ",
            "https://app.example/plain\n",
            "https://app.example/plain%00",
            "",
        ] {
            assert_eq!(client.find_redirect_uri(wrong), None, "{wrong:?}");
        }
    }
}

/// NAT-01, NAT-02: any port for a native application on http loopback.
#[test]
fn nat_01_nat_02_the_port_of_a_loopback_address_may_vary_for_native_applications() {
    for host in ["127.0.0.1", "[::1]", "localhost"] {
        for port in ["", ":3000"] {
            let registered = format!("http://{host}{port}/cb?a=1");
            let client = client(ApplicationType::Native, &[&registered]);
            for given in ["", ":1", ":3000", ":51004", ":65535"] {
                let given = format!("http://{host}{given}/cb?a=1");
                assert_eq!(
                    client.find_redirect_uri(&given),
                    Some(registered.as_str()),
                    "{given}"
                );
            }
        }
    }
}

/// NAT-03; attack AZ-07: only the port, only on loopback, only for native applications.
#[test]
fn az_07_nat_03_nothing_but_the_port_may_vary() {
    let native = client(ApplicationType::Native, &["http://127.0.0.1/cb"]);
    for wrong in [
        "http://localhost/cb",
        "http://[::1]/cb",
        "http://[::1]:3000/cb",
        "http://127.0.0.2:3000/cb",
        "http://127.0.0.1:3000/other",
        "http://127.0.0.1:3000/cb/",
        "http://127.0.0.1:3000/cb?x=1",
        "http://127.0.0.1:3000/cb#x",
        "http://127.0.0.1:3000",
        "https://127.0.0.1:3000/cb",
        "HTTP://127.0.0.1:3000/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:+80/cb",
        "http://127.0.0.1:80a/cb",
        "http://127.0.0.1:3000@evil.example/cb",
        "http://127.0.0.1@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:80:80/cb",
        "http://127.1:3000/cb",
        "http://2130706433:3000/cb",
        "http://[0:0:0:0:0:0:0:1]:3000/cb",
        "http://127.0.0.1:3000\\@evil.example/cb",
    ] {
        assert_eq!(native.find_redirect_uri(wrong), None, "{wrong}");
    }
    let web = client(ApplicationType::Web, &["http://127.0.0.1/cb"]);
    assert_eq!(web.find_redirect_uri("http://127.0.0.1:3000/cb"), None);
    let claimed = client(ApplicationType::Native, &["https://localhost/cb"]);
    assert_eq!(claimed.find_redirect_uri("https://localhost:3000/cb"), None);
}

/// NAT-05, NAT-10: what native applications may have.
#[test]
fn nat_10_the_three_native_kinds_can_be_registered_and_are_found() {
    let uris = [
        "com.example.app:/oauth2redirect",
        "https://app.example/claimed",
        "http://127.0.0.1/cb",
    ];
    let native = client(ApplicationType::Native, &uris);
    for uri in uris {
        assert_eq!(check(uri, ApplicationType::Native), Ok(()), "{uri}");
        assert_eq!(native.find_redirect_uri(uri), Some(uri));
    }
    let wrong = native.find_redirect_uri("com.example.app:/other");
    assert_eq!(wrong, None);
}

/// Attack AZ-06; matrix AZ-06, AZ-08, AZ-09, NAT-04.
#[test]
fn az_06_az_08_az_09_nat_04_what_is_not_safe_cannot_be_registered() {
    for good in [
        "https://app.example.com/cb?x=1",
        "https://app.example.com",
        "https://xn--bcher-kva.example/cb",
        "https://app.example.com/a%2Fb;c=1",
        "http://127.0.0.1:3000/callback",
        "http://[::1]/cb",
        "http://localhost:8081/docs/oauth2-redirect.html",
    ] {
        for kind in [ApplicationType::Web, ApplicationType::Native] {
            assert_eq!(check(good, kind), Ok(()), "{good}");
        }
    }
    for bad in [
        "",
        "/cb",
        "//evil.example/cb",
        "cb",
        "https:",
        "https://",
        "https:evil.example",
        "HTTPS://app.example/cb",
        "https://x/#f",
        "https://app.example.com/cb#",
        "https://*.example.com/cb",
        "https://app.example.com/*",
        "https://app.example.com/ b",
        "https://app.example.com/\u{fc}",
        "https://app.example.com/\r\nX: y",
        "https://user@app.example.com/cb",
        "https://@app.example.com/cb",
        "https://user:pass@app.example.com/cb",
        "https://app.example.com\\@evil.example/cb",
        "https://app.example.com/../cb",
        "https://app.example.com/%2e%2E/cb",
        "http://app.example.com/cb",
        "http://localhost.example.com/cb",
        "http://10.0.0.1/cb",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript://app.example/%0aalert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "about:blank",
        "blob:https://app.example/x",
        "view-source:https://app.example/",
        "myapp:/cb",
        "ftp://app.example/cb",
        "urn:ietf:wg:oauth:2.0:oob",
    ] {
        for kind in [ApplicationType::Web, ApplicationType::Native] {
            assert!(check(bad, kind).is_err(), "{bad:?}");
        }
    }
    assert!(
        check(
            &format!("https://a.example/{}", "x".repeat(3_000)),
            ApplicationType::Web
        )
        .is_err()
    );
    assert!(check("com.example.app:/cb", ApplicationType::Web).is_err());
}
