//! A running node: feeds, engine thread, consoles and HTTP, started together and stopped in order.

use crate::accord_changes::AccordChanges;
use crate::clock::Clock;
use crate::config::{Config, Feed};
use crate::consoles::Consoles;
use crate::consumer::Consumers;
use crate::coverage::Planner;
use crate::event::{self, Withdrawal};
use crate::feed::Feeds;
use crate::http::{self, Door, Front, Http, Provider};
use crate::intake::Intake;
use crate::link::Links;
use crate::past::PASTS_MAX;
use crate::runtime::{EngineThread, NoRecorder, Recorder, Status};
use axum_server::Handle;
use intent::airspace::to_geojson;
use people::People;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{self, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Between two ticks of the engine.
const TICK: Duration = Duration::from_millis(100);
/// What consoles are given to take their last messages.
const FAREWELL_MAX: Duration = Duration::from_secs(3);

/// A running node.
#[derive(Debug)]
pub struct Node {
    /// Where consoles connect.
    pub console: SocketAddr,
    /// What to open in a browser.
    pub url: String,
    /// Where partners' nodes connect, if they may.
    pub links_bound: Option<SocketAddr>,
    /// Where each consumer's system connects; none for those that are sent to.
    pub consumers_bound: Vec<Option<SocketAddr>>,
    /// Where each feed listens; none for those that connect.
    pub feeds_bound: Vec<Option<SocketAddr>>,
    /// How the engine does.
    pub status: Arc<Status>,
    /// People and what they may, where anybody signs in.
    pub door: Option<Arc<Door>>,
    feeds: Feeds,
    intake: Arc<Intake>,
    consoles: Arc<Consoles>,
    links: Arc<Links>,
    consumers: Arc<Consumers>,
    engine: EngineThread,
    ticker: JoinHandle<()>,
    http: JoinHandle<io::Result<()>>,
    answering: Handle<SocketAddr>,
    connections: TaskTracker,
    stop: CancellationToken,
}

impl Node {
    /// Binds every address, then starts. `withdrawn`: as [`crate::journal::resume`] found it.
    pub async fn start<H: event::Handle, R: Recorder>(
        config: &Config,
        clock: Arc<Clock>,
        engine: H,
        recorder: R,
        withdrawn: &[Withdrawal],
    ) -> io::Result<Self> {
        let intake = Arc::new(Intake::new(clock.clone(), config.feeds.len()));
        let links = Links::start(config, &clock, &intake, withdrawn)?;
        let consumers = Consumers::start(config, &clock).await?;
        let rim = (clock, intake, links, consumers);
        Self::start_with(&config.feeds, config, rim, engine, recorder).await
    }

    /// Starts without its feeds: whoever replays a recording hands their bytes to
    /// [`Node::intake`].
    pub async fn start_replay<H: event::Handle>(
        config: &Config,
        clock: Arc<Clock>,
        engine: H,
    ) -> io::Result<Self> {
        let intake = Arc::new(Intake::new(clock.clone(), config.feeds.len()));
        let rim = (clock, intake, Links::none(), Consumers::none());
        Self::start_with(&[], config, rim, engine, NoRecorder).await
    }

    /// The queue into the engine.
    pub fn intake(&self) -> Arc<Intake> {
        self.intake.clone()
    }

    async fn start_with<H: event::Handle, R: Recorder>(
        feeds: &[Feed],
        config: &Config,
        (clock, intake, links, consumers): (Arc<Clock>, Arc<Intake>, Arc<Links>, Arc<Consumers>),
        engine: H,
        recorder: R,
    ) -> io::Result<Self> {
        let front = Front::bind(&config.console)?;
        let (console, url) = (front.address, front.url());
        let door = config.people.as_ref().map(|section| {
            let people = People::open(&section.directory, section.rules())?;
            if let Some(token) = people.first(Clock::new().now()).map_err(io::Error::other)? {
                // Once, to whoever starts the node: nobody can sign in before somebody follows it.
                let link = format!("{url}/#first={}", token.text());
                tracing::warn!(%link, "nobody can sign in yet; open this to be the first administrator");
            }
            let read = section.oidc.as_ref().map(|oidc| Provider::read(oidc, &url)).transpose();
            let provider = read.map_err(|(_, problem)| io::Error::other(problem))?;
            let door = Door::new(people, console.port(), front.is_behind_tls());
            Ok::<_, io::Error>(Arc::new(door.with_provider(provider)))
        });
        let door = door.transpose()?;
        let changes = config
            .people
            .as_ref()
            .map(|section| AccordChanges::open(&section.directory, &config.accords).map(Arc::new));
        let changes = changes.transpose()?;
        let consoles = Arc::new(Consoles::new(intake.clone()));
        let feeds = Feeds::start(feeds, &intake)?;
        let outputs = (consoles.clone(), links.clone(), consumers.clone());
        let airspace = to_geojson(&engine.airspaces()).into();
        let engine = EngineThread::start(engine, recorder, clock.clone(), intake.clone(), outputs)?;
        let (stop, connections) = (CancellationToken::new(), TaskTracker::new());
        let status = engine.status.clone();
        let router = http::router(Http {
            consoles: consoles.clone(),
            status: status.clone(),
            links: links.clone(),
            consumers: consumers.clone(),
            recording: config
                .recording
                .enabled
                .then(|| Arc::from(config.recording.directory.as_path())),
            accords: config.accords.by_id().map_err(io::Error::other)?.into(),
            changes,
            clock,
            connections: connections.clone(),
            stop: stop.clone(),
            pasts: Arc::new(Semaphore::new(PASTS_MAX)),
            airspace,
            planner: Arc::new(Planner::start(config.coverage.study.as_deref())?),
            names: front.names.clone(),
            framed_by: config.console.framed_by.clone(),
            door: door.clone(),
        });
        let answering = Handle::new();
        let http = tokio::spawn(front.serve(router, answering.clone()));
        let ticker = tokio::spawn(tick(intake.clone()));
        tracing::info!(console = %url, feeds = config.feeds.len(), "node started");
        let links_bound = links.listening;
        let feeds_bound = feeds.bound.clone();
        let consumers_bound = consumers.bound();
        Ok(Self {
            console,
            url,
            links_bound,
            consumers_bound,
            feeds_bound,
            status,
            door,
            feeds,
            intake,
            consoles,
            links,
            consumers,
            engine,
            ticker,
            http,
            answering,
            connections,
            stop,
        })
    }

    /// Stops in the order in which data flow: feeds and links, then the engine once it has handled what
    /// waits and the recording is synced, then the consoles. False if the engine had panicked.
    pub async fn stop(self) -> bool {
        self.feeds.stop().await;
        self.ticker.abort();
        self.links.hang_up().await;
        self.intake.close();
        self.consumers.hang_up().await;
        let (engine, links, consumers) = (self.engine, self.links, self.consumers);
        let joined = tokio::task::spawn_blocking(move || {
            let well = engine.join();
            links.close();
            consumers.close();
            well
        });
        let well = joined.await.unwrap_or(false);
        self.consoles.close();
        self.stop.cancel();
        self.answering.graceful_shutdown(Some(FAREWELL_MAX));
        self.connections.close();
        let farewell = async {
            self.connections.wait().await;
            // It has nothing left to say: an error here would be one of accepting.
            let _ = self.http.await;
        };
        if time::timeout(FAREWELL_MAX, farewell).await.is_err() {
            tracing::warn!("some consoles did not take their last messages");
        }
        tracing::info!("node stopped");
        well
    }
}

async fn tick(intake: Arc<Intake>) {
    let mut ticks = time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        intake.tick();
    }
}
