//! The configuration of a node: one TOML file, all of it optional, checked whole before anything
//! starts.
//!
//! An error is one line: `file:line:column: key: what is wrong; what to do`. `check` finds the
//! place, [`feed`] holds what a feed is, `feed_url` its short form for the command line.

mod accords;
mod alerts;
mod areas;
mod check;
mod consumer;
mod feed;
mod feed_url;
mod identity;
mod intent;
mod intent_table;
mod link;
mod people;
mod qnh;

pub(crate) use accords::sha256;
pub use accords::{AccordText, AccordsSection, Approval, TextInForce};
pub use alerts::{AlertsSection, DelaySection, SiteRuleSection, alert_thresholds};
pub use areas::AreaSection;
pub(crate) use check::parse_recorded;
pub(crate) use check::read_toml;
pub use check::{ConfigError, check, parse};
pub use consumer::{BrokerKeys, ConsumerFormat, ConsumerSection, Reach};
pub use feed::{Feed, Format, HostPort, ReceiverTime, Transport};
pub use feed_url::{FeedUrlError, feed_from_url};
pub use identity::IdentitySection;
pub use intent::IntentSection;
pub use intent_table::plan_thresholds;
pub use link::{LinkSection, PartnerSection};
pub use people::{OidcSection, PeopleSection};
pub use qnh::QnhSection;

use crate::wire::View;
use accord::Policy;
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use surveillance::{PlotAccuracy, Receiver, Sensor, SensorId, SensorKind};

/// All that a node can be told before it starts. The default is what an empty file gives.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Who runs this node.
    pub node: NodeSection,
    /// Where consoles connect.
    pub console: ConsoleSection,
    /// Who signs in; absent: nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleSection>,
    /// Where events are kept.
    pub recording: RecordingSection,
    /// How tracks are kept.
    pub tracker: TrackerSection,
    /// What is meant to happen in the air.
    #[serde(skip_serializing_if = "IntentSection::is_none")]
    pub intent: IntentSection,
    /// What the picture is looked at for.
    pub alerts: AlertsSection,
    /// Who a track is.
    pub identity: IdentitySection,
    /// What may go to whom.
    pub accords: AccordsSection,
    /// Which party is responsible where.
    #[serde(rename = "area", skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<AreaSection>,
    /// What planners look at.
    #[serde(skip_serializing_if = "CoverageSection::is_none")]
    pub coverage: CoverageSection,
    /// How partners' nodes are met.
    pub link: LinkSection,
    /// Whom it is linked to.
    #[serde(rename = "partner", skip_serializing_if = "Vec::is_empty")]
    pub partners: Vec<PartnerSection>,
    /// Other people's systems, and which party's each is.
    #[serde(rename = "consumer", skip_serializing_if = "Vec::is_empty")]
    pub consumers: Vec<ConsumerSection>,
    /// Where data come from, in order.
    #[serde(rename = "feed", skip_serializing_if = "Vec::is_empty")]
    pub feeds: Vec<Feed>,
    /// What is known of sensors that name themselves by SAC/SIC in their data.
    #[serde(rename = "sensor", skip_serializing_if = "Vec::is_empty")]
    pub sensors: Vec<SensorSection>,
}

/// `[node]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NodeSection {
    /// Name of this node, shown on its consoles.
    pub name: String,
    /// The party that runs it: ISO 3166 alpha-3, or an organisation's id.
    pub party: String,
}

impl Default for NodeSection {
    fn default() -> Self {
        // XXA to XXZ are for private use in ISO 3166-1 alpha-3.
        Self { name: "entente".into(), party: "XXA".into() }
    }
}

/// `[console]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleSection {
    /// Address of the console's pages and data: this machine's own, or, with a certificate and
    /// `[people]`, any.
    pub listen: SocketAddr,
    /// Its certificate and those that vouch for it, PEM; beside this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// The certificate's key, PEM; beside this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
    /// Hosts by which browsers call this node, as in its certificate.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// The page of an exercise on this machine that may show this console in a frame, as
    /// `http://127.0.0.1:8480`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub framed_by: Option<String>,
    /// Where the map opens; absent: around the first picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<ViewSection>,
}

impl Default for ConsoleSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8480)),
            certificate: None,
            key: None,
            names: Vec::new(),
            framed_by: None,
            view: None,
        }
    }
}

