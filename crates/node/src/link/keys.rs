//! Whom a node is, and whom it believes: the files that `entente keys` writes.
//!
//! A party is its authority and the name in its node's certificate, `<party>.entente.internal`;
//! never an address. What it gives to partners is one text file, its identity: certificates of its
//! authority as PEM, and lines `ledger <public key>`; two of either while one replaces the other.

use accord::PartyId;
use ledger::{Signer, VerifierKey};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::CertifiedKey;
use std::path::Path;
use std::sync::Arc;

/// In the folder of keys: the node's certificate, and those that lead to the authority, if any.
pub const CERTIFICATE: &str = "certificate.pem";
/// In the folder of keys: the secret key of the certificate.
pub const KEY: &str = "key.pem";
/// In the folder of keys: the secret key that signs ledgers.
pub const LEDGER_KEY: &str = "ledger.key";
/// In the folder of keys: what partners are given.
pub const IDENTITY: &str = "identity.pem";
/// Longest file that is read, bytes.
const FILE_LEN_MAX: u64 = 1 << 20;
/// Keys and authorities of one party at most: two overlap while one replaces the other, and the
/// ledger's old keys stay as long as what they signed.
const KEYS_MAX: usize = 64;
/// Longest password or shared secret, bytes.
const LINE_BYTES_MAX: usize = 1024;
/// First word of an identity's line with a ledger's public key.
const LEDGER_WORD: &str = "ledger ";

/// The one provider of cryptography.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What a party's certificate and ledger keys are named.
pub fn name(party: PartyId) -> String {
    format!("{}.entente.internal", party.as_str().to_lowercase())
}

/// The same as TLS takes it.
///
/// # Errors
/// A party whose name cannot be in a certificate, and what to do.
pub fn server_name(party: PartyId) -> Result<ServerName<'static>, String> {
    ServerName::try_from(name(party)).map_err(|_| {
        format!("{party} cannot be named in a certificate; a name must not end with a hyphen")
    })
}

/// What a party gives of itself to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its authorities.
    pub authorities: Vec<CertificateDer<'static>>,
    /// Public keys of its ledger, the newest first.
    pub ledger: Vec<VerifierKey>,
}

impl Identity {
    /// Reads the text of an identity, of `party` as its file must say.
    ///
    /// # Errors
    /// What is wrong with it and what to do, on one line.
    pub fn parse(text: &str, party: PartyId) -> Result<Self, String> {
        let authorities = certificates(text.as_bytes())?;
        if authorities.is_empty() {
            return Err("has no certificate; copy the party's identity.pem anew".into());
        }
        let mut ledger = Vec::new();
        for line in text.lines().filter_map(|line| line.strip_prefix(LEDGER_WORD)) {
            let key: VerifierKey = line
                .trim()
                .parse()
                .map_err(|error| format!("its line \"{LEDGER_WORD}…\" {error}; copy it anew"))?;
            if key.name() != name(party) {
                let theirs = key.name().to_owned();
                return Err(format!("is of {theirs}, not of {party}; name {party}'s file"));
            }
            ledger.push(key);
        }
        if ledger.is_empty() {
            return Err(format!(
                "has no line \"{LEDGER_WORD}…\"; copy the party's identity.pem anew"
            ));
        }
        if ledger.len().max(authorities.len()) > KEYS_MAX {
            return Err(format!(
                "has more than {KEYS_MAX} keys or authorities; leave old ones out"
            ));
        }
        Ok(Self { authorities, ledger })
    }
}

/// What this node proves itself with.
#[derive(Debug, Clone)]
pub struct OwnKeys {
    /// Certificate and its key.
    pub(super) certified: Arc<CertifiedKey>,
    /// Signs ledgers.
    pub signer: Arc<Signer>,
    /// What it gives to others.
    pub identity: Identity,
}

