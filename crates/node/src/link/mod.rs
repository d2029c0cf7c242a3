//! Links to partners' nodes: sockets, TLS and threads around the crate `link`, which decides what
//! is said.
//!
//! One thread a partner (`worker`) owns that partner's desk and the session on its connection; it
//! takes what waits in its mailbox, has it all made durable with one commit, and only then
//! acknowledges, sends and hands on. Sockets (`socket`) are tokio tasks that prove who is at the
//! other end (`tls`, `keys`) and carry bytes. The engine stays pure: it is handed
//! [`Event`](crate::event::Event)s, and what it released is handed to [`Links`].

pub mod keys;
mod mailbox;
mod socket;
mod tls;
mod worker;

use crate::clock::Clock;
use crate::config::Config;
use crate::event::Withdrawal;
use crate::intake::Intake;
use accord::{Batch, PartyId, Released};
use keys::{Identity, OwnKeys};
use ledger::Entry;
use mailbox::{Item, Mailbox, Offer};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};
use tls::Tls;
use tokio::sync::{oneshot, watch};
use tokio::time;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use worker::Worker;

/// Between two looks at whether a file of keys has changed.
const KEYS_EVERY: Duration = Duration::from_secs(2);
/// What partners are given to take the last words.
const FAREWELL_MAX: Duration = Duration::from_secs(2);

/// Why a connection was refused or ended: a stable name, and words for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    name: &'static str,
    reason: String,
}

impl Refused {
    fn new(name: &'static str, reason: String) -> Self {
        Self { name, reason }
    }
}

/// One link's counters and gauges, since the node started.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LinkFigures {
    /// The partner.
    pub party: String,
    /// Whether the two have greeted each other.
    pub up: bool,
    /// Batches sent, those sent again included.
    pub batches_sent: u64,
    /// Batches received and kept.
    pub batches_received: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// Numbers that the partner said will not come.
    pub gone: u64,
    /// Batches in the outbox that the partner has not acknowledged; `None` until it said what it has.
    pub queued: Option<u64>,
    /// Offers that were not kept, because too many waited or the disk failed.
    pub offers_shed: u64,
    /// Seconds that the partner's clock is ahead, where that is worth saying.
    pub skew_s: Option<f64>,
    /// Connections refused or ended, by the reason's stable name.
    pub refusals: BTreeMap<&'static str, u64>,
}

/// What sockets share.
#[derive(Debug)]
struct Rim {
    clock: Arc<Clock>,
    parties: Vec<PartyId>,
    mailboxes: Vec<Arc<Mailbox>>,
    figures: Vec<Arc<Mutex<LinkFigures>>>,
    /// Refusals of those who named no partner.
    strangers: Mutex<BTreeMap<&'static str, u64>>,
    tls: RwLock<Arc<Tls>>,
    connections: AtomicU64,
    /// No connection is made or taken any more.
    stop: CancellationToken,
    /// Those that stand are ended, whatever waits on them.
    cut: CancellationToken,
    tasks: TaskTracker,
}

