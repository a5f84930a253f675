//! A source file as the rules see it: production code only, without comments and strings, and the
//! paths it names.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A prepared file.
pub(crate) struct Source {
    /// Where it is, for messages.
    pub(crate) label: String,
    /// Its module path, `grants/password`; empty for the root of a library.
    pub(crate) module: String,
    /// Production code without comments and strings.
    pub(crate) code: String,
    /// Its first line as written.
    pub(crate) first_line: String,
    /// Lines up to the tests at its end.
    pub(crate) production_lines: usize,
}

/// Every file of `src` of a member of the workspace, files of tests left out.
pub(crate) fn sources_of(member: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(member)
        .join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(!files.is_empty(), "{} has no sources", root.display());
    files
        .iter()
        .map(|file| {
            let path = file.strip_prefix(&root).unwrap().to_str().unwrap();
            Source::new(member, path, &fs::read_to_string(file).unwrap())
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        if path.is_dir() && stem != "tests" {
            collect(&path, files);
        } else if stem != "tests" && path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

impl Source {
    /// Prepares the file at `path` inside `member/src`.
    pub(crate) fn new(member: &str, path: &str, text: &str) -> Self {
        let production = production_part(text);
        let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
        Self {
            label: format!("{member}/src/{path}"),
            module: module.to_owned(),
            code: without_comments_and_strings(production),
            first_line: text.lines().next().unwrap_or_default().to_owned(),
            production_lines: production.lines().count(),
        }
    }

    /// The first part of its module path.
    pub(crate) fn room(&self) -> &str {
        self.module.split('/').next().unwrap_or_default()
    }

    /// Whether it is `place` or inside it. A `store` inside a slice is a store, too.
    pub(crate) fn is_in(&self, place: &str) -> bool {
        self.module == place
            || self.module.starts_with(&format!("{place}/"))
            || (place == "store" && self.module.split('/').any(|part| part == "store"))
    }

    /// First parts of all paths that lead out of the crate's root: `crate::a`, `super::super::a`,
    /// `crate::{a, b::c}`.
    pub(crate) fn imported_rooms(&self) -> BTreeSet<String> {
        let depth = match self.module.as_str() {
            "lib" | "main" => 0,
            module => module.split('/').count(),
        };
        let from_root = paths(&self.code, "crate");
        let from_here = match depth {
            0 => Vec::new(),
            depth => paths(&self.code, &vec!["super"; depth].join("::")),
        };
        from_root
            .into_iter()
            .chain(from_here)
            .flat_map(|rest| first_names(&rest))
            .filter(|name| name.starts_with(|first: char| first.is_ascii_lowercase()))
            .filter(|name| name != "self" && name != "super")
            .collect()
    }

    /// Whether a path begins with `sign`, unless that is a module of this very file.
    pub(crate) fn names(&self, sign: &str) -> bool {
        let is_own_module = self.code.contains(&format!("mod {sign};"));
        let in_group = sign.rsplit_once("::").is_some_and(|(parent, last)| {
            paths(&self.code, parent)
                .iter()
                .any(|rest| first_names(rest).contains(last))
        });
        let is_imported = self.code.contains(&format!("use {sign};"));
        !is_own_module && (in_group || is_imported || !paths(&self.code, sign).is_empty())
    }
}

/// What follows `start::` wherever that begins a path.
fn paths(code: &str, start: &str) -> Vec<String> {
    let start = format!("{start}::");
    code.match_indices(&start)
        .filter(|(at, _)| {
            let before = code[..*at].chars().next_back().unwrap_or(' ');
            !(before.is_alphanumeric() || matches!(before, '_' | ':' | '.'))
        })
        .map(|(at, _)| code[at + start.len()..].to_owned())
        .collect()
}

/// The first name of a path, or of each path in a group.
fn first_names(rest: &str) -> BTreeSet<String> {
    let name = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return BTreeSet::from([name(rest)]);
    };
    let mut names = BTreeSet::new();
    let (mut depth, mut begun) = (0_usize, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' if depth == 0 => {
                names.insert(name(&group[begun..at]));
                begun = at + 1;
            }
            '}' if depth == 0 => {
                names.insert(name(&group[begun..at]));
                break;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    names.remove("");
    names
}

/// Everything before the tests, which come last in a file.
fn production_part(text: &str) -> &str {
    text.match_indices("#[cfg(test)]\n")
        .find(|(at, mark)| {
            let after = text[at + mark.len()..].trim_start();
            after.starts_with("mod ") || after.starts_with("#[") || after.starts_with("use ")
        })
        .map_or(text, |(at, _)| &text[..at])
}

/// Blanks comments, strings and characters; every other byte stays.
fn without_comments_and_strings(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = skipped_bytes(rest);
        if skipped > 0 {
            code.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
            code.push(' ');
            rest = &rest[skipped..];
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    code
}

/// How many bytes a comment, string or character at the beginning of `rest` takes; 0 for code.
fn skipped_bytes(rest: &str) -> usize {
    let until = |end: &str, from: usize| {
        rest[from..]
            .find(end)
            .map_or(rest.len(), |found| from + found + end.len())
    };
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return until("*/", 2);
    }
    if rest.starts_with("r\"") {
        return until("\"", 2);
    }
    if rest.starts_with("r#") {
        let hashes: String = rest[1..].chars().take_while(|c| *c == '#').collect();
        let open = 1 + hashes.len();
        // Otherwise it is a raw identifier.
        return if rest[open..].starts_with('"') {
            until(&format!("\"{hashes}"), open + 1)
        } else {
            0
        };
    }
    if rest.starts_with('"') {
        return quoted_bytes(rest, '"');
    }
    // A lifetime has no quote after one character or one escape.
    if let Some(inside) = rest.strip_prefix('\'') {
        let mut characters = inside.chars();
        if characters.next() == Some('\\') || characters.next() == Some('\'') {
            return quoted_bytes(rest, '\'');
        }
    }
    0
}

fn quoted_bytes(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}
