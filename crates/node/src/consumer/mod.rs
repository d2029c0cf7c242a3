//! Consumers: other people's systems, and what each was told.
//!
//! The engine hands over what it released to a party; a thread of that party (`source`) has it in
//! a ledger before anything else and then in a mirror, from which the crate `export` writes every
//! format. What cannot be entered into the ledger goes to nobody. Sockets are tokio tasks: streams
//! and datagrams (`stream`), topics of a broker (`mqtt`), files over HTTP (`files`), TLS with
//! certificates on both sides (`tls`).
//! What is slow loses pieces, is counted, and is given a whole picture afterwards.

mod files;
mod mqtt;
mod source;
mod stream;
pub(crate) mod tls;

#[cfg(test)]
pub(crate) use files::shown_routes;

use crate::clock::Clock;
use crate::config::{Config, ConsumerSection, Reach};
use crate::event::ConsumerNews;
use crate::link::keys;
use accord::PartyId;
use serde::Serialize;
use source::Source;
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Folder beside those of partners; no party's name begins so.
const FOLDER: &str = "_consumers";
/// What consumers are given to take the last words.
const FAREWELL_MAX: Duration = Duration::from_secs(2);
/// Systems that may be connected to one consumer's address at once.
pub(crate) const CLIENTS_MAX: u64 = 64;

/// All consumers of a node.
#[derive(Debug)]
pub struct Consumers {
    sources: BTreeMap<PartyId, Arc<Source>>,
    all: Vec<Arc<Consumer>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Consumer {
    pub(crate) section: ConsumerSection,
    pub(crate) source: Arc<Source>,
    pub(crate) bound: Option<SocketAddr>,
    /// Systems connected now.
    pub(crate) clients: AtomicU64,
    /// Updates that a slow one did not take.
    pub(crate) shed: AtomicU64,
    /// Connections that were turned away or that nobody took.
    pub(crate) refused: AtomicU64,
}

impl Consumer {
    /// Whether a system at this address may connect.
    pub(crate) fn admits(&self, peer: SocketAddr) -> bool {
        let from = &self.section.from;
        let ip = peer.ip().to_canonical();
        let named = from.iter().any(|address| address.to_canonical() == ip);
        // Where certificates decide and no address is named, the certificate is enough.
        named || from.is_empty() && (self.section.tls().is_some() || ip.is_loopback())
    }
}

/// How one consumer does, for `/healthz`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConsumerRow {
    /// As the configuration names it.
    pub name: String,
    /// Whose it is.
    pub party: String,
    /// What it reads.
    pub format: &'static str,
    /// Why it is given nothing; absent while it is.
    pub nothing_because: Option<String>,
    /// Objects it has been told and that stand.
    pub objects: usize,
    /// Systems connected now.
    pub clients: u64,
    /// Updates that slow ones did not take.
    pub shed: u64,
    /// Connections turned away or not made.
    pub refused: u64,
}

impl Consumers {
    /// Of a node that has none, or replays a recording.
    pub fn none() -> Arc<Self> {
        Arc::new(Self {
            sources: BTreeMap::new(),
            all: Vec::new(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// Opens the ledgers, binds the addresses and starts everything.
    ///
    /// # Errors
    /// Keys or files of TLS that are not sound, an address that is taken, a ledger that another node
    /// holds.
    pub async fn start(config: &Config, clock: &Arc<Clock>) -> io::Result<Arc<Self>> {
        if config.consumers.is_empty() {
            return Ok(Self::none());
        }
        let own: PartyId = config.node.party.parse().map_err(io::Error::other)?;
        let keys = keys::own(&config.link.keys, own).map_err(io::Error::other)?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (mut sources, mut all) = (BTreeMap::new(), Vec::new());
        for section in &config.consumers {
            let named = |error: &dyn std::fmt::Display| {
                io::Error::other(format!("consumer {:?}: {error}", section.name))
            };
            let party: PartyId = section.party.parse().map_err(|error| named(&error))?;
            let source = match sources.get(&party) {
                Some(source) => Arc::clone(source),
                None => {
                    let folder =
                        config.link.directory.join(FOLDER).join(party.as_str().to_lowercase());
                    let source = Source::start(own, party, &folder, &keys, clock.clone());
                    let source = source.map_err(|error| named(&error))?;
                    sources.insert(party, source.clone());
                    source
                }
            };
            let tls = section.tls().map(tls::Files::read).transpose();
            let tls = tls.map_err(|(_, problem)| named(&problem))?;
            let mut consumer = Consumer {
                section: section.clone(),
                source,
                bound: None,
                clients: AtomicU64::new(0),
                shed: AtomicU64::new(0),
                refused: AtomicU64::new(0),
            };
            let listener = match section.reach() {
                Some(Reach::Listen(address)) => {
                    let bound = tokio::net::TcpListener::bind(address).await;
                    let listener = bound.map_err(|error| named(&format!("{address}: {error}")))?;
                    consumer.bound = Some(listener.local_addr()?);
                    Some(listener)
                }
                _ => None,
            };
            let consumer = Arc::new(consumer);
            let ends = (stop.clone(), tasks.clone());
            if section.format.is_http() {
                let listener = listener.ok_or_else(|| named(&"HTTP wants listen"))?;
                files::start(consumer.clone(), listener, ends);
            } else if let Some(broker) = section.broker() {
                let broker = mqtt::Broker::new(broker, tls).map_err(|error| named(&error))?;
                tasks.spawn(mqtt::run(consumer.clone(), broker, stop.clone()));
            } else {
                stream::start(consumer.clone(), listener, tls, ends);
            }
            all.push(consumer);
        }
        Ok(Arc::new(Self { sources, all, stop, tasks }))
    }

    /// What the engine says to the consumers of one party. What stops, stops before this returns.
    pub fn tell(&self, news: ConsumerNews) {
        let to = match &news {
            ConsumerNews::Released(batch) => batch.to(),
            ConsumerNews::Stopped { to, .. } => *to,
        };
        let Some(source) = self.sources.get(&to) else { return };
        match news {
            ConsumerNews::Released(batch) => source.offer(batch),
            ConsumerNews::Stopped { reason, .. } => source.stop(reason),
        }
    }

    /// Where each listens, in configured order.
    pub fn bound(&self) -> Vec<Option<SocketAddr>> {
        self.all.iter().map(|consumer| consumer.bound).collect()
    }

    /// How each does, in configured order.
    pub fn rows(&self) -> Vec<ConsumerRow> {
        let row = |consumer: &Arc<Consumer>| {
            let (objects, nothing_because) = consumer.source.standing();
            let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
            ConsumerRow {
                name: consumer.section.name.clone(),
                party: consumer.section.party.clone(),
                format: consumer.section.format.name(),
                nothing_because,
                objects,
                clients: count(&consumer.clients),
                shed: count(&consumer.shed),
                refused: count(&consumer.refused),
            }
        };
        self.all.iter().map(row).collect()
    }

    /// Ends all connections.
    pub async fn hang_up(&self) {
        self.stop.cancel();
        self.tasks.close();
        if time::timeout(FAREWELL_MAX, self.tasks.wait()).await.is_err() {
            tracing::warn!("some consumers did not take their last words");
        }
    }

    /// After [`Consumers::hang_up`] and once the engine has ended: signs the ledgers and ends the
    /// threads. It blocks.
    pub fn close(&self) {
        self.sources.values().for_each(|source| source.close());
    }
}
