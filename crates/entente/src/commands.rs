//! What each command does.

use crate::args::{self, Command};
use anyhow::Context;
use node::clock::Clock;
use node::config::{self, Config};
use node::event::Handle;
use node::player;
use node::runtime::Recorder;
use node::service::Node;
use std::fmt;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The command line or the configuration is wrong: exit code 2.
#[derive(Debug)]
pub(crate) struct Misuse(pub(crate) String);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// Does what is asked.
pub(crate) fn perform(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Run(run) => run_node(run),
        Command::Replay(replay) => Err(absent("replay", &replay.file)),
        Command::Decode(decode) => Err(absent("decode", &decode.file)),
        Command::Play(play) => on_tokio(play_recording(play)),
        Command::Config(args::Config::Check { file }) => {
            load(Some(&file))?;
            say(&format!("{}: nothing is wrong with it\n", file.display()))
        }
        Command::Config(args::Config::Show { file }) => say(&load(file.as_deref())?.to_toml()),
        Command::Version => say(&format!("entente {}\n", env!("CARGO_PKG_VERSION"))),
    }
}

/// The command line plus the file, as one checked configuration.
fn effective(run: args::Run) -> anyhow::Result<Config> {
    let mut config = load(run.config.as_deref())?;
    config.feeds.extend(run.feed);
    if let Some(listen) = run.listen {
        config.console.listen = listen;
    }
    if let Some(directory) = run.record {
        config.recording.enabled = true;
        config.recording.directory = directory;
    }
    if run.no_record {
        config.recording.enabled = false;
    }
    // What holds together alone may not hold together with the command line.
    let checked = config::check(&config, "command line");
    checked.map_err(|error| Misuse(error.to_string()))?;
    Ok(config)
}

fn load(file: Option<&std::path::Path>) -> anyhow::Result<Config> {
    let config = file.map_or_else(|| Ok(Config::default()), Config::load);
    config.map_err(|error| Misuse(error.to_string()).into())
}

fn run_node(run: args::Run) -> anyhow::Result<()> {
    let config = effective(run)?;
    let engine = crate::engine::Idle::default();
    on_tokio(serve(config, engine, node::runtime::NoRecorder))
}

/// Runs a node until it is told to stop.
async fn serve<H: Handle, R: Recorder>(
    config: Config,
    engine: H,
    recorder: R,
) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let node = Node::start(&config, Arc::new(Clock::new()), engine, recorder).await?;
    say(&format!("console: http://{}\n", node.console))?;
    stop.await;
    tracing::info!("stopping");
    anyhow::ensure!(node.stop().await, "the engine panicked; the log above says where");
    Ok(())
}

async fn play_recording(play: args::Play) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let signalled = stop_signal()?;
    tokio::spawn({
        let stop = stop.clone();
        async move {
            signalled.await;
            stop.cancel();
        }
    });
    let listener = listen(play.listen).await?;
    say(&format!("playing on {}\n", listener.local_addr()?))?;
    let name = play.file.display().to_string();
    let play = player::Play { file: play.file, speed: play.speed, repeat: play.repeat };
    player::serve(listener, play, stop).await.context(name)
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))
}

/// Ends when the process is asked to end (SIGINT, SIGTERM).
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

fn on_tokio(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

/// Writes to the standard output; a reader that has gone away is not an error.
fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn absent(command: &str, file: &std::path::Path) -> anyhow::Error {
    Misuse(format!("{command} {}: this build cannot read recordings", file.display())).into()
}
