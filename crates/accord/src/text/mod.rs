//! An accord as it is written: the TOML document, one struct a table. The JSON Schema is made from
//! these types; [`crate::Accord`] is what they mean.
//!
//! Nothing here is trusted. Names, units and references are checked when the document is read.

mod instruments;
mod words;

pub(crate) use instruments::*;
pub(crate) use words::*;

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The version of this form.
pub(crate) const FORM: u32 = 1;

/// One accord.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Document {
    /// Version of the document's form: 1.
    pub(crate) form: u32,
    /// The accord's id: small letters, digits and hyphens.
    pub(crate) accord: String,
    /// What people call it.
    pub(crate) title: String,
    /// Whether it states facts, illustrates, or both.
    pub(crate) nature: Nature,
    /// A remark for readers.
    pub(crate) note: Option<String>,
    /// Id of the framework accord it is part of.
    pub(crate) part_of: Option<String>,
    /// The text in words that this document stands for.
    pub(crate) text: Option<TextReference>,
    /// Where the facts are from.
    #[serde(default)]
    pub(crate) sources: Vec<String>,
    /// The parties, at least two.
    pub(crate) party: Vec<Party>,
    /// What was signed, ratified, deposited, renewed, suspended.
    pub(crate) instruments: Instruments,
    /// Areas by name.
    #[serde(default)]
    pub(crate) zone: BTreeMap<String, Zone>,
    /// Border lines by name.
    #[serde(default)]
    pub(crate) border: BTreeMap<String, Border>,
    /// Plots of land one party lends another.
    #[serde(default)]
    pub(crate) site: Vec<Site>,
    /// What is granted.
    #[serde(default)]
    pub(crate) article: Vec<Article>,
    /// A party's own standing restrictions; they win over every grant.
    #[serde(default)]
    pub(crate) caveat: Vec<Caveat>,
}

/// Fact and illustration are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Nature {
    /// As published.
    Fact,
    /// Made up to show the pattern.
    Illustration,
    /// The accord and its dates are facts; its articles are made up.
    FactWithIllustration,
}

/// The text in words.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct TextReference {
    /// Where it can be read.
    pub(crate) reference: String,
    /// Its SHA-256, 64 hex digits.
    pub(crate) sha256: Option<String>,
}

/// A party.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Party {
    /// ISO 3166 alpha-3, or an organisation's id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// What the text says it does; recorded, never enforced as command.
    #[serde(default)]
    pub(crate) roles: Vec<String>,
}

/// A named area.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Zone {
    /// What it is.
    pub(crate) title: Option<String>,
    /// Corners as latitude and longitude in degrees, joined by geodesics; the smaller side is in.
    pub(crate) polygon: Option<Vec<[f64; 2]>>,
    /// A circle.
    pub(crate) circle: Option<Circle>,
}

/// A circle.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Circle {
    /// Latitude and longitude in degrees.
    pub(crate) center: [f64; 2],
    /// Radius in nautical miles.
    pub(crate) radius_nm: f64,
}

/// A border line.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Border {
    /// What it is.
    pub(crate) title: Option<String>,
    /// Points as latitude and longitude in degrees, joined by geodesics.
    pub(crate) line: Vec<[f64; 2]>,
}

/// One part of an area; an area is all its parts together.
#[derive(Debug, Clone, Deserialize, JsonSchema, Default)]
#[schemars(deny_unknown_fields)]
pub(crate) struct AreaPart {
    /// No limit.
    pub(crate) anywhere: Option<bool>,
    /// A zone by its name.
    pub(crate) zone: Option<String>,
    /// A border by its name, with `within_nm`.
    pub(crate) border: Option<String>,
    /// How far on either side of the border, nautical miles.
    pub(crate) within_nm: Option<f64>,
    /// Corners as latitude and longitude in degrees.
    pub(crate) polygon: Option<Vec<[f64; 2]>>,
    /// A circle.
    pub(crate) circle: Option<Circle>,
}

/// A plot of land lent.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Site {
    /// Its name.
    pub(crate) name: String,
    /// Fact or illustration.
    pub(crate) nature: Nature,
    /// Whose land it is.
    pub(crate) host: String,
    /// Who may use it.
    pub(crate) guest: String,
    /// Size in hectares.
    pub(crate) hectares: f64,
    /// Outline, if it is known or illustrated.
    pub(crate) polygon: Option<Vec<[f64; 2]>>,
    /// Sensors that stand there.
    #[serde(default)]
    pub(crate) sensor: Vec<SiteSensor>,
}

/// A sensor on a site.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct SiteSensor {
    /// Its name.
    pub(crate) name: String,
    /// Whose its data are.
    pub(crate) data_of: Vec<String>,
}

