//! The pure heart of a node: an event and the time in, outputs out.
//!
//! [`Engine::handle`] reads no clock, socket or file and starts no thread: a recording of its
//! events handled again gives the same outputs to the byte. Read [`Engine::handle`], then
//! `feed.rs` (bytes to plots) and `publish.rs` (picture to wire).

mod airspace_times;
mod alerts;
mod consumers;
mod feed;
mod identity;
mod incidents;
mod intent;
mod levels;
mod multilateration;
mod partners;
mod plan_row;
mod plan_stream;
mod plans_kept;
mod publish;
mod receiver_clock;
mod remote_id;
mod seen;
mod sensors;
mod station;
mod told;

pub(crate) use alerts::rule_name;
pub use alerts::{AlertSetup, RuleGroup};
pub use feed::FeedSetup;
pub use intent::{IntentSetup, PlanMessage};
pub use partners::Responsibility;
pub use sensors::HealthLimits;

use crate::config::TextInForce;
use crate::event::{
    Book as BookKept, ConsoleId, DeliveryKind, Event, FeedIndex, Handle, Outbox, Shelf, Withdrawal,
};
use crate::metrics::{FeedMetrics, Metrics};
use crate::wire::{self, ClientMessage, ServerMessage};
use ::alert::incident::IncidentId;
use ::intent::airspace::Airspaces;
use ::remote_id::Book;
use accord::{Cadence, Holdings, PartyId, Policy, Subject};
use airspace_times::AirspaceTimes;
use alerts::{Alerts, Look};
use consumers::Consumers;
use feed::{Arrived, Feed};
use identity::{Behaviours, Identities, KeptRow};
use intent::Intent;
use levels::Levels;
use multilateration::Multilateration;
use partners::{Behind, Holds, Partners};
use picture::identity::{self as who, Evidence};
use picture::{IdentityRules, Picture};
use publish::Body;
use remote_id::RemoteIds;
use seen::Seen;
use sensors::{About, FeedState, Holders, SensorBook};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use surveillance::{
    EndReason, Measurement, Phase, Plot, Sensor, SensorId, Time, Track, TrackNumber,
};
use told::Told;
use tracker::{Numbers, TrackEvent, Tracker, TrackerConfig};

/// A time stamp may be this long before its receipt, seconds: more than any link delays. Beyond it
/// the sensor's clock is not to be believed and the receipt stands in.
const TIME_LATE_MAX_S: f64 = 30.0;
/// The same for a time after its receipt: two clocks that are both kept differ by less, and the
/// tracker takes no plot from further ahead.
const TIME_AHEAD_MAX_S: f64 = 5.0;

/// Seconds between two tellings of a sensor's measured coverage: it changes slowly.
const COVER_EVERY_S: i64 = 10;

/// What an engine is told once, at the start.
#[derive(Debug, Clone)]
pub struct EngineSetup {
    /// Name of the node.
    pub node: String,
    /// The party that runs it.
    pub party: String,
    /// Whether the picture is of now.
    pub source: wire::SourceKind,
    /// A line to show wherever the picture is not the real, present air.
    pub notice: Option<String>,
    /// Where the map opens.
    pub view: Option<wire::View>,
    /// When the node started.
    pub started: Time,
    /// Feeds, in configured order: [`FeedIndex`] counts into this.
    pub feeds: Vec<FeedSetup>,
    /// Sensors known from the configuration.
    pub sensors: Vec<Sensor>,
    /// The tracker's thresholds.
    pub tracker: TrackerConfig,
    /// The machine's rules of identity.
    pub identity: IdentityRules,
    /// What may go to whom.
    pub policy: Policy,
    /// Parties that this node exchanges with.
    pub partners: Vec<PartyId>,
}

/// The pure heart of a node.
pub struct Engine {
    hello: wire::Hello,
    feeds: Vec<Feed>,
    feed_states: Vec<FeedState>,
    sensors: SensorBook,
    /// Where each sensor has seen tracks.
    seen: Seen,
    /// By track: the row of the only sensor that holds it, as consoles were told last.
    only: BTreeMap<TrackNumber, u16>,
    remote_ids: RemoteIds,
    multilateration: Multilateration,
    tracker: Tracker,
    picture: Picture,
    identities: Identities,
    behaviours: Behaviours,
    partners: Partners,
    /// The plots behind our own tracks, where an article lets them out.
    behind: Behind,
    incidents: incidents::Desk,
    intent: Intent,
    levels: Levels,
    /// Rules and what they found; `None` where the node has none.
    alerts: Option<Alerts>,
    consumers: Consumers,
    airspace_times: AirspaceTimes,
    /// Which articles on areas held when consoles were last told of areas.
    holds: Holds,
    /// What stood before a restart and could not be read: kept as it is.
    standing_unread: Option<String>,
    /// What stands, as text, while nothing has changed it.
    standing: Option<String>,
    /// What may be released, as of the picture last made, in order of number.
    subjects: Holdings,
    /// Who told what of the tracks that consoles have selected.
    told: Told,
    consoles: BTreeMap<ConsoleId, Console>,
    seq: u32,
    shed: wire::Shed,
    newest_plot: Option<Time>,
    /// What consoles were last told of requests and of back-up.
    shown: (wire::Requests, wire::BackUps),
    /// When the picture was last made: the instant that its positions are for.
    published: Option<Time>,
    /// When it started.
    started: Time,
    /// What stood of alerts, where no rule is on and none of them are held.
    alerts_stood: alerts::Standing,
    /// Scratch, kept to be filled again.
    plots: Vec<Plot>,
    track_events: Vec<TrackEvent>,
}

#[derive(Debug, Default)]
struct Console {
    selected: Option<TrackNumber>,
    /// The partner whose view it shows in place of our own picture.
    seen_as: Option<PartyId>,
    /// Whether our own picture comes beside that, and what of it the partner is not told.
    beside: bool,
    /// The row from which on it lists alerts.
    alerts_from: u32,
    /// The incident that it looks at.
    incident: Option<IncidentId>,
    /// The sensor whose measured coverage it shows.
    sensor: Option<SensorId>,
    /// Messages it missed since it connected.
    shed: u64,
}

impl Console {
    /// Whether it is sent our own picture.
    fn shows_own(&self) -> bool {
        self.seen_as.is_none() || self.beside
    }
}

