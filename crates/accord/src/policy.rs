//! Accords compiled to a filter.
//!
//! Every clause that binds the policy's own party becomes one bit a partner. What a subject fits is
//! worked out once for all partners ([`View::place`]); what one partner may have of it is then a
//! look at that partner's bits ([`View::decide`]). The bits of a partner's grants stand in the order
//! of their quality, so that the first bit that grants a field grants it best.

use crate::decision::{ClauseIndex, Terms};
use crate::lifecycle::Suspension;
use crate::model::{Accord, AnyOf, Caveat, Clause, Conditions, Effect, Grant};
use crate::tables::{Nearest, Tables, Wanted, first};
use crate::{
    AccordId, ArticleRef, Condition, Decision, Explanation, Field, FieldGrant, FieldSet, Lineage,
    PartyId, Reduction, Source, Subject, area::Area,
};
use std::ops::Range;
use std::sync::Arc;
use surveillance::Time;

/// How far a subject's time may lie ahead of the deciding clock, seconds.
pub const CLOCK_DOUBT_S: f64 = 5.0;
/// Most versions of one subject that are looked at, itself and its `without`.
pub const VERSIONS_MAX: usize = 16;

/// Every accord a party knows, compiled: what may go to whom. Without accords, nothing to nobody.
#[derive(Debug, Clone)]
pub struct Policy {
    own: PartyId,
    accords: Vec<Arc<Accord>>,
    plans: Vec<Plan>,
    clauses: Vec<Compiled>,
    tables: Arc<Tables>,
}

/// The bits of one partner.
#[derive(Debug, Clone)]
struct Plan {
    party: PartyId,
    grants: Range<usize>,
    caveats: Range<usize>,
}

/// What a bit stands for.
#[derive(Debug, Clone)]
struct Compiled {
    article: ArticleRef,
    accord: usize,
    to: PartyId,
    effect: ClauseEffect,
}

#[derive(Debug, Clone)]
enum ClauseEffect {
    Grant {
        fields: FieldSet,
        reduction: Reduction,
        onward: Vec<crate::Onward>,
    },
    NotUnderstood,
    Caveat(Effect),
    /// Fills a partner's bits up to a whole word.
    Unused,
}

/// Two accords that cannot be kept together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// One id twice.
    #[error("accord {0} is there twice; leave one out or give it another id")]
    Twice(AccordId),
    /// Too many.
    #[error("more than {max} clauses and partners; split the policy", max = u16::MAX)]
    TooMany,
}

/// A change of suspension that was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SuspensionError {
    /// Nobody knows it.
    #[error("there is no accord {0}")]
    NoAccord(AccordId),
    /// It is none of their accord.
    #[error("{0} is no party to {1}")]
    NotAParty(PartyId, AccordId),
    /// Only who suspended can resume.
    #[error("{0} has suspended nothing of {1} that it could resume")]
    NothingToResume(PartyId, AccordId),
}

impl Policy {
    /// The policy of `own` without any accord.
    pub fn without_accords(own: PartyId) -> Self {
        Self::new(own, Vec::new()).unwrap_or_else(|_| unreachable!("no accord is there twice"))
    }

