//! What the program refuses, in one line and with exit code 2.

use std::process::Command;

/// The program's exit code and what it said on its standard error.
fn run(words: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_entente")).args(words).output().expect("it runs");
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}

fn check(words: &[&str], expected: &str) {
    let (code, said) = run(words);
    assert_eq!(code, Some(2), "{words:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{words:?}: {said}");
    assert!(said.contains(expected), "{words:?}: {said}");
}

#[test]
fn nothing_listens_beyond_this_machine() {
    let recording =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/modes/traffic_sample_dump1090.beast");
    check(&["run", "--no-record", "--listen", "0.0.0.0:8480"], "0.0.0.0:8480");
    check(&["replay", recording, "--listen", "0.0.0.0:8480"], "0.0.0.0:8480");
    check(&["play", recording, "--listen", "[::]:30005"], "only this machine may listen");
}

#[test]
fn a_configuration_that_is_wrong_is_told_by_file_line_key_and_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("node.toml");
    std::fs::write(&file, "[node]\nname = \"north\"\nparti = \"XXA\"\n").expect("a file");
    let file = file.to_str().expect("text");
    check(&["config", "check", file], "node.toml:3:1: ");
    check(&["run", "--config", file], "parti");
}
