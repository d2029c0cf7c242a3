//! The release matrix: accord by partner by kind of object by marking, what is released, reduced or
//! withheld, and why. One text that a diplomat can read; a change in it is reviewed like an annex.
//!
//! Where an object is and how high does not come into it: the matrix says what an article lets out
//! in its area. Caveats that hold in an area or between levels alone are named beneath.

use crate::area::Area;
use crate::model::{Accord, Clause, Conditions, Effect};
use crate::{
    AlertKind, AlertSet, AlertState, ArticleRef, Explanation, FieldGrant, FlightKind, ObjectKind,
    OwnNumber, PartyId, PlanState, PlotsKept, Policy, PolicyError, Service, Subject, explain::list,
};
use geodesy::{Enu, Geodetic};
use picture::Identity;
use std::fmt::Write;
use std::sync::Arc;
use surveillance::{Address, Callsign, Codes, EmitterCategory, Mode3A, SensorId, Time};

/// Markings by which the matrix tells objects apart.
const MARKINGS: [(&str, Mark); 7] = [
    (
        "civil, with a plan",
        Mark::new(Identity::Civil, Service::Civil, FlightKind::Scheduled, PlanState::Correlated),
    ),
    (
        "civil, without a plan",
        Mark::new(Identity::Civil, Service::Civil, FlightKind::Untold, PlanState::Uncorrelated),
    ),
    (
        "nobody has said whose",
        Mark::new(
            Identity::Civil,
            Service::Undetermined,
            FlightKind::Untold,
            PlanState::Uncorrelated,
        ),
    ),
    (
        "state",
        Mark::new(Identity::Friend, Service::State, FlightKind::Other, PlanState::Correlated),
    ),
    (
        "military",
        Mark::new(Identity::Friend, Service::Military, FlightKind::Military, PlanState::Correlated),
    ),
    (
        "tells nothing of itself",
        Mark::new(
            Identity::Unknown,
            Service::Undetermined,
            FlightKind::Untold,
            PlanState::Uncorrelated,
        ),
    ),
    (
        "suspect",
        Mark::new(
            Identity::Suspect,
            Service::Undetermined,
            FlightKind::Untold,
            PlanState::Uncorrelated,
        ),
    ),
];

const OBJECTS: [(&str, ObjectKind); 5] = [
    ("track", ObjectKind::Track),
    ("plot", ObjectKind::Plot),
    ("alert", ObjectKind::Alert),
    ("incident", ObjectKind::Incident),
    ("coverage", ObjectKind::Coverage),
];

#[derive(Clone, Copy)]
struct Mark {
    identity: Identity,
    service: Service,
    flight: FlightKind,
    plan: PlanState,
}

impl Mark {
    const fn new(
        identity: Identity,
        service: Service,
        flight: FlightKind,
        plan: PlanState,
    ) -> Self {
        Self { identity, service, flight, plan }
    }

    /// An object with this marking that has every field; an alert or incident has every kind.
    fn subject(self, object: ObjectKind, time: Time) -> Subject {
        let alerted = matches!(object, ObjectKind::Alert | ObjectKind::Incident);
        let alerts = if alerted { AlertKind::ALL.into_iter().collect() } else { AlertSet::EMPTY };
        Subject {
            position: Some(Geodetic { latitude_rad: 0.0, longitude_rad: 0.0, height_m: 0.0 }),
            level_m: Some(0.0),
            velocity: Some(Enu { east: 0.0, north: 0.0, up: 0.0 }),
            vertical_rate_mps: Some(0.0),
            position_covariance: Some([1.0, 0.0, 1.0]),
            codes: Codes {
                address: Some(Address::icao(0xff_ffff)),
                mode_3a: Some(Mode3A::new(0o1234)),
                callsign: Callsign::new("ANY"),
                ..Codes::default()
            },
            category: Some(EmitterCategory::Large),
            identity: self.identity,
            service: self.service,
            flight: self.flight,
            plan: self.plan,
            alerts,
            alert_state: if alerted { AlertState::Raised } else { AlertState::None },
            sensors: vec![SensorId { sac: 0, sic: 0 }],
            content: vec![0],
            ..Subject::bare(OwnNumber(0), object, time)
        }
    }
}

