//! Alerts of the picture: what the rules are shown each second, and what people do about it.

mod kept;
mod release;
mod rows;
mod rules;

use super::intent::Intent;
use super::levels::Levels;
use super::remote_id::RemoteIds;
use super::sensors::{FeedState, SensorBook};
use crate::metrics::AlertFigures;
use crate::wire::{self, ALERT_ROWS, ClientMessage};
use ::intent::airspace::{Answer, Heights, Hit};
use accord::{AlertSet, AlertState};
use alert::rules::sensor::SensorConfig;
use alert::trust::ClaimWatch;
use alert::{
    AlertId, Board, BoardConfig, Detection, DetectionWatch, EndedTrack, Firings, MuteScope, Order,
    PlanFact, Rule, Scene, Severity, State, Subject, View,
};
use geodesy::Geodetic;
use kept::Keeping;
pub(super) use kept::Standing;
use picture::identity::{self as who, state_of};
use picture::{Entry, Picture};
pub(super) use release::of_partners;
use rows::Names;
pub(crate) use rows::rule_name;
use rules::Rules;
pub use rules::{AlertSetup, RuleGroup};
use std::collections::{BTreeMap, BTreeSet};
use surveillance::{Address, EndReason, Plot, Sensor, SensorId, Time, Track, TrackNumber};
use tracker::Registration;

/// The rules, the board and what waits for the next evaluation.
pub(super) struct Alerts {
    config: BoardConfig,
    rules: Rules,
    /// Claimed positions beside measured ones.
    claims: ClaimWatch,
    /// Plots that came beside those expected.
    detection: DetectionWatch,
    board: Board,
    firings: Firings,
    /// Opened since the start: advisories, cautions, warnings.
    opened_by: [u64; 3],
    /// Tracks that ended since the last evaluation.
    ended: BTreeMap<TrackNumber, (Track, EndReason)>,
    /// While a restart handles again what its feeds brought, rules remember and the board waits.
    taking_up: bool,
    keeping: Keeping,
    /// When the node started.
    started: Time,
    /// The instant of the last evaluation.
    evaluated: Option<Time>,
    /// What was lost of the run before, in words.
    lost: Option<String>,
    /// Tracks that rest on our own sensors alone: no partner tells of them.
    own: BTreeSet<TrackNumber>,
    /// Open alerts in which partners' words had a part when they opened or rose: whatever becomes of the
    /// pair, they are not ours alone.
    shared: BTreeSet<AlertId>,
    /// Where each of these is, and its pressure altitude, metres.
    places: BTreeMap<TrackNumber, (Geodetic, Option<f64>)>,
    /// Kinds of the alerts that are open about each track, and the least that was done about one.
    of_track: BTreeMap<TrackNumber, (AlertSet, AlertState)>,
    /// Tracks that are where they need leave and have none.
    trespassers: BTreeSet<TrackNumber>,
}

/// Where a track is among airspaces, by their places in the node's list, ascending.
struct Areas {
    /// Those that it is in, and those that it may be in.
    places: [Vec<u32>; 2],
    /// It is there by leave.
    permitted: bool,
}

/// What a track tells of its height, where no terrain and no pressure is known.
pub(super) fn told_heights(track: &Track) -> Heights {
    Heights {
        pressure_altitude_m: track.pressure_altitude_m,
        on_ground: track.on_ground,
        ..Heights::default()
    }
}

/// What the rules are shown of a node.
pub(super) struct Look<'a> {
    pub(super) picture: &'a Picture,
    pub(super) intent: &'a Intent,
    pub(super) levels: &'a Levels,
    pub(super) sensors: &'a mut SensorBook,
    pub(super) feeds: &'a [FeedState],
    pub(super) biases: &'a [Registration],
    pub(super) heard: &'a mut RemoteIds,
}

