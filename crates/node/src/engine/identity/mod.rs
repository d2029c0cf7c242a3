//! People's words on who a track is: taken, shown, and kept over a restart (`kept.rs`).

mod behaviour;
mod kept;
mod proposals;

pub(super) use behaviour::Behaviours;
pub(super) use kept::KeptRow;
pub(super) use proposals::KeptProposals;
use proposals::{Proposals, Wanted};

use super::partners::Partners;
use super::publish;
use super::{Engine, send};
use crate::event::{ConsoleId, DeliveryKind, Outbox};
use crate::wire::{self, ClientMessage, ServerMessage};
use picture::identity::{
    Act, Answer, Change, EvidenceKind, Finding, Means, Person, Piece, Refusal, Report, Weight, Who,
    Wish, Words,
};
use picture::{Entry, Identity, IdentityRules};
use surveillance::{Time, TrackNumber};

/// Proposals, and tracks to be looked at again, that the desk lists at most.
const LISTED_MAX: usize = 50;
/// What people had said of tracks that did not come back: so many are listed.
const LOST_MAX: usize = 50;

/// What the engine holds of identities beside the picture.
#[derive(Debug, Default)]
pub(super) struct Identities {
    /// Acts of a run before, until their track is there: `None` once all is taken up.
    early: Option<Vec<(Time, ClientMessage)>>,
    /// When this run began to take them up.
    began: Option<Time>,
    /// What people had said of tracks that did not come back.
    lost: Vec<wire::LostRow>,
    /// Tracks of a past have the identities that people gave them later.
    pub(super) of_later: bool,
    /// What consoles were last told.
    shown: wire::IdentityDesk,
    /// What is proposed across borders.
    proposals: Proposals,
}

impl Engine {
    /// Takes a person's word on an identity; why it is refused, if it is.
    pub(super) fn decide_identity(
        &mut self,
        asked: &ClientMessage,
        now: Time,
    ) -> Result<(), String> {
        let Some(number) = asked.identity_of().map(TrackNumber) else { return Ok(()) };
        if self.picture.get(number).is_none()
            && let Some(early) = &mut self.identities.early
        {
            early.push((now, asked.clone()));
            return Ok(());
        }
        let adds = matches!(
            asked,
            ClientMessage::SetIdentity { .. }
                | ClientMessage::AnswerProposal { .. }
                | ClientMessage::ReportIdentity { .. }
        );
        if adds && !self.may_be_kept() {
            return Err("more stands than is kept over a restart: withdraw what is over".into());
        }
        if let ClientMessage::ProposeIdentity { identity, why, by, .. } = asked {
            let entry = self.picture.get(number);
            let entry = entry.ok_or_else(|| Refusal::Gone(number).to_string())?;
            let by = Person::new(by).map_err(|why| why.to_string())?.to_string();
            let wanted = Wanted { entry, identity: of_wire(*identity), why, by: &by };
            return self.identities.proposals.propose(&wanted, &self.partners, now);
        }
        let done = self.take_word(number, asked, now);
        if let (Ok(()), ClientMessage::AnswerProposal { party, identity, answer, why, by, .. }) =
            (&done, asked)
        {
            let accepted = *answer == wire::ProposalAnswer::Accept;
            let of = (number.0, party.as_str(), *identity);
            self.identities.proposals.answer(of, (accepted, why, by), &self.partners, now);
        }
        done.map_err(|why| match why {
            Refusal::NotOurs => match self.owner_of(number) {
                Some(owner) => format!("{owner} owns {number} and decides"),
                None => why.to_string(),
            },
            _ => why.to_string(),
        })
    }

