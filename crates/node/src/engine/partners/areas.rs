//! Areas as the map shows them: who is responsible where, and where articles in force hold.

use super::Partners;
use crate::wire::{self, AreaKind, AreaShape};
use accord::{Area, ArticleRef, BackUpView, Clause, Form, PartyId};
use geodesy::units::METRES_PER_NM;
use std::collections::BTreeSet;
use surveillance::Time;

/// Which articles hold, and who stands in under which: as long as it is equal, so are the areas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Holds {
    /// With who tells whom: what flows between others is theirs to show.
    releases: Vec<(ArticleRef, Vec<(PartyId, PartyId)>)>,
    back_ups: Vec<(ArticleRef, Option<PartyId>)>,
}

impl Partners {
    /// Which articles on areas hold at `now`.
    pub(crate) fn holds(&self, now: Time) -> Holds {
        let own = self.policy.own();
        let mut releases = Vec::new();
        for accord in self.policy.accords() {
            for article in &accord.articles {
                let Clause::Release(grant) = &article.clause else { continue };
                let reference = ArticleRef { accord: accord.id, article: article.id };
                let all =
                    grant.from.iter().flat_map(|from| grant.to.iter().map(move |to| (*from, *to)));
                let open = all.filter(|&(from, to)| {
                    from != to
                        && (from == own || to == own)
                        && self.is_open(reference, from, to, now)
                });
                let open: Vec<_> = open.collect();
                if !open.is_empty() {
                    releases.push((reference, open));
                }
            }
        }
        let back_ups = self
            .standing_in(now)
            .map(|view| (view.article, view.stand_in.as_ref().map(|(by, ..)| *by)));
        Holds { releases, back_ups: back_ups.collect() }
    }

    fn is_open(&self, article: ArticleRef, from: PartyId, to: PartyId, now: Time) -> bool {
        self.policy.lets_through(article, (from, to), now).is_ok()
    }

    /// Articles on back-up by which somebody may stand in.
    fn standing_in(&self, now: Time) -> impl Iterator<Item = BackUpView> {
        let all = self.correspondence.back_ups(&self.policy, now).into_iter();
        all.filter(move |view| {
            view.by.iter().any(|by| self.is_open(view.article, view.of, *by, now))
        })
    }

    /// The areas of what holds, and before them those of responsibility.
    pub(crate) fn areas(&self, holds: &Holds, now: Time) -> wire::Areas {
        let names = |parties: &[PartyId]| parties.iter().map(ToString::to_string).collect();
        let mut rows: Vec<wire::AreaRow> = self
            .owners
            .areas()
            .map(|(party, form)| wire::AreaRow {
                kind: AreaKind::Responsible,
                accord: None,
                article: None,
                title: None,
                of: vec![party.to_string()],
                to: Vec::new(),
                stand_in: None,
                shapes: vec![drawn(form)],
            })
            .collect();
        let title = |reference: ArticleRef| {
            let accord = self.policy.accords().iter().find(|one| one.id == reference.accord)?;
            accord.article(reference.article)?.title.clone()
        };
        for (reference, open) in &holds.releases {
            let accord = self.policy.accords().iter().find(|one| one.id == reference.accord);
            let article = accord.and_then(|accord| accord.article(reference.article));
            let Some(Clause::Release(grant)) = article.map(|article| &article.clause) else {
                continue;
            };
            rows.push(wire::AreaRow {
                kind: AreaKind::Release,
                accord: Some(reference.accord.to_string()),
                article: Some(reference.article.to_string()),
                title: title(*reference),
                of: names(&each(open.iter().map(|(from, _)| *from))),
                to: names(&each(open.iter().map(|(_, to)| *to))),
                stand_in: None,
                shapes: shapes(&grant.of.area),
            });
        }
        for view in self.standing_in(now) {
            rows.push(wire::AreaRow {
                kind: AreaKind::BackUp,
                accord: Some(view.article.accord.to_string()),
                article: Some(view.article.article.to_string()),
                title: title(view.article),
                of: vec![view.of.to_string()],
                to: names(&view.by),
                stand_in: view.stand_in.map(|(by, ..)| by.to_string()),
                shapes: shapes(&view.area),
            });
        }
        wire::Areas { rows }
    }
}

/// Each party once.
fn each(parties: impl Iterator<Item = PartyId>) -> Vec<PartyId> {
    parties.collect::<BTreeSet<_>>().into_iter().collect()
}

/// None for everywhere.
fn shapes(area: &Area) -> Vec<AreaShape> {
    match area {
        Area::Anywhere => Vec::new(),
        Area::Shapes(shapes) => shapes.iter().map(|shape| drawn(shape.form())).collect(),
    }
}

fn drawn(form: &Form) -> AreaShape {
    let (line_rad, within_m) = form.line_rad();
    AreaShape {
        points: line_rad.into_iter().map(|point| point.map(f64::to_degrees)).collect(),
        within_nm: within_m.map(|within_m| within_m / METRES_PER_NM),
    }
}