impl Alerts {
    pub(super) fn new(setup: AlertSetup, intent: &Intent, started: Time) -> Self {
        let config = setup.board.clone();
        let board = Board::new(config.clone());
        let (trust, detection) = (setup.trust, setup.detection);
        let rules = Rules::new(setup, intent);
        let keeping = Keeping::new(rules.area_names(), rules.site_names());
        Self {
            config,
            claims: ClaimWatch::new(trust),
            detection: DetectionWatch::new(detection),
            rules,
            board,
            firings: Firings::new(),
            opened_by: [0; 3],
            ended: BTreeMap::new(),
            taking_up: false,
            keeping,
            started,
            evaluated: None,
            lost: None,
            own: BTreeSet::new(),
            shared: BTreeSet::new(),
            places: BTreeMap::new(),
            of_track: BTreeMap::new(),
            trespassers: BTreeSet::new(),
        }
    }

    /// A track left the picture.
    pub(super) fn end(&mut self, entry: &Entry, reason: EndReason) {
        self.ended.insert(entry.track.number, (entry.track.clone(), reason));
    }

    /// A sensor is known, or known better.
    pub(super) fn set_sensor(&mut self, sensor: &Sensor) {
        self.claims.set_sensor(sensor);
    }

    /// Plots came in.
    pub(super) fn observe(&mut self, plots: &[Plot]) {
        self.claims.observe(plots);
    }

    /// How what an address claims compares with what is measured of it.
    pub(super) fn claimed(&self, address: Address, now: Time) -> Option<who::Claim> {
        match self.claims.claim(address, now) {
            Some(claim) => Some(who::Claim::Disagrees { distance_m: claim.distance_m }),
            None => self.claims.agrees(address, now).then_some(who::Claim::Agrees),
        }
    }

    /// Whether a track is over a border or in an airspace without the leave that it needs.
    pub(super) fn trespasses(&self, number: TrackNumber) -> bool {
        self.trespassers.contains(&number)
    }

    /// How much sensors may measure too much; `None` where that rule is off.
    pub(super) fn sensor_limits(&self) -> Option<SensorConfig> {
        self.rules.sensor_limits()
    }

    /// How many of its expected plots a sensor gave of late.
    pub(super) fn detection(&self, sensor: SensorId) -> Option<Detection> {
        self.detection.of(sensor)
    }

    /// Looks at the picture as of `now`.
    pub(super) fn evaluate(&mut self, look: Look<'_>, now: Time) {
        let Look { picture, intent, levels, sensors, feeds, biases, heard } = look;
        self.evaluated = Some(now);
        let mut facts = sensors.facts(feeds, biases, now);
        let own = picture.entries().filter(|entry| entry.teller.is_none());
        let running_s = self.board.running_s(now);
        self.detection.look(own.map(|entry| &entry.track), &facts, running_s);
        for fact in &mut facts {
            fact.detection = self.detection.of(fact.sensor.id);
        }
        for fact in &facts {
            if let Some(bias) = fact.bias {
                self.claims.set_bias(fact.sensor.id, bias);
            }
        }
        let alone = |entry: &&Entry| entry.teller.is_none() && entry.words.is_empty();
        self.places = picture
            .entries()
            .filter(alone)
            .map(|Entry { track, .. }| (track.number, (track.position, track.pressure_altitude_m)))
            .collect();
        self.own = self.places.keys().copied().collect();
        let areas = self.areas(picture, intent, now);
        let subjects: Vec<Subject<'_>> = picture
            .entries()
            .enumerate()
            .map(|(place, entry)| {
                let number = entry.track.number;
                let address = entry.track.codes.address;
                let plan = intent.plan_of(number).map(|found| PlanFact {
                    plan: found.plan.0 as u32,
                    route: intent.route(found.plan),
                    cleared_level_m: levels.cleared_m(address, now),
                    code: intent.code_of(found.plan),
                    callsign: intent.plans.get(found.plan).map(|entry| entry.plan.callsign),
                });
                let claim = address.and_then(|address| self.claims.claim(address, now));
                let areas = areas.get(place);
                let permitted = areas.is_some_and(|areas| areas.permitted);
                let [areas, areas_unknown] =
                    areas.map_or([&[][..]; 2], |areas| areas.places.each_ref().map(Vec::as_slice));
                let ground_m = self.rules.ground_m(entry.track.position);
                let country = address.and_then(state_of).map(|state| state.0);
                let bare = Subject::bare(entry);
                let twin = address.and_then(|address| self.claims.twin(address));
                Subject {
                    plan,
                    permitted,
                    selected_level_m: levels.selected_m(address, now),
                    claim,
                    twin,
                    areas,
                    areas_unknown,
                    ground_m,
                    country,
                    ..bare
                }
            })
            .collect();
        let ended: Vec<EndedTrack<'_>> = self
            .ended
            .values()
            .map(|(track, reason)| EndedTrack { track, reason: *reason })
            .collect();
        let remote_ids = heard.facts(picture);
        let scene = Scene {
            ended: &ended,
            sensors: &facts,
            remote_ids: &remote_ids,
            aerodromes: &intent.aerodromes,
            airspaces: Some(&intent.airspaces),
            ..Scene::of_tracks(now, running_s, &subjects)
        };
        self.firings.clear();
        self.rules.evaluate(&scene, intent, &self.board, &mut self.firings);
        if self.rules.looks_at(RuleGroup::Unmanned) {
            heard.fire(picture, now, &mut self.firings);
        }
        if !self.taking_up {
            let changes = self.board.update(&mut self.firings, &ended, now);
            let new = [&changes.opened, &changes.moved, &changes.closed];
            self.keeping.note(new.into_iter().flatten().copied());
            for alert in self.board.changes().opened.iter().filter_map(|id| self.board.get(*id)) {
                self.opened_by[alert.severity as usize] += 1;
            }
            self.latch(now);
            self.take_stock();
        }
        self.ended.clear();
    }

