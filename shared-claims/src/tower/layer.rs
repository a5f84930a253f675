//! The layer, and the service it makes of another.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use http::{HeaderValue, Request, Response, header};
use tower_layer::Layer;
use tower_service::Service;

use super::refusal::refusal;
use crate::access::{
    AllowedRoles, AnyAuthentication, AnyScope, Caller, Needs, RequiredAuthentication,
    RequiredScopes, ResourceServer, find_token, judge,
};

type Policy<R, S, A> = PhantomData<fn() -> (R, S, A)>;

/// Lets requests of callers with one of the roles `R`, all of the scopes `S` and a login like `A`
/// through, with their [`Caller`] as an extension, and answers all others.
pub struct RequireCaller<R, S = AnyScope, A = AnyAuthentication> {
    server: ResourceServer,
    policy: Policy<R, S, A>,
}

/// A service behind [`RequireCaller`].
pub struct Guarded<Inner, R, S, A> {
    inner: Inner,
    server: ResourceServer,
    policy: Policy<R, S, A>,
}

impl<R: AllowedRoles, S: RequiredScopes, A: RequiredAuthentication> RequireCaller<R, S, A> {
    /// A layer that judges by this resource's policy.
    #[must_use]
    pub fn new(server: &ResourceServer) -> Self {
        Self {
            server: server.clone(),
            policy: PhantomData,
        }
    }
}

impl<Inner, R, S, A> Layer<Inner> for RequireCaller<R, S, A> {
    type Service = Guarded<Inner, R, S, A>;

    fn layer(&self, inner: Inner) -> Self::Service {
        Guarded {
            inner,
            server: self.server.clone(),
            policy: PhantomData,
        }
    }
}

impl<Inner, R, S, A, B, Out> Service<Request<B>> for Guarded<Inner, R, S, A>
where
    Inner: Service<Request<B>, Response = Response<Out>> + Clone + Send + 'static,
    Inner::Future: Send,
    R: AllowedRoles,
    S: RequiredScopes,
    A: RequiredAuthentication,
    B: Send + 'static,
    Out: From<String>,
{
    type Response = Response<Out>;
    type Error = Inner::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // The one that is ready is used, and a clone of it stays behind.
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        let server = self.server.clone();
        // Out of the request, whose body need not be shareable between threads.
        let headers = request.headers().get_all(header::AUTHORIZATION);
        let presented = find_token(headers.iter().map(HeaderValue::as_bytes)).map(str::to_owned);
        Box::pin(async move {
            let presented = presented.as_deref().map_err(|denial| *denial);
            match judge::<R, S, A>(&server, presented).await {
                Ok(caller) => {
                    let caller: Caller<R, S, A> = caller;
                    request.extensions_mut().insert(caller);
                    inner.call(request).await
                }
                Err(denial) => Ok(refusal(denial, &Needs::of::<S, A>(), server.metadata())),
            }
        })
    }
}

// By hand, because the types of the policy need be neither.
impl<R, S, A> Clone for RequireCaller<R, S, A> {
    fn clone(&self) -> Self {
        Self {
            server: self.server.clone(),
            policy: PhantomData,
        }
    }
}

impl<R, S, A> fmt::Debug for RequireCaller<R, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequireCaller").finish_non_exhaustive()
    }
}

impl<Inner: Clone, R, S, A> Clone for Guarded<Inner, R, S, A> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            server: self.server.clone(),
            policy: PhantomData,
        }
    }
}

impl<Inner, R, S, A> fmt::Debug for Guarded<Inner, R, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").finish_non_exhaustive()
    }
}
