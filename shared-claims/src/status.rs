//! The claim `status`: where the revocation bit of a token is found
//! (draft-ietf-oauth-status-list-21 §6.2).

use serde::{Deserialize, Serialize};

/// References from a token to the mechanisms that say whether it still stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The entry in a Token Status List.
    pub status_list: StatusListEntry,
}

/// One position in one Token Status List.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusListEntry {
    /// Index of the entry, counted from zero.
    pub idx: u64,
    /// Address of the list, which is also its `sub`.
    pub uri: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_a_whole_number_not_below_zero() {
        let read = |idx: &str| {
            let text = format!(r#"{{"status_list":{{"idx":{idx},"uri":"https://a.example/1"}}}}"#);
            serde_json::from_str::<Status>(&text).map(|status| status.status_list.idx)
        };
        assert_eq!(read("0").unwrap(), 0);
        for idx in ["-1", "1.5", r#""1""#, "null"] {
            assert!(read(idx).is_err(), "{idx}");
        }
    }
}
