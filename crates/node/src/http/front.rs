//! The console's address as the network sees it: by which names it is called, TLS where it has a
//! certificate, and how many may be connected at once.

use crate::config::ConsoleSection;
use crate::consumer::tls::{self, Wrong};
use axum::Router;
use axum::extract::Extension;
use axum::http::uri::Authority;
use axum::middleware::AddExtension;
use axum_server::Handle;
use axum_server::accept::{Accept, DefaultAcceptor};
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::version::TLS13;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::time::{self, MissedTickBehavior};
use tower::Layer;

/// Connections at once: the next is closed unheard, so that no flood takes the files that feeds and
/// partners need.
const CONNECTIONS_MAX: usize = 512;
/// Connections at once from one address, of IPv6 from one network of 64 bits, which is one customer's: nobody alone
/// takes all places. A dozen consoles behind one address need fewer.
const CONNECTIONS_EACH_MAX: usize = 64;
/// A connection says what it wants, at first and again, within this time.
const REQUEST_MAX: Duration = Duration::from_secs(30);
/// How often the certificate's files are looked at.
const LOOK: Duration = Duration::from_secs(60);
/// Names at most.
const NAMES_MAX: usize = 16;

/// By which names browsers call this node. Those of this machine always are among them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    names: Arc<[String]>,
    secure: bool,
}

impl Names {
    fn of(console: &ConsoleSection) -> Self {
        Self { names: console.names.as_slice().into(), secure: console.certificate.is_some() }
    }

    /// Whether a request to `host` is meant for this node: a page of another site that has its own
    /// name point here names another (DNS rebinding).
    pub(super) fn admit(&self, host: &Authority) -> bool {
        super::is_loopback(host) || self.is_given(host.host())
    }

    /// Whether browsers are to keep to TLS under this name: not under `localhost`, which other programs of
    /// this machine share.
    pub(super) fn keeps_to_tls(&self, host: &Authority) -> bool {
        self.secure && self.is_given(host.host()) && !super::is_loopback(host)
    }

    fn is_given(&self, host: &str) -> bool {
        self.names.iter().any(|name| name.eq_ignore_ascii_case(host))
    }

    /// The addresses to tell whoever came by another.
    pub(super) fn told(&self) -> String {
        if self.names.is_empty() {
            return "Only this machine may connect: open http://127.0.0.1 or http://localhost.\n"
                .into();
        }
        format!("This node is called {}.\n", self.names.join(", "))
    }
}

/// Why a name of a console cannot be one, and what to do.
pub(crate) fn misnamed(names: &[String]) -> Option<String> {
    if names.len() > NAMES_MAX {
        return Some(format!("more than {NAMES_MAX} names; leave some out"));
    }
    let is_name = |name: &str| {
        !name.contains('@')
            && name.parse::<Authority>().is_ok_and(|all| all.port().is_none() && all.host() == name)
    };
    let wrong = names.iter().find(|name| !is_name(name))?;
    Some(format!("{wrong:?} is no name or address; write it as \"air.example\" or \"192.0.2.1\""))
}

/// A certificate and its key, as they were in their files.
pub(crate) struct Certificate {
    files: [PathBuf; 2],
    seen: [Option<(SystemTime, u64)>; 2],
    config: Arc<ServerConfig>,
}

impl Certificate {
    /// Reads them, if the console has them.
    ///
    /// # Errors
    /// The configuration's key, and what is wrong with its file and what to do.
    pub(crate) fn read(console: &ConsoleSection) -> Result<Option<Self>, Wrong> {
        let (Some(certificate), Some(key)) = (&console.certificate, &console.key) else {
            return Ok(None);
        };
        let files = [certificate.clone(), key.clone()];
        let seen = files.each_ref().map(|file| stamp(file));
        let config = Arc::new(config(certificate, key)?);
        Ok(Some(Self { files, seen, config }))
    }

    /// Reads them anew where a file has changed; what is no use leaves the old ones in place.
    fn look(&mut self) -> Option<Result<Arc<ServerConfig>, String>> {
        let seen = self.files.each_ref().map(|file| stamp(file));
        if seen == self.seen {
            return None;
        }
        self.seen = seen;
        let read = config(&self.files[0], &self.files[1]).map_err(|(_, problem)| problem);
        Some(read.map(|config| {
            self.config = Arc::new(config);
            self.config.clone()
        }))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("files", &self.files).finish_non_exhaustive()
    }
}

fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let data = std::fs::metadata(file).ok()?;
    Some((data.modified().ok()?, data.len()))
}

fn config(certificate: &Path, key: &Path) -> Result<ServerConfig, Wrong> {
    let (chain, secret) = (tls::certificates("certificate", certificate)?, tls::private_key(key)?);
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&TLS13])
        .expect("ring has TLS 1.3")
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| tls::wrong("key", key, &error))?;
    // Browsers' WebSockets are of HTTP/1.1.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The console's address, bound.
