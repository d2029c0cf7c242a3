//! `cargo xtask bench tracker`: the tracker and Stone Soup on the same plots in one run, in plots per
//! CPU-second and in what the scorer finds of their tracks; then the tracker alone on large loads.

use crate::scenarios::told;
use crate::shell::{Step, built, python_with, workspace_root};
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::Command;

/// MIT; not shipped.
const PEER: (&str, &str) = ("stonesoup", "1.9.1");
const SCRIPT: &str = "crates/tracker/benches/stone_soup.py";
/// Of the gallery, simulated for this; and the public scenario of like size, where it is at hand.
const GALLERY: &str = "mixed-50";
const PUBLIC: &str = "../shared/data/tracking/S50";

pub(crate) fn bench() -> Result<()> {
    Step::new("cargo").args(["build", "--release", "--package", "entente"]).run()?;
    let out = built("bench/tracker");
    std::fs::create_dir_all(&out)?;
    let made = out.join(GALLERY);
    let spec = workspace_root().join(format!("data/scenarios/{GALLERY}.toml"));
    told(&["simulate", text(&spec)?, "--out", text(&made)?])?;
    let public = workspace_root().join(PUBLIC);
    for folder in [Some(made), public.exists().then_some(public)].into_iter().flatten() {
        let name = folder.file_name().context("a scenario has a name")?.to_string_lossy();
        println!("{name}");
        let tracks = out.join("ours.csv");
        let plots = folder.join("plots.csv.gz");
        let meta = folder.join("meta.json");
        told(&["track", text(&plots)?, "--sensors", text(&meta)?, "--out", text(&tracks)?])?;
        let mut ours = Command::new("cargo");
        ours.args(["bench", "--quiet", "--package", "tracker", "--bench", "observe"]);
        let ours = rate(ours.env("SCENARIO", &folder))?;
        say("entente", ours, &score(&folder, &tracks)?);
        match python_with(PEER.0, PEER.1) {
            Ok(python) => {
                let tracks = out.join("stone-soup.csv");
                let script = workspace_root().join(SCRIPT);
                let theirs = rate(Command::new(python).arg(script).arg(&folder).arg(&tracks))?;
                say(&format!("{} {}", PEER.0, PEER.1), theirs, &score(&folder, &tracks)?);
                println!("  ratio of plots per CPU-second: {:.0}", ours / theirs);
            }
            Err(why) => println!(
                "skipped {}: {why:#}. It needs python3 with venv (Debian: python3-venv) and PyPI",
                PEER.0
            ),
        }
    }
    Step::new("cargo").args(["bench", "--package", "tracker", "--bench", "observe"]).run()
}

/// Plots per CPU-second of a program that says how many plots and how many seconds.
fn rate(command: &mut Command) -> Result<f64> {
    let output = command.current_dir(workspace_root()).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim_end());
    let said = String::from_utf8(output.stdout)?;
    let (plots, seconds) = said.trim().split_once(' ').context("plots and seconds")?;
    Ok(plots.parse::<f64>()? / seconds.parse::<f64>()?)
}

/// The scorer's first three lines.
fn score(folder: &Path, tracks: &Path) -> Result<String> {
    let said = told(&["score", text(folder)?, text(tracks)?])?;
    Ok(said.lines().take(3).map(|line| format!("    {line}\n")).collect())
}

fn say(who: &str, plots_per_s: f64, score: &str) {
    println!("  {who}: {plots_per_s:.0} plots per CPU-second");
    print!("{score}");
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a folder whose path is text")
}
