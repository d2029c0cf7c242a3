//! What the command line says of itself to shells and to `man`.

use crate::args::Cli;
use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Prints the completions of a shell.
///
/// # Errors
/// The standard output is closed.
pub(crate) fn complete(shell: Shell) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "entente", &mut script);
    std::io::stdout().write_all(&script).context("the standard output cannot be written")
}

/// Writes a page of each command: `entente.1`, `entente-run.1`, …
///
/// # Errors
/// The folder cannot be written.
pub(crate) fn pages(folder: &Path) -> anyhow::Result<()> {
    let problem = || format!("{} cannot be written", folder.display());
    fs::create_dir_all(folder).with_context(problem)?;
    clap_mangen::generate_to(Cli::command(), folder).with_context(problem)
}
