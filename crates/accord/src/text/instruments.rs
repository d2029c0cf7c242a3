//! What was done with a text, and when.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// A date, which begins at 00:00:00 UTC, or an instant with its offset.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(transparent)]
pub(crate) struct When(pub(crate) toml::value::Datetime);

impl JsonSchema for When {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A TOML date, which begins at 00:00:00 UTC, or an instant with its offset.",
            "type": "string",
            "anyOf": [{ "format": "date" }, { "format": "date-time" }],
        })
    }
}

/// What was done with the text, and when.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Instruments {
    /// Which of signature, ratification and deposit must be there before it can be in force.
    #[serde(default = "signature_and_ratification")]
    pub(crate) requires: Vec<Requirement>,
    /// The signature.
    pub(crate) signed: Option<Signed>,
    /// Ratifications, one a party.
    #[serde(default)]
    pub(crate) ratified: Vec<Ratified>,
    /// Deposits of the instruments of ratification.
    #[serde(default)]
    pub(crate) deposited: Vec<Deposited>,
    /// When it enters into force.
    pub(crate) in_force: Option<When>,
    /// How long a term is, as `5 years` or `P5Y`; without one it has no end.
    pub(crate) term: Option<String>,
    /// What happens at the end of a term.
    #[serde(default)]
    pub(crate) renewal: Renewal,
    /// How long a renewal lasts; a term if not said.
    pub(crate) renewal_term: Option<String>,
    /// Acts by which a term was renewed.
    #[serde(default)]
    pub(crate) renewed: Vec<Renewed>,
    /// How it is ended by notice.
    pub(crate) notice: Option<Notice>,
    /// Notices given.
    #[serde(default)]
    pub(crate) notice_given: Vec<NoticeGiven>,
    /// Suspensions.
    #[serde(default)]
    pub(crate) suspension: Vec<Suspension>,
    /// Its termination.
    pub(crate) termination: Option<Termination>,
}

fn signature_and_ratification() -> Vec<Requirement> {
    vec![Requirement::Signature, Requirement::Ratification]
}

/// What must be there before an accord can be in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Requirement {
    /// The text is signed.
    Signature,
    /// Every party ratified it.
    Ratification,
    /// Every party deposited its instrument.
    Deposit,
}

/// The signature.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Signed {
    /// When.
    pub(crate) date: When,
    /// Where.
    pub(crate) place: Option<String>,
}

/// One party's ratification.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Ratified {
    /// Who.
    pub(crate) party: String,
    /// When.
    pub(crate) date: When,
    /// By which body.
    pub(crate) body: Option<String>,
}

/// One party's deposit.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Deposited {
    /// Who.
    pub(crate) party: String,
    /// When.
    pub(crate) date: When,
    /// With whom.
    pub(crate) depositary: Option<String>,
}

/// What happens at the end of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Renewal {
    /// It ends.
    #[default]
    None,
    /// A new term begins unless notice was given in time.
    Automatic,
    /// A new term begins if an act renewed it before the end.
    ByAct,
}

/// An act of renewal.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Renewed {
    /// When the act was done.
    pub(crate) date: When,
    /// By which body.
    pub(crate) body: Option<String>,
}

/// How it is ended by notice.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Notice {
    /// Who may give it; every party if not said.
    pub(crate) by: Option<Vec<String>>,
    /// At least how long before the end of a term, as `6 months`.
    pub(crate) before_end: Option<String>,
    /// Where there is no term: how long after the notice it ends.
    pub(crate) ends_after: Option<String>,
}

/// A notice given.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct NoticeGiven {
    /// By whom.
    pub(crate) by: String,
    /// When.
    pub(crate) date: When,
    /// When it was taken back, if it was.
    pub(crate) withdrawn: Option<When>,
}

/// A suspension by one party.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Suspension {
    /// By whom. Only this party can resume.
    pub(crate) by: String,
    /// Towards whom; every other party if not said.
    pub(crate) towards: Option<Vec<String>>,
    /// Of which articles; of all if not said.
    pub(crate) articles: Option<Vec<String>>,
    /// From when.
    pub(crate) from: When,
    /// Until when; until it is resumed if not said.
    pub(crate) until: Option<When>,
    /// Why, if that was said.
    pub(crate) reason: Option<String>,
}

/// The end by act of the parties.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Termination {
    /// When it ends.
    pub(crate) date: When,
    /// By whom.
    pub(crate) by: Vec<String>,
}
