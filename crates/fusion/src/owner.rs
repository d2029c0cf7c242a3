//! Whose a target is: one party at a time, by where it flies, handed over at the border.
//!
//! The owner is the party whose number, identity and word the others show first. It changes when a
//! target is well inside another's area for a while, so that a flight along a border has one owner;
//! a party that falls silent owns nothing.

use std::collections::BTreeMap;
use surveillance::Time;

/// When a target changes hands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OwnerRules {
    /// How deep inside another's area it must be, metres.
    pub depth_m: f64,
    /// For how long, seconds.
    pub hold_s: f64,
}

impl Default for OwnerRules {
    /// 2.5 NM, the separation minimum's half, and two turns of a 12 s radar.
    fn default() -> Self {
        Self { depth_m: 4_630.0, hold_s: 24.0 }
    }
}

/// How one party stands to a target at an instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim<P> {
    /// Who.
    pub party: P,
    /// Distance inside its area, metres; negative outside.
    pub depth_m: f64,
    /// Whether it holds a track of the target now.
    pub sees: bool,
}

/// Who owns a target, and since when.
#[derive(Debug, Clone, PartialEq)]
pub struct Owner<P> {
    /// Who.
    pub party: P,
    /// From when, UTC.
    pub since: Time,
}

/// Owners of all targets of one picture.
#[derive(Debug)]
pub struct Ownership<K, P> {
    rules: OwnerRules,
    held: BTreeMap<K, Held<P>>,
}

#[derive(Debug)]
struct Held<P> {
    owner: Owner<P>,
    /// Who is about to take over, and since when it could.
    next: Option<(P, Time)>,
}

impl<K: Ord + Clone, P: Ord + Clone> Ownership<K, P> {
    /// Nothing owned yet.
    pub fn new(rules: OwnerRules) -> Self {
        Self { rules, held: BTreeMap::new() }
    }

    /// Works out who owns `target` at `now`, `claims` being how each party stands to it. The new
    /// owner if that changed. A first owner is the deepest that sees it; without any that sees it,
    /// there is none.
    pub fn update(&mut self, target: &K, claims: &[Claim<P>], now: Time) -> Option<Owner<P>> {
        let deepest = claims.iter().filter(|claim| claim.sees).max_by(|a, b| {
            // Of two equally deep, the one first in the alphabet: every node decides alike.
            a.depth_m.total_cmp(&b.depth_m).then(b.party.cmp(&a.party))
        });
        let Some(deepest) = deepest else {
            self.held.remove(target);
            return None;
        };
        let Some(held) = self.held.get_mut(target) else {
            let owner = Owner { party: deepest.party.clone(), since: now };
            self.held.insert(target.clone(), Held { owner: owner.clone(), next: None });
            return Some(owner);
        };
        let present = claims.iter().find(|claim| claim.party == held.owner.party);
        let blind = present.is_none_or(|claim| !claim.sees);
        if deepest.party == held.owner.party {
            held.next = None;
            return None;
        }
        if !blind && deepest.depth_m < self.rules.depth_m {
            held.next = None;
            return None;
        }
        let waiting = held.next.as_ref().filter(|(party, _)| *party == deepest.party);
        let since = waiting.map_or(now, |(_, since)| *since);
        if !blind && now.seconds_since(since) < self.rules.hold_s {
            held.next = Some((deepest.party.clone(), since));
            return None;
        }
        held.owner = Owner { party: deepest.party.clone(), since: now };
        held.next = None;
        Some(held.owner.clone())
    }

    /// Who owns it.
    pub fn owner(&self, target: &K) -> Option<&Owner<P>> {
        self.held.get(target).map(|held| &held.owner)
    }

    /// Who is about to take it over.
    pub fn next(&self, target: &K) -> Option<&P> {
        self.held.get(target).and_then(|held| held.next.as_ref()).map(|(party, _)| party)
    }

    /// Every target that is owned, in order.
    pub fn targets(&self) -> impl Iterator<Item = &K> {
        self.held.keys()
    }

    /// The target is in no picture any more.
    pub fn end(&mut self, target: &K) {
        self.held.remove(target);
    }
}
