//! Plots back into the reports in which a sensor sends them: what a simulated or a replayed sensor
//! says on the wire.
//!
//! | plot | becomes |
//! |---|---|
//! | primary, secondary | CAT048 |
//! | ADS-B, rebroadcast | CAT021 |
//! | multilateration | CAT020 |
//!
//! System tracks are another centre's word, not a sensor's: they are not made here. A radar's
//! elevation has no item of its own (I048/110 is a height that the radar computed) and stays out.

use crate::editions::Editions;
use crate::fields::{FieldError, Fields};
use crate::spec::Spec;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_FPM};
use std::f64::consts::TAU;
use surveillance::{
    AddressKind, EmitterCategory, Measurement, Plot, PlotOrigin, PositionReport, SensorId, Time,
};

const SECONDS_PER_DAY: f64 = 86_400.0;
/// I../140 and I../030 count 1/128 s: rounding must not make the day longer.
const STEPS_PER_DAY: f64 = SECONDS_PER_DAY * 128.0;

/// Why a plot cannot be sent.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Unsendable {
    /// No category in which a sensor sends such plots.
    #[error("a plot of origin {0:?} is no sensor's report")]
    Origin(PlotOrigin),
    /// The category needs another kind of position.
    #[error("the measurement is not of the kind that CAT{0:03} carries")]
    Measurement(u8),
    /// A value is beyond what its item holds.
    #[error(transparent)]
    Field(#[from] FieldError),
}

/// Makes reports in the current edition of each category.
#[derive(Debug, Clone, Copy)]
pub struct Reporter {
    cat020: &'static Spec,
    cat021: &'static Spec,
    cat034: &'static Spec,
    cat048: &'static Spec,
}

impl Default for Reporter {
    fn default() -> Self {
        let editions = Editions::default();
        let current = |category| editions.spec(category).expect("a category of the tables");
        Self { cat020: current(20), cat021: current(21), cat034: current(34), cat048: current(48) }
    }
}

impl Reporter {
    /// The plot as its sensor reports it, to the steps of the items.
    ///
    /// # Errors
    /// If no category carries such a plot, or a value is beyond its item: a slant range from 256 NM
    /// up, for one.
    pub fn report(&self, plot: &Plot) -> Result<Fields, Unsendable> {
        match plot.origin {
            PlotOrigin::Primary | PlotOrigin::Secondary => self.radar(plot),
            PlotOrigin::AdsB | PlotOrigin::Rebroadcast => self.adsb(plot),
            PlotOrigin::Mlat => self.mlat(plot),
            PlotOrigin::SystemTrack | PlotOrigin::RemoteId | PlotOrigin::Flarm => {
                Err(Unsendable::Origin(plot.origin))
            }
        }
    }

    /// A radar's north mark (CAT034), with its period where `period_s` is given.
    ///
    /// # Errors
    /// If the period is 512 s or more.
    pub fn north_mark(
        &self,
        sensor: SensorId,
        time: Time,
        period_s: Option<f64>,
    ) -> Result<Fields, FieldError> {
        let mut fields = about(self.cat034, sensor)?;
        fields.set_raw("000", 1)?;
        set_time(&mut fields, "030", time)?;
        if let Some(period_s) = period_s {
            fields.set_value("041", period_s)?;
        }
        Ok(fields)
    }

