//! Kinds of incident, how one ends, and the checklist of each kind.
//!
//! The steps are procedural coordination and nothing else: look, ask, tell, write down.

use super::text::ARTICLE_MAX;
use crate::Rule;
use std::fmt;

/// Most steps of one checklist.
pub const STEPS_MAX: usize = 64;
/// Longest step, bytes.
pub const STEP_MAX: usize = 300;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal, $text:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Each of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its number in bytes; never given to another.
            pub(crate) const fn number(self) -> u8 {
                match self { $(Self::$variant => $number,)* }
            }

            pub(crate) fn from_number(number: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.number() == number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Self::$variant => $text,)* })
            }
        }
    };
}

words! {
    /// What an incident is about.
    Kind {
        /// A track that nobody knows.
        Unidentified = 1, "unidentified track";
        /// An aircraft without radio.
        RadioFailure = 2, "radio failure";
        /// An aircraft in distress or urgency.
        Emergency = 3, "emergency";
        /// Unlawful interference with an aircraft.
        UnlawfulInterference = 4, "unlawful interference";
        /// A border crossed or about to be.
        Border = 5, "border";
        /// An airspace infringed or about to be.
        Airspace = 6, "airspace";
        /// Two aircraft too close.
        Conflict = 7, "conflict";
        /// An aircraft too low over terrain.
        Terrain = 8, "terrain";
        /// Satellite navigation disturbed.
        Gnss = 9, "GNSS interference";
        /// A sensor silent, degraded or biased.
        Sensor = 10, "sensor";
        /// An unmanned aircraft.
        Unmanned = 11, "unmanned aircraft";
        /// None of these.
        Other = 12, "other";
    }
}

words! {
    /// How an incident ended.
    Outcome {
        /// Who it was is known.
        Identified = 1, "identified";
        /// The aircraft landed, or left, safely.
        EndedSafely = 2, "ended safely";
        /// It left the area of this node.
        LeftArea = 3, "left the area";
        /// Contact, plan or permission came back or was there.
        Regularised = 4, "contact, plan or permission established";
        /// What was disturbed or degraded works again.
        Restored = 5, "service restored";
        /// There was nothing.
        FalseAlert = 6, "false alert";
        /// It is handled as part of another incident; the reason says which.
        Merged = 7, "handled in another incident";
        /// Another service or authority has it; the reason says which.
        PassedOn = 8, "passed to another authority";
        /// It could not be found out.
        Unresolved = 9, "unresolved";
        /// None of these; the reason says what.
        Other = 10, "other";
    }
}

impl Outcome {
    /// Whether it says too little without a reason.
    pub fn needs_reason(self) -> bool {
        matches!(self, Outcome::Merged | Outcome::PassedOn | Outcome::Unresolved | Outcome::Other)
    }
}

impl Kind {
    /// The kind of incident that an alert of this rule begins.
    pub fn of(rule: Rule) -> Self {
        match rule {
            Rule::BorderCrossed | Rule::BorderPredicted => Kind::Border,
            Rule::AreaInfringed | Rule::AreaPredicted => Kind::Airspace,
            Rule::Conflict => Kind::Conflict,
            Rule::MinimumSafeAltitude => Kind::Terrain,
            Rule::UnlawfulInterference => Kind::UnlawfulInterference,
            Rule::RadioFailure => Kind::RadioFailure,
            Rule::Emergency => Kind::Emergency,
            Rule::NonCooperative | Rule::LostTransponder | Rule::LowSlow => Kind::Unidentified,
            Rule::NavigationInterference | Rule::PositionDisagreement => Kind::Gnss,
            Rule::Unmanned | Rule::RemoteIdMotion | Rule::RemoteIdDuplicate => Kind::Unmanned,
            Rule::Sensor => Kind::Sensor,
            _ => Kind::Other,
        }
    }