impl Engine {
    /// An engine that has seen nothing.
    pub fn new(setup: EngineSetup) -> Self {
        let mut sensors = SensorBook::default();
        let mut tracker = Tracker::new(setup.tracker.clone());
        if setup.policy.tells_plots() && !setup.partners.is_empty() {
            tracker.keep_placed();
        }
        for (index, feed) in setup.feeds.iter().enumerate() {
            feed.introduce(index, &mut sensors);
        }
        for sensor in setup.sensors {
            sensors.add_sensor(sensor, usize::MAX);
        }
        let remote_ids = RemoteIds::new(Default::default(), sensors.sensors());
        for sensor in sensors.sensors() {
            tracker.set_sensor(sensor.clone());
        }
        let not_yet = |feed: &FeedSetup| FeedState {
            name: feed.name.clone(),
            lost: Some("not connected yet".to_owned()),
        };
        Self {
            hello: wire::Hello {
                protocol: wire::PROTOCOL,
                software: env!("CARGO_PKG_VERSION").to_owned(),
                node: setup.node,
                party: setup.party,
                source: setup.source,
                notice: setup.notice,
                started_ms: setup.started.unix_millis() as f64,
                view: setup.view,
            },
            feed_states: setup.feeds.iter().map(not_yet).collect(),
            feeds: setup.feeds.into_iter().map(Feed::new).collect(),
            sensors,
            seen: Seen::default(),
            only: BTreeMap::new(),
            remote_ids,
            multilateration: Multilateration::default(),
            tracker,
            picture: Picture::new(setup.identity),
            identities: Identities::default(),
            behaviours: Behaviours::default(),
            incidents: incidents::Desk::new(setup.policy.own()),
            partners: Partners::new(setup.policy, &setup.partners, setup.tracker),
            behind: Behind::default(),
            intent: Intent::new(IntentSetup::default()),
            levels: Levels::default(),
            alerts: None,
            consumers: Consumers::default(),
            airspace_times: AirspaceTimes::default(),
            holds: Holds::default(),
            standing_unread: None,
            standing: None,
            subjects: Holdings::default(),
            told: Told::default(),
            consoles: BTreeMap::new(),
            seq: 0,
            shed: wire::Shed::default(),
            newest_plot: None,
            shown: Default::default(),
            published: None,
            started: setup.started,
            alerts_stood: Default::default(),
            plots: Vec::new(),
            track_events: Vec::new(),
        }
    }

    /// The same with areas of responsibility, by which each target has an owner.
    #[must_use]
    pub fn with_areas(mut self, areas: Vec<Responsibility>) -> Self {
        self.partners.set_areas(areas);
        self
    }

    /// The same with multilateration systems: each one's own sensor, and the feeds that are its
    /// receivers, in the order of the sensor's own list. Before anything is handled.
    #[must_use]
    pub fn with_multilateration(
        mut self,
        systems: impl IntoIterator<Item = (SensorId, Vec<u16>)>,
    ) -> Self {
        self.multilateration = Multilateration::new(systems);
        self
    }

    /// The same with the texts of accords by which this party goes.
    #[must_use]
    pub fn with_texts(mut self, texts: Vec<TextInForce>) -> Self {
        self.partners.set_texts(texts);
        self
    }

    /// The same where people prove who they are: it takes two of them to resume an accord.
    #[must_use]
    pub fn with_people(mut self) -> Self {
        self.partners.set_resume_takes_two();
        self
    }

    /// The same with rules that look at the picture. Before anything is handled.
    #[must_use]
    pub fn with_alerts(mut self, setup: AlertSetup) -> Self {
        self.sensors.set_limits(setup.health);
        self.intent.adherence = setup.keeping.clone();
        self.remote_ids = RemoteIds::new(setup.remote_id, self.sensors.sensors());
        self.intent.set_areas(&setup.area);
        let mut alerts = Alerts::new(setup, &self.intent, self.started);
        self.sensors.sensors().for_each(|sensor| alerts.set_sensor(sensor));
        self.alerts = Some(alerts);
        self
    }

    /// The same with what is meant to happen. Before rules are given and anything is handled.
    #[must_use]
    pub fn with_intent(mut self, setup: IntentSetup) -> Self {
        self.intent = Intent::new(setup);
        self
    }

    /// The same with consumers of these parties, in any order and also more than once.
    #[must_use]
    pub fn with_consumers(mut self, parties: impl IntoIterator<Item = PartyId>) -> Self {
        self.consumers = Consumers::new(parties);
        self
    }

    /// Tells partners at this cadence instead of the default one. Before anything is handled.
    #[must_use]
    pub fn with_cadence(mut self, cadence: Cadence) -> Self {
        self.partners.set_cadence(cadence);
        self
    }

    /// What may be released, as of the picture last made and its instant; `None` before the first.
    pub fn subjects(&self) -> Option<(Time, &[Subject])> {
        self.published.map(|at| (at, self.subjects.subjects()))
    }

    /// What may go to whom, as people and time have left it.
    pub fn policy(&self) -> &Policy {
        self.partners.policy()
    }

    /// The picture as it was last made, in order of number.
    pub fn entries(&self) -> impl Iterator<Item = &picture::Entry> {
        self.picture.entries()
    }

    /// Those of these alerts that are known, as a console shows them.
    pub fn alert_rows(&self, ids: &[::alert::AlertId]) -> Vec<wire::AlertRow> {
        self.alerts.as_ref().map_or_else(Vec::new, |alerts| alerts.rows(ids, &self.sensors))
    }

    /// What was heard of unmanned aircraft by Remote ID.
    pub fn remote_ids(&self) -> &Book {
        self.remote_ids.book()
    }

    fn receive(&mut self, feed: FeedIndex, bytes: &[u8], is_datagram: bool, now: Time) {
        let index = usize::from(feed.0);
        let Some(feed) = self.feeds.get_mut(index) else { return };
        self.plots.clear();
        let arrived = Arrived { bytes, is_datagram, now };
        feed.decode(index, arrived, &mut self.sensors, &mut self.remote_ids, &mut self.plots);
        self.multilateration.hear(index, feed.take_timed(), now);
        self.multilateration.locate(now, &mut self.sensors, &mut self.plots);
        for sensor in feed.take_learned() {
            if let Some(alerts) = &mut self.alerts {
                alerts.set_sensor(&sensor);
            }
            self.seen.forget(sensor.id);
            self.tracker.set_sensor(sensor);
        }
        for (address, said) in feed.take_levels() {
            self.levels.hear(address, said, now);
        }
        self.hear_plans(index, now);
        self.believe(now);
    }

    /// Gives rules and tracker the plots that have come.
    fn believe(&mut self, now: Time) {
        if let Some(alerts) = &mut self.alerts {
            let by_arrivals =
                |plot: &Plot| matches!(plot.measurement, Some(Measurement::Arrivals(_)));
            if self.plots.iter().any(by_arrivals) {
                // Rules know positions alone.
                let located = |plot: &Plot| self.tracker.located(plot).unwrap_or(*plot);
                alerts.observe(&self.plots.iter().map(located).collect::<Vec<_>>());
            } else {
                alerts.observe(&self.plots);
            }
        }
        // A clock ahead of ours must not hide that the others are silent.
        let newest = self.plots.iter().map(|plot| plot.time.min(now)).max();
        self.newest_plot = self.newest_plot.max(newest);
        self.told.hear(&self.plots);
        self.tracker.observe(&self.plots, &mut self.track_events);
        self.take_out_ended();
    }