    fn take_word(
        &mut self,
        number: TrackNumber,
        asked: &ClientMessage,
        now: Time,
    ) -> Result<(), Refusal> {
        let picture = &mut self.picture;
        match asked {
            ClientMessage::SetIdentity { identity, why, by, .. } => {
                picture.set_identity(number, &wish(*identity, by, why)?, now)
            }
            ClientMessage::ConfirmIdentity { identity, by, .. } => {
                picture.confirm_identity(number, of_wire(*identity), &Person::new(by)?, now)
            }
            ClientMessage::WithdrawIdentity { word, why, by, .. } => {
                let (by, why) = (Person::new(by)?, Words::new(why)?);
                match word {
                    wire::IdentityWord::Decided => {
                        picture.withdraw_identity(number, &by, &why, now)
                    }
                    wire::IdentityWord::Waiting => {
                        picture.take_back_identity(number, &by, &why, now)
                    }
                }
            }
            ClientMessage::AnswerProposal { party, identity, answer, why, by, .. } => {
                let identity_said = of_wire(*identity);
                let partner = self.partners.index_of(party);
                let partner = partner.ok_or(Refusal::NotProposed(identity_said))?;
                let answer = match answer {
                    wire::ProposalAnswer::Accept => Answer::Accept,
                    wire::ProposalAnswer::Refuse => Answer::Refuse,
                };
                let of = (number.0, party.as_str(), *identity);
                let noted = self.identities.proposals.waits(of, &self.partners, now);
                let wish = wish(*identity, by, why)?;
                picture.answer_proposal(number, (partner, noted), answer, &wish, now)
            }
            ClientMessage::ReportIdentity { means, identity, words, by, .. } => {
                let means = match means {
                    wire::ReportMeans::Visual => Means::Visual,
                    wire::ReportMeans::Voice => Means::Voice,
                };
                let (by, identity) = (Person::new(by)?, of_wire(*identity));
                let words = Words::new(words)?.as_str().to_owned();
                picture.report_identity(number, Report { by, means, identity, words, at: now })
            }
            _ => Ok(()),
        }
    }

    /// A partner says something about an identity.
    pub(super) fn hear_of_identity(
        &mut self,
        party: accord::PartyId,
        note: &accord::Note,
        now: Time,
        outbox: &mut Outbox,
    ) {
        let is_ours = |number| self.picture.get(number).is_some_and(Entry::is_ours);
        match self.identities.proposals.hear(party, note, (&self.partners, is_ours), now) {
            Ok(back) => outbox.notes.extend(back),
            Err(_) => self.partners.refuse(party),
        }
    }

    /// What there is to say to partners about identities.
    pub(super) fn say_identities(&mut self, now: Time, outbox: &mut Outbox) {
        let entry = |number| self.picture.get(number);
        outbox.notes.extend(self.identities.proposals.say(&self.partners, entry, now));
    }

    /// A tenth of a second has passed: each partner may be told another portion.
    pub(super) fn begin_identities_portion(&mut self) {
        self.identities.proposals.begin_portion();
    }

    /// What of proposals outlasts a restart.
    pub(super) fn kept_proposals(&self) -> KeptProposals {
        self.identities.proposals.kept()
    }

    /// Goes on with the proposals of a run before.
    pub(super) fn take_up_proposals(&mut self, kept: KeptProposals) {
        self.identities.proposals.take_up(kept);
    }

    /// All that was recorded is handled again: what was said last is said again.
    pub(super) fn resume_proposals(&mut self, now: Time) {
        self.identities.proposals.resumed(now);
    }

    fn owner_of(&self, number: TrackNumber) -> Option<String> {
        let entry = self.picture.get(number)?;
        publish::holder_name(entry.owner.holder?, &self.partners)
    }

    /// Acts of a run before whose track has come back.
    pub(super) fn take_early(&mut self) {
        let Some(early) = self.identities.early.take() else { return };
        let mut left = Vec::new();
        for (at, asked) in early {
            let number = asked.identity_of().map(TrackNumber);
            if number.is_some_and(|number| self.picture.get(number).is_some()) {
                // It was refused then, too, if it is now.
                let _ = self.decide_identity(&asked, at);
            } else {
                left.push((at, asked));
            }
        }
        self.identities.early = Some(left);
    }

