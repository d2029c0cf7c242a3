//! What the rules found at one evaluation.

use crate::{AlertKey, Fact, Firing, Severity};
use surveillance::Time;

/// Facts that a rule writes at most, or nearly always.
const FACTS: usize = 8;

/// The firings of one evaluation. Kept from one to the next: places and their lists of facts are
/// used again, so that an evaluation like the one before it allocates nothing.
#[derive(Debug, Default)]
pub struct Firings {
    places: Vec<Firing>,
    used: usize,
    resolved: Vec<AlertKey>,
    held: Vec<AlertKey>,
}

impl Firings {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets those of the evaluation before.
    pub fn clear(&mut self) {
        self.used = 0;
        self.resolved.clear();
        self.held.clear();
    }

    /// A rule's condition is true. Returns the list for its facts, empty.
    pub fn fire(
        &mut self,
        key: AlertKey,
        severity: Severity,
        predicted: Option<Time>,
    ) -> &mut Vec<Fact> {
        if self.used == self.places.len() {
            self.places.push(Firing { key, severity, predicted, facts: Vec::new() });
        }
        let place = &mut self.places[self.used];
        self.used += 1;
        (place.key, place.severity, place.predicted) = (key, severity, predicted);
        place.facts.clear();
        // Lists go from one alert to another: each is made to hold what any rule writes.
        place.facts.reserve(FACTS);
        &mut place.facts
    }

    /// Takes a firing that a rule made whole.
    pub fn push(&mut self, firing: Firing) {
        let Firing { key, severity, predicted, mut facts } = firing;
        self.fire(key, severity, predicted).append(&mut facts);
    }

    /// Takes all of a list and leaves it empty.
    pub fn append(&mut self, firings: &mut Vec<Firing>) {
        firings.drain(..).for_each(|firing| self.push(firing));
    }

    /// What this alert warned of is over for certain: it ends now and not after its off-delay. For
    /// rules whose condition is an instant, so that it is the delay that keeps their alert open.
    pub fn resolve(&mut self, key: AlertKey) {
        self.resolved.push(key);
    }

    /// Whether what this alert warns of is still so cannot be said: an open one stays as it is.
    pub fn hold(&mut self, key: AlertKey) {
        self.held.push(key);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.used
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// Each of them, as the rules wrote them.
    pub fn iter(&self) -> impl Iterator<Item = &Firing> {
        self.places[..self.used].iter()
    }

    /// Those that are over for certain.
    pub(crate) fn resolved(&self) -> &[AlertKey] {
        &self.resolved
    }

    /// Those of which nothing can be said.
    pub(crate) fn held(&self) -> &[AlertKey] {
        &self.held
    }

    /// By key, the most severe and soonest of a key first.
    pub(crate) fn sorted(&mut self) -> &mut [Firing] {
        let urgency = |firing: &Firing| (std::cmp::Reverse(firing.severity), firing.predicted);
        let used = &mut self.places[..self.used];
        used.sort_unstable_by(|a, b| a.key.cmp(&b.key).then_with(|| urgency(a).cmp(&urgency(b))));
        used
    }
}
