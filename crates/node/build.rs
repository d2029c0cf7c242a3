//! Builds the node again when the console it embeds was built. Where there is no console yet, the
//! folder above is watched, since a missing path would mean a rebuild each time.

use std::path::Path;

fn main() {
    let dist = "../../web/dist";
    let watched = if Path::new(dist).is_dir() { dist } else { "../../web" };
    // Cargo reads this from the standard output.
    let line = format!("cargo::rerun-if-changed={watched}\n");
    std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes())
        .expect("cargo reads what a build script writes");
}
