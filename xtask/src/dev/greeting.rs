//! What is printed once both services are ready: where they are, who can log in, and lines to paste.
//! The lines need `curl`, `sed` and any POSIX shell, nothing else.

use super::topology::Topology;

/// The printed text. `TOKEN=` and `curl` lines start in the first column so that they can be copied
/// whole; `tests/dev.rs` runs them as printed.
pub(super) fn text(topology: &Topology) -> String {
    let Topology {
        issuer, api_url, ..
    } = topology;
    format!(
        r#"
Chancery is ready. Ctrl-C stops it; the data stays.

  auth server   {issuer}   try it in the browser: {issuer}/docs
  jobs API      {api_url}   try it in the browser: {api_url}/docs

  users         admin@example.com   recruiter@example.com   candidate@example.com
                password for all: demo-password-1
  clients       ats-web (public)   ats-service, ats-introspect (secret: demo-secret)

Get a token, look at the jobs, post one:

TOKEN=$(curl -s -d grant_type=password -d client_id=ats-web -d username=recruiter@example.com -d password=demo-password-1 {issuer}/oauth2/token | sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p')
curl -s -H "Authorization: Bearer $TOKEN" {api_url}/jobs
curl -s -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d '{{"title":"Rust engineer","description":"Build the thing that seals tokens.","location":"Berlin"}}' {api_url}/jobs
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moved_ports_are_in_the_lines_to_paste() {
        let moved = Topology::from(|name| match name {
            "AUTH_SERVER_LISTEN" => Some("127.0.0.1:9080".to_owned()),
            "RESOURCE_API_LISTEN" => Some("127.0.0.1:9081".to_owned()),
            _ => None,
        })
        .unwrap();
        let text = text(&moved);
        assert!(text.contains("http://localhost:9080/oauth2/token"));
        assert!(text.contains("http://localhost:9081/jobs"));
        assert!(!text.contains("8080") && !text.contains("8081"));
    }
}
