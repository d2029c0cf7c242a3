//! What happened when, a line a minute, for whoever looks back: how many tracks, alerts that opened, feeds
//! that brought nothing. Minutes in which the node did not run are missing.
//!
//! Beside a recording it is kept in a file of its own, one JSON object a line. It says nothing that the
//! recording does not: a line that was lost is a gap on the screen and no more.

use crate::metrics::Metrics;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use surveillance::Time;

/// Minutes that are remembered: a day.
pub const MINUTES_MAX: usize = 24 * 60;
/// Names of feeds that one minute holds.
const DOWN_MAX: usize = 16;
/// The file in the recording's folder.
const FILE: &str = "timeline.jsonl";
/// Octets from which on the file is begun anew with the minutes that are remembered.
const FILE_MAX: u64 = 1 << 20;
const MINUTE_S: i64 = 60;

/// One minute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minute {
    /// When it began, seconds since 1970, UTC.
    pub at: i64,
    /// Most tracks at one time.
    pub tracks: u32,
    /// Alerts that opened: advisories, cautions, warnings.
    pub opened: [u32; 3],
    /// Feeds whose stream did not stand at one time or another, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub down: Vec<String>,
}

/// The last day.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    minutes: VecDeque<Minute>,
    /// The minute that is under way.
    current: Option<Minute>,
    /// What had opened when it was looked last.
    opened: Option<[u64; 3]>,
}

impl Timeline {
    /// Goes on after `minutes`, oldest first.
    pub fn new(minutes: Vec<Minute>) -> Self {
        let mut timeline = Self::default();
        minutes.into_iter().for_each(|minute| timeline.push(minute));
        timeline
    }

    /// Takes note of how things are at `now`; gives the minute that is over with that.
    pub fn note(&mut self, now: Time, metrics: &Metrics) -> Option<Minute> {
        let at = seconds(now).div_euclid(MINUTE_S) * MINUTE_S;
        let over = self.current.take_if(|minute| minute.at != at);
        let minute = self.current.get_or_insert_with(|| Minute { at, ..Minute::default() });
        minute.tracks = minute.tracks.max(u32::try_from(metrics.tracks).unwrap_or(u32::MAX));
        let opened = metrics.alerts.opened_by;
        let before = self.opened.replace(opened).unwrap_or(opened);
        for (sum, (now, before)) in minute.opened.iter_mut().zip(opened.iter().zip(before)) {
            let more = u32::try_from(now.saturating_sub(before)).unwrap_or(u32::MAX);
            *sum = sum.saturating_add(more);
        }
        for feed in metrics.feeds.iter().filter(|feed| !feed.connected) {
            if minute.down.len() < DOWN_MAX && !minute.down.contains(&feed.name) {
                minute.down.push(feed.name.clone());
            }
        }
        self.push(over.clone()?);
        over
    }

    fn push(&mut self, minute: Minute) {
        // After a step of the clock back the later ones were never, as far as anybody can tell.
        while self.minutes.back().is_some_and(|last| last.at >= minute.at) {
            self.minutes.pop_back();
        }
        if self.minutes.len() >= MINUTES_MAX {
            self.minutes.pop_front();
        }
        self.minutes.push_back(minute);
    }

    /// The minutes from `since` on, with the one that is under way.
    pub fn since(&self, since: Time) -> Vec<Minute> {
        let all = self.minutes.iter().chain(&self.current);
        all.filter(|minute| minute.at + MINUTE_S > seconds(since)).cloned().collect()
    }
}

fn seconds(time: Time) -> i64 {
    time.unix_millis().div_euclid(1000)
}

/// The file of minutes in a recording's folder.
#[derive(Debug, Clone)]
pub struct MinutesFile(PathBuf);

impl MinutesFile {
    /// In this folder.
    pub fn of(folder: &Path) -> Self {
        Self(folder.join(FILE))
    }

    /// What it has of the last day, oldest first; lines that are none are passed over.
    pub fn read(&self) -> Vec<Minute> {
        self.tail().unwrap_or_default()
    }

    fn tail(&self) -> io::Result<Vec<Minute>> {
        let mut file = std::fs::File::open(&self.0)?;
        let begins = file.metadata()?.len().saturating_sub(FILE_MAX);
        file.seek(SeekFrom::Start(begins))?;
        let mut bytes = Vec::new();
        file.take(FILE_MAX).read_to_end(&mut bytes)?;
        let lines = bytes.split(|byte| *byte == b'\n');
        let mut minutes: Vec<Minute> =
            lines.filter_map(|line| serde_json::from_slice(line).ok()).collect();
        minutes.drain(..minutes.len().saturating_sub(MINUTES_MAX));
        Ok(minutes)
    }

