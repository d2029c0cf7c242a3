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
use tracker::{Tracker, TrackerConfig};

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
    Ok(())
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
