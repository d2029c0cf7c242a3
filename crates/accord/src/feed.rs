//! What one partner receives, slot by slot.
//!
//! Non-interference is kept by construction: what a feed remembers (numbers, grid cells, timers,
//! delays) it remembers of released objects alone, and what it sends is ordered by what is sent. An
//! object that goes and comes back has a new number; why it went is not told.

use crate::batch::{self, Batch, Item, PartnerNumber};
use crate::holdings::{Holdings, Revision};
use crate::item::{self, Draft, Snapped};
use crate::plots;
use crate::policy::Stood;
use crate::{
    ArticleRef, CLOCK_DOUBT_S, ClauseIndex, Decision, Field, FieldSet, ObjectKind, PartyId, Policy,
    Released, Subject, Terms, View,
};
use crate::{OwnNumber, Placed};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use surveillance::Time;

/// Most items a feed holds back because of their delay; later ones are dropped and counted. A
/// thousand tracks a second for a quarter of an hour.
pub const DELAYED_MAX: usize = 1_000_000;

/// How often a feed sends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cadence {
    /// Length of a slot, seconds, above zero; slots begin at its multiples since the epoch.
    pub slot_s: f64,
}

impl Default for Cadence {
    fn default() -> Self {
        Self { slot_s: 1.0 }
    }
}

/// The feed of one partner: numbers, slots, grid cells and delays that are this partner's alone, so
/// that nothing in what it receives depends on what it is not given.
///
/// The console's "see as X" is the same type fed the same pictures.
#[derive(Debug, Clone)]
pub struct PartnerFeed {
    to: PartyId,
    cadence: Cadence,
    slot: Option<i64>,
    sequence: u64,
    epoch: u32,
    running: bool,
    next_number: u32,
    next_key: u64,
    objects: BTreeMap<OwnNumber, Object>,
    numbers: BTreeMap<Key, PartnerNumber>,
    /// Those of an earlier epoch that nothing was told of in this one.
    untold: BTreeSet<Key>,
    delayed: VecDeque<Delayed>,
    leaving: Vec<Leaving>,
    shed: u64,
    /// What stood for this partner in the slot before, and by which clauses.
    stood: Option<Stood>,
    /// Counts changes of that.
    standing: u64,
}

/// One stay of one object in this feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u64);

/// What is remembered of a released object.
#[derive(Debug, Clone)]
struct Object {
    key: Key,
    classes: Vec<Class>,
    /// When an article with a highest rate last let it out.
    timers: Vec<(ArticleRef, Time)>,
    seen: bool,
    /// How many plots had moved the sender's object in the last slot, if they could be told then: what
    /// moved it before that is not told.
    plots_seen: Option<u64>,
    /// The state of the sender's object of which all that may be told has been told, and what stood
    /// then: as long as both stay, nothing is to be told.
    settled: Option<(Revision, u64)>,
}

/// Articles of one delay and one step of time let out one state of an object.
#[derive(Debug, Clone)]
struct Class {
    delay_s: f64,
    time_s: f64,
    snapped: Snapped,
    last: Option<Draft>,
}

/// An item that waits for its delay to pass.
#[derive(Debug, Clone)]
struct Delayed {
    due: Time,
    key: Key,
    draft: Draft,
    /// The state it was made of, to be judged again by what is known of the object when it is due.
    of: Box<Subject>,
    /// The tracks it is about, and the numbers that it tells them under.
    about: Vec<(OwnNumber, PartnerNumber)>,
}

/// What lets an object out, and the terms with every delay passed and every rate kept.
struct Wants<'a> {
    clauses: &'a [ClauseIndex],
    terms: Terms,
    /// What it is then that all is told of.
    settled: Option<(Revision, u64)>,
}

/// A number that ends as late as its last item was late.
#[derive(Debug, Clone, Copy)]
struct Leaving {
    due: Time,
    time_s: f64,
    key: Key,
}

