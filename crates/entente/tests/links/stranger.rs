//! Whoever is not a node: connects to one and does what no node does.

use crate::rig::PATIENCE;
use link::wire::{Batch, Hello, Holds, Lane, Message};
use node::link::keys;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) struct Stranger(StreamOwned<ClientConnection, TcpStream>);

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the node listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a bound");
    stream
}

/// Speaks no TLS at all.
pub(crate) fn say_garbage(address: &str) {
    let mut stream = connect(address);
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("it is taken");
    let mut rest = Vec::new();
    // However it ends.
    let _ = stream.read_to_end(&mut rest);
}

/// Connections that say nothing.
pub(crate) fn connect_many(address: &str, count: usize) -> Vec<TcpStream> {
    (0..count).map(|_| connect(address)).collect()
}

impl Stranger {
    /// Connects to the party `to` with the keys in `folder`, or with none.
    pub(crate) fn new(address: &str, folder: Option<PathBuf>, identity: &Path, to: &str) -> Self {
        let party = to.parse().expect("a party");
        let known = keys::identity(identity, party).expect("it is sound");
        let mut roots = RootCertStore::empty();
        known.authorities.into_iter().for_each(|ca| roots.add(ca).expect("it is one"));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .expect("ring has it")
            .with_root_certificates(roots);
        let mut config = match folder {
            None => config.with_no_client_auth(),
            Some(folder) => {
                let chain = CertificateDer::pem_file_iter(folder.join(keys::CERTIFICATE));
                let chain = chain.expect("it is there").collect::<Result<_, _>>();
                let key = PrivateKeyDer::from_pem_file(folder.join(keys::KEY)).expect("a key");
                config.with_client_auth_cert(chain.expect("it is sound"), key).expect("they fit")
            }
        };
        config.alpn_protocols = vec![b"entente/1".to_vec()];
        let name = keys::server_name(party).expect("a name");
        let tls = ClientConnection::new(Arc::new(config), name).expect("it is sound");
        Self(StreamOwned::new(tls, connect(address)))
    }

    pub(crate) fn say(&mut self, bytes: &[u8]) {
        // It may be refused already.
        let _ = self.0.write_all(bytes).and_then(|()| self.0.flush());
    }

    fn message(&mut self, message: &Message<'_>) {
        let mut out = Vec::new();
        message.write(&mut out);
        self.say(&out);
    }

    /// Greets as `party`.
    pub(crate) fn greet(&mut self, party: &str, to: &str) {
        let (party, to) = (party.to_owned(), to.to_owned());
        let requires = Vec::new();
        self.message(&Message::Hello(Hello {
            version_min: 1,
            version_max: 1,
            party,
            to,
            requires,
            at_ms: 0,
        }));
    }

    /// Says what its outbox holds, and waits until it is asked for some.
    pub(crate) fn offer(&mut self, first: u64, next: u64) {
        self.message(&Message::Holds(Holds { first, next, fresh: first }));
        let mut input = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let mut at = 0;
            while let Some((message, length)) = link::wire::read(&input[at..]).expect("messages") {
                if matches!(message, Message::Pull(_)) {
                    return;
                }
                at += length;
            }
            let length = self.0.read(&mut buffer).expect("the node speaks");
            assert!(length > 0, "the node asks for nothing");
            input.extend_from_slice(&buffer[..length]);
        }
    }

    pub(crate) fn batch(&mut self, sequence: u64) {
        let bytes = b"\x08\x01";
        let batch = Batch { sequence, lane: Lane::Fresh, complete: true, at_ns: 0, bytes };
        self.message(&Message::Batch(batch));
    }

    /// More signs of life than a node sends.
    pub(crate) fn flood(&mut self) {
        let mut out = Vec::new();
        (0..2_000).for_each(|_| Message::Beat.write(&mut out));
        self.say(&out);
    }

    /// Reads until the node ends it.
    pub(crate) fn refused(mut self) {
        let mut rest = Vec::new();
        // Not one byte more is wanted.
        let _ = self.0.flush();
        let _ = self.0.read_to_end(&mut rest);
    }
}