#[derive(Debug)]
pub(crate) struct Front {
    listener: TcpListener,
    /// Where.
    pub(crate) address: SocketAddr,
    /// By which names.
    pub(crate) names: Names,
    certificate: Option<Certificate>,
}

impl Front {
    /// Binds it.
    ///
    /// # Errors
    /// The address is taken, or a file of TLS is no use any more.
    pub(crate) fn bind(console: &ConsoleSection) -> io::Result<Self> {
        let certificate = Certificate::read(console);
        let certificate = certificate.map_err(|(_, problem)| io::Error::other(problem))?;
        let listen = console.listen;
        let listener = TcpListener::bind(listen).map_err(|error| {
            io::Error::new(error.kind(), format!("console on {listen}: {error}"))
        })?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, names: Names::of(console), certificate })
    }

    /// Whether it speaks TLS.
    fn is_secure(&self) -> bool {
        self.certificate.is_some()
    }

    /// Whether browsers reach it over TLS: its own, or that of a proxy that goes by its names.
    pub(crate) fn is_behind_tls(&self) -> bool {
        self.is_secure() || !self.names.names.is_empty()
    }

    /// What to open in a browser.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.is_secure() { "https" } else { "http" };
        let port = self.address.port();
        match self.names.names.first().filter(|_| self.is_secure()) {
            Some(name) if port == 443 => format!("{scheme}://{name}"),
            Some(name) => format!("{scheme}://{name}:{port}"),
            None => format!("{scheme}://{}", self.address),
        }
    }

    /// Answers until `handle` says that it is enough.
    pub(crate) async fn serve(self, router: Router, handle: Handle<SocketAddr>) -> io::Result<()> {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let mut server =
            axum_server::from_tcp(self.listener)?.handle(handle).first_request_timeout(REQUEST_MAX);
        server.http_builder().http1().header_read_timeout(REQUEST_MAX);
        let places = Places::new(CONNECTIONS_MAX, CONNECTIONS_EACH_MAX);
        let Some(certificate) = self.certificate else {
            let plain = Bounded { places, inner: DefaultAcceptor::new() };
            return server.acceptor(plain).serve(service).await;
        };
        let shown = RustlsConfig::from_config(certificate.config.clone());
        let tls = Bounded { places, inner: RustlsAcceptor::new(shown.clone()) };
        tokio::select! {
            served = server.acceptor(tls).serve(service) => served,
            never = renew(certificate, shown) => match never {},
        }
    }
}

/// Shows a renewed certificate to whoever comes after: nobody is cut off.
async fn renew(mut certificate: Certificate, shown: RustlsConfig) -> std::convert::Infallible {
    let mut looks = time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        match certificate.look() {
            Some(Ok(config)) => {
                shown.reload_from_config(config);
                tracing::info!("the console shows its new certificate");
            }
            Some(Err(problem)) => {
                tracing::error!(%problem, "the console keeps its old certificate");
            }
            None => {}
        }
    }
}

/// Places for connections: so many in all, and so many from one address.
#[derive(Debug)]
struct Places {
    max: usize,
    each_max: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// Those that hold one at least.
    each: BTreeMap<IpAddr, usize>,
}

/// One place, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    of: Arc<Places>,
    from: Option<IpAddr>,
}

impl Places {
    fn new(max: usize, each_max: usize) -> Arc<Self> {
        Arc::new(Self { max, each_max, taken: Mutex::default() })
    }

    /// `None` where there is none left, or none for this address.
    fn take(self: &Arc<Self>, from: Option<IpAddr>) -> Option<Place> {
        let from = from.and_then(counted);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let held = from.and_then(|from| taken.each.get(&from).copied()).unwrap_or(0);
        if taken.all >= self.max || held >= self.each_max {
            return None;
        }
        taken.all += 1;
        if let Some(from) = from {
            taken.each.insert(from, held + 1);
        }
        Some(Place { of: self.clone(), from })
    }
}

/// As what an address is counted: not at all on this machine, where a proxy hands many on.
fn counted(address: IpAddr) -> Option<IpAddr> {
    match address.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            Some(Ipv6Addr::from(network).into())
        }
        address => Some(address),
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.of.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        let Some(from) = self.from else { return };
        match taken.each.get_mut(&from) {
            Some(held) if *held > 1 => *held -= 1,
            _ => {
                taken.each.remove(&from);
            }
        }
    }
}

/// Who is at the other end of a connection.
trait FromWhere {
    fn peer_ip(&self) -> Option<IpAddr>;
}

impl FromWhere for tokio::net::TcpStream {
    fn peer_ip(&self) -> Option<IpAddr> {
        self.peer_addr().ok().map(|address| address.ip())
    }
}

/// Takes connections while there is a place for them.
#[derive(Debug, Clone)]
struct Bounded<A> {
    inner: A,
    places: Arc<Places>,
}

type Placed<S> = AddExtension<S, Arc<Place>>;

