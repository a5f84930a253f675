//! No other site fills in our forms (RFC 6749 §10.12; matrix AZ-19; attack LC-01): the browser's own
//! word on where a request comes from, and a token that only a page of ours in this browser holds.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, HeaderValue, ORIGIN};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::secret::{Secret, SecretKey};
use crate::settings::Issuer;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Why a form is not believed. Shown as [`super::ErrorKind::ForgedForm`] with 403.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forged {
    /// `Sec-Fetch-Site` says that another site sent it.
    ForeignSite,
    /// `Origin` is not ours.
    ForeignOrigin,
    /// The token is missing, or of another browser, form or server.
    WrongToken,
}

impl Forged {
    /// For the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ForeignSite => "foreign_site",
            Self::ForeignOrigin => "foreign_origin",
            Self::WrongToken => "wrong_token",
        }
    }
}

/// The token of one form in one browser.
#[derive(Debug, Clone, Copy)]
pub struct FormSeal<'a> {
    /// [`crate::keys::KeyRing::page_token_key`].
    pub key: &'a SecretKey,
    /// The browser's cookie, [`super::cookies::browser`].
    pub binding: &'a Secret,
    /// What the form is about, such as the id of the interaction.
    pub purpose: &'a str,
}

impl FormSeal<'_> {
    /// The hidden field `csrf`. The same every time, so that open tabs and the back button work.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.mac())
    }

    /// Lets pass what a page of ours in this browser sent.
    ///
    /// # Errors
    /// [`Forged`]: nothing may be done.
    pub fn require(
        &self,
        request: &HttpRequest,
        issuer: &Issuer,
        given: &str,
    ) -> Result<(), Forged> {
        require_own_site(request, &issuer.origin())?;
        if Secret::new(given) == Secret::new(self.token()) {
            Ok(())
        } else {
            Err(Forged::WrongToken)
        }
    }

    fn mac(&self) -> [u8; 32] {
        // HMAC fills the key up to the block with zeros (RFC 2104 §2); done here, nothing can fail.
        let mut block = zeroize::Zeroizing::new([0_u8; 64]);
        for (to, from) in block.iter_mut().zip(self.key.expose()) {
            *to = *from;
        }
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        // A digest has one length, so that no two pairs make one text.
        mac.update(self.binding.digest().as_bytes());
        mac.update(self.purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Fetch Metadata and `Origin`, every line of them. Both are missing where a program or an old browser
/// sends the form: there the token decides alone.
fn require_own_site(request: &HttpRequest, ours: &str) -> Result<(), Forged> {
    let lines = |name| {
        let lines = request.headers().get_all(name);
        lines.map(HeaderValue::as_bytes).collect::<Vec<_>>()
    };
    let sites = lines(FETCH_SITE);
    if !sites
        .iter()
        .all(|site| matches!(*site, b"same-origin" | b"none"))
    {
        return Err(Forged::ForeignSite);
    }
    // Under `Referrer-Policy: no-referrer` browsers withhold the origin of their own forms (Fetch §3.2):
    // `null` is believed only of one that says itself where the form comes from.
    let may_be_null = !sites.is_empty();
    let is_ours = |origin: &&[u8]| *origin == ours.as_bytes() || may_be_null && *origin == b"null";
    if lines(ORIGIN).iter().all(is_ours) {
        Ok(())
    } else {
        Err(Forged::ForeignOrigin)
    }
}