    /// What people said later than what is about to be handled again: each word holds once its track is there.
    /// What would have been released of such tracks is not what was: nobody is told of it.
    pub(crate) fn learn(&mut self, words: Vec<(Time, ClientMessage)>) {
        self.identities.of_later = true;
        if let Some(early) = &mut self.identities.early {
            early.extend(words);
        }
    }

    /// What was recorded is about to be taken up.
    pub(super) fn begin_identities(&mut self, rows: Vec<KeptRow>, now: Time) {
        self.identities.early.get_or_insert_default();
        self.identities.began = Some(now);
        let partners = &self.partners;
        let kept = rows.into_iter().filter_map(|row| row.kept(partners, now));
        self.picture.restore(kept);
    }

    /// All that was recorded is taken up: what has not come back by now will not.
    pub(super) fn end_identities(&mut self) {
        let early = self.identities.early.take().unwrap_or_default();
        let Some(now) = self.identities.began.take() else { return };
        for (number, kept) in self.picture.end_restore(now) {
            let said = kept.decision.map(|said| (said.identity, said.by));
            let said = said.or(kept.unconfirmed.map(|said| (said.identity, said.by)));
            if let Some((identity, by)) = said {
                let (number, identity) = (number.0, publish::identity(identity));
                let by = by.iter().map(ToString::to_string).collect();
                self.identities.lost.push(wire::LostRow { number, identity, by });
            }
        }
        for (_, asked) in early {
            if let ClientMessage::SetIdentity { number, identity, by, .. } = asked {
                self.identities.lost.push(wire::LostRow { number, identity, by: vec![by] });
            }
        }
        self.identities.lost.truncate(LOST_MAX);
    }

    /// What changed, for the log; and what asks for a person's word, to consoles, if it is new.
    pub(super) fn tell_identities(&mut self, now: Time, outbox: &mut Outbox) {
        let (changes, dropped) = self.picture.take_changes();
        outbox.said.changes.extend(changes);
        outbox.said.dropped += dropped;
        if self.consoles.is_empty() {
            return;
        }
        let fresh = self.identity_desk(now);
        if fresh != self.identities.shown {
            let message = ServerMessage::IdentityDesk(fresh.clone());
            send(outbox, self.everyone(), DeliveryKind::Latest, &message);
            self.identities.shown = fresh;
        }
    }

    /// What a person's word has changed, at once: to everybody the desk, and to whoever looks at the
    /// track how it stands.
    pub(super) fn show_identity(&mut self, now: Time, outbox: &mut Outbox) {
        self.tell_identities(now, outbox);
        self.send_each_selected(now, outbox);
    }

    /// The whole desk to one console.
    pub(super) fn send_identity_desk(&self, console: ConsoleId, now: Time, outbox: &mut Outbox) {
        let message = ServerMessage::IdentityDesk(self.identity_desk(now));
        send(outbox, vec![console], DeliveryKind::Latest, &message);
    }

    /// What asks for a person's word on identities at `now`.
    pub(super) fn identity_desk(&self, now: Time) -> wire::IdentityDesk {
        let rules = self.picture.rules();
        let mut desk = wire::IdentityDesk {
            lost: self.identities.lost.clone(),
            sent: self.identities.proposals.rows(&self.partners),
            held_up: self.identities.proposals.held_up().collect(),
            ..Default::default()
        };
        for entry in self.picture.entries() {
            desk.waiting.extend(waiting(entry, rules));
            for proposal in self.proposals(entry, now) {
                if desk.proposals.len() < LISTED_MAX {
                    desk.proposals.push(proposal);
                } else {
                    desk.proposals_more += 1;
                }
            }
            if entry.who.is_review_due(rules, now) && desk.reviews.len() < LISTED_MAX {
                desk.reviews.push(entry.track.number.0);
            }
        }
        desk.waiting.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        desk
    }

