//! What a text promises, proved over all possible objects and instants.

use crate::cedar::{Rule, about, about_plots, during, limits, rules};
use crate::places::Places;
use crate::question::Question;
use crate::solver::{Outcome, ProofError, Prover};
use crate::world::{World, micro, word};
use accord::{Accord, Caveat, Clause, Effect, Named, PartyId, Policy, Service};
use std::sync::Arc;
use surveillance::Time;

/// A promise, and whether it is kept.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Who gives.
    pub from: PartyId,
    /// Who receives.
    pub to: PartyId,
    /// What is promised, as a sentence.
    pub promise: String,
    /// Whether it is kept.
    pub verdict: Verdict,
}

/// Whether a promise is kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// For every object and instant.
    Proved,
    /// At every place that was found; some combination of areas remains that no place has.
    ProvedWhereverFound,
    /// Not for this, and the filter itself confirms it.
    Broken(Box<Question>),
    /// The solver says not for this, and the filter says otherwise: one of the two is wrong.
    Disputed(Box<Question>),
}

/// A proof of some accords taken together.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// Every promise, by pair of parties.
    pub claims: Vec<Claim>,
    /// What is worth knowing and breaks nothing: articles that let nothing out, services that never
    /// leave.
    pub remarks: Vec<String>,
    /// Questions asked of the solver.
    pub asked: usize,
}

impl Proof {
    /// Whether every promise is kept.
    pub fn is_kept(&self) -> bool {
        let kept =
            |verdict: &Verdict| matches!(verdict, Verdict::Proved | Verdict::ProvedWhereverFound);
        self.claims.iter().all(|claim| kept(&claim.verdict))
    }
}

/// Proves what these accords promise: nothing leaves outside an accord in force, every caveat holds,
/// what others gave leaves only as they let it. With `never`, the same accords with more caveats:
/// that they already behave as if those stood. `decided` is given the promises and remarks of each pair as
/// soon as they are decided, for a solver takes its time.
pub fn prove(
    accords: &[Arc<Accord>],
    never: Option<&[Arc<Accord>]>,
    is_asked: impl Fn(PartyId, PartyId) -> bool,
    mut decided: impl FnMut(&[Claim], &[String]),
) -> Result<Proof, ProofError> {
    let mut prover = prover_of(&[accords, never.unwrap_or_default()])?;
    let mut proof = Proof::default();
    for (from, to) in pairs(prover.world()) {
        let rules = rules(prover.world(), from, to, accords);
        if !is_asked(from, to) || !rules.iter().any(|rule| rule.text.starts_with("permit")) {
            continue;
        }
        let (claims, remarks) = (proof.claims.len(), proof.remarks.len());
        let mut pair = Pair { accords, from, to, rules, prover: &mut prover, proof: &mut proof };
        pair.in_force()?;
        pair.caveats()?;
        pair.originators()?;
        if let Some(never) = never {
            pair.never(never)?;
        }
        pair.remarks()?;
        decided(&proof.claims[claims..], &proof.remarks[remarks..]);
    }
    proof.asked = prover.asked;
    Ok(proof)
}

/// A prover over everything these texts name.
pub(crate) fn prover_of(texts: &[&[Arc<Accord>]]) -> Result<Prover, ProofError> {
    let all: Vec<Arc<Accord>> = texts.iter().flat_map(|text| text.iter().cloned()).collect();
    let world = World::of(&all);
    let places = Places::of(&world);
    let named: Vec<Named> = all.iter().flat_map(|accord| named(accord)).collect();
    // Where both texts stand if anywhere: just after something last changed.
    let mut instants: Vec<Time> =
        all.iter().flat_map(|accord| accord.lifecycle.changes()).collect();
    instants.extend(instants.clone().iter().map(|at| at.plus_seconds(-1.0)));
    instants.sort_unstable();
    instants.dedup();
    instants.reverse();
    let mut steps: Vec<i64> = all.iter().flat_map(|accord| steps(accord)).collect();
    steps.sort_unstable();
    steps.dedup();
    Prover::new(world, places, &named, (instants, steps))
}

fn steps(accord: &Accord) -> Vec<i64> {
    let of_grants = accord.articles.iter().filter_map(|article| match &article.clause {
        Clause::Release(grant) => Some(grant.reduction),
        _ => None,
    });
    let of_caveats = accord.caveats.iter().filter_map(|caveat| match &caveat.effect {
        Effect::Limit { at_best, .. } => Some(*at_best),
        Effect::Withhold => None,
    });
    let of_one = |r: accord::Reduction| [r.position_m, r.level_m, r.velocity_mps].map(micro);
    of_grants.chain(of_caveats).flat_map(of_one).collect()
}

fn named(accord: &Accord) -> Vec<Named> {
    let of_grants = accord.articles.iter().filter_map(|article| match &article.clause {
        Clause::Release(grant) => grant.of.named.as_ref(),
        _ => None,
    });
    let of_caveats = accord.caveats.iter().filter_map(|caveat| caveat.of.named.as_ref());
    of_grants.chain(of_caveats).flatten().copied().collect()
}

/// Every party to every other, in order.
pub(crate) fn pairs(world: &World) -> Vec<(PartyId, PartyId)> {
    let parties = world.parties.clone();
    let to_others = |from: &PartyId| {
        let from = *from;
        let others = parties.iter().filter(move |to| **to != from);
        others.map(move |to| (from, *to)).collect::<Vec<_>>()
    };
    parties.iter().flat_map(to_others).collect()
}

/// What goes from one party to another.
struct Pair<'a> {
    accords: &'a [Arc<Accord>],
    from: PartyId,
    to: PartyId,
    rules: Vec<Rule>,
    prover: &'a mut Prover,
    proof: &'a mut Proof,
}

