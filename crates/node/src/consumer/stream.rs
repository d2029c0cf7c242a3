//! Streams over TCP and TLS, and datagrams.
//!
//! One task a consumer writes each update once for all who are connected; a task for each of those
//! carries it. Who does not keep up misses updates, which are counted, and then gets all that stands.

use super::tls::{self, Files};
use super::{CLIENTS_MAX, Consumer};
use crate::config::{ConsumerFormat, HostPort, Reach};
use export::{Mirror, Stream, StreamFormat};
use socket2::SockRef;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::watch;
use tokio::time;
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Updates that wait for one who does not take them.
const UPDATES_MAX: usize = 16;
/// Longest time that one may take for one update, and for a handshake.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// Between two attempts to connect.
pub(super) const AGAIN: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(30)];

/// One update, in pieces (a datagram each where there are datagrams), and what is cancelled when it
/// stands no more.
type Update = Arc<(Vec<Vec<u8>>, CancellationToken)>;

/// What the writer shares with those who carry.
struct Shared {
    consumer: Arc<Consumer>,
    /// The encoder, what it wrote last of, and what is cancelled when that stands no more.
    written: Mutex<Written>,
    updates: broadcast::Sender<Update>,
    /// Counts what was written, or was found to stand no more.
    wrote: watch::Sender<u64>,
}

struct Written {
    stream: Stream,
    of: Option<(Mirror, CancellationToken)>,
}

pub(super) fn start(
    consumer: Arc<Consumer>,
    listener: Option<TcpListener>,
    tls: Option<Files>,
    (stop, tasks): (CancellationToken, TaskTracker),
) {
    let shared = Arc::new(Shared {
        written: Mutex::new(Written { stream: Stream::new(form(&consumer)), of: None }),
        updates: broadcast::Sender::new(UPDATES_MAX),
        wrote: watch::Sender::new(0),
        consumer,
    });
    // Subscribed here: what is told before a task runs is not missed.
    let news = shared.consumer.source.watch();
    tasks.spawn(until(stop.clone(), write(shared.clone(), news)));
    match (shared.consumer.section.reach(), listener) {
        (_, Some(listener)) => {
            let carriers = tasks.clone();
            tasks.spawn(until(stop.clone(), accept(shared, listener, tls, (stop, carriers))));
        }
        (Some(Reach::Connect(address)), _) => {
            tasks.spawn(until(stop, connect(shared, address, tls)));
        }
        (Some(Reach::Udp(address)), _) => {
            let updates = shared.updates.subscribe();
            tasks.spawn(until(stop, datagrams(shared, updates, address)));
        }
        _ => {}
    }
}

async fn until(stop: CancellationToken, work: impl Future<Output = ()>) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = work => {}
    }
}

fn form(consumer: &Consumer) -> StreamFormat {
    let section = &consumer.section;
    match section.format {
        ConsumerFormat::Cot => StreamFormat::Cot,
        ConsumerFormat::Tak if section.udp.is_some() => StreamFormat::TakMesh,
        ConsumerFormat::Tak => StreamFormat::TakStream,
        ConsumerFormat::Asterix => StreamFormat::Asterix(section.sender()),
        ConsumerFormat::Sbs
        | ConsumerFormat::Readsb
        | ConsumerFormat::Tables
        | ConsumerFormat::Mqtt => StreamFormat::Sbs,
    }
}

impl Shared {
    fn written(&self) -> std::sync::MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is new.
    fn update(&self) {
        let mut written = self.written();
        match self.consumer.source.present() {
            Ok((mirror, live)) => {
                // It may have ended and begun again between two looks.
                if written.of.as_ref().is_some_and(|(_, live)| live.is_cancelled()) {
                    *written = self.nothing_written();
                }
                let update = written.stream.update(&mirror);
                written.of = Some((mirror, live.clone()));
                if !update.is_empty() {
                    // An error says that nobody is connected.
                    let _ = self.updates.send(Arc::new((update, live)));
                }
            }
            // What was written of stands no more; its objects have other names when they return.
            Err(_) => {
                *written = self.nothing_written();
            }
        }
        drop(written);
        self.wrote.send_modify(|count| *count += 1);
    }

