//! Finds the tests in a Rust file, with what is written about them: the comment in front, and those
//! between their braces. It reads lines, as rustfmt leaves them, and knows no more of the language.

use std::mem;

/// A function that runs as a test; one that is ignored proves nothing and is not here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Test {
    /// The function.
    pub(super) name: String,
    /// Its comments, a line each. A file's own (`//!`) belong to no test.
    pub(super) comments: String,
}

/// All tests of a file, in its order.
pub(super) fn tests_in(source: &str) -> Vec<Test> {
    let mut tests = Vec::new();
    let mut lines = source.lines();
    let mut ahead = Ahead::default();
    while let Some(line) = lines.next() {
        let text = line.trim_start();
        if let Some(name) = function_name(text) {
            let Ahead {
                attributes,
                comments,
            } = mem::take(&mut ahead);
            if is_test(&attributes) {
                let name = name.to_owned();
                let mut test = Test { name, comments };
                let end = format!("{}}}", &line[..line.len() - text.len()]);
                for inner in lines.by_ref().take_while(|inner| *inner != end) {
                    test.read(inner);
                }
                tests.push(test);
            }
        } else {
            ahead.read(text);
        }
    }
    tests
}

impl Test {
    /// Takes over the comment of a line between the braces.
    fn read(&mut self, line: &str) {
        let comment = line.trim_start().strip_prefix("//");
        if let Some(comment) = comment.or_else(|| Some(line.split_once(" // ")?.1)) {
            self.comments.push_str(comment);
            self.comments.push('\n');
        }
    }
}

/// What stands in front of a function.
#[derive(Default)]
struct Ahead {
    comments: String,
    attributes: String,
}

impl Ahead {
    fn read(&mut self, text: &str) {
        let is_inside = self.attributes.matches('[').count() > self.attributes.matches(']').count();
        if text.starts_with("#[") || is_inside {
            self.attributes.push_str(text);
        } else if let Some(comment) = text
            .strip_prefix("//")
            .filter(|rest| !rest.starts_with('!'))
        {
            self.comments.push_str(comment.trim_start_matches('/'));
            self.comments.push('\n');
        } else {
            *self = Self::default();
        }
    }
}

fn is_test(attributes: &str) -> bool {
    let runs = ["#[test]", "::test]", "::test("].iter();
    runs.clone().any(|mark| attributes.contains(mark)) && !attributes.contains("#[ignore")
}

/// The name in `pub async fn name(…`.
fn function_name(text: &str) -> Option<&str> {
    let (before, after) = text.split_once("fn ")?;
    let mut words = before.split_whitespace();
    words
        .all(|word| {
            matches!(
                word,
                "async" | "const" | "pub" | "pub(crate)" | "pub(super)"
            )
        })
        .then_some(())?;
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
    Some(&after[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
        //! Of the file: RT-01.\n\
        /// RT-02: the first.\n\
        #[expect(\n    clippy::panic,\n    reason = \"text\"\n)]\n\
        #[actix_web::test]\n\
        async fn first() {\n    // RT-03\n    let a = \"http://a\"; // RT-04\n    if a {\n    }\n}\n\
        \n\
        /// RT-05: what helps a test is none.\n\
        fn helps() {\n    // RT-06\n}\n\
        \n\
        /// RT-07: this does not run.\n\
        #[test]\n#[ignore = \"slow\"]\n\
        fn ignored() {}\n\
        mod inner {\n    \
            proptest! {\n        \
                // RT-08\n        #[test]\n        \
                fn second(n in 1..9) {\n            a();\n        }\n    }\n}\n";

    #[test]
    fn each_test_has_the_comments_in_front_of_it_and_inside() {
        let tests = tests_in(SOURCE);
        let names: Vec<_> = tests.iter().map(|test| test.name.as_str()).collect();
        assert_eq!(names, ["first", "second"]);
        let words = |test: &Test| {
            test.comments
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(words(&tests[0]), "RT-02: the first. RT-03 RT-04");
        assert_eq!(words(&tests[1]), "RT-08");
    }

    #[test]
    fn a_comment_that_something_else_follows_belongs_to_that() {
        let source = "// RT-01\nconst A: u8 = 1;\n#[test]\nfn a() {\n}\n";
        assert_eq!(tests_in(source)[0].comments, "");
    }
}
