//! The committed TypeScript is the one that the wire types generate.

use std::path::Path;

#[test]
fn the_committed_typescript_is_what_the_wire_types_generate() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(node::codegen::TYPESCRIPT_PATH);
    let generated = node::codegen::typescript();
    if std::env::var_os("ENTENTE_UPDATE").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "{} is out of date: run `cargo xtask codegen`",
        node::codegen::TYPESCRIPT_PATH
    );
}