    /// All that stands, and the updates from there on.
    fn join(&self) -> Option<(Vec<Vec<u8>>, broadcast::Receiver<Update>, CancellationToken)> {
        let written = self.written();
        let (mirror, live) = written.of.as_ref().filter(|(_, live)| !live.is_cancelled())?;
        Some((written.stream.snapshot(mirror), self.updates.subscribe(), live.clone()))
    }

    fn nothing_written(&self) -> Written {
        Written { stream: Stream::new(form(&self.consumer)), of: None }
    }

    fn name(&self) -> &str {
        &self.consumer.section.name
    }
}

/// Writes an update when there is something new, no more often than the period.
async fn write(shared: Arc<Shared>, mut news: watch::Receiver<u64>) {
    let period = Duration::from_secs_f64(shared.consumer.section.period_s());
    loop {
        if news.changed().await.is_err() {
            return;
        }
        let writer = shared.clone();
        if tokio::task::spawn_blocking(move || writer.update()).await.is_err() {
            tracing::error!(consumer = shared.name(), "what was released cannot be written");
        }
        // A slot is a second: a little less than the period lands in the right one.
        time::sleep(period.saturating_sub(Duration::from_millis(500))).await;
    }
}

async fn accept(
    shared: Arc<Shared>,
    listener: TcpListener,
    tls: Option<Files>,
    (stop, carriers): (CancellationToken, TaskTracker),
) {
    loop {
        let Ok((socket, peer)) = listener.accept().await else {
            // Out of descriptors: others may end.
            time::sleep(AGAIN[0]).await;
            continue;
        };
        let consumer = &shared.consumer;
        if !consumer.admits(peer) {
            tls::refused(consumer, &peer, &"it is not among those who may connect");
            continue;
        }
        if consumer.clients.load(Ordering::Relaxed) >= CLIENTS_MAX {
            tls::refused(consumer, &peer, &"too many are connected");
            continue;
        }
        let (shared, tls) = (shared.clone(), tls.clone());
        carriers.spawn(until(stop.clone(), async move {
            consumer_connected(&shared, socket, peer, tls).await;
        }));
    }
}

/// Serves one who connected, to the end.
async fn consumer_connected(
    shared: &Shared,
    socket: TcpStream,
    peer: SocketAddr,
    tls: Option<Files>,
) {
    // What is under way when a release ends goes no further: the connection is reset.
    let _ = SockRef::from(&socket).set_linger(Some(Duration::ZERO));
    let _ = socket.set_nodelay(true);
    let _counted = Counted::new(&shared.consumer);
    tracing::info!(consumer = shared.name(), %peer, "connected");
    let why = match tls {
        None => carry(shared, socket).await,
        Some(files) => match time::timeout(PATIENCE, files.acceptor().accept(socket)).await {
            Ok(Ok(socket)) => carry(shared, socket).await,
            Ok(Err(error)) => return tls::refused(&shared.consumer, &peer, &error),
            Err(_) => {
                return tls::refused(&shared.consumer, &peer, &"it did not finish its handshake");
            }
        },
    };
    tracing::info!(consumer = shared.name(), %peer, why, "ended");
}

pub(super) struct Counted<'a>(&'a Consumer);

impl<'a> Counted<'a> {
    pub(super) fn new(consumer: &'a Consumer) -> Self {
        consumer.clients.fetch_add(1, Ordering::Relaxed);
        Self(consumer)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.clients.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Carries all that stands and then every update, until one side ends it; why, in words.
async fn carry<S: AsyncRead + AsyncWrite + Unpin>(shared: &Shared, socket: S) -> &'static str {
    let (mut read, mut write) = tokio::io::split(socket);
    let ended = async {
        // What it says is not asked for: TAK clients greet.
        let mut ignored = [0; 1024];
        while !matches!(read.read(&mut ignored).await, Ok(0) | Err(_)) {}
    };
    tokio::pin!(ended);
    // Before the first look: what is written after it is not missed.
    let mut wrote = shared.wrote.subscribe();
    loop {
        let Some((whole, mut updates, live)) = shared.join() else {
            // Nothing is released yet, or no more: whoever waits has been given nothing.
            tokio::select! {
                () = &mut ended => return "it left",
                _ = wrote.changed() => {}
            }
            continue;
        };
        let carrying = async {
            if let Err(why) = put(&mut write, &whole).await {
                return Some(why);
            }
            loop {
                match updates.recv().await {
                    Ok(update) => {
                        if let Err(why) = put(&mut write, &update.0).await {
                            return Some(why);
                        }
                    }
                    Err(RecvError::Lagged(missed)) => {
                        shared.consumer.shed.fetch_add(missed, Ordering::Relaxed);
                        return None;
                    }
                    Err(RecvError::Closed) => return Some("the node stops"),
                }
            }
        };
        tokio::select! {
            biased;
            () = live.cancelled() => return "nothing is released any more",
            () = &mut ended => return "it left",
            why = carrying => if let Some(why) = why { return why },
        }
    }
}

async fn put<W: AsyncWrite + Unpin>(write: &mut W, pieces: &[Vec<u8>]) -> Result<(), &'static str> {
    let bytes = pieces.concat();
    let put = async {
        write.write_all(&bytes).await?;
        write.flush().await
    };
    match time::timeout(PATIENCE, put).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err("the connection broke off"),
        Err(_) => Err("it takes nothing"),
    }
}

