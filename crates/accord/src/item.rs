//! From a subject and the terms of its release to what is told: reduced, and nothing else.

use crate::batch::{Item, PartnerNumber, Told};
use crate::decision::Terms;
use crate::snap::{self, Cell};
use crate::{
    ArticleRef, Field, FieldSet, Lineage, ObjectKind, Onward, OwnNumber, PartyId, Policy,
    Reduction, Source, Subject, wire,
};
use surveillance::{PlacedPlot, Time};

/// An item without its number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    object: ObjectKind,
    time: Time,
    precision: Reduction,
    granted: FieldSet,
    told: Told,
    originators: Vec<PartyId>,
    onward: Vec<Onward>,
    pub(crate) articles: Vec<ArticleRef>,
}

/// The cells and steps an object was last told in, with the size they have.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Snapped {
    position: Option<(f64, Cell)>,
    level: Option<(f64, i64)>,
    velocity: Option<(f64, [i64; 2])>,
}

/// What is told of `subject` on these terms.
pub(crate) fn draft(
    policy: &Policy,
    to: PartyId,
    subject: &Subject,
    terms: &Terms,
    snapped: &mut Snapped,
) -> Draft {
    let version = |field: Field| match terms.version[field as usize] {
        0 => subject,
        n => &subject.without[usize::from(n) - 1],
    };
    let mut told = Told::default();
    // As a rule one article lets all of it out.
    let mut articles = Vec::with_capacity(1);
    let mut time_s = terms.steps.time_s;
    let mut before = None;
    for field in terms.fields.iter() {
        tell(&mut told, field, version(field), terms.steps, snapped);
        let clause = terms.by[field as usize];
        if before != Some(clause) {
            let article = policy.article_of(clause);
            if !articles.contains(&article) {
                articles.push(article);
            }
            time_s = time_s.max(policy.grant(clause).1.time_s);
            before = Some(clause);
        }
    }
    articles.sort_unstable();
    // Time goes with the kinematics, if any.
    let timed = terms.fields.iter().next().map_or(subject, version);
    let mut several: Vec<&Subject> = Vec::new();
    if !subject.without.is_empty() {
        for of_field in terms.fields.iter().map(version) {
            if several.last().is_none_or(|last| !std::ptr::eq(*last, of_field)) {
                several.push(of_field);
            }
        }
    }
    let alone = [subject];
    let versions = if several.is_empty() { &alone[..] } else { &several };
    Draft {
        object: subject.object,
        time: floored(timed.time, time_s),
        precision: Reduction { time_s, delay_s: 0.0, interval_s: 0.0, ..terms.steps },
        granted: terms.fields,
        told,
        originators: originators(versions),
        onward: onward(policy, to, terms, versions),
        articles,
    }
}

/// The tracks of an incident, in the version whose content is told.
pub(crate) fn tracks<'s>(subject: &'s Subject, terms: &Terms) -> &'s [OwnNumber] {
    let field = if terms.fields.has(Field::Content) { Field::Content } else { Field::Alerts };
    match terms.version[field as usize] {
        0 => &subject.tracks,
        n => &subject.without[usize::from(n) - 1].tracks,
    }
}

impl Draft {
    /// What of it may still go out on these terms, judged anew; `None` if nothing.
    pub(crate) fn kept(mut self, policy: &Policy, terms: &Terms) -> Option<Self> {
        let coarser = |step: f64, now: f64| now > step;
        let mut kept = self.granted.and(terms.fields);
        if coarser(self.precision.position_m, terms.steps.position_m) {
            kept = kept.without(FieldSet::EMPTY.with(Field::Position));
        }
        if coarser(self.precision.level_m, terms.steps.level_m) {
            kept = kept.without(FieldSet::EMPTY.with(Field::Level));
        }
        if coarser(self.precision.velocity_mps, terms.steps.velocity_mps) {
            kept = kept.without(FieldSet::EMPTY.with(Field::Velocity));
        }
        // In coarser steps of time it would be told at the steps alone: the moment of telling tells it.
        let time_s = kept.iter().map(|field| policy.grant(terms.by[field as usize]).1.time_s);
        if kept.is_empty()
            || coarser(self.precision.time_s, time_s.fold(terms.steps.time_s, f64::max))
        {
            return None;
        }
        for field in self.granted.without(kept).iter() {
            forget(&mut self.told, field);
        }
        self.granted = kept;
        // They are told at once or never.
        self.told.plots = Vec::new();
        let used: Vec<ArticleRef> =
            kept.iter().map(|field| policy.article_of(terms.by[field as usize])).collect();
        self.articles.retain(|article| used.contains(article));
        Some(self)
    }

    /// Where its content is told: these are the tracks it is about.
    pub(crate) fn about(&mut self, tracks: impl Iterator<Item = PartnerNumber>) {
        if self.granted.has(Field::Content) || self.object == ObjectKind::Alert {
            self.told.tracks = tracks.collect();
            self.told.tracks.sort_unstable();
            self.told.tracks.dedup();
            // A reader takes no more.
            self.told.tracks.truncate(crate::wire::TRACKS_MAX);
        }
    }

    /// With what its sensors gave since it was last told.
    pub(crate) fn with_plots(mut self, plots: Vec<PlacedPlot>) -> Self {
        self.told.plots = plots;
        self
    }

    pub(crate) fn time(&self) -> Time {
        self.time
    }