/// Reads the identity of `party` from `path`.
///
/// # Errors
/// What is wrong with it and what to do, on one line.
pub fn identity(path: &Path, party: PartyId) -> Result<Identity, String> {
    let text = text(path)?;
    Identity::parse(&text, party).map_err(|problem| format!("{} {problem}", path.display()))
}

/// Reads the folder of own keys.
///
/// # Errors
/// What is wrong with it and what to do, on one line.
pub fn own(folder: &Path, party: PartyId) -> Result<OwnKeys, String> {
    let path = |name: &str| folder.join(name);
    if !folder.is_dir() {
        let command = format!("entente keys make {} --party {party}", folder.display());
        return Err(format!("there is no folder {}; make it with `{command}`", folder.display()));
    }
    let identity = identity(&path(IDENTITY), party)?;
    let at = |name: &str, problem: String| format!("{} {problem}", path(name).display());
    let chain = certificates(text(&path(CERTIFICATE))?.as_bytes())
        .map_err(|problem| at(CERTIFICATE, problem))?;
    let Some(leaf) = chain.first() else {
        return Err(at(CERTIFICATE, "has no certificate; run `entente keys renew`".into()));
    };
    let parsed = rustls::server::ParsedCertificate::try_from(leaf);
    let named = parsed.and_then(|leaf| {
        let name = server_name(party).map_err(rustls::Error::General)?;
        rustls::client::verify_server_name(&leaf, &name)
    });
    if named.is_err() {
        let problem = format!("is not of {}; run `entente keys renew`", name(party));
        return Err(at(CERTIFICATE, problem));
    }
    let key = PrivateKeyDer::from_pem_slice(secret(&path(KEY))?.as_bytes())
        .map_err(|error| at(KEY, format!("holds no key ({error}); run `entente keys renew`")))?;
    let certified = CertifiedKey::from_der(chain, key, &provider())
        .map_err(|error| at(KEY, format!("does not fit ({error}); run `entente keys renew`")))?;
    let signer = Signer::from_secret_text(secret(&path(LEDGER_KEY))?.trim())
        .map_err(|error| at(LEDGER_KEY, format!("{error}; put it back from a copy")))?;
    if !identity.ledger.contains(signer.key()) {
        let problem = format!("has no line of {LEDGER_KEY}; run `entente keys rotate`");
        return Err(at(IDENTITY, problem));
    }
    Ok(OwnKeys { certified: Arc::new(certified), signer: Arc::new(signer), identity })
}

/// All certificates in PEM text; what is between them is passed over.
fn certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    CertificateDer::pem_slice_iter(bytes)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("holds a damaged certificate ({error}); copy it anew"))
}

fn text(path: &Path) -> Result<String, String> {
    let unreadable = |error: &dyn std::fmt::Display| {
        format!("{} cannot be read ({error}); name another, or put it there", path.display())
    };
    let length = std::fs::metadata(path).map_err(|error| unreadable(&error))?.len();
    if length > FILE_LEN_MAX {
        return Err(format!("{} is {length} bytes long; name another", path.display()));
    }
    std::fs::read_to_string(path).map_err(|error| unreadable(&error))
}

/// The first line of a file that nobody else may read: a password, a shared secret.
///
/// # Errors
/// What is wrong with the file and what to do.
pub(crate) fn line(path: &Path) -> Result<String, String> {
    let text = secret(path)?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() || line.len() > LINE_BYTES_MAX {
        let problem = "has none in its first line, or a longer one than";
        let shown = path.display();
        return Err(format!("{shown} {problem} {LINE_BYTES_MAX} bytes; write it there"));
    }
    Ok(line.to_owned())
}

/// A file that nobody else may read.
///
/// # Errors
/// What is wrong with it and what to do.
pub(crate) fn secret(path: &Path) -> Result<String, String> {
    use std::os::unix::fs::PermissionsExt;
    let text = text(path)?;
    let mode = std::fs::metadata(path).map_or(0, |data| data.permissions().mode());
    if mode & 0o077 != 0 {
        return Err(format!("{} can be read by others; `chmod 600` it", path.display()));
    }
    Ok(text)
}
