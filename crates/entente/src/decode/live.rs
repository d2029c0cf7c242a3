//! What comes over UDP, as it comes.

use super::{Lines, Request, Sink, Summary, datagrams::Datagrams};
use crate::commands::Misuse;
use anyhow::{Context, Result};
use node::clock::Clock;
use node::config::feed_from_url;
use node::feed::udp_socket;
use recording::container::Chunk;
use std::ops::ControlFlow;

/// Larger than any UDP payload.
const DATAGRAM_BYTES_MAX: usize = 65_536;

/// Gives `sink` every record that comes to `url` until `stop` or enough lines.
///
/// # Errors
/// If the address is wrong or refused, or `sink` refuses.
pub(crate) async fn tail(
    url: &str,
    request: &Request,
    sink: &mut dyn Sink,
    stop: impl Future<Output = ()>,
) -> Result<Summary> {
    let mut lines = Lines::new(sink, request)?;
    let mut datagrams = Datagrams::new(request);
    if !lines.is_full() {
        receive(url, stop, |chunk| {
            datagrams.add(chunk, &mut lines)?;
            datagrams.flush(&mut lines)?;
            lines.flush()?;
            Ok(if lines.is_full() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })
        .await?;
    }
    lines.finish()
}

/// Gives `take` every datagram that comes to `url` (`udp://239.1.1.1:8600?interface=…&source=…`)
/// until `stop` or until it has enough.
///
/// # Errors
/// If the address is wrong or refused, or `take` fails.
pub(crate) async fn receive(
    url: &str,
    stop: impl Future<Output = ()>,
    mut take: impl FnMut(&Chunk<'_>) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let feed = feed_from_url(&format!("asterix+{url}"))
        .map_err(|error| Misuse(format!("{url}: {}", error.problem)))?;
    let (socket, source) = udp_socket(&feed).with_context(|| url.to_owned())?;
    let here = socket.local_addr()?;
    tracing::info!("listening on {here}");
    let clock = Clock::new();
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    tokio::pin!(stop);
    loop {
        let (length, from) = tokio::select! {
            () = &mut stop => return Ok(()),
            received = socket.recv_from(&mut buffer) => received?,
        };
        if source.is_some_and(|source| source != from.ip()) {
            continue;
        }
        let chunk = Chunk {
            time: Some(clock.now()),
            source: Some(from),
            destination: Some(here),
            bytes: &buffer[..length],
        };
        if take(&chunk)?.is_break() {
            return Ok(());
        }
    }
}
