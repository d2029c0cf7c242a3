//! What sensors and systems say of themselves: CAT002, CAT019, CAT023, CAT025, CAT034, CAT063, CAT065.

use super::fields::{be16, extent, i16_at, i24_at};
use crate::record::Record;
use geodesy::Geodetic;
use geodesy::units::METRES_PER_NM;
use std::f64::consts::{PI, TAU};
use surveillance::{SensorId, Time};

/// A service message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ServiceMessage {
    /// Whom it is about: in CAT063 the sensor that the sender reports on.
    pub sensor: SensorId,
    /// Who sent it.
    pub sender: SensorId,
    /// When it was made, UTC.
    pub time: Time,
    /// When it reached this node, UTC.
    pub received: Time,
    /// What it says.
    pub kind: ServiceKind,
    /// How the sensor or system is, if the message says.
    pub condition: Option<Condition>,
    /// What else it says is wrong; `None`: it says nothing of that.
    pub troubles: Option<Troubles>,
    /// What it says the sensor measures too much.
    pub biases: ToldBiases,
    /// Where the antenna stands (I034/120), height in metres as sent.
    pub site: Option<Geodetic>,
    /// Rotation period, seconds: told, or from one north mark to the next.
    pub period_s: Option<f64>,
}

/// What a service message is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ServiceKind {
    /// The antenna points north.
    NorthMark,
    /// The antenna points south.
    SouthMark,
    /// The antenna enters a sector.
    SectorCrossing {
        /// Azimuth of its start, radians clockwise from north, if told.
        azimuth_rad: Option<f64>,
    },
    /// A sensor's state, as a processing system sees it (CAT063).
    SensorStatus,
    /// A processing system's own state (CAT065).
    SystemStatus,
    /// All that belongs to one update of a system's picture has been sent (CAT065).
    EndOfBatch {
        /// Number of the batch, if told.
        batch: Option<u8>,
    },
    /// Something about a service (CAT065).
    ServiceReport {
        /// I065/050.
        report: Option<u8>,
    },
    /// Another message type of its category.
    Other {
        /// Item 000, if there.
        message_type: Option<u8>,
    },
}

/// How a sensor or system is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// As it should be.
    Operational,
    /// Working with less than all.
    Degraded,
    /// Starting.
    Initialising,
    /// Not connected.
    Disconnected,
    /// Its operator forbids the use of its data.
    Inhibited,
    /// The sender does not know.
    Unknown,
}

/// Something that a station or a processing system says is wrong (I034/050, I063/060).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// The data processor is overloaded.
    ProcessorOverload,
    /// Transmission is overloaded.
    TransmissionOverload,
    /// The monitoring system is disconnected.
    MonitoringDisconnected,
    /// The time source is not valid.
    TimeInvalid,
    /// No plots are received of it.
    NoPlots,
    /// Primary radar: no channel of it is selected, or it is not in use.
    PrimaryOut,
    /// Secondary radar: the same.
    SecondaryOut,
    /// Mode S: the same.
    ModeSOut,
    /// ADS-B is not in use.
    AdsBOut,
    /// Multilateration is not in use.
    MlatOut,
    /// Primary radar is overloaded.
    PrimaryOverload,
    /// Secondary radar is overloaded.
    SecondaryOverload,
    /// Mode S surveillance is overloaded.
    ModeSOverload,
    /// The coordination of surveillance among Mode S radars is overloaded.
    CoordinationOverload,
    /// The data link is overloaded.
    DataLinkOverload,
    /// Nobody monitors primary radar.
    PrimaryUnmonitored,
    /// Nobody monitors secondary radar.
    SecondaryUnmonitored,
    /// Nobody monitors Mode S.
    ModeSUnmonitored,
    /// The test target is not seen as it should be.
    TestTarget,
    /// Someone may be spoofing.
    Spoofing,
}

impl Trouble {
    /// Each, in the order in which they are told.
    pub const ALL: [Trouble; 20] = [
        Trouble::ProcessorOverload,
        Trouble::TransmissionOverload,
        Trouble::MonitoringDisconnected,
        Trouble::TimeInvalid,
        Trouble::NoPlots,
        Trouble::PrimaryOut,
        Trouble::SecondaryOut,
        Trouble::ModeSOut,
        Trouble::AdsBOut,
        Trouble::MlatOut,
        Trouble::PrimaryOverload,
        Trouble::SecondaryOverload,
        Trouble::ModeSOverload,
        Trouble::CoordinationOverload,
        Trouble::DataLinkOverload,
        Trouble::PrimaryUnmonitored,
        Trouble::SecondaryUnmonitored,
        Trouble::ModeSUnmonitored,
        Trouble::TestTarget,
        Trouble::Spoofing,
    ];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Trouble::ProcessorOverload => "processor_overloaded",
            Trouble::TransmissionOverload => "transmission_overloaded",
            Trouble::MonitoringDisconnected => "monitoring_disconnected",
            Trouble::TimeInvalid => "time_source_invalid",
            Trouble::NoPlots => "no_plots_received",
            Trouble::PrimaryOut => "primary_out",
            Trouble::SecondaryOut => "secondary_out",
            Trouble::ModeSOut => "mode_s_out",
            Trouble::AdsBOut => "ads_b_out",
            Trouble::MlatOut => "multilateration_out",
            Trouble::PrimaryOverload => "primary_overloaded",
            Trouble::SecondaryOverload => "secondary_overloaded",
            Trouble::ModeSOverload => "mode_s_overloaded",
            Trouble::CoordinationOverload => "mode_s_coordination_overloaded",
            Trouble::DataLinkOverload => "data_link_overloaded",
            Trouble::PrimaryUnmonitored => "primary_not_monitored",
            Trouble::SecondaryUnmonitored => "secondary_not_monitored",
            Trouble::ModeSUnmonitored => "mode_s_not_monitored",
            Trouble::TestTarget => "test_target_failed",
            Trouble::Spoofing => "spoofing_suspected",
        }
    }
}

