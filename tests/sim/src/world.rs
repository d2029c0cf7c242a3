//! The nodes, the links between them, and what is known of both from outside.

use crate::agreed::{self, Agreement, Held};
use crate::random::Random;
use crate::talk::{Talk, accord_of};
use accord::{
    AccordId, ArticleRef, Batch, Cadence, CaseView, Decided, Note, PartnerFeed, PartyId, Policy,
    Released, Says, Subject, Suspension,
};
use ledger::{MemoryStorage, Signer, VerifierKey, Writes};
use link::{Arrival, Desk, Files, Keys, Limits, Session, Terms};
use recording::journal::{Crash, Fault, MemoryStore};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
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
    /// A node's people suspend something or resume it, in a step; 0: and nobody sees anything to tell of.
    pub suspend: u64,
    /// Largest difference between two nodes' clocks, milliseconds.
    pub skew_ms: u64,
}

impl Faults {
    /// A healthy world; clocks stay as they are.
    pub const NONE: Self =
        Self { lose: 0, double: 0, reorder: 0, cut: 0, crash: 0, suspend: 0, skew_ms: 0 };
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
    /// Under which articles something could go when that was last looked at, as the node's disk has it.
    stood: BTreeSet<ArticleRef>,
    /// What was made up to here was made before something was stopped.
    stopped: u64,
    /// The partner has all below this, as it said.
    taken: u64,
    /// What the partner tells.
    held: Held,
}

/// Who has said last, and with which number, that it suspends an accord towards whom.
type Suspensions = BTreeMap<(AccordId, PartyId, PartyId), (i64, bool)>;

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
    agreements: Vec<Agreement>,
    policies: Vec<Policy>,
    /// By node, what it knows of suspensions, kept beside what its policy makes of it.
    suspensions: Vec<Suspensions>,
    talks: Vec<Talk>,
    ports: BTreeMap<(usize, usize), Port>,
    cut_until: BTreeMap<(usize, usize), Time>,
    /// What each direction's outbox durably holds, by the number it was given.
    pub released: Sent,
    /// What the other end's engine has, each number once.
    pub received: Sent,
    /// How often nodes died.
    pub crashes: u64,
    /// How often what was on its way to a partner was dropped because something had stopped.
    pub stops: u64,
    /// Items released, and how many of them were of a third party's tracks.
    pub items: (u64, u64),
    waiting: Sent,
}

impl std::fmt::Debug for World {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("World").field("now", &self.now).finish_non_exhaustive()
    }
}

