//! Who can see whom over a round earth.

use crate::spec::Radar;
use geodesy::{Ecef, Geodetic, LocalFrame, Polar};
use surveillance::View;

/// A place that looks out, and what hides the rest.
pub(crate) struct Sight {
    pub(crate) frame: LocalFrame,
    range_m: (f64, f64),
    view: View,
}

impl Sight {
    pub(crate) fn of_radar(radar: &Radar) -> Self {
        let site = Geodetic::from_degrees(radar.lat, radar.lon, radar.height_m);
        Self {
            frame: LocalFrame::at(site.expect("the file was checked")),
            range_m: (1e3 * radar.range_min_km, 1e3 * radar.range_max_km),
            view: radar.view(),
        }
    }

    /// What it would measure without error, if nothing is between.
    pub(crate) fn sees(&self, point: Ecef) -> Option<Polar> {
        let polar = self.frame.polar_from_ecef(point);
        let within = (self.range_m.0..=self.range_m.1).contains(&polar.slant_range_m);
        (within && self.clear(&polar, point)).then_some(polar)
    }

    fn clear(&self, polar: &Polar, point: Ecef) -> bool {
        let in_view = self.view.sees(polar.azimuth_rad, polar.elevation_rad);
        // Each sees its own horizon.
        let own_m = self.frame.origin().height_m.max(10.0);
        // Heights matter only near the horizon: the site's geodetic frame gives the target's.
        let height_m = point.to_geodetic().height_m;
        in_view
            && polar.slant_range_m
                <= geodesy::radio_horizon_m(own_m) + geodesy::radio_horizon_m(height_m)
    }
}

/// Which of these stations hear a transmitter there.
pub(crate) fn hearing(
    stations: &[[f64; 3]],
    range_km: f64,
    point: Ecef,
) -> impl Iterator<Item = usize> {
    stations.iter().enumerate().filter_map(move |(index, [lat, lon, height_m])| {
        let frame = LocalFrame::at(Geodetic::from_degrees(*lat, *lon, *height_m)?);
        let sight = Sight { frame, range_m: (0.0, 1e3 * range_km), view: View::default() };
        sight.sees(point).map(|_| index)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The radio horizon of practice: 4.12 km for the root of each height in metres.
    #[test]
    fn the_horizon_is_that_of_the_handbooks() {
        let site = Geodetic::from_degrees(64.0, -150.0, 100.0).unwrap();
        let sight = Sight {
            frame: LocalFrame::at(site),
            range_m: (0.0, 1e6),
            view: View {
                horizon_rad: [0.0_f64, 0.0, 30.0, 0.0].map(f64::to_radians).into(),
                elevation_max_rad: Some(60_f64.to_radians()),
            },
        };
        let horizon_m = 4_120.0 * (100_f64.sqrt() + 5_000_f64.sqrt());
        let at = |distance_m: f64, bearing_deg: f64| {
            let line = geodesy::Geodesic { distance_m, bearing_rad: bearing_deg.to_radians() };
            site.travel(line).at_height(5_000.0).to_ecef()
        };
        let open = Sight { frame: sight.frame, range_m: sight.range_m, view: View::default() };
        assert!(open.sees(at(0.985 * horizon_m, 45.0)).is_some());
        assert!(open.sees(at(1.015 * horizon_m, 45.0)).is_none());
        // the third of four sectors is 180° to 270°
        assert!(sight.sees(at(30_000.0, 170.0)).is_some());
        assert!(sight.sees(at(30_000.0, 190.0)).is_none());
        assert!(sight.sees(at(7_000.0, 190.0)).is_some());
        // above 60° is the cone of silence
        assert!(sight.sees(at(2_000.0, 190.0)).is_none());
    }
}
