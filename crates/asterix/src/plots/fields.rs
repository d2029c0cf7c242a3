//! The few bit layouts that many categories share.

use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use std::f64::consts::TAU;
use surveillance::{Address, Callsign, EmitterCategory, Measurement, Mode3A, PressureAltitude};

/// Two octets from `at`; zero where they are not (an item in a record always has its octets).
#[inline]
pub(super) fn be16(octets: &[u8], at: usize) -> u16 {
    let found = octets.get(at..).and_then(<[u8]>::first_chunk::<2>);
    found.map_or(0, |octets| u16::from_be_bytes(*octets))
}

/// Three octets from `at`.
#[inline]
pub(super) fn be24(octets: &[u8], at: usize) -> u32 {
    let found = octets.get(at..).and_then(<[u8]>::first_chunk::<3>);
    found.map_or(0, |[a, b, c]| u32::from_be_bytes([0, *a, *b, *c]))
}

/// Four octets from `at`.
#[inline]
pub(super) fn be32(octets: &[u8], at: usize) -> u32 {
    let found = octets.get(at..).and_then(<[u8]>::first_chunk::<4>);
    found.map_or(0, |octets| u32::from_be_bytes(*octets))
}

/// Two octets in two's complement.
#[inline]
pub(super) fn i16_at(octets: &[u8], at: usize) -> f64 {
    f64::from(be16(octets, at) as i16)
}

/// Three octets in two's complement.
#[inline]
pub(super) fn i24_at(octets: &[u8], at: usize) -> f64 {
    f64::from(((be24(octets, at) << 8) as i32) >> 8)
}

/// Four octets in two's complement.
#[inline]
pub(super) fn i32_at(octets: &[u8], at: usize) -> f64 {
    f64::from(be32(octets, at) as i32)
}

/// The octet `index` of an extended item; zero if it does not reach so far, as FX chains mean.
#[inline]
pub(super) fn extent(item: &[u8], index: usize) -> u8 {
    item.get(index).copied().unwrap_or(0)
}

/// I../040 RHO (steps of a NM) and THETA (360/2^16 °), clockwise from north.
pub(super) fn polar(item: &[u8], steps_per_nm: f64, elevation_rad: Option<f64>) -> Measurement {
    Measurement::Polar {
        slant_range_m: f64::from(be16(item, 0)) * (METRES_PER_NM / steps_per_nm),
        azimuth_rad: angle_16(be16(item, 2)),
        elevation_rad,
    }
}

/// A position `x_m` east and `y_m` north of the site along the ground, and `above_m` over it.
pub(super) fn polar_of(x_m: f64, y_m: f64, above_m: f64) -> Measurement {
    Measurement::Polar {
        slant_range_m: x_m.hypot(y_m).hypot(above_m),
        azimuth_rad: geodesy::wrap_tau(x_m.atan2(y_m)),
        elevation_rad: None,
    }
}

/// I001/042 and I048/042: what the radar computed from range, azimuth and level, for senders that
/// leave out I../040. The level, where it is known, makes the ground range slant again.
pub(super) fn polar_of_042(
    item: &[u8],
    steps_per_nm: f64,
    level: Option<PressureAltitude>,
) -> Measurement {
    let step_m = METRES_PER_NM / steps_per_nm;
    let above_m = level.map_or(0.0, |level| level.altitude_m);
    polar_of(i16_at(item, 0) * step_m, i16_at(item, 2) * step_m, above_m)
}

/// 360/2^16 ° in radians.
pub(super) fn angle_16(steps: u16) -> f64 {
    f64::from(steps) * (TAU / 65_536.0)
}

/// Sine and cosine of an angle of 360/2^16 °, within 1e-15: of its two octets, by the sum of two
/// angles.
#[inline]
pub(super) fn sin_cos_16(steps: u16) -> (f64, f64) {
    let [high, low] = steps.to_be_bytes().map(usize::from);
    let ((sin, cos), (sin_low, cos_low)) = (COARSE[high], FINE[low]);
    (sin * cos_low + cos * sin_low, cos * cos_low - sin * sin_low)
}

static COARSE: [(f64, f64); 256] = sines(256);
static FINE: [(f64, f64); 256] = sines(65_536);

