//! The thread of one partner: its desk, and the session on its connection if there is one.
//!
//! A round takes all that waits, makes it durable with one commit, and only then acknowledges,
//! sends and hands on: so the fsyncs are as few as the disk is slow. The log follows once a second,
//! behind what was sent. What was handed on is said to be handled once the engine's journal has synced
//! it; what a crash comes before is handed on again.

use super::LinkFigures;
use super::Refused;
use super::mailbox::{Connection, Item, Mailbox, Offer};
use crate::clock::Clock;
use crate::event::{Event, LinkReport};
use crate::intake::Intake;
use accord::{PartyId, Released};
use ledger::{Entry, FileStorage};
use link::{Arrival, Counts, Desk, DeskError, Files, Keys, Limits, Session, Terms};
use recording::journal::FileStore;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use surveillance::Time;
use tokio::sync::{oneshot, watch};

/// Between two rounds when nothing comes.
const PATIENCE: Duration = Duration::from_millis(500);
/// Bytes of the partner that one round takes in, so that the commit behind it is soon.
const ROUND_BYTES: usize = 2 << 20;
/// Bytes handed to the connection and not yet written, at most.
const UNWRITTEN_MAX: usize = 4 << 20;
/// Bytes of arrivals that wait for room in the engine's queue, beyond which no more is taken in.
const ARRIVED_MAX: usize = 8 << 20;
/// Seconds after which a desk whose disk failed is opened again.
const REOPEN_S: f64 = 5.0;
/// Seconds that the log may be behind outbox and inbox.
const LOG_S: f64 = 1.0;
/// Seconds between two reports for the console.
const REPORT_S: f64 = 1.0;

type NodeDesk = Desk<FileStore, FileStorage>;

/// Where the ledger with a partner is, in that partner's folder.
pub(super) fn ledger_folder(folder: &Path) -> PathBuf {
    folder.join("ledger")
}

/// What one partner's thread is given.
#[derive(Debug)]
pub(super) struct Setup {
    pub(super) own: PartyId,
    pub(super) party: PartyId,
    pub(super) folder: PathBuf,
    pub(super) keys: Keys,
    pub(super) clock: Arc<Clock>,
    pub(super) intake: Arc<Intake>,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) figures: Arc<Mutex<LinkFigures>>,
    /// Whether there is a connection: then none has to be made.
    pub(super) linked: watch::Sender<bool>,
}

/// What is to be dropped of all that waits for the partner.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ToWithdraw {
    reason: String,
    /// When that was decided.
    at: Time,
    /// In a run before: only if it was not carried out.
    again: bool,
}

/// One connection and what was said on it.
struct Live {
    connection: Connection,
    session: Session<FileStore>,
    /// Came and not yet taken in.
    received: VecDeque<Vec<u8>>,
    /// Handed to the connection and not yet written.
    unwritten: usize,
    counted: Counts,
}

/// The thread's state.
pub(super) struct Worker {
    setup: Setup,
    desk: Option<NodeDesk>,
    live: Option<Live>,
    /// Arrivals that the engine's queue has no room for yet.
    arrived: VecDeque<Arrival>,
    arrived_bytes: usize,
    /// Numbers of what was handed on and is not yet in the engine's journal.
    handed: VecDeque<u64>,
    /// Number below which the partner is known to have all, in whatever session.
    taken: Option<u64>,
    /// End of the outbox less what the partner had not acknowledged then.
    reached: Option<u64>,
    /// Epoch of the batch offered last: a new one begins a whole picture.
    epoch: Option<u32>,
    /// What the engine was last told of the connection: up, or why not.
    told: Option<Result<(), String>>,
    report: LinkReport,
    reported: (LinkReport, Time),
    /// When the log was last made durable.
    logged: Time,
    failed: Time,
    /// Offers that no outbox can hold.
    unfit: u64,
    /// What was to be told and is not kept, or was dropped at the start, where the engine does not know.
    shed: u64,
    /// Why all that waits for the partner is to be dropped, until that is on the disk.
    to_withdraw: Option<ToWithdraw>,
    stopping: bool,
    /// Who waits for the last of what came to be handed on.
    hung_up: Option<oneshot::Sender<()>>,
}

