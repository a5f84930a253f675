//! axe-core, the checker of accessibility that browsers' own tools are built on, run in the page.

use std::path::Path;

use serde_json::Value;
use thirtyfour::prelude::*;

/// WCAG 2.2 AA and what it builds on, and the rules that axe itself recommends.
const RUN: &str = r#"
const done = arguments[arguments.length - 1];
const levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
axe.run({ runOnly: levels, rules: { "target-size": { enabled: true } } }).then(
  (found) => done({
    passes: found.passes.map((rule) => rule.id),
    violations: found.violations.concat(found.incomplete).map(
      (rule) => rule.id + ": " + rule.nodes.map((node) => node.html + " " + node.failureSummary).join("; ")),
  }),
  (error) => done({ passes: [], violations: [String(error)] }));
"#;

/// What axe has against the page as it is shown now, doubts included. Empty when there is nothing.
pub(crate) async fn violations(driver: &WebDriver) -> WebDriverResult<Vec<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/interop/node/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; `cargo ci` installs it", file.display()));
    driver.execute(axe, Vec::new()).await?;
    let found = driver.execute_async(RUN, Vec::new()).await?;
    let list = |name: &str| -> Vec<String> {
        let texts = found.json()[name].as_array().cloned().unwrap_or_default();
        texts
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    // It must have seen the page: contrast is what depends on colours and sizes.
    assert!(
        list("passes").iter().any(|rule| rule == "color-contrast"),
        "{found:?}"
    );
    Ok(list("violations"))
}
