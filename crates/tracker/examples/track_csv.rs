//! Tracks a scenario of plots: `track_csv SCENARIO_DIR OUT.csv`.
//!
//! Reads `plots.csv.gz` and `meta.json` in the order of arrival and writes
//! `t,track_id,lat,lon,h_m,ve,vn,vu` (degrees, metres, m/s) for each confirmed track at each grid
//! time, from plots that had arrived by then.

#[path = "../tests/common/mod.rs"]
mod common;

use common::Scenario;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use surveillance::Time;
use tracker::{Estimated, Tracker, TrackerConfig};

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, out] = &arguments[..] else {
        return Err(std::io::Error::other("usage: track_csv SCENARIO_DIR OUT.csv"));
    };
    let scenario = Scenario::read(Path::new(folder));
    let config = TrackerConfig { output_interval_s: None, ..TrackerConfig::default() };
    let mut tracker = Tracker::new(config);
    scenario.sensors.iter().for_each(|sensor| tracker.set_sensor(sensor.clone()));
    let mut out = BufWriter::new(File::create(out)?);
    writeln!(out, "t,track_id,lat,lon,h_m,ve,vn,vu")?;
    let mut events = Vec::new();
    let mut rest = &scenario.plots[..];
    let mut t = 0.0;
    while t <= scenario.duration_s {
        let now = Time::from_unix_seconds(t);
        let arrived = rest.partition_point(|plot| plot.received <= now);
        tracker.observe(&rest[..arrived], &mut events);
        rest = &rest[arrived..];
        tracker.flush(&mut events);
        tracker.advance(now, &mut events);
        events.clear();
        write_tracks(&tracker, t, now, &mut out)?;
        t += scenario.grid_s;
    }
    show_registration(&tracker);
    Ok(())
}

/// What the radars were found to measure too much, on standard error.
#[expect(clippy::print_stderr, reason = "a word to whoever runs the example")]
fn show_registration(tracker: &Tracker) {
    for r in tracker.registration() {
        let degrees = |e: Estimated| (e.value.to_degrees(), e.sd.to_degrees());
        let (azimuth, azimuth_sd) = degrees(r.azimuth_rad);
        let (elevation, elevation_sd) = degrees(r.elevation_rad.unwrap_or_default());
        eprintln!(
            "{} range {:.0}±{:.0} m gain {:.0}±{:.0} ppm azimuth {azimuth:.3}±{azimuth_sd:.3}° \
             elevation {elevation:.3}±{elevation_sd:.3}° time {:.3}±{:.3} s site {:.0},{:.0} m, \
             {} samples against {:?}, misfit {:.2}, applied {}",
            r.sensor,
            r.range_m.value,
            r.range_m.sd,
            r.range_gain.value * 1e6,
            r.range_gain.sd * 1e6,
            r.time_s.value,
            r.time_s.sd,
            r.site_m[0].value,
            r.site_m[1].value,
            r.samples,
            r.against,
            r.misfit,
            r.applied
        );
    }
}

fn write_tracks(tracker: &Tracker, t: f64, now: Time, out: &mut impl Write) -> std::io::Result<()> {
    for track in tracker.tracks() {
        let track = track.at(Some(now));
        let (p, v) = (track.position, track.velocity);
        writeln!(
            out,
            "{t:.1},{},{:.7},{:.7},{:.1},{:.2},{:.2},{:.2}",
            track.number.0,
            p.latitude_deg(),
            p.longitude_deg(),
            p.height_m,
            v.east,
            v.north,
            v.up
        )?;
    }
    Ok(())
}
