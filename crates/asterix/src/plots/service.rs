//! What sensors and systems say of themselves: CAT002, CAT019, CAT023, CAT025, CAT034, CAT063, CAT065.

use super::fields::{be16, extent, i16_at, i24_at};
use crate::record::Record;
use geodesy::Geodetic;
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
        /// Azimuth of its start, radians clockwise from north.
        azimuth_rad: f64,
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

/// The message of a record of one of these categories.
pub(super) fn message(
    record: &Record<'_>,
    sender: SensorId,
    time: Time,
    received: Time,
) -> ServiceMessage {
    let (kind, condition) = match record.category() {
        2 | 34 => (radar_kind(record), radar_condition(record)),
        63 => {
            let octet = record.item(60).map(|item| extent(item, 0) >> 6);
            let condition = octet.map(|code| match code {
                0 => Condition::Operational,
                1 => Condition::Degraded,
                2 => Condition::Initialising,
                _ => Condition::Disconnected,
            });
            (ServiceKind::SensorStatus, condition)
        }
        65 => (system_kind(record), system_condition(record)),
        category => (ServiceKind::SystemStatus, station_condition(record, category)),
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
            azimuth_rad: record
                .item(20)
                .map_or(0.0, |item| f64::from(extent(item, 0)) * (TAU / 256.0)),
        },
        (Some(3), 2) => ServiceKind::SouthMark,
        (message_type, _) => ServiceKind::Other { message_type },
    }
}

/// I034/050 COM, NOGO.
fn radar_condition(record: &Record<'_>) -> Option<Condition> {
    let mut condition = None;
    if record.category() == 34 {
        record.subitems(50, |name, octets| {
            if name == "COM" {
                let inhibited = extent(octets, 0) & 0x80 != 0;
                condition =
                    Some(if inhibited { Condition::Inhibited } else { Condition::Operational });
            }
        });
    }
    condition
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