impl PartnerFeed {
    /// A feed to `to` that has sent nothing yet.
    pub fn new(to: PartyId, cadence: Cadence) -> Self {
        Self {
            to,
            cadence,
            slot: None,
            sequence: 0,
            epoch: 0,
            running: false,
            next_number: 1,
            next_key: 0,
            objects: BTreeMap::new(),
            numbers: BTreeMap::new(),
            untold: BTreeSet::new(),
            delayed: VecDeque::new(),
            leaving: Vec::new(),
            shed: 0,
            stood: None,
            standing: 0,
        }
    }

    /// To whom.
    pub fn to(&self) -> PartyId {
        self.to
    }

    /// Items dropped because [`DELAYED_MAX`] were waiting.
    pub fn shed(&self) -> u64 {
        self.shed
    }

    /// The slot that is next due after `now`.
    pub fn next_slot(&self, now: Time) -> Time {
        let slot_ns = self.slot_ns();
        let next = (now.unix_nanos().div_euclid(slot_ns) + 1).saturating_mul(slot_ns);
        Time::from_unix_nanos(next)
    }

    /// The sender's own object behind a number of this feed: for the sender's console.
    pub fn own_number(&self, number: PartnerNumber) -> Option<OwnNumber> {
        let key = self.numbers.iter().find(|(_, known)| **known == number).map(|(key, _)| *key)?;
        self.objects.iter().find(|(_, object)| object.key == key).map(|(own, _)| *own)
    }

    /// Every object of the sender's that has a number in this feed, and that number: for the sender's
    /// console.
    pub fn numbers(&self) -> impl Iterator<Item = (OwnNumber, PartnerNumber)> {
        let number =
            |(own, object): (&OwnNumber, &Object)| Some((*own, *self.numbers.get(&object.key)?));
        self.objects.iter().filter_map(number)
    }

