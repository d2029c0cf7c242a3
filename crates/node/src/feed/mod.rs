//! The tasks that bring bytes from the network to the [`Intake`], one a feed.
//!
//! Addresses are bound before anything starts, so that a port that is taken is an error at the
//! start and not a silent feed. Each task says `connected` and `lost`; it ends when it is told to.

mod tcp;
mod udp;

use crate::config::{Feed, Transport};
use crate::event::FeedIndex;
use crate::intake::Intake;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fmt, io};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Bytes read from a stream at once: a busy receiver's tenth of a second.
const READ_BYTES: usize = 16 << 10;

/// Running feeds.
#[derive(Debug)]
pub struct Feeds {
    tasks: JoinSet<()>,
    stop: CancellationToken,
    /// Where each feed listens; none for those that connect.
    pub bound: Vec<Option<SocketAddr>>,
}

/// What every feed's task is given.
#[derive(Debug)]
struct Port {
    feed: FeedIndex,
    name: Arc<str>,
    intake: Arc<Intake>,
    stop: CancellationToken,
    /// Failed since it was last connected: the log says so once, not at each attempt.
    down: AtomicBool,
}

impl Port {
    fn connected(&self, peer: impl fmt::Display) {
        tracing::info!(feed = %self.name, %peer, "feed connected");
        self.down.store(false, Ordering::Relaxed);
        self.intake.connected(self.feed);
    }

    fn lost(&self, reason: String) {
        if !self.down.swap(true, Ordering::Relaxed) {
            tracing::warn!(feed = %self.name, reason, "feed lost");
        }
        self.intake.lost(self.feed, reason);
    }
}

/// The socket of a feed over UDP, bound and joined, and whom alone to hear.
///
/// # Errors
/// What the system refuses, and a feed that is not over UDP.
pub fn udp_socket(feed: &Feed) -> io::Result<(tokio::net::UdpSocket, Option<std::net::IpAddr>)> {
    match &feed.transport {
        Transport::Udp { bind, group, interface, source } => {
            Ok((udp::bind(*bind, *group, interface.as_deref(), *source)?, *source))
        }
        _ => Err(io::Error::other(format!("feed {:?} is not over UDP", feed.name))),
    }
}

impl Feeds {
    /// Binds and starts all of them, in configured order.
    pub fn start(feeds: &[Feed], intake: &Arc<Intake>) -> io::Result<Self> {
        let stop = CancellationToken::new();
        let mut started = Self { tasks: JoinSet::new(), stop: stop.clone(), bound: Vec::new() };
        for (index, feed) in feeds.iter().enumerate() {
            let port = Port {
                feed: FeedIndex(index as u16),
                name: feed.name.as_str().into(),
                intake: intake.clone(),
                stop: stop.clone(),
                down: AtomicBool::new(false),
            };
            let bound = started.start_one(feed, port).map_err(|error| {
                io::Error::new(error.kind(), format!("feed {:?}: {error}", feed.name))
            })?;
            started.bound.push(bound);
        }
        Ok(started)
    }

    fn start_one(&mut self, feed: &Feed, port: Port) -> io::Result<Option<SocketAddr>> {
        match &feed.transport {
            Transport::Connect(address) => {
                self.tasks.spawn(tcp::connect(address.clone(), feed.greeting(), port));
                Ok(None)
            }
            Transport::Listen(address) => {
                let listener = tcp::bind(*address)?;
                let bound = listener.local_addr()?;
                self.tasks.spawn(tcp::listen(listener, port));
                Ok(Some(bound))
            }
            Transport::Udp { bind, group, interface, source } => {
                let socket = udp::bind(*bind, *group, interface.as_deref(), *source)?;
                let bound = socket.local_addr()?;
                self.tasks.spawn(udp::receive(socket, *source, port));
                Ok(Some(bound))
            }
        }
    }

    /// Ends all of them; when this returns, no more bytes come.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}
