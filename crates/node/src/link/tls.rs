//! Mutual TLS 1.3 between parties, each its own authority. A certificate is first asked whose name
//! it bears, and then believed only if that very party's authority signed it.

use super::Refused;
use super::keys::{self, Identity, OwnKeys, provider};
use accord::PartyId;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::client::{Resumption, WebPkiServerVerifier, verify_server_name};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{NoServerSessionStorage, ParsedCertificate, WebPkiClientVerifier};
use rustls::sign::SingleCertAndKey;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, RootCertStore,
    ServerConfig, SignatureScheme, version::TLS13,
};
use std::sync::{Arc, OnceLock};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What both sides say they speak inside.
const PROTOCOL: &[u8] = b"entente/1";

/// All that handshakes need, as of one reading of the keys.
#[derive(Debug)]
pub(super) struct Tls {
    own: Arc<SingleCertAndKey>,
    partners: Arc<Vec<Partner>>,
}

#[derive(Debug)]
struct Partner {
    name: ServerName<'static>,
    verifier: Arc<dyn ClientCertVerifier>,
    client: Arc<ClientConfig>,
}

/// Whom an incoming certificate named, whether or not it was believed.
#[derive(Debug, Default)]
pub(super) struct Claim(OnceLock<usize>);

impl Claim {
    /// The partner's place, if it named one.
    pub(super) fn partner(&self) -> Option<usize> {
        self.0.get().copied()
    }
}

impl Tls {
    /// `partners` in configured order.
    ///
    /// # Errors
    /// What is wrong with a key, in words.
    pub(super) fn new(own: &OwnKeys, partners: &[(PartyId, Identity)]) -> Result<Self, String> {
        let certified: rustls::sign::CertifiedKey = (*own.certified).clone();
        let own = Arc::new(SingleCertAndKey::from(certified));
        let known = partners.iter().map(|(party, identity)| partner(*party, identity, &own));
        let partners = Arc::new(known.collect::<Result<_, _>>()?);
        Ok(Self { own, partners })
    }

    /// Takes one incoming connection; `claim` tells whom it named.
    pub(super) fn acceptor(&self, claim: Arc<Claim>) -> TlsAcceptor {
        let verifier = Arc::new(Verifier { partners: self.partners.clone(), claim });
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13])
            .expect("ring has TLS 1.3")
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(self.own.clone());
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        // Every connection proves itself anew.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        TlsAcceptor::from(Arc::new(config))
    }

    /// Makes a connection to the partner, and the name it must prove.
    pub(super) fn connector(&self, partner: usize) -> (TlsConnector, ServerName<'static>) {
        let partner = &self.partners[partner];
        (TlsConnector::from(partner.client.clone()), partner.name.clone())
    }

    /// Whether certificates that were believed would still be, at `now`.
    pub(super) fn check_again(
        &self,
        partner: usize,
        certificates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Refused> {
        let (leaf, rest) =
            certificates.split_first().ok_or_else(|| refused(&Error::NoCertificatesPresented))?;
        let checked = self.partners[partner].verifier.verify_client_cert(leaf, rest, now);
        checked.map(|_| ()).map_err(|error| refused(&error))
    }
}

fn partner(
    party: PartyId,
    identity: &Identity,
    own: &Arc<SingleCertAndKey>,
) -> Result<Partner, String> {
    let named = |error: &dyn std::fmt::Display| {
        format!("{party}'s authority cannot be used ({error}); get its identity anew")
    };
    let mut roots = RootCertStore::empty();
    for authority in &identity.authorities {
        roots.add(authority.clone()).map_err(|error| named(&error))?;
    }
    let roots = Arc::new(roots);
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.clone(), provider())
        .build()
        .map_err(|error| named(&error))?;
    let server = WebPkiServerVerifier::builder_with_provider(roots, provider())
        .build()
        .map_err(|error| named(&error))?;
    let mut client = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])
        .expect("ring has TLS 1.3")
        .with_webpki_verifier(server)
        .with_client_cert_resolver(own.clone());
    client.alpn_protocols = vec![PROTOCOL.to_vec()];
    client.resumption = Resumption::disabled();
    let name = keys::server_name(party)?;
    Ok(Partner { name, verifier, client: Arc::new(client) })
}

/// Judges the certificate of whoever connects.
#[derive(Debug)]
struct Verifier {
    partners: Arc<Vec<Partner>>,
    claim: Arc<Claim>,
}

impl Verifier {
    fn any(&self) -> &dyn ClientCertVerifier {
        // Signatures are judged alike for all.
        self.partners[0].verifier.as_ref()
    }
}

impl ClientCertVerifier for Verifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        // A stranger is not told with whom this node speaks.
        &[]
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let parsed = ParsedCertificate::try_from(leaf)?;
        let bears = |partner: &Partner| verify_server_name(&parsed, &partner.name).is_ok();
        let Some(place) = self.partners.iter().position(bears) else {
            return Err(Error::InvalidCertificate(CertificateError::NotValidForName));
        };
        let _ = self.claim.0.set(place);
        self.partners[place].verifier.verify_client_cert(leaf, rest, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.any().verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.any().verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.any().supported_verify_schemes()
    }
}

/// Why a handshake or a connection under TLS failed, by a stable name.
pub(super) fn refused_io(error: &std::io::Error) -> Refused {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(error) => refused(error),
        None if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Refused::new("connection_lost", "the connection broke off".to_owned())
        }
        None => Refused::new("connection_lost", error.to_string()),
    }
}

fn refused(error: &Error) -> Refused {
    use CertificateError as C;
    let (name, reason) = match error {
        Error::InvalidCertificate(problem) => match problem {
            C::Expired | C::ExpiredContext { .. } => {
                ("certificate_expired", "its certificate has expired")
            }
            C::NotValidYet | C::NotValidYetContext { .. } => {
                ("certificate_not_yet_valid", "its certificate is not valid yet")
            }
            C::UnknownIssuer | C::BadSignature => {
                ("wrong_authority", "its certificate is not of that party's authority")
            }
            C::NotValidForName | C::NotValidForNameContext { .. } => {
                ("wrong_name", "its certificate is of another party, or of nobody known here")
            }
            C::InvalidPurpose | C::InvalidPurposeContext { .. } => {
                ("wrong_purpose", "its certificate is not made for links")
            }
            _ => ("bad_certificate", "its certificate is not sound"),
        },
        Error::NoCertificatesPresented => ("no_certificate", "it shows no certificate"),
        Error::InvalidMessage(_) | Error::InappropriateMessage { .. } => {
            ("not_tls", "it does not speak TLS")
        }
        Error::PeerIncompatible(_) => ("other_tls", "it speaks another TLS than 1.3"),
        Error::NoApplicationProtocol => ("other_protocol", "it speaks another protocol"),
        Error::AlertReceived(alert) => {
            let said = format!("it refused: {alert:?}");
            return Refused::new("refused_by_partner", said);
        }
        other => return Refused::new("tls", other.to_string()),
    };
    Refused::new(name, reason.to_owned())
}
