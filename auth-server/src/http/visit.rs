//! A browser at one of our pages: who is logged in there, and what tells it from others.

use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::{form, outcome, peer};
use crate::accounts::LoggedIn;
use crate::authorize::{Problem, Visitor};
use crate::context::{AppState, RequestContext};
use crate::pages::csrf::FormSeal;
use crate::pages::{self, PageContext, cookies};
use crate::protocol::form::OAuthForm;
use crate::secret::Secret;

/// What a handler of pages comes to: `Err` is an answer as well, one that ends the visit early.
pub(super) type Answered = Result<HttpResponse, HttpResponse>;

/// Either way it is sent.
pub(super) fn send(answered: Answered) -> HttpResponse {
    match answered {
        Ok(response) | Err(response) => response,
    }
}

/// One request of a browser.
pub(super) struct Visit {
    pub(super) ctx: RequestContext,
    pub(super) logged_in: Option<LoggedIn>,
    browser: Secret,
    is_new: bool,
    languages: Option<String>,
}

impl Visit {
    /// Reads the cookies. A browser without one gets one with the answer ([`Visit::mark`]).
    ///
    /// # Errors
    /// The page that says that we cannot tell who is logged in.
    pub(super) async fn open(
        request: &HttpRequest,
        state: &Data<AppState>,
    ) -> Result<Self, HttpResponse> {
        let ctx = peer::context(request, state);
        let issuer = &ctx.settings().issuer;
        let known = cookies::browser(request, issuer);
        let is_new = known.is_none();
        let browser = known.unwrap_or_else(|| Secret::new(ctx.random().text::<32>()));
        let handle = cookies::session_handle(request, issuer);
        let languages = request.headers().get(ACCEPT_LANGUAGE);
        let languages = languages.and_then(|value| value.to_str().ok());
        let mut visit = Self {
            languages: languages.map(str::to_owned),
            ctx,
            logged_in: None,
            browser,
            is_new,
        };
        if let Some(handle) = handle {
            let found = state.accounts.find_session(&handle, visit.ctx.now).await;
            visit.logged_in = found.map_err(|fault| outcome::failed(&visit, &fault))?;
        }
        Ok(visit)
    }

    /// Reads a form that a page of ours in this browser sent (matrix AZ-19; attack LC-01). `purpose`
    /// finds in it what its token is for.
    ///
    /// # Errors
    /// The page that says that it cannot be read or believed.
    pub(super) async fn own_form(
        &self,
        request: &HttpRequest,
        payload: Payload,
        purpose: impl FnOnce(&OAuthForm) -> String,
    ) -> Result<OAuthForm, HttpResponse> {
        let form = form::read_own(request, payload, &self.ctx.settings().http)
            .await
            .map_err(|refusal| outcome::told(self, &[], Problem::Unreadable(refusal.reason)))?;
        let token = form.find("csrf").unwrap_or_default();
        self.seal(&purpose(&form))
            .require(request, &self.ctx.settings().issuer, token)
            .map_err(|forged| outcome::forged(self, forged))?;
        Ok(form)
    }

    /// As the slices see it.
    pub(super) fn visitor(&self) -> Visitor<'_> {
        Visitor {
            logged_in: self.logged_in.as_ref(),
            browser: &self.browser,
        }
    }

    /// The cookie that the browser sent, not one that it is about to get.
    pub(super) fn known_browser(&self) -> Option<&Secret> {
        (!self.is_new).then_some(&self.browser)
    }

    /// The page that answers it.
    pub(super) fn page(&self, ui_locales: &[String]) -> PageContext<'_> {
        pages::negotiate(&self.ctx, ui_locales, self.languages.as_deref())
    }

    /// The token of a form about `purpose`.
    pub(super) fn csrf(&self, purpose: &str) -> String {
        self.seal(purpose).token()
    }

    /// Marks a browser that was not marked yet.
    pub(super) fn mark(&self, mut response: HttpResponse) -> HttpResponse {
        if self.is_new {
            cookies::set_browser(&mut response, &self.ctx.settings().issuer, &self.browser);
        }
        response
    }

    fn seal<'a>(&'a self, purpose: &'a str) -> FormSeal<'a> {
        FormSeal {
            key: self.ctx.state.keys.page_token_key(),
            binding: &self.browser,
            purpose,
        }
    }
}
