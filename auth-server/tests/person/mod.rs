//! A person at a browser without scripts: it keeps cookies, follows redirects as long as they stay with
//! the server, fills in the forms of its pages by their element ids (contract §2.6) and presses buttons.

mod html;

use std::collections::BTreeMap;

use html::Document;
use reqwest::{
    Client, Method, StatusCode,
    header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE},
    redirect::Policy,
};
use url::{Url, form_urlencoded};

/// More redirects than any way through our pages has.
const PATIENCE: usize = 12;

/// Somebody with a browser of their own; a clone is another tab of it, from then on.
#[derive(Clone)]
pub(crate) struct Person {
    http: Client,
    cookies: BTreeMap<String, String>,
    home: Url,
    /// Where the server really listens, if not there.
    server: Option<Url>,
}

/// Where a way through the server ended.
#[derive(Debug)]
pub(crate) enum Seen {
    /// At a page of the server.
    Page(Page),
    /// At a URL of somebody else, which has not been opened.
    Away(Url),
}

/// A page that was shown.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    document: Document,
}

impl Person {
    /// A browser without cookies, for the server at this URL.
    pub(crate) fn at(home: &str) -> Self {
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        Self {
            http,
            cookies: BTreeMap::new(),
            home: Url::parse(home).unwrap(),
            server: None,
        }
    }

    /// The same for a server whose issuer is `home`, and which listens at `server`.
    pub(crate) fn behind(home: &str, server: &str) -> Self {
        Self {
            server: Some(Url::parse(server).unwrap()),
            ..Self::at(home)
        }
    }

    /// The server listens there from now on.
    pub(crate) fn move_to(&mut self, server: &str) {
        self.server = Some(Url::parse(server).unwrap());
    }

    /// Opens a URL of the server and goes wherever that leads; `None` when a connection breaks.
    pub(crate) async fn try_open(&mut self, url: &str) -> Option<Seen> {
        let url = self.home.join(url).unwrap();
        self.try_go(Method::GET, url, String::new()).await
    }

    /// Sends a form to a path of the server, as no page would.
    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Seen {
        let url = self.home.join(path).unwrap();
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        self.go(Method::POST, url, body).await
    }

    /// Opens a URL of the server and goes wherever that leads.
    pub(crate) async fn open(&mut self, url: &str) -> Seen {
        let url = self.home.join(url).unwrap();
        self.go(Method::GET, url, String::new()).await
    }

    /// Fills in fields of a page, each found by the id of its element, and presses a button.
    pub(crate) async fn press(
        &mut self,
        page: &Page,
        button: &str,
        fields: &[(&str, &str)],
    ) -> Seen {
        let form = page.document.form_of(button);
        let form = form.unwrap_or_else(|| panic!("no form with #{button} in\n{}", page.text));
        let filled = form.filled(button, fields);
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(filled)
            .finish();
        let mut url = page.url.join(form.action()).unwrap();
        if form.is_post() {
            return self.go(Method::POST, url, body).await;
        }
        url.set_query(Some(&body));
        self.go(Method::GET, url, String::new()).await
    }

    /// Opens the URL of an authorization request, logs in and consents where that is asked for, and
    /// returns the URL that the client gets.
    pub(crate) async fn log_in(&mut self, url: &str, username: &str, password: &str) -> Url {
        let mut seen = self.open(url).await;
        for _ in 0..PATIENCE {
            let page = match seen {
                Seen::Away(url) => return url,
                Seen::Page(page) => page,
            };
            seen = if page.is("page-login") {
                let fields = [("login-username", username), ("login-password", password)];
                self.press(&page, "login-submit", &fields).await
            } else if page.is("page-consent") {
                self.press(&page, "consent-allow", &[]).await
            } else {
                panic!("{} at {}\n{}", page.status, page.url, page.text);
            };
        }
        panic!("no end after {PATIENCE} pages");
    }

