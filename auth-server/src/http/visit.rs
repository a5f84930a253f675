//! A browser at one of our pages: who is logged in there, and what tells it from others.

use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::peer;
use crate::accounts::LoggedIn;
use crate::authorize::Visitor;
use crate::context::{AppState, RequestContext};
use crate::error::Fault;
use crate::pages::csrf::{Forged, FormSeal};
use crate::pages::{self, PageContext, cookies};
use crate::secret::Secret;

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
    pub(super) async fn of(request: &HttpRequest, state: &Data<AppState>) -> (Self, Option<Fault>) {
        let ctx = peer::context(request, state);
        let issuer = &ctx.settings().issuer;
        let known = cookies::browser(request, issuer);
        let is_new = known.is_none();
        let browser = known.unwrap_or_else(|| Secret::new(ctx.random().text::<32>()));
        let found = match cookies::session_handle(request, issuer) {
            Some(handle) => state.accounts.find_session(&handle, ctx.now).await,
            None => Ok(None),
        };
        let (logged_in, fault) = match found {
            Ok(logged_in) => (logged_in, None),
            Err(fault) => (None, Some(fault)),
        };
        let languages = request.headers().get(ACCEPT_LANGUAGE);
        let languages = languages.and_then(|value| value.to_str().ok());
        let visit = Self {
            languages: languages.map(str::to_owned),
            ctx,
            logged_in,
            browser,
            is_new,
        };
        (visit, fault)
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

    /// Lets only forms of ours pass (matrix AZ-19).
    ///
    /// # Errors
    /// [`Forged`].
    pub(super) fn require_own_form(
        &self,
        request: &HttpRequest,
        purpose: &str,
        given: &str,
    ) -> Result<(), Forged> {
        let issuer = &self.ctx.settings().issuer;
        self.seal(purpose).require(request, issuer, given)
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
