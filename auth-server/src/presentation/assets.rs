//! The files that pages load: style sheet, script and logo. Their URLs change with their content, so
//! they are cached for good, and pages name the hash that they must have (Subresource Integrity).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use minijinja::{Value, context};
use sha2::{Digest as _, Sha256};

use super::operator::read_file;
use crate::error::Fault;
use crate::settings::PagesSettings;

const STYLE: &[u8] = include_bytes!("assets/chancery.css");
const SCRIPT: &[u8] = include_bytes!("assets/chancery.js");
const LOGO: &[u8] = include_bytes!("assets/mark.svg");

/// A file that pages load.
#[derive(Debug)]
pub struct Asset {
    /// Media type.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
}

/// All of them, by the last two parts of their URL: `<hash>/<name>`.
#[derive(Debug)]
pub struct Assets {
    by_path: BTreeMap<String, Asset>,
    /// For templates: `style`, `script`, `logo` and, where there is one, `own_style`, each with `url`
    /// and `integrity`.
    pub(super) values: Value,
}

impl Assets {
    /// Hashes the files, and reads those of the operator. `base` is the path of the issuer.
    ///
    /// # Errors
    /// A file of the operator that cannot be read, is too large or of no kind that pages may load.
    pub(super) fn load(base: &str, settings: &PagesSettings) -> Result<Self, Fault> {
        let mut shelf = Shelf {
            base,
            by_path: BTreeMap::new(),
        };
        let style = shelf.put("chancery.css", "text/css; charset=utf-8", STYLE.into());
        let script = shelf.put(
            "chancery.js",
            "text/javascript; charset=utf-8",
            SCRIPT.into(),
        );
        let logo = match &settings.logo {
            Some(file) => shelf.put("logo", image_type(file)?, read_file("pages.logo", file)?),
            None => shelf.put("mark.svg", "image/svg+xml", LOGO.into()),
        };
        let own_style = match &settings.stylesheet {
            Some(file) => {
                let bytes = read_file("pages.stylesheet", file)?;
                Some(shelf.put("own.css", "text/css; charset=utf-8", bytes))
            }
            None => None,
        };
        Ok(Self {
            by_path: shelf.by_path,
            values: context! { style, script, logo, own_style },
        })
    }

    /// The file at `<hash>/<name>`.
    pub fn find(&self, path: &str) -> Option<&Asset> {
        self.by_path.get(path)
    }
}

struct Shelf<'a> {
    base: &'a str,
    by_path: BTreeMap<String, Asset>,
}

impl Shelf<'_> {
    fn put(&mut self, name: &str, content_type: &'static str, bytes: Cow<'static, [u8]>) -> Value {
        let digest = Sha256::digest(&bytes);
        let version = URL_SAFE_NO_PAD.encode(&digest[..9]);
        let path = format!("{version}/{name}");
        let values = context! {
            url => format!("{}/assets/{path}", self.base),
            integrity => format!("sha256-{}", STANDARD.encode(digest)),
        };
        let asset = Asset {
            content_type,
            bytes,
        };
        self.by_path.insert(path, asset);
        values
    }
}

fn image_type(file: &Path) -> Result<&'static str, Fault> {
    let extension = file.extension().and_then(|text| text.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("svg") => Ok("image/svg+xml"),
        Some("png") => Ok("image/png"),
        Some("webp") => Ok("image/webp"),
        Some("jpg" | "jpeg") => Ok("image/jpeg"),
        _ => Err(Fault::broken(
            "reading pages.logo",
            "the name of the file must end in .svg, .png, .webp or .jpg",
        )),
    }
}
