//! Two scenarios of the gallery through the built program: no figure is worse than kept. The whole
//! gallery is `cargo xtask scenarios`.

use std::path::{Path, PathBuf};
use std::process::Command;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/scenarios")
}

fn run(words: &[&Path]) {
    let output = Command::new(env!("CARGO_BIN_EXE_entente")).args(words).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn check(name: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let made = folder.path();
    let word = Path::new;
    run(&[word("simulate"), &data().join(format!("{name}.toml")), word("--out"), made]);
    let tracks = made.join("tracks.csv.gz");
    let (plots, meta) = (made.join("plots.csv.gz"), made.join("meta.json"));
    run(&[word("track"), &plots, word("--sensors"), &meta, word("--out"), &tracks]);
    let expected = data().join("expected.json");
    run(&[word("score"), made, &tracks, word("--expected"), &expected]);
}

#[test]
fn across_the_antimeridian_tracks_are_as_good_as_kept() {
    check("antimeridian");
}

#[test]
fn crossing_pairs_are_told_apart_as_well_as_kept() {
    check("crossing");
}
