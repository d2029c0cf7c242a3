//! What a document means once it is read: parties, articles, caveats, sites.

use crate::lifecycle::Lifecycle;
use crate::{AccordId, AlertSet, ArticleId, FieldSet, ObjectKind, PartyId, Reduction, area::Area};
use surveillance::{Address, Callsign};

/// Whether something is published or made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// As published.
    Fact,
    /// Made up to show the pattern.
    Illustration,
    /// The accord and its dates are facts; its articles are made up.
    FactWithIllustration,
}

/// One accord, read and checked.
#[derive(Debug, Clone)]
pub struct Accord {
    /// Its id.
    pub id: AccordId,
    /// What people call it.
    pub title: String,
    /// Fact or illustration.
    pub nature: Nature,
    /// A remark for readers.
    pub note: Option<String>,
    /// The framework accord it is part of.
    pub part_of: Option<AccordId>,
    /// Where the text in words can be read, and its SHA-256.
    pub text: Option<(String, Option<String>)>,
    /// Where the facts are from.
    pub sources: Vec<String>,
    /// The parties.
    pub parties: Vec<Party>,
    /// Signature to termination.
    pub lifecycle: Lifecycle,
    /// Land lent.
    pub sites: Vec<Site>,
    /// What is granted.
    pub articles: Vec<Article>,
    /// Standing restrictions.
    pub caveats: Vec<Caveat>,
    /// Whether every clause outside the articles was understood, and none that is not approved stops
    /// something; if not, nothing is granted.
    pub understood: bool,
}

/// A party to an accord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Who.
    pub id: PartyId,
    /// Its name.
    pub name: String,
    /// What the text says it does; recorded, never enforced as command.
    pub roles: Vec<String>,
}

/// A plot of land one party lends another for as long as the accord is in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Fact or illustration.
    pub nature: Nature,
    /// Whose land.
    pub host: PartyId,
    /// Who uses it.
    pub guest: PartyId,
    /// Size, hectares.
    pub hectares: f64,
    /// Outline, latitude and longitude in radians.
    pub outline_rad: Vec<[f64; 2]>,
    /// Its sensors by name, and whose their data are.
    pub sensors: Vec<(String, Vec<PartyId>)>,
}

/// One article.
#[derive(Debug, Clone)]
pub struct Article {
    /// Its number.
    pub id: ArticleId,
    /// What it says in a few words.
    pub title: Option<String>,
    /// Fact or illustration, where it differs from the accord's.
    pub nature: Option<Nature>,
    /// What it grants.
    pub clause: Clause,
}

/// What an article grants.
#[derive(Debug, Clone)]
pub enum Clause {
    /// Something is released.
    Release(Grant),
    /// A duty is taken over.
    Backup(BackupClause),
    /// Help may be asked for.
    Assistance(AssistanceClause),
    /// What the parties do together.
    Procedure(Procedure),
    /// A kind, or a key in it, that this version does not know: it grants nothing.
    NotUnderstood {
        /// The kind as written.
        kind: String,
        /// Between whom, as far as it could be read.
        between: Option<(Vec<PartyId>, Vec<PartyId>)>,
    },
}

/// A release: who gives what to whom, how exactly.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Kind of object.
    pub object: ObjectKind,
    /// Who gives.
    pub from: Vec<PartyId>,
    /// Who receives.
    pub to: Vec<PartyId>,
    /// Of which objects.
    pub of: Conditions,
    /// What is told.
    pub fields: FieldSet,
    /// How exactly.
    pub reduction: Reduction,
    /// To whom it may be passed on.
    pub onward: Vec<Onward>,
}

/// To whom a receiver may pass on, and how exactly at most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Onward {
    /// To whom.
    pub to: PartyId,
    /// How exactly at most.
    pub at_best: Reduction,
}

/// Which of a small set of words are named; all, if none was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnyOf(pub(crate) u32);

impl AnyOf {
    /// All of them.
    pub const ALL: Self = Self(u32::MAX);

