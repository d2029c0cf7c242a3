//! A policy as it stands at one instant, and what it says of a subject.

use super::{CLOCK_DOUBT_S, ClauseEffect, Plan, Policy, VERSIONS_MAX};
use crate::Suspension;
use crate::decision::{ClauseIndex, Terms};
use crate::model::Effect;
use crate::tables::{Seen, Tables, first};
use crate::{
    Accord, ArticleRef, Condition, Decision, Field, FieldSet, Lineage, ObjectKind, PartyId,
    Reduction, Source, Subject,
};
use std::sync::Arc;
use surveillance::Time;

impl Policy {
    /// The policy as it stands at `now`.
    pub fn at(&self, now: Time) -> View<'_> {
        let mut standing = vec![0_u64; self.tables.words];
        let mut suspended = vec![0_u64; self.tables.words];
        let in_force: Vec<bool> =
            self.accords.iter().map(|accord| accord.lifecycle.is_in_force(now)).collect();
        for (bit, clause) in self.clauses.iter().enumerate() {
            let mask = 1 << (bit % 64);
            match clause.effect {
                ClauseEffect::Caveat(_) => standing[bit / 64] |= mask,
                ClauseEffect::Grant { .. } if in_force[clause.accord] => {
                    let life = &self.accords[clause.accord].lifecycle;
                    let stops = |s: &Suspension| {
                        s.holds(now) && s.stops(self.own, clause.to, clause.article.article)
                    };
                    let held = life.suspensions().iter().any(stops);
                    let mask_of = if held { &mut suspended } else { &mut standing };
                    mask_of[bit / 64] |= mask;
                }
                _ => {}
            }
        }
        View { policy: self, now, standing, suspended }
    }
}

/// A policy as it stands at one instant.
#[derive(Debug, Clone)]
pub struct View<'p> {
    policy: &'p Policy,
    now: Time,
    standing: Vec<u64>,
    suspended: Vec<u64>,
}

/// Which clauses of one policy stand for one partner.
#[derive(Debug, Clone)]
pub(crate) struct Stood {
    /// Of the policy, whichever copy of it: held, so that no other can have its place.
    tables: Arc<Tables>,
    standing: Vec<u64>,
}

impl PartialEq for Stood {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.tables, &other.tables) && self.standing == other.standing
    }
}

/// A subject against the conditions of every clause, for all partners.
#[derive(Debug, Clone)]
pub struct Placed<'s> {
    subject: &'s Subject,
    fits: Vec<u64>,
    /// What stood before each test.
    passed: Vec<u64>,
    /// What it can tell.
    told: FieldSet,
    seen: Seen,
    /// So far ahead that one of the clocks is in doubt.
    is_ahead: bool,
}

impl<'s> Placed<'s> {
    /// What was placed.
    pub fn subject(&self) -> &'s Subject {
        self.subject
    }

    fn fit(&mut self, tables: &Tables) {
        self.told = self.subject.told();
        tables.fit(self.subject, self.seen, &mut self.fits, &mut self.passed);
    }

    /// Whether its time lies so far ahead of the clock that one of the two is in doubt.
    pub(crate) fn is_ahead(&self) -> bool {
        self.is_ahead
    }
}

