//! The console beyond this machine: over TLS, to people who sign in, under the names it was given.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use futures_util::{SinkExt, StreamExt};
use node::clock::Clock;
use node::config::{Config, parse};
use node::event::{Event, Handle, Outbox};
use node::metrics::Metrics;
use node::runtime::NoRecorder;
use node::service::Node;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer};
use std::path::Path;
use std::sync::Arc;
use surveillance::Time;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

const NAME: &str = "air.example";
const GOOD: &str = "seven hills and a lake";

struct Deaf;

impl Handle for Deaf {
    fn handle(&mut self, _: &Event, _: Time, _: &mut Outbox) {}

    fn metrics(&self, _: Time) -> Metrics {
        Metrics::default()
    }
}

/// Writes `node.pem` and `node.key` for [`NAME`] and hands out what vouches for them.
fn certified(folder: &Path) -> CertificateDer<'static> {
    let authority_key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(params, authority_key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    std::fs::write(folder.join("node.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.join("node.key"), key.serialize_pem()).unwrap();
    set_mode(&folder.join("node.key"), 0o600);
    CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()
}

fn set_mode(file: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
}

const TEXT: &str = r#"
[console]
listen = "127.0.0.1:0"
certificate = "node.pem"
key = "node.key"
names = ["air.example"]
[people]
directory = "people"
[recording]
enabled = false
"#;

struct Rig {
    node: Node,
    authority: CertificateDer<'static>,
    clock: Arc<Clock>,
    _folder: tempfile::TempDir,
}

impl Rig {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = certified(folder.path());
        std::fs::write(folder.path().join("node.toml"), TEXT).unwrap();
        let config = Config::load(&folder.path().join("node.toml")).unwrap();
        let clock = Arc::new(Clock::new());
        let node = Node::start(&config, clock.clone(), Deaf, NoRecorder, &[]).await.unwrap();
        Self { node, authority, clock, _folder: folder }
    }

    async fn stream(&self) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let socket = TcpStream::connect(self.node.console).await.unwrap();
        let name = ServerName::try_from(NAME).unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, socket).await.unwrap()
    }

    /// Head and body of an answer.
    async fn ask(&self, method: &str, path: &str, host: &str, body: &str) -> (String, String) {
        let mut stream = self.stream().await;
        let text = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_elsewhere_signs_in_over_tls_and_gets_the_live_picture() {
    let rig = Rig::new().await;
    let port = rig.node.console.port();
    assert_eq!(rig.node.url, format!("https://{NAME}:{port}"));
    let people = rig.node.door.as_ref().unwrap().people();
    let first = people.first(rig.clock.now()).unwrap().unwrap();
    people.take_up(&first, Some("Root"), GOOD, "192.0.2.1", rig.clock.now()).unwrap();

    let (head, _) = rig.ask("GET", "/healthz", NAME, "").await;
    assert!(head.starts_with("HTTP/1.1 "), "{head}");
    assert!(head.contains("strict-transport-security: max-age=31536000"), "{head}");
    let (head, _) = rig.ask("GET", "/metrics", NAME, "").await;
    assert!(head.starts_with("HTTP/1.1 401"), "{head}");

    let secret = format!(r#"{{"name":"Root","password":"{GOOD}"}}"#);
    let (head, body) = rig.ask("POST", "/api/v1/session", NAME, &secret).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head} {body}");
    let line = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let (cookie, rest) = line.split_once("; ").unwrap();
    assert!(cookie.starts_with(&format!("__Host-entente-{port}=")), "{line}");
    assert_eq!(rest, "Path=/; HttpOnly; SameSite=Strict; Secure");

    let mut request = format!("wss://{NAME}:{port}/api/v1/live").into_client_request().unwrap();
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    request.headers_mut().insert("origin", format!("https://{NAME}:{port}").parse().unwrap());
    let (mut live, answer) =
        tokio_tungstenite::client_async(request, rig.stream().await).await.unwrap();
    assert_eq!(answer.status(), 101);
    live.send(Message::Ping(bytes::Bytes::from_static(b"here"))).await.unwrap();
    let pong = Message::Pong(bytes::Bytes::from_static(b"here"));
    while live.next().await.unwrap().unwrap() != pong {}
    drop(live);
    assert!(rig.node.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_and_a_page_of_another_site_and_whoever_speaks_no_tls_get_nothing() {
    let rig = Rig::new().await;
    for host in ["evil.example", "air.example.evil.example", "192.0.2.7"] {
        let (head, body) = rig.ask("GET", "/", host, "").await;
        assert!(head.starts_with("HTTP/1.1 403"), "{host}: {head}");
        assert_eq!(body, "This node is called air.example.\n");
        assert!(!head.contains("strict-transport-security"), "{host}");
    }
    let (head, _) = rig.ask("GET", "/", "localhost", "").await;
    assert!(!head.contains("strict-transport-security"), "other programs are called localhost");

    let mut plain = TcpStream::connect(rig.node.console).await.unwrap();
    let asked = format!("GET /healthz HTTP/1.1\r\nhost: {NAME}\r\n\r\n");
    plain.write_all(asked.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // Closed, perhaps with a reset.
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    assert!(rig.node.stop().await);
}

#[test]
fn a_console_that_others_reach_without_tls_or_without_people_is_refused() {
    let console = "certificate = \"node.pem\"\nkey = \"node.key\"";
    let people = "[people]\ndirectory = \"people\"\n";
    let open = "listen = \"0.0.0.0:8443\"";
    let named = "names = [\"air.example\"]";
    for (text, key, found) in [
        (format!("[console]\n{open}\n"), "2:10: console.listen", "give a certificate and its key"),
        (
            format!("[console]\n{open}\n{console}\n"),
            "2:10: console.listen",
            "add a [people] section",
        ),
        (
            format!("[console]\n{open}\n{console}\n{people}"),
            "2:10: console.listen",
            "say by which names, as names = [\"air.example\"]",
        ),
        (format!("[console]\n{named}\n"), "2:9: console.names", "add a [people] section"),
        (
            "[console]\ncertificate = \"node.pem\"\n".to_owned(),
            "2:15: console.certificate",
            "give key as well",
        ),
        (
            format!("[console]\nnames = [\"air.example:8443\"]\n{people}"),
            "2:9: console.names",
            "write it as",
        ),
        (
            format!("[console]\nnames = [\"https://a\"]\n{people}"),
            "2:9: console.names",
            "write it as",
        ),
    ] {
        let said = parse("node.toml", &text).unwrap_err().to_string();
        assert!(said.contains(key) && said.contains(found), "{text}\n{said}");
    }
    parse("node.toml", &format!("[console]\n{open}\n{console}\n{named}\n{people}")).unwrap();
}

#[test]
fn a_certificate_that_is_none_is_named_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    certified(folder.path());
    let path = folder.path().join("node.toml");
    std::fs::write(&path, TEXT).unwrap();
    Config::load(&path).unwrap();
    for (file, key, place) in
        [("node.pem", "console.certificate", ":4:"), ("node.key", "console.key", ":5:")]
    {
        let kept = std::fs::read(folder.path().join(file)).unwrap();
        std::fs::write(folder.path().join(file), "no key\n").unwrap();
        let said = Config::load(&path).unwrap_err().to_string();
        assert!(said.contains(key) && said.contains(place), "{said}");
        assert!(said.contains("give a PEM file"), "{said}");
        std::fs::write(folder.path().join(file), kept).unwrap();
    }
    set_mode(&folder.path().join("node.key"), 0o640);
    let said = Config::load(&path).unwrap_err().to_string();
    assert!(said.contains(":5:") && said.contains("console.key"), "{said}");
    assert!(said.ends_with("node.key can be read by others; `chmod 600` it"), "{said}");
}
