//! Evidence: one reason for or against an identity each, with its weight and age.

use super::{Identity, Person, State};
use crate::PartnerIndex;
use std::fmt;
use surveillance::{Callsign, Mode3A, Time};

/// What is known of a track beside its own codes. `None`: not known, now; what was known before
/// ages.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// What the search for its plan gave.
    pub plan: Option<PlanFound>,
    /// Whether there is a permission for what it does.
    pub permission: Option<Standing>,
    /// The code that its plan or its unit assigned.
    pub code_assigned: Option<Mode3A>,
    /// Where it is.
    pub place: Option<Place>,
    /// How it moves.
    pub behaviour: Option<Behaviour>,
    /// Its own claim of position against what is measured.
    pub claim: Option<Claim>,
}

/// What the search for a plan gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanFound {
    /// A plan of a civil flight fits.
    Civil,
    /// A plan of a state flight of ours fits.
    OwnState,
    /// None fits, and plans are known here.
    None,
}

/// Whether a permission stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It stands.
    Held,
    /// One is needed and there is none.
    Missing,
}

/// Where a track is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In an airway or corridor.
    InCorridor,
    /// In none, where traffic keeps to them.
    OffCorridor,
}

/// How a track moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// As traffic does there.
    Regular,
    /// As no traffic does there.
    Erratic,
}

/// What an aircraft claims of its position against what is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Claim {
    /// They agree.
    Agrees,
    /// They do not.
    Disagrees {
        /// How far apart, metres.
        distance_m: f64,
    },
}

/// How an operator came to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Means {
    /// Seen, by a crew or from the ground.
    Visual,
    /// Heard, by radio or telephone.
    Voice,
}

/// What an operator reports of who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Who says so.
    pub by: Person,
    /// By what.
    pub means: Means,
    /// What it is said to be.
    pub identity: Identity,
    /// In words.
    pub words: String,
    /// When.
    pub at: Time,
}

/// A kind of evidence: of each there is one piece at a time, of partners one each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// A plan.
    Plan,
    /// A permission.
    Permission,
    /// The Mode 3/A code.
    Code,
    /// The 24-bit address.
    Address,
    /// The callsign.
    Callsign,
    /// Corridors.
    Place,
    /// How it moves.
    Behaviour,
    /// The ADS-B position.
    Claim,
    /// A partner's word.
    Partner(PartnerIndex),
    /// An operator's report.
    Report,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// See [`PlanFound`].
    Plan(PlanFound),
    /// See [`Standing`].
    Permission(Standing),
    /// A code that tells it apart from others.
    CodeDiscrete(Mode3A),
    /// The code that its plan assigned.
    CodeAssigned(Mode3A),
    /// Another than its plan assigned.
    CodeOther {
        /// What it sends.
        sent: Mode3A,
        /// What is assigned.
        assigned: Mode3A,
    },
    /// A code that many share.
    CodeShared(Mode3A),
    /// An address in a state's block.
    AddressOf(State),
    /// An address among those of our own and allied state aircraft.
    AddressOwn(State),
    /// An address in no state's block.
    AddressUnallotted,
    /// An address that is not ICAO's.
    AddressAnonymous,
    /// It tells a callsign.
    Callsign(Callsign),
    /// See [`Place`].
    Place(Place),
    /// See [`Behaviour`].
    Behaviour(Behaviour),
    /// See [`Claim`].
    Claim(Claim),
    /// What a partner says.
    Partner(PartnerIndex, Identity),
    /// What an operator reports.
    Report(Means, Identity),
}

/// How much a piece counts, in points, for which class; doubt counts against all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Weight {
    /// For civil.
    pub civil: f64,
    /// For friend and assumed friend.
    pub friend: f64,
    /// For neutral.
    pub neutral: f64,
    /// Against each.
    pub doubt: f64,
}

