//! The committed generated files are those that the wire types generate.

use std::path::Path;

#[test]
fn the_committed_files_are_what_the_wire_types_generate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (relative, generated) in node::codegen::generated() {
        let path = root.join(relative);
        if std::env::var_os("ENTENTE_UPDATE").is_some() {
            std::fs::write(&path, &generated).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == generated, "{relative} is out of date: run `cargo xtask codegen`");
    }
}
