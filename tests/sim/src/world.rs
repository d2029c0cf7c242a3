//! The nodes, the links between them, and what is known of both from outside.

use crate::random::Random;
use crate::talk::{Talk, accord_of};
use accord::{Cadence, CaseView, Note, PartnerFeed, PartyId, Policy, Released};
use ledger::{MemoryStorage, Signer, VerifierKey, Writes};
use link::{Arrival, Desk, Files, Keys, Limits, Session, Terms};
use recording::journal::{Crash, Fault, MemoryStore};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use surveillance::Time;

/// Length of a step, seconds.
const STEP_S: f64 = 0.05;

/// How bad the world is: each happens once in so many times; 0: never.
#[derive(Debug, Clone, Copy)]
pub struct Faults {
    /// A piece is lost.
    pub lose: u64,
    /// A piece comes twice.
    pub double: u64,
    /// A piece overtakes the one before it.
    pub reorder: u64,
    /// A link is cut in a step, for up to ten seconds.
    pub cut: u64,
    /// A node dies at one of its next writes.
    pub crash: u64,
    /// Largest difference between two nodes' clocks, milliseconds.
    pub skew_ms: u64,
}

impl Faults {
    /// A healthy world; clocks stay as they are.
    pub const NONE: Self = Self { lose: 0, double: 0, reorder: 0, cut: 0, crash: 0, skew_ms: 0 };
}

/// One node's end towards one partner.
struct Port {
    outbox: MemoryStore,
    inbox: MemoryStore,
    ledger: MemoryStorage,
    desk: Option<Desk<MemoryStore, MemoryStorage>>,
    session: Option<Session<MemoryStore>>,
    feed: PartnerFeed,
    wire: VecDeque<Vec<u8>>,
    refused: BTreeMap<&'static str, u64>,
    unacknowledged: Option<u64>,
}

/// Numbers and bytes, per direction.
type Sent = BTreeMap<(usize, usize), BTreeMap<u64, Vec<u8>>>;

/// The world.
pub struct World {
    random: Random,
    faults: Faults,
    now: Time,
    parties: Vec<PartyId>,
    signers: Vec<Arc<Signer>>,
    skews_s: Vec<f64>,
    policies: Vec<Policy>,
    talks: Vec<Talk>,
    ports: BTreeMap<(usize, usize), Port>,
    cut_until: BTreeMap<(usize, usize), Time>,
    /// What each direction's outbox durably holds, by the number it was given.
    pub released: Sent,
    /// What the other end's engine has, each number once.
    pub received: Sent,
    /// How often nodes died.
    pub crashes: u64,
    waiting: Sent,
}

impl std::fmt::Debug for World {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("World").field("now", &self.now).finish_non_exhaustive()
    }
}

const ACCORD: &str = include_str!("../../../data/accords/kgz-rus-2022.toml");

/// The sample accord between KGZ and RUS, as between two others.
fn policy(own: PartyId, parties: &[PartyId]) -> Policy {
    let others = parties.iter().filter(|party| **party != own);
    let accords = others.map(|other| {
        let text = ACCORD
            .replace("kgz-rus", &format!("{own}-{other}").to_lowercase())
            // By way of a name that is nobody's: one of the two may be KGZ or RUS itself.
            .replace("KGZ", "own's")
            .replace("RUS", other.as_str())
            .replace("own's", own.as_str());
        Arc::new(accord::read("accord.toml", &text).expect("the sample is sound").accord)
    });
    let all = accord::read("all.toml", &accord_of(parties)).expect("it is sound").accord;
    let accords = accords.chain([Arc::new(all)]).collect();
    Policy::new(own, accords).expect("the sample is sound")
}