    /// Messages about flight plans that a feed has made whole.
    fn hear_plans(&mut self, feed: usize, now: Time) {
        let source = self.feeds[feed].source(feed);
        for message in self.feeds[feed].take_messages() {
            if let Some(refused) = self.intent.hear(&message, now)
                && let Some(health) = self.sensors.health_mut(source)
            {
                health.tell(&refused, now);
            }
        }
    }

    fn take_out_ended(&mut self) {
        let mut events = std::mem::take(&mut self.track_events);
        for event in events.drain(..) {
            if let TrackEvent::Ended { number, reason, .. } = event {
                self.end_in_picture(number, reason);
                self.partners.end_own(number);
            }
        }
        self.track_events = events;
    }

    fn end_in_picture(&mut self, number: TrackNumber, reason: EndReason) {
        if let (Some(alerts), Some(entry)) = (&mut self.alerts, self.picture.get(number)) {
            alerts.end(entry, reason);
        }
        self.intent.end(number);
        self.behaviours.end(number);
        self.picture.end(number, reason);
    }

    /// Brings the picture up to `now`: our own tracks and, beside them, what partners tell.
    fn make_picture(&mut self, now: Time) {
        if self.partners.is_empty() && self.consumers.is_empty() {
            for track in self.tracker.tracks() {
                self.picture.update(track.at(Some(now)), None, &[], now);
            }
            return;
        }
        let mut ours: Vec<Track> = self.tracker.tracks().map(|t| t.at(Some(now))).collect();
        ours.sort_unstable_by_key(|track| track.number);
        self.behind.take(self.tracker.take_placed(), &ours);
        let estimator = |number| self.tracker.estimator(number);
        let (seen, left) = self.partners.join(&ours, (&self.behind, &estimator), now);
        for (number, successor) in left {
            let reason = successor.map_or(EndReason::Lost, EndReason::Superseded);
            self.end_in_picture(number, reason);
        }
        for one in &seen {
            self.picture.update(one.track.clone(), one.teller, &one.words, now);
        }
        for (number, owner) in self.partners.own(&seen, now) {
            self.picture.set_owner(number, owner);
        }
        let mut subjects = Vec::with_capacity(ours.len());
        for track in &ours {
            // What a partner told of it stays out: the tracker's own belief alone is ours to give.
            if let Some(entry) = self.picture.get(track.number) {
                // Rules look at what partners told too: only what rests on our own belief is told.
                let about = self.alerts.as_ref().filter(|_| entry.words.is_empty());
                let about = about.map(|alerts| alerts.about(track.number));
                let (alerts, alert_state) = about.unwrap_or_default();
                let subject = partners::own_subject(entry, track, &self.behind);
                subjects.push(Subject { alerts, alert_state, ..subject });
            }
        }
        subjects.extend(self.partners.subjects(now));
        self.subjects.update(subjects);
    }

    /// What plans, permissions and measurements say of who each of our own tracks is.
    fn tell_evidence(&mut self, now: Time) {
        let evidence: Vec<(TrackNumber, Evidence)> = self
            .picture
            .entries()
            .filter(|entry| entry.teller.is_none())
            .map(|entry| {
                let address = entry.track.codes.address;
                let claim = self.alerts.as_ref().zip(address);
                let claim = claim.and_then(|(alerts, address)| alerts.claimed(address, now));
                let behaviour = self.behaviours.look(&entry.track, now);
                let heights = self.alerts.as_ref().map_or_else(
                    || alerts::told_heights(&entry.track),
                    |alerts| alerts.heights(&entry.track, now),
                );
                let rules = self.picture.rules();
                let known = self.intent.evidence(&entry.track, &heights, rules, now);
                // Whoever is where it needs leave, and has none, has an alert for it: leave for
                // another place does not speak for it there.
                let trespasses = |alerts: &Alerts| alerts.trespasses(entry.track.number);
                let missing = self.alerts.as_ref().is_some_and(trespasses);
                let missing = missing.then_some(who::Standing::Missing);
                let permission = missing.or(known.permission);
                (entry.track.number, Evidence { claim, behaviour, permission, ..known })
            })
            .collect();
        for (number, evidence) in evidence {
            self.picture.set_evidence(number, &evidence, now);
        }
    }

    /// Once a second: the picture as of `now` to every console.
    fn publish(&mut self, now: Time, outbox: &mut Outbox) {
        self.make_picture(now);
        self.take_early();
        self.intent.correlate(&self.picture, now);
        self.tell_evidence(now);
        self.levels.forget(now);
        self.seen.look(self.picture.entries(), &self.sensors, now);
        if let Some(alerts) = &mut self.alerts {
            let look = Look {
                picture: &self.picture,
                intent: &self.intent,
                levels: &self.levels,
                sensors: &mut self.sensors,
                feeds: &self.feed_states,
                biases: &self.tracker.registration(),
                heard: &mut self.remote_ids,
            };
            alerts.evaluate(look, now);
            outbox.said.alerts.extend(alerts.take_over(&self.sensors));
        }
        self.release(now, outbox);
        self.tell_identities(now, outbox);
        let mut delta = self.picture.take_delta();
        let holders = self.sensors.holders(now);
        let only = publish::only_sensors(&self.picture, &holders);
        // By time alone too another sensor no longer holds a track.
        let changed = |number: &TrackNumber| only.get(number) != self.only.get(number);
        let moved: BTreeSet<TrackNumber> = delta.moved.iter().copied().collect();
        let of_both = only.keys().chain(self.only.keys()).copied();
        let else_held: BTreeSet<_> =
            of_both.filter(|number| !moved.contains(number) && changed(number)).collect();
        delta.moved.extend(else_held);
        self.only = only;
        self.seq = self.seq.wrapping_add(1);
        self.shed.tracks = self.tracker.counters().shed;
        if self.consoles.is_empty() {
            self.told.keep(|_| false);
            return;
        }
        let own_view =
            |(&console, state): (&ConsoleId, &Console)| state.shows_own().then_some(console);
        let (picture, partners) = (&self.picture, &self.partners);
        let body = publish::changes(picture, &delta, now, partners, &self.remote_ids, &holders);
        let message = self.picture_message(body, false, now);
        let to = self.consoles.iter().filter_map(own_view).collect();
        send(outbox, to, DeliveryKind::Change, &message);
        self.send_views(now, outbox);
        if !self.partners.is_empty() {
            let partners =
                ServerMessage::Partners(self.partners.rows(self.subjects.subjects(), now));
            send(outbox, self.everyone(), DeliveryKind::Latest, &partners);
            let pairs = ServerMessage::Pairs(self.partners.pairs(now));
            send(outbox, self.everyone(), DeliveryKind::Latest, &pairs);
        }
        let sensors = self.sensors_message(&holders, now);
        send(outbox, self.everyone(), DeliveryKind::Latest, &sensors);
        if now.unix_millis().div_euclid(1000).rem_euclid(COVER_EVERY_S) == 0 {
            let looking: Vec<ConsoleId> = self.consoles.keys().copied().collect();
            looking.into_iter().for_each(|console| self.send_cover(console, now, outbox));
        }
        self.send_alerts(None, now, outbox);
        self.send_each_selected(now, outbox);
        self.send_areas(now, outbox);
    }

