//! `config check|show|schema`.

use super::arguments::{About, Format};
use super::failure::Failure;
use super::output;
use crate::settings::{self, Settings, Sources};

pub(super) fn config(sources: &Sources, what: About, format: Format) -> Result<(), Failure> {
    match what {
        About::Check => {
            Settings::load(sources)?;
            Ok(())
        }
        About::Schema => output::json(&settings::schema()),
        About::Show => {
            let lines = settings::overview(sources)?;
            if format == Format::Json {
                return output::json(&lines);
            }
            let rows: Vec<[String; 4]> = lines
                .into_iter()
                .map(|line| [line.key.to_owned(), line.value, line.origin, line.variable])
                .collect();
            output::table(["SETTING", "VALUE", "SET BY", "VARIABLE"], &rows);
            Ok(())
        }
    }
}
