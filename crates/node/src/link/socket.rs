//! Connections: made and taken, proven by TLS within a bounded time, and their bytes carried.

use super::mailbox::{Connection, Item};
use super::tls::{Claim, refused_io};
use super::{Refused, Rim};
use crate::config::HostPort;
use rustls::pki_types::{CertificateDer, UnixTime};
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time;

/// How long it may take to be connected, and then to have proven who one is.
const HANDSHAKE_MAX: Duration = Duration::from_secs(5);
/// The first wait between attempts; each later one is twice as long, up to [`BACKOFF_MAX`].
const BACKOFF_MIN: Duration = Duration::from_millis(250);
/// The longest wait between attempts: a link that heals is in use again this soon.
const BACKOFF_MAX: Duration = Duration::from_secs(5);
/// Strangers that may be proving who they are at a time, and of them from one address.
const STRANGERS_MAX: usize = 256;
const STRANGERS_OF_ONE_MAX: usize = 8;
/// Bytes read at once.
const READ_BYTES: usize = 64 << 10;
/// How long a partner may leave what is written unread.
const WRITE_MAX: Duration = Duration::from_secs(20);
/// Between two looks at whether the partner's certificate still holds.
const CHECK_EVERY: Duration = Duration::from_secs(10);

/// Those who connected and have not proven yet who they are.
#[derive(Debug, Default)]
struct Strangers(Mutex<BTreeMap<IpAddr, usize>>);

/// A stranger's place; given back when dropped.
struct Place {
    strangers: Arc<Strangers>,
    address: IpAddr,
}

impl Strangers {
    fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = all.get(&address).copied().unwrap_or(0);
        if of_one >= STRANGERS_OF_ONE_MAX || all.values().sum::<usize>() >= STRANGERS_MAX {
            return None;
        }
        all.insert(address, of_one + 1);
        Some(Place { strangers: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.strangers.0.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                all.remove(&self.address);
            }
        }
    }
}

/// Binds the address where partners connect.
pub(super) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restart must not wait for the old connections' time-outs.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(128)
}

/// Takes connections until told to stop.
pub(super) async fn listen(listener: TcpListener, rim: Arc<Rim>) {
    let strangers = Arc::new(Strangers::default());
    loop {
        let accepted = tokio::select! {
            () = rim.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => match strangers.admit(peer.ip()) {
                Some(place) => {
                    rim.tasks.spawn(welcome(stream, peer, place, rim.clone()));
                }
                None => {
                    let said = "too many connections that have not proven who they are";
                    rim.turn_away(None, peer, &Refused::new("too_many_strangers", said.into()));
                }
            },
            Err(error) => {
                tracing::warn!(%error, "a partner's connection could not be taken");
                time::sleep(BACKOFF_MIN).await;
            }
        }
    }
}

async fn welcome(stream: TcpStream, peer: SocketAddr, place: Place, rim: Arc<Rim>) {
    let claim = Arc::new(Claim::default());
    let tls = rim.tls();
    let _ = stream.set_nodelay(true);
    let proven = tokio::select! {
        () = rim.stop.cancelled() => return,
        proven = time::timeout(HANDSHAKE_MAX, tls.acceptor(claim.clone()).accept(stream)) => proven,
    };
    drop(place);
    match (proven, claim.partner()) {
        (Err(_), who) => {
            let said = format!("it has not proven who it is within {} s", HANDSHAKE_MAX.as_secs());
            rim.turn_away(who, peer, &Refused::new("handshake_slow", said));
        }
        (Ok(Err(error)), who) => rim.turn_away(who, peer, &refused_io(&error)),
        // The verifier lets nobody through without a claim.
        (Ok(Ok(_)), None) => {}
        (Ok(Ok(stream)), Some(partner)) => {
            let certificates = owned(stream.get_ref().1.peer_certificates());
            carry(stream, Meeting { partner, peer, dialed: false, certificates }, &rim).await;
        }
    }
}