/// Which [`Trouble`]s there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Troubles(u32);

impl Troubles {
    /// Each of them, in the order of [`Trouble::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Trouble> {
        Trouble::ALL.into_iter().filter(move |trouble| self.0 & 1 << *trouble as u32 != 0)
    }

    fn note(&mut self, trouble: Trouble, so: bool) {
        self.0 |= u32::from(so) << trouble as u32;
    }
}

/// What a processing system says a sensor measures too much (I063/070 to 091); `None` is not told.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ToldBiases {
    /// Time stamp less true time of measurement, seconds.
    pub time_s: Option<f64>,
    /// Slant range of secondary radar and Mode S, metres.
    pub secondary_range_m: Option<f64>,
    /// Azimuth of secondary radar and Mode S, radians, clockwise.
    pub secondary_azimuth_rad: Option<f64>,
    /// Slant range of primary radar, metres.
    pub primary_range_m: Option<f64>,
    /// Azimuth of primary radar, radians, clockwise.
    pub primary_azimuth_rad: Option<f64>,
}

/// The message of a record of one of these categories.
pub(super) fn message(
    record: &Record<'_>,
    sender: SensorId,
    time: Time,
    received: Time,
) -> ServiceMessage {
    let (kind, (condition, troubles)) = match record.category() {
        2 | 34 => (radar_kind(record), radar_state(record)),
        63 => (ServiceKind::SensorStatus, sensor_state(record)),
        65 => (system_kind(record), (system_condition(record), None)),
        category => {
            let condition = station_condition(record, category);
            (ServiceKind::SystemStatus, (condition, None))
        }
    };
    let about = match record.category() {
        63 => record.item(50).and_then(|item| item.first_chunk::<2>()),
        _ => None,
    };
    let sensor = about.map_or(sender, |&[sac, sic]| SensorId { sac, sic });
    let is_radar = matches!(record.category(), 2 | 34);
    let period_s =
        record.item(41).filter(|_| is_radar).map(|item| f64::from(be16(item, 0)) / 128.0);
    ServiceMessage {
        sensor,
        sender,
        time,
        received,
        kind,
        condition,
        troubles,
        biases: told_biases(record),
        site: site(record),
        period_s: period_s.filter(|period_s| *period_s > 0.0),
    }
}

fn message_type(record: &Record<'_>) -> Option<u8> {
    record.item(0).map(|item| extent(item, 0))
}

fn radar_kind(record: &Record<'_>) -> ServiceKind {
    match (message_type(record), record.category()) {
        (Some(1), _) => ServiceKind::NorthMark,
        (Some(2), _) => ServiceKind::SectorCrossing {
            azimuth_rad: record.item(20).map(|item| f64::from(extent(item, 0)) * (TAU / 256.0)),
        },
        (Some(3), 2) => ServiceKind::SouthMark,
        (message_type, _) => ServiceKind::Other { message_type },
    }
}

/// I034/050.
fn radar_state(record: &Record<'_>) -> (Option<Condition>, Option<Troubles>) {
    let (mut condition, mut troubles) = (None, Troubles::default());
    if record.category() != 34 || record.item(50).is_none() {
        return (None, None);
    }
    record.subitems(50, |name, octets| {
        let first = extent(octets, 0);
        let has = |bit: u8| first & bit != 0;
        let mut note = |trouble, so| troubles.note(trouble, so);
        match name {
            "COM" => {
                let released = !has(0x80);
                condition =
                    Some(if released { Condition::Operational } else { Condition::Inhibited });
                note(Trouble::ProcessorOverload, has(0x10));
                note(Trouble::TransmissionOverload, has(0x08));
                note(Trouble::MonitoringDisconnected, has(0x04));
                note(Trouble::TimeInvalid, has(0x02));
            }
            "PSR" => {
                note(Trouble::PrimaryOut, !has(0x60));
                note(Trouble::PrimaryOverload, has(0x10));
                note(Trouble::PrimaryUnmonitored, has(0x08));
            }
            "SSR" => {
                note(Trouble::SecondaryOut, !has(0x60));
                note(Trouble::SecondaryOverload, has(0x10));
                note(Trouble::SecondaryUnmonitored, has(0x08));
            }
            "MDS" => {
                note(Trouble::ModeSOut, !has(0x60));
                note(Trouble::ModeSOverload, has(0x10));
                note(Trouble::ModeSUnmonitored, has(0x08));
                note(Trouble::CoordinationOverload, has(0x01));
                note(Trouble::DataLinkOverload, extent(octets, 1) & 0x80 != 0);
            }
            _ => {}
        }
    });
    (condition, Some(troubles))
}

