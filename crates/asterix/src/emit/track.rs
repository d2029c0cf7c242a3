//! A track as CAT062.

use super::{EmitError, Emitter, Turn, set_if_fits, time_of_day};
use crate::fields::{FieldError, Fields};
use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM};
use surveillance::{AddressKind, EmitterCategory, Phase, PlotOrigin, Time, Track};

/// A flight level, metres.
const LEVEL_M: f64 = 100.0 * METRES_PER_FOOT;
/// Largest value of an octet of quarters.
const QUARTERS_MAX: f64 = 255.0 / 4.0;

impl Emitter {
    /// `track` as a record of CAT062 under `number`.
    ///
    /// I062/080 says: one sensor or several, tentative, coasting, on the ground, first message. An
    /// address that ICAO did not allot is left out, as the item has no room to say so.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn track(&self, track: &Track, number: u16, turn: Turn) -> Result<Fields, EmitError> {
        let mut fields = self.begin(62)?;
        fields.set_raw("070", time_of_day(track.time))?;
        position(track, &mut fields)?;
        codes(track, &mut fields)?;
        fields.set_raw("040", number.into())?;
        status(track, turn, &mut fields)?;
        ages(track, &mut fields)?;
        if let Some(level_m) = track.pressure_altitude_m {
            set_if_fits(&mut fields, "136", level_m / LEVEL_M)?;
        }
        if let Some(rate_mps) = track.vertical_rate_mps {
            set_if_fits(&mut fields, "220", rate_mps / MPS_PER_FPM)?;
        }
        accuracy(track, &mut fields)?;
        Ok(fields)
    }

    /// The last record of a track: who, when, which, and that it is over (I062/080 TSE).
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn ended(&self, number: u16, now: Time) -> Result<Fields, EmitError> {
        let mut fields = self.begin(62)?;
        fields.set_raw("070", time_of_day(now))?.set_raw("040", number.into())?;
        fields.set_raw("080/TSE", 1)?;
        Ok(fields)
    }
}

/// I062/105, 130 and 185.
fn position(track: &Track, fields: &mut Fields) -> Result<(), FieldError> {
    let at = track.position;
    fields.set_value("105/LAT", at.latitude_rad.to_degrees())?;
    // The document has [−180°, 180°); what is a half step short of 180° is −180°.
    const STEP_DEG: f64 = 180.0 / (1u64 << 25) as f64;
    let longitude_deg = geodesy::wrap_pi(at.longitude_rad).to_degrees();
    let wrapped = if longitude_deg >= 180.0 - STEP_DEG / 2.0 { -180.0 } else { longitude_deg };
    fields.set_value("105/LON", wrapped)?;
    if track.height_sd_m.is_some() {
        set_if_fits(fields, "130", at.height_m / METRES_PER_FOOT)?;
    }
    let in_range = |speed_mps: f64| (-8192.0..8191.75).contains(&speed_mps);
    if in_range(track.velocity.east) && in_range(track.velocity.north) {
        fields.set_value("185/VX", track.velocity.east)?;
        fields.set_value("185/VY", track.velocity.north)?;
    }
    Ok(())
}

/// I062/060, 245 and 380 ADR, ID, EMC.
fn codes(track: &Track, fields: &mut Fields) -> Result<(), FieldError> {
    if let Some(code) = track.codes.mode_3a {
        fields.set_raw("060/MODE3A", code.bits().into())?;
    }
    let address = track.codes.address.filter(|address| address.kind() == AddressKind::Icao);
    if let Some(address) = address {
        fields.set_raw("380/ADR", address.bits().into())?;
    }
    if let Some(callsign) = track.codes.callsign {
        fields.set_text("245/CHR", callsign.as_str())?.set_raw("245/STI", 0)?;
        fields.set_text("380/ID", callsign.as_str())?;
    }
    if let Some(category) = track.category {
        fields.set_raw("380/EMC", emitter_code(category))?;
    }
    Ok(())
}