fn owned(certificates: Option<&[CertificateDer<'_>]>) -> Vec<CertificateDer<'static>> {
    certificates.unwrap_or_default().iter().map(|c| c.clone().into_owned()).collect()
}

/// Connects to a partner again and again while there is no link, until told to stop.
pub(super) async fn dial(
    partner: usize,
    addresses: Vec<HostPort>,
    mut linked: watch::Receiver<bool>,
    rim: Arc<Rim>,
) {
    let mut failures = 0;
    for address in addresses.iter().cycle() {
        let attempt = async {
            // The worker is gone only when the node stops.
            let _ = linked.wait_for(|linked| !linked).await;
            let lasted = attempt(partner, address, &rim).await;
            failures = if lasted { 0 } else { failures + 1 };
            time::sleep(backoff(failures)).await;
        };
        tokio::select! {
            () = rim.stop.cancelled() => return,
            () = attempt => {}
        }
    }
}

/// No random part: a node has few partners, and the larger name waits while the smaller calls.
fn backoff(failures: u32) -> Duration {
    BACKOFF_MIN.saturating_mul(1 << failures.min(10)).min(BACKOFF_MAX)
}

/// One connection from beginning to end; whether the two came to speak.
async fn attempt(partner: usize, address: &HostPort, rim: &Arc<Rim>) -> bool {
    let unreached = |name, said: String| {
        rim.put(partner, Item::Unreached(Refused::new(name, said)));
        false
    };
    let connected = TcpStream::connect((address.host.as_str(), address.port));
    let stream = match time::timeout(HANDSHAKE_MAX, connected).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return unreached("unreachable", format!("{address}: {error}")),
        Err(_) => return unreached("unreachable", format!("{address} does not answer")),
    };
    let _ = stream.set_nodelay(true);
    let Ok(peer) = stream.peer_addr() else { return false };
    let (connector, name) = rim.tls().connector(partner);
    match time::timeout(HANDSHAKE_MAX, connector.connect(name, stream)).await {
        Ok(Ok(stream)) => {
            let certificates = owned(stream.get_ref().1.peer_certificates());
            carry(stream, Meeting { partner, peer, dialed: true, certificates }, rim).await
        }
        Ok(Err(error)) => {
            let refused = refused_io(&error);
            rim.count(Some(partner), refused.name);
            unreached(refused.name, format!("{address}: {}", refused.reason))
        }
        Err(_) => unreached("handshake_slow", format!("{address} does not prove who it is")),
    }
}

/// A connection whose other end has proven to be a partner.
struct Meeting {
    partner: usize,
    peer: SocketAddr,
    dialed: bool,
    certificates: Vec<CertificateDer<'static>>,
}

/// Carries bytes both ways until one side ends it; whether anything came.
async fn carry<S: AsyncRead + AsyncWrite>(stream: S, meeting: Meeting, rim: &Rim) -> bool {
    let Meeting { partner, peer, dialed, certificates } = meeting;
    let (out, outgoing) = mpsc::unbounded_channel();
    let (id, cancel) = (rim.next_connection(), rim.cut.child_token());
    let connection = Connection { id, dialed, peer, out, cancel: cancel.clone() };
    rim.put(partner, Item::Connected(connection));
    let (reading, writing) = tokio::io::split(stream);
    let mut heard = false;
    let why = tokio::select! {
        // What was said before the connection ended is heard.
        biased;
        why = read(reading, (partner, id), rim, &mut heard) => why,
        why = write(writing, outgoing, (partner, id), rim) => why,
        why = watch_over(&certificates, partner, rim) => why,
        () = cancel.cancelled() => Refused::new("closed", "closed here".into()),
    };
    rim.put(partner, Item::Ended { connection: id, why });
    heard
}

async fn read(
    mut reading: impl AsyncRead + Unpin,
    (partner, connection): (usize, u64),
    rim: &Rim,
    heard: &mut bool,
) -> Refused {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        rim.mailbox(partner).room().await;
        match reading.read(&mut buffer).await {
            Ok(0) => return Refused::new("closed_by_partner", "it closed the connection".into()),
            Ok(length) => {
                *heard = true;
                let bytes = buffer[..length].to_vec();
                rim.put(partner, Item::Received { connection, bytes });
            }
            Err(error) => return refused_io(&error),
        }
    }
}

async fn write(
    mut writing: impl AsyncWrite + Unpin,
    mut outgoing: mpsc::UnboundedReceiver<Vec<u8>>,
    (partner, connection): (usize, u64),
    rim: &Rim,
) -> Refused {
    while let Some(bytes) = outgoing.recv().await {
        let length = bytes.len();
        let written = async {
            writing.write_all(&bytes).await?;
            if outgoing.is_empty() { writing.flush().await } else { Ok(()) }
        };
        match time::timeout(WRITE_MAX, written).await {
            Ok(Ok(())) => rim.put(partner, Item::Wrote { connection, length }),
            Ok(Err(error)) => return refused_io(&error),
            Err(_) => return Refused::new("stalled", "it does not take what is sent".into()),
        }
    }
    // A partner that does not take the last words must not hold the connection open.
    let _ = time::timeout(HANDSHAKE_MAX, writing.shutdown()).await;
    Refused::new("closed", "closed here".into())
}

/// Ends once the certificate that was believed would not be any more: it has expired, or its
/// authority is no longer the partner's.
async fn watch_over(certificates: &[CertificateDer<'_>], partner: usize, rim: &Rim) -> Refused {
    loop {
        time::sleep(CHECK_EVERY).await;
        let now = rim.clock.now().unix_nanos().max(0) as u64;
        let now = UnixTime::since_unix_epoch(Duration::from_nanos(now));
        if let Err(refused) = rim.tls().check_again(partner, certificates, now) {
            rim.count(Some(partner), refused.name);
            return refused;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_from_one_address_leaves_room_for_others() {
        let strangers = Arc::new(Strangers::default());
        let flood = IpAddr::from([192, 0, 2, 1]);
        let held: Vec<_> = (0..1000).filter_map(|_| strangers.admit(flood)).collect();
        assert_eq!(held.len(), STRANGERS_OF_ONE_MAX);
        assert!(strangers.admit(IpAddr::from([192, 0, 2, 2])).is_some());
        drop(held);
        assert!(strangers.0.lock().unwrap().is_empty());
    }

    #[test]
    fn strangers_from_everywhere_are_bounded() {
        let strangers = Arc::new(Strangers::default());
        let from = |n: u32| IpAddr::from((0x0A00_0000 + n).to_be_bytes());
        let held: Vec<_> = (0..10_000).filter_map(|n| strangers.admit(from(n))).collect();
        assert_eq!(held.len(), STRANGERS_MAX);
    }
}