/// I063/060: its first octet, its first extension, and in the second what is populated.
fn sensor_state(record: &Record<'_>) -> (Option<Condition>, Option<Troubles>) {
    let mut troubles = Troubles::default();
    let Some(item) = record.item(60) else { return (None, None) };
    let has = |octet: usize, bit: u8| {
        // An octet is there if the one before says so.
        let told = octet == 0 || extent(item, octet - 1) & 1 != 0;
        told && extent(item, octet) & bit == bit
    };
    let condition = match extent(item, 0) >> 6 {
        3 => Condition::Disconnected,
        _ if has(1, 0x80) => Condition::Inhibited,
        0 => Condition::Operational,
        1 => Condition::Degraded,
        _ => Condition::Initialising,
    };
    for (trouble, octet, bit) in [
        (Trouble::PrimaryOut, 0, 0x20),
        (Trouble::SecondaryOut, 0, 0x10),
        (Trouble::ModeSOut, 0, 0x08),
        (Trouble::AdsBOut, 0, 0x04),
        (Trouble::MlatOut, 0, 0x02),
        (Trouble::ProcessorOverload, 1, 0x40),
        (Trouble::TransmissionOverload, 1, 0x20),
        (Trouble::MonitoringDisconnected, 1, 0x10),
        (Trouble::TimeInvalid, 1, 0x08),
        (Trouble::NoPlots, 1, 0x04),
        (Trouble::TestTarget, 2, 0xc0),
        (Trouble::Spoofing, 2, 0x30),
    ] {
        troubles.note(trouble, has(octet, bit));
    }
    (Some(condition), Some(troubles))
}

/// I063/070, 080, 081, 090, 091.
fn told_biases(record: &Record<'_>) -> ToldBiases {
    if record.category() != 63 {
        return ToldBiases::default();
    }
    let number = |item: u16, at: usize| record.item(item).map(|octets| i16_at(octets, at));
    let range_m = |item| Some(number(item, 2)? * (METRES_PER_NM / 128.0));
    let azimuth_rad = |item| Some(number(item, 0)? * (TAU / 65_536.0));
    ToldBiases {
        time_s: number(70, 0).map(|ms| ms * 1e-3),
        secondary_range_m: range_m(80),
        secondary_azimuth_rad: azimuth_rad(81),
        primary_range_m: range_m(90),
        primary_azimuth_rad: azimuth_rad(91),
    }
}

/// I010/550 and I019/550 NOGO of two bits, I023/100 and I025/100 NOGO of one.
fn station_condition(record: &Record<'_>, category: u8) -> Option<Condition> {
    let octet = |number| record.item(number).map(|item| extent(item, 0));
    let released = |octet: u8| match octet & 0x80 {
        0 => Condition::Operational,
        _ => Condition::Inhibited,
    };
    match category {
        10 | 19 => octet(550).map(|octet| match octet >> 6 {
            0 => Condition::Operational,
            1 => Condition::Degraded,
            2 => Condition::Inhibited,
            _ => Condition::Unknown,
        }),
        23 | 25 => octet(100).map(released),
        _ => None,
    }
}

fn system_kind(record: &Record<'_>) -> ServiceKind {
    let octet = |number| record.item(number).map(|item| extent(item, 0));
    match message_type(record) {
        Some(1) => ServiceKind::SystemStatus,
        Some(2) => ServiceKind::EndOfBatch { batch: octet(20) },
        Some(3) => ServiceKind::ServiceReport { report: octet(50) },
        message_type => ServiceKind::Other { message_type },
    }
}

/// I065/040 NOGO.
fn system_condition(record: &Record<'_>) -> Option<Condition> {
    let code = record.item(40).map(|item| extent(item, 0) >> 6)?;
    Some(match code {
        0 => Condition::Operational,
        1 => Condition::Degraded,
        2 => Condition::Disconnected,
        _ => Condition::Unknown,
    })
}

/// I034/120: height in metres, latitude and longitude in 180/2^23 °.
fn site(record: &Record<'_>) -> Option<Geodetic> {
    const STEP: f64 = PI / (1u64 << 23) as f64;
    let item = record.item(120).filter(|_| record.category() == 34)?;
    let site = Geodetic {
        latitude_rad: i24_at(item, 2) * STEP,
        longitude_rad: i24_at(item, 5) * STEP,
        height_m: i16_at(item, 0),
    };
    (site.latitude_rad.abs() <= PI / 2.0).then_some(site)
}