    /// How the identity of one track came about.
    pub(super) fn track_identity(&self, entry: &Entry, now: Time) -> wire::TrackIdentity {
        let (who, rules, partners) = (&entry.who, self.picture.rules(), &self.partners);
        let decided = who.decision().map(|decision| wire::DecidedRow {
            by: decision.by.iter().map(ToString::to_string).collect(),
            why: decision.why.as_str().to_owned(),
            at_ms: millis(decision.at),
            review_ms: millis(decision.reviewed.plus_seconds(rules.review_s)),
            review_due: who.is_review_due(rules, now),
        });
        let mut pieces: Vec<Piece> = who.evidence().collect();
        pieces.sort_by(|a, b| size(b.weight(now)).total_cmp(&size(a.weight(now))));
        let (history, history_dropped) = who.history();
        wire::TrackIdentity {
            identity: publish::identity(entry.identity),
            machine: publish::identity(who.machine()),
            decided,
            waiting: waiting(entry, rules),
            ours: entry.is_ours(),
            proposals: self.proposals(entry, now),
            propose_to: self.propose_to(entry, now),
            sent: self.sent_of(entry.track.number),
            evidence: pieces.iter().map(|piece| evidence(piece, now, partners)).collect(),
            history: history.rev().map(|change| change_row(change, partners)).collect(),
            history_dropped,
        }
    }
}

impl Engine {
    /// What partners propose of a track that is ours to decide: people's own words, then what their
    /// nodes call it.
    fn proposals(&self, entry: &Entry, now: Time) -> Vec<wire::ProposalRow> {
        if !entry.is_ours() {
            return Vec::new();
        }
        let mut rows: Vec<wire::ProposalRow> =
            self.identities.proposals.open(entry.track.number, &self.partners, now).collect();
        for row in proposals(entry, &self.partners) {
            if !rows.iter().any(|r| (&r.party, r.identity) == (&row.party, row.identity)) {
                rows.push(row);
            }
        }
        rows
    }

    /// The partner to whom an identity of a track can be proposed.
    fn propose_to(&self, entry: &Entry, now: Time) -> Option<String> {
        let (party, ..) = self.partners.at_owner(entry)?;
        let policy = self.partners.policy();
        let flow = (policy.own(), party);
        let open = |article: &accord::ArticleRef| policy.is_open(*article, flow, now);
        policy.identity_articles(party).find(open).map(|_| party.to_string())
    }

    /// What people here proposed of a track.
    fn sent_of(&self, number: TrackNumber) -> Vec<wire::SentProposalRow> {
        let mut rows = self.identities.proposals.rows(&self.partners);
        rows.retain(|row| row.number == number.0);
        rows
    }
}

fn wish(identity: wire::Identity, by: &str, why: &str) -> Result<Wish, Refusal> {
    Ok(Wish { identity: of_wire(identity), by: Person::new(by)?, why: Words::new(why)? })
}

fn waiting(entry: &Entry, rules: &IdentityRules) -> Option<wire::WaitingRow> {
    let waits = entry.who.unconfirmed()?;
    Some(wire::WaitingRow {
        number: entry.track.number.0,
        identity: publish::identity(waits.identity),
        by: waits.by.iter().map(ToString::to_string).collect(),
        why: waits.why.as_str().to_owned(),
        at_ms: millis(waits.at),
        until_ms: millis(waits.at.plus_seconds(rules.confirm_s)),
        carried: waits.carried.map(|number| number.0),
    })
}

/// What partners propose of a track that is ours to decide.
fn proposals<'a>(
    entry: &'a Entry,
    partners: &'a Partners,
) -> impl Iterator<Item = wire::ProposalRow> + 'a {
    let words = entry.words.iter().filter(|_| entry.is_ours());
    words.filter_map(|word| {
        let identity = word.identity?;
        entry.who.is_proposed(word.partner, identity).then_some(())?;
        Some(wire::ProposalRow {
            number: entry.track.number.0,
            party: partners.name(word.partner)?.to_string(),
            identity: publish::identity(identity),
            by: None,
            why: String::new(),
            at_ms: None,
        })
    })
}

