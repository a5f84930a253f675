//! How pages look and what they say: templates, translations and the files they load, read once at
//! the start. No request, no HTTP: `pages` brings both together.

mod assets;
mod catalog;
mod engine;
mod locale;
mod operator;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use fluent_bundle::FluentArgs;
use minijinja::{Environment, Value, context};

pub use assets::{Asset, Assets};
pub use locale::Locale;

use crate::error::Fault;
use crate::settings::Settings;
use catalog::Catalogs;

const DOING: &str = "rendering a page";

/// Templates, translations and files of one instance.
#[derive(Debug)]
pub struct Presentation {
    engine: Environment<'static>,
    catalogs: Arc<Catalogs>,
    assets: Assets,
    product_name: String,
    base: String,
}

impl Presentation {
    /// Compiles the templates and reads the translations.
    ///
    /// # Errors
    /// A template or translation that is broken; a file of the operator that cannot be read.
    pub fn load(settings: &Settings) -> Result<Self, Fault> {
        let base = settings.issuer.path().to_owned();
        let catalogs = Arc::new(Catalogs::load()?);
        Ok(Self {
            engine: engine::build(
                Arc::clone(&catalogs),
                settings.pages.templates_dir.as_deref(),
            )?,
            catalogs,
            assets: Assets::load(&base, &settings.pages)?,
            product_name: settings.pages.product_name.clone(),
            base,
        })
    }

    /// The HTML of a template. `values` is what this one page shows; every page also knows `locale`,
    /// `product_name`, `base` (the path of the issuer) and `assets`; `has_script` and `is_popup` are
    /// false where it does not say.
    ///
    /// # Errors
    /// A template that asks for what it is not given.
    pub fn render(&self, template: &str, locale: Locale, values: Value) -> Result<String, Fault> {
        let known_to_all = context! {
            locale => locale.tag(),
            product_name => &self.product_name,
            base => &self.base,
            assets => &self.assets.values,
            has_script => false,
            is_popup => false,
        };
        self.engine
            .get_template(template)
            .and_then(|template| template.render(context! { ..values, ..known_to_all }))
            .map_err(|error| Fault::broken(DOING, error))
    }

    /// A message without arguments.
    pub fn find_text(&self, locale: Locale, id: &str) -> Option<String> {
        self.catalogs.find(locale, id, &FluentArgs::new())
    }

    /// The files that pages load.
    pub fn assets(&self) -> &Assets {
        &self.assets
    }
}
