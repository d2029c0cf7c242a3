//! The other side of [`crate::wire`], so that both ends are one text: TypeScript for the console,
//! a JSON Schema for everybody else.
//!
//! `cargo xtask codegen` writes [`generated`]; a test compares.

use crate::wire;
use schemars::generate::SchemaSettings;
use std::collections::BTreeMap;
use ts_rs::{Config, TS, TypeVisitor};

/// Every generated file: its path from the workspace root, and its text.
pub fn generated() -> [(&'static str, String); 5] {
    [
        ("web/src/generated/wire.ts", typescript()),
        ("web/src/generated/coverage.ts", coverage_typescript()),
        ("web/src/generated/rehearsal.ts", rehearsal_typescript()),
        ("web/src/generated/timeline.ts", timeline_typescript()),
        ("schemas/wire.schema.json", json_schema()),
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
            "COUNT",
            coverage::LAYER_COUNT,
        ),
        ("Bit: surely seen.", "SURE", coverage::LAYER_SURE),
        ("Bit: the ground is too high for the level.", "GROUND", coverage::LAYER_GROUND),
        ("Bit: no ground is known there.", "UNKNOWN", coverage::LAYER_UNKNOWN),
        ("Bit: the variant compared with may see.", "AGAINST", coverage::LAYER_AGAINST),
        ("Bit: in the region that figures are of.", "REGION", coverage::LAYER_REGION),
    ];
    for (doc, name, value) in constants {
        text.push_str(&format!("\n/** {doc} */\nexport const LAYER_{name} = {value};\n"));
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
