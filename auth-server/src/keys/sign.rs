//! Compact JWS (RFC 7515 §7.1) with the header `{"typ", "alg", "kid"}` (contract §2.4, JWK-05).

use std::sync::Arc;

use jsonwebtoken::{EncodingKey, Header};
use serde::Serialize;

use super::provider::{algorithm, register};
use super::signing_key::SigningKey;
use crate::error::Fault;
use crate::model::{Algorithm, KeyId};

/// An active key, ready to sign. Signing runs inline on the worker: about 0.2 ms for RSA-2048.
#[derive(Debug)]
pub struct Signer {
    key: Arc<SigningKey>,
    handle: EncodingKey,
}

impl Signer {
    /// Makes a parsed key ready to sign.
    pub fn new(key: Arc<SigningKey>) -> Self {
        let handle = register(&key);
        Self { key, handle }
    }

    pub(super) fn shared(key: SigningKey) -> Arc<Self> {
        Arc::new(Self::new(Arc::new(key)))
    }

    /// The signed token. `typ` as in RFC 8725 §3.11: `at+jwt`, `JWT`, `statuslist+jwt`, …
    ///
    /// # Errors
    /// Claims that do not serialise, or a library that refuses.
    pub fn sign<T: Serialize>(&self, typ: &str, claims: &T) -> Result<String, Fault> {
        let mut header = Header::new(algorithm(self.key.algorithm()));
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.key.kid().as_str().to_owned());
        jsonwebtoken::encode(&header, claims, &self.handle)
            .map_err(|error| Fault::broken("signing a token", error))
    }

    /// `kid` of its tokens.
    pub fn kid(&self) -> &KeyId {
        self.key.kid()
    }

    /// `alg` of its tokens.
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
    use serde_json::json;

    use super::*;
    use crate::keys::generate::generate;
    use crate::keys::provider::install_provider;
    use crate::random::Random;

    async fn key(algorithm: Algorithm) -> (Signer, Vec<u8>) {
        install_provider();
        let pkcs8 = generate(algorithm, 2048, &Random::system())
            .await
            .unwrap()
            .to_vec();
        let key = SigningKey::parse(algorithm, &pkcs8).unwrap();
        (Signer::new(Arc::new(key)), pkcs8)
    }

    /// JWK-05, JWK-06: typ, alg and kid, in this order and nothing else.
    #[tokio::test]
    async fn jwk_05_the_header_names_type_algorithm_and_key_and_nothing_else() {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        for algorithm in Algorithm::ALL {
            let (signer, _) = key(algorithm).await;
            let token = signer.sign("at+jwt", &json!({"sub": "x"})).unwrap();
            let header = token.split('.').next().unwrap();
            let header = String::from_utf8(URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
            let (alg, kid) = (algorithm.as_str(), signer.kid());
            assert_eq!(
                header,
                format!(r#"{{"typ":"at+jwt","alg":"{alg}","kid":"{kid}"}}"#)
            );
        }
    }

    /// RS256 has one signature per message: ours is the one of the stock provider.
    #[tokio::test]
    async fn our_provider_gives_the_bytes_of_the_stock_one() {
        let (signer, pkcs8) = key(Algorithm::RS256).await;
        let token = signer.sign("at+jwt", &json!({"sub": "x", "n": 1})).unwrap();
        let (message, _) = token.rsplit_once('.').unwrap();
        // The stock signer reads PKCS#1.
        let der = aws_lc_rs::signature::RsaKeyPair::from_pkcs8(&pkcs8)
            .map(|_| pkcs1(&pkcs8))
            .unwrap();
        let stock = EncodingKey::from_rsa_der(&der);
        let stock =
            (DEFAULT_PROVIDER.signer_factory)(&jsonwebtoken::Algorithm::RS256, &stock).unwrap();
        let signature = signature::Signer::try_sign(stock.as_ref(), message.as_bytes()).unwrap();
        let signature =
            base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, signature);
        assert_eq!(token, format!("{message}.{signature}"));
    }

    fn pkcs1(pkcs8: &[u8]) -> Vec<u8> {
        use rsa::pkcs1::EncodeRsaPrivateKey as _;
        use rsa::pkcs8::DecodePrivateKey as _;
        rsa::PrivateKey::from_pkcs8_der(pkcs8)
            .unwrap()
            .to_pkcs1_der()
            .unwrap()
            .as_bytes()
            .to_vec()
    }

    /// OP-06: while keys rotate, the ring parses a key again that a request is about to sign with.
    #[tokio::test]
    async fn op_06_of_a_key_that_was_parsed_twice_each_signs_when_the_other_has_gone() {
        let (first, pkcs8) = key(Algorithm::EdDSA).await;
        let parse = || SigningKey::parse(Algorithm::EdDSA, &pkcs8).unwrap();
        let second = Signer::new(Arc::new(parse()));
        drop(Signer::new(Arc::new(parse())));
        assert!(first.sign("at+jwt", &json!({})).is_ok());
        assert!(second.sign("at+jwt", &json!({})).is_ok());
        drop(first);
        assert!(second.sign("at+jwt", &json!({})).is_ok());
    }

    #[tokio::test]
    async fn a_key_dies_with_its_signer_and_other_keys_still_reach_the_stock_provider() {
        let (signer, _) = key(Algorithm::EdDSA).await;
        let handle = signer.handle.clone();
        let header = Header::new(jsonwebtoken::Algorithm::EdDSA);
        assert!(jsonwebtoken::encode(&header, &json!({}), &handle).is_ok());
        drop(signer);
        assert!(jsonwebtoken::encode(&header, &json!({}), &handle).is_err());
        let shared = EncodingKey::from_secret(b"0123456789012345678901234567890123456789");
        assert!(jsonwebtoken::encode(&Header::default(), &json!({}), &shared).is_ok());
    }
}