    fn radar(&self, plot: &Plot) -> Result<Fields, Unsendable> {
        let mut fields = about(self.cat048, plot.sensor)?;
        set_time(&mut fields, "140", plot.time)?;
        let mode_s = plot.codes.address.is_some();
        let kind = match plot.origin {
            PlotOrigin::Primary => 1,
            _ if mode_s => 5,
            _ => 2,
        };
        fields.set_raw("020/TYP", kind)?;
        fields.set_raw("020/SPI", u64::from(plot.codes.ident))?;
        match plot.measurement {
            Some(Measurement::Polar { slant_range_m, azimuth_rad, .. }) => {
                fields.set_value("040/RHO", slant_range_m / METRES_PER_NM)?;
                fields.set_raw("040/THETA", angle_16(azimuth_rad))?;
            }
            Some(Measurement::Geodetic(_) | Measurement::Arrivals(_)) => {
                return Err(Unsendable::Measurement(48));
            }
            None => {}
        }
        set_codes(&mut fields, plot)?;
        if let Some(level) = plot.pressure_altitude {
            fields.set_integer("090/FL", quarters(level.altitude_m))?;
        }
        if let Some(callsign) = plot.codes.callsign {
            fields.set_text("240", callsign.as_str())?;
        }
        // What the item cannot hold stays out: at its bound it would be another rate.
        let range_rate_mps = plot.range_rate_mps.map(f64::round);
        if let Some(held) = range_rate_mps.filter(|rate| (-512.0..=511.0).contains(rate)) {
            fields.set_integer("120/CAL/CAL", held as i64)?;
        }
        set_flight_status(&mut fields, plot)?;
        Ok(fields)
    }

    fn mlat(&self, plot: &Plot) -> Result<Fields, Unsendable> {
        let mut fields = about(self.cat020, plot.sensor)?;
        let mode_s = plot.codes.address.is_some();
        fields.set_raw("020/SSR", u64::from(mode_s))?;
        for (path, is_absent) in [
            ("020/MS", !mode_s),
            ("020/HF", true),
            ("020/VDL4", true),
            ("020/UAT", true),
            ("020/DME", true),
            ("020/OT", true),
        ] {
            fields.set_raw(path, u64::from(is_absent))?;
        }
        if plot.codes.ident {
            fields.set_raw("020/SPI", 1)?;
        }
        set_time(&mut fields, "140", plot.time)?;
        if let Some(measurement) = plot.measurement {
            let Measurement::Geodetic(position) = measurement else {
                return Err(Unsendable::Measurement(20));
            };
            set_position(&mut fields, "041", &position)?;
            if let Some(height_m) = position.height_m {
                fields.set_value("105", height_m / METRES_PER_FOOT)?;
            }
            if let Some(sd_m) = position.horizontal_sd_m {
                // Steps of 0.25 m, and no more than the item holds.
                let sd_m = sd_m.min(16_383.0);
                fields.set_value("500/SDP/X", sd_m)?.set_value("500/SDP/Y", sd_m)?;
            }
        }
        set_codes(&mut fields, plot)?;
        if let Some(level) = plot.pressure_altitude {
            fields.set_integer("090/FL", quarters(level.altitude_m))?;
        }
        if let Some(callsign) = plot.codes.callsign {
            // Downlinked, and as a callsign.
            fields.set_raw("245/STI", 2)?.set_text("245/CHR", callsign.as_str())?;
        }
        set_flight_status(&mut fields, plot)?;
        Ok(fields)
    }

    fn adsb(&self, plot: &Plot) -> Result<Fields, Unsendable> {
        let mut fields = about(self.cat021, plot.sensor)?;
        let is_icao = plot.codes.address.is_none_or(|a| a.kind() == AddressKind::Icao);
        fields.set_raw("040/ATP", if is_icao { 0 } else { 3 })?;
        if let Some(on_ground) = plot.on_ground {
            fields.set_raw("040/GBS", u64::from(on_ground))?;
        }
        if let Some(address) = plot.codes.address {
            fields.set_raw("080", u64::from(address.bits()))?;
        }
        if let Some(code) = plot.codes.mode_3a {
            fields.set_text("070/MODE3A", &code.to_string())?;
        }
        if let Some(callsign) = plot.codes.callsign {
            fields.set_text("170", callsign.as_str())?;
        }
        if plot.codes.ident {
            fields.set_raw("200/SS", 3)?;
        }
        match plot.measurement {
            Some(Measurement::Geodetic(position)) => {
                set_position(&mut fields, "131", &position)?;
                if let Some(height_m) = position.height_m {
                    fields.set_value("140", height_m / METRES_PER_FOOT)?;
                }
                set_time(&mut fields, "071", plot.time)?;
            }
            Some(Measurement::Polar { .. } | Measurement::Arrivals(_)) => {
                return Err(Unsendable::Measurement(21));
            }
            None => {
                set_time(&mut fields, "073", plot.time)?;
            }
        }
        if let Some(level) = plot.pressure_altitude {
            fields.set_integer("145", quarters(level.altitude_m))?;
        }
        if let Some(velocity) = plot.velocity {
            if let Some(mps) = velocity.vertical_rate_mps {
                fields.set_value("155/BVR", mps / MPS_PER_FPM)?;
            }
            if let Some(enu) = velocity.horizontal {
                let nm_per_s = enu.east.hypot(enu.north) / METRES_PER_NM;
                fields.set_value("160/GS", nm_per_s)?;
                fields.set_raw("160/TA", angle_16(enu.east.atan2(enu.north)))?;
            }
        }
        set_quality(&mut fields, plot)?;
        if let Some(category) = plot.category {
            fields.set_raw("020", emitter_code(category))?;
        }
        Ok(fields)
    }
}