    /// What is known of a track's height, as the rules on areas take it.
    pub(super) fn heights(&self, track: &Track, now: Time) -> Heights {
        self.rules.heights(track, now)
    }

    /// In which airspaces each track is, and whether by leave, in the order of the picture; empty
    /// where no rule asks.
    fn areas(&self, picture: &Picture, intent: &Intent, now: Time) -> Vec<Areas> {
        if !self.rules.asks_for_areas() {
            return Vec::new();
        }
        let mut hits: Vec<Hit> = Vec::new();
        let inside = |entry: &Entry| {
            let track = &entry.track;
            let heights = self.rules.heights(track, now);
            hits.clear();
            self.rules.airspaces().holding(track.position, &heights, now, &mut hits);
            let places = [Answer::Inside, Answer::Unknown].map(|answer| {
                let of_it = hits.iter().filter(|hit| hit.answer() == answer);
                of_it.map(|hit| hit.airspace.0).collect()
            });
            Areas { places, permitted: intent.permits(track, &heights, Some(&hits), now) }
        };
        picture.entries().map(inside).collect()
    }

    /// Remembers which alerts opened or rose at `now` with something of partners' in them.
    fn latch(&mut self, now: Time) {
        let board = &self.board;
        self.shared.retain(|id| board.get(*id).is_some_and(|alert| alert.ended.is_none()));
        let fresh = board.open().filter(|alert| alert.opened == now || alert.raised == Some(now));
        let shared = fresh.filter(|alert| !self.rests_on_own(alert)).map(|alert| alert.id);
        let shared: Vec<AlertId> = shared.collect();
        // A crash may come at once.
        self.keeping.acted |= !shared.is_empty();
        self.shared.extend(shared);
    }

    /// Whether our own sensors alone tell of all its tracks.
    fn rests_on_own(&self, alert: &alert::Alert) -> bool {
        alert.key.tracks.iter().flatten().all(|number| self.own.contains(number))
    }

    /// Whether it may be put to the articles: no partner's word has, or had, a part in it.
    fn is_own(&self, alert: &alert::Alert) -> bool {
        !self.shared.contains(&alert.id) && self.rests_on_own(alert)
    }

