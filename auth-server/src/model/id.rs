//! One type per identifier, so that none is passed for another.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the stored or received text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )+};
}

ids! {
    /// `client_id` (RFC 6749 §2.2). Generated ones begin with `c_`, so none equals a user's `sub`.
    ClientId,
    /// A user's stable opaque `sub`: a random UUID (matrix DEC-15).
    UserId,
    /// A family of refresh tokens: 128 random bits, base64url.
    FamilyId,
    /// A login session, `sid` in tokens.
    SessionId,
    /// `kid`: the RFC 7638 thumbprint of the public key.
    KeyId,
}
