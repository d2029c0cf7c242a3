//! Every developer command: `cargo xtask COMMAND`.

mod asterix;

use anyhow::{Result, bail};
use std::path::Path;

fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("codegen") => {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/asterix");
            let (tables, code) = (root.join("spec"), root.join("src/generated"));
            match std::env::args().nth(2).as_deref() {
                Some("--check") => asterix::check(&tables, &code),
                _ => asterix::generate(&tables, &code),
            }
        }
        other => bail!("no command {other:?}; there is: codegen [--check]"),
    }
}
