//! One question, as Cedar asks it and as the filter answers it.

use crate::places::Places;
use crate::world::{
    ALERT_STATES, FLIGHTS, IDENTITIES, KINDS, PLANS, World, micro, nano, value_of, word,
};
use accord::{
    AlertKind, ArticleRef, Field, Lineage, Onward, OwnNumber, PartyId, Policy, Reduction, Service,
    Source, Subject,
};
use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, EvalResult, Request,
    RestrictedExpression,
};
use cedar_policy_symcc::Env;
use geodesy::{Enu, Geodetic};
use std::fmt::Debug;
use std::str::FromStr;
use surveillance::{Address, Callsign, Codes, Mode3A, SensorId, Time};

/// What of an object is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// One field.
    Field(Field),
    /// The plots behind a track that lie where it does. A plot that lies elsewhere is told where both
    /// places say yes, so that what is proved of one place holds of two.
    Plots,
}

impl Part {
    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        Field::ALL.into_iter().map(Part::Field).chain([Part::Plots])
    }

    /// As Cedar names it.
    pub(crate) fn word(self) -> String {
        match self {
            Part::Field(field) => word(field),
            Part::Plots => "plots".into(),
        }
    }
}

/// May `to` be told this part of this subject, so exactly, now?
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Who would be told.
    pub to: PartyId,
    /// What.
    pub part: Part,
    /// How exactly: the step of the field, the step of time, the shortest time between updates.
    pub asked: Reduction,
    /// When.
    pub now: Time,
    /// Of what.
    pub subject: Subject,
}

impl Question {
    /// The article by which the filter says yes.
    pub fn answer(&self, policy: &Policy) -> Option<ArticleRef> {
        let Part::Field(field) = self.part else {
            return policy.plots_of(&self.subject, self.to, self.now).ok();
        };
        let view = policy.at(self.now);
        view.may_tell(&view.place(&self.subject), self.to, field, self.asked)
    }

    /// As Cedar asks it, of the subject itself and none of its other versions.
    pub fn request(&self, world: &World) -> (Request, Entities) {
        let object = uid("Object", "it");
        let entity =
            Entity::new(object.clone(), self.attributes(world).into_iter().collect(), [].into())
                .unwrap_or_else(|error| unreachable!("literals alone: {error}"));
        let entities = Entities::from_entities([entity], None)
            .unwrap_or_else(|error| unreachable!("one entity: {error}"));
        let principal = uid("Party", self.to.as_str());
        let request = Request::new(principal, uid("Action", "tell"), object, self.context(), None);
        (request.unwrap_or_else(|error| unreachable!("no schema to miss: {error}")), entities)
    }

