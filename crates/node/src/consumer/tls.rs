//! TLS 1.3 with consumers, certificates on both sides.

use super::Consumer;
use crate::link::keys;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What one consumer's files hold.
#[derive(Clone)]
pub(crate) struct Files {
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
}

/// A key of the configuration, and what is wrong with its file and what to do.
pub(crate) type Wrong = (&'static str, String);

impl Files {
    /// Reads certificate, key and authority.
    ///
    /// # Errors
    /// The configuration's key, and what is wrong with its file and what to do.
    pub(crate) fn read([certificate, key, authority]: [&Path; 3]) -> Result<Self, Wrong> {
        let chain = certificates("certificate", certificate)?;
        let authorities = certificates("authority", authority)?;
        let secret = private_key(key)?;
        let mut roots = RootCertStore::empty();
        for one in authorities {
            roots.add(one).map_err(|error| wrong("authority", authority, &error))?;
        }
        let (roots, provider) = (Arc::new(roots), Arc::new(default_provider()));
        let verifier =
            WebPkiClientVerifier::builder_with_provider(roots.clone(), provider.clone()).build();
        let verifier = verifier.map_err(|error| wrong("authority", authority, &error))?;
        let server = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&[&TLS13])
            .expect("ring has TLS 1.3")
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain.clone(), secret.clone_key())
            .map_err(|error| wrong("key", key, &error))?;
        let client = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])
            .expect("ring has TLS 1.3")
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, secret)
            .map_err(|error| wrong("key", key, &error))?;
        Ok(Self { server: Arc::new(server), client: Arc::new(client) })
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.server.clone())
    }

    /// Makes a connection to `host`, which its certificate must name.
    pub(super) fn connector(
        &self,
        host: &str,
    ) -> Result<(TlsConnector, ServerName<'static>), String> {
        let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
        Ok((TlsConnector::from(self.client.clone()), name))
    }
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files").finish_non_exhaustive()
    }
}

/// Why a file of PEM is none.
pub(crate) fn wrong(key: &'static str, path: &Path, what: &dyn std::fmt::Display) -> Wrong {
    (key, format!("{} is no use ({what}); give a PEM file", path.display()))
}

/// The certificates in the file that the configuration names under `key`: one at least.
pub(crate) fn certificates(
    key: &'static str,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, Wrong> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let all = read.map_err(|error| wrong(key, path, &error))?;
    if all.is_empty() { Err(wrong(key, path, &"it holds no certificate")) } else { Ok(all) }
}

/// The secret key in a file that nobody else may read.
pub(crate) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, Wrong> {
    let text = keys::secret(path).map_err(|problem| ("key", problem))?;
    PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|error| wrong("key", path, &error))
}

/// Says who could not prove what it is.
pub(super) fn refused(
    consumer: &Consumer,
    peer: &dyn std::fmt::Display,
    why: &dyn std::fmt::Display,
) {
    let name = &consumer.section.name;
    consumer.refused.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    tracing::warn!(consumer = name, %peer, %why, "turned away");
}