fn evidence(piece: &Piece, now: Time, partners: &Partners) -> wire::EvidenceRow {
    let kind = match piece.finding.kind() {
        EvidenceKind::Plan => "plan",
        EvidenceKind::Permission => "permission",
        EvidenceKind::Code => "code",
        EvidenceKind::Address => "address",
        EvidenceKind::Callsign => "callsign",
        EvidenceKind::Place => "corridor",
        EvidenceKind::Behaviour => "behaviour",
        EvidenceKind::Claim => "ADS-B",
        EvidenceKind::Partner(_) => "partner",
        EvidenceKind::Report => "report",
    };
    let words = match piece.finding {
        Finding::Partner(partner, identity) => match partners.name(partner) {
            Some(party) => format!("{party} says {identity}"),
            None => piece.finding.to_string(),
        },
        finding => finding.to_string(),
    };
    let (fresh, now_weighs) = (piece.finding.weight(), piece.weight(now));
    let rows = [
        ("civil", now_weighs.civil, fresh.civil),
        ("friend", now_weighs.friend, fresh.friend),
        ("neutral", now_weighs.neutral, fresh.neutral),
        ("doubt", now_weighs.doubt, fresh.doubt),
    ];
    let row = |(towards, points, points_fresh): (&str, f64, f64)| wire::WeightRow {
        towards: towards.to_owned(),
        points,
        points_fresh,
    };
    wire::EvidenceRow {
        kind: kind.to_owned(),
        words,
        weights: rows.into_iter().filter(|(.., fresh)| *fresh > 0.0).map(row).collect(),
        since_s: now.seconds_since(piece.since).max(0.0),
        age_s: now.seconds_since(piece.last).max(0.0),
    }
}

fn size(weight: Weight) -> f64 {
    weight.civil.max(weight.friend).max(weight.neutral).max(weight.doubt)
}

fn change_row(change: &Change, partners: &Partners) -> wire::ChangeRow {
    wire::ChangeRow {
        at_ms: millis(change.at),
        by: match &change.who {
            Who::Machine => None,
            Who::Person(person) => Some(person.to_string()),
        },
        what: what(change.act, partners),
        from: publish::identity(change.from),
        to: publish::identity(change.to),
        why: change.why.clone(),
    }
}

fn what(act: Act, partners: &Partners) -> String {
    let party = |index| partners.name(index).map_or("a partner".to_owned(), |p| p.to_string());
    match act {
        Act::Judged => "judged".to_owned(),
        Act::Set => "set".to_owned(),
        Act::Proposed => "proposed, waits for a second person".to_owned(),
        Act::Confirmed => "confirmed".to_owned(),
        Act::Expired => "not confirmed in time".to_owned(),
        Act::TakenBack => "took back the proposal".to_owned(),
        Act::Withdrawn => "withdrew the decision".to_owned(),
        Act::Reviewed => "looked again: it stands".to_owned(),
        Act::Accepted(partner) => format!("accepted {}'s proposal", party(partner)),
        Act::Refused(partner) => format!("refused {}'s proposal", party(partner)),
        Act::Reported => "reported".to_owned(),
        Act::Carried(number) => format!("carried over from {number}, waits for a person"),
    }
}

fn millis(time: Time) -> f64 {
    time.unix_millis() as f64
}

pub(super) fn of_wire(identity: wire::Identity) -> Identity {
    match identity {
        wire::Identity::Pending => Identity::Pending,
        wire::Identity::Unknown => Identity::Unknown,
        wire::Identity::AssumedFriend => Identity::AssumedFriend,
        wire::Identity::Friend => Identity::Friend,
        wire::Identity::Neutral => Identity::Neutral,
        wire::Identity::Suspect => Identity::Suspect,
        wire::Identity::Hostile => Identity::Hostile,
        wire::Identity::Civil => Identity::Civil,
    }
}
