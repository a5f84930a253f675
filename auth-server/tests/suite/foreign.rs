//! A server of somebody else, whose URL a client names: it answers documents, and counts who asks.

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde_json::Value;

/// It answers as long as this is held.
pub(crate) struct Foreign {
    pub(crate) base: String,
    site: Data<Site>,
    handle: actix_web::dev::ServerHandle,
}

#[derive(Default)]
struct Site {
    documents: Mutex<HashMap<String, Value>>,
    requests: AtomicUsize,
}

impl Foreign {
    /// Plain http on a free port of this machine.
    pub(crate) fn start() -> Self {
        Self::serve(None)
    }

    /// https, with this certificate and key.
    pub(crate) fn with_tls(config: rustls::ServerConfig) -> Self {
        Self::serve(Some(config))
    }

    fn serve(tls: Option<rustls::ServerConfig>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let site = Data::from(Arc::new(Site::default()));
        let shared = site.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .default_service(web::to(answer))
        })
        .workers(1)
        .disable_signals();
        let (scheme, server) = match tls {
            Some(config) => ("https", server.listen_rustls_0_23(listener, config)),
            None => ("http", server.listen(listener)),
        };
        let server = server.unwrap().run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self {
            base: format!("{scheme}://localhost:{port}"),
            site,
            handle,
        }
    }

    /// Puts a document at a path; returns its URL.
    pub(crate) fn put(&self, path: &str, document: Value) -> String {
        let mut documents = self.site.documents.lock().unwrap();
        documents.insert(path.to_owned(), document);
        format!("{}{path}", self.base)
    }

    /// How often anybody asked.
    pub(crate) fn requests(&self) -> usize {
        self.site.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn answer(request: HttpRequest, site: Data<Site>) -> HttpResponse {
    site.requests.fetch_add(1, Ordering::SeqCst);
    match site.documents.lock().unwrap().get(request.path()) {
        Some(document) => HttpResponse::Ok().json(document),
        None => HttpResponse::NotFound().finish(),
    }
}