    /// Adds one.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn append(&self, minute: &Minute) -> io::Result<()> {
        let length = std::fs::metadata(&self.0).map_or(0, |metadata| metadata.len());
        if length >= FILE_MAX {
            // The newest of it, so that it is not due again with the next minute.
            let mut lines: Vec<String> = self.read().iter().rev().map(line).collect();
            let mut bytes = 0;
            let mut fits = |line: &String| {
                bytes += line.len() as u64;
                bytes <= FILE_MAX / 2
            };
            let count = lines.iter().take_while(|line| fits(line)).count();
            lines.truncate(count);
            let text: String = lines.into_iter().rev().collect();
            let anew = self.0.with_extension("new");
            std::fs::write(&anew, text)?;
            std::fs::rename(&anew, &self.0)?;
        }
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&self.0)?;
        file.write_all(line(minute).as_bytes())
    }
}

/// On a line of its own, be the one before torn by a crash.
fn line(minute: &Minute) -> String {
    format!("\n{}\n", serde_json::to_string(minute).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{AlertFigures, FeedMetrics};

    fn metrics(tracks: u64, opened_by: [u64; 3], connected: bool) -> Metrics {
        let feed = FeedMetrics { name: "hill".into(), connected, ..FeedMetrics::default() };
        let alerts = AlertFigures { opened_by, ..AlertFigures::default() };
        Metrics { feeds: vec![feed], tracks, alerts, ..Metrics::default() }
    }

    fn at(seconds: f64) -> Time {
        let midnight: Time = "2026-11-28T00:00:00Z".parse().expect("an instant");
        midnight.plus_seconds(seconds)
    }

    #[test]
    fn a_minute_holds_the_most_tracks_what_opened_and_who_was_silent() {
        let mut timeline = Timeline::default();
        // What had opened before it began is nobody's minute.
        assert_eq!(timeline.note(at(1.0), &metrics(10, [5, 0, 1], true)), None);
        assert_eq!(timeline.note(at(30.0), &metrics(40, [5, 2, 1], false)), None);
        assert_eq!(timeline.note(at(59.9), &metrics(20, [6, 2, 1], true)), None);
        let over = timeline.note(at(60.0), &metrics(7, [6, 2, 3], true)).expect("a minute is over");
        let begins = seconds(at(0.0));
        let down = vec!["hill".to_owned()];
        assert_eq!(over, Minute { at: begins, tracks: 40, opened: [1, 2, 0], down });
        let now = Minute { at: begins + 60, tracks: 7, opened: [0, 0, 2], down: Vec::new() };
        assert_eq!(timeline.since(at(0.0)), [over, now.clone()]);
        assert_eq!(timeline.since(at(60.0)), [now]);
    }

    #[test]
    fn a_day_is_remembered_and_no_more_and_a_clock_set_back_takes_later_minutes_away() {
        let minute = |n: i64| Minute { at: n * 60, ..Minute::default() };
        let timeline = Timeline::new((0..2_000).map(minute).collect());
        let all = timeline.since(Time::EPOCH);
        assert_eq!((all.len(), all[0].at), (MINUTES_MAX, (2_000 - MINUTES_MAX as i64) * 60));
        let back = Timeline::new(vec![minute(1), minute(9), minute(5)]).since(Time::EPOCH);
        assert_eq!(back, [minute(1), minute(5)]);
    }

    #[test]
    fn the_file_outlasts_what_is_cut_off_or_strange_in_it_and_does_not_grow_for_ever() {
        let folder = std::env::temp_dir().join(format!("entente-timeline-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = MinutesFile::of(&folder);
        assert_eq!(file.read(), []);
        let minute = |n: i64| Minute { at: n * 60, tracks: 3, ..Minute::default() };
        file.append(&minute(1)).expect("it is written");
        let mut text = std::fs::read_to_string(folder.join(FILE)).expect("text");
        text.push_str("{\"at\":120,\"tra\nno line\n\u{0}\n");
        std::fs::write(folder.join(FILE), &text).expect("it is written");
        file.append(&minute(3)).expect("it is written");
        assert_eq!(file.read(), [minute(1), minute(3)]);
        std::fs::write(folder.join(FILE), "x".repeat(FILE_MAX as usize)).expect("it is written");
        file.append(&minute(4)).expect("it is written");
        assert_eq!(file.read(), [minute(4)]);
        assert!(std::fs::metadata(folder.join(FILE)).expect("a file").len() < 1_000);
        std::fs::remove_dir_all(&folder).expect("its own folder");
    }
}