/// The accords of one party: those of two, the coarse one of all, and the one on requests.
fn policy(own: PartyId, parties: &[PartyId], agreements: &[Agreement]) -> Policy {
    let mine = agreements.iter().filter(|agreement| agreement.parties.contains(&own));
    let texts = mine.map(|agreement| agreement.text.clone()).chain([accord_of(parties)]);
    let read = |text: String| accord::read("accord.toml", &text).expect("it is sound").accord;
    Policy::new(own, texts.map(|text| Arc::new(read(text))).collect()).expect("ids differ")
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
        let now = "2026-11-24T00:00:00Z".parse().expect("an instant");
        let agreements = agreed::agreements(&parties, now);
        let policies = parties.iter().map(|own| policy(*own, &parties, &agreements)).collect();
        let mut world = Self {
            random,
            faults,
            now,
            signers,
            skews_s,
            agreements,
            policies,
            suspensions: vec![Suspensions::new(); parties.len()],
            talks: parties.iter().map(|own| Talk::new(*own, parties.len())).collect(),
            ports: BTreeMap::new(),
            cut_until: BTreeMap::new(),
            released: Sent::new(),
            received: Sent::new(),
            crashes: 0,
            stops: 0,
            items: (0, 0),
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
                    stood: BTreeSet::new(),
                    stopped: 0,
                    taken: 0,
                    held: Held::default(),
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
            port.held = Held::default();
            if port.stopped > 0 {
                // A crash may have come between the stop and the drop of what was on its way.
                self.withdraw(own, partner).expect("a disk that was just opened");
            }
            for arrival in found.unhandled {
                self.engine(own, partner, &arrival, true);
            }
        }
    }

    /// What is on its way to a partner goes no further; `None` if the storage died.
    fn withdraw(&mut self, own: usize, partner: usize) -> Option<()> {
        self.stops += 1;
        self.hang_up(own, partner);
        let (now, party) = (self.clock(own), self.parties[partner]);
        self.talks[own].withdrawn(party, &self.policies[own]);
        self.waiting.remove(&(own, partner));
        let port = self.ports.get_mut(&(own, partner))?;
        port.feed.begin_anew();
        // Whatever becomes of the disk: nothing of before comes any more.
        let end = port.desk.as_ref()?.outbox_end();
        port.stopped = port.stopped.max(end).max(1);
        let desk = port.desk.as_mut()?;
        desk.withdraw(port.taken, "something has stopped", now, now).ok()?;
        port.stopped = port.stopped.max(desk.outbox_end());
        port.taken = desk.outbox_end();
        Some(())
    }

    /// Looks under which articles something may go to a partner. Where one lets nothing through any more,
    /// what is on its way is dropped: all of it, because a batch holds what several let out.
    fn settle(&mut self, own: usize, partner: usize, now: Time) -> Option<()> {
        let (policy, to) = (&self.policies[own], self.parties[partner]);
        let own_party = self.parties[own];
        let of_accord = |accord: &Arc<accord::Accord>| {
            let id = accord.id;
            let numbers: Vec<_> = accord.articles.iter().map(|article| article.id).collect();
            numbers.into_iter().map(move |article| ArticleRef { accord: id, article })
        };
        let between = policy.accords().iter().filter(|accord| accord.has_party(to));
        let stands: BTreeSet<ArticleRef> = between
            .flat_map(of_accord)
            .filter(|article| policy.lets_through(*article, (own_party, to), now).is_ok())
            .collect();
        let port = self.ports.get_mut(&(own, partner))?;
        let before = std::mem::replace(&mut port.stood, stands);
        if before.is_subset(&port.stood) {
            return Some(());
        }
        port.held.forget();
        self.withdraw(own, partner)
    }

    /// The people of a node suspend one of its accords, towards all or towards one, or resume it.
    fn suspend_or_resume(&mut self, node: usize) {
        let (own, now) = (self.parties[node], self.clock(node));
        let mine: Vec<&Agreement> =
            self.agreements.iter().filter(|one| one.parties.contains(&own)).collect();
        let chosen = mine[self.random.below(mine.len() as u64) as usize];
        let (accord, others) = (chosen.id, chosen.parties.iter().filter(|party| **party != own));
        let others: Vec<PartyId> = others.copied().collect();
        let policy = &mut self.policies[node];
        if let Ok(ended) = policy.resume(accord, own, now) {
            return self.said(node, accord, &others, &resumed(ended), now);
        }
        let one = others[self.random.below(others.len() as u64) as usize];
        let towards = if self.random.once_in(2) { others } else { vec![one] };
        let (from, until, articles, reason) = (now, None, None, None);
        let by = own;
        let listed = Some(towards.clone());
        let suspension = Suspension { by, towards: listed, articles, from, until, reason };
        policy.suspend(accord, suspension).expect("its own accord");
        self.said(node, accord, &towards, &Decided { suspended: true, ..Decided::default() }, now);
    }

    fn said(
        &mut self,
        node: usize,
        accord: AccordId,
        to: &[PartyId],
        decided: &Decided,
        now: Time,
    ) {
        let own = self.parties[node];
        for to in to {
            self.suspensions[node].insert((accord, own, *to), (0, decided.suspended));
        }
        let policy = &self.policies[node];
        self.talks[node].suspended(accord, to.iter().copied(), decided, policy, now);
    }

    /// Whether either has suspended an accord towards the other, as `node` knows.
    fn is_suspended(&self, node: usize, accord: AccordId, other: PartyId) -> bool {
        let (own, known) = (self.parties[node], &self.suspensions[node]);
        let says = |by, towards| known.get(&(accord, by, towards)).is_some_and(|said| said.1);
        says(own, other) || says(other, own)
    }

    /// Everything that a node may give others: what it sees, and what others tell it.
    fn picture(&self, own: usize, now: Time) -> Vec<Subject> {
        let told = self.ports.iter().filter(|((node, _), _)| *node == own);
        let told = told
            .flat_map(|((_, partner), port)| port.held.subjects(self.parties[*partner], *partner));
        agreed::seen(self.parties[own], now).chain(told).collect()
    }

    /// Puts what is about to be released to what was agreed, as the test knows it by itself.
    fn judge(&mut self, own: usize, partner: usize, batch: &Batch, now: Time) {
        let (from, to) = (self.parties[own], self.parties[partner]);
        for item in &batch.items {
            let (mut grid_nm, mut delay_s) = (f64::INFINITY, f64::INFINITY);
            for article in &item.articles {
                let found = self.agreements.iter().find(|one| one.id == article.accord);
                let agreement = found.expect("it was agreed");
                assert!(agreement.parties.contains(&from) && agreement.parties.contains(&to));
                assert!(agreement.is_in_force(now), "{article} is not in force at {now}");
                let suspended = self.is_suspended(own, article.accord, to);
                assert!(!suspended, "{article} is suspended between {from} and {to}");
                grid_nm = grid_nm.min(agreement.grid_nm);
                delay_s = delay_s.min(agreement.delay_s);
            }
            let (owner, track) = agreed::whose(item);
            assert!(now.seconds_since(item.time) >= delay_s - 1e-6 || owner != from, "{item:?}");
            self.items.0 += 1;
            if owner == from {
                assert!(
                    agreed::is_as_agreed(item, track, grid_nm, now),
                    "{from} to {to}: {item:?}"
                );
                continue;
            }
            self.items.1 += 1;
            assert!(item.originators.contains(&owner), "{from} to {to}: {item:?}");
            for originator in item.originators.iter().filter(|party| **party != to) {
                let lets = agreed::lets_on(*originator, &self.parties).contains(&to);
                assert!(lets, "{originator} does not let {from} tell {to}: {item:?}");
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
            if let Ok(Note { says: Says::Standing { accord, serial, suspended, .. }, .. }) =
                Note::decode(&arrival.bytes)
            {
                let said = (accord, from, self.parties[own]);
                let known = self.suspensions[own].entry(said).or_insert((i64::MIN, false));
                *known = (*known).max((serial, suspended));
            }
        } else {
            let batch = Batch::decode(&arrival.bytes).expect("a batch");
            let port = self.ports.get_mut(&(own, partner)).expect("every pair has a port");
            port.held.apply(&batch);
        }
        let port = self.ports.get_mut(&(own, partner)).expect("every pair has a port");
        port.unacknowledged = Some(arrival.number);
    }

    fn clock(&self, node: usize) -> Time {
        self.now.plus_seconds(self.skews_s[node])
    }

    /// Ends all faults.
    pub fn heal(&mut self) {
        self.faults = Faults { suspend: self.faults.suspend, ..Faults::NONE };
        self.cut_until.clear();
        // Whoever has suspended something resumes it.
        for node in 0..self.parties.len() {
            let (own, now) = (self.parties[node], self.clock(node));
            for agreement in self.agreements.clone() {
                if let Ok(ended) = self.policies[node].resume(agreement.id, own, now) {
                    let others: Vec<PartyId> =
                        agreement.parties.into_iter().filter(|party| *party != own).collect();
                    self.said(node, agreement.id, &others, &resumed(ended), now);
                }
            }
        }
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
            if offer && self.random.once_in(self.faults.suspend) {
                self.suspend_or_resume(node);
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
            let decision = talk.decision(note.value());
            let released = note.encode();
            let port = self.ports.get_mut(&(node, partner))?;
            let desk = port.desk.as_mut()?;
            if let Some(decision) = decision {
                desk.enter_act(&decision).ok()?;
            }
            let sequence = desk.offer(&released, false).ok()?;
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
        self.settle(own, partner, now)?;
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
        if let Some(taken) = port.session.as_ref().and_then(Session::taken) {
            port.taken = port.taken.max(taken);
        }
        let stopped = self.ports[&(partner, own)].stopped;
        let late = arrivals.iter().find(|arrival| arrival.sequence < stopped);
        assert!(late.is_none(), "{partner} to {own}: {late:?} is of before a stop at {stopped}");
        let port = self.ports.get_mut(&(own, partner))?;
        let desk = port.desk.as_mut()?;
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
        let picture = if self.faults.suspend > 0 { self.picture(own, now) } else { Vec::new() };
        let feed = &mut self.ports.get_mut(&(own, partner))?.feed;
        let batch = feed.update(now, &self.policies[own], &picture)?;
        self.judge(own, partner, batch.value(), now);
        Some(batch.encode())
    }

    /// Whether every pair has all that was released and not withdrawn.
    pub fn is_quiet(&self) -> bool {
        self.ports.keys().all(|&(own, partner)| {
            let desk = |own, partner| self.ports[&(own, partner)].desk.as_ref().expect("open");
            let end = desk(own, partner).outbox_end();
            desk(partner, own).received().first_missing(1) >= end
        })
    }

    /// One past the last number that `own` gave to something for `partner`.
    pub fn end(&self, own: usize, partner: usize) -> u64 {
        self.ports[&(own, partner)].desk.as_ref().expect("open").outbox_end()
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

/// Nobody is named, so that both logs have the same entry.
fn resumed(ended: Vec<Suspension>) -> Decided {
    Decided { ended, ..Decided::default() }
}
