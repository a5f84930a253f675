//! As much HTML as our own pages need: elements, their attributes, and which of them are in a form.

/// A page's elements in their order.
#[derive(Debug)]
pub(super) struct Document(Vec<Element>);

#[derive(Debug)]
struct Element {
    /// `/form` for an end.
    name: String,
    attributes: Vec<(String, String)>,
}

/// The form that holds a button.
pub(super) struct Form<'a> {
    element: &'a Element,
    inside: &'a [Element],
}

impl Document {
    pub(super) fn parse(text: &str) -> Self {
        let mut rest = text;
        let mut elements = Vec::new();
        while let Some((_, after)) = rest.split_once('<') {
            let (element, after) = Element::parse(after);
            elements.push(element);
            rest = after;
        }
        Self(elements)
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.find(id).is_some()
    }

    pub(super) fn attribute_of(&self, id: &str, name: &str) -> Option<&str> {
        self.find(id)?.attribute(name)
    }

    pub(super) fn value_of_name(&self, name: &str) -> Option<&str> {
        let has_name = |element: &&Element| element.attribute("name") == Some(name);
        self.0.iter().find(has_name)?.attribute("value")
    }

    pub(super) fn form_of(&self, button: &str) -> Option<Form<'_>> {
        let has_id = |element: &Element| element.attribute("id") == Some(button);
        let at = self.0.iter().position(has_id)?;
        let begin = self.0[..at]
            .iter()
            .rposition(|element| element.name == "form")?;
        let end = self.0[at..]
            .iter()
            .position(|element| element.name == "/form")?;
        Some(Form {
            element: &self.0[begin],
            inside: &self.0[begin + 1..at + end],
        })
    }

    fn find(&self, id: &str) -> Option<&Element> {
        self.0
            .iter()
            .find(|element| element.attribute("id") == Some(id))
    }
}

impl<'a> Form<'a> {
    pub(super) fn action(&self) -> &'a str {
        self.element.attribute("action").unwrap_or_default()
    }

    pub(super) fn is_post(&self) -> bool {
        let method = self.element.attribute("method");
        method.is_some_and(|method| method.eq_ignore_ascii_case("post"))
    }

    /// What is sent when the button is pressed and these fields, by the id of their element, are filled
    /// in. A field that is not there fails: the page is another than the test believes.
    pub(super) fn filled(&self, button: &str, fields: &[(&str, &str)]) -> Vec<(&'a str, String)> {
        let mut sent = Vec::new();
        let mut filled = 0;
        for element in self.inside {
            let (id, name) = (element.attribute("id"), element.attribute("name"));
            let own = element.attribute("value").unwrap_or_default();
            let is_sent = match element.name.as_str() {
                "input" => {
                    let kind = element.attribute("type").unwrap_or("text");
                    !matches!(kind, "checkbox" | "radio" | "submit") || element.has("checked")
                }
                _ => id == Some(button),
            };
            let value = fields.iter().find(|(field, _)| id == Some(*field));
            filled += usize::from(value.is_some());
            if let (true, Some(name)) = (is_sent || value.is_some(), name) {
                sent.push((name, value.map_or(own, |(_, value)| value).to_owned()));
            }
        }
        assert_eq!(
            filled,
            fields.len(),
            "fields {fields:?} in {:?}",
            self.inside
        );
        sent
    }
}

impl Element {
    /// Reads from behind the `<`; the rest begins behind the `>`.
    fn parse(text: &str) -> (Self, &str) {
        let name_end = text.find([' ', '\n', '>']).unwrap_or(text.len());
        let (name, mut rest) = text.split_at(name_end);
        let mut element = Self {
            name: name.to_ascii_lowercase(),
            attributes: Vec::new(),
        };
        loop {
            rest = rest.trim_start_matches([' ', '\n', '/']);
            if rest.is_empty() || rest.starts_with('>') {
                return (element, rest.get(1..).unwrap_or_default());
            }
            let end = rest.find([' ', '\n', '>', '=']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let (value, after) = match after.strip_prefix("=\"") {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => ("", after.trim_start_matches('=')),
            };
            element.attributes.push((name.to_owned(), unescape(value)));
            rest = after;
        }
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let (_, value) = attributes.find(|(known, _)| known == name)?;
        Some(value)
    }

    fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }
}

/// The references that templates write.
fn unescape(text: &str) -> String {
    let mut plain = text.to_owned();
    for (reference, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&#47;", "/"),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(reference, character);
    }
    plain
}