impl<'p> View<'p> {
    /// The instant.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The policy.
    pub fn policy(&self) -> &'p Policy {
        self.policy
    }

    /// Whether any release to `partner` stands, so that a feed runs at all.
    pub fn feeds(&self, partner: PartyId) -> bool {
        self.policy
            .plan(partner)
            .is_some_and(|plan| self.standing[plan.grants.clone()].iter().any(|word| *word != 0))
    }

    /// The articles by which `partner` may be told something at the instant, in their order, and how
    /// exactly at most.
    pub fn grants_to(&self, partner: PartyId) -> Vec<(ArticleRef, Reduction)> {
        let Some(plan) = self.policy.plan(partner) else { return Vec::new() };
        let words = plan.grants.clone();
        let standing =
            words.flat_map(|word| bits(self.standing[word]).map(move |bit| index(word, bit)));
        let grant = |clause| (self.policy.article_of(clause), self.policy.grant(clause).1);
        let mut grants: Vec<_> = standing.map(grant).collect();
        grants.sort_by_key(|(article, _)| *article);
        grants
    }

    /// The caveats that hold towards `partner`, in their order, and what each does.
    pub fn caveats_towards(&self, partner: PartyId) -> Vec<(ArticleRef, Effect)> {
        let Some(plan) = self.policy.plan(partner) else { return Vec::new() };
        let words = plan.caveats.clone();
        let standing =
            words.flat_map(|word| bits(self.standing[word]).map(move |bit| index(word, bit)));
        let caveat = |clause: ClauseIndex| {
            let compiled = &self.policy.clauses[usize::from(clause.0)];
            let ClauseEffect::Caveat(effect) = compiled.effect else { return None };
            Some((compiled.article, effect))
        };
        let mut caveats: Vec<_> = standing.filter_map(caveat).collect();
        caveats.sort_by_key(|(article, _)| *article);
        caveats
    }

    /// What stands for a partner: as long as it is equal, the same subject is decided the same, but
    /// for delays.
    pub(crate) fn stood(&self, partner: PartyId) -> Option<Stood> {
        let plan = self.policy.plan(partner)?;
        let standing = self.standing[plan.grants.clone()].to_vec();
        Some(Stood { tables: self.policy.tables.clone(), standing })
    }

    /// Puts a subject against the conditions of every clause.
    pub fn place<'s>(&self, subject: &'s Subject) -> Placed<'s> {
        let mut placed = Placed {
            subject,
            fits: Vec::new(),
            passed: Vec::new(),
            told: FieldSet::EMPTY,
            seen: subject.seen(0.0),
            is_ahead: false,
        };
        self.place_again(subject, &mut placed);
        placed
    }

    /// Puts what was placed against the conditions of every clause as another kind of object at another
    /// place (latitude and longitude, radians), with the buffers of `apart`: no allocation.
    pub(crate) fn place_apart<'s>(
        &self,
        placed: &Placed<'s>,
        (object, point_rad): (ObjectKind, [f64; 2]),
        apart: &mut Placed<'s>,
    ) {
        apart.subject = placed.subject;
        apart.is_ahead = placed.is_ahead;
        apart.seen = Seen { object, point_rad: Some(point_rad), ..placed.seen };
        apart.fit(&self.policy.tables);
    }

    /// The same, with the buffers of an earlier one: no allocation.
    pub fn place_again<'s>(&self, subject: &'s Subject, placed: &mut Placed<'s>) {
        placed.subject = subject;
        let age_s = self.now.seconds_since(subject.time);
        placed.is_ahead = age_s < -CLOCK_DOUBT_S;
        placed.seen = subject.seen(age_s.max(0.0));
        placed.fit(&self.policy.tables);
    }

    /// The same as if every delay had passed: for a feed, which keeps what is not due yet.
    pub(crate) fn place_ahead<'s>(&self, subject: &'s Subject, placed: &mut Placed<'s>) {
        placed.subject = subject;
        placed.is_ahead = false;
        placed.seen = subject.seen(f64::INFINITY);
        placed.fit(&self.policy.tables);
    }

    /// What `partner` may have of a placed subject.
    pub fn decide(&self, placed: &Placed<'_>, partner: PartyId) -> Decision {
        match self.policy.plan(partner) {
            Some(plan) => self.decide_planned(placed, plan, |_| true),
            None => withheld(None, Condition::NoAccord),
        }
    }

    /// The article by which `partner` may be told `field` of a placed subject as exactly as `asked`:
    /// its step, its step of time and its highest rate at most so coarse. `None` if by none.
    pub fn may_tell(
        &self,
        placed: &Placed<'_>,
        partner: PartyId,
        field: Field,
        asked: Reduction,
    ) -> Option<ArticleRef> {
        let fine = |r: &Reduction| r.time_s <= asked.time_s && r.interval_s <= asked.interval_s;
        let decision = self.decide_by(placed, partner, |clause| fine(&self.policy.grant(clause).1));
        match decision {
            Decision::Released(terms)
                if terms.fields.has(field)
                    && terms.steps.step(field) <= asked.step(field)
                    && fine(&terms.steps) =>
            {
                Some(self.policy.article_of(terms.by[field as usize]))
            }
            _ => None,
        }
    }

    /// What `partner` may have by those clauses alone that `counts` says count.
    pub(crate) fn decide_by(
        &self,
        placed: &Placed<'_>,
        partner: PartyId,
        counts: impl Fn(ClauseIndex) -> bool,
    ) -> Decision {
        match self.policy.plan(partner) {
            Some(plan) => self.decide_planned(placed, plan, counts),
            None => withheld(None, Condition::NoAccord),
        }
    }

    /// Whether no caveat towards `partner` says anything of a placed subject.
    pub(crate) fn is_free_of_caveats(&self, placed: &Placed<'_>, partner: PartyId) -> bool {
        let plan = self.policy.plan(partner);
        plan.is_some_and(|plan| {
            self.caveats(placed, plan).is_ok_and(|limits| limits == Limits::NONE)
        })
    }

    /// The clauses that grant something of a placed subject, or of a version of it that may go to
    /// `partner`, best first, in place of what is in `clauses`.
    pub(crate) fn grants_into(
        &self,
        placed: &Placed<'_>,
        partner: PartyId,
        clauses: &mut Vec<ClauseIndex>,
    ) {
        clauses.clear();
        let Some(plan) = self.policy.plan(partner) else { return };
        let subject = placed.subject;
        let mut add = |fits: &dyn Fn(usize) -> u64| {
            let words = plan.grants.clone();
            let of_word =
                |word| bits(self.standing[word] & fits(word)).map(move |bit| index(word, bit));
            clauses.extend(words.flat_map(of_word));
        };
        if subject.lineage == Lineage::Own && subject.without.is_empty() {
            add(&|word| placed.fits[word]);
            return;
        }
        let mut versions = self.versions(placed);
        versions
            .retain(|version| onward(&version.subject.lineage, partner, self.policy.own).is_ok());
        add(&|word| versions.iter().fold(0, |all, version| all | version.fits[word]));
    }

    #[inline]
    fn decide_planned(
        &self,
        placed: &Placed<'_>,
        plan: &Plan,
        counts: impl Fn(ClauseIndex) -> bool,
    ) -> Decision {
        let subject = placed.subject;
        if placed.is_ahead {
            return withheld(None, Condition::Clock);
        }
        if subject.lineage == Lineage::Own && subject.without.is_empty() {
            let limits = match self.caveats(placed, plan) {
                Ok(limits) => limits,
                Err(caveat) => return withheld(Some(caveat), Condition::Caveat),
            };
            let mut terms = Terms::none();
            self.merge(&mut terms, placed, plan, (0, limits), &counts);
            return self.concluded(terms, placed, plan, limits);
        }
        self.decide_of_versions(placed, plan, &counts)
    }

    /// A placed subject and its other versions, placed alike.
    fn versions<'s>(&self, placed: &Placed<'s>) -> Vec<Placed<'s>> {
        let age_s = placed.seen.age_s;
        let others = placed.subject.without.iter().take(VERSIONS_MAX - 1).map(|version| {
            let (fits, passed) = (Vec::new(), Vec::new());
            let told = FieldSet::EMPTY;
            let (seen, is_ahead) = (version.seen(age_s), false);
            let mut placed = Placed { subject: version, fits, passed, told, seen, is_ahead };
            placed.fit(&self.policy.tables);
            placed
        });
        std::iter::once(placed.clone()).chain(others).collect()
    }

    /// A subject that others contributed to: each version is asked for, each field goes out from
    /// the version that may be told best.
    fn decide_of_versions(
        &self,
        placed: &Placed<'_>,
        plan: &Plan,
        counts: &impl Fn(ClauseIndex) -> bool,
    ) -> Decision {
        let versions = self.versions(placed);
        // What a caveat says of any version it says of the object.
        let mut limits = Limits::NONE;
        for version in &versions {
            match self.caveats(version, plan) {
                Ok(more) => limits = limits.and(more),
                Err(caveat) => return withheld(Some(caveat), Condition::Caveat),
            }
        }
        let mut terms = Terms::none();
        let mut barred = None;
        for (number, version) in versions.iter().enumerate() {
            let at_best = match onward(&version.subject.lineage, plan.party, self.policy.own) {
                Ok(at_best) => at_best,
                Err(failed) => {
                    barred = barred.or(Some(failed));
                    continue;
                }
            };
            let limits = limits.and(Limits { keeps: FieldSet::EMPTY, at_best });
            self.merge(&mut terms, version, plan, (number as u8, limits), counts);
        }
        let some_stands = self.first_standing(placed, plan);
        match (terms.fields.is_empty(), barred, some_stands) {
            (true, Some(failed), Some(clause)) => withheld(Some(clause), failed),
            _ => self.concluded(terms, placed, plan, limits),
        }
    }

    /// What caveats keep and limit, or the caveat that withholds the whole.
    #[inline]
    fn caveats(&self, placed: &Placed<'_>, plan: &Plan) -> Result<Limits, ClauseIndex> {
        let mut limits = Limits::NONE;
        for word in plan.caveats.clone() {
            for bit in bits(placed.fits[word]) {
                let clause = index(word, bit);
                match &self.policy.clauses[usize::from(clause.0)].effect {
                    ClauseEffect::Caveat(Effect::Limit { keeps, at_best }) => {
                        limits = limits.and(Limits { keeps: *keeps, at_best: *at_best });
                    }
                    _ => return Err(clause),
                }
            }
        }
        Ok(limits)
    }

    /// Adds to `terms` what one version may tell: each field by the clause that tells it best.
    #[inline]
    fn merge(
        &self,
        terms: &mut Terms,
        placed: &Placed<'_>,
        plan: &Plan,
        (version, limits): (u8, Limits),
        counts: &impl Fn(ClauseIndex) -> bool,
    ) {
        if placed.seen.age_s < limits.at_best.delay_s {
            return;
        }
        let before = terms.fields;
        let told = placed.told.without(limits.keeps);
        let mut mine = FieldSet::EMPTY;
        for word in plan.grants.clone() {
            for bit in bits(self.standing[word] & placed.fits[word]) {
                let clause = index(word, bit);
                let ClauseEffect::Grant { fields, reduction, .. } =
                    &self.policy.clauses[usize::from(clause.0)].effect
                else {
                    continue;
                };
                if !counts(clause) {
                    continue;
                }
                let granted = fields.and(told);
                let steps = reduction.coarser(limits.at_best);
                terms.grade(granted, steps, (clause, version), before.or(mine));
                mine = mine.or(granted);
            }
        }
        if !mine.is_empty() {
            let floor = limits.at_best;
            terms.steps.time_s = terms.steps.time_s.max(floor.time_s);
            terms.steps.delay_s = terms.steps.delay_s.max(floor.delay_s);
            terms.steps.interval_s = terms.steps.interval_s.max(floor.interval_s);
        }
    }

    fn concluded(
        &self,
        terms: Terms,
        placed: &Placed<'_>,
        plan: &Plan,
        limits: Limits,
    ) -> Decision {
        if !terms.fields.is_empty() {
            return Decision::Released(terms);
        }
        self.nearest(placed, plan, limits)
    }

    /// Why nothing goes out: the clause that passed the most tests, and the one it failed.
    #[cold]
    fn nearest(&self, placed: &Placed<'_>, plan: &Plan, limits: Limits) -> Decision {
        let tables = &self.policy.tables;
        let words = plan.grants.clone();
        if let Some((bit, failed)) = tables.nearest(&placed.fits, &placed.passed, words.clone()) {
            let with_it = |accord: &Arc<Accord>| {
                accord.has_party(self.policy.own) && accord.has_party(plan.party)
            };
            let failed = match failed {
                Condition::NoArticle if !self.policy.accords.iter().any(with_it) => {
                    Condition::NoAccord
                }
                failed => failed,
            };
            return withheld(bit.map(whole), failed);
        }
        let fits = &placed.fits;
        let mut understood = fits.clone();
        for bit in plan.grants.start * 64..plan.grants.end * 64 {
            if matches!(self.policy.clauses[bit].effect, ClauseEffect::NotUnderstood) {
                understood[bit / 64] &= !(1 << (bit % 64));
            }
        }
        if let (nearest, None) = (first(fits, words.clone()), first(&understood, words.clone())) {
            return withheld(nearest.map(whole), Condition::NotUnderstood);
        }
        let both =
            |a: &[u64], b: &[u64]| -> Vec<u64> { a.iter().zip(b).map(|(a, b)| a & b).collect() };
        let standing = both(&understood, &self.standing);
        if let Some(bit) = first(&standing, words.clone()) {
            let clause = whole(bit);
            // It stands and fits, and still nothing goes out.
            let age_s = placed.seen.age_s;
            let caveat_delay = age_s < limits.at_best.delay_s;
            let failed = match (caveat_delay, limits.keeps.is_empty()) {
                (true, _) => Condition::Delay,
                (false, false) => Condition::Caveat,
                (false, true) => Condition::NoField,
            };
            return withheld(Some(clause), failed);
        }
        let suspended = both(&understood, &self.suspended);
        match first(&suspended, words.clone()) {
            Some(bit) => withheld(Some(whole(bit)), Condition::Suspended),
            None => withheld(first(&understood, words).map(whole), Condition::NotInForce),
        }
    }

    /// The best grant that stands and fits.
    fn first_standing(&self, placed: &Placed<'_>, plan: &Plan) -> Option<ClauseIndex> {
        let mut grants = plan.grants.clone().flat_map(|word| {
            bits(self.standing[word] & placed.fits[word]).map(move |bit| index(word, bit))
        });
        grants.next()
    }
}

