//! `cargo xtask demo`: four nodes that share their pictures under accords, each with its own sensors
//! of one simulated traffic; or, with `--recording`, one node and a real recording.

use crate::shell::{Step, built, workspace_root};
use crate::web;
use anyhow::{Context, Result};
use clap::Args;
use std::process::Child;

const RECORDING: &str = "data/modes/lax_public_first400s.beast.gz";
const SCENARIO: &str = "data/scenarios/feeds/central-asia.toml";
const JOINT: &str = "examples/joint";
const SIMULATED: &str = "SIMULATED traffic; agreements are illustrations";

/// The parties, and where each one's node hears its sensors (`udp` in its configuration).
const PARTIES: [(&str, &str); 4] = [
    ("KGZ", "127.0.0.1:8601"),
    ("RUS", "127.0.0.1:8602"),
    ("KAZ", "127.0.0.1:8603"),
    ("TJK", "127.0.0.1:8604"),
];
/// The radar on the plot that one lends another, and who else has its data.
const SHARED: (&str, &str) = ("Kant", "KGZ");

/// What a demo can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// One node and a real recording of Mode S, in place of the joint system.
    #[arg(long)]
    recording: bool,
    /// Address of the page: of the exercise, or of the one node's console.
    #[arg(long, default_value = "127.0.0.1:8480")]
    listen: String,
    /// With --recording: address on which the player offers it as a Beast stream.
    #[arg(long, default_value = "127.0.0.1:30905")]
    player: String,
}

/// Builds, starts everything, and waits to be stopped (Ctrl-C).
pub(crate) fn run(options: &Options) -> Result<()> {
    if let Err(error) = web::build() {
        eprintln!("the console is not built, the node will say how: {error:#}");
    }
    Step::new("cargo").args(["build", "--release", "--package", "entente"]).run()?;
    if options.recording { recording(options) } else { joint(options) }
}

fn joint(options: &Options) -> Result<()> {
    // Each demo begins anew: keys, ledgers, recordings.
    let local = workspace_root().join(JOINT).join("local");
    match std::fs::remove_dir_all(&local) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| local.display().to_string());
        }
        _ => {}
    }
    let small = |party: &str| party.to_lowercase();
    for (party, _) in PARTIES {
        let folder = format!("{JOINT}/local/{}/keys", small(party));
        entente().args(["keys", "make", &folder, "--party", party]).run()?;
    }
    let mut running = Vec::new();
    for (party, _) in PARTIES {
        let file = format!("{JOINT}/{}.toml", small(party));
        running.push(start(entente().args(["run", "--config", &file, "--notice", SIMULATED]))?);
    }
    let mut sends: Vec<_> = PARTIES.iter().map(|(who, to)| format!("--send={who}={to}")).collect();
    let also = PARTIES.iter().find(|(party, _)| *party == SHARED.1);
    sends.extend(also.map(|(_, to)| format!("--send={}={to}", SHARED.0)));
    let sends = sends.iter().map(String::as_str);
    running.push(start(entente().args(["play", SCENARIO, "--loop"]).args(sends))?);
    println!("\n    open http://{}\n", options.listen);
    let file = format!("{JOINT}/exercise.toml");
    entente().args(["exercise", &file, "--listen", &options.listen]).run()
}

fn recording(options: &Options) -> Result<()> {
    let _player =
        start(entente().args(["play", RECORDING, "--loop", "--listen", &options.player]))?;
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

fn start(step: Step) -> Result<Stopped> {
    Ok(Stopped(step.into_command().spawn().context("cannot start it")?))
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
