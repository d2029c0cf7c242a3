//! What each node's people ask and answer, and what its node says of it.

use crate::random::Random;
use accord::{
    AccordId, Answer, ArticleRef, CaseView, Correspondence, Decided, Note, PartyId, Policy,
    Purpose, Released, Reply, Wish,
};
use ledger::Entry;
use std::time::Duration;
use surveillance::Time;

/// An accord of all: any may ask any.
pub(crate) fn accord_of(parties: &[PartyId]) -> String {
    let tables: String =
        parties.iter().map(|id| format!("[[party]]\nid = \"{id}\"\nname = \"{id}\"\n")).collect();
    let names: Vec<String> = parties.iter().map(|id| format!("\"{id}\"")).collect();
    let names = names.join(", ");
    format!(
        "form = 1\naccord = \"all\"\ntitle = \"All\"\nnature = \"illustration\"\n{tables}\
         [instruments]\nrequires = [\"signature\"]\nsigned = {{ date = 2020-01-01 }}\n\
         in_force = 2020-01-01\n\
         [[article]]\nnumber = \"4\"\nkind = \"assistance\"\nfrom = [{names}]\nto = [{names}]\n\
         purposes = [\"information\"]\nanswer_within = \"1 minute\"\n"
    )
}

/// One node's requests and answers, and what its disk has of them.
pub(crate) struct Talk {
    says: Correspondence,
    record: Vec<u8>,
}

impl Talk {
    pub(crate) fn new(own: PartyId, parties: usize) -> Self {
        Self { says: Correspondence::new(own, parties - 1), record: Vec::new() }
    }

    /// The node has died and comes back with what its disk has.
    pub(crate) fn restart(&mut self, policy: &mut Policy, parties: usize, now: Time) {
        let mut again = Correspondence::new(policy.own(), parties - 1);
        again.take_up(&self.record, policy, now).expect("it was written by us");
        again.resumed();
        self.says = again;
    }

    /// Takes a note; it is on the disk before the link is told that it was handled.
    pub(crate) fn hear(&mut self, from: PartyId, bytes: &[u8], policy: &mut Policy, now: Time) {
        let note = Note::decode(bytes).expect("a note");
        assert!(self.says.hear(from, note, policy, now), "refused");
        self.keep(policy);
    }

    /// Now and then somebody asks, answers, says what was done or takes a request back; it is on
    /// the disk before anything comes of it.
    pub(crate) fn act(
        &mut self,
        random: &mut Random,
        parties: &[PartyId],
        policy: &Policy,
        now: Time,
    ) {
        let own = policy.own();
        let reply = Reply { words: "so".into(), by: "RAP-1".into() };
        if random.once_in(120) {
            let some = |_: &&PartyId| random.once_in(2);
            let of: Vec<PartyId> =
                parties.iter().filter(|p| **p != own).filter(some).copied().collect();
            let article = ArticleRef {
                accord: "all".parse().expect("an id"),
                article: "4".parse().expect("a number"),
            };
            let wish = Wish {
                article,
                purpose: Purpose::Information,
                text: "what do you see".into(),
                incident: None,
                of,
                answer_within: Some(Duration::from_secs(5 + random.below(20))),
                by: "RAP-1".into(),
            };
            let raised = self.says.raise(&wish, policy, now);
            assert!(raised.is_ok() || wish.of.is_empty(), "{raised:?}");
            self.keep(policy);
        }
        // One member never answers.
        if random.once_in(40) && parties.last() != Some(&own) {
            let cases = self.says.cases(now);
            let waits = |case: &&CaseView| {
                case.asked.iter().any(|asked| asked.party == own && asked.answers.is_empty())
            };
            if let Some(id) = cases.iter().find(waits).map(|case| case.request.id) {
                let answers = [Answer::Accepted, Answer::InPart, Answer::Declined];
                let answer = answers[random.below(3) as usize];
                // A request that was taken back is answered no more.
                let _ = self.says.answer(id, answer, &reply, now);
                let _ = self.says.report(id, &reply, now);
            }
            if let Some(case) = cases.iter().rev().find(|case| case.request.id.by == own)
                && random.once_in(8)
            {
                let _ = self.says.withdraw(case.request.id, &reply, now);
            }
            self.keep(policy);
        }
    }

    /// This node's people have suspended or resumed an accord: who has to know is told.
    pub(crate) fn suspended(
        &mut self,
        accord: AccordId,
        towards: impl IntoIterator<Item = PartyId>,
        decided: &Decided,
        policy: &Policy,
        now: Time,
    ) {
        self.says.suspended(accord, towards, decided, now);
        self.keep(policy);
    }

    /// What waited on its way to a partner was dropped.
    pub(crate) fn withdrawn(&mut self, party: PartyId, policy: &Policy) {
        self.says.withdrawn(party);
        self.keep(policy);
    }

    /// What is to be said now.
    pub(crate) fn say(&mut self, policy: &Policy, now: Time) -> Vec<Released<Note>> {
        self.says.advance(policy, now);
        let said = self.says.tell(policy, now);
        if !said.is_empty() {
            self.keep(policy);
        }
        said
    }

    /// The entry of a suspension or a resumption of ours that a note tells of.
    pub(crate) fn decision(&self, note: &Note) -> Option<Entry> {
        let (by, words) = self.says.decided(note)?;
        link::decision(note, by.to_vec(), words)
    }

    pub(crate) fn cases(&self, now: Time) -> Vec<CaseView> {
        self.says.cases(now)
    }

    fn keep(&mut self, policy: &Policy) {
        self.record = self.says.encode(policy);
    }
}