impl World {
    /// A world of `parties`.
    pub fn new(seed: u64, parties: &[&str], faults: Faults) -> Self {
        let mut random = Random::new(seed);
        let parties: Vec<PartyId> = parties.iter().map(|p| p.parse().expect("a party")).collect();
        let signer = |(index, party): (usize, &PartyId)| {
            let name = format!("{}.entente.internal", party.as_str().to_lowercase());
            Arc::new(Signer::from_seed(&name, [index as u8; 32]).expect("a name"))
        };
        let signers: Vec<_> = parties.iter().enumerate().map(signer).collect();
        let skew = |_: &PartyId| random.below(2 * faults.skew_ms + 1) as f64 / 1e3;
        let skews_s = parties.iter().map(skew).collect();
        let policies = parties.iter().map(|own| policy(*own, &parties)).collect();
        let mut world = Self {
            random,
            faults,
            now: "2026-11-24T00:00:00Z".parse().expect("an instant"),
            signers,
            skews_s,
            policies,
            talks: parties.iter().map(|own| Talk::new(*own, parties.len())).collect(),
            ports: BTreeMap::new(),
            cut_until: BTreeMap::new(),
            released: Sent::new(),
            received: Sent::new(),
            crashes: 0,
            waiting: Sent::new(),
            parties: parties.clone(),
        };
        for own in 0..parties.len() {
            for partner in (0..parties.len()).filter(|partner| *partner != own) {
                let port = Port {
                    outbox: MemoryStore::new(),
                    inbox: MemoryStore::new(),
                    ledger: MemoryStorage::new(),
                    desk: None,
                    session: None,
                    feed: PartnerFeed::new(parties[partner], Cadence { slot_s: STEP_S }),
                    wire: VecDeque::new(),
                    refused: BTreeMap::new(),
                    unacknowledged: None,
                };
                world.ports.insert((own, partner), port);
            }
            world.open(own);
        }
        world
    }

    /// Opens all desks of a node, as a start does.
    fn open(&mut self, own: usize) {
        for partner in (0..self.parties.len()).filter(|partner| *partner != own) {
            let keys = self.keys(own, partner);
            let names = (self.parties[own].to_string(), self.parties[partner].to_string());
            let port = self.ports.get_mut(&(own, partner)).expect("every pair has a port");
            let files = Files {
                outbox: port.outbox.clone(),
                inbox: port.inbox.clone(),
                ledger: port.ledger.clone(),
            };
            let limits = Limits {
                fresh_span: Duration::from_secs(2),
                segment_bytes_max: 20_000,
                ..Limits::default()
            };
            let (desk, found) = Desk::open((&names.0, &names.1), files, keys, limits)
                .unwrap_or_else(|error| panic!("{} for {}: {error}", names.0, names.1));
            // What was offered and not known to be durable either is now or never was.
            let waiting = self.waiting.remove(&(own, partner)).unwrap_or_default();
            let end = desk.outbox_end();
            let kept = waiting.into_iter().filter(|(sequence, _)| *sequence < end);
            self.released.entry((own, partner)).or_default().extend(kept);
            port.desk = Some(desk);
            for arrival in found.unhandled {
                self.engine(own, partner, &arrival, true);
            }
        }
    }

    /// Own and partner's keys.
    pub fn keys(&self, own: usize, partner: usize) -> Keys {
        let key = |party: usize| vec![self.signers[party].key().clone()];
        Keys { signer: self.signers[own].clone(), own: key(own), partner: key(partner) }
    }

    /// What an engine does with an arrival: takes each number once.
    fn engine(&mut self, own: usize, partner: usize, arrival: &Arrival, again: bool) {
        let got = self.received.entry((partner, own)).or_default();
        if let Some(known) = got.insert(arrival.sequence, arrival.bytes.clone()) {
            assert!(again, "batch {} handed on twice without a crash", arrival.sequence);
            assert_eq!(known, arrival.bytes, "one number, two contents");
        }
        if Note::is_meant(&arrival.bytes) {
            let (from, now) = (self.parties[partner], self.clock(own));
            self.talks[own].hear(from, &arrival.bytes, &mut self.policies[own], now);
        }
        let port = self.ports.get_mut(&(own, partner)).expect("every pair has a port");
        port.unacknowledged = Some(arrival.number);
    }

    fn clock(&self, node: usize) -> Time {
        self.now.plus_seconds(self.skews_s[node])
    }

    /// Ends all faults.
    pub fn heal(&mut self) {
        self.faults = Faults::NONE;
        self.cut_until.clear();
        for port in self.ports.values() {
            port.outbox.fail_after(None);
            port.inbox.fail_after(None);
            port.ledger.fail_after(None);
        }
        // Whatever a lossy world left half said is said anew.
        for port in self.ports.values_mut() {
            port.session = None;
            port.wire.clear();
        }
    }