/// What caveats and originators take from a grant.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Limits {
    keeps: FieldSet,
    at_best: Reduction,
}

impl Limits {
    const NONE: Self = Self { keeps: FieldSet::EMPTY, at_best: Reduction::NONE };

    fn and(self, other: Self) -> Self {
        Self { keeps: self.keeps.or(other.keeps), at_best: self.at_best.coarser(other.at_best) }
    }
}

impl Terms {
    const fn none() -> Self {
        Self {
            fields: FieldSet::EMPTY,
            by: [ClauseIndex(0); 16],
            version: [0; 16],
            steps: Reduction::NONE,
        }
    }

    /// Takes each granted field unless it goes out at least as well already; `have` are the fields
    /// that earlier versions and better clauses of this one tell.
    #[inline]
    fn grade(
        &mut self,
        granted: FieldSet,
        steps: Reduction,
        (clause, version): (ClauseIndex, u8),
        have: FieldSet,
    ) {
        let mut new = granted.without(have).bits();
        self.fields = self.fields.or(granted);
        while new != 0 {
            let field = new.trailing_zeros() as usize;
            self.by[field] = clause;
            self.version[field] = version;
            new &= new - 1;
        }
        for field in [Field::Position, Field::Level, Field::Velocity] {
            if !granted.has(field) {
                continue;
            }
            let step = steps.step(field);
            let held = match field {
                Field::Position => &mut self.steps.position_m,
                Field::Level => &mut self.steps.level_m,
                _ => &mut self.steps.velocity_mps,
            };
            if !have.has(field) || step < *held {
                *held = step;
                self.by[field as usize] = clause;
                self.version[field as usize] = version;
            }
        }
    }
}