    /// What the partner is sent at `now` of `picture`, which is everything the sender holds, in any
    /// order. `None` within a slot already sent, and while no article with the partner stands.
    ///
    /// Call it once a slot, on time: the batch is of the picture as it is given here.
    pub fn update<'a>(
        &mut self,
        now: Time,
        policy: &Policy,
        picture: impl IntoIterator<Item = &'a Subject>,
    ) -> Option<Released<Batch>> {
        // Of two objects of which the same is told, the sender's older one comes first: their order
        // in the picture may be of what lies between them.
        let mut picture: Vec<_> = picture.into_iter().map(|subject| (subject, None)).collect();
        picture.sort_by_key(|(subject, _)| subject.number);
        self.update_revised(now, policy, picture)
    }

    /// The same of what is held, and of `beside` it: what concerns this partner alone.
    pub fn update_held<'a>(
        &mut self,
        now: Time,
        policy: &Policy,
        held: &'a Holdings,
        beside: impl IntoIterator<Item = &'a Subject>,
    ) -> Option<Released<Batch>> {
        let mut beside = beside.into_iter().map(|subject| (subject, None)).peekable();
        if beside.peek().is_none() {
            return self.update_revised(now, policy, held.revised());
        }
        let mut picture: Vec<_> = held.revised().chain(beside).collect();
        picture.sort_by_key(|(subject, _)| subject.number);
        self.update_revised(now, policy, picture)
    }

    /// `picture` is in order of number.
    fn update_revised<'a>(
        &mut self,
        now: Time,
        policy: &Policy,
        picture: impl IntoIterator<Item = (&'a Subject, Option<Revision>)>,
    ) -> Option<Released<Batch>> {
        let view = policy.at(now);
        if !view.feeds(self.to) {
            self.stop();
            return None;
        }
        let slot = now.unix_nanos().div_euclid(self.slot_ns());
        if self.slot.is_some_and(|sent| slot <= sent) {
            return None;
        }
        self.slot = Some(slot);
        if !self.running {
            self.running = true;
            // Of the time, so that a feed that a restart begins anew is later than the one before.
            let seconds = now.unix_millis().div_euclid(1000).clamp(0, i64::from(u32::MAX));
            self.epoch = (self.epoch + 1).max(seconds as u32);
        }
        let slot = Time::from_unix_nanos(slot.saturating_mul(self.slot_ns()));
        let mut ready = Vec::new();
        self.observe(&view, slot, picture, &mut ready);
        self.release_delayed(&view, &mut ready);
        Some(self.batch(policy, slot, now, ready))
    }

    /// What was sent last may never arrive: with the next slot a new epoch begins, of all that may
    /// be told.
    pub fn begin_anew(&mut self) {
        self.stop();
    }

    /// What was sent in this epoch went to nobody, as a restart that handles again what was has it: with
    /// the next slot a later one begins, of all that may be told. What waits for its delay waits on, and rates
    /// are kept.
    pub fn tell_again(&mut self) {
        self.running = false;
        self.untold = self.numbers.keys().copied().collect();
        let mut waiting: BTreeMap<Key, Vec<&Draft>> = BTreeMap::new();
        for delayed in &self.delayed {
            waiting.entry(delayed.key).or_default().push(&delayed.draft);
        }
        for object in self.objects.values_mut() {
            object.settled = None;
            // What waits is told when it is due, and once.
            let waits = waiting.get(&object.key).map_or(&[][..], Vec::as_slice);
            for class in &mut object.classes {
                class.last = class.last.take().filter(|last| waits.contains(&last));
            }
        }
    }

    /// Epochs up to `epoch` were used before this feed, by whatever clock.
    pub fn begin_after(&mut self, epoch: u32) {
        self.epoch = self.epoch.max(epoch);
    }

    /// The epoch of what was sent last; 0 before.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Everything held back is dropped, every number is over; what comes later begins anew.
    fn stop(&mut self) {
        self.running = false;
        self.objects.clear();
        self.numbers.clear();
        self.untold.clear();
        self.delayed.clear();
        self.leaving.clear();
    }

    fn observe<'a>(
        &mut self,
        view: &View<'_>,
        slot: Time,
        picture: impl IntoIterator<Item = (&'a Subject, Option<Revision>)>,
        ready: &mut Vec<(Key, Draft)>,
    ) {
        let stands = view.stood(self.to);
        if self.stood != stands {
            self.stood = stands;
            self.standing += 1;
            self.drop_stopped(view);
        }
        let mut buffers: Option<(Placed<'a>, Placed<'a>)> = None;
        let waiting: BTreeSet<OwnNumber> = self.delayed.iter().map(|d| d.of.number).collect();
        let mut marks = BTreeMap::new();
        let mut clauses = Vec::new();
        let mut picture: Vec<_> = picture.into_iter().collect();
        if picture.iter().any(|(subject, _)| is_of_tracks(subject)) {
            // An alert comes after the tracks that it is about.
            picture.sort_by_key(|(subject, _)| is_of_tracks(subject));
        }
        for (subject, revision) in picture {
            if is_of_tracks(subject) && !self.tells_of_all(subject, |object| object.seen) {
                continue;
            }
            if !waiting.is_empty() && waiting.contains(&subject.number) {
                marks.entry(subject.number).or_insert(subject);
            }
            if view.now().seconds_since(subject.time) < -CLOCK_DOUBT_S {
                continue;
            }
            let settled = revision.map(|revision| (revision, self.standing));
            if settled.is_some()
                && let Some(object) = self.objects.get_mut(&subject.number)
                && object.settled == settled
            {
                object.seen = true;
                continue;
            }
            let (placed, apart) =
                buffers.get_or_insert_with(|| (view.place(subject), view.place(subject)));
            view.place_ahead(subject, placed);
            // With every delay passed: would it ever go out?
            if let Decision::Released(terms) = view.decide(placed, self.to) {
                view.grants_into(placed, self.to, &mut clauses);
                let wants = Wants { clauses: &clauses, terms, settled };
                self.capture(view, slot, (placed, apart), &wants, ready);
            }
        }
        for delayed in &mut self.delayed {
            if let Some(now) = marks.get(&delayed.of.number) {
                delayed.of.mark_as(now);
            }
        }
        self.let_go(slot);
    }

    /// What one object's articles let out of its state in this slot.
    fn capture<'a>(
        &mut self,
        view: &View<'_>,
        slot: Time,
        (placed, apart): (&Placed<'a>, &mut Placed<'a>),
        Wants { clauses, terms: all_due, settled }: &Wants<'_>,
        ready: &mut Vec<(Key, Draft)>,
    ) {
        let subject = placed.subject();
        let all_due = &of_alert(subject, *all_due);
        if all_due.fields.is_empty() {
            return;
        }
        let mut floor = all_due.reduction_floor();
        if is_of_tracks(subject) {
            // Not sooner, nor at finer times, than anything of the tracks themselves is told.
            for class in subject.tracks.iter().filter_map(|track| self.latest(*track)) {
                floor = (floor.0.max(class.0), floor.1.max(class.1));
            }
        }
        let (to, slot_s) = (self.to, self.cadence.slot_s);
        let policy = view.policy();
        let numbers = self.numbers_of(subject);
        let next_key = &mut self.next_key;
        let object = self.objects.entry(subject.number).or_insert_with(|| {
            *next_key += 1;
            let (classes, timers) = (Vec::new(), Vec::new());
            let (seen, plots_seen) = (false, None);
            Object { key: Key(*next_key), classes, timers, seen, plots_seen, settled: None }
        });
        if object.seen {
            // One own number twice in a picture: the first stands.
            return;
        }
        object.seen = true;
        object.settled = None;
        let whole =
            !subject.plots.is_empty() && plots::may_be_told(view, placed, apart, to).is_ok();
        let plots_now = whole.then(|| subject.plots_all());
        // What moved it before all of it could be told is not told afterwards.
        let plots_seen = std::mem::replace(&mut object.plots_seen, plots_now).filter(|_| whole);
        let class_of = |clause: ClauseIndex| {
            let reduction = policy.grant(clause).1;
            (reduction.delay_s.max(floor.0), reduction.time_s.max(floor.1))
        };
        let mut wanted: Vec<(f64, f64)> = Vec::with_capacity(1);
        for class in clauses.iter().map(|clause| class_of(*clause)) {
            if wanted.last() != Some(&class) {
                wanted.push(class);
            }
        }
        let alone = wanted.len() == 1;
        let every_slot = wanted.iter().all(|(_, time_s)| *time_s <= slot_s);
        object.classes.retain(|class| wanted.contains(&(class.delay_s, class.time_s)));
        for (delay_s, time_s) in wanted {
            if !is_sampled(slot, slot_s, time_s) {
                continue;
            }
            let timers = &object.timers;
            let is_due = |clause: ClauseIndex| {
                let interval_s = policy.grant(clause).1.interval_s;
                let article = policy.article_of(clause);
                let last = timers.iter().find(|(known, _)| *known == article);
                class_of(clause) == (delay_s, time_s)
                    && last.is_none_or(|(_, at)| slot.seconds_since(*at) >= interval_s - 1e-6)
            };
            // One class and no rate to keep: every clause is due, and that was decided already.
            let terms = if alone && timers.is_empty() {
                *all_due
            } else {
                let Decision::Released(terms) = view.decide_by(placed, to, is_due) else {
                    continue;
                };
                let terms = of_alert(subject, terms);
                if terms.fields.is_empty() {
                    continue;
                }
                terms
            };
            let class = class_named(&mut object.classes, delay_s, time_s);
            let mut draft = item::draft(policy, to, subject, &terms, &mut class.snapped);
            let tracks = item::tracks(subject, &terms).iter();
            draft.about(tracks.filter_map(|track| {
                numbers.iter().find(|(own, _)| own == track).map(|(_, number)| *number)
            }));
            let plots = match plots_seen {
                Some(seen) if (delay_s, time_s) == (0.0, 0.0) => {
                    plots::due(view, (placed, apart), to, seen)
                }
                _ => Vec::new(),
            };
            if class.last.as_ref() == Some(&draft) && plots.is_empty() {
                continue;
            }
            class.last = Some(draft.clone());
            let draft = draft.with_plots(plots);
            let has_rate = |clause: &ClauseIndex| policy.grant(*clause).1.interval_s > 0.0;
            let spent: Vec<ClauseIndex> =
                clauses.iter().copied().filter(|c| has_rate(c) && is_due(*c)).collect();
            for clause in spent {
                let article = policy.article_of(clause);
                object.timers.retain(|(known, _)| *known != article);
                object.timers.push((article, slot));
            }
            // By the instant at which the batch leaves, which is in the slot and seldom at its beginning.
            if view.now().seconds_since(subject.time) >= delay_s {
                ready.push((object.key, draft));
            } else if self.delayed.len() < DELAYED_MAX {
                let due = subject.time.plus_seconds(delay_s);
                let of = Box::new(Subject { plots: Arc::default(), ..subject.clone() });
                let about = numbers.clone();
                self.delayed.push_back(Delayed { due, key: object.key, draft, of, about });
            } else {
                self.shed += 1;
            }
        }
        // Neither a rate nor a step of time holds anything back, and what it is about (the numbers of
        // an incident's tracks) is its own.
        let all_told = alone && every_slot && object.timers.is_empty();
        if all_told && subject.tracks.is_empty() && subject.without.is_empty() {
            object.settled = *settled;
        }
    }

    /// The tracks that an incident is about, in any of its versions, and the numbers under which
    /// the partner was told them in earlier slots: what follows from what it was told tells it
    /// nothing else.
    fn numbers_of(&self, subject: &Subject) -> Vec<(OwnNumber, PartnerNumber)> {
        let versions = std::iter::once(subject).chain(&subject.without);
        let tracks = versions.flat_map(|version| &version.tracks);
        let told = |own: &OwnNumber| {
            let number = self.numbers.get(&self.objects.get(own)?.key)?;
            Some((*own, *number))
        };
        tracks.filter_map(told).collect()
    }

    /// Whether this partner is told each track that an alert is about, and was in an earlier slot: one
    /// that is about another too would tell that there is another.
    fn tells_of_all(&self, subject: &Subject, stands: impl Fn(&Object) -> bool) -> bool {
        let versions = std::iter::once(subject).chain(&subject.without);
        versions.flat_map(|version| &version.tracks).all(|track| {
            let object = self.objects.get(track).filter(|object| stands(object));
            object.is_some_and(|object| self.numbers.contains_key(&object.key))
        })
    }

    /// The longest delay and the coarsest step of time that anything of a track is told with: what an
    /// alert says may follow from any of it.
    fn latest(&self, track: OwnNumber) -> Option<(f64, f64)> {
        let classes = self.objects.get(&track)?.classes.iter();
        let each = classes.map(|class| (class.delay_s, class.time_s));
        each.reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)))
    }

    /// Objects that nothing lets out any more leave, as late as they were shown late.
    fn let_go(&mut self, slot: Time) {
        let mut gone = Vec::new();
        self.objects.retain(|_, object| {
            let stays = std::mem::take(&mut object.seen);
            if !stays {
                let least = |of: fn(&Class) -> f64| {
                    object.classes.iter().map(of).fold(f64::INFINITY, f64::min)
                };
                let delay_s = least(|class| class.delay_s);
                let time_s = least(|class| class.time_s);
                let (delay_s, time_s) =
                    if delay_s.is_finite() { (delay_s, time_s) } else { (0.0, 0.0) };
                gone.push(Leaving { due: slot.plus_seconds(delay_s), time_s, key: object.key });
            }
            stays
        });
        self.leaving.extend(gone);
    }

    /// What has waited long enough, and is still let out as the object is known now.
    fn release_delayed(&mut self, view: &View<'_>, ready: &mut Vec<(Key, Draft)>) {
        let waiting = std::mem::take(&mut self.delayed);
        for delayed in waiting {
            if delayed.due > view.now() {
                self.delayed.push_back(delayed);
                continue;
            }
            // A track that has gone and come back is another to the partner, and was told as that.
            if is_of_tracks(&delayed.of)
                && (!self.tells_of_all(&delayed.of, |_| true)
                    || self.numbers_of(&delayed.of) != delayed.about)
            {
                continue;
            }
            let placed = view.place(&delayed.of);
            if let Some(draft) = judged_anew(view, &placed, self.to, delayed.draft) {
                ready.push((delayed.key, draft));
            }
        }
    }

    /// What waits under an article that stands no longer is dropped: it does not come when the article
    /// stands again.
    fn drop_stopped(&mut self, view: &View<'_>) {
        for mut delayed in std::mem::take(&mut self.delayed) {
            let mut placed = view.place(&delayed.of);
            view.place_ahead(&delayed.of, &mut placed);
            if let Some(draft) = judged_anew(view, &placed, self.to, delayed.draft) {
                delayed.draft = draft;
                self.delayed.push_back(delayed);
            }
        }
    }

    fn batch(
        &mut self,
        policy: &Policy,
        slot: Time,
        now: Time,
        ready: Vec<(Key, Draft)>,
    ) -> Released<Batch> {
        for (key, _) in &ready {
            self.untold.remove(key);
        }
        // New objects are numbered in the order of what is told of them.
        let mut new: Vec<&(Key, Draft)> =
            ready.iter().filter(|(key, _)| !self.numbers.contains_key(key)).collect();
        new.sort_by_cached_key(|(key, draft)| (draft.time(), draft.bytes(), *key));
        for (key, _) in new {
            let next_number = &mut self.next_number;
            self.numbers.entry(*key).or_insert_with(|| {
                let number = PartnerNumber(*next_number);
                // 136 years at one a second.
                *next_number = next_number.wrapping_add(1);
                number
            });
        }
        let mut items: Vec<Item> =
            ready.into_iter().map(|(key, draft)| draft.into_item(self.numbers[&key])).collect();
        items.sort_by_cached_key(|item| (item.number, item.time));
        let ended = self.take_ended(slot);
        self.sequence += 1;
        let articles = batch::articles(&items);
        let batch = Batch {
            from: policy.own(),
            to: self.to,
            epoch: self.epoch,
            sequence: self.sequence,
            part: 0,
            slot,
            items,
            ended,
        };
        Released::new(batch, self.to, articles, now)
    }

    fn take_ended(&mut self, slot: Time) -> Vec<PartnerNumber> {
        let (slot_s, delayed) = (self.cadence.slot_s, &self.delayed);
        let (numbers, untold) = (&mut self.numbers, &mut self.untold);
        let mut ended = Vec::new();
        self.leaving.retain(|leaving| {
            let waits = delayed.iter().any(|delayed| delayed.key == leaving.key);
            let due = leaving.due <= slot && is_sampled(slot, slot_s, leaving.time_s) && !waits;
            if due {
                // What was never sent ends in silence.
                let number = numbers.remove(&leaving.key);
                ended.extend(number.filter(|_| !untold.remove(&leaving.key)));
            }
            !due
        });
        ended.sort_unstable();
        ended
    }

    fn slot_ns(&self) -> i64 {
        ((self.cadence.slot_s * 1e9).round() as i64).max(1)
    }
}