/// Connects, and again when that ends, while something is released.
async fn connect(shared: Arc<Shared>, address: HostPort, tls: Option<Files>) {
    let mut pause = AGAIN[0];
    let mut wrote = shared.wrote.subscribe();
    loop {
        while shared.join().is_none() {
            if wrote.changed().await.is_err() {
                return;
            }
        }
        match reach(&shared, &address, tls.as_ref()).await {
            Ok(why) => {
                tracing::info!(consumer = shared.name(), %address, why, "ended");
                pause = AGAIN[0];
            }
            Err(error) => {
                tls::refused(&shared.consumer, &address, &error);
                pause = (pause * 2).min(AGAIN[1]);
            }
        }
        time::sleep(pause).await;
    }
}

async fn reach(
    shared: &Shared,
    address: &HostPort,
    tls: Option<&Files>,
) -> io::Result<&'static str> {
    let socket = dial(address, tls).await?;
    let _counted = Counted::new(&shared.consumer);
    Ok(match socket {
        Dialled::Plain(socket) => carry(shared, socket).await,
        Dialled::Tls(socket) => carry(shared, socket).await,
    })
}

/// A connection that this node made. Dropped, it is reset: what is under way goes no further.
pub(super) enum Dialled {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Connects to `address`, with TLS where there are files for it.
pub(super) async fn dial(address: &HostPort, tls: Option<&Files>) -> io::Result<Dialled> {
    let late = || io::Error::new(io::ErrorKind::TimedOut, "no answer");
    let name = (address.host.as_str(), address.port);
    let socket = time::timeout(PATIENCE, TcpStream::connect(name)).await.map_err(|_| late())??;
    let _ = SockRef::from(&socket).set_linger(Some(Duration::ZERO));
    socket.set_nodelay(true)?;
    let Some(files) = tls else { return Ok(Dialled::Plain(socket)) };
    let (connector, name) = files.connector(&address.host).map_err(io::Error::other)?;
    let socket = time::timeout(PATIENCE, connector.connect(name, socket)).await;
    Ok(Dialled::Tls(Box::new(socket.map_err(|_| late())??)))
}

/// Sends every update as datagrams. What a socket does not take is counted; the next update of an
/// object replaces it.
async fn datagrams(
    shared: Arc<Shared>,
    mut updates: broadcast::Receiver<Update>,
    address: SocketAddr,
) {
    let own: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = loop {
        match UdpSocket::bind(own).await {
            Ok(socket) => break socket,
            Err(error) => {
                tls::refused(&shared.consumer, &address, &error);
                time::sleep(AGAIN[1]).await;
            }
        }
    };
    loop {
        match updates.recv().await {
            Ok(update) => {
                let (pieces, live) = &*update;
                for piece in pieces {
                    // Also between two datagrams of one update.
                    if live.is_cancelled() {
                        break;
                    }
                    if socket.send_to(piece, address).await.is_err() {
                        shared.consumer.shed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
            Err(RecvError::Lagged(missed)) => {
                shared.consumer.shed.fetch_add(missed, Ordering::Relaxed);
            }
            Err(RecvError::Closed) => return,
        }
    }
}
