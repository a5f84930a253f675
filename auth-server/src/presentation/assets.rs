//! The files that pages load: style sheet and script. Their URLs change with their content, so they
//! are cached for good, and pages name the hash that they must have (Subresource Integrity).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::{Value, context};
use sha2::{Digest as _, Sha256};

use crate::error::Fault;

const EMBEDDED: [(&str, &str, &[u8]); 2] = [
    (
        "style",
        "chancery.css",
        include_bytes!("assets/chancery.css"),
    ),
    (
        "script",
        "chancery.js",
        include_bytes!("assets/chancery.js"),
    ),
];

/// A file that pages load.
#[derive(Debug)]
pub struct Asset {
    /// Media type.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
    /// `sha256-…`, as in the attribute `integrity`.
    pub integrity: String,
    url: String,
}

/// All of them, by the last two parts of their URL: `<hash>/<name>`.
#[derive(Debug)]
pub struct Assets {
    by_path: BTreeMap<String, Asset>,
    values: Value,
}

impl Assets {
    /// Hashes the files. `base` is the path of the issuer.
    pub(super) fn load(base: &str) -> Result<Self, Fault> {
        let mut by_path = BTreeMap::new();
        let mut values = BTreeMap::new();
        for (role, name, bytes) in EMBEDDED {
            let digest = Sha256::digest(bytes);
            let short = digest
                .iter()
                .take(6)
                .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
            let path = format!("{short}/{name}");
            let asset = Asset {
                content_type: content_type(name),
                bytes: bytes.to_vec(),
                integrity: format!("sha256-{}", STANDARD.encode(digest)),
                url: format!("{base}/assets/{path}"),
            };
            values.insert(
                role,
                context! { url => &asset.url, integrity => &asset.integrity },
            );
            by_path.insert(path, asset);
        }
        Ok(Self {
            by_path,
            values: Value::from(values),
        })
    }

    /// The file at `<hash>/<name>`.
    pub fn find(&self, path: &str) -> Option<&Asset> {
        self.by_path.get(path)
    }

    /// For templates: `assets.style.url`, `assets.style.integrity`, and the same of `script`.
    pub(super) fn values(&self) -> Value {
        self.values.clone()
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        _ => "application/octet-stream",
    }
}