fn open(setup: &Setup) -> Result<(NodeDesk, Vec<Arrival>), DeskError> {
    let io = |what| move |source| DeskError::Storage { what, source };
    let files = Files {
        outbox: FileStore::open(setup.folder.join("outbox")).map_err(io("the outbox"))?,
        inbox: FileStore::open(setup.folder.join("inbox")).map_err(io("the inbox"))?,
        ledger: FileStorage::create(ledger_folder(&setup.folder)).map_err(io("the ledger"))?,
    };
    let names = (setup.own.as_str(), setup.party.as_str());
    let (desk, found) = Desk::open(names, files, setup.keys.clone(), Limits::default())?;
    for (file, damage) in &found.damaged {
        tracing::error!(party = %setup.party, file, %damage, "a file beside the ledger is made anew");
    }
    if found.bytes_cut > 0 || found.entries_mended > 0 {
        let (cut, mended) = (found.bytes_cut, found.entries_mended);
        tracing::warn!(party = %setup.party, cut, mended, "a link's files were mended");
    }
    Ok((desk, found.unhandled))
}

impl Worker {
    /// Opens the desk. What a crash came before is handed on again.
    ///
    /// # Errors
    /// If its folder cannot be written, is in use, or does not hold what was signed.
    pub(super) fn open(setup: Setup) -> Result<Self, DeskError> {
        let (desk, unhandled) = open(&setup)?;
        let mut worker = Self {
            setup,
            desk: Some(desk),
            live: None,
            arrived: VecDeque::new(),
            arrived_bytes: 0,
            handed: VecDeque::new(),
            taken: None,
            reached: None,
            epoch: None,
            told: None,
            report: LinkReport::default(),
            reported: (LinkReport::default(), Time::EPOCH),
            logged: Time::EPOCH,
            failed: Time::EPOCH,
            unfit: 0,
            shed: 0,
            to_withdraw: None,
            stopping: false,
            hung_up: None,
        };
        worker.arrive(unhandled);
        Ok(worker)
    }

    /// Works until the mailbox is closed and empty.
    pub(super) fn run(mut self) {
        let mut items = VecDeque::new();
        while self.setup.mailbox.take(&mut items, self.patience()) {
            let now = self.setup.clock.now();
            self.reopen(now);
            for item in items.drain(..) {
                self.deal_with(item, now);
            }
            self.receive(now);
            self.commit();
            self.hand_on();
            if let Some(done) = self.hung_up.take() {
                // What found no room is handed on when the node starts again.
                let _ = done.send(());
            }
            self.advance(now);
            self.commit_log(now);
            self.tell(now);
        }
        self.commit();
        // At rest the files are complete.
        if let Some(Err(error)) = self.desk.as_mut().map(NodeDesk::seal) {
            self.fail(&error);
        }
    }

    /// Bytes that wait here are taken in without waiting for more.
    fn patience(&self) -> Duration {
        let waits = self.live.as_ref().is_some_and(|live| !live.received.is_empty());
        if waits && self.has_room() { Duration::ZERO } else { PATIENCE }
    }

    fn has_room(&self) -> bool {
        let unwritten = self.live.as_ref().map_or(0, |live| live.unwritten);
        self.arrived_bytes < ARRIVED_MAX && unwritten < UNWRITTEN_MAX
    }

