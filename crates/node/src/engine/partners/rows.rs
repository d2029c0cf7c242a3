//! Partners as the console shows them, and why each is given what it is.

use super::{Link, Partner, Partners, PlotCounts};
use crate::wire;
use accord::{
    Accord, AccordId, Clause, ClauseIndex, Condition, Decision, Effect, Milestone, ObjectKind,
    PartyId, Subject, Suspension,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use surveillance::{Time, TrackNumber};

/// How far ahead an accord's timeline looks: ten years, so that a term's end and the last day for
/// notice are on it.
const TIMELINE_AHEAD_S: f64 = 10.0 * 365.25 * 86_400.0;
/// Seconds for which it is shown that what waited was dropped.
const DROPPED_SHOWN_S: f64 = 3600.0;

impl Partners {
    /// The partners panel as of `now`; `subjects` is all that could be released.
    pub(crate) fn rows(&self, subjects: &[Subject], now: Time) -> wire::Partners {
        wire::Partners {
            time_ms: now.unix_millis() as f64,
            rows: self.all.iter().map(|partner| self.row(partner, subjects, now)).collect(),
            accords: self.accords(now),
        }
    }

    /// That all that waited for it was dropped not long ago, and why.
    fn dropped(&self, partner: &Partner, now: Time) -> Option<wire::PartnerDropped> {
        let (at, why) = self.stood.get(usize::from(partner.index.0))?.dropped()?;
        let recent = (0.0..DROPPED_SHOWN_S).contains(&now.seconds_since(at));
        recent.then(|| wire::PartnerDropped { at_ms: at.unix_millis() as f64, why: why.to_owned() })
    }

    fn row(&self, partner: &Partner, subjects: &[Subject], now: Time) -> wire::PartnerRow {
        let (beyond, _) = partner.told.counts();
        let (link, note) = match &partner.link {
            Link::Waiting => (wire::LinkState::Waiting, None),
            Link::Up => (wire::LinkState::Up, None),
            Link::Down(reason) => (wire::LinkState::Down, Some(reason.clone())),
        };
        let view = self.policy.at(now);
        let mut withheld: BTreeMap<(Option<ClauseIndex>, Condition), u32> = BTreeMap::new();
        for subject in subjects {
            if let Decision::Withheld { nearest, failed } =
                view.decide(&view.place(subject), partner.party)
            {
                *withheld.entry((nearest, failed)).or_insert(0) += 1;
            }
        }
        let withheld = withheld.into_iter().map(|((nearest, failed), n)| {
            let decision = Decision::Withheld { nearest, failed };
            count(self.policy.explain(&decision).to_string(), n)
        });
        let released = partner.sent.by_article().into_iter();
        wire::PartnerRow {
            party: partner.party.to_string(),
            link,
            note,
            silent_ms: partner.told.slot().map(|slot| now.seconds_since(slot).max(0.0) * 1e3),
            they_send: partner.told.len() as u32,
            we_send: partner.sent.len() as u32,
            terms: self.terms(partner.party, now),
            released: released.map(|(article, n)| count(article.to_string(), n)).collect(),
            withheld: withheld.collect(),
            refused: partner.refused + beyond,
            plots: plots(self.plots_of(partner)),
            suspended: self
                .correspondence
                .suspended_by(partner.party)
                .map(|(accord, since)| wire::SuspendedBy {
                    accord: accord.to_string(),
                    since_ms: since.unix_millis() as f64,
                })
                .collect(),
            queued: partner.report.queued,
            turned_away: partner.report.refusals,
            turned_away_for: partner.report.last_refusal.clone(),
            dropped: self.dropped(partner, now),
        }
    }

    /// The articles and caveats that say at `now` what a partner may be told, articles first.
    fn terms(&self, party: PartyId, now: Time) -> Vec<wire::TermRow> {
        let view = self.policy.at(now);
        let row = |id: AccordId, article, words: String, delay_s| {
            let accord = self.policy.accords().iter().find(|accord| accord.id == id);
            let found = accord.and_then(|accord| accord.article(article));
            let caveat = || accord?.caveats.iter().find(|caveat| caveat.id == article);
            let text = self.texts.iter().find(|text| text.accord == id);
            let approved = text.and_then(|text| text.approved.as_ref());
            let lets_out = found.and_then(|article| match &article.clause {
                Clause::Release(grant) => Some(in_words(grant.object).to_owned()),
                _ => None,
            });
            let title = found.map_or_else(|| caveat()?.title.clone(), |found| found.title.clone());
            let digits = |text: &crate::config::TextInForce| {
                text.sha256[..4].iter().map(|byte| format!("{byte:02x}")).collect()
            };
            wire::TermRow {
                accord: id.to_string(),
                text: text.map(digits),
                approved_ms: approved.map(|(_, at)| at.unix_millis() as f64),
                article: article.to_string(),
                title,
                lets_out,
                words,
                delay_s,
            }
        };
        let grants = view.grants_to(party).into_iter().map(|(article, reduction)| {
            row(article.accord, article.article, reduction.to_string(), reduction.delay_s)
        });
        let caveats = view.caveats_towards(party).into_iter().map(|(article, effect)| {
            let (words, delay_s) = match effect {
                Effect::Withhold => ("keeps back all that it names".to_owned(), 0.0),
                Effect::Limit { keeps, at_best } => {
                    let delay_s = at_best.delay_s;
                    let keeps = (!keeps.is_empty()).then(|| format!("keeps back {keeps}"));
                    let at_best = Some(at_best.to_string()).filter(|words| !words.is_empty());
                    let parts: Vec<String> = keeps.into_iter().chain(at_best).collect();
                    (parts.join(", "), delay_s)
                }
            };
            row(article.accord, article.article, words, delay_s)
        });
        grants.chain(caveats).collect()
    }

    /// What of `subjects` a partner is not told, and why, and the numbers of what it is; of those tracks
    /// alone that `is_shown` says our own picture shows.
    pub(crate) fn held_back(
        &self,
        partner: &Partner,
        (subjects, is_shown): (&[Subject], impl Fn(TrackNumber) -> bool),
        now: Time,
    ) -> wire::HeldBack {
        let stands: BTreeMap<_, _> =
            partner.feed.numbers().filter(|(_, number)| partner.sent.places(*number)).collect();
        let view = self.policy.at(now);
        let mut reasons = BTreeMap::new();
        let mut held = wire::HeldBack {
            party: partner.party.to_string(),
            time_ms: now.unix_millis() as f64,
            ..wire::HeldBack::default()
        };
        for subject in subjects.iter().filter(|subject| subject.object == ObjectKind::Track) {
            let Ok(number) = u32::try_from(subject.number.0) else { continue };
            if !is_shown(TrackNumber(number)) {
                continue;
            }
            if let Some(told_as) = stands.get(&subject.number) {
                held.told.push(number);
                held.told_as.push(told_as.0);
                continue;
            }
            // What may go out and has not is either without its place or yet to come.
            let why = match view.decide(&view.place(subject), partner.party) {
                // It tells that one itself.
                Decision::Withheld { failed: Condition::ItsOwn, .. } => continue,
                Decision::Withheld { nearest, failed } => Some((nearest, failed)),
                Decision::Released(_) => None,
            };
            let next = reasons.len() as u32;
            held.number.push(number);
            held.reason.push(*reasons.entry(why).or_insert(next));
        }
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, place)| *place);
        let words = |(why, _): (Option<(Option<ClauseIndex>, Condition)>, u32)| match why {
            Some((nearest, failed)) => {
                self.policy.explain(&Decision::Withheld { nearest, failed }).to_string()
            }
            None => "its place has not been told yet".to_owned(),
        };
        held.reasons = reasons.into_iter().map(words).collect();
        held
    }

    fn accords(&self, now: Time) -> Vec<wire::AccordRow> {
        let horizon = now.plus_seconds(TIMELINE_AHEAD_S);
        let row = |accord: &Arc<Accord>| {
            let life = &accord.lifecycle;
            let own = self.policy.own();
            let standing = || life.suspensions().iter().filter(|one| one.holds(now));
            let suspended: Vec<String> = standing().map(|one| said(one, own)).collect();
            // With one other party at least nobody has suspended it as a whole.
            let flows = |other: PartyId| {
                let towards = |one: &Suspension, party| {
                    one.towards.as_ref().is_none_or(|parties| parties.contains(&party))
                };
                !standing().filter(|one| one.articles.is_none()).any(|one| {
                    (one.by == own && towards(one, other)) || (one.by == other && towards(one, own))
                })
            };
            let others = accord.parties.iter().map(|party| party.id);
            let flows = others.filter(|id| *id != own).any(flows);
            let status = life.status(now).to_string();
            let in_force = life.is_in_force(now);
            let event = |milestone: Milestone| wire::AccordEvent {
                time_ms: milestone.at.unix_millis() as f64,
                what: milestone.what,
            };
            wire::AccordRow {
                id: accord.id.to_string(),
                title: accord.title.clone(),
                parties: accord.parties.iter().map(|party| party.id.to_string()).collect(),
                releases: in_force && flows,
                status: match suspended.as_slice() {
                    [] => status,
                    by => format!("suspended by {}; {status}", by.join(", ")),
                },
                resume_by: self.resume_by(accord.id.as_str(), now).map(str::to_owned),
                texts: self.texts_of(accord),
                timeline: life.milestones(horizon).into_iter().map(event).collect(),
            }
        };
        self.policy.accords().iter().map(row).collect()
    }

    /// By which texts its other parties said that they go.
    fn texts_of(&self, accord: &Accord) -> Vec<wire::TextRow> {
        let ours = self.texts.iter().find(|text| text.accord == accord.id);
        let row = |party: PartyId| {
            let (sha256, at) = self.correspondence.text_of(accord.id, party)?;
            let (party, at_ms) = (party.to_string(), at.unix_millis() as f64);
            let same = ours.is_some_and(|ours| ours.sha256 == sha256);
            Some(wire::TextRow { party, at_ms, same })
        };
        accord.parties.iter().filter_map(|party| row(party.id)).collect()
    }

    /// Why `party` is given `subject` at `now`, or is not.
    pub(crate) fn explain(&self, subject: &Subject, party: PartyId, now: Time) -> wire::Explained {
        let decision = self.policy.decide(subject, party, now);
        let said = self.policy.explain_at(&decision, party, now);
        // The first line says which of the two it is, and so does `released`.
        let lines = said.lines().filter(|line| *line != "released").map(str::trim);
        wire::Explained {
            number: subject.number.0 as u32,
            party: party.to_string(),
            time_ms: now.unix_millis() as f64,
            released: matches!(decision, Decision::Released(_)),
            lines: lines.map(str::to_owned).collect(),
        }
    }
}

fn in_words(object: ObjectKind) -> &'static str {
    match object {
        ObjectKind::Track => "tracks",
        ObjectKind::Plot => "plots",
        ObjectKind::Alert => "alerts",
        ObjectKind::Incident => "incidents",
        ObjectKind::Coverage => "coverage",
    }
}

/// Who has suspended it, and towards whom if not towards all; what others have is towards us.
fn said(suspension: &Suspension, own: PartyId) -> String {
    match &suspension.towards {
        Some(parties) if suspension.by == own => {
            let parties: Vec<String> = parties.iter().map(ToString::to_string).collect();
            format!("{own} towards {}", parties.join(" and "))
        }
        _ => suspension.by.to_string(),
    }
}

/// What became of a partner's plots; `None` if none came.
fn plots(counts: PlotCounts) -> Option<wire::PartnerPlots> {
    let PlotCounts { joined, known, late, apart, alone, beyond } = counts;
    let row = wire::PartnerPlots { joined, known, late, apart, alone, beyond };
    (counts != PlotCounts::default()).then_some(row)
}

fn count(rule: String, count: u32) -> wire::RuleCount {
    wire::RuleCount { rule, count }
}