    /// One bit a word, by discriminant.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Named in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether the word with this discriminant is named.
    pub const fn has(self, word: u32) -> bool {
        self.0 & 1 << word != 0
    }
}

/// Which objects a grant or caveat is about: every condition must hold.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// Where.
    pub area: Area,
    /// Between which pressure altitudes, metres, both included.
    pub levels_m: Option<[f64; 2]>,
    /// Standard identities, by discriminant of `Identity`.
    pub identity: AnyOf,
    /// By discriminant of `Service`.
    pub service: AnyOf,
    /// By discriminant of `FlightKind`.
    pub flight: AnyOf,
    /// By discriminant of `PlanState`.
    pub plan: AnyOf,
    /// Any alert of these.
    pub alerts: Option<AlertSet>,
    /// By discriminant of `AlertState`.
    pub alert_state: AnyOf,
    /// One of these codes.
    pub named: Option<Vec<Named>>,
}

/// A target by its own code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// 24-bit address.
    Address(Address),
    /// Callsign.
    Callsign(Callsign),
}

/// A party's own restriction: it wins over every grant, whatever the standing of the accord that
/// states it.
#[derive(Debug, Clone)]
pub struct Caveat {
    /// Its number.
    pub id: ArticleId,
    /// Whose.
    pub by: PartyId,
    /// What it says in a few words.
    pub title: Option<String>,
    /// Towards whom; everyone, if `None`.
    pub towards: Option<Vec<PartyId>>,
    /// On which kinds of object, by discriminant of `ObjectKind`.
    pub objects: AnyOf,
    /// On which objects.
    pub of: Conditions,
    /// What it does.
    pub effect: Effect,
}

/// What a caveat does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// Withholds the object.
    Withhold,
    /// Withholds fields, and lets the rest out at best so exactly.
    Limit {
        /// Fields it keeps.
        keeps: FieldSet,
        /// How exactly the rest may go out.
        at_best: Reduction,
    },
}

/// Who takes over whose duty.
#[derive(Debug, Clone)]
pub struct BackupClause {
    /// Whose duty.
    pub of: PartyId,
    /// Who takes over, first choice first.
    pub by: Vec<PartyId>,
    /// Where.
    pub area: Area,
    /// Silence before a take-over may be proposed, seconds.
    pub silent_s: f64,
    /// Named people who must confirm.
    pub confirmations: u8,
}

/// What may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// What the other knows.
    Information,
    /// To talk about it.
    Consultation,
    /// To stand in.
    BackUp,
    /// To help.
    Assistance,
}

/// Who may ask whom for what.
#[derive(Debug, Clone, PartialEq)]
pub struct AssistanceClause {
    /// Who may ask.
    pub from: Vec<PartyId>,
    /// Who may be asked.
    pub to: Vec<PartyId>,
    /// For what.
    pub purposes: Vec<Purpose>,
    /// How soon an answer is due.
    pub answer_within: std::time::Duration,
}

/// What the parties do together on a kind of incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedure {
    /// On which kinds.
    pub on: AlertSet,
    /// The checklist, in order.
    pub steps: Vec<String>,
}

impl Accord {
    /// Whether `party` is a party to it.
    pub fn has_party(&self, party: PartyId) -> bool {
        self.parties.iter().any(|p| p.id == party)
    }

    /// The same with nothing granted, and with the caveats of `other` beside its own: that is another
    /// text of it, which stops more and does not count yet for what it grants.
    #[must_use]
    pub fn stopped_by(mut self, other: &Self) -> Self {
        let known: Vec<String> = self.caveats.iter().map(|one| format!("{one:?}")).collect();
        let new = |caveat: &&Caveat| !known.contains(&format!("{caveat:?}"));
        self.caveats.extend(other.caveats.iter().filter(new).cloned());
        self.understood = false;
        self
    }

    /// An article by its number.
    pub fn article(&self, id: ArticleId) -> Option<&Article> {
        self.articles.iter().find(|article| article.id == id)
    }
}
