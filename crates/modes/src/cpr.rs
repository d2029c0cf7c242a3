//! Compact position reporting (RTCA DO-260B 2.2.3.2.3.7 and appendix A 1.7; ICAO Doc 9871 C.2.6).
//!
//! A report holds latitude and longitude as fractions of a zone. Even reports divide the circle
//! into 60 latitude zones, odd ones into 59: one of each, close in time, tells which zone (global);
//! a place known to be within half a zone does too (local). Surface reports use quarter zones,
//! so their global answer is one of eight, settled by a reference. Degrees here, as in the
//! standard; pure functions, no state: pairing and plausibility live in `fixes`.

use crate::PositionDefect;

/// Latitudes in degrees at which the number of longitude zones falls from 59 to 58, from 58 to 57
/// and so on to 1: acos √((1 − cos π/30) / (1 − cos 2π/NL)), DO-260B A.1.7.2 d.
const TRANSITIONS_DEG: [f64; 58] = [
    10.470_471_299_968_48,
    14.828_174_368_686_794,
    18.186_263_570_713_354,
    21.029_394_926_028_463,
    23.545_044_865_570_706,
    25.829_247_070_587_755,
    27.938_987_101_219_045,
    29.911_356_857_318_083,
    31.772_097_076_810_77,
    33.539_934_362_984_84,
    35.228_995_977_963_85,
    36.850_251_075_935_26,
    38.412_418_924_122_56,
    39.922_566_843_338_615,
    41.386_518_322_602_39,
    42.809_140_122_435_55,
    44.194_549_514_192_744,
    45.546_267_226_602_346,
    46.867_332_524_987_454,
    48.160_391_280_966_216,
    49.427_764_392_556_87,
    50.671_501_655_538_35,
    51.893_424_691_687_684,
    53.095_161_527_960_03,
    54.278_174_722_729,
    55.443_784_444_950_43,
    56.593_187_562_059_18,
    57.727_473_538_661_14,
    58.847_637_761_484_57,
    59.954_592_766_940_294,
    61.049_177_742_463_51,
    62.132_166_592_103_29,
    63.204_274_793_819_28,
    64.266_165_225_674_4,
    65.318_453_096_820_89,
    66.361_710_083_826_17,
    67.396_467_740_846_67,
    68.423_220_220_833_3,
    69.442_426_311_440_24,
    70.454_510_749_876,
    71.459_864_730_289_82,
    72.458_845_447_289_45,
    73.451_774_416_678_65,
    74.438_934_157_251_37,
    75.420_562_566_533_56,
    76.396_843_907_944_69,
    77.367_894_613_281_88,
    78.333_740_829_227_47,
    79.294_282_254_569_25,
    80.249_232_132_805_12,
    81.198_013_492_719_48,
    82.139_569_805_106_06,
    83.071_994_447_198_14,
    83.991_735_629_805_65,
    84.891_661_907_020_85,
    85.755_416_209_444_18,
    86.535_369_975_121,
    87.0,
];

/// Number of longitude zones at a latitude: 59 at the equator, 2 at exactly ±87°, 1 beyond.
pub(crate) fn longitude_zones(latitude_deg: f64) -> i32 {
    let latitude_deg = latitude_deg.abs();
    let passed = TRANSITIONS_DEG.partition_point(|transition| *transition < latitude_deg);
    59 - passed as i32
}

/// Even or odd report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parity {
    Even,
    Odd,
}

impl Parity {
    pub(crate) const fn of(odd: bool) -> Self {
        if odd { Self::Odd } else { Self::Even }
    }

    const fn number(self) -> i32 {
        match self {
            Self::Even => 0,
            Self::Odd => 1,
        }
    }
}

/// The circle that the zones divide: 360° in the air, 90° on the surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span {
    Airborne,
    Surface,
}

impl Span {
    const fn degrees(self) -> f64 {
        match self {
            Self::Airborne => 360.0,
            Self::Surface => 90.0,
        }
    }
}

