//! The board: every alert there is, one row per rule, cause and tracks.
//!
//! Nothing is shed: a row exists while its rule fires about tracks, areas, sensors, cells or
//! Remote IDs that exist, so that memory is bounded by what the node holds (see [`Board::update`]).
//! What a person did to an alert is kept through every update. Start at [`Board::update`].

mod acts;
mod bound;
mod config;
mod page;
mod renumber;
mod row;
mod save;

pub use acts::{ActError, MUTES_MAX, Mute, MuteScope, WORDS_MAX};
pub use bound::Population;
pub use config::{BoardConfig, Delay};
pub use page::{Order, Page, View};
pub use row::{Act, Alert, End, Ended, Joined, State};
pub use save::RestoreError;

use crate::{AlertId, AlertKey, EndedTrack, Firing, Firings, Rule, Scene};
use std::collections::{BTreeMap, VecDeque};
use surveillance::{EndReason, RunningClock, Time, TrackNumber};

/// Every alert there is, open or ended a while ago.
#[derive(Debug, Clone)]
pub struct Board {
    config: BoardConfig,
    next_id: u64,
    /// By which delays go.
    clock: RunningClock,
    /// Running time, milliseconds: sum of the steps between updates that the clock did not leap.
    running_ms: u64,
    updates: u64,
    open: BTreeMap<AlertKey, Row>,
    by_id: BTreeMap<AlertId, AlertKey>,
    pending: BTreeMap<AlertKey, Pending>,
    /// Ended ones until they are handed out, by number, and in the order in which they ended.
    ended: BTreeMap<AlertId, Alert>,
    ended_order: VecDeque<(u64, AlertId)>,
    mutes: BTreeMap<MuteScope, Mute>,
    counts: Counts,
    changes: Changes,
    scratch: Scratch,
}

/// An open alert and what its delays need.
#[derive(Debug, Clone)]
struct Row {
    alert: Alert,
    /// Running time at which its rule last fired, or could not be decided, milliseconds.
    fired_ms: u64,
}

/// A key whose rule fires and whose on-delay is not over.
#[derive(Debug, Clone, Copy)]
struct Pending {
    since_ms: u64,
    times: u32,
    update: u64,
}

/// What one update did. Kept by the board and used again.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Alerts that opened, in order of key.
    pub opened: Vec<AlertId>,
    /// Open alerts whose severity, predicted time or facts are new, in order of key.
    pub updated: Vec<AlertId>,
    /// Open alerts that go on under another key, as their track was found to be another.
    pub moved: Vec<AlertId>,
    /// Alerts that ended.
    pub closed: Vec<AlertId>,
    /// Alerts that ended long enough ago, whole, for the log: the board has them no more.
    pub handed_out: Vec<Alert>,
    /// Mutes that ran out.
    pub mutes_over: Vec<(MuteScope, Mute)>,
}

/// How many alerts there are and were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open now.
    pub open: usize,
    /// Ended and not yet handed out.
    pub ended: usize,
    /// Firing now, and their on-delay not over.
    pub pending: usize,
    /// Opened, ever. Equals open, ended and handed out together.
    pub opened_ever: u64,
    /// Handed out, ever.
    pub handed_out_ever: u64,
    /// Handed out before their time because [`BoardConfig::ended_max`] was reached, ever.
    pub handed_out_early: u64,
    /// Firings that had the key of another in one evaluation and were less urgent, ever.
    pub doubled: u64,
    /// Steps of the clock that were longer than [`BoardConfig::step_max_s`] or went back, ever.
    pub clock_steps: u64,
}

#[derive(Debug, Clone, Default)]
struct Scratch {
    quiet: Vec<AlertKey>,
    merged: Vec<AlertKey>,
}

