//! Files of the operator: a logo, a style sheet, templates instead of ours. Read once, at the start,
//! so that a mistake in them is found there.

use std::borrow::Cow;
use std::path::Path;

use crate::error::Fault;

/// A page is small. What is larger was named by mistake.
const LARGEST: u64 = 512 * 1024;

/// Reads a file that the setting `key` names.
///
/// # Errors
/// It cannot be read, or is larger than 512 KiB. The text names the setting.
pub(super) fn read_file(key: &'static str, file: &Path) -> Result<Cow<'static, [u8]>, Fault> {
    let doing = "reading a file for the pages";
    let named = |problem: String| {
        let text = format!("{key} = {}: {problem}", file.display());
        Fault::broken(doing, text)
    };
    let size = std::fs::metadata(file)
        .map_err(|error| named(error.to_string()))?
        .len();
    if size > LARGEST {
        return Err(named(format!("{size} bytes are more than {LARGEST}")));
    }
    std::fs::read(file)
        .map(Cow::from)
        .map_err(|error| named(error.to_string()))
}

/// The operator's template of this name, if the folder has one.
///
/// # Errors
/// As [`read_file`]; text that is not UTF-8.
pub(super) fn find_template(folder: &Path, name: &str) -> Result<Option<String>, Fault> {
    let file = folder.join(name);
    if !file.exists() {
        return Ok(None);
    }
    let bytes = read_file("pages.templates_dir", &file)?.into_owned();
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let text = format!("{}: {error}", file.display());
        Fault::broken("reading a file for the pages", text)
    })
}

/// A folder without any template that we know is a mistake in the setting.
///
/// # Errors
/// The text lists the names.
pub(super) fn require_templates(folder: &Path, names: &[&str]) -> Result<(), Fault> {
    if names.iter().any(|name| folder.join(name).exists()) {
        return Ok(());
    }
    let text = format!(
        "pages.templates_dir = {}: has none of {}",
        folder.display(),
        names.join(", ")
    );
    Err(Fault::broken("reading a file for the pages", text))
}
