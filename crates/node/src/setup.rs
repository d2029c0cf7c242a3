//! From the configuration to an engine.

use crate::config::{Config, Feed, Format, ReceiverTime};
use crate::engine::{Engine, EngineSetup, FeedSetup};
use crate::wire::SourceKind;
use accord::{Cadence, Policy};
use surveillance::{PlotAccuracy, Sensor, SensorId, SensorKind, Time};
use tracker::TrackerConfig;

/// What the configuration does not say of a run.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// Whether the picture is of now.
    pub source: SourceKind,
    /// A line to show wherever the picture is not the real, present air.
    pub notice: Option<String>,
    /// When it began.
    pub started: Time,
}

/// The engine that `config` asks for.
pub fn engine(config: &Config, occasion: Occasion) -> Engine {
    // A recording of another version may hold accords that this one does not understand: then
    // nothing goes to anybody.
    let own = config.node.party.parse().or_else(|_| "XXA".parse()).expect("XXA is a party");
    let policy = config.policy().unwrap_or_else(|_| Policy::without_accords(own));
    engine_with(config, occasion, policy)
}

/// The same under other accords.
pub(crate) fn engine_with(config: &Config, occasion: Occasion, policy: Policy) -> Engine {
    let tracker = TrackerConfig {
        tracks_max: config.tracker.tracks_max as usize,
        end_adsb_s: config.tracker.coast_s,
        ..TrackerConfig::default()
    };
    // One that no accord names is given nothing, and is shown.
    let partners = policy.partners().chain(config.linked()).collect();
    // A wrong one was refused before anything started.
    let areas = config.areas.iter().filter_map(|area| area.responsibility().ok()).collect();
    let started = occasion.started;
    let engine = Engine::new(EngineSetup {
        node: config.node.name.clone(),
        party: config.node.party.clone(),
        source: occasion.source,
        notice: occasion.notice,
        view: config.console.view.map(Into::into),
        started: occasion.started,
        feeds: config.feeds.iter().enumerate().map(|(index, feed)| setup(index, feed)).collect(),
        sensors: config.sensors.iter().map(|section| section.sensor(&config.feeds)).collect(),
        tracker,
        // Wrong addresses were refused before anything started.
        identity: config.identity.rules().unwrap_or_default(),
        policy,
        partners,
    })
    .with_areas(areas)
    .with_multilateration(config.sensors.iter().filter(|s| !s.receivers.is_empty()).map(|s| {
        let place = |index| u16::try_from(index).ok();
        (s.id(), s.receivers_of(&config.feeds).filter_map(place).collect())
    }))
    .with_texts(config.accords.in_force())
    .with_consumers(config.consumer_parties())
    .with_cadence(Cadence { slot_s: config.link.slot_s });
    let mut intent = config.intent.setup(started);
    let alerts = config.alerts.setup().map(|mut setup| {
        let areas: Vec<&str> = intent.airspaces.iter().map(|(_, a)| a.name.as_str()).collect();
        // Faults were refused before anything started; a recording's airspaces may be others by now.
        match config.alerts.site_compiled(&areas) {
            Ok(site) => setup.site = site,
            Err((place, what)) => intent.defects.push(format!("rule {place} of the site: {what}")),
        }
        match config.alerts.qnh_table(&intent.places) {
            Ok(qnh) => setup.qnh = qnh,
            Err((place, _, what)) => intent.defects.push(format!("pressure {place}: {what}")),
        }
        match crate::coverage::ground(config) {
            Ok(Some(ground)) => setup.ground = Some(ground),
            Ok(None) => {}
            Err(why) => intent.defects.push(format!("No ground for minimum heights: {why}")),
        }
        setup
    });
    let engine = engine.with_intent(intent);
    let engine = if config.people.is_some() { engine.with_people() } else { engine };
    match alerts {
        Some(setup) => engine.with_alerts(setup),
        None => engine,
    }
}

fn setup(index: usize, feed: &Feed) -> FeedSetup {
    FeedSetup {
        name: feed.name.clone(),
        format: feed.format,
        receiver: feed.receiver(index).map(|id| receiver(feed, id)),
        tells_gps_time: feed.clock == ReceiverTime::Gps,
        editions: feed.editions(),
    }
}

/// The receiver behind a feed whose format does not name one.
fn receiver(feed: &Feed, id: SensorId) -> Sensor {
    Sensor {
        id,
        name: feed.name.clone(),
        kind: match feed.format {
            Format::RemoteId => SensorKind::RemoteId,
            Format::Ogn => SensorKind::Flarm,
            _ => SensorKind::AdsB,
        },
        site: feed.site,
        period_s: None,
        accuracy: PlotAccuracy::default(),
        range_max_m: feed.range_max_m,
        view: surveillance::View::default(),
        receivers: Box::default(),
    }
}