    /// Kinds and state of the alerts about each track, for releases.
    fn take_stock(&mut self) {
        self.of_track.clear();
        let inside = |alert: &&alert::Alert| {
            matches!(alert.key.rule, Rule::BorderCrossed | Rule::AreaInfringed)
        };
        let tracks = |alert: &'_ alert::Alert| alert.key.tracks.into_iter().flatten();
        self.trespassers = self.board.open().filter(inside).flat_map(tracks).collect();
        for alert in self.board.open() {
            // What partners told has a part in it: it is no more ours to tell.
            if !self.is_own(alert) {
                continue;
            }
            let state = match alert.state() {
                State::New => AlertState::Raised,
                _ => AlertState::Acknowledged,
            };
            for number in alert.key.tracks.iter().flatten() {
                let of = self.of_track.entry(*number).or_insert((AlertSet::EMPTY, state));
                of.0 = of.0.with(rows::kind(alert.key.rule));
                of.1 = of.1.min(state);
            }
        }
    }

    /// What is open about a track.
    pub(super) fn about(&self, number: TrackNumber) -> (AlertSet, AlertState) {
        self.of_track.get(&number).copied().unwrap_or_default()
    }

    /// What a person does about an alert; `None` where it is about something else.
    pub(super) fn act(
        &mut self,
        asked: &ClientMessage,
        now: Time,
    ) -> Option<Result<(), (String, String)>> {
        let (alert, done) = match asked {
            ClientMessage::Acknowledge { alert, by } => {
                (alert, self.board.acknowledge(AlertId(*alert), by, now))
            }
            ClientMessage::MuteAlert { alert, for_s, reason, by, all_of_rule } => {
                let until = now.plus_seconds(f64::from(*for_s));
                let scope = self.scope(*alert, *all_of_rule);
                (alert, scope.and_then(|scope| self.board.mute(scope, by, reason, until, now)))
            }
            ClientMessage::UnmuteAlert { alert, by, all_of_rule } => {
                let scope = self.scope(*alert, *all_of_rule);
                (alert, scope.and_then(|scope| self.board.unmute(scope, by)).map(|_| ()))
            }
            ClientMessage::CloseAlert { alert, reason, by } => {
                (alert, self.board.close(AlertId(*alert), by, reason, now))
            }
            _ => return None,
        };
        self.keeping.acted |= done.is_ok();
        self.take_stock();
        Some(done.map_err(|why| (format!("alert {alert}"), why.to_string())))
    }

    /// The tracks of an alert, open or ended; `None` if there is no such alert.
    pub(super) fn tracks_of(&self, alert: AlertId) -> Option<Vec<TrackNumber>> {
        let found = self.board.get(alert)?;
        Some(found.key.tracks.iter().flatten().copied().collect())
    }

    /// These belong to an incident now, and those do not any more; `incident` as people write it.
    pub(super) fn regroup(
        &mut self,
        (joined, left): (&[AlertId], &[AlertId]),
        incident: &str,
        by: &str,
        now: Time,
    ) {
        for alert in joined {
            // One that is forgotten by now stays in the incident by its number.
            let _ = self.board.join(*alert, incident, by, now);
        }
        left.iter().for_each(|alert| self.board.leave(*alert, incident));
        self.keeping.acted |= !(joined.is_empty() && left.is_empty());
        self.take_stock();
    }

    fn scope(&self, alert: u64, all_of_rule: bool) -> Result<MuteScope, alert::ActError> {
        let id = AlertId(alert);
        let found = self.board.get(id).ok_or(alert::ActError::Unknown(id))?;
        Ok(match all_of_rule {
            true => MuteScope::Rule(found.key.rule),
            false => MuteScope::Key(found.key),
        })
    }

