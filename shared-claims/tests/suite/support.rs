//! An issuer for tests: keys made on the spot, tokens signed with them, and their JWK Set.

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
        RSA_PSS_SHA256, RsaKeyPair,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use shared_claims::{
    NumericDate,
    verify::{KeySet, Policy, Verifier},
};

pub(crate) const ISSUER: &str = "https://auth.example.com";
pub(crate) const API: &str = "https://api.example.com";
pub(crate) const NOW: i64 = 1_800_000_000;

pub(crate) fn now() -> NumericDate {
    NumericDate::from_seconds(NOW)
}

pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) enum Pair {
    Rs256(RsaKeyPair),
    Ps256(RsaKeyPair),
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

pub(crate) struct TestKey {
    pub(crate) kid: String,
    pub(crate) pair: Pair,
}

impl TestKey {
    pub(crate) fn rs256(kid: &str) -> Self {
        Self::new(
            kid,
            Pair::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
        )
    }

    pub(crate) fn ps256(kid: &str) -> Self {
        Self::new(
            kid,
            Pair::Ps256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
        )
    }

    pub(crate) fn es256(kid: &str) -> Self {
        Self::new(
            kid,
            Pair::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()),
        )
    }

    pub(crate) fn eddsa(kid: &str) -> Self {
        Self::new(kid, Pair::EdDsa(Ed25519KeyPair::generate().unwrap()))
    }

    fn new(kid: &str, pair: Pair) -> Self {
        Self {
            kid: kid.to_owned(),
            pair,
        }
    }

    pub(crate) fn alg(&self) -> &'static str {
        match self.pair {
            Pair::Rs256(_) => "RS256",
            Pair::Ps256(_) => "PS256",
            Pair::Es256(_) => "ES256",
            Pair::EdDsa(_) => "EdDSA",
        }
    }

    /// The public key as its issuer publishes it.
    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = match &self.pair {
            Pair::Rs256(pair) | Pair::Ps256(pair) => {
                let public = pair.public_key();
                json!({
                    "kty": "RSA",
                    "n": b64(public.modulus().big_endian_without_leading_zero()),
                    "e": b64(public.exponent().big_endian_without_leading_zero()),
                })
            }
            Pair::Es256(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": b64(&point[1..33]), "y": b64(&point[33..])})
            }
            Pair::EdDsa(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": b64(pair.public_key().as_ref())})
            }
        };
        jwk["kid"] = json!(self.kid);
        jwk["alg"] = json!(self.alg());
        jwk["use"] = json!("sig");
        jwk
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rs256(pair) | Pair::Ps256(pair) => {
                let padding = match self.pair {
                    Pair::Ps256(_) => {
                        &RSA_PSS_SHA256 as &'static dyn aws_lc_rs::signature::RsaEncoding
                    }
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature)
                    .unwrap();
                signature
            }
            Pair::Es256(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Pair::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// Signs header and claims exactly as they are written.
    pub(crate) fn sign_text(&self, header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>) -> String {
        let signed = format!("{}.{}", b64(header), b64(claims));
        let signature = b64(self.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    /// A genuine access token with the header and the claims patched; `null` removes a member.
    pub(crate) fn token(&self, header: Value, claims: Value) -> String {
        self.sign_text(
            patched(self.header(), header).to_string(),
            patched(claims_of_a_user(), claims).to_string(),
        )
    }

    pub(crate) fn header(&self) -> Value {
        json!({"typ": "at+jwt", "alg": self.alg(), "kid": self.kid})
    }
}

pub(crate) fn claims_of_a_user() -> Value {
    json!({
        "iss": ISSUER, "sub": "u-1", "aud": API, "client_id": "ats-web", "iat": NOW - 10,
        "exp": NOW + 890, "jti": "j-1", "scope": "jobs:read", "roles": ["candidate"],
    })
}

fn patched(mut value: Value, patch: Value) -> Value {
    for (name, member) in patch.as_object().unwrap() {
        if member.is_null() {
            value.as_object_mut().unwrap().remove(name);
        } else {
            value[name] = member.clone();
        }
    }
    value
}

pub(crate) fn jwks(keys: &[&TestKey]) -> String {
    json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()}).to_string()
}

pub(crate) fn key_set(keys: &[&TestKey]) -> KeySet {
    KeySet::from_jwks_json(jwks(keys).as_bytes()).unwrap()
}

pub(crate) fn verifier() -> Verifier {
    Verifier::new(Policy::new(ISSUER, API)).unwrap()
}
