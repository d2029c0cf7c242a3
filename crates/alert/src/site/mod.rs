//! Rules of the site: expressions in CEL (the Common Expression Language, cel-spec) over what is
//! known of one track.
//!
//! `cel` parses; here the expression is checked for types and cost and brought into a form that
//! costs tens of nanoseconds a track: the interpreter that comes with it takes a microsecond, and
//! two hundred rules over twenty thousand tracks a second are four million evaluations. What both
//! make of an expression is compared in tests.
//!
//! The language is CEL without macros, maps, structures and optionals: nothing in it loops but over
//! lists that are written out. Start at [`SiteRules::compile`]; [`Variable`] has the names.

mod check;
mod error;
mod program;
mod variables;

pub use error::{Origin, SiteRuleError};
pub use variables::{Kind, Variable};

use crate::{AlertKey, Board, Firings, Rule, Scene, Severity};
use program::{Bool, Tri};
use surveillance::TrackNumber;
use variables::{Row, Told};

/// Longest expression, bytes.
pub const SOURCE_MAX: usize = 2_000;
/// Operators, names and constants of one expression at most.
pub const NODES_MAX: usize = 300;
/// Operators within operators at most.
pub const DEPTH_MAX: usize = 40;
/// Rules of one site at most.
pub const RULES_MAX: usize = 1_000;

/// A rule as a site writes it.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRule {
    /// What people call it.
    pub name: String,
    /// How much its alert needs a person.
    pub severity: Severity,
    /// The expression that must be true of a track for an alert to open.
    pub when: String,
    /// The expression that must be true for it to stay open; `None` for the same. Give a wider one
    /// where the first has a threshold about which a value may waver.
    pub stays: Option<String>,
    /// Where `when` is written, for errors.
    pub when_origin: Origin,
    /// Where `stays` is written, for errors.
    pub stays_origin: Origin,
}

/// How often a rule could and could not be decided, since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// It was true.
    pub fired: u64,
    /// It asked for what is not known of the track: it did not fire, and neither was it false, so
    /// that an alert that is open stays.
    pub undecided: u64,
    /// The track of which that was so last.
    pub last_undecided: Option<TrackNumber>,
}

/// A site's rules, checked.
#[derive(Debug, Clone)]
pub struct SiteRules {
    rules: Vec<Compiled>,
    tallies: Vec<Tally>,
    /// Open alerts, by rule and track.
    open: Vec<(u16, TrackNumber)>,
}

#[derive(Debug, Clone)]
struct Compiled {
    name: String,
    severity: Severity,
    when: Bool,
    stays: Option<Bool>,
    /// What the alert tells of the track: variables that the expression names, and what they are
    /// held against.
    told: Vec<Told>,
}

impl SiteRules {
    /// Parses and checks a site's rules. `areas` are the names of the node's airspaces in its own
    /// order, which `inside("name")` goes by; of those that share a name it is in one.
    ///
    /// # Errors
    /// Every fault of every rule, with file, line, key, column, and what to write instead.
    pub fn compile(rules: &[SiteRule], areas: &[&str]) -> Result<Self, Vec<SiteRuleError>> {
        let mut faults = Vec::new();
        if let Some(rule) = rules.get(RULES_MAX) {
            faults.push(rule.when_origin.fault(0, format!("at most {RULES_MAX} rules fit")));
        }
        let mut compiled = Vec::new();
        for rule in rules.iter().take(RULES_MAX) {
            let when = check::expression(&rule.when, &rule.when_origin, areas);
            let stays =
                rule.stays.as_ref().map(|text| check::expression(text, &rule.stays_origin, areas));
            match (when, stays.transpose()) {
                (Ok((when, told)), Ok(stays)) => compiled.push(Compiled {
                    name: rule.name.clone(),
                    severity: rule.severity,
                    when,
                    stays: stays.map(|(stays, _)| stays),
                    told,
                }),
                (when, stays) => faults.extend(when.err().into_iter().chain(stays.err())),
            }
        }
        let tallies = vec![Tally::default(); compiled.len()];
        if faults.is_empty() {
            Ok(Self { rules: compiled, tallies, open: Vec::new() })
        } else {
            Err(faults)
        }
    }

    /// What people call a rule, by its place: `Rule::Site(place)`.
    pub fn name(&self, place: u16) -> Option<&str> {
        self.rules.get(usize::from(place)).map(|rule| rule.name.as_str())
    }

    /// How often each rule could and could not be decided.
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// Fires for each track of which a rule is true. Where it cannot be decided nothing opens and
    /// nothing ends.
    pub fn evaluate(&mut self, scene: &Scene<'_>, board: &Board, firings: &mut Firings) {
        self.open.clear();
        for place in 0..self.rules.len() as u16 {
            let open = board.open_of(Rule::Site(place));
            let tracks = open.filter_map(|alert| alert.key.tracks[0]);
            self.open.extend(tracks.map(|track| (place, track)));
        }
        let open = &self.open;
        for subject in scene.tracks {
            let row = Row::of(scene, subject);
            let number = subject.number();
            for (place, (rule, tally)) in self.rules.iter().zip(&mut self.tallies).enumerate() {
                let place = place as u16;
                let is_open = || open.binary_search(&(place, number)).is_ok();
                let condition = rule.stays.as_ref().filter(|_| is_open()).unwrap_or(&rule.when);
                match condition.of(&row) {
                    Tri::False => {}
                    Tri::Unknown => {
                        tally.undecided += 1;
                        tally.last_undecided = Some(number);
                        if is_open() {
                            firings.hold(AlertKey::of_track(Rule::Site(place), number));
                        }
                    }
                    Tri::True => {
                        tally.fired += 1;
                        let key = AlertKey::of_track(Rule::Site(place), number);
                        let facts = firings.fire(key, rule.severity, None);
                        facts.extend(rule.told.iter().filter_map(|told| told.fact(&row)));
                    }
                }
            }
        }
    }
}