/// Encoded latitude and longitude as fractions of a zone, in [0, 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fractions {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
}

impl Fractions {
    /// From two 17-bit numbers.
    pub(crate) fn from_17_bits(latitude: u32, longitude: u32) -> Self {
        const ONE: f64 = (1 << 17) as f64;
        Self { latitude: f64::from(latitude) / ONE, longitude: f64::from(longitude) / ONE }
    }
}

/// Latitude and longitude, degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Degrees {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
}

/// The place of the later one of an even and an odd airborne report.
pub(crate) fn airborne_global(
    even: Fractions,
    odd: Fractions,
    latest: Parity,
) -> Result<Degrees, PositionDefect> {
    let [even_deg, odd_deg] = pair_latitudes(even, odd, Span::Airborne)
        .map(|latitude| if latitude >= 270.0 { latitude - 360.0 } else { latitude });
    if even_deg.abs() > 90.0 || odd_deg.abs() > 90.0 {
        return Err(PositionDefect::BadLatitude);
    }
    let (latitude, longitude) =
        finish_pair(even, odd, [even_deg, odd_deg], latest, Span::Airborne)?;
    Ok(Degrees { latitude, longitude: wrap_degrees(longitude) })
}

/// The place of the later one of an even and an odd surface report: of the eight possible ones,
/// the nearest to `reference`.
pub(crate) fn surface_global(
    even: Fractions,
    odd: Fractions,
    latest: Parity,
    reference: Degrees,
) -> Result<Degrees, PositionDefect> {
    let northern = pair_latitudes(even, odd, Span::Surface);
    let at = |latitudes: [f64; 2]| latitudes[latest.number() as usize];
    let south_is_nearer = (at(northern) - 90.0 - reference.latitude).abs()
        < (at(northern) - reference.latitude).abs();
    let latitudes = if south_is_nearer { northern.map(|l| l - 90.0) } else { northern };
    let (latitude, longitude) = finish_pair(even, odd, latitudes, latest, Span::Surface)?;
    let quarters = ((reference.longitude - longitude) / 90.0).round();
    Ok(Degrees { latitude, longitude: wrap_degrees(longitude + 90.0 * quarters) })
}

/// Latitudes of the even and the odd report, in [0, span).
fn pair_latitudes(even: Fractions, odd: Fractions, span: Span) -> [f64; 2] {
    let zone = (59.0 * even.latitude - 60.0 * odd.latitude + 0.5).floor() as i32;
    [
        span.degrees() / 60.0 * (f64::from(zone.rem_euclid(60)) + even.latitude),
        span.degrees() / 59.0 * (f64::from(zone.rem_euclid(59)) + odd.latitude),
    ]
}

/// Latitude and longitude (in [0, span)) of the later report.
fn finish_pair(
    even: Fractions,
    odd: Fractions,
    [even_deg, odd_deg]: [f64; 2],
    latest: Parity,
    span: Span,
) -> Result<(f64, f64), PositionDefect> {
    let zones = longitude_zones(even_deg);
    if zones != longitude_zones(odd_deg) {
        return Err(PositionDefect::ZoneMismatch);
    }
    let (latitude, fraction) = match latest {
        Parity::Even => (even_deg, even.longitude),
        Parity::Odd => (odd_deg, odd.longitude),
    };
    let count = (zones - latest.number()).max(1);
    let zone = (even.longitude * f64::from(zones - 1) - odd.longitude * f64::from(zones) + 0.5)
        .floor() as i32;
    let longitude =
        span.degrees() / f64::from(count) * (f64::from(zone.rem_euclid(count)) + fraction);
    Ok((latitude, longitude))
}

/// The place of a report within half a zone of `reference`.
pub(crate) fn local(
    report: Fractions,
    parity: Parity,
    span: Span,
    reference: Degrees,
) -> Result<Degrees, PositionDefect> {
    let zone_deg = span.degrees() / f64::from(60 - parity.number());
    let latitude = nearest(report.latitude, zone_deg, reference.latitude);
    if latitude.abs() > 90.0 {
        return Err(PositionDefect::BadLatitude);
    }
    let count = (longitude_zones(latitude) - parity.number()).max(1);
    let longitude =
        nearest(report.longitude, span.degrees() / f64::from(count), reference.longitude);
    Ok(Degrees { latitude, longitude: wrap_degrees(longitude) })
}

