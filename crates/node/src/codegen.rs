//! The other side of [`crate::wire`], so that both ends are one text: TypeScript for the console,
//! a JSON Schema for everybody else.
//!
//! `cargo xtask codegen` writes [`generated`]; a test compares.

use crate::wire;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::collections::BTreeMap;
use ts_rs::{Config, TS, TypeVisitor};

/// Every generated file: its path from the workspace root, and its text.
pub fn generated() -> [(&'static str, String); 7] {
    [
        ("web/src/generated/wire.ts", typescript()),
        ("web/src/generated/coverage.ts", coverage_typescript()),
        ("web/src/generated/rehearsal.ts", rehearsal_typescript()),
        ("web/src/generated/timeline.ts", timeline_typescript()),
        ("schemas/wire.schema.json", json_schema()),
        ("docs/reference/openapi.json", crate::http::openapi::text()),
        ("docs/reference/live.md", live_messages()),
    ]
}

/// JSON Schema of every message, either way; MessagePack carries the same maps.
fn json_schema() -> String {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let server = generator.subschema_for::<wire::ServerMessage>();
    let client = generator.subschema_for::<wire::ClientMessage>();
    let schema = serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Generated from crates/node/src/wire.rs by `cargo xtask codegen`: do not edit.",
        "title": format!("Entente console wire, protocol {}", wire::PROTOCOL),
        "anyOf": [server, client],
        "$defs": generator.take_definitions(true),
    });
    format!("{schema:#}\n")
}

/// What crosses the WebSocket, for people who write another client.
fn live_messages() -> String {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    generator.subschema_for::<wire::ServerMessage>();
    generator.subschema_for::<wire::ClientMessage>();
    let types = generator.take_definitions(true);
    let mut text = format!(
        "# The live connection\n\n\
         Generated from `crates/node/src/wire.rs` by `cargo xtask codegen`: do not edit.\n\n\
         `GET /api/v1/live` is a WebSocket. Each message is one MessagePack map (binary frames), whose shape \
         is that of `schemas/wire.schema.json`, protocol {}. How it goes on is told in \
         [the console's wire](../design/console-wire.md); the other paths are in \
         [`openapi.json`](openapi.json), which the node serves at `/api/v1/openapi.json`.\n",
        wire::PROTOCOL
    );
    for (name, heading) in
        [("ServerMessage", "What the node says"), ("ClientMessage", "What a console says")]
    {
        text.push_str(&format!("\n## {heading}\n\n"));
        let variants = types.get(name).and_then(|one| one["oneOf"].as_array());
        for variant in variants.into_iter().flatten() {
            text.push_str(&format!("### `{}`\n\n{}\n\n", tag(variant), described(variant)));
            text.push_str(&fields(variant));
        }
    }
    text.push_str("\n## Their types\n\n");
    for (name, schema) in &types {
        if ["ServerMessage", "ClientMessage"].contains(&name.as_str()) {
            continue;
        }
        text.push_str(&format!("### {name}\n\n{}\n\n", described(schema)));
        text.push_str(&fields(schema));
        for value in schema["oneOf"].as_array().into_iter().flatten() {
            text.push_str(&format!("- {} — {}\n", kind(value), described(value)));
        }
        if let Some(values) = schema["enum"].as_array() {
            text.push_str(&format!("One of {}.\n", listed(values)));
        }
        text.push('\n');
    }
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    format!("{}\n", text.trim_end())
}

fn tag(variant: &Value) -> &str {
    let constants =
        variant["properties"].as_object().into_iter().flat_map(|fields| fields.values());
    constants.filter_map(|field| field["const"].as_str()).next().unwrap_or("?")
}

fn described(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or("").replace('\n', " ")
}

/// A line for each field.
fn fields(schema: &Value) -> String {
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    let line = |(name, field): (&String, &Value)| {
        let may = if is_required(name) { "" } else { ", may be absent" };
        let what = described(field);
        let what = if what.is_empty() { what } else { format!(" — {what}") };
        format!("- `{name}`: {}{may}{what}\n", kind(field))
    };
    let as_type = schema.get("$ref").map(|_| {
        format!("- what [{0}](#{1}) has\n", type_name(schema), type_name(schema).to_lowercase())
    });
    let own = schema["properties"].as_object().into_iter().flatten().map(line);
    own.chain(as_type).chain(std::iter::once("\n".to_owned())).collect()
}

/// Of what is told elsewhere: where.
fn type_name(schema: &Value) -> &str {
    let path = schema["$ref"].as_str().unwrap_or_default();
    path.rsplit('/').next().unwrap_or(path)
}