    /// What each party is due at `now`, to its node and to its consumers here.
    fn release(&mut self, now: Time, outbox: &mut Outbox) {
        let told = incidents::Told { partners: &self.partners, subjects: self.subjects.subjects() };
        let incidents = self.incidents.subjects(&told, now);
        let told = !self.partners.is_empty() || !self.consumers.is_empty();
        let alerts = self.alerts.as_ref().filter(|_| told);
        let alerts: Vec<Subject> = alerts.into_iter().flat_map(|one| one.subjects(now)).collect();
        let released = self.partners.release(&self.subjects, (&alerts, &incidents), now);
        let news = self.consumers.release(self.partners.policy(), &released, now);
        outbox.consumers.extend(news);
        outbox.released.extend(released);
    }

    /// To each console that shows a partner's view: that view, whole, as the partner has it.
    fn send_views(&self, now: Time, outbox: &mut Outbox) {
        for partner in self.partners.iter() {
            let shows = self.consoles.iter();
            let shows = shows.filter(|(_, state)| state.seen_as == Some(partner.party));
            let (beside, alone): (Vec<_>, Vec<_>) = shows.partition(|(_, state)| state.beside);
            if beside.is_empty() && alone.is_empty() {
                continue;
            }
            let ids =
                |all: Vec<(&ConsoleId, &Console)>| all.into_iter().map(|(id, _)| *id).collect();
            let (beside, alone): (Vec<ConsoleId>, Vec<ConsoleId>) = (ids(beside), ids(alone));
            let body = publish::view(&partner.sent, now);
            let mut picture = self.picture_body(body, true, now);
            picture.seen_as = Some(partner.party.to_string());
            picture.tracks_total = partner.sent.len() as u32;
            let picture = ServerMessage::Picture(picture);
            if !alone.is_empty() {
                send(outbox, alone, DeliveryKind::Snapshot, &picture);
            }
            if !beside.is_empty() {
                // It must not take the place of the changes of our own picture that wait.
                send(outbox, beside.clone(), DeliveryKind::Latest, &picture);
                let is_shown = |number| self.picture.get(number).is_some();
                let of = (self.subjects.subjects(), is_shown);
                let held = ServerMessage::HeldBack(self.partners.held_back(partner, of, now));
                send(outbox, beside, DeliveryKind::Latest, &held);
            }
        }
    }

    /// To each console, or to one: the part of the alerts that it looks at.
    fn send_alerts(&self, to: Option<ConsoleId>, now: Time, outbox: &mut Outbox) {
        let Some(alerts) = &self.alerts else { return };
        let mut lists: BTreeMap<u32, Vec<ConsoleId>> = BTreeMap::new();
        for (&console, state) in &self.consoles {
            if to.is_none_or(|to| to == console) {
                lists.entry(state.alerts_from).or_default().push(console);
            }
        }
        for (from, to) in lists {
            let (of_partners, of_partners_more) = alerts::of_partners(&self.partners, now);
            let own = alerts.list(&self.intent, from, &self.sensors, now);
            let message =
                ServerMessage::Alerts(wire::Alerts { of_partners, of_partners_more, ..own });
            send(outbox, to, DeliveryKind::Latest, &message);
        }
    }

    /// To everybody: areas and when airspaces are active, where that has changed.
    fn send_areas(&mut self, now: Time, outbox: &mut Outbox) {
        let holds = self.partners.holds(now);
        if holds != self.holds {
            let areas = ServerMessage::Areas(self.partners.areas(&holds, now));
            send(outbox, self.everyone(), DeliveryKind::Latest, &areas);
            self.holds = holds;
        }
        if self.airspace_times.look(&self.intent.airspaces, now) {
            let times = ServerMessage::AirspaceTimes(self.airspace_times.message());
            send(outbox, self.everyone(), DeliveryKind::Latest, &times);
        }
    }

    /// All of that to one console.
    fn send_areas_to(&mut self, console: ConsoleId, now: Time, outbox: &mut Outbox) {
        self.send_areas(now, outbox);
        let areas = ServerMessage::Areas(self.partners.areas(&self.holds, now));
        send(outbox, vec![console], DeliveryKind::Latest, &areas);
        let times = ServerMessage::AirspaceTimes(self.airspace_times.message());
        send(outbox, vec![console], DeliveryKind::Latest, &times);
    }

    fn everyone(&self) -> Vec<ConsoleId> {
        self.consoles.keys().copied().collect()
    }

    fn sensors_message(&mut self, holders: &Holders, now: Time) -> ServerMessage {
        let detection = |id| self.alerts.as_ref().and_then(|alerts| alerts.detection(id));
        let mut alone = Vec::new();
        for row in publish::only_sensors(&self.picture, holders).into_values().map(usize::from) {
            alone.resize(alone.len().max(row + 1), 0);
            alone[row] += 1;
        }
        let about = About {
            detection: &detection,
            plots: &|id| self.tracker.plots_of(id),
            biases: &self.tracker.registration(),
            limits: self.alerts.as_ref().and_then(Alerts::sensor_limits),
            alone: &alone,
        };
        let rows = self.sensors.rows(&self.feed_states, &about, now);
        ServerMessage::Sensors(wire::Sensors { time_ms: now.unix_millis() as f64, rows })
    }

    /// To one console: where the sensor that it looks at has seen.
    fn send_cover(&self, console: ConsoleId, now: Time, outbox: &mut Outbox) {
        let shown = self.consoles.get(&console).and_then(|state| state.sensor);
        if let Some(sensor) = shown.and_then(|id| self.sensors.sensor(id)) {
            let cover = ServerMessage::SensorCover(self.seen.cover(sensor, now));
            send(outbox, vec![console], DeliveryKind::Latest, &cover);
        }
    }

