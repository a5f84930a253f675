//! An answer, taken apart for assertions.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// Status, headers and JSON body (`null` when there is none).
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Self {
            status,
            headers,
            text,
            body,
        }
    }

    /// Fails unless the status is this one; says what came instead.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} {:?}", self.text, self.headers);
        self
    }

    /// Fails unless it is a problem with this status and this code (RFC 9457).
    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, code: &str) -> Self {
        let reply = self.expect(status);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.body["status"], status);
        assert_eq!(reply.body["code"], code, "{}", reply.text);
        reply
    }

    /// The names of the wrong fields.
    pub(crate) fn wrong_fields(&self) -> Vec<&str> {
        let errors = self.body["errors"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        errors
            .iter()
            .map(|error| error["field"].as_str().unwrap())
            .collect()
    }

    /// A header, empty when absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// A text member of the body.
    #[track_caller]
    pub(crate) fn text_of(&self, member: &str) -> String {
        self.body[member]
            .as_str()
            .unwrap_or_else(|| panic!("no {member}: {}", self.text))
            .to_owned()
    }

    /// The texts of one member of all items of a list.
    pub(crate) fn items(&self, member: &str) -> Vec<String> {
        let items = self.body["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item[member].as_str().unwrap().to_owned())
            .collect()
    }
}