/// What a value is, in a few words.
fn kind(schema: &Value) -> String {
    if schema.get("$ref").is_some() {
        let name = type_name(schema);
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(value) = schema.get("const") {
        return format!("`{value}`");
    }
    if let Some(values) = schema["enum"].as_array() {
        return listed(values);
    }
    let any = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
    if let Some(any) = any {
        return any.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    if let Some(parts) = schema["prefixItems"].as_array() {
        return format!("({})", parts.iter().map(kind).collect::<Vec<_>>().join(", "));
    }
    match (&schema["type"], schema.get("items")) {
        (Value::Array(names), _) => {
            names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        (_, Some(items)) => format!("list of {}", kind(items)),
        (Value::String(name), None) => match schema.get("additionalProperties") {
            Some(of @ Value::Object(_)) => format!("map to {}", kind(of)),
            _ => name.clone(),
        },
        _ => "any".to_owned(),
    }
}

fn listed(values: &[Value]) -> String {
    values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
}

/// Every type that crosses the WebSocket, by name, then the constants.
fn typescript() -> String {
    let config = Config::new().with_large_int("number");
    let mut declared = Declared { config: &config, by_name: BTreeMap::new() };
    declared.visit::<wire::ServerMessage>();
    declared.visit::<wire::ClientMessage>();
    declared.visit::<wire::SessionState>();
    declared.visit::<wire::AccountRow>();
    declared.visit::<wire::AuditRow>();
    declared.visit::<wire::AccordChange>();
    declared.visit::<wire::AccordChangeOutcome>();

    let mut text = String::from(
        "// Generated from crates/node/src/wire.rs by `cargo xtask codegen`: do not edit.\n",
    );
    for declaration in declared.by_name.values() {
        text.push('\n');
        text.push_str(declaration);
        text.push('\n');
    }
    let constants = [
        ("Version of this protocol.", "PROTOCOL", wire::PROTOCOL),
        (
            "Bit of `flags`: the position is predicted.",
            "TRACK_COASTING",
            u32::from(wire::TRACK_COASTING),
        ),
        ("Bit of `flags`: on the ground.", "TRACK_ON_GROUND", u32::from(wire::TRACK_ON_GROUND)),
        (
            "Bit of `flags`: special position identification.",
            "TRACK_IDENT",
            u32::from(wire::TRACK_IDENT),
        ),
        (
            "Bit of `flags`: its speed is not known.",
            "TRACK_SPEED_UNKNOWN",
            u32::from(wire::TRACK_SPEED_UNKNOWN),
        ),
        ("Bit of a cell: the sensor saw a track there.", "COVER_SEEN", u32::from(wire::COVER_SEEN)),
        (
            "Bit of a cell: a track of ours was there, whoever saw it.",
            "COVER_FLOWN",
            u32::from(wire::COVER_FLOWN),
        ),
    ];
    for (doc, name, value) in constants {
        text.push_str(&format!("\n/** {doc} */\nexport const {name} = {value};\n"));
    }
    text
}

/// What is asked and answered of rehearsals.
fn rehearsal_typescript() -> String {
    let config = Config::new().with_large_int("number");
    let mut declared = Declared { config: &config, by_name: BTreeMap::new() };
    declared.visit::<wire::rehearsal::RehearsalAsked>();
    declared.visit::<wire::rehearsal::RehearsalDone>();
    let mut text = String::from(
        "// Generated from crates/node/src/wire/rehearsal.rs by `cargo xtask codegen`: do not edit.\n",
    );
    for declaration in declared.by_name.values() {
        text.push_str(&format!("\n{declaration}\n"));
    }
    text
}

/// What is answered of the last day.
fn timeline_typescript() -> String {
    let config = Config::new().with_large_int("number");
    let mut declared = Declared { config: &config, by_name: BTreeMap::new() };
    declared.visit::<wire::timeline::TimelineTold>();
    let mut text = String::from(
        "// Generated from crates/node/src/wire/timeline.rs by `cargo xtask codegen`: do not edit.\n",
    );
    for declaration in declared.by_name.values() {
        text.push_str(&format!("\n{declaration}\n"));
    }
    text
}

/// What the coverage view and the node say to each other.
fn coverage_typescript() -> String {
    use crate::coverage::wire as coverage;
    let config = Config::new().with_large_int("number");
    let mut declared = Declared { config: &config, by_name: BTreeMap::new() };
    declared.visit::<coverage::Opening>();
    declared.visit::<coverage::LayerAsked>();
    declared.visit::<coverage::FiguresAsked>();
    declared.visit::<coverage::Figures>();
    declared.visit::<coverage::Horizon>();
    declared.visit::<coverage::AdviceAsked>();
    declared.visit::<coverage::Advice>();
    declared.visit::<coverage::PredictedAsked>();
    declared.visit::<coverage::Predicted>();
    declared.visit::<coverage::NotDone>();
    let mut text = String::from(
        "// Generated from crates/node/src/coverage/wire.rs by `cargo xtask codegen`: do not edit.\n",
    );
    for declaration in declared.by_name.values() {
        text.push_str(&format!("\n{declaration}\n"));
    }
    let constants = [
        (
            "Bits of a byte of a layer: how many may see, counted to 7.",
            "LAYER_COUNT",
            coverage::LAYER_COUNT,
        ),
        ("Bit: surely seen.", "LAYER_SURE", coverage::LAYER_SURE),
        ("Bit: the ground is too high for the level.", "LAYER_GROUND", coverage::LAYER_GROUND),
        ("Bit: no ground is known there.", "LAYER_UNKNOWN", coverage::LAYER_UNKNOWN),
        ("Bit: the variant compared with may see.", "LAYER_AGAINST", coverage::LAYER_AGAINST),
        ("Bit: in the region that figures are of.", "LAYER_REGION", coverage::LAYER_REGION),
        ("A cell that a sensor should see.", "PREDICTED_SEEN", coverage::PREDICTED_SEEN),
        (
            "A cell of which the ground is not known.",
            "PREDICTED_UNKNOWN",
            coverage::PREDICTED_UNKNOWN,
        ),
    ];
    for (doc, name, value) in constants {
        text.push_str(&format!("\n/** {doc} */\nexport const {name} = {value};\n"));
    }
    text
}

struct Declared<'a> {
    config: &'a Config,
    by_name: BTreeMap<String, String>,
}

impl TypeVisitor for Declared<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only our own types have a file to go to; numbers and strings have none.
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(self.config);
        if self.by_name.contains_key(&name) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        self.by_name.insert(name, format!("{docs}export {}", T::decl(self.config)));
        T::visit_dependencies(self);
    }
}
