//! Answers that say yes. What an authenticated caller sees is never stored by shared caches
//! (RFC 6750 §5.3, matrix RS-14).

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, ETAG, LINK, LOCATION};
use serde::Serialize;
use url::form_urlencoded;
use utoipa::ToSchema;

use crate::http::precondition;
use crate::paging::{Page, Paged};

/// A browser may keep it, but must ask again whether it is still current.
const REVALIDATE: (actix_web::http::header::HeaderName, &str) =
    (CACHE_CONTROL, "private, no-cache");
const NO_STORE: (actix_web::http::header::HeaderName, &str) = (CACHE_CONTROL, "no-store");

/// 200 with an object that has a version.
pub fn versioned(object: impl Serialize, version: i64) -> HttpResponse {
    let tag = precondition::tag(version);
    HttpResponse::Ok()
        .insert_header(REVALIDATE)
        .insert_header((ETAG, tag))
        .json(object)
}

/// 304: the caller has this version already.
pub fn not_modified(version: i64) -> HttpResponse {
    let tag = precondition::tag(version);
    HttpResponse::NotModified()
        .insert_header(REVALIDATE)
        .insert_header((ETAG, tag))
        .finish()
}

/// 201 with the new object and its place.
pub fn created(object: impl Serialize, version: i64, location: String) -> HttpResponse {
    HttpResponse::Created()
        .insert_header(NO_STORE)
        .insert_header((ETAG, precondition::tag(version)))
        .insert_header((LOCATION, location))
        .json(object)
}

/// 204: done, nothing to say.
pub fn done() -> HttpResponse {
    HttpResponse::NoContent().insert_header(NO_STORE).finish()
}

/// 200 with one page of the list at `url`. `filters` are repeated in the link to the next page.
pub fn page<T: Serialize + ToSchema>(
    paged: &Paged<T>,
    page: &Page,
    url: &str,
    filters: &[(&str, Option<&str>)],
) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header(NO_STORE);
    if let Some(next) = &paged.next {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in filters {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query
            .append_pair("limit", &page.limit.to_string())
            .append_pair("cursor", next);
        response.insert_header((LINK, format!("<{url}?{}>; rel=\"next\"", query.finish())));
    }
    response.json(paged)
}