impl Pair<'_> {
    fn in_force(&mut self) -> Result<(), ProofError> {
        let between =
            |accord: &&Arc<Accord>| accord.has_party(self.from) && accord.has_party(self.to);
        let standing = self.accords.iter().filter(between).filter_map(|accord| {
            let (start, end) = accord.lifecycle.in_force()?;
            let mut when = during(start, end);
            let stops = |s: &&accord::Suspension| {
                s.articles.is_none()
                    && [(self.from, self.to), (self.to, self.from)].iter().any(|(by, other)| {
                        s.by == *by && s.towards.as_ref().is_none_or(|list| list.contains(other))
                    })
            };
            for s in accord.lifecycle.suspensions().iter().filter(stops) {
                when.push_str(&format!(" && !({})", during(s.from, s.until)));
            }
            Some(allowed(&accord.id.to_string(), &when))
        });
        let right: Vec<Rule> = standing.collect();
        let promise = "nothing leaves but under an accord in force and not suspended";
        self.claim(promise.into(), &right, &[])
    }

    fn caveats(&mut self) -> Result<(), ProofError> {
        for accord in self.accords {
            for caveat in &accord.caveats {
                let binds = caveat.by == self.from
                    && caveat.towards.as_ref().is_none_or(|list| list.contains(&self.to));
                if binds {
                    self.caveat(accord, caveat)?;
                }
            }
        }
        Ok(())
    }

    fn caveat(&mut self, accord: &Accord, caveat: &Caveat) -> Result<(), ProofError> {
        let about = about(self.prover.world(), caveat);
        let title = caveat.title.as_ref().map_or_else(String::new, |title| format!(" ({title})"));
        let (right, what) = match &caveat.effect {
            Effect::Withhold => (Vec::new(), "nothing of such an object leaves".to_owned()),
            Effect::Limit { keeps, at_best } => {
                let kept: Vec<String> =
                    limits(*keeps, at_best).iter().map(|limit| format!("!({limit})")).collect();
                let fields = if keeps.is_empty() {
                    String::new()
                } else {
                    format!("{keeps} of such an object never leave")
                };
                let best = if at_best.is_none() {
                    String::new()
                } else {
                    format!("what leaves of it is at best {at_best}")
                };
                let said: Vec<String> =
                    [fields, best].into_iter().filter(|said| !said.is_empty()).collect();
                (vec![allowed("limit", &kept.join(" && "))], said.join("; "))
            }
        };
        let promise = format!("caveat {} of {}{title} holds: {what}", caveat.id, accord.id);
        self.claim(promise, &right, &[about])?;
        if let Some(about) = about_plots(self.prover.world(), caveat) {
            let promise = format!(
                "caveat {} of {}{title} holds for plots: none behind such a track leave",
                caveat.id, accord.id
            );
            self.claim(promise, &[], &[about])?;
        }
        Ok(())
    }

    fn originators(&mut self) -> Result<(), ProofError> {
        let promise = "what others gave and do not let go on stays";
        let barred = "context.foreign && !(context has passed_on)".to_owned();
        self.claim(promise.into(), &[], &[barred])
    }

    fn never(&mut self, never: &[Arc<Accord>]) -> Result<(), ProofError> {
        let right = rules(self.prover.world(), self.from, self.to, never);
        let promise = "all that was said shall never leave stays";
        self.claim(promise.into(), &right, &[])
    }

    fn claim(
        &mut self,
        promise: String,
        right: &[Rule],
        given: &[String],
    ) -> Result<(), ProofError> {
        let outcome = self.prover.implies(&self.rules, right, given)?;
        let verdict = match outcome {
            Outcome::Proved => Verdict::Proved,
            Outcome::NowhereFound => Verdict::ProvedWhereverFound,
            Outcome::Broken(question) => {
                if question.answer(&policy(self.from, self.accords)?).is_some() {
                    Verdict::Broken(question)
                } else {
                    Verdict::Disputed(question)
                }
            }
        };
        self.proof.claims.push(Claim { from: self.from, to: self.to, promise, verdict });
        Ok(())
    }

    fn remarks(&mut self) -> Result<(), ProofError> {
        let (from, to) = (self.from, self.to);
        let (permits, forbids): (Vec<Rule>, Vec<Rule>) =
            self.rules.iter().cloned().partition(|rule| rule.text.starts_with("permit"));
        for permit in permits {
            let mut alone = forbids.clone();
            let id = permit.id.clone();
            alone.push(permit);
            if self.prover.is_never(&alone, &[])? {
                self.proof.remarks.push(format!("{id} lets nothing out: a caveat keeps it all"));
            }
        }
        for service in [Service::Civil, Service::State, Service::Military, Service::Undetermined] {
            let word = word(service);
            let given = format!("resource.service == Service::\"{word}\"");
            if self.prover.is_never(&self.rules, &[given])? {
                let said = format!("no {word} flight ever leaves from {from} to {to}");
                self.proof.remarks.push(said);
            }
        }
        Ok(())
    }
}

/// A policy that allows everything when something holds.
fn allowed(id: &str, when: &str) -> Rule {
    Rule {
        id: format!("allowed: {id}"),
        text: format!("permit(principal, action, resource) when {{ {when} }};\n"),
    }
}

/// The filter the texts compile to.
pub(crate) fn policy(own: PartyId, accords: &[Arc<Accord>]) -> Result<Policy, ProofError> {
    Policy::new(own, accords.to_vec()).map_err(|error| ProofError::NoAnswer(error.to_string()))
}
