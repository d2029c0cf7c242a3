//! Every developer command of the project: `cargo xtask --help`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks to its user")]

mod asterix;
mod book;
mod checks;
mod demo;
mod scenarios;
mod shell;
mod tracker;
mod web;

use anyhow::Result;
use clap::{Parser, Subcommand};
use shell::{Step, workspace_root};

/// Developer commands of Entente.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and serve a live picture on <http://127.0.0.1:8480>.
    Demo(demo::Options),
    /// Run all tests: Rust, console, and the browser tests where Chromium is or can be installed.
    Test,
    /// What a change must pass: format, lints, documentation, generated files, all tests.
    Ci,
    /// Run a benchmark beside its peer: `accord`, `asterix`, `coverage`, `intent`, `ledger`, `link`,
    /// `modes`, `recording`, `tracker`.
    Bench {
        /// Crate whose hot path to measure.
        area: String,
    },
    /// Throw random and mutated inputs at a decoder: `asterix`, `intent`.
    Fuzz {
        /// Crate whose `fuzz` example to run.
        area: String,
        /// How many inputs.
        #[arg(long, default_value_t = 1_000_000)]
        inputs: u64,
        /// Other inputs for another seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Build the documentation as a site by mdBook, with what every command says of itself.
    Book,
    /// Run the gallery of scenarios through the tracker and compare with the kept scores.
    Scenarios(scenarios::Options),
    /// Write every generated file anew: the wire's types and schema, the ASTERIX tables.
    Codegen {
        /// Only say whether they are up to date.
        #[arg(long)]
        check: bool,
        /// Only the ASTERIX tables, which does not build the node.
        #[arg(long)]
        tables: bool,
    },
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Demo(options) => demo::run(&options),
        Command::Test => checks::test(),
        Command::Ci => checks::ci(),
        Command::Bench { area } => bench(&area),
        Command::Fuzz { area, inputs, seed } => fuzz(&area, inputs, seed),
        Command::Book => book::build(),
        Command::Scenarios(options) => scenarios::run(&options),
        Command::Codegen { check, tables } => codegen(check, tables),
    }
}

fn bench(area: &str) -> Result<()> {
    if area == "asterix" {
        return asterix::bench::run();
    }
    if area == "tracker" {
        return tracker::bench();
    }
    // What a link does shows only with sockets around it.
    let package = if area == "link" { "node" } else { area };
    Step::new("cargo").args(["bench", "--package", package, "--bench", "*"]).run()?;
    if area == "accord" {
        // Beside Cedar, which only the crate `proof` builds.
        Step::new("cargo").args(["bench", "--package", "proof", "--bench", "*"]).run()?;
    }
    Ok(())
}

fn fuzz(area: &str, inputs: u64, seed: u64) -> Result<()> {
    let (inputs, seed) = (inputs.to_string(), seed.to_string());
    Step::new("cargo")
        .args(["run", "--release", "--package", area, "--example", "fuzz", "--"])
        .args(["--inputs", &inputs, "--seed", &seed])
        .run()
}

/// The ASTERIX tables are generated here; the wire's types and schema by the test that guards them,
/// told to mend instead of to fail.
fn codegen(check: bool, only_tables: bool) -> Result<()> {
    let asterix = workspace_root().join("crates/asterix");
    let (tables, code) = (asterix.join("spec"), asterix.join("src/generated"));
    let wire = Step::new("cargo").args([
        "test",
        "--quiet",
        "--package",
        "node",
        "--test",
        "node",
        "codegen::",
    ]);
    if check {
        asterix::check(&tables, &code)?;
    } else {
        asterix::generate(&tables, &code)?;
    }
    let scenario = Step::new("cargo").args(["test", "--quiet", "--package", "scenario", "schema"]);
    let accords =
        Step::new("cargo").args(["test", "--quiet", "--package", "accord", "--test", "documents"]);
    match (only_tables, check) {
        (true, _) => {}
        (false, true) => {
            wire.run().and_then(|()| scenario.run()).and_then(|()| accords.run())?;
        }
        (false, false) => {
            wire.env("ENTENTE_UPDATE", "1").run()?;
            scenario.env("ENTENTE_UPDATE", "1").run()?;
            accords.env("ENTENTE_UPDATE", "1").run()?;
        }
    }
    println!("generated files are up to date in {}", workspace_root().display());
    Ok(())
}