impl ConsoleSection {
    /// Makes the paths of TLS those seen from the folder `beside`, and reads the files once.
    fn read(&mut self, beside: &Path) -> Result<(), check::Misfit> {
        for path in [&mut self.certificate, &mut self.key] {
            *path = path.take().map(|path| beside.join(path));
        }
        let read = crate::http::Certificate::read(self);
        read.map(drop).map_err(|(key, problem)| check::misfit("console", None, key, problem))
    }
}

/// `[console.view]`
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewSection {
    /// Centre latitude, degrees north.
    pub lat: f64,
    /// Centre longitude, degrees east.
    pub lon: f64,
    /// Half the height of the map, NM.
    pub radius_nm: f64,
}

impl From<ViewSection> for View {
    fn from(view: ViewSection) -> Self {
        Self { lat_deg: view.lat, lon_deg: view.lon, radius_nm: view.radius_nm }
    }
}

/// `[recording]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordingSection {
    /// Whether events are kept.
    pub enabled: bool,
    /// The folder; made if absent.
    pub directory: PathBuf,
    /// Largest size on disk, GB (1e9 bytes); the oldest goes first.
    pub retention_gb: f64,
    /// Longest age, hours.
    pub retention_hours: f64,
}

impl Default for RecordingSection {
    fn default() -> Self {
        Self {
            enabled: true,
            directory: "recording".into(),
            retention_gb: 20.0,
            retention_hours: 720.0,
        }
    }
}

/// `[tracker]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrackerSection {
    /// Tracks at most; beyond it new ones are shed.
    pub tracks_max: u32,
    /// Seconds without a plot after which an ADS-B track ends.
    pub coast_s: f64,
}

impl Default for TrackerSection {
    fn default() -> Self {
        Self { tracks_max: 50_000, coast_s: 60.0 }
    }
}

/// `[coverage]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CoverageSection {
    /// The study, with terrain and sites, that the coverage view opens; beside this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub study: Option<PathBuf>,
}

impl CoverageSection {
    fn is_none(&self) -> bool {
        self.study.is_none()
    }

    /// Reads and checks the study beside the file in `beside`, and remembers where it is.
    fn read(&mut self, beside: &Path) -> Result<(), ConfigError> {
        let Some(study) = &mut self.study else { return Ok(()) };
        *study = beside.join(&*study);
        match crate::coverage::study::Study::load(study) {
            Ok(_) => Ok(()),
            // The study's own error names its file, line, key and remedy.
            Err(error) => Err(ConfigError::whole(&error.to_string())),
        }
    }
}

/// `[[sensor]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SensorSection {
    /// System area code.
    pub sac: u8,
    /// System identification code.
    pub sic: u8,
    /// What people call it.
    pub name: String,
    /// What it is.
    #[serde(default)]
    pub kind: SensorKindName,
    /// Latitude of the antenna, degrees north.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Longitude of the antenna, degrees east.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Height of the antenna above the WGS-84 ellipsoid, metres.
    #[serde(default)]
    pub height_m: f64,
    /// Rotation or update period, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_s: Option<f64>,
    /// Longest slant range, NM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range_max_nm: Option<f64>,
    /// Lowest elevation that a radar sees, degrees, in equal sectors of azimuth clockwise from true
    /// north: the horizon that terrain leaves. Tracks coast through the gap behind a mountain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub horizon_deg: Vec<f64>,
    /// Highest elevation that a radar sees, degrees: above it is its cone of silence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elevation_max_deg: Option<f64>,
    /// Names of the Beast feeds with GPS time that together are this multilateration system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receivers: Vec<String>,
    /// Standard deviation of their times of arrival, nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrival_sd_ns: Option<f64>,
    /// Standard deviation of slant range, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range_sd_m: Option<f64>,
    /// Standard deviation of azimuth, degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azimuth_sd_deg: Option<f64>,
    /// Standard deviation of elevation, degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elevation_sd_deg: Option<f64>,
}

/// What a sensor is, as the file says it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensorKindName {
    /// Rotating radar.
    #[default]
    Radar,
    /// ADS-B ground station or Mode S receiver.
    Adsb,
    /// Multilateration system.
    Mlat,
    /// Another tracker.
    SystemTracks,
    /// Receiver of unmanned aircraft's Remote ID.
    RemoteId,
}