    fn deal_with(&mut self, item: Item, now: Time) {
        match item {
            Item::Connected(connection) => self.connected(connection, now),
            Item::Received { connection, bytes } => match self.live(connection) {
                Some(live) => live.received.push_back(bytes),
                None => self.setup.mailbox.consumed(bytes.len()),
            },
            Item::Wrote { connection, length } => {
                if let Some(live) = self.live(connection) {
                    live.unwritten -= length;
                }
            }
            Item::Ended { connection, why } => {
                if self.live(connection).is_some() {
                    self.end(&why, false);
                }
            }
            Item::Unreached(why) => {
                if self.live.is_none() {
                    self.down(&why.reason);
                }
            }
            Item::TurnedAway(why) => {
                self.report.refusals += 1;
                self.report.last_refusal = Some(why.reason);
            }
            Item::Offered(offer) => self.offered(offer),
            Item::Decided(entry) => self.decided(&entry),
            Item::Withdraw { reason, at, again } => {
                self.withdraw(ToWithdraw { reason, at, again }, now);
            }
            Item::Recorded(count) => self.recorded(count, now),
            Item::Taken => {}
            Item::Keys(keys) => {
                self.setup.keys = *keys;
                if let Some(desk) = &mut self.desk {
                    desk.set_keys(self.setup.keys.clone());
                }
            }
            Item::HangUp(done) => {
                self.stopping = true;
                self.hung_up = Some(done);
                self.end(&Refused::new("closed", "this node stops".into()), true);
            }
            Item::Seal(done) => {
                let sealed = self.desk.as_mut().map(NodeDesk::seal);
                // Whoever asked may have gone.
                let _ = done.send(match sealed {
                    Some(Ok(())) => Ok(()),
                    Some(Err(error)) => Err(error.to_string()),
                    None => Err("its disk has failed".into()),
                });
            }
        }
    }

    fn live(&mut self, connection: u64) -> Option<&mut Live> {
        self.live.as_mut().filter(|live| live.connection.id == connection)
    }

    /// Of two connections that cross, both sides keep the one that the lesser name made; of two
    /// that the same side made, the newer: the older is dead and does not know it.
    fn connected(&mut self, connection: Connection, now: Time) {
        let lesser_dialed = |c: &Connection| c.dialed == (self.setup.own < self.setup.party);
        if let Some(live) = &self.live
            && lesser_dialed(&live.connection)
            && !lesser_dialed(&connection)
        {
            let mut out = Vec::new();
            Session::<FileStore>::bye("there is a link already", &mut out);
            let _ = connection.out.send(out);
            return;
        }
        let Some(desk) = self.desk.as_ref().filter(|_| !self.stopping) else { return };
        let mut out = Vec::new();
        let session = Session::start(Terms::default(), desk, now, &mut out);
        let (peer, party) = (connection.peer, self.setup.party);
        tracing::info!(%party, %peer, dialed = connection.dialed, "connected to the partner");
        let mut live = Live {
            connection,
            session,
            received: VecDeque::new(),
            unwritten: 0,
            counted: Counts::default(),
        };
        live.send(out);
        self.drop_live();
        self.live = Some(live);
        self.setup.linked.send_replace(true);
    }

    /// Forgets the connection, and what it brought and was not taken in: it comes again.
    fn drop_live(&mut self) -> Option<Live> {
        let live = self.live.take()?;
        self.setup.mailbox.consumed(live.received.iter().map(Vec::len).sum());
        self.count(&live);
        self.setup.linked.send_replace(false);
        Some(live)
    }

    /// The connection is over. `said`: the partner is told why.
    fn end(&mut self, why: &Refused, said: bool) {
        let Some(live) = self.drop_live() else { return };
        if said {
            let mut out = Vec::new();
            Session::<FileStore>::bye(&why.reason, &mut out);
            // Dropping the sender ends the connection once this is written.
            let _ = live.connection.out.send(out);
        } else {
            live.connection.cancel.cancel();
        }
        let (party, name, reason) = (self.setup.party, why.name, &why.reason);
        tracing::warn!(%party, name, reason, "the link is down");
        *super::lock(&self.setup.figures).refusals.entry(why.name).or_default() += 1;
        self.down(&why.reason);
    }

    fn down(&mut self, reason: &str) {
        if self.told.as_ref() != Some(&Err(reason.to_owned())) {
            self.told = Some(Err(reason.to_owned()));
            let party = self.setup.party;
            self.setup.intake.partner(Event::PartnerLost { party, reason: reason.to_owned() });
        }
    }