    /// The policy of `own` under these accords. Costs milliseconds: shapes are indexed here.
    pub fn new(own: PartyId, mut accords: Vec<Arc<Accord>>) -> Result<Self, PolicyError> {
        accords.sort_by_key(|accord| accord.id);
        if let Some(pair) = accords.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(PolicyError::Twice(pair[0].id));
        }
        let mut layout = Layout::of(own, &accords);
        layout.fill_up();
        if layout.clauses.len() > usize::from(u16::MAX) {
            return Err(PolicyError::TooMany);
        }
        let words = layout.clauses.len() / 64;
        let all = Conditions::all();
        let wanted = layout.sources.iter().map(|(bit, source)| match source {
            Origin::Grant(grant) => Wanted {
                bit: *bit,
                objects: AnyOf(1 << grant.object as u32),
                of: &grant.of,
                delay_s: grant.reduction.delay_s,
                in_doubt: false,
            },
            Origin::NotUnderstood => Wanted {
                bit: *bit,
                objects: AnyOf::ALL,
                of: &all,
                delay_s: f64::NEG_INFINITY,
                in_doubt: true,
            },
            Origin::Caveat(caveat) => Wanted {
                bit: *bit,
                objects: caveat.objects,
                of: &caveat.of,
                delay_s: f64::NEG_INFINITY,
                in_doubt: true,
            },
        });
        let tables = Arc::new(Tables::new(words, &wanted.collect::<Vec<_>>()));
        let Layout { plans, clauses, .. } = layout;
        Ok(Self { own, plans, clauses, tables, accords })
    }

    /// Whose policy it is.
    pub fn own(&self) -> PartyId {
        self.own
    }

    /// The accords it was made of, by id, with the suspensions that came since.
    pub fn accords(&self) -> &[Arc<Accord>] {
        &self.accords
    }

    /// Every partner that some accord names as receiver, in order.
    pub fn partners(&self) -> impl Iterator<Item = PartyId> {
        self.plans.iter().map(|plan| plan.party)
    }

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

    /// Suspends from now on: unilateral and immediate. Who has suspended before is not asked again.
    pub fn suspend(
        &mut self,
        accord: AccordId,
        suspension: Suspension,
    ) -> Result<(), SuspensionError> {
        let by = suspension.by;
        let found = self.party_to(accord, by)?;
        Arc::make_mut(found).lifecycle.suspend(suspension);
        Ok(())
    }

    /// Resumes all that `by` has suspended of an accord and that still holds at `at`; nobody else
    /// can.
    pub fn resume(
        &mut self,
        accord: AccordId,
        by: PartyId,
        at: Time,
    ) -> Result<(), SuspensionError> {
        let found = self.party_to(accord, by)?;
        if Arc::make_mut(found).lifecycle.resume(by, at) {
            Ok(())
        } else {
            Err(SuspensionError::NothingToResume(by, accord))
        }
    }

    fn party_to(
        &mut self,
        accord: AccordId,
        party: PartyId,
    ) -> Result<&mut Arc<Accord>, SuspensionError> {
        let found = self.accords.iter_mut().find(|known| known.id == accord);
        let found = found.ok_or(SuspensionError::NoAccord(accord))?;
        if found.has_party(party) {
            Ok(found)
        } else {
            Err(SuspensionError::NotAParty(party, accord))
        }
    }

    /// Whether any release to `partner` stands at `now`.
    pub fn feeds(&self, partner: PartyId, now: Time) -> bool {
        self.at(now).feeds(partner)
    }

    /// What `partner` may have of `subject` at `now`. For many decisions at one instant take
    /// [`Policy::at`] once.
    pub fn decide(&self, subject: &Subject, partner: PartyId, now: Time) -> Decision {
        let view = self.at(now);
        view.decide(&view.place(subject), partner)
    }

    /// A decision in names.
    pub fn explain(&self, decision: &Decision) -> Explanation {
        let article = |clause: ClauseIndex| self.clauses[usize::from(clause.0)].article;
        match decision {
            Decision::Withheld { nearest, failed } => {
                Explanation::Withheld { nearest: nearest.map(article), failed: *failed }
            }
            Decision::Released(terms) => {
                let grant = |field: Field| {
                    let clause = terms.by[field as usize];
                    FieldGrant {
                        field,
                        article: article(clause),
                        reduction: self.reduction(terms, field),
                    }
                };
                Explanation::Released(terms.fields.iter().map(grant).collect())
            }
        }
    }

    /// How exactly a field goes out on these terms.
    pub(crate) fn reduction(&self, terms: &Terms, field: Field) -> Reduction {
        let of_article = self.grant(terms.by[field as usize]).1;
        let steps = terms.steps;
        Reduction {
            position_m: if field == Field::Position { steps.position_m } else { 0.0 },
            level_m: if field == Field::Level { steps.level_m } else { 0.0 },
            velocity_mps: if field == Field::Velocity { steps.velocity_mps } else { 0.0 },
            time_s: of_article.time_s.max(steps.time_s),
            delay_s: of_article.delay_s.max(steps.delay_s),
            interval_s: of_article.interval_s.max(steps.interval_s),
        }
    }

    /// The fields and the reduction of a clause that grants.
    pub(crate) fn grant(&self, clause: ClauseIndex) -> (FieldSet, Reduction) {
        match &self.clauses[usize::from(clause.0)].effect {
            ClauseEffect::Grant { fields, reduction, .. } => (*fields, *reduction),
            _ => (FieldSet::EMPTY, Reduction::NONE),
        }
    }

    /// To whom a receiver may pass on what this clause lets out.
    pub(crate) fn onward(&self, clause: ClauseIndex) -> &[crate::Onward] {
        match &self.clauses[usize::from(clause.0)].effect {
            ClauseEffect::Grant { onward, .. } => onward,
            _ => &[],
        }
    }

    pub(crate) fn article_of(&self, clause: ClauseIndex) -> ArticleRef {
        self.clauses[usize::from(clause.0)].article
    }

    fn plan(&self, partner: PartyId) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.party == partner)
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

/// A subject against the conditions of every clause, for all partners.
#[derive(Debug, Clone)]
pub struct Placed<'s> {
    subject: &'s Subject,
    fits: Vec<u64>,
    age_s: f64,
}

impl<'s> Placed<'s> {
    /// What was placed.
    pub fn subject(&self) -> &'s Subject {
        self.subject
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

