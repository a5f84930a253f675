//! What a step came to: how many checks passed and failed, and what to show when some failed.

/// The counts of one step, which `N passed, M failed` adds up.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Tests that passed, or one for a step that has no tests of its own.
    pub(super) passed: u32,
    /// Tests that failed, or one for a failed step.
    pub(super) failed: u32,
    /// Output worth reading when something failed.
    pub(super) details: String,
}

impl Verdict {
    /// A step without tests that went well.
    pub(super) fn passed() -> Self {
        Self {
            passed: 1,
            ..Self::default()
        }
    }

    /// A step without tests that went wrong.
    pub(super) fn failed(details: impl Into<String>) -> Self {
        Self {
            passed: 0,
            failed: 1,
            details: details.into(),
        }
    }

    /// A test run: its counts, and a failure of its own when it failed without a failing test
    /// (it did not build, it was killed) or ran no test at all.
    pub(super) fn of_tests(counts: Option<(u32, u32)>, success: bool, output: String) -> Self {
        let (passed, failed) = counts.unwrap_or_default();
        let unexplained = u32::from(failed == 0 && (!success || passed == 0));
        Self {
            passed,
            failed: failed + unexplained,
            details: output,
        }
    }
}

/// `(passed, failed)` from the first element of a JUnit report as cargo-nextest writes it.
pub(super) fn find_junit_counts(xml: &str) -> Option<(u32, u32)> {
    let start = xml.find("<testsuites ")?;
    let element = &xml[start..start + xml[start..].find('>')?];
    let attribute = |name: &str| {
        let (_, rest) = element.split_once(&format!(" {name}=\""))?;
        rest.split_once('"')?.0.parse::<u32>().ok()
    };
    let failed = attribute("failures")? + attribute("errors")?;
    Some((attribute("tests")?.saturating_sub(failed), failed))
}

/// The sum of all `test result:` lines of `cargo test`; `None` when there is none.
pub(super) fn find_libtest_counts(output: &str) -> Option<(u32, u32)> {
    output
        .lines()
        .filter_map(|line| {
            let (_, rest) = line.strip_prefix("test result: ")?.split_once(". ")?;
            let (passed, rest) = rest.split_once(" passed; ")?;
            let (failed, _) = rest.split_once(" failed;")?;
            Some((passed.parse::<u32>().ok()?, failed.parse::<u32>().ok()?))
        })
        .reduce(|sum, one| (sum.0 + one.0, sum.1 + one.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junit_counts_are_those_of_the_whole_run() {
        let xml = r#"<?xml version="1.0"?>
            <testsuites name="nextest-run" tests="12" failures="2" errors="1" time="0.5">
            <testsuite name="a" tests="7" failures="2"/></testsuites>"#;
        assert_eq!(find_junit_counts(xml), Some((9, 3)));
        assert_eq!(find_junit_counts("<html>"), None);
    }

    #[test]
    fn libtest_counts_are_added_up_over_crates() {
        let output = "test result: ok. 3 passed; 0 failed; 1 ignored; finished in 0.1s\n\
            noise\n\
            test result: FAILED. 1 passed; 2 failed; 0 ignored; finished in 0.1s\n";
        assert_eq!(find_libtest_counts(output), Some((4, 2)));
        assert_eq!(find_libtest_counts("error: could not compile"), None);
    }

    #[test]
    fn a_run_that_fails_without_a_failing_test_counts_as_one_failure() {
        let verdict = Verdict::of_tests(Some((5, 0)), false, String::new());
        assert_eq!((verdict.passed, verdict.failed), (5, 1));
        let verdict = Verdict::of_tests(Some((5, 2)), false, String::new());
        assert_eq!((verdict.passed, verdict.failed), (5, 2));
    }

    #[test]
    fn a_run_of_no_test_at_all_is_a_failure() {
        assert_eq!(Verdict::of_tests(None, true, String::new()).failed, 1);
        assert_eq!(
            Verdict::of_tests(Some((0, 0)), true, String::new()).failed,
            1
        );
    }
}