    /// The list from its `from`-th row on: what is open, most urgent first, then what has ended.
    pub(super) fn list(
        &self,
        intent: &Intent,
        from: u32,
        sensors: &SensorBook,
        now: Time,
    ) -> wire::Alerts {
        let area = |area| self.rules.area_name(area);
        let sensor = |id: SensorId| sensors.name(id).map(str::to_owned);
        let site = |place| self.rules.site_name(place);
        let names = Names { area: &area, sensor: &sensor, site: &site };
        let from = from as usize;
        let open = self.board.page(View::default(), from, ALERT_ROWS);
        let ended = View { state: Some(State::Ended), order: Order::Newest, ..View::default() };
        let (left, over) = (ALERT_ROWS - open.shown.len(), from.saturating_sub(open.total));
        let ended = self.board.page(ended, over, left);
        let shown = open.shown.iter().chain(&ended.shown);
        let mut counts = [0; 3];
        for alert in self.board.open() {
            counts[match alert.severity {
                Severity::Advisory => 0,
                Severity::Caution => 1,
                Severity::Warning => 2,
            }] += 1;
        }
        let rows: Vec<_> = shown.map(|alert| rows::row(alert, &self.board, &names)).collect();
        wire::Alerts {
            time_ms: now.unix_millis() as f64,
            elsewhere: rows::elsewhere(&self.board, &rows, &names),
            rows,
            from: from.min(open.total + ended.total) as u32,
            total: (open.total + ended.total) as u32,
            open: counts,
            unacknowledged: open.unseen as u32,
            unable: self.unable(intent),
            of_partners: Vec::new(),
            of_partners_more: 0,
            marks: self.marks(&names, sensors),
            calls: rows::calls(&self.board, &names),
        }
    }

    /// What cannot be looked at, and why, in words.
    fn unable(&self, intent: &Intent) -> Vec<String> {
        let lines = self.lost.iter().chain(&intent.defects).cloned();
        lines.chain(self.rules.unable()).collect()
    }

    /// Marks on the map of open alerts that no track shows, of the most urgent ones.
    fn marks(&self, names: &Names<'_>, sensors: &SensorBook) -> Vec<wire::AlertMark> {
        let mut open: Vec<_> = self.board.open().filter(|alert| rows::is_marked(alert)).collect();
        open.sort_unstable_by_key(|alert| (std::cmp::Reverse(alert.severity), alert.id));
        let site = |id| sensors.site(id);
        let marks = open.into_iter().filter_map(|alert| rows::mark(alert, names, &site));
        marks.take(wire::ALERT_MARKS).collect()
    }

    /// Those of these alerts that are known.
    pub(super) fn rows(&self, ids: &[AlertId], sensors: &SensorBook) -> Vec<wire::AlertRow> {
        let known = ids.iter().filter_map(|id| self.board.get(*id));
        known.map(|alert| self.row(alert, sensors)).collect()
    }

    fn row(&self, alert: &alert::Alert, sensors: &SensorBook) -> wire::AlertRow {
        let area = |area| self.rules.area_name(area);
        let sensor = |id: SensorId| sensors.name(id).map(str::to_owned);
        let site = |place| self.rules.site_name(place);
        rows::row(alert, &self.board, &Names { area: &area, sensor: &sensor, site: &site })
    }

    /// Alerts that ended long enough ago that the board has them no more, as rows for the log.
    pub(super) fn take_over(&self, sensors: &SensorBook) -> Vec<wire::AlertRow> {
        if self.taking_up {
            return Vec::new();
        }
        let over = self.board.changes().handed_out.iter();
        over.map(|alert| self.row(alert, sensors)).collect()
    }

    /// All that the feeds brought before is handled again: from here on alerts open and end.
    pub(super) fn resumed(&mut self) {
        self.taking_up = false;
    }

    /// How many there are and were, for `/metrics`.
    pub(super) fn figures(&self) -> AlertFigures {
        let (counts, claims) = (self.board.counts(), self.claims.counts());
        let mut events = vec![
            ("board", "handed_out_early", counts.handed_out_early),
            ("board", "doubled", counts.doubled),
            ("disagreement", "disagreed", claims.disagreed),
            ("disagreement", "alone", claims.alone),
            ("disagreement", "unplaced", claims.unplaced),
            ("disagreement", "unwatched", claims.unwatched),
        ];
        let mut looked_at = Vec::new();
        self.rules.count(&mut looked_at, &mut events);
        AlertFigures {
            looked_at,
            events,
            undecided_by_site: self.rules.undecided_by_site(),
            open: counts.open as u64,
            opened: counts.opened_ever,
            opened_by: self.opened_by,
            clock_steps: counts.clock_steps,
            claims_compared: claims.compared,
        }
    }
}
