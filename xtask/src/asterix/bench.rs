//! `cargo xtask bench asterix`: our decoder and others on the same corpora in one run.

use crate::shell::{Step, built, python_with};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// PyPI package and version, each in an environment of its own. GPL and MIT; neither is shipped.
const PEERS: [(&str, &str); 2] = [("asterix-decoder", "0.7.11"), ("libasterix", "0.36.3")];

/// Runs our benchmark, which leaves the corpora it measured, then each peer on them.
pub(crate) fn run() -> Result<()> {
    let folder = built("bench");
    let corpus = folder.join("asterix");
    std::fs::create_dir_all(&corpus)?;
    let corpus_path = corpus.to_str().context("a folder whose path is text")?;
    Step::new("cargo")
        .args(["bench", "--package", "asterix", "--bench", "decode", "--"])
        .args(["--corpus", corpus_path])
        .run()?;
    for (peer, version) in PEERS {
        match python_with(peer, version) {
            Ok(python) => measure(&python, peer, version, &corpus)?,
            Err(why) => println!(
                "skipped {peer}: {why:#}. It needs python3 with venv (Debian: python3-venv) and PyPI"
            ),
        }
    }
    Ok(())
}

fn measure(python: &Path, peer: &str, version: &str, corpus: &Path) -> Result<()> {
    const SCRIPT: &str = "crates/asterix/benches/peers.py";
    let mut files: Vec<PathBuf> = std::fs::read_dir(corpus)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    for file in files {
        let script = crate::shell::workspace_root().join(SCRIPT);
        let out = Command::new(python).arg(script).arg(peer).arg(&file).arg("2").output()?;
        let label = file.file_stem().unwrap_or_default().to_string_lossy().replace('_', " ");
        // One of them ends with a signal on real CAT062.
        let told = match out.status.success() {
            true => format!("{} MB/s", String::from_utf8_lossy(&out.stdout).trim()),
            false => format!("failed ({})", out.status),
        };
        println!("{peer} {version}  {label:12} {told}");
    }
    Ok(())
}