    /// Opens the URL of a logout, confirms it where that is asked for, and returns where it ended.
    pub(crate) async fn log_out(&mut self, url: &str) -> Seen {
        let mut seen = self.open(url).await;
        if let Seen::Page(page) = &seen
            && page.is("page-logout")
        {
            seen = self.press(page, "logout-confirm", &[]).await;
        }
        match &seen {
            Seen::Page(page) => match page.target_of("logged-out-continue") {
                Some(target) => Seen::Away(page.url.join(target).unwrap()),
                None => seen,
            },
            Seen::Away(_) => seen,
        }
    }

    /// Somebody puts a cookie into the browser.
    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// All cookies, as the browser sends them.
    pub(crate) fn cookies(&self) -> String {
        let pairs: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// A cookie that the browser holds now.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    async fn go(&mut self, method: Method, url: Url, body: String) -> Seen {
        let target = url.clone();
        let seen = self.try_go(method, url, body).await;
        seen.unwrap_or_else(|| panic!("the connection broke on the way from {target}"))
    }

    async fn try_go(&mut self, mut method: Method, mut url: Url, mut body: String) -> Option<Seen> {
        for _ in 0..PATIENCE {
            if url.origin() != self.home.origin() {
                return Some(Seen::Away(url));
            }
            let answer = self.send(method, &url, body).await?;
            let Some(location) = answer.headers.get(LOCATION) else {
                return Some(Seen::Page(answer));
            };
            // What a browser does with 302 and 303; nobody here may answer with 307 or 308 (GEN-20).
            assert!(matches!(answer.status.as_u16(), 302 | 303), "{answer:?}");
            url = answer.url.join(location.to_str().unwrap()).unwrap();
            (method, body) = (Method::GET, String::new());
        }
        panic!("no end after {PATIENCE} redirects, last to {url}");
    }

    async fn send(&mut self, method: Method, url: &Url, body: String) -> Option<Page> {
        let mut target = url.clone();
        if let Some(server) = &self.server {
            target.set_host(server.host_str()).unwrap();
            target.set_port(server.port()).unwrap();
        }
        let mut request = self.http.request(method.clone(), target);
        if method == Method::POST {
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(ORIGIN, self.home.origin().ascii_serialization());
        }
        if !self.cookies.is_empty() {
            request = request.header(COOKIE, self.cookies());
        }
        let response = request.body(body).send().await.ok()?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.ok()?;
        for cookie in headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        Some(Page {
            url: url.clone(),
            status,
            headers,
            document: Document::parse(&text),
            text,
        })
    }

    /// Keeps a cookie, or drops the one that it ends.
    fn keep(&mut self, cookie: &str) {
        let mut parts = cookie.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        if parts.any(|part| part.eq_ignore_ascii_case("max-age=0")) {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Page {
    /// Whether it has an element with this id, `page-login` for one.
    pub(crate) fn is(&self, id: &str) -> bool {
        self.document.has(id)
    }

    /// The value of the field that is sent under this name.
    pub(crate) fn value_of_name(&self, name: &str) -> Option<&str> {
        self.document.value_of_name(name)
    }

    /// An attribute of the element with this id.
    pub(crate) fn attribute(&self, id: &str, name: &str) -> Option<&str> {
        self.document.attribute_of(id, name)
    }

    /// Where the link with this id leads.
    pub(crate) fn target_of(&self, id: &str) -> Option<&str> {
        self.attribute(id, "href")
    }

    /// The value of the field with this id.
    pub(crate) fn value_of(&self, id: &str) -> Option<&str> {
        self.attribute(id, "value")
    }
}

impl Seen {
    /// The page; fails when the way led elsewhere.
    #[track_caller]
    pub(crate) fn page(self) -> Page {
        match self {
            Self::Page(page) => page,
            Self::Away(url) => panic!("no page, but {url}"),
        }
    }

    /// The URL elsewhere; fails when it ended at a page.
    #[track_caller]
    pub(crate) fn away(self) -> Url {
        match self {
            Self::Away(url) => url,
            Self::Page(page) => panic!("{} at {}\n{}", page.status, page.url, page.text),
        }
    }
}