impl<A, I, S> Accept<I, S> for Bounded<A>
where
    I: FromWhere,
    A: Accept<I, S>,
    A::Future: Send + 'static,
    A::Stream: 'static,
    A::Service: 'static,
{
    type Stream = A::Stream;
    type Service = Placed<A::Service>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let Some(place) = self.places.take(stream.peer_ip()) else {
            let full = io::Error::other("too many connections");
            return Box::pin(async { Err(full) });
        };
        let accepted = self.inner.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            // The place is free again when the connection's service is dropped.
            Ok((stream, Extension(Arc::new(place)).layer(service)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};
    use std::os::unix::fs::PermissionsExt;

    fn write(folder: &Path, name: &str) {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        let certificate = params.self_signed(&key).expect("a certificate");
        std::fs::write(folder.join("a.pem"), certificate.pem()).expect("written");
        write_secret(&folder.join("a.key"), &key.serialize_pem());
    }

    fn write_secret(file: &Path, text: &str) {
        std::fs::write(file, text).expect("written");
        let alone = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(file, alone).expect("it has a mode");
    }

    #[test]
    fn a_renewed_certificate_is_taken_up_and_a_broken_one_leaves_the_old() {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), "air.example");
        let console = ConsoleSection {
            certificate: Some(folder.path().join("a.pem")),
            key: Some(folder.path().join("a.key")),
            ..ConsoleSection::default()
        };
        let mut shown = Certificate::read(&console).expect("both are good").expect("there is one");
        assert!(shown.look().is_none(), "nothing has changed");
        // The length tells them apart where the file system's clock is coarse.
        write(folder.path(), "a-longer-name.example");
        let before = shown.config.clone();
        assert!(matches!(shown.look(), Some(Ok(_))));
        assert!(!Arc::ptr_eq(&before, &shown.config));
        let kept = shown.config.clone();
        std::fs::write(folder.path().join("a.key"), "half a k").expect("written");
        let said = shown.look().expect("it has changed").expect_err("it is none");
        assert!(said.contains("a.key is no use"), "{said}");
        assert!(Arc::ptr_eq(&kept, &shown.config));
        assert!(shown.look().is_none(), "it is said once");
        write(folder.path(), "air.example");
        let all = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(folder.path().join("a.key"), all).expect("it has a mode");
        let said = shown.look().expect("it has changed").expect_err("others may read it");
        assert!(said.ends_with("a.key can be read by others; `chmod 600` it"), "{said}");
    }

    #[tokio::test]
    async fn one_connection_more_than_there_are_places_is_closed_unheard() {
        let door = Bounded { places: Places::new(2, 2), inner: DefaultAcceptor::new() };
        let (_, first) = door.accept(Here, "first").await.expect("a place");
        let (_, second) = door.accept(Here, "second").await.expect("a place");
        assert!(door.accept(Here, "third").await.is_err());
        drop(first);
        door.accept(Here, "third").await.expect("the first's place");
        drop(second);
        assert_eq!(door.places.taken.lock().expect("nobody panicked").all, 0);
    }

    #[tokio::test]
    async fn a_web_socket_holds_its_place_until_it_ends() {
        let places = Places::new(1, 1);
        let place = places.take(None).map(|place| Extension(Arc::new(place)));
        let (hang_up, hung_up) = tokio::sync::oneshot::channel::<()>();
        // Once it is one, nothing but its own task holds the place.
        let socket = tokio::spawn(crate::http::live::keeping(place, async {
            let _ = hung_up.await;
        }));
        // The task has begun.
        tokio::task::yield_now().await;
        assert!(places.take(None).is_none());
        drop(hang_up);
        socket.await.expect("it ends");
        assert!(places.take(None).is_some());
    }

    /// A connection of this machine.
    struct Here;

    impl FromWhere for Here {
        fn peer_ip(&self) -> Option<IpAddr> {
            Some(Ipv6Addr::LOCALHOST.into())
        }
    }

    #[test]
    fn one_address_does_not_take_all_places_and_this_machines_own_are_not_counted() {
        let places = Places::new(8, 2);
        let take = |from: &str| places.take(Some(from.parse().expect("an address")));
        let one = [take("192.0.2.1"), take("::ffff:192.0.2.1")];
        assert!(one.iter().all(Option::is_some) && take("192.0.2.1").is_none());
        // Of IPv6 the network counts.
        let two = [take("2001:db8::1"), take("2001:db8::ffff:1")];
        assert!(two.iter().all(Option::is_some) && take("2001:db8::2").is_none());
        let other = take("2001:db8:0:1::2");
        let here = [take("127.0.0.1"), take("127.0.0.1"), take("::1")];
        assert!(other.is_some() && here.iter().all(Option::is_some));
        assert!(take("192.0.2.9").is_none(), "eight are taken");
        drop(one);
        assert!(take("192.0.2.1").is_some() && take("192.0.2.9").is_some());
        drop((two, other, here));
        let taken = places.taken.lock().expect("nobody panicked");
        assert_eq!((taken.all, taken.each.len()), (0, 0));
    }
}