    fn offered(&mut self, offer: Offer) {
        let (released, epoch): (Released<Vec<u8>>, Option<u32>) = match offer {
            Offer::Batch(released) => (released.encode(), Some(released.value().epoch)),
            Offer::Encoded(released) => (released, None),
        };
        let complete = epoch.is_some() && epoch != self.epoch;
        match self.desk.as_mut().map(|desk| desk.offer(&released, complete)) {
            // Of an epoch whose first batch is not kept, the next that is begins a whole picture.
            Some(Ok(_)) => self.epoch = epoch.or(self.epoch),
            Some(Err(error @ (DeskError::TooLong(_) | DeskError::NotTheirs { .. }))) => {
                // Told anew it would not fit either.
                self.unfit += 1;
                tracing::error!(party = %self.setup.party, %error, "what was released is not sent");
            }
            Some(Err(error)) => {
                self.shed += 1;
                self.fail(&error);
            }
            None => self.shed += 1,
        }
    }

    /// Where it cannot be entered now it is, with the note that tells of it, when that is told anew.
    fn decided(&mut self, entry: &Entry) {
        match self.desk.as_mut().map(|desk| desk.enter_act(entry)) {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                self.shed += 1;
                self.fail(&error);
            }
            None => self.shed += 1,
        }
    }

    fn withdraw(&mut self, what: ToWithdraw, now: Time) {
        if !what.again {
            // What is on its way in this node goes no further.
            self.end(&Refused::new("withdrawn", what.reason.clone()), false);
        }
        self.to_withdraw = Some(what);
        self.carry_out_withdrawal(now);
    }

    /// Drops what is to be dropped; where the disk has failed, as soon as it can be written again
    /// and before anything is sent from it.
    fn carry_out_withdrawal(&mut self, now: Time) {
        let (Some(desk), Some(what)) = (&mut self.desk, &self.to_withdraw) else { return };
        if what.again && desk.has_withdrawn(what.at, now) {
            // What waits came later.
            self.to_withdraw = None;
            return;
        }
        let reason = &what.reason;
        match desk.withdraw(self.taken.unwrap_or(0), reason, what.at, now) {
            Ok(dropped) => {
                self.taken = Some(desk.outbox_end());
                self.reached = self.taken;
                if dropped > 0 {
                    tracing::warn!(party = %self.setup.party, dropped, reason, "batches withdrawn");
                    // The engine cannot know that this was still to be done.
                    self.shed += u64::from(what.again);
                }
                self.to_withdraw = None;
            }
            Err(error) => self.fail(&error),
        }
    }

    fn recorded(&mut self, count: u64, now: Time) {
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(self.handed.len());
        let Some(number) = self.handed.drain(..count).next_back() else { return };
        if let Some(Err(error)) = self.desk.as_mut().map(|desk| desk.handled(number, now)) {
            self.fail(&error);
        }
    }

    /// Takes in what came, as far as there is room for what comes of it.
    fn receive(&mut self, now: Time) {
        let mut taken_in = 0;
        while taken_in < ROUND_BYTES && self.has_room() {
            let (Some(live), Some(desk)) = (&mut self.live, &mut self.desk) else { return };
            let Some(bytes) = live.received.pop_front() else { return };
            self.setup.mailbox.consumed(bytes.len());
            taken_in += bytes.len();
            let mut out = Vec::new();
            let heard = live.session.receive(&bytes, now, desk, &mut out);
            live.send(out);
            if let Err(refusal) = heard {
                self.refuse(&refusal);
                return;
            }
        }
    }

    fn refuse(&mut self, refusal: &link::Refusal) {
        if let link::Refusal::Storage(error) = refusal {
            return self.fail(error);
        }
        let said = !matches!(refusal, link::Refusal::Ended(_));
        self.end(&Refused::new(refusal.name(), refusal.to_string()), said);
    }

    /// Makes all of it durable; what came is then to be handed on.
    fn commit(&mut self) {
        match self.desk.as_mut().map(NodeDesk::commit) {
            Some(Ok(arrivals)) => self.arrive(arrivals),
            Some(Err(error)) => self.fail(&error),
            None => {}
        }
    }

    /// Once a second: nobody waits for it.
    fn commit_log(&mut self, now: Time) {
        // A clock that was set back puts nothing off.
        if (0.0..LOG_S).contains(&now.seconds_since(self.logged)) {
            return;
        }
        self.logged = now;
        if let Some(Err(error)) = self.desk.as_mut().map(NodeDesk::commit_log) {
            self.fail(&error);
        }
    }

    fn arrive(&mut self, arrivals: Vec<Arrival>) {
        self.arrived_bytes += arrivals.iter().map(|arrival| arrival.bytes.len()).sum::<usize>();
        self.arrived.extend(arrivals);
    }

    /// Hands on what came, in order, as far as the engine's queue has room.
    fn hand_on(&mut self) {
        let party = self.setup.party;
        while !self.arrived.is_empty() && self.setup.intake.has_room_for(party) {
            let Some(arrival) = self.arrived.pop_front() else { return };
            self.arrived_bytes -= arrival.bytes.len();
            self.handed.push_back(arrival.number);
            self.setup.intake.partner(Event::PartnerTold { party, body: arrival.bytes });
        }
    }

    /// Acknowledges and sends, as far as the connection takes it.
    fn advance(&mut self, now: Time) {
        loop {
            let (Some(live), Some(desk)) = (&mut self.live, &mut self.desk) else { return };
            let mut out = Vec::new();
            let advanced = live.session.advance(now, desk, &mut out);
            live.send(out);
            match advanced {
                Ok(true) if live.unwritten < UNWRITTEN_MAX => {}
                Ok(_) => return,
                Err(refusal) => return self.refuse(&refusal),
            }
        }
    }

    /// Tells engine and metrics how the link does.
    fn tell(&mut self, now: Time) {
        if let Some(live) = &self.live {
            let greeted = live.session.version().is_some();
            if greeted && self.told != Some(Ok(())) {
                self.told = Some(Ok(()));
                let party = self.setup.party;
                self.setup.intake.partner(Event::PartnerConnected { party });
            }
            self.taken = live.session.taken().or(self.taken);
            if let Some(desk) = &self.desk {
                let queued = live.session.queued(desk);
                self.reached = queued.map(|n| desk.outbox_end() - n).or(self.reached);
            }
        }
        if now.seconds_since(self.reported.1) < REPORT_S {
            return;
        }
        if let Some(live) = self.live.take() {
            self.count(&live);
            self.live = Some(Live { counted: live.session.counts(), ..live });
        }
        let end = self.desk.as_ref().map(NodeDesk::outbox_end);
        let shed = self.shed + self.setup.mailbox.offers_shed();
        // Also while the disk fails: a run that ends then has told anew what the next one tells again.
        self.report.shed = shed;
        self.report.queued = self.reached.zip(end).map(|(at, end)| end.saturating_sub(at));
        let skew_s = self.live.as_ref().and_then(|live| live.session.skew_s());
        let mut figures = super::lock(&self.setup.figures);
        figures.up = self.told == Some(Ok(()));
        figures.queued = self.report.queued;
        figures.skew_s = skew_s;
        figures.offers_shed = shed + self.unfit;
        drop(figures);
        let unchanged = self.reported.0 == self.report;
        self.reported.1 = now;
        if !unchanged {
            self.reported.0 = self.report.clone();
            let (party, report) = (self.setup.party, self.report.clone());
            self.setup.intake.partner(Event::PartnerLink { party, report });
        }
    }

    /// Adds what a session did since it was last counted.
    fn count(&self, live: &Live) {
        let (now, before) = (live.session.counts(), live.counted);
        let mut figures = super::lock(&self.setup.figures);
        figures.batches_sent += now.batches_sent - before.batches_sent;
        figures.batches_received += now.batches_received - before.batches_received;
        figures.bytes_received += now.bytes_received - before.bytes_received;
        figures.gone += now.gone - before.gone;
    }

    /// The disk failed: nobody knows what it holds until the desk is opened anew.
    fn fail(&mut self, error: &impl std::fmt::Display) {
        tracing::error!(party = %self.setup.party, %error, "a link's files cannot be written");
        self.desk = None;
        self.failed = self.setup.clock.now();
        // What failed and where is no business of the partner's.
        self.end(&Refused::new("own_storage", "its own storage has failed".into()), true);
        self.down(&format!("own storage: {error}"));
    }

    fn reopen(&mut self, now: Time) {
        if self.desk.is_some() || now.seconds_since(self.failed) < REOPEN_S {
            return;
        }
        match open(&self.setup) {
            Ok((desk, unhandled)) => {
                tracing::warn!(party = %self.setup.party, "a link's files can be written again");
                self.desk = Some(desk);
                let waiting = self.arrived.iter().map(|arrival| arrival.number);
                let last = self.handed.iter().copied().chain(waiting).max().unwrap_or(0);
                let news = unhandled.into_iter().filter(|arrival| arrival.number > last);
                self.arrive(news.collect());
                self.carry_out_withdrawal(now);
            }
            Err(error) => {
                self.failed = now;
                tracing::error!(party = %self.setup.party, %error, "a link's files stay unusable");
            }
        }
    }
}