impl Board {
    /// A board with no alert. The first is numbered 1.
    pub fn new(config: BoardConfig) -> Self {
        Self {
            next_id: 1,
            clock: RunningClock::new(config.step_max_s, 0.0, config.period_s),
            running_ms: 0,
            updates: 0,
            open: BTreeMap::new(),
            by_id: BTreeMap::new(),
            pending: BTreeMap::new(),
            ended: BTreeMap::new(),
            ended_order: VecDeque::new(),
            mutes: BTreeMap::new(),
            counts: Counts::default(),
            changes: Changes::default(),
            scratch: Scratch::default(),
            config,
        }
    }

    /// How long the board has run, seconds, if it is updated at `now`: for [`crate::Scene`].
    pub fn running_s(&self, now: Time) -> f64 {
        (self.running_ms + self.step_ms(now).0) as f64 / 1e3
    }

    /// Takes what the rules found at `now` and which tracks ended since the last update.
    ///
    /// A key that fires for as long as its rule's on-delay opens an alert; an open one whose key
    /// fires is updated in place; one whose key has not fired for the off-delay ends, and so does
    /// one whose track ended (a lost track's own alert does not: its subject is the end). Of a
    /// track that was found to be another's, or was superseded by another, the alert goes on under
    /// the other's number.
    ///
    /// Nothing is shed. Memory is about two kilobytes per key that fires, and as many
    /// keys can fire as rules find causes: see [`Rule::keys_max`]. Ended alerts are kept for
    /// [`BoardConfig::ended_kept_s`] and then handed out whole, or as soon as
    /// [`BoardConfig::ended_max`] of them wait.
    ///
    /// Delays go by running time: a step of the clock, forwards or back, counts as one period.
    pub fn update(
        &mut self,
        firings: &mut Firings,
        ended: &[EndedTrack<'_>],
        now: Time,
    ) -> &Changes {
        self.clear_changes();
        self.advance(now);
        self.follow_merges(ended, now);
        self.end_with_tracks(ended, now);
        self.take(firings.sorted(), now);
        for key in firings.held() {
            if let Some(row) = self.open.get_mut(key) {
                row.fired_ms = self.running_ms;
            }
        }
        for key in firings.resolved() {
            self.end(key, End::Resolved, now);
        }
        self.end_quiet(now);
        let updates = self.updates;
        self.pending.retain(|_, pending| pending.update == updates);
        self.hand_out();
        self.end_mutes(now);
        &self.changes
    }

    /// What the last update did.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Whether this is an open alert: its rule holds it against the threshold to end, not to begin.
    pub fn is_open(&self, key: &AlertKey) -> bool {
        self.open.contains_key(key)
    }

    /// The open alert of this key.
    pub fn open_at(&self, key: &AlertKey) -> Option<&Alert> {
        self.open.get(key).map(|row| &row.alert)
    }

    /// Open alerts of a rule, in order of cause and tracks.
    pub fn open_of(&self, rule: Rule) -> impl Iterator<Item = &Alert> {
        let from = AlertKey::first_of(rule);
        let of_rule = move |row: &&Row| row.alert.key.rule == rule;
        self.open.range(from..).map(|(_, row)| row).take_while(of_rule).map(|row| &row.alert)
    }

    /// An alert, open or ended and not yet handed out.
    pub fn get(&self, id: AlertId) -> Option<&Alert> {
        match self.by_id.get(&id) {
            Some(key) => self.open_at(key),
            None => self.ended.get(&id),
        }
    }

    /// Open alerts, in order of key.
    pub fn open(&self) -> impl Iterator<Item = &Alert> {
        self.open.values().map(|row| &row.alert)
    }

    /// Ended alerts that are not yet handed out, in order of number.
    pub fn ended(&self) -> impl Iterator<Item = &Alert> {
        self.ended.values()
    }

    /// How many there are and were.
    pub fn counts(&self) -> Counts {
        Counts {
            open: self.open.len(),
            ended: self.ended.len(),
            pending: self.pending.len(),
            opened_ever: self.next_id - 1,
            ..self.counts
        }
    }

    fn clear_changes(&mut self) {
        self.changes.opened.clear();
        self.changes.updated.clear();
        self.changes.moved.clear();
        self.changes.closed.clear();
        self.changes.handed_out.clear();
        self.changes.mutes_over.clear();
    }

    /// The running time from the last update to `now`, and whether the clock leapt.
    fn step_ms(&self, now: Time) -> (u64, bool) {
        let step = self.clock.step(now);
        ((step.passed_s * 1e3).round() as u64, step.leapt_s.is_some())
    }

    fn advance(&mut self, now: Time) {
        let (step_ms, leapt) = self.step_ms(now);
        self.running_ms += step_ms;
        self.updates += 1;
        self.counts.clock_steps += u64::from(leapt);
        self.clock.follow(now);
    }

    /// Gives alerts of tracks that were found to be another's, or whose address lives on in
    /// another, to that other.
    fn follow_merges(&mut self, ended: &[EndedTrack<'_>], now: Time) {
        if !ended.iter().any(|ended| ended.survivor().is_some()) {
            return;
        }
        let moves = |key: &AlertKey| {
            let goes_on = |number| Scene::survivor_among(ended, number).is_some();
            key.rule != Rule::LostTrack && key.tracks.iter().flatten().any(|n| goes_on(*n))
        };
        let heir_of = |key: &AlertKey| {
            let heir = |number| Scene::survivor_among(ended, number).unwrap_or(number);
            AlertKey::of_tracks(key.rule, key.cause, key.tracks.map(|track| track.map(heir)))
        };
        let mut merged = std::mem::take(&mut self.scratch.merged);
        merged.extend(self.open.keys().filter(|key| moves(key)));
        for key in merged.drain(..) {
            let heir = heir_of(&key);
            // Two tracks of one target never were a pair.
            let one = heir.tracks[0].is_some() && heir.tracks[0] == heir.tracks[1];
            if one || self.open.contains_key(&heir) {
                let why = key.tracks.iter().flatten().find_map(|number| {
                    let survivor = Scene::survivor_among(ended, *number)?;
                    Some(match reason_of(ended, *number)? {
                        EndReason::Superseded(_) => EndReason::Superseded(survivor),
                        _ => EndReason::MergedInto(survivor),
                    })
                });
                self.end(&key, End::Track(why.unwrap_or(EndReason::Lost)), now);
            } else if let Some(mut row) = self.open.remove(&key) {
                row.alert.key = heir;
                self.by_id.insert(row.alert.id, heir);
                self.changes.updated.push(row.alert.id);
                self.changes.moved.push(row.alert.id);
                self.open.insert(heir, row);
            }
        }
        // What waits to open waits on; it began no later than the heir's own.
        merged.extend(self.pending.keys().filter(|key| moves(key)));
        for key in merged.drain(..) {
            let Some(pending) = self.pending.remove(&key) else { continue };
            let own = self.pending.entry(heir_of(&key)).or_insert(pending);
            own.since_ms = own.since_ms.min(pending.since_ms);
            own.times = own.times.max(pending.times);
        }
        self.scratch.merged = merged;
    }

    fn end_with_tracks(&mut self, ended: &[EndedTrack<'_>], now: Time) {
        if ended.is_empty() {
            return;
        }
        let reason = |key: &AlertKey| {
            let of = |track: &Option<TrackNumber>| reason_of(ended, (*track)?);
            (key.rule != Rule::LostTrack).then(|| key.tracks.iter().find_map(of)).flatten()
        };
        let mut quiet = std::mem::take(&mut self.scratch.quiet);
        quiet.extend(self.open.keys().filter(|key| reason(key).is_some()));
        for key in quiet.drain(..) {
            if let Some(reason) = reason(&key) {
                self.end(&key, End::Track(reason), now);
            }
        }
        self.scratch.quiet = quiet;
    }

    /// Takes firings that are in order of key: open alerts in one walk beside them, and those that
    /// are not open one by one.
    fn take(&mut self, firings: &mut [Firing], now: Time) {
        let running_ms = self.running_ms;
        let mut rows = self.open.iter_mut().peekable();
        let mut fresh = 0;
        let mut before = None;
        for place in 0..firings.len() {
            let key = firings[place].key;
            if before == Some(key) {
                self.counts.doubled += 1;
                continue;
            }
            before = Some(key);
            while rows.next_if(|(open, _)| **open < key).is_some() {}
            match rows.next_if(|(open, _)| **open == key) {
                Some((_, row)) => {
                    row.fired_ms = running_ms;
                    if row.alert.take(&mut firings[place], now) {
                        self.changes.updated.push(row.alert.id);
                    }
                }
                None => {
                    firings.swap(fresh, place);
                    fresh += 1;
                }
            }
        }
        for firing in &mut firings[..fresh] {
            self.take_new(firing, now);
        }
    }

    fn take_new(&mut self, firing: &mut Firing, now: Time) {
        let (running_ms, delay) = (self.running_ms, self.config.delay(firing.key.rule));
        let start = Pending { since_ms: running_ms, times: 0, update: 0 };
        let pending = self.pending.get(&firing.key).copied().unwrap_or(start);
        let pending = Pending { times: pending.times + 1, update: self.updates, ..pending };
        let waited_s = (running_ms - pending.since_ms) as f64 / 1e3;
        if pending.times < delay.on_times || waited_s < delay.on_s {
            self.pending.insert(firing.key, pending);
            return;
        }
        self.pending.remove(&firing.key);
        let id = AlertId(self.next_id);
        self.next_id += 1;
        let alert = Alert::open(id, firing, now);
        self.open.insert(firing.key, Row { alert, fired_ms: running_ms });
        self.by_id.insert(id, firing.key);
        self.changes.opened.push(id);
    }

    fn end_quiet(&mut self, now: Time) {
        let (running_ms, config) = (self.running_ms, &self.config);
        let over = |row: &Row| {
            let quiet_ms = running_ms - row.fired_ms;
            quiet_ms > 0 && quiet_ms as f64 / 1e3 >= config.delay(row.alert.key.rule).off_s
        };
        let mut quiet = std::mem::take(&mut self.scratch.quiet);
        quiet.extend(self.open.iter().filter(|(_, row)| over(row)).map(|(key, _)| *key));
        for key in quiet.drain(..) {
            self.end(&key, End::Condition, now);
        }
        self.scratch.quiet = quiet;
    }

    /// Ends an open alert; of a key that is not open, nothing.
    fn end(&mut self, key: &AlertKey, why: End, now: Time) {
        let Some(Row { mut alert, .. }) = self.open.remove(key) else { return };
        alert.ended = Some(Ended { at: now, why });
        self.by_id.remove(&alert.id);
        self.changes.closed.push(alert.id);
        self.ended_order.push_back((self.running_ms, alert.id));
        self.ended.insert(alert.id, alert);
    }

    fn hand_out(&mut self) {
        let kept_ms = (self.config.ended_kept_s * 1e3) as u64;
        while let Some((ended_ms, id)) = self.ended_order.front().copied() {
            let over = self.running_ms - ended_ms >= kept_ms;
            if !over && self.ended.len() <= self.config.ended_max {
                break;
            }
            self.ended_order.pop_front();
            if let Some(alert) = self.ended.remove(&id) {
                self.counts.handed_out_ever += 1;
                self.counts.handed_out_early += u64::from(!over);
                self.changes.handed_out.push(alert);
            }
        }
    }
}

/// Why a track ended, of tracks in order of number.
fn reason_of(ended: &[EndedTrack<'_>], number: TrackNumber) -> Option<EndReason> {
    let place = ended.binary_search_by_key(&number, |ended| ended.track.number).ok()?;
    Some(ended[place].reason)
}
