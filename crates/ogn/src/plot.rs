//! From what an aircraft told to a plot.

use crate::{Beacon, Craft};
use geodesy::Enu;
use geodesy::units::METRES_PER_FOOT;
use surveillance::{
    Codes, EmitterCategory, Measurement, Plot, PlotOrigin, PositionReport, PressureAltitude,
    SensorId, Time, Velocity,
};

/// The plot that a beacon amounts to. Its time is the beacon's where that has one, else `received`. Height
/// above mean sea level stands for that above the ellipsoid, from which it differs by up to 100 m.
pub fn to_plot(beacon: &Beacon, sensor: SensorId, received: Time) -> Plot {
    let time = beacon.time_of_day.map(|of_day| Time::from_time_of_day(of_day, received));
    let horizontal = beacon.track_rad.zip(beacon.ground_speed_mps).map(|(track_rad, speed_mps)| {
        let (sin, cos) = track_rad.sin_cos();
        Enu { east: speed_mps * sin, north: speed_mps * cos, up: 0.0 }
    });
    let vertical_rate_mps = beacon.vertical_rate_mps;
    let told = horizontal.is_some() || vertical_rate_mps.is_some();
    Plot {
        received,
        measurement: Some(Measurement::Geodetic(PositionReport {
            latitude_rad: beacon.latitude_rad,
            longitude_rad: beacon.longitude_rad,
            height_m: beacon.altitude_m,
            horizontal_sd_m: beacon.accuracy_m,
        })),
        codes: Codes { address: Some(beacon.address), ..Codes::default() },
        pressure_altitude: beacon
            .pressure_altitude_m
            .map(|altitude_m| PressureAltitude { altitude_m, step_m: METRES_PER_FOOT }),
        velocity: told.then_some(Velocity { horizontal, vertical_rate_mps }),
        category: beacon.craft.and_then(category),
        ..Plot::bare(sensor, time.unwrap_or(received), PlotOrigin::Flarm)
    }
}

fn category(craft: Craft) -> Option<EmitterCategory> {
    Some(match craft {
        Craft::Glider => EmitterCategory::Glider,
        Craft::Powered => EmitterCategory::Light,
        Craft::Helicopter => EmitterCategory::Rotorcraft,
        Craft::Parachutist => EmitterCategory::Parachutist,
        Craft::HangGlider => EmitterCategory::Ultralight,
        Craft::Balloon => EmitterCategory::LighterThanAir,
        Craft::Unmanned => EmitterCategory::Unmanned,
        Craft::Obstacle => EmitterCategory::Obstacle,
        Craft::Jet => return None,
    })
}