/// Standard deviation of a time of arrival where the file says none, nanoseconds: a receiver with a
/// clock by GPS.
const ARRIVAL_SD_NS: f64 = 60.0;

impl SensorSection {
    /// Who it is.
    pub fn id(&self) -> SensorId {
        SensorId { sac: self.sac, sic: self.sic }
    }

    /// The places of its receivers among `feeds`; those that are not there are left out.
    pub(crate) fn receivers_of<'a>(
        &'a self,
        feeds: &'a [Feed],
    ) -> impl Iterator<Item = usize> + 'a {
        self.receivers.iter().filter_map(|name| feeds.iter().position(|feed| feed.name == *name))
    }

    /// As the engine takes it; `feeds` are the receivers that it may name.
    pub fn sensor(&self, feeds: &[Feed]) -> Sensor {
        let default = PlotAccuracy::default();
        let radians = |degrees: Option<f64>| degrees.map(f64::to_radians);
        let arrival_sd_m =
            geodesy::units::METRES_PER_LIGHT_NS * self.arrival_sd_ns.unwrap_or(ARRIVAL_SD_NS);
        Sensor {
            id: self.id(),
            name: self.name.clone(),
            kind: match self.kind {
                SensorKindName::Radar => SensorKind::Radar,
                SensorKindName::Adsb => SensorKind::AdsB,
                SensorKindName::Mlat => SensorKind::Mlat,
                SensorKindName::SystemTracks => SensorKind::SystemTracks,
                SensorKindName::RemoteId => SensorKind::RemoteId,
            },
            site: feed::site(self.lat, self.lon, self.height_m),
            period_s: self.period_s,
            accuracy: PlotAccuracy {
                range_m: self.range_sd_m.unwrap_or(default.range_m),
                azimuth_rad: radians(self.azimuth_sd_deg).unwrap_or(default.azimuth_rad),
                elevation_rad: radians(self.elevation_sd_deg).unwrap_or(default.elevation_rad),
            },
            range_max_m: self.range_max_nm.map(|nm| nm * geodesy::units::METRES_PER_NM),
            view: surveillance::View {
                horizon_rad: self.horizon_deg.iter().map(|degrees| degrees.to_radians()).collect(),
                elevation_max_rad: radians(self.elevation_max_deg),
            },
            receivers: (self.receivers_of(feeds).filter_map(|index| feeds[index].site))
                .map(|site| Receiver { site, arrival_sd_m })
                .collect(),
        }
    }
}

impl Config {
    /// Reads and checks the file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let mut config = parse(&file, &text)?;
                let beside = path.parent().unwrap_or(Path::new(""));
                let read = config.people.as_mut().map_or(Ok(()), |people| people.read(beside));
                read.map_err(|misfit| check::placed(&file, &text, misfit))?;
                config.accords.read(beside)?;
                if let Some(people) = &config.people {
                    crate::accord_changes::take_up(&mut config.accords, &people.directory)?;
                }
                config.coverage.read(beside)?;
                config.intent.read(beside)?;
                config.alerts.site_rules(&file, &text, &config.intent)?;
                config.alerts.qnh_places(&file, &text, &config.intent)?;
                config.alerts.border_owners(&file, &text, &config.intent)?;
                config.read_links(beside).map_err(|misfit| check::placed(&file, &text, misfit))?;
                let read = config.console.read(beside);
                read.map_err(|misfit| check::placed(&file, &text, misfit))?;
                let read = config.read_consumers(beside);
                read.map_err(|misfit| check::placed(&file, &text, misfit))?;
                config.policy()?;
                Ok(config)
            }
            Err(error) => Err(ConfigError::unreadable(file, &error)),
        }
    }

    /// What its accords let this node's party give to whom.
    ///
    /// # Errors
    /// An accord is not well formed, not understood, or there twice.
    pub fn policy(&self) -> Result<Policy, ConfigError> {
        let own = self.node.party.parse().map_err(|error: accord::NameError| ConfigError {
            file: "configuration".into(),
            place: " node.party: ".into(),
            problem: error.to_string(),
        })?;
        self.accords.policy(own)
    }

    /// The whole configuration, defaults included, as a file that [`Config::load`] reads again.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("every field has a TOML form")
    }
}