    /// One step; `offer`: everybody releases something to everybody, now and then.
    pub fn step(&mut self, offer: bool) {
        self.now = self.now.plus_seconds(STEP_S);
        let pairs: Vec<_> = self.ports.keys().copied().collect();
        for &(a, b) in pairs.iter().filter(|(a, b)| a < b) {
            self.mind_link(a, b);
        }
        for node in 0..self.parties.len() {
            if self.random.once_in(self.faults.crash) {
                self.arm(node);
            }
            let mut alive = self.talk(node, offer).is_some();
            for &(own, partner) in pairs.iter().filter(|pair| pair.0 == node) {
                alive = alive && self.turn(own, partner, offer).is_some();
            }
            if !alive {
                self.die(node);
            }
        }
    }

    /// One node's people act, and what it has to say goes into its outboxes.
    fn talk(&mut self, node: usize, act: bool) -> Option<()> {
        let now = self.clock(node);
        let (talk, policy) = (&mut self.talks[node], &self.policies[node]);
        if act {
            talk.act(&mut self.random, &self.parties, policy, now);
        }
        for note in talk.say(policy, now) {
            let to = note.to();
            let partner = self.parties.iter().position(|party| *party == to)?;
            let released = note.encode();
            let port = self.ports.get_mut(&(node, partner))?;
            let sequence = port.desk.as_mut()?.offer(&released, false).ok()?;
            self.waiting
                .entry((node, partner))
                .or_default()
                .insert(sequence, released.into_value());
        }
        Some(())
    }

    /// What each node knows of all requests at `now`.
    pub fn cases(&self, now: Time) -> Vec<Vec<CaseView>> {
        self.talks.iter().map(|talk| talk.cases(now)).collect()
    }

    /// The world's own time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Cuts the link between two, or joins it again.
    fn mind_link(&mut self, a: usize, b: usize) {
        if self.random.once_in(self.faults.cut) {
            let until = self.now.plus_seconds(self.random.below(100) as f64 / 10.0);
            self.cut_until.insert((a, b), until);
            self.hang_up(a, b);
        }
        let cut = self.cut_until.get(&(a, b)).is_some_and(|until| *until > self.now);
        let idle = |pair| self.ports[&pair].session.is_none();
        if cut || !(idle((a, b)) || idle((b, a))) {
            return;
        }
        for (own, partner) in [(a, b), (b, a)] {
            let now = self.clock(own);
            let mut out = Vec::new();
            let port = self.ports.get_mut(&(own, partner)).expect("every pair has a port");
            let desk = port.desk.as_ref().expect("open");
            port.session = Some(Session::start(Terms::default(), desk, now, &mut out));
            // Nothing of an earlier connection reaches this one.
            self.ports.get_mut(&(partner, own)).expect("a port").wire.clear();
            self.carry(own, partner, &out);
        }
    }

    fn hang_up(&mut self, a: usize, b: usize) {
        for pair in [(a, b), (b, a)] {
            let port = self.ports.get_mut(&pair).expect("every pair has a port");
            port.session = None;
            port.wire.clear();
        }
    }

    /// Puts a piece on the way to `partner`, with the world's faults.
    fn carry(&mut self, own: usize, partner: usize, piece: &[u8]) {
        if piece.is_empty() || self.random.once_in(self.faults.lose) {
            return;
        }
        let double = self.random.once_in(self.faults.double);
        let reorder = self.random.once_in(self.faults.reorder);
        let wire = &mut self.ports.get_mut(&(partner, own)).expect("a port").wire;
        if double {
            wire.push_back(piece.to_vec());
        }
        wire.push_back(piece.to_vec());
        if reorder && wire.len() > 1 {
            let last = wire.len() - 1;
            wire.swap(last, last - 1);
        }
    }

    /// Lets one of the node's storages die at one of its next writes.
    fn arm(&mut self, node: usize) {
        let partner = (node + 1 + self.random.below(self.parties.len() as u64 - 1) as usize)
            % self.parties.len();
        let (which, soon) = (self.random.below(3), self.random.below(3000));
        let torn_256ths = self.random.below(256) as u8;
        let port = &self.ports[&(node, partner)];
        match which {
            0 => port.outbox.fail_after(Some((soon, Fault::Dead))),
            1 => port.inbox.fail_after(Some((soon, Fault::Dead))),
            _ => port.ledger.fail_after(Some(Writes { left: soon / 100, torn_256ths })),
        }
    }