/// I062/080.
fn status(track: &Track, turn: Turn, fields: &mut Fields) -> Result<(), FieldError> {
    let mut sensors: Vec<_> = track.contributors.iter().map(|part| part.sensor).collect();
    sensors.sort_unstable();
    sensors.dedup();
    fields.set_raw("080/MON", u64::from(sensors.len() == 1))?;
    fields.set_raw("080/SPI", track.codes.ident.into())?;
    if track.height_sd_m.is_some() {
        fields.set_raw("080/SRC", height_source(track))?;
    }
    fields.set_raw("080/CNF", u64::from(track.phase == Phase::Tentative))?;
    if turn == Turn::First {
        fields.set_raw("080/TSB", 1)?;
    }
    if track.phase == Phase::Coasting {
        // No kind of sensor has helped in time, or it would not coast.
        for path in ["080/CST", "080/PSR", "080/SSR", "080/MDS", "080/ADS"] {
            fields.set_raw(path, 1)?;
        }
    }
    if track.on_ground {
        fields.set_raw("080/SFC", 1)?;
    }
    Ok(())
}

/// Where a track's height comes from, as I062/080 SRC has it: the best kind of what it was made of.
fn height_source(track: &Track) -> u64 {
    let has = |origin| track.contributors.iter().any(|part| part.origin == origin);
    match () {
        () if has(PlotOrigin::AdsB) || has(PlotOrigin::Rebroadcast) => 1,
        () if has(PlotOrigin::RemoteId) || has(PlotOrigin::Flarm) => 1,
        () if has(PlotOrigin::Mlat) => 7,
        () if has(PlotOrigin::Primary) || has(PlotOrigin::Secondary) => 2,
        () => 0,
    }
}

/// I062/290: since the last update by any sensor and by those of each kind; I062/295 MFL. An age of
/// 63.75 s or more is told as that.
fn ages(track: &Track, fields: &mut Fields) -> Result<(), FieldError> {
    let age = |since: Time| track.time.seconds_since(since).clamp(0.0, QUARTERS_MAX);
    fields.set_value("290/TRK", age(track.last))?;
    let kinds = [
        (PlotOrigin::Primary, "290/PSR"),
        (PlotOrigin::Secondary, "290/SSR"),
        (PlotOrigin::AdsB, "290/ES"),
        (PlotOrigin::Mlat, "290/MLT"),
    ];
    for (origin, path) in kinds {
        let of_kind = track.contributors.iter().filter(|part| part.origin == origin);
        if let Some(last) = of_kind.map(|part| part.last).max() {
            fields.set_value(path, age(last))?;
        }
    }
    if let (Some(_), Some(told)) = (track.pressure_altitude_m, track.pressure_altitude_time) {
        fields.set_value("295/MFL", age(told))?;
    }
    Ok(())
}

/// I062/500 APC, COV, AGA and ATV: standard deviations east and north, of height and of velocity;
/// COV is the root of the covariance with its sign, as the document has it.
fn accuracy(track: &Track, fields: &mut Fields) -> Result<(), FieldError> {
    let deviation = |variance: f64, most: f64| {
        let found = variance.is_finite() && variance >= 0.0;
        found.then(|| variance.sqrt().min(most))
    };
    const HALVES_MAX: f64 = 65_535.0 / 2.0;
    let [east, covariance, north] = track.position_covariance;
    if let (Some(east), Some(north)) = (deviation(east, HALVES_MAX), deviation(north, HALVES_MAX)) {
        fields.set_value("500/APC/X", east)?.set_value("500/APC/Y", north)?;
        if covariance.is_finite() {
            let root = covariance.abs().sqrt().min(32_767.0 / 2.0);
            fields.set_value("500/COV", root.copysign(covariance))?;
        }
    }
    if let Some(height_sd_m) = track.height_sd_m {
        let feet = (height_sd_m / METRES_PER_FOOT).min(255.0 * 6.25);
        fields.set_value("500/AGA", feet)?;
    }
    let [east, _, north] = track.velocity_covariance;
    if let (Some(east), Some(north)) =
        (deviation(east, QUARTERS_MAX), deviation(north, QUARTERS_MAX))
    {
        fields.set_value("500/ATV/X", east)?.set_value("500/ATV/Y", north)?;
    }
    Ok(())
}

/// As I062/380 EMC numbers it; the inverse of what plots are read by.
fn emitter_code(category: EmitterCategory) -> u64 {
    use EmitterCategory as E;
    match category {
        E::Light => 1,
        E::Small => 2,
        E::Large => 3,
        E::HighVortex => 4,
        E::Heavy => 5,
        E::HighPerformance => 6,
        E::Rotorcraft => 10,
        E::Glider => 11,
        E::LighterThanAir => 12,
        E::Unmanned => 13,
        E::Space => 14,
        E::Ultralight => 15,
        E::Parachutist => 16,
        E::SurfaceEmergency => 20,
        E::SurfaceService => 21,
        E::Obstacle => 22,
    }
}
