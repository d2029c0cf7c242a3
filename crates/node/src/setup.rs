//! From the configuration to an engine.

use crate::config::{Config, Feed};
use crate::engine::{Engine, EngineSetup, FeedSetup};
use crate::wire::SourceKind;
use asterix::Editions;
use picture::IdentityRules;
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
    let tracker = TrackerConfig {
        tracks_max: config.tracker.tracks_max as usize,
        end_adsb_s: config.tracker.coast_s,
        ..TrackerConfig::default()
    };
    Engine::new(EngineSetup {
        node: config.node.name.clone(),
        party: config.node.party.clone(),
        source: occasion.source,
        notice: occasion.notice,
        view: config.console.view.map(Into::into),
        started: occasion.started,
        feeds: config.feeds.iter().enumerate().map(|(index, feed)| setup(index, feed)).collect(),
        sensors: config.sensors.iter().map(|section| section.sensor()).collect(),
        tracker,
        identity: IdentityRules::default(),
    })
}

fn setup(index: usize, feed: &Feed) -> FeedSetup {
    let names_its_sensors = feed.format == crate::config::Format::Asterix;
    FeedSetup {
        name: feed.name.clone(),
        format: feed.format,
        receiver: (!names_its_sensors).then(|| receiver(index, feed)),
        editions: Editions::default(),
    }
}

/// The receiver behind a feed whose format does not name one. Without a configured SAC/SIC it
/// takes 0 (none allotted) and the feed's place in the configuration.
fn receiver(index: usize, feed: &Feed) -> Sensor {
    let place = u8::try_from(index + 1).unwrap_or(u8::MAX);
    Sensor {
        id: feed.sensor.unwrap_or(SensorId { sac: 0, sic: place }),
        name: feed.name.clone(),
        kind: SensorKind::AdsB,
        site: feed.site,
        period_s: None,
        accuracy: PlotAccuracy::default(),
        range_max_m: feed.range_max_m,
    }
}