    /// The steps that this kind asks for where no article says others.
    pub fn default_steps(self) -> &'static [&'static str] {
        match self {
            Kind::Unidentified => &[
                "Look for a flight plan or permission by route and time",
                "Ask the sector and adjacent units whether they know the flight",
                "Check which sensors hold the track, and whether any is degraded",
                "Call on the international distress frequency if the sector cannot",
                "Tell the partners whom an article names",
                "Write down who identified it, and how",
            ],
            Kind::RadioFailure => &[
                "Ask the sector for last contact, frequency and clearance",
                "Ask adjacent units and the operator to try other means of contact",
                "Note the procedure the flight is expected to follow, and its destination estimate",
                "Tell the next units along the route",
                "Write down when contact came back, or where it landed",
            ],
            Kind::Emergency => &[
                "Ask the sector what the crew has declared and what it wants",
                "Tell the rescue coordination centre if it may be needed",
                "Tell the units along the way to the aerodrome it makes for",
                "Note persons on board, endurance and dangerous goods if known",
                "Write down how it ended",
            ],
            Kind::UnlawfulInterference => &[
                "Confirm with the sector, without a question on an open frequency",
                "Tell the authority that the national plan names",
                "Tell the partners along the route whom an article names",
                "Keep other persons out of the record until the authority says otherwise",
                "Write down each contact and its time",
            ],
            Kind::Border => &[
                "Look for plan and permission, also under other callsigns",
                "Ask the neighbouring unit whether it knows the flight",
                "Tell the neighbour the time and place of crossing, predicted or seen",
                "Write down whether the crossing had leave, and who said so",
            ],
            Kind::Airspace => &[
                "Check that the airspace is active, and between which levels",
                "Ask the sector whether the flight is cleared through it",
                "Tell whoever the airspace is reserved for",
                "Write down entry, exit and lowest or highest level",
            ],
            Kind::Conflict => &[
                "Tell the sector that has each of the two, if it has not seen it",
                "Note least distance and level difference, and when",
                "Ask whether a resolution advisory was flown",
                "Keep the replay of both tracks",
            ],
            Kind::Terrain => &[
                "Tell the sector that has the flight, if it has not seen it",
                "Check the level against another sensor and the pressure setting",
                "Write down least clearance, and when and where",
            ],
            Kind::Gnss => &[
                "Compare claimed positions with radar and multilateration",
                "Ask two crews in the area what they see",
                "Tell the sectors and partners whom an article names where and since when",
                "Ask for a notice to airmen if it lasts",
                "Write down the cells, and when it ended",
            ],
            Kind::Sensor => &[
                "Compare with the other sensors over the same area",
                "Tell the engineer on duty",
                "Tell the positions that depend on it, and what coverage is lost",
                "Write down cause and repair",
            ],
            Kind::Unmanned => &[
                "Look for a permission for this place and time",
                "Tell the aerodrome or sector nearby",
                "Tell the police where the operator's position is known",
                "Write down path, height and when it ended",
            ],
            Kind::Other => &["Say what happened, and who was told", "Write down how it ended"],
        }
    }
}

/// A step as a checklist gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepText {
    /// What to do.
    pub text: String,
    /// The article that asks for it; `None` where it is a default.
    pub article: Option<String>,
}

/// What parties do together on some kinds of incident, as an article says: plain data, from
/// whoever reads the accords.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedure {
    /// The article, as people call it.
    pub article: String,
    /// On which kinds.
    pub on: Vec<Kind>,
    /// The steps, in order.
    pub steps: Vec<String>,
}

/// The checklist of a kind: what its procedures ask for, article by article, then the default
/// steps. At most [`STEPS_MAX`], each text once; a step over [`STEP_MAX`] ends in `…`.
pub fn checklist(kind: Kind, procedures: &[Procedure]) -> Vec<StepText> {
    let asked = procedures.iter().filter(|procedure| procedure.on.contains(&kind));
    let asked = asked.flat_map(|procedure| {
        procedure.steps.iter().map(|text| (text.as_str(), Some(procedure.article.as_str())))
    });
    let defaults = kind.default_steps().iter().map(|text| (*text, None));
    let mut steps: Vec<StepText> = Vec::new();
    for (text, article) in asked.chain(defaults) {
        let text = shortened(text.trim());
        let known = steps.iter().any(|step| step.text == text);
        if !text.is_empty() && !known && steps.len() < STEPS_MAX {
            let article = article.map(|article| article.chars().take(ARTICLE_MAX / 4).collect());
            steps.push(StepText { text, article });
        }
    }
    steps
}

fn shortened(text: &str) -> String {
    if text.len() <= STEP_MAX {
        return text.to_owned();
    }
    let end = (0..=STEP_MAX - '…'.len_utf8()).rev().find(|end| text.is_char_boundary(*end));
    format!("{}…", &text[..end.unwrap_or(0)])
}
