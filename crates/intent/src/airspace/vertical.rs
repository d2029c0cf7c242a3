//! Limits in height, and whether what is known of a height decides them.
//!
//! Each question becomes an interval in which the height must lie, by what is known; a limit that
//! falls inside the interval is not decided. Where the quantity itself is known the interval is
//! that one number.

use super::Answer;
use geodesy::units::METRES_PER_FOOT;
use std::fmt;

/// Mean-sea-level pressure of the standard atmosphere, hPa.
const STANDARD_HPA: f64 = 1013.25;
/// Lowest and highest sea-level pressure that are expected anywhere, hPa: the records at land
/// stations are 870 (Typhoon Tip, 1979) and 1084 (Agata, 1968, reduced to sea level).
const PRESSURE_HPA: (f64, f64) = (870.0, 1084.0);
/// Metres a hectopascal near sea level in the standard atmosphere, rounded up for its lower half.
const METRES_PER_HPA: f64 = 8.5;
/// Part of the height by which a column warmer or colder than the standard atmosphere's misleads an
/// altimeter: 4 % for each 10 °C, and columns differ by up to 30 °C from the standard.
const TEMPERATURE_SHARE: f64 = 0.12;
/// Lowest and highest height of the geoid over the ellipsoid (EGM96), metres.
const UNDULATION_M: (f64, f64) = (-107.0, 86.0);
/// Lowest and highest ground, metres over the sea: the Dead Sea's shore and Everest.
const GROUND_M: (f64, f64) = (-440.0, 8_850.0);

/// One limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// The ground or water.
    Surface,
    /// Metres above mean sea level.
    Amsl(f64),
    /// Metres above the ground below.
    Agl(f64),
    /// Flight level: metres on the standard atmosphere (1013.25 hPa).
    FlightLevel(f64),
    /// No limit.
    Unlimited,
}

/// Lower and upper limit. The lower one is inside, the upper one is not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// From here.
    pub lower: Limit,
    /// Up to here.
    pub upper: Limit,
}

/// What is known of how high something is. A field that is not finite counts as not known.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Heights {
    /// Height above the WGS-84 ellipsoid, metres.
    pub geometric_m: Option<f64>,
    /// Height of the geoid above the ellipsoid there (EGM96 or EGM2008), metres. Without it a
    /// geometric height tells height above the sea only to some hundred metres.
    pub undulation_m: Option<f64>,
    /// Pressure altitude on the standard atmosphere, metres.
    pub pressure_altitude_m: Option<f64>,
    /// Sea-level pressure there (QNH), hPa. With it a pressure altitude tells altitude as an
    /// altimeter does, which is what limits above the sea are flown by.
    pub qnh_hpa: Option<f64>,
    /// Ground below, metres above mean sea level.
    pub ground_m: Option<f64>,
    /// On the ground, as the target says.
    pub on_ground: bool,
}

/// Where a height may be, metres: not below `.0`, not above `.1`.
type Span = (f64, f64);

const ANYWHERE: Span = (f64::NEG_INFINITY, f64::INFINITY);

impl Limits {
    /// From the ground without end.
    pub const ALL: Limits = Limits { lower: Limit::Surface, upper: Limit::Unlimited };

    /// Whether something at `heights` is between the limits.
    pub fn answer(&self, heights: &Heights) -> Answer {
        let reached = heights.reached(self.lower);
        let passed = heights.reached(self.upper);
        let below_upper = match passed {
            Answer::Inside => Answer::Outside,
            Answer::Unknown => Answer::Unknown,
            Answer::Outside => Answer::Inside,
        };
        reached.and(below_upper)
    }

    /// Whether the upper limit is at or below the lower one for certain: both of one reference.
    pub(super) fn upside_down(&self) -> bool {
        match (self.lower, self.upper) {
            (_, Limit::Surface) | (Limit::Unlimited, _) => true,
            (Limit::Surface, Limit::Agl(upper)) => upper <= 0.0,
            (Limit::Amsl(lower), Limit::Amsl(upper))
            | (Limit::Agl(lower), Limit::Agl(upper))
            | (Limit::FlightLevel(lower), Limit::FlightLevel(upper)) => upper <= lower,
            _ => false,
        }
    }
}

impl Heights {
    /// The same, `metres` higher: every height that is known moves, the ground does not.
    #[must_use]
    pub fn raised(&self, metres: f64) -> Heights {
        Heights {
            geometric_m: self.geometric_m.map(|height| height + metres),
            pressure_altitude_m: self.pressure_altitude_m.map(|height| height + metres),
            ..*self
        }
    }