    /// The node is gone, and comes back with what its disks kept.
    fn die(&mut self, node: usize) {
        self.crashes += 1;
        let (now, parties) = (self.clock(node), self.parties.len());
        self.talks[node].restart(&mut self.policies[node], parties, now);
        let power = self.random.once_in(2);
        for partner in (0..self.parties.len()).filter(|partner| *partner != node) {
            self.hang_up(node, partner);
            let port = self.ports.get_mut(&(node, partner)).expect("every pair has a port");
            port.desk = None;
            let crash = if power { Crash::Power } else { Crash::Process };
            port.outbox = port.outbox.crash(crash);
            port.inbox = port.inbox.crash(crash);
            port.ledger =
                if power { port.ledger.after_power_cut() } else { port.ledger.after_kill() };
        }
        self.open(node);
    }

    /// One node does its work for one partner; `None` if its storage died.
    fn turn(&mut self, own: usize, partner: usize, offer: bool) -> Option<()> {
        let now = self.clock(own);
        if offer && self.random.once_in(3) {
            let released = self.release(own, partner, now);
            if let Some(released) = released {
                let complete = self.random.once_in(40);
                let port = self.ports.get_mut(&(own, partner))?;
                let sequence = port.desk.as_mut()?.offer(&released, complete).ok()?;
                let bytes = released.into_value();
                self.waiting.entry((own, partner)).or_default().insert(sequence, bytes);
            }
        }
        let mut out = Vec::new();
        let port = self.ports.get_mut(&(own, partner))?;
        let desk = port.desk.as_mut()?;
        if let Some(number) = port.unacknowledged.take() {
            desk.handled(number, now).ok()?;
        }
        let mut refused = None;
        if let Some(session) = &mut port.session {
            for piece in port.wire.drain(..) {
                if let Err(refusal) = session.receive(&piece, now, desk, &mut out) {
                    refused = Some(refusal);
                    break;
                }
            }
        }
        let arrivals = desk.commit().ok()?;
        if refused.is_none()
            && let Some(session) = &mut port.session
        {
            refused = session.advance(now, desk, &mut out).err();
        }
        if matches!(refused, Some(link::Refusal::Storage(_))) {
            return None;
        }
        let durable = self.waiting.remove(&(own, partner)).unwrap_or_default();
        self.released.entry((own, partner)).or_default().extend(durable);
        for arrival in arrivals {
            self.engine(own, partner, &arrival, false);
        }
        if let Some(refusal) = refused {
            let port = self.ports.get_mut(&(own, partner))?;
            *port.refused.entry(refusal.name()).or_default() += 1;
            self.hang_up(own, partner);
        } else {
            self.carry(own, partner, &out);
        }
        // A node does it once a second: the log is often behind what was sent when a crash comes.
        if self.random.once_in(8) {
            self.ports.get_mut(&(own, partner))?.desk.as_mut()?.commit_log().ok()?;
        }
        Some(())
    }

    /// What the accord lets out for `partner`: the feed itself, with its own numbers and slots.
    fn release(&mut self, own: usize, partner: usize, now: Time) -> Option<Released<Vec<u8>>> {
        let feed = &mut self.ports.get_mut(&(own, partner))?.feed;
        Some(feed.update(now, &self.policies[own], [])?.encode())
    }

    /// Whether every pair has all that was released.
    pub fn is_quiet(&self) -> bool {
        self.released
            .iter()
            .all(|(pair, sent)| self.received.get(pair).is_some_and(|got| got.len() == sent.len()))
    }

    /// Batches that the connections that stand reckon as not yet taken.
    pub fn queued(&self) -> u64 {
        let queued = |port: &Port| port.session.as_ref()?.queued(port.desk.as_ref()?);
        self.ports.values().filter_map(queued).sum()
    }

    /// Refusals by name, over all links.
    pub fn refusals(&self) -> BTreeMap<&'static str, u64> {
        let mut all = BTreeMap::new();
        for (name, count) in self.ports.values().flat_map(|port| &port.refused) {
            *all.entry(*name).or_default() += count;
        }
        all
    }

    /// The files of the log that `own` keeps about `partner`, its origin, and its desk.
    pub fn ledger(
        &self,
        own: usize,
        partner: usize,
    ) -> (&MemoryStorage, &Desk<MemoryStore, MemoryStorage>) {
        let port = &self.ports[&(own, partner)];
        (&port.ledger, port.desk.as_ref().expect("open"))
    }

    /// The log's keys of `party`.
    pub fn key(&self, party: usize) -> Vec<VerifierKey> {
        vec![self.signers[party].key().clone()]
    }
}