    fn picture_message(&self, body: Body, full: bool, now: Time) -> ServerMessage {
        ServerMessage::Picture(self.picture_body(body, full, now))
    }

    fn picture_body(&self, body: Body, full: bool, now: Time) -> wire::Picture {
        wire::Picture {
            seq: self.seq,
            time_ms: now.unix_millis() as f64,
            data_age_s: self.newest_plot.map(|newest| now.seconds_since(newest).max(0.0)),
            full,
            seen_as: None,
            states: body.states,
            descriptions: body.descriptions,
            ended: body.ended,
            tracks_total: self.picture.len() as u32,
            shed: self.shed,
        }
    }

    fn send_full(&self, console: ConsoleId, now: Time, outbox: &mut Outbox) {
        let as_of = self.published.unwrap_or(now);
        let holders = self.sensors.holders(as_of);
        let (picture, partners) = (&self.picture, &self.partners);
        let body = publish::full(picture, as_of, partners, &self.remote_ids, &holders);
        let message = self.picture_message(body, true, as_of);
        send(outbox, vec![console], DeliveryKind::Snapshot, &message);
    }

    /// The whole picture, which takes the place of all that waits for the console; so the rest of what
    /// is told only when it changes follows.
    fn send_all(&mut self, console: ConsoleId, now: Time, outbox: &mut Outbox) {
        self.send_full(console, now, outbox);
        self.send_correspondence(console, now, outbox);
        self.send_incidents(Some(console), now, outbox);
        self.send_identity_desk(console, now, outbox);
        self.send_areas_to(console, now, outbox);
    }

    /// To each console the track that it has selected.
    fn send_each_selected(&mut self, now: Time, outbox: &mut Outbox) {
        let selected = |(console, state): (&ConsoleId, &Console)| Some((*console, state.selected?));
        let selected: Vec<_> = self.consoles.iter().filter_map(selected).collect();
        self.told.keep(|number| selected.iter().any(|(_, of)| *of == number));
        for (console, number) in selected {
            self.send_selected(console, number, now, outbox);
        }
    }

    fn send_selected(
        &mut self,
        console: ConsoleId,
        number: TrackNumber,
        now: Time,
        outbox: &mut Outbox,
    ) {
        if let Some(entry) = self.picture.get(number) {
            let name = |c: &surveillance::Contributor| {
                self.sensors.name(c.sensor).unwrap_or_default().to_owned()
            };
            let as_of = self.published.unwrap_or(now);
            let selected = wire::Selected {
                told: told::of(&mut self.told, entry, (&self.sensors, &self.partners), as_of),
                remote_id: self.remote_ids.told(entry.track.codes.address, as_of).map(Box::new),
                who: Some(self.track_identity(entry, now)),
                pairs: self.partners.pairs_of(number),
                plan: self
                    .intent
                    .plan_row(&entry.track, self.levels.cleared(&entry.track, as_of))
                    .map(Box::new),
                ..publish::selected(&entry.track, as_of, name)
            };
            send(outbox, vec![console], DeliveryKind::Latest, &ServerMessage::Selected(selected));
        }
    }

    fn welcome(&mut self, console: ConsoleId, now: Time, outbox: &mut Outbox) {
        self.consoles.insert(console, Console::default());
        let hello = ServerMessage::Hello(self.hello.clone());
        send(outbox, vec![console], DeliveryKind::Once, &hello);
        self.send_full(console, now, outbox);
        let sensors = self.sensors_message(&self.sensors.holders(now), now);
        send(outbox, vec![console], DeliveryKind::Latest, &sensors);
        self.send_alerts(Some(console), now, outbox);
        self.send_correspondence(console, now, outbox);
        self.send_incidents(Some(console), now, outbox);
        self.send_identity_desk(console, now, outbox);
        self.send_areas_to(console, now, outbox);
    }

    fn set_feed(&mut self, feed: FeedIndex, lost: Option<&String>, now: Time) {
        let index = usize::from(feed.0);
        let (Some(feed), Some(state)) =
            (self.feeds.get_mut(index), self.feed_states.get_mut(index))
        else {
            return;
        };
        state.lost = lost.cloned();
        // What follows continues nothing that came before; half a frame is a defect.
        feed.begin_stream(index, now, &mut self.sensors);
        self.hear_plans(index, now);
    }

    fn feed_metrics(&self, index: usize) -> FeedMetrics {
        let feed = &self.feeds[index];
        let mut metrics = FeedMetrics {
            name: self.feed_states[index].name.clone(),
            format: feed.format().name(),
            connected: self.feed_states[index].lost.is_none(),
            bytes: feed.bytes(),
            shed_bytes: feed.bytes_shed(),
            ..FeedMetrics::default()
        };
        let mut defects: BTreeMap<&'static str, u64> = BTreeMap::new();
        for health in self.sensors.on_feed(index) {
            metrics.plots += health.plots();
            for (name, count) in health.defects() {
                *defects.entry(name).or_insert(0) += count;
            }
        }
        // The feed's own row counts every record, whichever sensor's row counts it again.
        metrics.messages = self.sensors.health(feed.source(index)).map_or(0, |h| h.messages());
        metrics.defects = defects.into_iter().collect();
        metrics
    }

    /// What a person decides holds whether or not the console is still there. Or what was asked and
    /// why it is refused.
    fn act(&mut self, asked: &ClientMessage, now: Time) -> Result<(), (String, String)> {
        if let Some(done) = self.alerts.as_mut().and_then(|alerts| alerts.act(asked, now)) {
            return done;
        }
        if asked.by_of_incident().is_some() {
            let done = self.act_on_incident(asked, now);
            return done.map_err(|why| (named(asked), why));
        }
        match asked {
            ClientMessage::Suspend { accord, by, reason, towards } => self
                .partners
                .suspend((accord, towards.as_deref()), by, reason, now)
                .map_err(|why| (format!("suspend {accord}"), why)),
            ClientMessage::Resume { accord, by, may } => self
                .partners
                .resume(accord, by, may.as_deref(), now)
                .map_err(|why| (format!("resume {accord}"), why)),
            ClientMessage::DecidePair { .. } => {
                let (picture, early) = (&self.picture, self.published.is_none());
                let track = |number| picture.get(number).map(|entry| entry.track.clone());
                let said = self.partners.decide_pair(asked, (&track, early), now);
                said.map_err(|why| (named(asked), why))
            }
            _ if asked.identity_of().is_some() => {
                self.decide_identity(asked, now).map_err(|why| (named(asked), why))
            }
            _ => {
                let concerns = match asked {
                    ClientMessage::Ask { incident: Some(words), .. } => {
                        self.incidents.can_be_asked_about(words)
                    }
                    _ => Ok(()),
                };
                let decided = concerns.and_then(|()| self.partners.decide(asked, now));
                decided.map_err(|why| (named(asked), why))
            }
        }
    }