/// How exactly at most everything in a lineage may go on to `partner`; the condition that fails if
/// some of it may not.
fn onward(lineage: &Lineage, partner: PartyId, own: PartyId) -> Result<Reduction, Condition> {
    let (sources, alone) = match lineage {
        Lineage::Own => return Ok(Reduction::NONE),
        Lineage::Unknown => return Err(Condition::Onward),
        Lineage::Fused(sources) => (sources, false),
        Lineage::Foreign(sources) => (sources, true),
    };
    if alone && sources.iter().all(|source| source.originator == partner) {
        return Err(Condition::ItsOwn);
    }
    // What is known of our own by now did not come back with it: it goes out as ours or not at all.
    if alone && sources.iter().any(|source| source.originator == own) {
        return Err(Condition::Onward);
    }
    let of_source = |source: &Source| {
        if source.originator == partner {
            return Some(Reduction::NONE);
        }
        source.onward.iter().find(|onward| onward.to == partner).map(|onward| onward.at_best)
    };
    sources.iter().try_fold(Reduction::NONE, |so_far, source| {
        of_source(source).map(|more| so_far.coarser(more)).ok_or(Condition::Onward)
    })
}

fn withheld(nearest: Option<ClauseIndex>, failed: Condition) -> Decision {
    Decision::Withheld { nearest, failed }
}

#[inline]
fn index(word: usize, bit: u32) -> ClauseIndex {
    ClauseIndex((word * 64) as u16 + bit as u16)
}

fn whole(bit: usize) -> ClauseIndex {
    ClauseIndex(bit as u16)
}

#[inline]
fn bits(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        (word != 0).then(|| {
            let bit = word.trailing_zeros();
            word &= word - 1;
            bit
        })
    })
}