/// The matrix of each accord alone, as it stands in the second of `now`: at its beginning.
pub fn matrix(accords: &[Arc<Accord>], now: Time) -> Result<String, PolicyError> {
    let now = Time::from_unix_nanos(now.unix_nanos().div_euclid(1_000_000_000) * 1_000_000_000);
    let mut text = format!("Release matrix at {now}\n");
    let mut sorted: Vec<&Arc<Accord>> = accords.iter().collect();
    sorted.sort_by_key(|accord| accord.id);
    for accord in sorted {
        of_accord(&mut text, accord, now)?;
    }
    Ok(text)
}

fn of_accord(text: &mut String, accord: &Accord, now: Time) -> Result<(), PolicyError> {
    let status = accord.status_in_words(now);
    // Writing to a string cannot fail.
    let _ = write!(text, "\n{}: {}\n{status}\n", accord.id, accord.title);
    let anywhere = Arc::new(everywhere(accord));
    let parties: Vec<PartyId> = accord.parties.iter().map(|party| party.id).collect();
    let mut blocks: Vec<(String, Vec<String>)> = Vec::new();
    for from in &parties {
        let policy = Policy::new(*from, vec![anywhere.clone()])?;
        for to in parties.iter().filter(|to| *to != from) {
            let lines = of_pair(&policy, *to, now);
            // Pairs that are treated alike are told once.
            let pair = format!("{from} to {to}");
            match blocks.iter_mut().find(|(_, known)| *known == lines) {
                Some((pairs, _)) => pairs.push_str(&format!(", {pair}")),
                None => blocks.push((pair, lines)),
            }
        }
    }
    for (pairs, lines) in blocks {
        let _ = write!(text, "\n  {pairs}\n");
        for line in lines {
            let _ = writeln!(text, "    {line}");
        }
    }
    of_places(text, accord);
    Ok(())
}

/// The accord without its areas, levels and delays of age: each article holds where it holds.
fn everywhere(accord: &Accord) -> Accord {
    let mut accord = accord.clone();
    let unplaced = |of: &mut Conditions| {
        of.area = Area::Anywhere;
        of.levels_m = None;
        of.named = None;
    };
    for article in &mut accord.articles {
        if let Clause::Release(grant) = &mut article.clause {
            unplaced(&mut grant.of);
        }
    }
    accord.caveats.retain(|caveat| {
        matches!(caveat.of.area, Area::Anywhere)
            && caveat.of.levels_m.is_none()
            && caveat.of.named.is_none()
    });
    accord
}

fn of_pair(policy: &Policy, to: PartyId, now: Time) -> Vec<String> {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for (object, kind) in OBJECTS {
        let mut cells: Vec<(String, Vec<&str>)> = Vec::new();
        for (marking, mark) in MARKINGS {
            // Old enough for any delay: the delay itself is told as a reduction.
            let time = now.plus_seconds(-2.0 * 86_400.0);
            let said = if kind == ObjectKind::Plot {
                // They go out with the track that they are behind, or not at all.
                let track = mark.subject(ObjectKind::Track, time);
                plots_in_words(policy.plots_of(&track, to, now))
            } else {
                cell(&policy.explain(&policy.decide(&mark.subject(kind, time), to, now)))
            };
            match cells.iter_mut().find(|(known, _)| *known == said) {
                Some((_, markings)) => markings.push(marking),
                None => cells.push((said, vec![marking])),
            }
        }
        for (said, markings) in cells {
            let whom = if markings.len() == MARKINGS.len() {
                "any".to_owned()
            } else {
                markings.join("; ")
            };
            lines.push((format!("{object:<8}  {whom}: {said}"), Vec::new()));
        }
    }
    lines.into_iter().map(|(line, _)| line).collect()
}