fn about(spec: &'static Spec, sensor: SensorId) -> Result<Fields, FieldError> {
    let mut fields = Fields::new(spec);
    fields.set_raw("010/SAC", sensor.sac.into())?.set_raw("010/SIC", sensor.sic.into())?;
    Ok(fields)
}

fn set_time(fields: &mut Fields, path: &str, time: Time) -> Result<(), FieldError> {
    let nanos = time.unix_nanos().rem_euclid(86_400_000_000_000);
    let steps = (nanos as f64 * 128e-9).round() % STEPS_PER_DAY;
    fields.set_raw(path, steps as u64).map(drop)
}

fn set_position(
    fields: &mut Fields,
    item: &str,
    position: &PositionReport,
) -> Result<(), FieldError> {
    fields.set_value(&format!("{item}/LAT"), position.latitude_rad.to_degrees())?;
    fields.set_value(&format!("{item}/LON"), position.longitude_rad.to_degrees())?;
    Ok(())
}

fn set_codes(fields: &mut Fields, plot: &Plot) -> Result<(), FieldError> {
    if let Some(code) = plot.codes.mode_3a {
        fields.set_text("070/MODE3A", &code.to_string())?;
    }
    // An address that ICAO did not allot has no mark of its own here.
    if let Some(address) = plot.codes.address {
        fields.set_raw("220", u64::from(address.bits()))?;
    }
    if let Some(track) = plot.codes.source_track {
        fields.set_raw("161/TRN", u64::from(track.0 & 0x0fff))?;
    }
    Ok(())
}

fn set_flight_status(fields: &mut Fields, plot: &Plot) -> Result<(), FieldError> {
    if let Some(on_ground) = plot.on_ground {
        fields.set_raw("230/STAT", u64::from(on_ground))?;
    }
    Ok(())
}

fn set_quality(fields: &mut Fields, plot: &Plot) -> Result<(), FieldError> {
    let quality = plot.quality;
    let is_v0 = quality.version == Some(0);
    let integrity = if is_v0 { quality.nac_p } else { quality.nic };
    if let Some(integrity) = integrity {
        fields.set_raw("090/NUCPNIC", integrity.into())?;
        fields.set_raw("090/NUCRNACV", quality.nac_v.unwrap_or(0).into())?;
        if !is_v0 && (quality.nac_p.is_some() || quality.sil.is_some()) {
            fields.set_raw("090/NACP", quality.nac_p.unwrap_or(0).into())?;
            fields.set_raw("090/SIL", quality.sil.unwrap_or(0).into())?;
        }
    }
    if let Some(version) = quality.version {
        fields.set_raw("210/VN", version.into())?.set_raw("210/LTT", 2)?;
    }
    Ok(())
}

/// 360/2^16 °, clockwise from north.
fn angle_16(radians: f64) -> u64 {
    (geodesy::wrap_tau(radians) / TAU * 65_536.0).round() as u64 & 0xffff
}

/// A quarter of a flight level.
fn quarters(altitude_m: f64) -> i64 {
    (altitude_m / (25.0 * METRES_PER_FOOT)).round() as i64
}

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