    /// What a person does about an incident.
    fn act_on_incident(&mut self, asked: &ClientMessage, now: Time) -> Result<(), String> {
        let alerts = self.alerts.as_ref();
        let tracks_of = |alert| alerts.and_then(|alerts| alerts.tracks_of(alert));
        let told = incidents::Told { partners: &self.partners, subjects: self.subjects.subjects() };
        let done = self.incidents.act(asked, &tracks_of, &told, now)?;
        if let (Some(alerts), Some(by)) = (&mut self.alerts, asked.by_of_incident()) {
            alerts.regroup((&done.joined, &done.left), &done.incident, by, now);
        }
        Ok(())
    }

    /// A partner says something about an incident.
    fn hear_of_incident(
        &mut self,
        party: PartyId,
        note: &accord::Note,
        now: Time,
        outbox: &mut Outbox,
    ) {
        let told = incidents::Told { partners: &self.partners, subjects: self.subjects.subjects() };
        let (back, understood) = self.incidents.hear(party, note, &told, now);
        outbox.notes.extend(back);
        if !understood {
            self.partners.refuse(party);
        }
    }

    /// To all consoles: the incidents, if something about one has changed; to one: as they are.
    fn send_incidents(&mut self, to: Option<ConsoleId>, now: Time, outbox: &mut Outbox) {
        if to.is_none() {
            let articles = incidents::articles(&self.partners, now);
            if !self.incidents.take_news(&articles) {
                return;
            }
        }
        let receivers = to.map_or_else(|| self.everyone(), |console| vec![console]);
        if receivers.is_empty() {
            return;
        }
        let list = ServerMessage::Incidents(self.incidents.list(&self.partners, now));
        send(outbox, receivers.clone(), DeliveryKind::Latest, &list);
        for console in receivers {
            self.send_incident(console, now, outbox);
        }
    }

    /// To one console: the incident that it looks at.
    fn send_incident(&self, console: ConsoleId, now: Time, outbox: &mut Outbox) {
        let shown = self.consoles.get(&console).and_then(|state| state.incident);
        let detail = shown.and_then(|id| self.incidents.detail(id, &self.partners, now));
        if let Some(detail) = detail {
            send(outbox, vec![console], DeliveryKind::Latest, &ServerMessage::Incident(detail));
        }
    }

    /// What there is to say to partners, and to consoles of what is said.
    fn correspond(&mut self, now: Time, outbox: &mut Outbox) {
        take_back(self.partners.settle(now), outbox);
        outbox.decisions.extend(self.partners.take_more_words());
        let words_for = |to, words: &str| self.incidents.words_for(to, words);
        for note in self.partners.say(words_for, now) {
            let decision = self.partners.decision(note.value());
            outbox.decisions.extend(decision.map(|entry| (note.to(), entry)));
            outbox.notes.push(note);
        }
        let told = incidents::Told { partners: &self.partners, subjects: self.subjects.subjects() };
        outbox.notes.extend(self.incidents.say(&told, self.partners.slot_s(), now));
        self.say_identities(now, outbox);
        if self.partners.is_empty() || self.consoles.is_empty() {
            return;
        }
        let fresh = (self.requests(now), self.partners.back_ups(now));
        let old = std::mem::replace(&mut self.shown, fresh);
        if old.0 != self.shown.0 {
            let message = ServerMessage::Requests(self.shown.0.clone());
            send(outbox, self.everyone(), DeliveryKind::Latest, &message);
        }
        if old.1 != self.shown.1 {
            let message = ServerMessage::BackUps(self.shown.1.clone());
            send(outbox, self.everyone(), DeliveryKind::Latest, &message);
        }
    }

    /// All requests, each with the incident it concerns as people here know it.
    fn requests(&self, now: Time) -> wire::Requests {
        let mut requests = self.partners.requests(now);
        for row in &mut requests.rows {
            let words = row.incident.take();
            row.incident = words.map(|words| self.incidents.words_of(&row.asker, words));
        }
        requests
    }

    /// All requests and back-ups to one console.
    fn send_correspondence(&self, console: ConsoleId, now: Time, outbox: &mut Outbox) {
        if !self.partners.is_empty() {
            let requests = ServerMessage::Requests(self.requests(now));
            send(outbox, vec![console], DeliveryKind::Latest, &requests);
            let back_ups = ServerMessage::BackUps(self.partners.back_ups(now));
            send(outbox, vec![console], DeliveryKind::Latest, &back_ups);
        }
    }

    fn answer(
        &mut self,
        console: ConsoleId,
        asked: &ClientMessage,
        now: Time,
        outbox: &mut Outbox,
    ) {
        let Some(state) = self.consoles.get_mut(&console) else { return };
        match asked {
            // A console that shows a partner's view gets that whole, every second.
            ClientMessage::Resync {} if !state.shows_own() => {}
            ClientMessage::Resync {} => self.send_all(console, now, outbox),
            ClientMessage::SeeAs { party: None, .. } => {
                (state.seen_as, state.beside) = (None, false);
                self.send_all(console, now, outbox);
            }
            ClientMessage::SeeAs { party: Some(_), .. } | ClientMessage::Explain { .. }
                if self.identities.of_later =>
            {
                let reason = "identities are shown as known now, and what was released then went by \
                              what was known then: look back as known then";
                refuse(
                    console,
                    "see what a partner was told".to_owned(),
                    reason.to_owned(),
                    outbox,
                );
            }
            ClientMessage::SeeAs { party: Some(name), beside } => match self.partners.find(name) {
                Some(party) => {
                    (state.seen_as, state.beside) = (Some(party), *beside);
                    if *beside {
                        self.send_all(console, now, outbox);
                    }
                    self.send_views(self.published.unwrap_or(now), outbox);
                }
                None => {
                    let reason = format!("{name} is no partner of this node");
                    refuse(console, format!("see as {name}"), reason, outbox);
                }
            },
            ClientMessage::Explain { number, party: name } => {
                let asked = || format!("explain {} to {name}", TrackNumber(*number));
                let Some(party) = self.partners.find(name) else {
                    let reason = format!("{name} is no partner of this node");
                    return refuse(console, asked(), reason, outbox);
                };
                let as_of = self.published.unwrap_or(now);
                let subjects = self.subjects.subjects();
                let found =
                    subjects.binary_search_by_key(&u64::from(*number), |subject| subject.number.0);
                let Ok(at) = found else {
                    let reason = format!("{number} is not in the picture any more");
                    return refuse(console, asked(), reason, outbox);
                };
                let explained = self.partners.explain(&subjects[at], party, as_of);
                let message = ServerMessage::Explained(explained);
                send(outbox, vec![console], DeliveryKind::Once, &message);
            }
            ClientMessage::Select { number } => {
                state.selected = number.map(TrackNumber);
                let Some(number) = state.selected else { return };
                if self.picture.get(number).is_some() {
                    self.send_selected(console, number, now, outbox);
                } else {
                    let reason = format!("{number} is not in the picture any more");
                    refuse(console, format!("select {number}"), reason, outbox);
                }
            }
            ClientMessage::LookAtIncident { incident } => {
                let id = incident.as_ref().map(incidents::id).transpose();
                match id {
                    Ok(id) => {
                        state.incident = id;
                        self.send_incident(console, now, outbox);
                    }
                    Err(why) => refuse(console, "look at an incident".to_owned(), why, outbox),
                }
            }
            ClientMessage::LookAtSensor { sensor: None } => state.sensor = None,
            ClientMessage::LookAtSensor { sensor: Some(words) } => {
                state.sensor = self.sensors.find(words);
                if state.sensor.is_some() {
                    self.send_cover(console, now, outbox);
                } else {
                    let reason = format!("{words} is no sensor of this node");
                    refuse(console, format!("look at sensor {words}"), reason, outbox);
                }
            }
            ClientMessage::ListAlerts { from } => {
                state.alerts_from = *from;
                self.send_alerts(Some(console), now, outbox);
            }
            // Acts were done before; see `act`.
            _ => {}
        }
    }
}

