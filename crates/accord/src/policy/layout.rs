//! The clauses of a policy in the order of their bits.

use super::{ClauseEffect, Compiled, Plan};
use crate::model::{Accord, Caveat, Clause, Grant};
use crate::{ArticleRef, PartyId};
use std::sync::Arc;

/// Clauses in the order of their bits.
pub(super) struct Layout<'a> {
    pub(super) plans: Vec<Plan>,
    pub(super) clauses: Vec<Compiled>,
    pub(super) sources: Vec<(usize, Origin<'a>)>,
}

pub(super) enum Origin<'a> {
    Grant(&'a Grant),
    NotUnderstood,
    Caveat(&'a Caveat),
}

impl<'a> Layout<'a> {
    pub(super) fn of(own: PartyId, accords: &'a [Arc<Accord>]) -> Self {
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

    pub(super) fn fill_up(&mut self) {
        let Some(last) = self.clauses.last().cloned() else { return };
        let unused = Compiled { effect: ClauseEffect::Unused, ..last };
        self.clauses.resize(self.clauses.len().next_multiple_of(64), unused);
    }
}
