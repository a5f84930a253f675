//! The compact form of a signed token: three base64url parts with dots between (RFC 7515 §3.1).

use super::{Rejection, base64url};

/// The decoded parts, and the text the signature is over.
pub(super) struct Compact<'t> {
    pub(super) signed: &'t str,
    pub(super) header: Vec<u8>,
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl<'t> Compact<'t> {
    /// Takes the token apart before any cryptography (RFC 8725bis §3.14): JSON serialisation,
    /// encryption's five parts, white space and respelled base64 end here.
    pub(super) fn read(token: &'t str) -> Result<Self, Rejection> {
        let (signed, signature) = token.rsplit_once('.').ok_or(Rejection::NotCompact)?;
        let (header, payload) = signed.split_once('.').ok_or(Rejection::NotCompact)?;
        if payload.contains('.') {
            return Err(Rejection::NotCompact);
        }
        let decode = |part| base64url::decode(part).ok_or(Rejection::NotBase64Url);
        Ok(Self {
            signed,
            header: decode(header)?,
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// JB-14
    #[test]
    fn anything_but_three_parts_is_refused() {
        assert!(Compact::read("YQ.Yg.Yw").is_ok());
        for token in [
            "",
            "YQ",
            "YQ.Yg",
            "YQ.Yg.Yw.ZA",
            "YQ.Yg.Yw.ZA.ZQ",
            "....",
            "YQ..Yg.Yw",
        ] {
            assert_eq!(
                Compact::read(token).err(),
                Some(Rejection::NotCompact),
                "{token}"
            );
        }
        for token in [
            "YQ.Yg.Y w",
            " YQ.Yg.Yw",
            "YQ.Yg.Yw\n",
            "Y=.Yg.Yw",
            "YQ.Yh.Yw",
            "{}.Yg.Yw",
        ] {
            assert_eq!(
                Compact::read(token).err(),
                Some(Rejection::NotBase64Url),
                "{token}"
            );
        }
    }
}