impl Handle for Engine {
    fn airspaces(&self) -> Arc<Airspaces> {
        self.intent.airspaces.clone()
    }

    fn handle(&mut self, event: &Event, now: Time, outbox: &mut Outbox) {
        let only_looks = matches!(event, Event::ConsoleAsked { message, .. } if !message.is_act());
        if !only_looks && !matches!(event, Event::Received { .. }) {
            self.standing = None;
        }
        match event {
            Event::Received { feed, bytes, source } => {
                self.receive(*feed, bytes, source.is_some(), now);
            }
            Event::FeedConnected { feed } => self.set_feed(*feed, None, now),
            Event::FeedLost { feed, reason } => self.set_feed(*feed, Some(reason), now),
            Event::FeedShed { feed, bytes } => {
                self.shed.feed_bytes += bytes;
                let index = usize::from(feed.0);
                if let Some(feed) = self.feeds.get_mut(index) {
                    feed.shed(*bytes);
                    // The frame that was begun before the gap does not go on after it.
                    feed.begin_stream(index, now, &mut self.sensors);
                    self.hear_plans(index, now);
                }
            }
            Event::ConsoleJoined { console } => self.welcome(*console, now, outbox),
            Event::ConsoleShed { console, messages } => {
                if let Some(state) = self.consoles.get_mut(console) {
                    let more = messages.saturating_sub(state.shed);
                    state.shed = *messages;
                    self.shed.messages += more;
                }
                self.send_all(*console, now, outbox);
            }
            Event::ConsoleLeft { console } => {
                self.consoles.remove(console);
            }
            Event::ConsoleAsked { console, message } => {
                match self.act(message, now) {
                    Ok(()) => {
                        if let ClientMessage::Suspend { accord, towards, .. } = message {
                            let towards = towards.as_deref();
                            let policy = self.partners.policy();
                            let stopped = self.consumers.stop(policy, accord, towards);
                            outbox.consumers.extend(stopped);
                        }
                    }
                    Err((asked, why)) => refuse(*console, asked, why, outbox),
                }
                if message.is_act() {
                    take_back(self.partners.settle_act(now), outbox);
                    self.correspond(now, outbox);
                    self.send_incidents(None, now, outbox);
                    self.send_alerts(None, now, outbox);
                }
                if message.identity_of().is_some() {
                    self.show_identity(now, outbox);
                }
                self.answer(*console, message, now, outbox);
            }
            Event::PartnerConnected { party } => self.partners.connected(*party),
            Event::PartnerLost { party, reason } => self.partners.lost(*party, reason),
            Event::PartnerTold { party, body } => {
                match self.partners.hear(*party, body, now) {
                    Some(note) if matches!(note.says, accord::Says::Identity(_)) => {
                        self.hear_of_identity(*party, &note, now, outbox);
                    }
                    Some(note) => self.hear_of_incident(*party, &note, now, outbox),
                    None => {}
                }
                if accord::Note::is_meant(body) {
                    self.correspond(now, outbox);
                }
            }
            Event::PartnerLink { party, report } => self.partners.report(*party, report, now),
            Event::Tick => {
                self.partners.begin_portion();
                self.incidents.begin_portion();
                self.begin_identities_portion();
                self.correspond(now, outbox);
                self.send_incidents(None, now, outbox);
                // What a receiver was waited for that is silent now.
                self.plots.clear();
                self.multilateration.locate(now, &mut self.sensors, &mut self.plots);
                self.believe(now);
                self.tracker.advance(now, &mut self.track_events);
                self.take_out_ended();
                let second = |time: Time| time.unix_millis().div_euclid(1000);
                if self.published.map(second) != Some(second(now)) {
                    self.published = Some(now);
                    self.publish(now, outbox);
                } else if self.partners.slot_is_due(now) {
                    self.make_picture(now);
                    self.release(now, outbox);
                }
            }
        }
    }

    fn numbers(&self) -> Numbers {
        self.tracker.numbers()
    }

    fn take_up(&mut self, numbers: &Numbers) {
        self.tracker.take_up(numbers);
    }

    fn standing(&mut self) -> String {
        if let Some(unread) = &self.standing_unread {
            return unread.clone();
        }
        if let Some(standing) = &self.standing {
            return standing.clone();
        }
        let alerts = match &mut self.alerts {
            Some(alerts) => alerts.standing(),
            None => self.alerts_stood.clone(),
        };
        let plans = self.intent.kept.standing();
        let (partners, identities) = (self.partners.standing(), self.kept_identities());
        let (incidents, proposals) = (self.incidents.generation(), self.kept_proposals());
        let incident_numbers = self.incidents.given();
        let standing = AllStanding {
            partners,
            identities,
            alerts,
            plans,
            incidents,
            incident_numbers,
            proposals,
        };
        // A record has a bound: each part has its share, and a book for what is beyond it. Nothing is
        // left out: a record that is too long all the same is refused, and the node says so.
        let text = serde_json::to_string(&standing).unwrap_or_default();
        self.standing = Some(text.clone());
        text
    }

