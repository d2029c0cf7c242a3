//! `entente`: the command line. It reads what is asked, calls `node`, and says in one line what
//! went wrong.

mod accord_commands;
mod airspace;
mod args;
mod commands;
mod console_commands;
mod convert;
mod coverage;
mod decode;
mod describe;
#[cfg(test)]
mod guides;
mod incident_commands;
mod inspect;
mod keys;
mod ledger_commands;
mod manual;
mod people_commands;
mod plans;
mod play_scenario;
mod proofs;
mod rehearse;
mod scenarios;
mod setup;
mod source;
mod told;

use args::{Cli, LogFormat};
use clap::Parser;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = start_log(&cli).and_then(|()| commands::perform(cli.command));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let line = format!("entente: {}", told(&error)).replace('\n', "; ");
            // With the standard error closed there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "{line}");
            let is_misuse =
                error.is::<commands::Misuse>() || error.is::<node::coverage::study::StudyError>();
            let is_flawed = error.is::<commands::Flawed>();
            ExitCode::from(if is_misuse {
                2
            } else if is_flawed {
                3
            } else {
                1
            })
        }
    }
}

/// The error and its causes; a cause that the error before it already quotes is not said again.
fn told(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told.as_str() {
        "" => cause,
        told if told.ends_with(&cause) => told.to_owned(),
        told => format!("{told}: {cause}"),
    })
}

fn start_log(cli: &Cli) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&cli.log)
        .map_err(|error| commands::Misuse(format!("--log {}: {error}", cli.log)))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match cli.log_format {
        LogFormat::Text => log.with_target(false).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}
