//! Streams: receivers that the node connects to, and receivers that connect to the node.

use super::{Port, READ_BYTES};
use crate::config::HostPort;
use socket2::{SockRef, TcpKeepalive};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time;

/// How long an attempt may take.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// The first wait between attempts; each later one is twice as long, up to [`BACKOFF_MAX`].
const BACKOFF_MIN: Duration = Duration::from_millis(250);
/// The longest wait between attempts.
const BACKOFF_MAX: Duration = Duration::from_secs(30);
/// A peer that is gone without a word is noticed after about this long.
const KEEPALIVE: Duration = Duration::from_secs(20);
/// At most one newcomer in this time, so that a storm of connections costs little.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The wait after `failures` attempts in a row that brought nothing. No random part: one node has
/// few feeds, and a replay of its schedule should be the same.
fn backoff(failures: u32) -> Duration {
    BACKOFF_MIN.saturating_mul(1 << failures.min(10)).min(BACKOFF_MAX)
}

/// Connects, says `greeting` if there is one, reads until the stream ends, and again, until told to
/// stop.
pub(super) async fn connect(address: HostPort, greeting: Option<String>, port: Port) {
    let mut failures = 0;
    while !port.stop.is_cancelled() {
        let heard = tokio::select! {
            () = port.stop.cancelled() => return,
            heard = attempt(&address, greeting.as_deref(), &port) => heard,
        };
        failures = if heard { 0 } else { failures + 1 };
        tokio::select! {
            () = port.stop.cancelled() => {}
            () = time::sleep(backoff(failures)) => {}
        }
    }
}

/// One connection from beginning to end; whether it brought anything.
async fn attempt(address: &HostPort, greeting: Option<&str>, port: &Port) -> bool {
    let stream = TcpStream::connect((address.host.as_str(), address.port));
    match time::timeout(CONNECT_MAX, stream).await {
        Err(_) => port.lost(format!("no answer from {address} within {} s", CONNECT_MAX.as_secs())),
        Ok(Err(error)) => port.lost(format!("{address}: {error}")),
        Ok(Ok(mut stream)) => {
            port.connected(address);
            if let Some(greeting) = greeting
                && let Err(error) = stream.write_all(greeting.as_bytes()).await
            {
                port.lost(error.to_string());
                return false;
            }
            let (heard, reason) = read_to_the_end(&mut stream, port).await;
            port.lost(reason);
            return heard;
        }
    }
    false
}

/// Whether anything came, and why it ended.
async fn read_to_the_end(stream: &mut TcpStream, port: &Port) -> (bool, String) {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE);
    // Without it a dead peer is noticed late; nothing else depends on it.
    let _ = SockRef::from(&*stream).set_tcp_keepalive(&keepalive);
    let mut buffer = vec![0; READ_BYTES];
    let mut heard = false;
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) => return (heard, "the sender closed the connection".into()),
            Ok(count) => {
                heard = true;
                port.intake.received(port.feed, &buffer[..count], None);
            }
            Err(error) => return (heard, error.to_string()),
        }
    }
}

/// Binds a listening socket.
pub(super) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restart must not wait for the old connections' time-outs.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(16)
}

/// Takes one sender at a time, until told to stop. A newer sender replaces an older one: after a
/// receiver's restart the old connection may look alive for minutes.
pub(super) async fn listen(listener: TcpListener, port: Port) {
    let mut current: Option<TcpStream> = None;
    loop {
        let reading = async {
            match &mut current {
                Some(stream) => read_to_the_end(stream, &port).await.1,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = port.stop.cancelled() => return,
            reason = reading => {
                port.lost(reason);
                current = None;
            }
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    if current.is_some() {
                        port.lost(format!("replaced by a newer sender, {peer}"));
                    }
                    port.connected(peer);
                    current = Some(stream);
                    time::sleep(ACCEPT_PAUSE).await;
                }
                Err(error) => {
                    tracing::warn!(feed = %port.name, %error, "a sender could not be accepted");
                    time::sleep(BACKOFF_MIN).await;
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_between_attempts_double_up_to_half_a_minute() {
        let waits_ms: Vec<_> = (0..9).map(|n| backoff(n).as_millis()).collect();
        assert_eq!(waits_ms, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
        assert_eq!(backoff(u32::MAX), BACKOFF_MAX);
    }
}
