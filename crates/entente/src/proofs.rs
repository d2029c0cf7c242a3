//! `entente accord prove` and `compare`: run by `entente-prove`, a program of its own. What it is
//! made of (Cedar's symbolic compiler) is larger than the whole node, which never needs it.

use crate::commands::Misuse;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

const PROGRAM: &str = "entente-prove";

/// Runs it with these words and leaves as it left: 0 for kept, 1 for not, 2 for no answer.
pub(crate) fn run(what: &str, words: &[OsString]) -> anyhow::Result<()> {
    let status = Command::new(program()).arg(what).args(words).status().map_err(|error| {
        Misuse(format!(
            "{PROGRAM} is neither beside this program nor on the path ({error}); build it with \
             `cargo build --release --package proof`"
        ))
    })?;
    match status.code() {
        Some(0) => Ok(()),
        code => std::process::exit(code.unwrap_or(2)),
    }
}

/// The program beside this one, else whatever the path has under its name.
fn program() -> PathBuf {
    let beside = std::env::current_exe().ok().map(|own| own.with_file_name(PROGRAM));
    beside.filter(|path| path.is_file()).unwrap_or_else(|| PathBuf::from(PROGRAM))
}