    /// Whether the height is at or above the limit.
    fn reached(&self, limit: Limit) -> Answer {
        let at_least = |span: Span, limit_m: f64| {
            if span.0 >= limit_m {
                Answer::Inside
            } else if span.1 < limit_m {
                Answer::Outside
            } else {
                Answer::Unknown
            }
        };
        match limit {
            Limit::Surface => Answer::Inside,
            Limit::Unlimited => Answer::Outside,
            Limit::Amsl(limit_m) => at_least(self.above_sea(), limit_m),
            Limit::Agl(limit_m) => at_least(self.above_ground(), limit_m),
            Limit::FlightLevel(limit_m) => at_least(self.on_standard(), limit_m),
        }
    }

    /// How far, in metres of climb, the height is from where the answer about `limit` may change:
    /// the near and the far end of what is not decided. `None` where no climb changes it.
    pub(super) fn climb_to(&self, limit: Limit) -> Option<Span> {
        let (span, limit_m) = match limit {
            Limit::Surface | Limit::Unlimited => return None,
            Limit::Amsl(limit_m) => (self.above_sea(), limit_m),
            Limit::Agl(limit_m) => (self.above_ground(), limit_m),
            Limit::FlightLevel(limit_m) => (self.on_standard(), limit_m),
        };
        (span.0.is_finite() && span.1.is_finite()).then_some((limit_m - span.1, limit_m - span.0))
    }

    fn above_sea(&self) -> Span {
        let geometric = finite(self.geometric_m);
        let by_geometry = geometric.map(|height| match finite(self.undulation_m) {
            Some(undulation) => (height - undulation, height - undulation),
            None => (height - UNDULATION_M.1, height - UNDULATION_M.0),
        });
        let by_pressure =
            finite(self.pressure_altitude_m).map(|altitude| match finite(self.qnh_hpa) {
                Some(qnh) => {
                    let height = altitude + altimeter_shift_m(qnh);
                    (height, height)
                }
                None => {
                    let warmth = TEMPERATURE_SHARE * altitude.max(0.0);
                    (
                        altitude + (PRESSURE_HPA.0 - STANDARD_HPA) * METRES_PER_HPA - warmth,
                        altitude + (PRESSURE_HPA.1 - STANDARD_HPA) * METRES_PER_HPA + warmth,
                    )
                }
            });
        let on_ground = self.on_ground.then(|| finite(self.ground_m).map_or(GROUND_M, |g| (g, g)));
        narrowest([on_ground, by_pressure, by_geometry])
    }

    fn above_ground(&self) -> Span {
        if self.on_ground {
            return (0.0, 0.0);
        }
        let (low, high) = self.above_sea();
        match finite(self.ground_m) {
            Some(ground) => (low - ground, high - ground),
            None => ((low - GROUND_M.1).max(0.0), (high - GROUND_M.0).max(0.0)),
        }
    }

    fn on_standard(&self) -> Span {
        if let Some(altitude) = finite(self.pressure_altitude_m) {
            return (altitude, altitude);
        }
        let (low, high) = self.above_sea();
        if let Some(qnh) = finite(self.qnh_hpa) {
            let warmth = TEMPERATURE_SHARE * high.max(0.0);
            return (low - altimeter_shift_m(qnh) - warmth, high - altimeter_shift_m(qnh) + warmth);
        }
        let warmth = TEMPERATURE_SHARE * high.max(0.0);
        (
            low - (PRESSURE_HPA.1 - STANDARD_HPA) * METRES_PER_HPA - warmth,
            high - (PRESSURE_HPA.0 - STANDARD_HPA) * METRES_PER_HPA + warmth,
        )
    }
}

