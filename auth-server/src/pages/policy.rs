//! `Content-Security-Policy` of each page (matrix GEN-19, RM-04, LO-30): what it needs and no more.

use url::{Host, Url};

/// What a page may do beyond showing itself.
#[derive(Debug, Default)]
pub(super) struct Policy {
    form_targets: Vec<String>,
    frames: Vec<String>,
}

impl Policy {
    /// Its form is sent to us, and ends at this URL after redirects. Chromium holds every further step
    /// against `form-action` as well, also where the client sends the browser on to another host of
    /// its own: so any host of the scheme may follow (decision 0011).
    pub(super) fn form(mut self, ends_at: Option<&str>) -> Self {
        self.form_targets.push("'self'".to_owned());
        let scheme = ends_at.and_then(|url| Url::parse(url).ok());
        match scheme.as_ref().map(Url::scheme) {
            Some("http") => self.form_targets.push("http: https:".to_owned()),
            Some(scheme) => self.form_targets.push(format!("{scheme}:")),
            None => {}
        }
        self
    }

    /// Its form is sent to this URL, and there the browser's way ends.
    pub(super) fn form_to(mut self, url: &str) -> Self {
        self.form_targets.extend(source(url));
        self
    }

    /// It holds these URLs in frames.
    pub(super) fn frames(mut self, urls: &[String]) -> Self {
        self.frames
            .extend(urls.iter().filter_map(|url| source(url)));
        self.frames.sort();
        self.frames.dedup();
        self
    }

    /// The value of the header.
    pub(super) fn header(&self) -> String {
        let list = |sources: &[String]| {
            if sources.is_empty() {
                "'none'".to_owned()
            } else {
                sources.join(" ")
            }
        };
        format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
             form-action {}; frame-src {}; base-uri 'none'; frame-ancestors 'none'",
            list(&self.form_targets),
            list(&self.frames),
        )
    }
}

/// The origin of a URL as a source of a policy; the scheme alone where the grammar knows no origin:
/// private schemes, and IPv6 addresses (CSP Level 3 §2.3.1).
fn source(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    match (url.scheme(), url.host()) {
        ("http" | "https", Some(Host::Domain(_) | Host::Ipv4(_))) => {
            Some(url.origin().ascii_serialization())
        }
        (scheme, _) => Some(format!("{scheme}:")),
    }
}
