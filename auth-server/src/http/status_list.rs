//! `GET /oauth2/status/{list}` and `GET /oauth2/status`: what is revoked, for verifiers that never call
//! about a single token (draft-ietf-oauth-status-list-21 §8, §9; matrix TSL-06, TSL-12, TSL-13).

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::{jwks, peer, respond};
use crate::context::{AppState, RequestContext};
use crate::revocation::status_list_token;

/// A status list, signed.
#[utoipa::path(
    get,
    path = "/oauth2/status/{list}",
    tag = "Revocation",
    operation_id = "statusList",
    params(("list" = String, Path, description = "The number of the list, as in the claim `status` of a token")),
    responses(
        (status = 200, description = "Status List Token", body = String, content_type = "application/statuslist+jwt"),
        (status = 304, description = "Not modified since the ETag sent"),
        (status = 404, description = "There is no such list, or its last token has expired"),
        (status = 501, description = "Lists of the past (`time`) are not kept"),
        (status = 503, description = "Try again later", body = respond::ErrorBody<'_>),
    ),
)]
pub(super) async fn list(
    request: HttpRequest,
    name: Path<String>,
    state: Data<AppState>,
) -> HttpResponse {
    if asks_for_the_past(request.query_string()) {
        return problem(StatusCode::NOT_IMPLEMENTED);
    }
    let ctx = peer::context(&request, &state);
    let Some(number) = number(&name) else {
        return problem(StatusCode::NOT_FOUND);
    };
    let token = match status_list_token(&ctx, number).await {
        Ok(Some(token)) => token,
        Ok(None) => return problem(StatusCode::NOT_FOUND),
        Err(fault) => return respond::failed(&ctx, &fault),
    };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CACHE_CONTROL, cache(&ctx)))
        .insert_header((ETAG, token.etag.as_str()));
    let sent = request.headers().get_all(IF_NONE_MATCH);
    if jwks::is_match(sent, token.etag.trim_start_matches("W/")) {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response
        .content_type("application/statuslist+jwt")
        .body(token.body.clone())
}

/// The addresses of all lists that serve.
#[utoipa::path(
    get,
    path = "/oauth2/status",
    tag = "Revocation",
    operation_id = "statusLists",
    responses((status = 200, description = "`{\"status_lists\": [addresses]}`", content_type = "application/json")),
)]
pub(super) async fn all(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let ctx = peer::context(&request, &state);
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, cache(&ctx)))
        .json(json!({ "status_lists": state.revocation.uris(ctx.now) }))
}

fn cache(ctx: &RequestContext) -> String {
    let ttl = ctx.settings().revocation.status_ttl.as_secs();
    format!("public, max-age={ttl}")
}

/// One spelling per list: digits without leading zeros.
fn number(name: &str) -> Option<i64> {
    let number: i64 = name.parse().ok()?;
    (number >= 0 && number.to_string() == name).then_some(number)
}

fn asks_for_the_past(query: &str) -> bool {
    url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "time")
}

fn problem(status: StatusCode) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("application/problem+json")
        .json(json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
        }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_one_address() {
        assert_eq!(number("0"), Some(0));
        assert_eq!(number("17"), Some(17));
        for other in [
            "",
            "-1",
            "+1",
            "01",
            "1.0",
            "0x1",
            "1 ",
            "99999999999999999999",
        ] {
            assert_eq!(number(other), None, "{other:?}");
        }
    }
}