    /// Puts a subject against the conditions of every clause.
    pub fn place<'s>(&self, subject: &'s Subject) -> Placed<'s> {
        let mut placed = Placed { subject, fits: Vec::new(), age_s: 0.0 };
        self.place_again(subject, &mut placed);
        placed
    }

    /// The same, with the buffers of an earlier one: no allocation.
    pub fn place_again<'s>(&self, subject: &'s Subject, placed: &mut Placed<'s>) {
        placed.subject = subject;
        placed.age_s = self.now.seconds_since(subject.time);
        self.policy.tables.fit(subject, placed.age_s.max(0.0), &mut placed.fits);
    }

    /// The same as if every delay had passed: for a feed, which keeps what is not due yet.
    pub(crate) fn place_ahead<'s>(&self, subject: &'s Subject, placed: &mut Placed<'s>) {
        placed.subject = subject;
        placed.age_s = f64::INFINITY;
        self.policy.tables.fit(subject, f64::INFINITY, &mut placed.fits);
    }

    /// What `partner` may have of a placed subject.
    pub fn decide(&self, placed: &Placed<'_>, partner: PartyId) -> Decision {
        match self.policy.plan(partner) {
            Some(plan) => self.decide_planned(placed, plan, |_| true),
            None => withheld(None, Condition::NoArticle),
        }
    }

    /// The same of those clauses alone that `counts` says count.
    pub(crate) fn decide_by(
        &self,
        placed: &Placed<'_>,
        partner: PartyId,
        counts: impl Fn(ClauseIndex) -> bool,
    ) -> Decision {
        match self.policy.plan(partner) {
            Some(plan) => self.decide_planned(placed, plan, counts),
            None => withheld(None, Condition::NoArticle),
        }
    }

    /// The clauses that grant something of a placed subject, best first.
    pub(crate) fn grants<'a>(
        &'a self,
        placed: &'a Placed<'_>,
        partner: PartyId,
    ) -> impl Iterator<Item = ClauseIndex> + 'a {
        let words = self.policy.plan(partner).map_or(0..0, |plan| plan.grants.clone());
        words.flat_map(move |word| {
            bits(self.standing[word] & placed.fits[word]).map(move |bit| index(word, bit))
        })
    }

    #[inline]
    fn decide_planned(
        &self,
        placed: &Placed<'_>,
        plan: &Plan,
        counts: impl Fn(ClauseIndex) -> bool,
    ) -> Decision {
        let subject = placed.subject;
        if placed.age_s < -CLOCK_DOUBT_S {
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

    /// A subject that others contributed to: each version is asked for, each field goes out from
    /// the version that may be told best.
    fn decide_of_versions(
        &self,
        placed: &Placed<'_>,
        plan: &Plan,
        counts: &impl Fn(ClauseIndex) -> bool,
    ) -> Decision {
        let subject = placed.subject;
        let age_s = placed.age_s;
        let others = subject.without.iter().take(VERSIONS_MAX - 1).map(|version| {
            let mut fits = Vec::new();
            self.policy.tables.fit(version, age_s, &mut fits);
            Placed { subject: version, fits, age_s }
        });
        let versions: Vec<Placed<'_>> = std::iter::once(placed.clone()).chain(others).collect();
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
            let at_best = match onward(&version.subject.lineage, plan.party) {
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
        if placed.age_s < limits.at_best.delay_s {
            return;
        }
        let before = terms.fields;
        let told = placed.subject.told().without(limits.keeps);
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
        let fits = match tables.nearest(placed.subject, placed.age_s.max(0.0), words.clone()) {
            Nearest::Fits(fits) => fits,
            Nearest::Failed(bit, failed) => return withheld(bit.map(whole), failed),
        };
        let mut understood = fits.clone();
        for bit in plan.grants.start * 64..plan.grants.end * 64 {
            if matches!(self.policy.clauses[bit].effect, ClauseEffect::NotUnderstood) {
                understood[bit / 64] &= !(1 << (bit % 64));
            }
        }
        if let (nearest, None) = (first(&fits, words.clone()), first(&understood, words.clone())) {
            return withheld(nearest.map(whole), Condition::NotUnderstood);
        }
        let both =
            |a: &[u64], b: &[u64]| -> Vec<u64> { a.iter().zip(b).map(|(a, b)| a & b).collect() };
        let standing = both(&understood, &self.standing);
        if let Some(bit) = first(&standing, words.clone()) {
            let clause = whole(bit);
            // It stands and fits, and still nothing goes out.
            let age_s = placed.age_s;
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
#[derive(Debug, Clone, Copy)]
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
fn onward(lineage: &Lineage, partner: PartyId) -> Result<Reduction, Condition> {
    let (sources, alone) = match lineage {
        Lineage::Own => return Ok(Reduction::NONE),
        Lineage::Unknown => return Err(Condition::Onward),
        Lineage::Fused(sources) => (sources, false),
        Lineage::Foreign(sources) => (sources, true),
    };
    if alone && sources.iter().all(|source| source.originator == partner) {
        return Err(Condition::ItsOwn);
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

/// Clauses in the order of their bits.
struct Layout<'a> {
    plans: Vec<Plan>,
    clauses: Vec<Compiled>,
    sources: Vec<(usize, Origin<'a>)>,
}

enum Origin<'a> {
    Grant(&'a Grant),
    NotUnderstood,
    Caveat(&'a Caveat),
}

impl<'a> Layout<'a> {
    fn of(own: PartyId, accords: &'a [Arc<Accord>]) -> Self {
        let mut layout = Self { plans: Vec::new(), clauses: Vec::new(), sources: Vec::new() };
        let mut partners: Vec<PartyId> =
            accords.iter().flat_map(|accord| accord.parties.iter().map(|p| p.id)).collect();
        partners.sort_unstable();
        partners.dedup();
        for party in partners.into_iter().filter(|party| *party != own) {
            let start = layout.clauses.len() / 64;
            layout.add_grants(own, party, accords);
            layout.fill_up();
            let middle = layout.clauses.len() / 64;
            layout.add_caveats(own, party, accords);
            layout.fill_up();
            let end = layout.clauses.len() / 64;
            layout.plans.push(Plan { party, grants: start..middle, caveats: middle..end });
        }
        layout
    }

    fn add_grants(&mut self, own: PartyId, to: PartyId, accords: &'a [Arc<Accord>]) {
        let mut found = Vec::new();
        for (number, accord) in accords.iter().enumerate() {
            for (order, article) in accord.articles.iter().enumerate() {
                let reference = ArticleRef { accord: accord.id, article: article.id };
                match &article.clause {
                    Clause::Release(grant)
                        if grant.from.contains(&own) && grant.to.contains(&to) =>
                    {
                        let origin = Origin::Grant(grant);
                        let effect = if accord.understood {
                            ClauseEffect::Grant {
                                fields: grant.fields,
                                reduction: grant.reduction,
                                onward: grant.onward.clone(),
                            }
                        } else {
                            ClauseEffect::NotUnderstood
                        };
                        let r = grant.reduction;
                        let quality = [r.delay_s, r.time_s, r.interval_s, r.position_m, r.level_m];
                        found.push((quality, number, order, reference, effect, origin));
                    }
                    Clause::NotUnderstood { between, .. }
                        if between.as_ref().is_none_or(|(from, receivers)| {
                            from.contains(&own) && receivers.contains(&to)
                        }) && accord.has_party(own)
                            && accord.has_party(to) =>
                    {
                        let effect = ClauseEffect::NotUnderstood;
                        let worst = [f64::INFINITY; 5];
                        let origin = Origin::NotUnderstood;
                        found.push((worst, number, order, reference, effect, origin));
                    }
                    _ => {}
                }
            }
        }
        found.sort_by(|a, b| {
            let quality = a.0.iter().zip(&b.0).map(|(a, b)| a.total_cmp(b));
            quality
                .fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
                .then_with(|| (a.1, a.2).cmp(&(b.1, b.2)))
        });
        for (_, accord, _, article, effect, origin) in found {
            self.sources.push((self.clauses.len(), origin));
            self.clauses.push(Compiled { article, accord, to, effect });
        }
    }

    fn add_caveats(&mut self, own: PartyId, to: PartyId, accords: &'a [Arc<Accord>]) {
        for (number, accord) in accords.iter().enumerate() {
            let towards = |caveat: &&Caveat| {
                caveat.by == own
                    && caveat.towards.as_ref().is_none_or(|parties| parties.contains(&to))
            };
            for caveat in accord.caveats.iter().filter(towards) {
                let article = ArticleRef { accord: accord.id, article: caveat.id };
                self.sources.push((self.clauses.len(), Origin::Caveat(caveat)));
                let effect = ClauseEffect::Caveat(caveat.effect);
                self.clauses.push(Compiled { article, accord: number, to, effect });
            }
        }
    }

    fn fill_up(&mut self) {
        let Some(last) = self.clauses.last().cloned() else { return };
        let unused = Compiled { effect: ClauseEffect::Unused, ..last };
        self.clauses.resize(self.clauses.len().next_multiple_of(64), unused);
    }
}

impl Conditions {
    /// No condition at all.
    pub fn all() -> Self {
        Self {
            area: Area::Anywhere,
            levels_m: None,
            identity: AnyOf::ALL,
            service: AnyOf::ALL,
            flight: AnyOf::ALL,
            plan: AnyOf::ALL,
            alerts: None,
            alert_state: AnyOf::ALL,
            named: None,
        }
    }
}