    /// What is told, whatever it is told of.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        wire::item_bytes(&self.clone().into_item(PartnerNumber(0)))
    }

    pub(crate) fn into_item(self, number: PartnerNumber) -> Item {
        Item {
            number,
            object: self.object,
            time: self.time,
            precision: self.precision,
            granted: self.granted,
            told: self.told,
            originators: self.originators,
            onward: self.onward,
            articles: self.articles,
        }
    }
}

fn floored(time: Time, step_s: f64) -> Time {
    if step_s <= 0.0 {
        return time;
    }
    let step_ns = (step_s * 1e9).round().max(1.0) as i64;
    Time::from_unix_nanos(time.unix_nanos().div_euclid(step_ns).saturating_mul(step_ns))
}

fn tell(told: &mut Told, field: Field, from: &Subject, steps: Reduction, snapped: &mut Snapped) {
    match field {
        Field::Position => {
            told.position_rad = from.point_rad().map(|point| match steps.position_m {
                0.0 => point,
                step_m => {
                    let before = snapped.position.filter(|(size, _)| *size == step_m);
                    let cell = snap::cell(point, step_m, before.map(|(_, cell)| cell));
                    snapped.position = Some((step_m, cell));
                    snap::centre(cell, step_m)
                }
            });
        }
        Field::Level => {
            told.on_ground = Some(from.on_ground);
            told.level_m = from.level_m.map(|level_m| match steps.level_m {
                0.0 => level_m,
                step_m => {
                    let before = snapped.level.filter(|(size, _)| *size == step_m);
                    let number = snap::step(level_m, step_m, before.map(|(_, number)| number));
                    snapped.level = Some((step_m, number));
                    number as f64 * step_m
                }
            });
        }
        Field::Velocity => {
            told.velocity_mps = from.velocity.map(|velocity| match steps.velocity_mps {
                0.0 => [velocity.east, velocity.north],
                step => {
                    let before = snapped.velocity.filter(|(size, _)| *size == step);
                    let numbers = [velocity.east, velocity.north];
                    let mut axis = 0;
                    let numbers = numbers.map(|value| {
                        let number = snap::step(value, step, before.map(|(_, n)| n[axis]));
                        axis += 1;
                        number
                    });
                    snapped.velocity = Some((step, numbers));
                    numbers.map(|number| number as f64 * step)
                }
            });
        }
        Field::VerticalRate => told.vertical_rate_mps = from.vertical_rate_mps,
        Field::Address => told.address = from.address(),
        Field::Code => told.mode_3a = from.codes.mode_3a,
        Field::Callsign => told.callsign = from.codes.callsign,
        Field::Category => told.category = from.category,
        Field::Identity => told.identity = Some(from.identity),
        Field::Service => told.service = Some(from.service),
        Field::FlightKind => told.flight = Some(from.flight),
        Field::Plan => told.plan = Some(from.plan),
        Field::Alerts => told.alerts = Some((from.alerts, from.alert_state)),
        Field::Accuracy => told.position_covariance = from.position_covariance,
        Field::Lineage => told.sensors = Some(from.sensors.clone()),
        Field::Content => told.content = Some(from.content.clone()),
    }
}

fn forget(told: &mut Told, field: Field) {
    match field {
        Field::Position => told.position_rad = None,
        Field::Level => (told.level_m, told.on_ground) = (None, None),
        Field::Velocity => told.velocity_mps = None,
        Field::VerticalRate => told.vertical_rate_mps = None,
        Field::Address => told.address = None,
        Field::Code => told.mode_3a = None,
        Field::Callsign => told.callsign = None,
        Field::Category => told.category = None,
        Field::Identity => told.identity = None,
        Field::Service => told.service = None,
        Field::FlightKind => told.flight = None,
        Field::Plan => told.plan = None,
        Field::Alerts => told.alerts = None,
        Field::Accuracy => told.position_covariance = None,
        Field::Lineage => (told.sensors, told.plots) = (None, Vec::new()),
        Field::Content => (told.content, told.tracks) = (None, Vec::new()),
    }
}

fn sources<'a>(versions: &'a [&'a Subject]) -> impl Iterator<Item = &'a Source> {
    versions.iter().flat_map(|version| match &version.lineage {
        Lineage::Fused(sources) | Lineage::Foreign(sources) => sources.as_slice(),
        Lineage::Own | Lineage::Unknown => &[],
    })
}

fn originators(versions: &[&Subject]) -> Vec<PartyId> {
    let mut parties: Vec<PartyId> = sources(versions).map(|source| source.originator).collect();
    parties.sort_unstable();
    parties.dedup();
    parties
}

/// To whom all that is in it may be passed on: by every article that lets it out and by everyone
/// whose data are in it.
fn onward(policy: &Policy, to: PartyId, terms: &Terms, versions: &[&Subject]) -> Vec<Onward> {
    let mut fields = terms.fields.iter();
    let first = fields.next().map_or(&[][..], |field| policy.onward(terms.by[field as usize]));
    let mut allowed: Vec<Onward> = first.iter().filter(|o| o.to != to).copied().collect();
    let mut narrow = |by: &[Onward], always: Option<PartyId>| {
        allowed.retain_mut(|onward| {
            let other = by.iter().find(|other| other.to == onward.to);
            if let Some(other) = other {
                onward.at_best = onward.at_best.coarser(other.at_best);
            }
            other.is_some() || always == Some(onward.to)
        });
    };
    for field in fields {
        narrow(policy.onward(terms.by[field as usize]), None);
    }
    for source in sources(versions).filter(|source| source.originator != to) {
        narrow(&source.onward, Some(source.originator));
    }
    allowed.sort_by_key(|onward| onward.to);
    allowed
}
