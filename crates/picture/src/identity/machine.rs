//! What the machine makes of evidence, by stated rules.
//!
//! The points for a class less all doubt are held against what the class needs; the first of
//! friend, assumed friend, neutral and civil that has enough is the machine's answer, else pending
//! and, watched long enough, unknown. A class that stands needs less to stay than to be given, and
//! another takes its place only after it has been the answer for a while: no flapping.

use super::{Identity, Weight};
use surveillance::{Address, Time};

/// Timers and thresholds of identity.
#[derive(Debug, Clone, PartialEq)]
pub struct IdentityRules {
    /// A track of which too little is known stays pending this long, seconds, before it is unknown.
    /// Two minutes: ten turns of a 12 s radar.
    pub pending_s: f64,
    /// Seconds for which another class must be the answer before it takes the place of one that
    /// stands. Pending gives way at once.
    pub dwell_s: f64,
    /// Points that a class needs.
    pub needed: PointsNeeded,
    /// Points by which a class that stands may fall short and stay.
    pub margin: f64,
    /// Seconds for which a first person's suspect or hostile waits for a second.
    pub confirm_s: f64,
    /// Seconds after which a decision is to be looked at again. It stands until a person says
    /// otherwise.
    pub review_s: f64,
    /// First and last address, in order, of each run of addresses of our own and allied state
    /// aircraft.
    pub own_addresses: Vec<(u32, u32)>,
}

/// Points that a class needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointsNeeded {
    /// Friend.
    pub friend: f64,
    /// Assumed friend.
    pub assumed_friend: f64,
    /// Neutral.
    pub neutral: f64,
    /// Civil.
    pub civil: f64,
}

impl Default for IdentityRules {
    fn default() -> Self {
        Self {
            pending_s: 120.0,
            dwell_s: 10.0,
            needed: PointsNeeded { friend: 7.0, assumed_friend: 3.0, neutral: 3.0, civil: 2.0 },
            margin: 1.0,
            confirm_s: 300.0,
            review_s: 1800.0,
            own_addresses: Vec::new(),
        }
    }
}

/// The machine's answer and what may take its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Machine {
    /// What it is.
    pub(super) class: Identity,
    /// The answer now, if it is another, and since when.
    next: Option<(Identity, Time)>,
}

impl Machine {
    pub(super) const NEW: Self = Self { class: Identity::Pending, next: None };

    /// One that has come to `class`; whatever a record says, a machine never says more than it may.
    pub(super) fn at(class: Identity) -> Self {
        let class = if class.is_for_machine() { class } else { Identity::Unknown };
        Self { class, next: None }
    }

    /// The clock leapt by so many seconds: what waits has waited no longer for it.
    pub(super) fn shift(&mut self, by_s: f64) {
        self.next = self.next.map(|(next, since)| (next, since.plus_seconds(by_s)));
    }

    /// Takes the sum of evidence as of `now`; true if the class changed. `age_s`: of the track.
    pub(super) fn judge(
        &mut self,
        rules: &IdentityRules,
        sum: Weight,
        age_s: f64,
        now: Time,
    ) -> bool {
        let answer = self.answer(rules, sum, age_s);
        if answer == self.class {
            self.next = None;
            return false;
        }
        let since = match self.next {
            Some((next, since)) if next == answer => since,
            _ => now,
        };
        if self.class == Identity::Pending || now.seconds_since(since) >= rules.dwell_s {
            *self = Self { class: answer, next: None };
            return true;
        }
        self.next = Some((answer, since));
        false
    }

    fn answer(&self, rules: &IdentityRules, sum: Weight, age_s: f64) -> Identity {
        let PointsNeeded { friend, assumed_friend, neutral, civil } = rules.needed;
        let has = |class: Identity, points: f64, needed: f64| {
            let margin = if self.class == class { rules.margin } else { 0.0 };
            points - sum.doubt >= needed - margin
        };
        if has(Identity::Friend, sum.friend, friend) {
            Identity::Friend
        } else if has(Identity::AssumedFriend, sum.friend, assumed_friend) {
            Identity::AssumedFriend
        } else if has(Identity::Neutral, sum.neutral, neutral) {
            Identity::Neutral
        } else if has(Identity::Civil, sum.civil, civil) {
            Identity::Civil
        } else if self.class == Identity::Pending && age_s < rules.pending_s {
            Identity::Pending
        } else {
            Identity::Unknown
        }
    }
}

impl IdentityRules {
    /// Whether an address is of our own aircraft.
    pub fn is_own(&self, address: Address) -> bool {
        self.own_addresses.iter().any(|(first, last)| (*first..=*last).contains(&address.bits()))
    }
}