    fn take_up_standing(&mut self, standing: &str, now: Time) -> Vec<Withdrawal> {
        self.standing = None;
        self.picture.pause();
        let read = serde_json::from_str(standing).map_err(|why| why.to_string());
        let mut take_up = |standing: AllStanding| {
            self.begin_identities(standing.identities, now);
            self.take_up_proposals(standing.proposals);
            self.incidents.begin_after(standing.incidents, standing.incident_numbers);
            if let Some(alerts) = &mut self.alerts {
                alerts.take_up(&standing.alerts, now);
            }
            self.alerts_stood = standing.alerts;
            self.intent.kept.begin_after(standing.plans);
            self.partners.take_up(standing.partners, now)
        };
        read.and_then(&mut take_up).unwrap_or_else(|_| {
            // What was suspended cannot be told: then nothing goes to anybody.
            self.standing_unread = Some(standing.to_owned());
            self.partners.withhold_all(now)
        })
    }

    fn book(&mut self) -> Option<BookKept> {
        let incidents = self.incidents.to_keep();
        let now = self.published.unwrap_or(self.started);
        incidents.or_else(|| self.alerts.as_mut()?.unkept()).or_else(|| self.intent.unkept(now))
    }

    fn book_kept(&mut self, shelf: Shelf) {
        match (shelf, &mut self.alerts) {
            (Shelf::Incidents, _) => self.incidents.kept(),
            (Shelf::Alerts, Some(alerts)) => alerts.kept_in_book(),
            (Shelf::Alerts, None) => {}
            (Shelf::Plans, _) => self.intent.kept.kept_in_book(),
        }
        self.standing = None;
    }

    fn book_wanted(&self, shelf: Shelf) -> u64 {
        match shelf {
            Shelf::Incidents => self.incidents.generation(),
            Shelf::Alerts => self.alerts.as_ref().map_or(0, Alerts::generation),
            Shelf::Plans => self.intent.kept.generation(),
        }
    }

    fn take_up_book(&mut self, shelf: Shelf, found: Result<Option<BookKept>, String>) -> bool {
        match (shelf, &mut self.alerts) {
            (Shelf::Incidents, _) => self.incidents.take_up(found),
            (Shelf::Alerts, Some(alerts)) => alerts.take_up_book(found),
            (Shelf::Alerts, None) => true,
            (Shelf::Plans, _) => self.intent.take_up_book(found),
        }
    }

    fn resumed(&mut self) {
        self.incidents.resumed();
        if let Some(alerts) = &mut self.alerts {
            alerts.resumed();
        }
        self.intent.resumed();
        self.picture.resumed();
        self.partners.resumed();
        self.end_identities();
        self.resume_proposals(self.published.unwrap_or(self.started));
    }

    fn metrics(&self, now: Time) -> Metrics {
        let coasting = |entry: &&picture::Entry| entry.track.phase == Phase::Coasting;
        Metrics {
            feeds: (0..self.feeds.len()).map(|index| self.feed_metrics(index)).collect(),
            tracks: self.picture.len() as u64,
            tracks_coasting: self.picture.entries().filter(coasting).count() as u64,
            tracks_shed: self.shed.tracks,
            data_age_s: self.newest_plot.map(|newest| now.seconds_since(newest)),
            tracker: self.tracker.counters().named(),
            alerts: {
                let mut figures = self.alerts.as_ref().map(Alerts::figures).unwrap_or_default();
                figures.events.push(("levels", "left_out", self.levels.left_out()));
                figures
            },
            plans: self.intent.plans.len() as u64,
            plan_messages_refused: self.intent.refused(),
            plans_shed: self.intent.plans.shed(),
            partner_plots: self.partners.plot_figures(),
        }
    }
}

/// What people decided and still stands, for the journal.
#[derive(Serialize, Deserialize)]
struct AllStanding {
    #[serde(flatten)]
    partners: partners::Standing,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    identities: Vec<KeptRow>,
    /// The board of alerts.
    #[serde(flatten)]
    alerts: alerts::Standing,
    /// Messages about flight plans that feeds told.
    #[serde(flatten)]
    plans: plans_kept::Standing,
    /// Generation of the book of incidents that belongs to it; 0: none was kept.
    #[serde(default)]
    incidents: u64,
    /// The last numbers of incidents that were given.
    #[serde(default)]
    incident_numbers: incidents::Given,
    /// Identities proposed across borders.
    #[serde(default)]
    proposals: identity::KeptProposals,
}

/// What waits for whom goes no further, and what was made for them before and has not left neither.
fn take_back(withdrawn: Vec<Withdrawal>, outbox: &mut Outbox) {
    for withdrawal in withdrawn {
        outbox.released.retain(|batch| batch.value().to != withdrawal.to);
        outbox.notes.retain(|note| note.value().to != withdrawal.to);
        outbox.withdrawn.push(withdrawal);
    }
}

/// What a person wanted, for the answer that refuses it.
fn named(asked: &ClientMessage) -> String {
    match asked {
        ClientMessage::Ask { of, .. } => format!("ask {}", of.join(", ")),
        ClientMessage::Answer { asker, .. } => format!("answer {asker}"),
        ClientMessage::Report { .. } => "report".to_owned(),
        ClientMessage::Withdraw { .. } => "withdraw the request".to_owned(),
        ClientMessage::Confirm { accord, article, .. } => {
            format!("confirm under {accord} article {article}")
        }
        ClientMessage::Pass { accord, article, .. } => {
            format!("pass on under {accord} article {article}")
        }
        ClientMessage::OpenIncident { title, .. } => format!("open the incident {title:?}"),
        ClientMessage::OnIncident { incident, .. } => {
            format!("incident {} INC-{:04}", incident.node, incident.number)
        }
        ClientMessage::SetIdentity { number, .. } => format!("set identity of TN {number}"),
        ClientMessage::ConfirmIdentity { number, .. } => format!("confirm identity of TN {number}"),
        ClientMessage::WithdrawIdentity { number, .. } => {
            format!("withdraw identity of TN {number}")
        }
        ClientMessage::AnswerProposal { number, party, .. } => {
            format!("answer {party}'s proposal for TN {number}")
        }
        ClientMessage::ProposeIdentity { number, .. } => {
            format!("propose an identity of TN {number}")
        }
        ClientMessage::ReportIdentity { number, .. } => format!("report on TN {number}"),
        ClientMessage::DecidePair { party, theirs, number, .. } => {
            format!("pair {} and {party}:{theirs}", TrackNumber(*number))
        }
        _ => String::new(),
    }
}

fn refuse(console: ConsoleId, asked: String, reason: String, outbox: &mut Outbox) {
    let message = ServerMessage::Refused(wire::Refused { asked, reason });
    send(outbox, vec![console], DeliveryKind::Once, &message);
}

/// Adds `message` for `to`, encoded once for all.
fn send(outbox: &mut Outbox, to: Vec<ConsoleId>, kind: DeliveryKind, message: &ServerMessage) {
    outbox.send(to, kind, crate::message::encode(message));
}
