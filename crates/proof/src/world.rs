//! What a question about accords is asked in: the parties and areas that texts name, as a Cedar
//! schema.
//!
//! One request is one question: may this receiver (`principal`) be told this field, so exactly,
//! of this object (`resource`), now (`context`)? Instants and ages are whole nanoseconds, lengths
//! and speeds whole micrometres, as [`micro`] and [`nano`] make them. Every attribute is free but
//! for what the types say; a proof is over all their values.

use crate::question::Part;
use accord::{
    Accord, AlertKind, AlertState, Area, Clause, Conditions, FlightKind, ObjectKind, PartyId,
    PlanState, Service, Shape,
};
use cedar_policy::Schema;
use picture::Identity;
use std::fmt::Debug;
use std::sync::Arc;

/// The parties and the areas that some accords name.
#[derive(Debug, Clone)]
pub struct World {
    /// Every party, in order.
    pub parties: Vec<PartyId>,
    /// Every shape once, however many texts and articles name it: `inside.a0`, `inside.a1`, ….
    pub shapes: Vec<Arc<Shape>>,
}

impl World {
    /// Of everything these accords name.
    pub fn of(accords: &[Arc<Accord>]) -> Self {
        let mut parties: Vec<PartyId> =
            accords.iter().flat_map(|accord| accord.parties.iter().map(|p| p.id)).collect();
        parties.sort_unstable();
        parties.dedup();
        let mut shapes: Vec<Arc<Shape>> = Vec::new();
        for conditions in accords.iter().flat_map(|accord| conditions(accord)) {
            let Area::Shapes(named) = &conditions.area else { continue };
            for shape in named {
                if !shapes.iter().any(|known| is_same(known, shape)) {
                    shapes.push(shape.clone());
                }
            }
        }
        Self { parties, shapes }
    }

    /// The attribute that says whether an object is inside a shape.
    pub(crate) fn inside(&self, shape: &Shape) -> String {
        let index = self.shapes.iter().position(|known| is_same(known, shape));
        index.map_or_else(|| "false".into(), |index| format!("resource.inside.a{index}"))
    }

    /// The schema as text.
    pub fn schema_text(&self) -> String {
        let parties: Vec<String> =
            self.parties.iter().map(|party| format!("{:?}", party.as_str())).collect();
        let inside: Vec<String> =
            (0..self.shapes.len()).map(|index| format!("a{index}: Bool")).collect();
        format!(
            "entity Party enum [{parties}];\n\
             entity Kind enum [{kinds}];\n\
             entity Field enum [{fields}];\n\
             entity Identity enum [{identities}];\n\
             entity Service enum [{services}];\n\
             entity Flight enum [{flights}];\n\
             entity Plan enum [{plans}];\n\
             entity Alert enum [{alerts}];\n\
             entity AlertState enum [{states}];\n\
             entity Object = {{\n\
             \x20 kind: Kind, identity: Identity, service: Service, flight: Flight, plan: Plan,\n\
             \x20 alerts: Set<Alert>, alert_state: AlertState,\n\
             \x20 placed: Bool, inside: {{ {inside} }}, level?: Long,\n\
             \x20 address?: String, callsign?: String,\n\
             }};\n\
             action tell appliesTo {{ principal: [Party], resource: [Object], context: {{\n\
             \x20 now: Long, age: Long, field: Field, step: Long, time_step: Long, since_last: Long,\n\
             \x20 foreign: Bool,\n\
             \x20 passed_on?: {{ step: Long, time_step: Long, since_last: Long, age: Long }},\n\
             }} }};\n",
            parties = parties.join(", "),
            kinds = words(&KINDS),
            fields = listed(Part::all().map(Part::word)),
            identities = words(&IDENTITIES),
            services = words(&Service::ALL),
            flights = words(&FLIGHTS),
            plans = words(&PLANS),
            alerts = words(&AlertKind::ALL),
            states = words(&ALERT_STATES),
            inside = inside.join(", "),
        )
    }

    /// The schema.
    pub fn schema(&self) -> Schema {
        let text = self.schema_text();
        let (schema, _) = Schema::from_cedarschema_str(&text)
            .unwrap_or_else(|error| unreachable!("the schema is ours: {error}\n{text}"));
        schema
    }
}

/// Every condition of an accord's releases and caveats.
fn conditions(accord: &Accord) -> impl Iterator<Item = &Conditions> {
    let grants = accord.articles.iter().filter_map(|article| match &article.clause {
        Clause::Release(grant) => Some(&grant.of),
        _ => None,
    });
    grants.chain(accord.caveats.iter().map(|caveat| &caveat.of))
}

fn is_same(a: &Arc<Shape>, b: &Shape) -> bool {
    std::ptr::eq(a.as_ref(), b) || a.form() == b.form()
}

/// Values as Cedar lists the members of an `enum`.
fn words<T: Debug + Copy>(values: &[T]) -> String {
    listed(values.iter().map(|value| word(*value)))
}

fn listed(words: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> = words.map(|word| format!("{word:?}")).collect();
    quoted.join(", ")
}

/// Metres, or metres a second, as whole micrometres.
pub fn micro(metres: f64) -> i64 {
    (metres * 1e6).round() as i64
}

/// Seconds as whole nanoseconds.
pub fn nano(seconds: f64) -> i64 {
    (seconds * 1e9).round() as i64
}

pub(crate) const KINDS: [ObjectKind; 5] = [
    ObjectKind::Track,
    ObjectKind::Plot,
    ObjectKind::Alert,
    ObjectKind::Incident,
    ObjectKind::Coverage,
];

pub(crate) const IDENTITIES: [Identity; 8] = [
    Identity::Pending,
    Identity::Unknown,
    Identity::AssumedFriend,
    Identity::Friend,
    Identity::Neutral,
    Identity::Suspect,
    Identity::Hostile,
    Identity::Civil,
];

pub(crate) const FLIGHTS: [FlightKind; 6] = [
    FlightKind::Untold,
    FlightKind::Scheduled,
    FlightKind::NonScheduled,
    FlightKind::General,
    FlightKind::Military,
    FlightKind::Other,
];

pub(crate) const PLANS: [PlanState; 3] =
    [PlanState::Untold, PlanState::Correlated, PlanState::Uncorrelated];

pub(crate) const ALERT_STATES: [AlertState; 4] =
    [AlertState::None, AlertState::Raised, AlertState::Acknowledged, AlertState::Closed];

/// The word of a value, as in an accord's document: its name in small letters and hyphens.
pub(crate) fn word<T: Debug>(value: T) -> String {
    let mut word = String::new();
    for letter in format!("{value:?}").chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

/// The value of a word.
pub(crate) fn value_of<T: Debug + Copy>(values: &[T], text: &str) -> Option<T> {
    values.iter().find(|value| word(**value) == text).copied()
}