/// What is told of plots, in words.
pub fn plots_in_words(told: Result<ArticleRef, PlotsKept>) -> String {
    match told {
        Ok(by) => format!(
            "RELEASED with the track, as measured ({}); plots of one radar show where it stands",
            by.article
        ),
        Err(why) => format!("WITHHELD, {why}"),
    }
}

fn cell(explanation: &Explanation) -> String {
    match explanation {
        Explanation::Withheld { nearest, failed } => {
            let by = nearest.map_or_else(String::new, |near| format!(" ({})", near.article));
            format!("WITHHELD, {failed}{by}")
        }
        Explanation::Released(grants) => {
            let reduced = grants.iter().any(|grant| !grant.reduction.is_none());
            let word = if reduced { "REDUCED" } else { "RELEASED" };
            format!("{word}, {}", by_article(grants))
        }
    }
}

/// `article 3: position, level and callsign (position to 1 NM, every 5 s at most)`, one an article.
fn by_article(grants: &[FieldGrant]) -> String {
    let mut articles: Vec<_> = grants.iter().map(|grant| grant.article).collect();
    articles.sort_unstable();
    articles.dedup();
    let one = |article| {
        let mine: Vec<&FieldGrant> = grants.iter().filter(|g| g.article == article).collect();
        let fields: Vec<_> = mine.iter().map(|grant| grant.field).collect();
        let reduction =
            mine.iter().fold(crate::Reduction::NONE, |all, grant| all.coarser(grant.reduction));
        let how = if reduction.is_none() { String::new() } else { format!(" ({reduction})") };
        format!("article {}: {}{how}", article.article, list(&fields))
    };
    articles.into_iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Where each article holds, and the caveats that hold in a place, between levels or for names.
fn of_places(text: &mut String, accord: &Accord) {
    let place = |of: &Conditions| {
        let mut words = match &of.area {
            Area::Anywhere => "anywhere".to_owned(),
            Area::Shapes(shapes) => {
                list(&shapes.iter().map(|shape| shape.name.as_str()).collect::<Vec<_>>())
            }
        };
        if let Some([from, to]) = of.levels_m {
            let fl = |level_m: f64| level_m / geodesy::units::METRES_PER_FOOT / 100.0;
            match (from.is_finite(), to.is_finite()) {
                (true, true) => {
                    words.push_str(&format!(", FL{:03.0} to FL{:03.0}", fl(from), fl(to)));
                }
                (true, false) => words.push_str(&format!(", FL{:03.0} and above", fl(from))),
                (false, true) => words.push_str(&format!(", FL{:03.0} and below", fl(to))),
                (false, false) => {}
            }
        }
        if let Some(names) = &of.named {
            words.push_str(&format!(", {} named targets", names.len()));
        }
        words
    };
    text.push('\n');
    for article in &accord.articles {
        match &article.clause {
            Clause::Release(grant) => {
                let _ = writeln!(text, "  Article {} holds: {}", article.id, place(&grant.of));
            }
            Clause::NotUnderstood { kind, .. } => {
                let _ = writeln!(text, "  Article {} is not understood: {kind}", article.id);
            }
            _ => {}
        }
    }
    for caveat in &accord.caveats {
        let does = match &caveat.effect {
            Effect::Withhold => "withholds".to_owned(),
            Effect::Limit { keeps, at_best } => {
                let mut does = Vec::new();
                if !keeps.is_empty() {
                    does.push(format!("keeps {keeps}"));
                }
                if !at_best.is_none() {
                    does.push(format!("at best {at_best}"));
                }
                does.join(", ")
            }
        };
        let title = caveat.title.as_deref().unwrap_or("untitled");
        let holds = place(&caveat.of);
        let _ = writeln!(text, "  Caveat {} of {} ({title}) {does}: {holds}", caveat.id, caveat.by);
    }
}