impl Rim {
    fn tls(&self) -> Arc<Tls> {
        self.tls.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn mailbox(&self, partner: usize) -> &Mailbox {
        &self.mailboxes[partner]
    }

    fn put(&self, partner: usize, item: Item) {
        self.mailboxes[partner].put(item);
    }

    fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed)
    }

    fn count(&self, partner: Option<usize>, name: &'static str) {
        let add = |counts: &mut BTreeMap<&'static str, u64>| {
            *counts.entry(name).or_default() += 1;
        };
        match partner {
            Some(partner) => add(&mut lock(&self.figures[partner]).refusals),
            None => add(&mut lock(&self.strangers)),
        }
    }

    /// Somebody who connected is refused. One who names a partner and does not prove it is that
    /// partner's operator's business; the link that stands is not touched.
    fn turn_away(&self, claimed: Option<usize>, peer: SocketAddr, refused: &Refused) {
        self.count(claimed, refused.name);
        match claimed {
            Some(partner) => {
                let party = self.parties[partner];
                tracing::warn!(%peer, %party, refused.name, refused.reason, "turned away");
                let reason = format!("{}: {}", peer.ip(), refused.reason);
                self.put(partner, Item::TurnedAway(Refused { name: refused.name, reason }));
            }
            None => tracing::debug!(%peer, refused.name, refused.reason, "turned away"),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What is counted stays countable.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All links of a node.
#[derive(Debug)]
pub struct Links {
    /// Where partners' nodes connect, if they may.
    pub listening: Option<SocketAddr>,
    rim: Option<Arc<Rim>>,
    places: BTreeMap<PartyId, usize>,
    folders: Vec<PathBuf>,
    /// Own identity, and each partner's.
    identities: (PathBuf, Vec<PathBuf>),
    own: Option<PartyId>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Links {
    /// Of a node that has no partners, or replays a recording.
    pub fn none() -> Arc<Self> {
        Arc::new(Self {
            listening: None,
            rim: None,
            places: BTreeMap::new(),
            folders: Vec::new(),
            identities: Default::default(),
            own: None,
            threads: Mutex::new(Vec::new()),
        })
    }

    /// Reads the keys, binds the address and starts everything. `withdrawn`: partners whose
    /// waiting batches a suspension drops that a crash may have come before.
    ///
    /// # Errors
    /// Keys that are not sound, an address that is taken, a folder that another node holds.
    pub fn start(
        config: &Config,
        clock: &Arc<Clock>,
        intake: &Arc<Intake>,
        withdrawn: &[Withdrawal],
    ) -> io::Result<Arc<Self>> {
        if config.partners.is_empty() {
            return Ok(Self::none());
        }
        let files = KeyFiles::of(config).map_err(io::Error::other)?;
        let (own, identities) = files.read().map_err(io::Error::other)?;
        let tls = Tls::new(&own, &identities).map_err(io::Error::other)?;
        let listener = match config.link.listen {
            None => None,
            Some(address) => Some(socket::bind(address).map_err(|error| {
                io::Error::new(error.kind(), format!("links on {address}: {error}"))
            })?),
        };
        let listening = listener.as_ref().map(|listener| listener.local_addr()).transpose()?;
        let parties: Vec<PartyId> = identities.iter().map(|(party, _)| *party).collect();
        let figures = parties.iter().map(|party| {
            let party = party.to_string();
            Arc::new(Mutex::new(LinkFigures { party, ..LinkFigures::default() }))
        });
        let rim = Arc::new(Rim {
            clock: clock.clone(),
            mailboxes: parties.iter().map(|_| Arc::default()).collect(),
            figures: figures.collect(),
            strangers: Mutex::default(),
            tls: RwLock::new(Arc::new(tls)),
            connections: AtomicU64::new(0),
            stop: CancellationToken::new(),
            cut: CancellationToken::new(),
            tasks: TaskTracker::new(),
            parties,
        });
        let folder = |party: &PartyId| config.link.directory.join(party.as_str().to_lowercase());
        let mut links = Self {
            listening,
            places: rim.parties.iter().copied().zip(0..).collect(),
            folders: rim.parties.iter().map(folder).collect(),
            identities: (
                files.folder.join(keys::IDENTITY),
                files.partners.iter().map(|(_, path)| path.clone()).collect(),
            ),
            own: Some(files.own),
            threads: Mutex::default(),
            rim: Some(rim.clone()),
        };
        for withdrawal in withdrawn {
            links.withdraw(withdrawal.clone());
        }
        for (place, partner) in config.partners.iter().enumerate() {
            let (linked, watched) = watch::channel(false);
            let setup = worker::Setup {
                own: files.own,
                party: rim.parties[place],
                folder: links.folders[place].clone(),
                keys: desk_keys(&own, &identities[place].1),
                clock: clock.clone(),
                intake: intake.clone(),
                mailbox: rim.mailboxes[place].clone(),
                figures: rim.figures[place].clone(),
                linked,
            };
            let worker = Worker::open(setup).map_err(|error| {
                let party = rim.parties[place];
                io::Error::other(format!("the link with {party}: {error}"))
            })?;
            let thread = std::thread::Builder::new()
                .name(format!("link {}", rim.parties[place]))
                .spawn(move || worker.run())?;
            lock(&links.threads).push(thread);
            if !partner.connect.is_empty() {
                let addresses = partner.connect.clone();
                rim.tasks.spawn(socket::dial(place, addresses, watched, rim.clone()));
            }
        }
        if let Some(listener) = listener {
            rim.tasks.spawn(socket::listen(listener, rim.clone()));
        }
        rim.tasks.spawn(watch_keys(files, rim.clone()));
        links.listening = listening;
        Ok(Arc::new(links))
    }

    fn put(&self, party: PartyId, item: Item) {
        if let (Some(rim), Some(place)) = (&self.rim, self.places.get(&party)) {
            rim.put(*place, item);
        }
    }

    /// What the engine released goes to the outbox of the party it was released to.
    pub fn offer(&self, released: Released<Batch>) {
        self.put(released.to(), Item::Offered(Offer::Batch(released)));
    }

    /// The same for what is already in bytes; of whatever kind, the partner's engine is handed it.
    pub fn offer_encoded(&self, released: Released<Vec<u8>>) {
        self.put(released.to(), Item::Offered(Offer::Encoded(released)));
    }

    /// Drops all that waits for a party, at once.
    pub fn withdraw(&self, withdrawal: Withdrawal) {
        let Withdrawal { to, reason, at, again } = withdrawal;
        self.put(to, Item::Withdraw { reason, at, again });
    }

    /// What our people decided goes into the ledger with `party`, if it is not there.
    pub fn decided(&self, party: PartyId, entry: Entry) {
        self.put(party, Item::Decided(Box::new(entry)));
    }

    /// The engine has taken what it was handed from `party`: there is room again.
    pub fn taken(&self, party: PartyId) {
        self.put(party, Item::Taken);
    }

    /// So many more of what was handed on from `party` survive any crash.
    pub fn recorded(&self, party: PartyId, count: u64) {
        self.put(party, Item::Recorded(count));
    }

    /// What each link counts, and refusals of those who named no partner.
    pub fn figures(&self) -> (Vec<LinkFigures>, BTreeMap<&'static str, u64>) {
        let Some(rim) = &self.rim else { return Default::default() };
        let links = rim.figures.iter().map(|figures| lock(figures).clone()).collect();
        (links, lock(&rim.strangers).clone())
    }

    /// The folder of the ledger with the partner of that name, once all its files are laid out;
    /// `None` if there is no such partner.
    pub async fn ledger(&self, party: &str) -> Option<Result<PathBuf, String>> {
        let place = *self.places.get(&party.parse().ok()?)?;
        let rim = self.rim.as_ref()?;
        let (done, sealed) = oneshot::channel();
        rim.put(place, Item::Seal(done));
        let stopped = || Err("the link is being stopped".to_owned());
        let sealed = sealed.await.unwrap_or_else(|_| stopped());
        Some(sealed.map(|()| worker::ledger_folder(&self.folders[place])))
    }

    /// Files with the public keys that the ledger with the partner of that name is verified by, and
    /// what to call them.
    pub fn identities(&self, party: &str) -> Vec<(String, PathBuf)> {
        let place = party.parse().ok().and_then(|party: PartyId| self.places.get(&party));
        let (Some(own), Some(place)) = (self.own, place) else { return Vec::new() };
        let named = |name: &str, path: &PathBuf| (format!("{name}.pem"), path.clone());
        vec![named(own.as_str(), &self.identities.0), named(party, &self.identities.1[*place])]
    }

    /// Ends all connections: no more comes from partners, and what came is handed to the engine.
    pub async fn hang_up(&self) {
        let Some(rim) = &self.rim else { return };
        rim.stop.cancel();
        let mut handed_on = Vec::new();
        for mailbox in &rim.mailboxes {
            let (done, handed) = oneshot::channel();
            mailbox.put(Item::HangUp(done));
            handed_on.push(handed);
        }
        // A thread that panicked does not answer; what a slow disk holds up is handed on when the
        // node starts again.
        let all = async {
            for handed in handed_on {
                let _ = handed.await;
            }
        };
        let _ = time::timeout(FAREWELL_MAX, all).await;
        rim.tasks.close();
        // What waits to be written is a partner's to take, but not to stop us with.
        if time::timeout(FAREWELL_MAX, rim.tasks.wait()).await.is_err() {
            rim.cut.cancel();
            rim.tasks.wait().await;
        }
    }

    /// After [`Links::hang_up`] and once the engine has ended: keeps what waits and ends the
    /// threads. It blocks.
    pub fn close(&self) {
        let Some(rim) = &self.rim else { return };
        rim.mailboxes.iter().for_each(|mailbox| mailbox.close());
        for thread in lock(&self.threads).drain(..) {
            if thread.join().is_err() {
                tracing::error!("the thread of a link has panicked");
            }
        }
    }
}

fn desk_keys(own: &OwnKeys, identity: &Identity) -> link::Keys {
    link::Keys {
        signer: own.signer.clone(),
        own: own.identity.ledger.clone(),
        partner: identity.ledger.clone(),
    }
}

/// Where the keys are.
#[derive(Debug)]
struct KeyFiles {
    own: PartyId,
    folder: PathBuf,
    partners: Vec<(PartyId, PathBuf)>,
}

type AllKeys = (OwnKeys, Vec<(PartyId, Identity)>);

impl KeyFiles {
    fn of(config: &Config) -> Result<Self, String> {
        let party = |name: &str| name.parse().map_err(|error: accord::NameError| error.to_string());
        let partner = |partner: &crate::config::PartnerSection| {
            Ok((party(&partner.party)?, partner.identity.clone()))
        };
        Ok(Self {
            own: party(&config.node.party)?,
            folder: config.link.keys.clone(),
            partners: config.partners.iter().map(partner).collect::<Result<_, String>>()?,
        })
    }

    fn read(&self) -> Result<AllKeys, String> {
        let own = keys::own(&self.folder, self.own)?;
        let identity =
            |(party, path): &(PartyId, PathBuf)| Ok((*party, keys::identity(path, *party)?));
        Ok((own, self.partners.iter().map(identity).collect::<Result<_, String>>()?))
    }

    /// Tells whether a file has changed.
    fn stamps(&self) -> Vec<Option<(SystemTime, u64)>> {
        let stamp = |path: &Path| {
            let data = std::fs::metadata(path).ok()?;
            Some((data.modified().ok()?, data.len()))
        };
        let own = [keys::CERTIFICATE, keys::KEY, keys::LEDGER_KEY, keys::IDENTITY];
        let own = own.iter().map(|name| stamp(&self.folder.join(name)));
        own.chain(self.partners.iter().map(|(_, path)| stamp(path))).collect()
    }
}

/// Takes up keys that were changed on the disk. Those that are not sound change nothing: the ones
/// before stay in use, and the log says so.
async fn watch_keys(files: KeyFiles, rim: Arc<Rim>) {
    let mut stamps = files.stamps();
    loop {
        tokio::select! {
            () = rim.stop.cancelled() => return,
            () = time::sleep(KEYS_EVERY) => {}
        }
        let newest = files.stamps();
        if newest == stamps {
            continue;
        }
        stamps = newest;
        let read = files.read().and_then(|(own, identities)| {
            let tls = Tls::new(&own, &identities)?;
            Ok((own, identities, tls))
        });
        match read {
            Ok((own, identities, tls)) => {
                *rim.tls.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tls);
                for (place, (_, identity)) in identities.iter().enumerate() {
                    rim.put(place, Item::Keys(Box::new(desk_keys(&own, identity))));
                }
                tracing::info!("changed keys are in use from the next connection on");
            }
            Err(problem) => {
                tracing::error!(problem, "changed keys cannot be used; those before stay in use");
            }
        }
    }
}
