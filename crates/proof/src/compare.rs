//! Whether one text releases more than another.

use crate::cedar::rules;
use crate::prove::{Verdict, pairs, policy, prover_of};
use crate::solver::{Outcome, ProofError};
use accord::{Accord, PartyId};
use std::sync::Arc;

/// What one text lets go from one party to another beside another text.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Who gives.
    pub from: PartyId,
    /// Who receives.
    pub to: PartyId,
    /// Whether the new text releases nothing that the old does not.
    pub no_more: Verdict,
    /// Whether it releases everything that the old does.
    pub no_less: Verdict,
}

/// A comparison.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// Every pair between whom either text lets anything go.
    pub pairs: Vec<Difference>,
    /// Questions asked of the solver.
    pub asked: usize,
}

impl Comparison {
    /// Whether the new text releases more to anybody, or that is in dispute.
    pub fn releases_more(&self) -> bool {
        let more = |verdict: &Verdict| matches!(verdict, Verdict::Broken(_) | Verdict::Disputed(_));
        self.pairs.iter().any(|pair| more(&pair.no_more))
    }
}

/// Compares what two texts release, pair by pair.
pub fn compare(
    old: &[Arc<Accord>],
    new: &[Arc<Accord>],
    is_asked: impl Fn(PartyId, PartyId) -> bool,
) -> Result<Comparison, ProofError> {
    let mut prover = prover_of(&[old, new])?;
    let mut comparison = Comparison::default();
    for (from, to) in pairs(prover.world()).into_iter().filter(|(from, to)| is_asked(*from, *to)) {
        let [before, after] = [old, new].map(|text| rules(prover.world(), from, to, text));
        let grants = |rules: &[crate::Rule]| rules.iter().any(|r| r.text.starts_with("permit"));
        if !grants(&before) && !grants(&after) {
            continue;
        }
        // What one lets out and the other does not, as both filters themselves see it.
        let verdict = |outcome, [yes, no]: [&[Arc<Accord>]; 2]| {
            Ok(match outcome {
                Outcome::Proved => Verdict::Proved,
                Outcome::NowhereFound => Verdict::ProvedWhereverFound,
                Outcome::Broken(question) => {
                    let confirmed = question.answer(&policy(from, yes)?).is_some()
                        && question.answer(&policy(from, no)?).is_none();
                    if confirmed { Verdict::Broken(question) } else { Verdict::Disputed(question) }
                }
            })
        };
        let no_more = verdict(prover.implies(&after, &before, &[])?, [new, old])?;
        let no_less = verdict(prover.implies(&before, &after, &[])?, [old, new])?;
        comparison.pairs.push(Difference { from, to, no_more, no_less });
    }
    comparison.asked = prover.asked;
    Ok(comparison)
}
