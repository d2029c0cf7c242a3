//! What each command does.

use crate::args::{self, Command};
use crate::decode;
use crate::scenarios;
use anyhow::Context;
use asterix::Editions;
use node::clock::Clock;
use node::config::{self, Config};
use node::event::Handle;
use node::journal::{self, Journal};
use node::player;
use node::replay::Recording;
use node::runtime::{NoRecorder, Recorder};
use node::service::Node;
use node::setup::{self, Occasion};
use node::wire::SourceKind;
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
        Command::Replay(replay) => on_tokio(replay_recording(replay)),
        Command::Decode(decode) => decode_recording(&decode),
        Command::Simulate(options) => scenarios::simulate(&options),
        Command::Coverage(command) => crate::coverage::perform(&command),
        Command::Track(options) => scenarios::track(&options),
        Command::Score(options) => scenarios::score(&options),
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
    let notice = run.notice.clone();
    let config = effective(run)?;
    let clock = Arc::new(Clock::new());
    let started = clock.now();
    let occasion = Occasion { source: SourceKind::Live, notice, started };
    let mut engine = setup::engine(&config, occasion);
    if config.recording.enabled {
        let (journal, recovery) = Journal::open(&config, started)?;
        if recovery.bytes_cut > 0 {
            tracing::warn!(?recovery, "the recording's torn end was cut");
        }
        // A past that cannot be read must not keep the present from the operator.
        match journal::resume(&mut engine, &config, started) {
            Ok(0) => {}
            Ok(events) => tracing::info!(events, "took up the picture from the recording"),
            Err(error) => tracing::error!(%error, "the picture before cannot be taken up"),
        }
        on_tokio(serve(config, clock, engine, journal))
    } else {
        on_tokio(serve(config, clock, engine, NoRecorder))
    }
}

/// Runs a node until it is told to stop.
async fn serve<H: Handle, R: Recorder>(
    config: Config,
    clock: Arc<Clock>,
    engine: H,
    recorder: R,
) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let node = Node::start(&config, clock, engine, recorder).await?;
    say(&format!("console: http://{}\n", node.console))?;
    stop.await;
    stop_node(node).await
}

async fn stop_node(node: Node) -> anyhow::Result<()> {
    tracing::info!("stopping");
    anyhow::ensure!(node.stop().await, "the engine panicked; the log above says where");
    Ok(())
}

/// Serves a recording's picture until told to stop.
async fn replay_recording(replay: args::Replay) -> anyhow::Result<()> {
    let mut config = load(replay.config.as_deref())?;
    config.console.listen = replay.listen;
    // Its console is as open as a live node's: the same rules hold.
    config::check(&config, "command line").map_err(|error| Misuse(error.to_string()))?;
    let mut recording = Recording::open(&replay.file, config.clone())?;
    recording.config.console = config.console;
    let name = replay.file.display();
    let notice = format!("REPLAY of {name} at {} times its pace", replay.speed);
    let clock = Arc::new(Clock::replaying(recording.begins, replay.speed));
    let occasion =
        Occasion { source: SourceKind::Replay, notice: Some(notice), started: recording.begins };
    let engine = setup::engine(&recording.config, occasion);
    let signalled = stop_signal()?;
    let node = Node::start_replay(&recording.config, clock.clone(), engine).await?;
    say(&format!("console: http://{}\n", node.console))?;
    let stop = CancellationToken::new();
    let playing = tokio::spawn(recording.play(node.intake(), clock, stop.clone()));
    let ended = tokio::spawn(async move {
        let result = playing.await;
        match &result {
            Ok(Err(error)) => tracing::error!("the recording cannot be read on: {error:#}"),
            _ => tracing::info!("the recording has ended; Ctrl-C stops the node"),
        }
        result
    });
    signalled.await;
    stop.cancel();
    ended.await???;
    stop_node(node).await
}

fn decode_recording(decode: &args::Decode) -> anyhow::Result<()> {
    let args::DecodeFormat::Json = decode.format;
    let mut editions = Editions::default();
    for (category, edition) in &decode.edition {
        editions.set(*category, edition).map_err(|error| Misuse(error.to_string()))?;
    }
    let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let summary = match decode::run(&decode.file, &editions, &mut out) {
        Err(error) if is_broken_pipe(&error) => return Ok(()),
        decoded => decoded?,
    };
    let defects = summary.defects.iter().map(|(name, count)| format!("{name} {count}"));
    let defects = defects.collect::<Vec<_>>().join(", ");
    let none = if defects.is_empty() { "no defects" } else { "" };
    tracing::info!("{} lines; {none}{defects}", summary.lines);
    Ok(())
}

/// Whoever read our output has seen enough.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.root_cause().downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

async fn play_recording(play: args::Play) -> anyhow::Result<()> {
    // Sensor data leave this machine under an accord or not at all, a recording's too.
    if !play.listen.ip().is_loopback() {
        let said = format!("--listen {}: only this machine may listen; use 127.0.0.1", play.listen);
        return Err(Misuse(said).into());
    }
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
pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