/// The angle with this fraction of a zone that is nearest to `reference`.
fn nearest(fraction: f64, zone_deg: f64, reference: f64) -> f64 {
    let zone = (reference / zone_deg - fraction + 0.5).floor();
    zone_deg * (zone + fraction)
}

fn wrap_degrees(longitude: f64) -> f64 {
    if longitude > 180.0 {
        longitude - 360.0
    } else if longitude <= -180.0 {
        longitude + 360.0
    } else {
        longitude
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The encoder of DO-260B A.1.7.3, as worded there; 17 bits.
    fn encode(at: Degrees, parity: Parity, span: Span) -> Fractions {
        let scale = if span == Span::Surface { 4.0 } else { 1.0 };
        let i = f64::from(parity.number());
        let modulo = |x: f64, y: f64| x - y * (x / y).floor();
        let bits = 131_072.0;
        let lat_zone_deg = 360.0 / (60.0 - i);
        let yz = (bits * scale * modulo(at.latitude, lat_zone_deg) / lat_zone_deg + 0.5).floor();
        let recovered = lat_zone_deg * (yz / (bits * scale) + (at.latitude / lat_zone_deg).floor());
        let count = (longitude_zones(recovered) - parity.number()).max(1);
        let lon_zone_deg = 360.0 / f64::from(count);
        let xz = (bits * scale * modulo(at.longitude, lon_zone_deg) / lon_zone_deg + 0.5).floor();
        Fractions::from_17_bits(modulo(yz, bits) as u32, modulo(xz, bits) as u32)
    }

    fn apart_deg(a: Degrees, b: Degrees) -> (f64, f64) {
        let turn = (a.longitude - b.longitude).rem_euclid(360.0);
        ((a.latitude - b.latitude).abs(), turn.min(360.0 - turn))
    }

    #[test]
    fn zone_transitions_are_those_of_the_formula() {
        for (passed, transition_deg) in TRANSITIONS_DEG.iter().enumerate() {
            let zones = 59.0 - passed as f64;
            let nearer = 1.0 - (std::f64::consts::PI / 30.0).cos();
            let by_formula_deg =
                (nearer / (1.0 - (std::f64::consts::TAU / zones).cos())).sqrt().acos().to_degrees();
            assert!((transition_deg - by_formula_deg).abs() < 1e-11, "{zones} zones");
        }
    }

    #[test]
    fn zone_transitions_are_those_published() {
        // DO-260B A.1.7.2 d, note 5: the table's values to eight decimals, some of each end.
        let check = |zones: i32, published_deg: f64| {
            let at = TRANSITIONS_DEG[(59 - zones) as usize];
            assert!((at - published_deg).abs() < 5.1e-9, "{zones} zones: {at}");
            assert_eq!(longitude_zones(published_deg - 1e-7), zones);
            assert_eq!(longitude_zones(-(published_deg + 1e-7)), zones - 1);
        };
        check(59, 10.470_471_30);
        check(58, 14.828_174_37);
        check(57, 18.186_263_57);
        check(45, 41.386_518_32);
        check(31, 58.847_637_76);
        check(30, 59.954_592_77);
        check(4, 85.755_416_21);
        check(3, 86.535_369_98);
        assert_eq!(longitude_zones(0.0), 59);
        assert_eq!(longitude_zones(87.0), 2);
        assert_eq!(longitude_zones(-87.0), 2);
        assert_eq!(longitude_zones(87.000_001), 1);
        assert_eq!(longitude_zones(90.0), 1);
    }

    #[test]
    fn a_pair_across_a_zone_boundary_is_refused() {
        let south = Degrees { latitude: 10.470_3, longitude: 20.0 };
        let north = Degrees { latitude: 10.470_7, longitude: 20.0 };
        let even = encode(south, Parity::Even, Span::Airborne);
        let odd = encode(north, Parity::Odd, Span::Airborne);
        let found = airborne_global(even, odd, Parity::Odd);
        assert_eq!(found, Err(PositionDefect::ZoneMismatch));
    }

    proptest! {
        #[test]
        fn a_pair_gives_back_the_place_anywhere_in_the_air(
            latitude in -90.0..=90.0_f64, longitude in -180.0..180.0_f64, odd_last: bool,
        ) {
            let at = Degrees { latitude, longitude };
            let even = encode(at, Parity::Even, Span::Airborne);
            let odd = encode(at, Parity::Odd, Span::Airborne);
            // Within rounding of a boundary the two may rightly disagree on the zone.
            if let Ok(found) = airborne_global(even, odd, Parity::of(odd_last)) {
                let (north, east) = apart_deg(found, at);
                prop_assert!(north < 3e-5, "{found:?}");
                prop_assert!(east * latitude.to_radians().cos() < 1e-4, "{found:?}");
            } else {
                let edge = TRANSITIONS_DEG.iter().any(|t| (t - latitude.abs()).abs() < 1e-4);
                prop_assert!(edge || latitude.abs() > 89.99);
            }
        }

        #[test]
        fn a_pair_gives_back_the_place_anywhere_on_the_ground(
            latitude in -86.0..=86.0_f64, longitude in -180.0..180.0_f64,
            (off_north, off_east) in (-0.4..0.4_f64, -0.4..0.4_f64), odd_last: bool,
        ) {
            let at = Degrees { latitude, longitude };
            let near = Degrees { latitude: latitude + off_north, longitude: longitude + off_east };
            let even = encode(at, Parity::Even, Span::Surface);
            let odd = encode(at, Parity::Odd, Span::Surface);
            if let Ok(found) = surface_global(even, odd, Parity::of(odd_last), near) {
                let (north, east) = apart_deg(found, at);
                prop_assert!(north < 1e-5 && east < 2e-4, "{found:?}");
            } else {
                let edge = TRANSITIONS_DEG.iter().any(|t| (t - latitude.abs()).abs() < 1e-4);
                prop_assert!(edge);
            }
        }

        #[test]
        fn one_report_gives_back_the_place_near_a_reference(
            latitude in -86.0..=86.0_f64, longitude in -180.0..180.0_f64,
            (off_north, off_east) in (-2.9..2.9_f64, -2.9..2.9_f64), odd: bool,
        ) {
            let at = Degrees { latitude, longitude };
            let near = Degrees { latitude: latitude + off_north, longitude: longitude + off_east };
            let parity = Parity::of(odd);
            let found = local(encode(at, parity, Span::Airborne), parity, Span::Airborne, near);
            let (north, east) = apart_deg(found.unwrap(), at);
            prop_assert!(north < 3e-5 && east < 8e-4, "{found:?}");
        }

        #[test]
        fn any_numbers_give_a_place_on_earth_or_a_named_defect(
            e_lat in 0_u32..131_072, e_lon in 0_u32..131_072,
            o_lat in 0_u32..131_072, o_lon in 0_u32..131_072,
            latitude in -90.0..=90.0_f64, longitude in -180.0..=180.0_f64, odd: bool,
        ) {
            let even = Fractions::from_17_bits(e_lat, e_lon);
            let other = Fractions::from_17_bits(o_lat, o_lon);
            let near = Degrees { latitude, longitude };
            let parity = Parity::of(odd);
            let found = [
                airborne_global(even, other, parity),
                surface_global(even, other, parity, near),
                local(even, parity, Span::Airborne, near),
                local(even, parity, Span::Surface, near),
            ];
            for place in found.into_iter().flatten() {
                prop_assert!(place.latitude.abs() <= 90.0 && place.longitude.abs() <= 180.0);
            }
        }
    }
}