impl Weight {
    pub(super) fn times(self, share: f64) -> Self {
        Self {
            civil: self.civil * share,
            friend: self.friend * share,
            neutral: self.neutral * share,
            doubt: self.doubt * share,
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            civil: self.civil + other.civil,
            friend: self.friend + other.friend,
            neutral: self.neutral + other.neutral,
            doubt: self.doubt + other.doubt,
        }
    }
}

impl Finding {
    /// Of which kind.
    pub fn kind(&self) -> EvidenceKind {
        match self {
            Self::Plan(_) => EvidenceKind::Plan,
            Self::Permission(_) => EvidenceKind::Permission,
            Self::CodeDiscrete(_)
            | Self::CodeAssigned(_)
            | Self::CodeOther { .. }
            | Self::CodeShared(_) => EvidenceKind::Code,
            Self::AddressOf(_)
            | Self::AddressOwn(_)
            | Self::AddressUnallotted
            | Self::AddressAnonymous => EvidenceKind::Address,
            Self::Callsign(_) => EvidenceKind::Callsign,
            Self::Place(_) => EvidenceKind::Place,
            Self::Behaviour(_) => EvidenceKind::Behaviour,
            Self::Claim(_) => EvidenceKind::Claim,
            Self::Partner(partner, _) => EvidenceKind::Partner(*partner),
            Self::Report(..) => EvidenceKind::Report,
        }
    }

    /// What it counts while it is fresh. Points are a judgement, written down so that people can
    /// hold it against what they see: two make a cooperative target civil, and nothing that one
    /// transmitter says of itself outweighs a position that sensors contradict.
    pub fn weight(&self) -> Weight {
        let civil = |civil| Weight { civil, ..Weight::default() };
        let friend = |friend| Weight { friend, ..Weight::default() };
        let neutral = |neutral| Weight { neutral, ..Weight::default() };
        let doubt = |doubt| Weight { doubt, ..Weight::default() };
        match self {
            Self::Plan(PlanFound::Civil) => civil(4.0),
            Self::Plan(PlanFound::OwnState) => Weight { civil: 2.0, ..friend(3.0) },
            Self::Plan(PlanFound::None) => doubt(2.0),
            Self::Permission(Standing::Held) => civil(3.0),
            Self::Permission(Standing::Missing) => doubt(3.0),
            Self::CodeDiscrete(_) => civil(3.0),
            Self::CodeAssigned(_) => civil(4.0),
            Self::CodeOther { .. } => Weight { civil: 3.0, ..doubt(2.0) },
            Self::CodeShared(_) => civil(1.0),
            Self::AddressOf(_) => civil(3.0),
            Self::AddressOwn(_) => Weight { civil: 3.0, ..friend(3.0) },
            Self::AddressUnallotted => Weight { civil: 2.0, ..doubt(1.0) },
            Self::AddressAnonymous | Self::Callsign(_) => civil(2.0),
            Self::Place(Place::InCorridor) => civil(1.0),
            Self::Place(Place::OffCorridor) => doubt(1.0),
            Self::Behaviour(Behaviour::Regular) => civil(1.0),
            Self::Behaviour(Behaviour::Erratic) => doubt(2.0),
            Self::Claim(Claim::Agrees) => civil(1.0),
            Self::Claim(Claim::Disagrees { .. }) => doubt(6.0),
            Self::Partner(_, identity) => match identity {
                Identity::Civil => civil(1.0),
                Identity::Friend | Identity::AssumedFriend => friend(2.0),
                Identity::Neutral => neutral(2.0),
                // Shown, not weighed: a partner's suspicion moves nothing here.
                Identity::Suspect | Identity::Hostile | Identity::Pending | Identity::Unknown => {
                    Weight::default()
                }
            },
            Self::Report(means, identity) => {
                let points = match means {
                    Means::Visual => 5.0,
                    Means::Voice => 3.0,
                };
                match identity {
                    Identity::Civil => civil(points),
                    Identity::Friend | Identity::AssumedFriend => friend(points),
                    Identity::Neutral => neutral(points),
                    Identity::Unknown => doubt(points),
                    // More than unknown is to be decided, by two people.
                    Identity::Suspect | Identity::Hostile => doubt(points),
                    Identity::Pending => Weight::default(),
                }
            }
        }
    }