/// What of a draft may still go to `to`, by the articles that let it out and stand now.
fn judged_anew(view: &View<'_>, placed: &Placed<'_>, to: PartyId, draft: Draft) -> Option<Draft> {
    let articles = draft.articles.clone();
    let same = |clause| articles.contains(&view.policy().article_of(clause));
    match view.decide_by(placed, to, same) {
        Decision::Released(terms) => draft.kept(view.policy(), &terms),
        Decision::Withheld { .. } => None,
    }
}

/// Whether it is an alert about tracks, which tells where and how they are by them alone.
fn is_of_tracks(subject: &Subject) -> bool {
    subject.object == ObjectKind::Alert && !subject.tracks.is_empty()
}

/// The terms of a release; of an alert about tracks no others than what it is and says.
fn of_alert(subject: &Subject, terms: Terms) -> Terms {
    const OWN: FieldSet = FieldSet::EMPTY.with(Field::Alerts).with(Field::Content);
    if is_of_tracks(subject) { terms.only(OWN) } else { terms }
}

/// Whether a multiple of the step of time falls into the slot: a time that is told in steps is told
/// at the steps alone, or the moment of telling would tell it.
fn is_sampled(slot: Time, slot_s: f64, time_s: f64) -> bool {
    let step = |time: Time| (time.unix_seconds() / time_s).floor();
    time_s <= slot_s || step(slot) > step(slot.plus_seconds(-slot_s))
}

fn class_named(classes: &mut Vec<Class>, delay_s: f64, time_s: f64) -> &mut Class {
    let known = classes.iter().position(|c| c.delay_s == delay_s && c.time_s == time_s);
    let index = known.unwrap_or_else(|| {
        classes.push(Class { delay_s, time_s, snapped: Snapped::default(), last: None });
        classes.len() - 1
    });
    &mut classes[index]
}