/// One article.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Article {
    /// Its number.
    pub(crate) number: String,
    /// What it grants: `release.tracks`, `release.alerts`, `release.incidents`, `release.coverage`,
    /// `backup`, `assistance` or `procedure`.
    #[schemars(extend("enum" = [
        "release.tracks", "release.alerts", "release.incidents", "release.coverage", "backup",
        "assistance", "procedure",
    ]))]
    pub(crate) kind: String,
    /// What it says in a few words.
    pub(crate) title: Option<String>,
    /// Fact or illustration, if not as the accord.
    pub(crate) nature: Option<Nature>,
    /// Release: who gives. Assistance: who may ask.
    pub(crate) from: Option<Vec<String>>,
    /// Release: who receives. Assistance: who may be asked.
    pub(crate) to: Option<Vec<String>>,
    /// Release and backup: where.
    pub(crate) area: Option<Vec<AreaPart>>,
    /// Release: between which levels; a target of unknown level is not.
    pub(crate) levels: Option<Levels>,
    /// Release: of which objects; of all if not said.
    pub(crate) which: Option<Which>,
    /// Release: what is told of them.
    pub(crate) fields: Option<Vec<FieldName>>,
    /// Release: how exactly.
    pub(crate) precision: Option<Precision>,
    /// Release: how old it must be before it goes out, seconds.
    pub(crate) delay_s: Option<f64>,
    /// Release: shortest time between two updates of one object, seconds.
    pub(crate) interval_s: Option<f64>,
    /// Release: to whom the receiver may pass it on, and how exactly.
    pub(crate) onward: Option<Vec<Onward>>,
    /// Backup: whose duty is taken over.
    pub(crate) of: Option<String>,
    /// Backup: who takes over, first choice first.
    pub(crate) by: Option<Vec<String>>,
    /// Backup: seconds of silence before a take-over may be proposed.
    pub(crate) silent_s: Option<f64>,
    /// Backup: how many named people must confirm, on taking over and on handing back.
    pub(crate) confirmations: Option<u8>,
    /// Assistance: what may be asked for.
    pub(crate) purposes: Option<Vec<Purpose>>,
    /// Assistance: how soon an answer is due, as `2 hours`.
    pub(crate) answer_within: Option<String>,
    /// Procedure: on which kinds of incident.
    pub(crate) on: Option<Vec<AlertName>>,
    /// Procedure: the checklist, in order.
    pub(crate) steps: Option<Vec<String>>,
}

/// Between which levels.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Levels {
    /// Flight level from which on, itself included.
    pub(crate) from_fl: Option<f64>,
    /// Flight level up to which, itself included.
    pub(crate) to_fl: Option<f64>,
}

/// Of which objects. Every key that is written must fit.
#[derive(Debug, Clone, Deserialize, JsonSchema, Default)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Which {
    /// Standard identity, any of these.
    pub(crate) identity: Option<Vec<IdentityName>>,
    /// Whose flight, any of these.
    pub(crate) service: Option<Vec<ServiceName>>,
    /// Type of flight, any of these.
    pub(crate) flight: Option<Vec<FlightName>>,
    /// About flight plans, any of these.
    pub(crate) plan: Option<Vec<PlanName>>,
    /// Kind of alert or incident, any of these.
    pub(crate) alerts: Option<Vec<AlertName>>,
    /// How far people are with it, any of these.
    pub(crate) alert_state: Option<Vec<AlertStateName>>,
    /// 24-bit addresses or callsigns, six hex digits or text, any of these.
    pub(crate) named: Option<Vec<String>>,
}

/// How exactly.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema, Default)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Precision {
    /// Grid of the position, nautical miles.
    pub(crate) position_nm: Option<f64>,
    /// Step of the level, feet.
    pub(crate) level_ft: Option<f64>,
    /// Step of the time, seconds.
    pub(crate) time_s: Option<f64>,
    /// Step of the velocity, knots.
    pub(crate) velocity_kt: Option<f64>,
}

/// To whom a receiver may pass on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Onward {
    /// To whom.
    pub(crate) to: Vec<String>,
    /// How exactly at most; as received if not said.
    pub(crate) precision: Option<Precision>,
    /// How old at least, seconds.
    pub(crate) delay_s: Option<f64>,
}

/// A party's own restriction.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Caveat {
    /// Its number.
    pub(crate) number: String,
    /// Whose it is.
    pub(crate) by: String,
    /// What it says in a few words.
    pub(crate) title: Option<String>,
    /// Towards whom; everyone if not said.
    pub(crate) towards: Option<Vec<String>>,
    /// On which objects; on all if not said.
    pub(crate) objects: Option<Vec<ObjectName>>,
    /// Where; everywhere if not said. An unknown position is taken to be in it.
    pub(crate) area: Option<Vec<AreaPart>>,
    /// Between which levels. An unknown level is taken to be between them.
    pub(crate) levels: Option<Levels>,
    /// Of which objects; of all if not said.
    pub(crate) which: Option<Which>,
    /// Which fields it keeps; the whole object if neither this nor `at_best` is said.
    pub(crate) fields: Option<Vec<FieldName>>,
    /// How exactly it may go out at most.
    pub(crate) at_best: Option<Precision>,
    /// Least age, seconds, before it may go out.
    pub(crate) delay_s: Option<f64>,
}

/// The JSON Schema of an accord document.
pub(crate) fn schema() -> serde_json::Value {
    let generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Document>().to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".into(), "Entente accord document, form 1".into());
        object.insert(
            "$comment".into(),
            "Generated from crates/accord/src/text by `cargo xtask codegen`: do not edit.".into(),
        );
    }
    schema
}