/// Sine and cosine of 256 angles from 0 on, each the `per_turn`-th part of a turn after the last.
const fn sines(per_turn: i64) -> [(f64, f64); 256] {
    let mut table = [(0.0, 1.0); 256];
    let mut index = 0;
    while index < 256 {
        // Within an eighth of a turn of a multiple of a quarter, where the series is short.
        let quarter = (4 * index as i64 + per_turn / 2) / per_turn;
        let rest = 4 * index as i64 - quarter * per_turn;
        let x = rest as f64 / per_turn as f64 * (TAU / 4.0);
        let (mut sin, mut cos, mut term, mut n) = (0.0, 0.0, 1.0, 0);
        let mut terms = [0.0; 20];
        while n < terms.len() {
            terms[n] = term;
            n += 1;
            term *= x / n as f64;
        }
        // The smallest first.
        while n > 0 {
            n -= 1;
            let signed = if n & 2 == 0 { terms[n] } else { -terms[n] };
            if n & 1 == 0 { cos += signed } else { sin += signed }
        }
        table[index] = match quarter & 3 {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
        index += 1;
    }
    table
}

/// I../070: V and G, then L and a spare bit, then the code. Only if validated and not garbled.
pub(super) fn mode_3a(item: &[u8]) -> Option<Mode3A> {
    let bits = be16(item, 0);
    (bits & 0xc000 == 0).then(|| Mode3A::new(bits))
}

/// I001/090 and I048/090: V and G, then the flight level in two's complement of 14 bits, LSB 1/4.
/// Only if validated and not garbled.
pub(super) fn flight_level_14(item: &[u8]) -> Option<PressureAltitude> {
    let bits = be16(item, 0);
    (bits & 0xc000 == 0).then(|| quarter_levels(((bits << 2) as i16) >> 2))
}

/// A flight level in quarters, that is 25 ft.
pub(super) fn quarter_levels(quarters: i16) -> PressureAltitude {
    const STEP_M: f64 = 25.0 * METRES_PER_FOOT;
    PressureAltitude { altitude_m: f64::from(quarters) * STEP_M, step_m: STEP_M }
}

/// Three octets that ICAO allotted. Zero is nobody's (Annex 10 volume III 9.2.1): senders write it
/// for "unknown".
pub(super) fn icao_address(item: &[u8]) -> Option<Address> {
    Some(be24(item, 0)).filter(|bits| *bits != 0).map(Address::icao)
}

/// Eight characters of six bits.
#[inline]
pub(super) fn callsign(octets: &[u8]) -> Option<Callsign> {
    Callsign::from_six_bits(u64::from(be16(octets, 0)) << 32 | u64::from(be32(octets, 2)))
}

/// Of the standard deviations along two axes, that of one axis on average. Zero would claim a
/// perfect position; senders write it for "unknown".
#[inline]
pub(super) fn deviation(x: f64, y: f64) -> Option<f64> {
    Some(((x * x + y * y) / 2.0).sqrt()).filter(|sd| *sd > 0.0)
}

/// The bit of the subitem at this place of an FSPEC, from 0, for [`crate::Record::pick`].
pub(super) const fn at_place(place: u32) -> u64 {
    1 << (63 - place)
}

/// Emitter category as I021/020 and I062/380 EMC number it.
pub(super) fn emitter_category(code: u8) -> Option<EmitterCategory> {
    use EmitterCategory as E;
    Some(match code {
        1 => E::Light,
        2 => E::Small,
        3 => E::Large,
        4 => E::HighVortex,
        5 => E::Heavy,
        6 => E::HighPerformance,
        10 => E::Rotorcraft,
        11 => E::Glider,
        12 => E::LighterThanAir,
        13 => E::Unmanned,
        14 => E::Space,
        15 => E::Ultralight,
        16 => E::Parachutist,
        20 => E::SurfaceEmergency,
        21 => E::SurfaceService,
        22..=24 => E::Obstacle,
        _ => return None,
    })
}

/// Holds slots, names and octets (0 where they vary) against the editions whose number begins so.
#[cfg(test)]
pub(super) fn slots_are(category: u8, editions: &str, slots: &[(usize, &str, u16)]) {
    let known = crate::Editions::known().filter(|spec| spec.category == category);
    let known: Vec<_> = known.filter(|spec| spec.edition.starts_with(editions)).collect();
    assert!(known.len() > 3, "{}", known.len());
    for spec in known {
        assert_eq!(spec.uaps.len(), 1);
        for &(slot, name, octets) in slots {
            let crate::spec::Slot::Item(item) = spec.uaps[0].slots[slot] else { panic!("{slot}") };
            assert_eq!((item.name, item.octets), (name, octets), "{}", spec.edition);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sine_and_cosine_of_every_sixteen_bits_are_the_librarys() {
        for steps in 0..=u16::MAX {
            let ((sin, cos), (sine, cosine)) = (sin_cos_16(steps), angle_16(steps).sin_cos());
            // The angle itself is rounded to 9e-16 before the library sees it.
            assert!((sin - sine).abs() < 1e-15 && (cos - cosine).abs() < 1e-15, "{steps}");
        }
    }
}