    /// Seconds for which it counts whole after it was last seen, and after which it counts nothing;
    /// between, ever less.
    pub fn life_s(&self) -> (f64, f64) {
        match self.kind() {
            EvidenceKind::Plan | EvidenceKind::Permission => (60.0, 600.0),
            // A transponder that falls silent is missed long before the track is doubted.
            EvidenceKind::Code | EvidenceKind::Address | EvidenceKind::Callsign => (120.0, 900.0),
            EvidenceKind::Place => (30.0, 120.0),
            EvidenceKind::Behaviour => (60.0, 300.0),
            EvidenceKind::Claim => (30.0, 180.0),
            EvidenceKind::Partner(_) => (60.0, 180.0),
            EvidenceKind::Report => (600.0, 3600.0),
        }
    }

    /// Whether it is the same finding, whatever figure it comes with.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Claim(one), Self::Claim(two)) => {
                std::mem::discriminant(one) == std::mem::discriminant(two)
            }
            _ => self == other,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(PlanFound::Civil) => f.write_str("a flight plan fits"),
            Self::Plan(PlanFound::OwnState) => f.write_str("a plan of a state flight of ours fits"),
            Self::Plan(PlanFound::None) => f.write_str("no flight plan fits"),
            Self::Permission(Standing::Held) => f.write_str("a permission stands"),
            Self::Permission(Standing::Missing) => f.write_str("no permission for what it does"),
            Self::CodeDiscrete(code) => write!(f, "sends its own code {code}"),
            Self::CodeAssigned(code) => write!(f, "sends the code assigned to it, {code}"),
            Self::CodeOther { sent, assigned } => {
                write!(f, "sends {sent}, its plan has {assigned}")
            }
            Self::CodeShared(code) => write!(f, "sends {code}, which many share"),
            Self::AddressOf(State(state)) => write!(f, "an address of {state}"),
            Self::AddressOwn(State(state)) => write!(f, "an address of {state} state aircraft"),
            Self::AddressUnallotted => f.write_str("an address that no state has"),
            Self::AddressAnonymous => f.write_str("an address that is not ICAO's"),
            Self::Callsign(callsign) => write!(f, "calls itself {callsign}"),
            Self::Place(Place::InCorridor) => f.write_str("in an airway or corridor"),
            Self::Place(Place::OffCorridor) => f.write_str("off all airways and corridors"),
            Self::Behaviour(Behaviour::Regular) => f.write_str("moves as traffic does here"),
            Self::Behaviour(Behaviour::Erratic) => f.write_str("moves as no traffic does here"),
            Self::Claim(Claim::Agrees) => f.write_str("its ADS-B position is as measured"),
            Self::Claim(Claim::Disagrees { distance_m }) => {
                let nm = distance_m / 1852.0;
                write!(f, "its ADS-B position is {nm:.1} NM from where it is measured")
            }
            Self::Partner(_, identity) => write!(f, "a partner says {identity}"),
            Self::Report(Means::Visual, identity) => write!(f, "seen to be {identity}"),
            Self::Report(Means::Voice, identity) => write!(f, "said by voice to be {identity}"),
        }
    }
}

/// A finding with since when it stands and when it was last so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// What.
    pub finding: Finding,
    /// Since when it has been so without a break, UTC.
    pub since: Time,
    /// When it was last so, UTC.
    pub last: Time,
}

impl Piece {
    /// The share of its weight that it still has at `now`, 0 to 1.
    pub fn share(&self, now: Time) -> f64 {
        let (fresh_s, over_s) = self.finding.life_s();
        let age_s = now.seconds_since(self.last);
        ((over_s - age_s) / (over_s - fresh_s)).clamp(0.0, 1.0)
    }

    /// What it counts at `now`.
    pub fn weight(&self, now: Time) -> Weight {
        self.finding.weight().times(self.share(now))
    }
}
