//! The extractor: what a handler's signature asks for, from the request or as a refusal.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};

use super::{Refusal, ResourceServer};
use crate::access::{
    AllowedRoles, Caller, Denial, Needs, RequiredAuthentication, RequiredScopes, find_token, judge,
};

impl<R: AllowedRoles, S: RequiredScopes, A: RequiredAuthentication> FromRequest
    for Caller<R, S, A>
{
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Some(server) = request.app_data::<ResourceServer>() else {
                tracing::error!("no ResourceServer in the application: every caller is refused");
                return Err(Refusal::new(Denial::NotConfigured, &Needs::default(), None));
            };
            let headers = request.headers().get_all(header::AUTHORIZATION);
            let presented = find_token(headers.map(header::HeaderValue::as_bytes));
            judge(server, presented).await.map_err(|denial| {
                Refusal::new(denial, &Needs::of::<S, A>(), Some(server.metadata()))
            })
        })
    }
}
