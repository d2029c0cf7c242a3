//! What comes over UDP, decoded as it comes.

use super::{Lines, Request, Sink, Summary, datagrams::Datagrams};
use crate::commands::Misuse;
use anyhow::{Context, Result};
use node::clock::Clock;
use node::config::feed_from_url;
use node::feed::udp_socket;
use recording::container::Chunk;

/// Larger than any UDP payload.
const DATAGRAM_BYTES_MAX: usize = 65_536;

/// Gives `sink` every record that comes to `url` (`udp://239.1.1.1:8600?interface=…&source=…`)
/// until `stop` or enough lines.
///
/// # Errors
/// If the address is wrong or refused, or `sink` refuses.
pub(crate) async fn tail(
    url: &str,
    request: &Request,
    sink: &mut dyn Sink,
    stop: impl Future<Output = ()>,
) -> Result<Summary> {
    let feed = feed_from_url(&format!("asterix+{url}")).map_err(|e| Misuse(e.to_string()))?;
    let (socket, source) = udp_socket(&feed).with_context(|| url.to_owned())?;
    tracing::info!("listening on {}", socket.local_addr()?);
    let clock = Clock::new();
    let mut lines = Lines::new(sink, request);
    let mut datagrams = Datagrams::new(request);
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    tokio::pin!(stop);
    while !lines.is_full() {
        let (length, from) = tokio::select! {
            () = &mut stop => break,
            received = socket.recv_from(&mut buffer) => received?,
        };
        if source.is_some_and(|source| source != from.ip()) {
            continue;
        }
        let chunk = Chunk {
            time: Some(clock.now()),
            source: Some(from),
            destination: None,
            bytes: &buffer[..length],
        };
        datagrams.add(&chunk, &mut lines)?;
        datagrams.flush(&mut lines)?;
        lines.flush()?;
    }
    lines.finish()
}
