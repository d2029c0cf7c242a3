//! `cargo xtask demo`: a real recording, through the network path, to a live picture.

use crate::shell::{Step, built};
use crate::web;
use anyhow::{Context, Result};
use clap::Args;
use std::process::Child;

const RECORDING: &str = "data/modes/lax_public_first400s.beast.gz";

/// What a demo can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Address of the console.
    #[arg(long, default_value = "127.0.0.1:8480")]
    listen: String,
    /// Address on which the player offers the recording as a Beast stream.
    #[arg(long, default_value = "127.0.0.1:30905")]
    player: String,
}

/// Builds, starts the player and the node, and waits for the node to be stopped (Ctrl-C).
pub(crate) fn run(options: &Options) -> Result<()> {
    if let Err(error) = web::build() {
        eprintln!("the console is not built, the node will say how: {error:#}");
    }
    Step::new("cargo").args(["build", "--release", "--package", "entente"]).run()?;

    let _player = Stopped(
        entente()
            .args(["play", RECORDING, "--loop", "--listen", &options.player])
            .into_command()
            .spawn()
            .context("cannot start the player")?,
    );
    let feed = format!("beast+tcp://{}?sac=255&sic=1&name=Los%20Angeles", options.player);
    entente()
        .args([
            "run",
            "--no-record",
            "--listen",
            &options.listen,
            "--feed",
            &feed,
            "--notice",
            "RECORDING: real Mode S frames from Los Angeles, 400 s in a loop",
        ])
        .run()
}

fn entente() -> Step {
    Step::new(&built("release/entente").to_string_lossy())
}

/// A child process that goes when its owner goes.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        // It may have ended by itself, from the same Ctrl-C: either way it is gone after this.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
