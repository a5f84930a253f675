//! An authority of the test's own, the certificate of its server, and another authority that did not
//! issue it.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

/// The name that the certificate of the server is for, and no other.
pub(crate) const SERVER_NAME: &str = "localhost";

/// The files, as PEM.
pub(crate) struct Certificates {
    /// Who issued the certificate of the server.
    pub(crate) authority: PathBuf,
    /// Who did not.
    pub(crate) stranger: PathBuf,
    /// The certificate of the server.
    pub(crate) server: PathBuf,
    /// Its private key.
    pub(crate) server_key: PathBuf,
}

impl Certificates {
    /// Made anew, below `directory`.
    pub(crate) fn write(directory: &Path) -> Self {
        let issuer = authority("the authority", &directory.join("authority.pem"));
        authority("a stranger", &directory.join("stranger.pem"));
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([SERVER_NAME.to_owned()]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let files = Self {
            authority: directory.join("authority.pem"),
            stranger: directory.join("stranger.pem"),
            server: directory.join("server.pem"),
            server_key: directory.join("server.key"),
        };
        std::fs::write(&files.server, certificate.pem()).unwrap();
        std::fs::write(&files.server_key, key.serialize_pem()).unwrap();
        files
    }
}

fn authority(name: &str, file: &Path) -> Issuer<'static, KeyPair> {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    std::fs::write(file, params.self_signed(&key).unwrap().pem()).unwrap();
    Issuer::new(params, key)
}
