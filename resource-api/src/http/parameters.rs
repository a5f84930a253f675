//! Query parameters and single headers. A parameter given twice, out of range or with control
//! characters is refused (400); an unknown one is ignored, `access_token` among them (RFC 6750 §2.3).

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;

use crate::paging::{self, DEFAULT_LIMIT, MAX_LIMIT, Page};
use crate::problem::Problem;

/// Longest filter text in characters.
const MAX_FILTER: usize = 200;

/// The parameters of a query string.
#[derive(Debug)]
pub struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// Of a request.
    pub fn of(request: &HttpRequest) -> Self {
        let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
        Self {
            pairs: pairs.into_owned().collect(),
        }
    }

    /// The value of a parameter; an empty one counts as absent.
    ///
    /// # Errors
    /// 400 when it is given more than once.
    pub fn find(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut values = self
            .pairs
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value);
        let value = values.next().filter(|value| !value.is_empty());
        match values.next() {
            Some(_) => Err(Problem::parameter(name, "must be given once")),
            None => Ok(value.map(String::as_str)),
        }
    }

    /// The trimmed text of a filter.
    ///
    /// # Errors
    /// 400 when it is too long or has control characters.
    pub fn filter(&self, name: &str) -> Result<Option<String>, Problem> {
        let Some(text) = self
            .find(name)?
            .map(str::trim)
            .filter(|text| !text.is_empty())
        else {
            return Ok(None);
        };
        if text.chars().any(char::is_control) || text.chars().count() > MAX_FILTER {
            let detail = format!("must have at most {MAX_FILTER} characters, none of them control");
            return Err(Problem::parameter(name, detail));
        }
        Ok(Some(text.to_owned()))
    }

    /// The wanted page of `list`, which is named together with its filters.
    ///
    /// # Errors
    /// 400 when `limit` is not 1 to 100 (it is refused, not clamped: a caller that asks for 1000 entries
    /// and gets 100 would believe to have seen all), or `cursor` is not one of this list.
    pub fn page(&self, list: &str) -> Result<Page, Problem> {
        let limit = match self.find("limit")? {
            None => DEFAULT_LIMIT,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (1..=MAX_LIMIT).contains(limit))
                .ok_or_else(|| {
                    Problem::parameter("limit", format!("must be a whole number, 1 to {MAX_LIMIT}"))
                })?,
        };
        let after = match self.find("cursor")? {
            None => None,
            Some(cursor) => Some(paging::decode(cursor, list).ok_or_else(|| {
                Problem::parameter("cursor", "is not a cursor of this list with these filters")
            })?),
        };
        Ok(Page { limit, after })
    }
}

/// The text of a header that may be given once.
///
/// # Errors
/// 400 when it is given more than once or is not visible ASCII.
pub fn find_header(request: &HttpRequest, name: HeaderName) -> Result<Option<&str>, Problem> {
    let mut values = request.headers().get_all(&name);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Problem::parameter(name.as_str(), "must be given once"));
    }
    match value.to_str() {
        Ok(text) => Ok(Some(text.trim())),
        Err(_) => Err(Problem::parameter(name.as_str(), "must be visible ASCII")),
    }
}