/// How much higher an altimeter set to `qnh_hpa` shows than one set to the standard, metres: the
/// difference of the two settings' pressure altitudes, ICAO Doc 7488 troposphere.
fn altimeter_shift_m(qnh_hpa: f64) -> f64 {
    44_330.77 * ((qnh_hpa / STANDARD_HPA).powf(0.190_263) - 1.0)
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

/// The span that says most, the first of equals.
fn narrowest(spans: [Option<Span>; 3]) -> Span {
    let width = |span: &Span| span.1 - span.0;
    spans
        .into_iter()
        .flatten()
        .reduce(|best, next| if width(&next) < width(&best) { next } else { best })
        .unwrap_or(ANYWHERE)
}

impl fmt::Display for Limit {
    /// `GND`, `4500 ft MSL`, `1500 ft AGL`, `FL095`, `UNL`: feet, as charts write them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Surface => f.write_str("GND"),
            Limit::Amsl(metres) => write!(f, "{:.0} ft MSL", metres / METRES_PER_FOOT),
            Limit::Agl(metres) => write!(f, "{:.0} ft AGL", metres / METRES_PER_FOOT),
            Limit::FlightLevel(metres) => {
                write!(f, "FL{:03.0}", metres / METRES_PER_FOOT / 100.0)
            }
            Limit::Unlimited => f.write_str("UNL"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNKNOWN: Heights = Heights {
        geometric_m: None,
        undulation_m: None,
        pressure_altitude_m: None,
        qnh_hpa: None,
        ground_m: None,
        on_ground: false,
    };

    fn between(lower: Limit, upper: Limit) -> Limits {
        Limits { lower, upper }
    }

    fn feet(feet: f64) -> f64 {
        feet * METRES_PER_FOOT
    }

    #[test]
    fn a_flight_level_is_decided_by_pressure_altitude_to_the_foot() {
        let limits = between(Limit::FlightLevel(feet(9_500.0)), Limit::FlightLevel(feet(24_500.0)));
        let check = |altitude_ft: f64, expected| {
            let heights = Heights { pressure_altitude_m: Some(feet(altitude_ft)), ..UNKNOWN };
            assert_eq!(limits.answer(&heights), expected, "{altitude_ft} ft");
        };
        check(9_475.0, Answer::Outside);
        check(9_500.0, Answer::Inside);
        check(24_475.0, Answer::Inside);
        check(24_500.0, Answer::Outside);
    }

    #[test]
    fn a_height_without_its_reference_is_unknown_near_the_limit_and_decided_far_from_it() {
        let below_level = between(Limit::Surface, Limit::FlightLevel(feet(10_000.0)));
        let geometric = |metres: f64| Heights {
            geometric_m: Some(metres),
            undulation_m: Some(-40.0),
            ..UNKNOWN
        };
        assert_eq!(below_level.answer(&geometric(1_000.0)), Answer::Inside);
        assert_eq!(below_level.answer(&geometric(3_000.0)), Answer::Unknown);
        assert_eq!(below_level.answer(&geometric(8_000.0)), Answer::Outside);
    }

    #[test]
    fn nothing_known_decides_only_what_needs_nothing() {
        assert_eq!(Limits::ALL.answer(&UNKNOWN), Answer::Inside);
        let from_sea = between(Limit::Amsl(500.0), Limit::Unlimited);
        assert_eq!(from_sea.answer(&UNKNOWN), Answer::Unknown);
        let nan = Heights { geometric_m: Some(f64::NAN), ..UNKNOWN };
        assert_eq!(from_sea.answer(&nan), Answer::Unknown);
    }

    #[test]
    fn height_above_ground_needs_the_ground_unless_it_is_far_above_any() {
        let low = between(Limit::Surface, Limit::Agl(120.0));
        let at = |metres: f64, ground_m: Option<f64>| Heights {
            geometric_m: Some(metres - 40.0),
            undulation_m: Some(-40.0),
            ground_m,
            ..UNKNOWN
        };
        assert_eq!(low.answer(&at(900.0, Some(800.0))), Answer::Inside);
        assert_eq!(low.answer(&at(950.0, Some(800.0))), Answer::Outside);
        assert_eq!(low.answer(&at(900.0, None)), Answer::Unknown);
        assert_eq!(low.answer(&at(9_500.0, None)), Answer::Outside);
        let landed = Heights { on_ground: true, ..UNKNOWN };
        assert_eq!(low.answer(&landed), Answer::Inside);
    }

    #[test]
    fn qnh_turns_a_pressure_altitude_into_an_altitude() {
        // ICAO Doc 7488: 1 hPa is 8.3 m near sea level; 1003.25 hPa shows 83 m less.
        let heights =
            Heights { pressure_altitude_m: Some(1_000.0), qnh_hpa: Some(1003.25), ..UNKNOWN };
        let limit = |metres| between(Limit::Amsl(metres), Limit::Unlimited).answer(&heights);
        assert_eq!(limit(915.0), Answer::Inside);
        assert_eq!(limit(918.0), Answer::Outside);
        let without = Heights { qnh_hpa: None, ..heights };
        assert_eq!(between(Limit::Amsl(915.0), Limit::Unlimited).answer(&without), Answer::Unknown);
    }

    #[test]
    fn limits_read_as_charts_write_them() {
        assert_eq!(Limit::FlightLevel(feet(9_500.0)).to_string(), "FL095");
        assert_eq!(Limit::Amsl(feet(4_500.0)).to_string(), "4500 ft MSL");
    }
}