    fn attributes(&self, world: &World) -> Vec<(String, RestrictedExpression)> {
        let subject = &self.subject;
        let point = subject.position.map(|at| [at.latitude_rad, at.longitude_rad]);
        let inside = world.shapes.iter().enumerate().map(|(n, shape)| {
            let holds = point.is_some_and(|point| shape.form().holds(point));
            (format!("a{n}"), RestrictedExpression::new_bool(holds))
        });
        let alerts = subject.alerts.iter().map(|kind| member("Alert", kind));
        let mut attributes: Vec<(String, RestrictedExpression)> = [
            ("kind", member("Kind", subject.object)),
            ("identity", member("Identity", subject.identity)),
            ("service", member("Service", subject.service)),
            ("flight", member("Flight", subject.flight)),
            ("plan", member("Plan", subject.plan)),
            ("alerts", RestrictedExpression::new_set(alerts)),
            ("alert_state", member("AlertState", subject.alert_state)),
            ("placed", RestrictedExpression::new_bool(point.is_some())),
            ("inside", record(inside)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        if let Some(level_m) = subject.level_m {
            attributes.push(("level".into(), RestrictedExpression::new_long(micro(level_m))));
        }
        if let Some(address) = subject.codes.address {
            let text = RestrictedExpression::new_string(address.to_string());
            attributes.push(("address".into(), text));
        }
        if let Some(sign) = subject.codes.callsign {
            let text = RestrictedExpression::new_string(sign.as_str().to_owned());
            attributes.push(("callsign".into(), text));
        }
        attributes
    }

    fn context(&self) -> Context {
        let long = RestrictedExpression::new_long;
        let age_ns = self.now.unix_nanos().saturating_sub(self.subject.time.unix_nanos());
        let mut pairs = vec![
            ("now".to_owned(), long(self.now.unix_nanos())),
            ("age".to_owned(), long(age_ns)),
            (
                "field".to_owned(),
                RestrictedExpression::new_entity_uid(uid("Field", &self.part.word())),
            ),
            ("step".to_owned(), long(micro(step(self.part, &self.asked)))),
            ("time_step".to_owned(), long(nano(self.asked.time_s))),
            ("since_last".to_owned(), long(nano(self.asked.interval_s))),
            (
                "foreign".to_owned(),
                RestrictedExpression::new_bool(self.subject.lineage != Lineage::Own),
            ),
        ];
        if let Some(at_best) = passed_on(&self.subject.lineage, self.to) {
            let parts = [
                ("step", micro(step(self.part, &at_best))),
                ("time_step", nano(at_best.time_s)),
                ("since_last", nano(at_best.interval_s)),
                ("age", nano(at_best.delay_s)),
            ];
            let parts = parts.map(|(name, value)| (name.to_owned(), long(value)));
            pairs.push(("passed_on".to_owned(), record(parts)));
        }
        Context::from_pairs(pairs).unwrap_or_else(|error| unreachable!("names differ: {error}"))
    }

    /// The question of a counterexample; `None` where no point has its memberships.
    pub(crate) fn of_counterexample(env: &Env, world: &World, places: &Places) -> Option<Self> {
        let request = &env.request;
        let context = request.context()?;
        let object = env.entities.get(request.resource()?)?;
        let attribute = |name: &str| object.attr(name)?.ok();
        let long = |name: &str| number(&context.get(name)?);
        let name = id(&context.get("field")?)?;
        let part = Part::all().find(|part| part.word() == name)?;
        let now = Time::from_unix_nanos(long("now")?);
        let time = Time::from_unix_nanos(long("now")?.checked_sub(long("age")?)?);
        let kind = value_of(&KINDS, &id(&attribute("kind")?)?)?;
        let to: PartyId = request.principal()?.id().unescaped().parse().ok()?;
        let EvalResult::Record(inside) = attribute("inside")? else { return None };
        let inside: Option<Vec<bool>> = (0..world.shapes.len())
            .map(|n| Some(inside.get(format!("a{n}"))? == &EvalResult::Bool(true)))
            .collect();
        let placed = attribute("placed")? == EvalResult::Bool(true);
        let position = if placed { Some(places.point(&inside?)?) } else { None };
        let alerts = match attribute("alerts")? {
            EvalResult::Set(set) => {
                let kinds = set.iter().filter_map(|kind| value_of(&AlertKind::ALL, &id(kind)?));
                kinds.collect()
            }
            _ => return None,
        };
        let text = |name: &str| match attribute(name) {
            Some(EvalResult::String(text)) => Some(text),
            _ => None,
        };
        let lineage = if context.get("foreign")? == EvalResult::Bool(true) {
            let at_best = match context.get("passed_on") {
                Some(EvalResult::Record(parts)) => {
                    let limit = |name: &str| parts.get(name).and_then(number);
                    let mut at_best = coarse(part, limit("step")?);
                    at_best.time_s = limit("time_step")? as f64 * 1e-9;
                    at_best.interval_s = limit("since_last")? as f64 * 1e-9;
                    at_best.delay_s = limit("age")? as f64 * 1e-9;
                    Some(at_best)
                }
                _ => None,
            };
            from_elsewhere(to, at_best)
        } else {
            Lineage::Own
        };
        let subject = Subject {
            position: position.map(|[latitude_rad, longitude_rad]| Geodetic {
                latitude_rad,
                longitude_rad,
                height_m: 0.0,
            }),
            level_m: attribute("level").as_ref().and_then(number).map(|um| um as f64 * 1e-6),
            identity: value_of(&IDENTITIES, &id(&attribute("identity")?)?)?,
            service: value_of(&Service::ALL, &id(&attribute("service")?)?)?,
            flight: value_of(&FLIGHTS, &id(&attribute("flight")?)?)?,
            plan: value_of(&PLANS, &id(&attribute("plan")?)?)?,
            alerts,
            alert_state: value_of(&ALERT_STATES, &id(&attribute("alert_state")?)?)?,
            codes: Codes {
                address: text("address").and_then(|text| address(&text)),
                callsign: text("callsign").and_then(|text| Callsign::new(&text)),
                ..Codes::default()
            },
            lineage,
            ..Subject::bare(OwnNumber(0), kind, time)
        };
        let asked = Reduction {
            time_s: long("time_step")? as f64 * 1e-9,
            interval_s: long("since_last")? as f64 * 1e-9,
            ..coarse(part, long("step")?)
        };
        Some(Self { to, part, asked, now, subject: told(subject, part) })
    }
}

/// A subject that has the part, if only with something of no consequence in it.
fn told(mut subject: Subject, part: Part) -> Subject {
    let Part::Field(field) = part else {
        return told(told(subject, Part::Field(Field::Accuracy)), Part::Field(Field::Lineage));
    };
    match field {
        Field::Velocity => subject.velocity = Some(Enu { east: 0.0, north: 0.0, up: 0.0 }),
        Field::VerticalRate => subject.vertical_rate_mps = Some(0.0),
        Field::Code => subject.codes.mode_3a = Some(Mode3A::new(0)),
        Field::Category => subject.category = Some(surveillance::EmitterCategory::Large),
        Field::Accuracy => subject.position_covariance = Some([1.0, 0.0, 1.0]),
        Field::Lineage => subject.sensors = vec![SensorId { sac: 0, sic: 0 }],
        Field::Content => subject.content = vec![0],
        // A target on the ground tells a level without having one.
        Field::Level if subject.level_m.is_none() => subject.on_ground = true,
        _ => {}
    }
    subject
}

/// Data of a third party that lets them go on to `to` so exactly, or not at all.
fn from_elsewhere(to: PartyId, at_best: Option<Reduction>) -> Lineage {
    let originator = if to.as_str() == "ELSEWHERE" { "ELSEWHERE-2" } else { "ELSEWHERE" };
    let originator = originator.parse().unwrap_or(to);
    let onward = at_best.map(|at_best| Onward { to, at_best });
    Lineage::Fused(vec![Source { originator, onward: onward.into_iter().collect() }])
}

/// How exactly everything in a lineage may go on; `None` if some of it may not.
fn passed_on(lineage: &Lineage, to: PartyId) -> Option<Reduction> {
    let sources = match lineage {
        Lineage::Own => return Some(Reduction::NONE),
        Lineage::Unknown => return None,
        Lineage::Foreign(sources) if sources.iter().all(|s| s.originator == to) => return None,
        Lineage::Fused(sources) | Lineage::Foreign(sources) => sources,
    };
    sources.iter().filter(|source| source.originator != to).try_fold(
        Reduction::NONE,
        |so_far, source| {
            let onward = source.onward.iter().find(|onward| onward.to == to)?;
            Some(so_far.coarser(onward.at_best))
        },
    )
}

/// The step of a graded field; 0 for what else there is, which go out whole or not at all.
pub(crate) fn step(part: Part, reduction: &Reduction) -> f64 {
    match part {
        Part::Field(Field::Position) => reduction.position_m,
        Part::Field(Field::Level) => reduction.level_m,
        Part::Field(Field::Velocity) => reduction.velocity_mps,
        _ => 0.0,
    }
}

/// A reduction whose step of a field rounds to so many micrometres, at its coarsest: steps were
/// rounded to whole ones.
fn coarse(part: Part, step_um: i64) -> Reduction {
    let step = if step_um == 0 { 0.0 } else { (step_um as f64 + 0.49) * 1e-6 };
    let mut reduction = Reduction::NONE;
    match part {
        Part::Field(Field::Position) => reduction.position_m = step,
        Part::Field(Field::Level) => reduction.level_m = step,
        Part::Field(Field::Velocity) => reduction.velocity_mps = step,
        _ => {}
    }
    reduction
}

fn address(text: &str) -> Option<Address> {
    let (make, digits): (fn(u32) -> Address, &str) = match text.strip_prefix('~') {
        Some(digits) => (Address::other, digits),
        None => (Address::icao, text),
    };
    let address = make(u32::from_str_radix(digits, 16).ok()?);
    (address.to_string() == text).then_some(address)
}

fn number(value: &EvalResult) -> Option<i64> {
    match value {
        EvalResult::Long(number) => Some(*number),
        _ => None,
    }
}

fn id(value: &EvalResult) -> Option<String> {
    match value {
        EvalResult::EntityUid(uid) => Some(uid.id().unescaped().to_owned()),
        _ => None,
    }
}

fn uid(kind: &str, id: &str) -> EntityUid {
    let kind = EntityTypeName::from_str(kind)
        .unwrap_or_else(|error| unreachable!("a type of the schema: {error}"));
    EntityUid::from_type_name_and_id(kind, EntityId::new(id))
}

fn member<T: Debug>(kind: &str, value: T) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(uid(kind, &word(value)))
}

fn record(parts: impl IntoIterator<Item = (String, RestrictedExpression)>) -> RestrictedExpression {
    RestrictedExpression::new_record(parts)
        .unwrap_or_else(|error| unreachable!("names differ: {error}"))
}