impl Live {
    /// Hands bytes to the connection.
    fn send(&mut self, out: Vec<u8>) {
        if !out.is_empty() {
            self.unwritten += out.len();
            // A connection that has just ended says so itself.
            let _ = self.connection.out.send(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accord::{Correspondence, Decided, Policy};
    use ledger::Signer;

    const NOON: &str = "2026-11-24T12:00:00Z";

    /// XXA's accord with XXB.
    fn policy() -> Policy {
        let text = "form = 1\naccord = \"xxa-xxb\"\ntitle = \"t\"\nnature = \"illustration\"\n\
                    [[party]]\nid = \"XXA\"\nname = \"A\"\n[[party]]\nid = \"XXB\"\nname = \"B\"\n\
                    [instruments]\nrequires = []\nin_force = 2020-01-01\n\
                    [[article]]\nnumber = \"1\"\nkind = \"release.tracks\"\nfrom = [\"XXA\"]\n\
                    to = [\"XXB\"]\narea = [{ anywhere = true }]\nfields = [\"position\"]\n";
        let accord = accord::read("test", text).unwrap().accord;
        Policy::new(accord.parties[0].id, vec![Arc::new(accord)]).unwrap()
    }

    /// Something released to XXB: the word that an accord is suspended.
    fn released(now: Time) -> Released<Vec<u8>> {
        let policy = policy();
        let accord = policy.accords()[0].id;
        let mut says = Correspondence::new(policy.own(), 1);
        let decided = Decided { suspended: true, ..Decided::default() };
        says.suspended(accord, ["XXB".parse().unwrap()], &decided, now);
        says.tell(&policy, now).remove(0).encode()
    }

    fn worker(folder: &Path) -> Worker {
        let signer = Arc::new(Signer::from_seed("a", [1; 32]).unwrap());
        let partner = Signer::from_seed("b", [2; 32]).unwrap();
        let keys =
            Keys { own: vec![signer.key().clone()], partner: vec![partner.key().clone()], signer };
        let clock = Arc::new(Clock::new());
        Worker::open(Setup {
            own: "XXA".parse().unwrap(),
            party: "XXB".parse().unwrap(),
            folder: folder.to_owned(),
            keys,
            intake: Arc::new(Intake::new(clock.clone(), 0)),
            clock,
            mailbox: Arc::default(),
            figures: Arc::default(),
            linked: watch::channel(false).0,
        })
        .unwrap()
    }

    fn to_withdraw(at: Time, again: bool) -> ToWithdraw {
        ToWithdraw { reason: "a suspension".into(), at, again }
    }

    fn waits(worker: &Worker) -> u64 {
        let desk = worker.desk.as_ref().unwrap();
        desk.outbox_end() - desk.outbox_first()
    }

    #[test]
    fn what_is_withdrawn_while_the_disk_has_failed_is_dropped_before_anything_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let mut worker = worker(folder.path());
        worker.offered(Offer::Encoded(released(NOON.parse().unwrap())));
        worker.commit();
        assert_eq!(waits(&worker), 1);
        worker.fail(&"/a/path: no space");
        let why = worker.told.clone().unwrap().unwrap_err();
        assert!(why.contains("/a/path"), "our own people are told which");
        let failed = worker.failed;
        worker.withdraw(to_withdraw(failed, false), failed);
        assert!(worker.desk.is_none());
        worker.reopen(failed.plus_seconds(REOPEN_S));
        assert_eq!(waits(&worker), 0);
        assert_eq!(worker.to_withdraw, None);
    }

    #[test]
    fn a_withdrawal_of_a_run_before_is_carried_out_unless_it_was_and_the_engine_hears_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |s: f64| NOON.parse::<Time>().unwrap().plus_seconds(s);
        let again = || to_withdraw(at(0.0), true);
        let mut first = worker(folder.path());
        first.offered(Offer::Encoded(released(at(0.0))));
        first.commit();
        drop(first);
        // The power went before it was dropped; the machine was down for a week.
        let mut second = worker(folder.path());
        second.withdraw(again(), at(604_800.0));
        assert_eq!((waits(&second), second.shed), (0, 1));
        second.offered(Offer::Encoded(released(at(604_801.0))));
        second.commit();
        drop(second);
        // What waits now came after that.
        let mut third = worker(folder.path());
        third.withdraw(again(), at(604_900.0));
        assert_eq!((waits(&third), third.shed), (1, 0));
        assert_eq!(third.to_withdraw, None);
    }

    #[test]
    fn a_withdrawal_that_was_carried_out_is_not_again_whatever_the_clock_said_of_what_came_after() {
        let folder = tempfile::tempdir().unwrap();
        let at = |s: f64| NOON.parse::<Time>().unwrap().plus_seconds(s);
        let mut first = worker(folder.path());
        first.offered(Offer::Encoded(released(at(0.0))));
        first.commit();
        first.withdraw(to_withdraw(at(10.0), false), at(10.0));
        assert_eq!(waits(&first), 0);
        // The word of it is of the same instant; then the clock is set back.
        first.offered(Offer::Encoded(released(at(10.0))));
        first.offered(Offer::Encoded(released(at(-3600.0))));
        first.commit();
        first.commit_log(at(11.0));
        let size = first.desk.as_ref().unwrap().log().size();
        drop(first);
        for later_s in [20.0, -3000.0] {
            let mut again = worker(folder.path());
            again.withdraw(to_withdraw(at(10.0), true), at(later_s));
            assert_eq!((waits(&again), again.shed), (2, 0));
            assert_eq!(again.desk.as_ref().unwrap().log().size(), size, "nothing is entered");
        }
        // Another was decided, and a crash came before it was carried out.
        let mut again = worker(folder.path());
        again.withdraw(to_withdraw(at(-3500.0), true), at(-3400.0));
        assert_eq!((waits(&again), again.shed), (0, 1));
    }

    #[test]
    fn what_no_disk_took_is_reported_and_the_next_batch_of_its_epoch_begins_a_whole_picture() {
        let folder = tempfile::tempdir().unwrap();
        let mut worker = worker(folder.path());
        let now: Time = NOON.parse().unwrap();
        let mut feed = accord::PartnerFeed::new("XXB".parse().unwrap(), Default::default());
        let mut batch =
            |s: f64| Offer::Batch(feed.update(now.plus_seconds(s), &policy(), []).unwrap());
        worker.fail(&"no space");
        worker.offered(batch(0.0));
        worker.decided(&Entry::Withdrawn {
            first: 0,
            end: 1,
            at_ms: 0,
            reason: String::new(),
            direction: None,
        });
        assert_eq!((worker.epoch, worker.shed), (None, 2));
        let told_of = |worker: &mut Worker, s: f64| {
            worker.setup.intake.partner(Event::Tick);
            worker.tell(now.plus_seconds(s));
            let mut events = Vec::new();
            assert!(worker.setup.intake.take(&mut events));
            let shed = events.into_iter().filter_map(|(_, event)| match event {
                Event::PartnerLink { report, .. } => Some(report.shed),
                _ => None,
            });
            shed.max()
        };
        assert_eq!(told_of(&mut worker, 0.0), Some(2), "the run may end before the disk is back");
        worker.offered(Offer::Encoded(released(now)));
        worker.reopen(worker.failed.plus_seconds(REOPEN_S));
        assert_eq!(told_of(&mut worker, 1.0), Some(3));
        worker.offered(batch(1.0));
        assert!(worker.epoch.is_some());
    }
}
