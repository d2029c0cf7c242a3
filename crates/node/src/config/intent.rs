//! `[intent]`: files of airspace, permissions, aerodromes, points and flight plans.

use super::ConfigError;
use super::intent_table::Tuning;
use crate::engine::{IntentSetup, PlanMessage};
use intent::airspace::read::{Format, Understood, aerodromes_csv, permissions, points_csv};
use intent::airspace::{Airspaces, Places};
use intent::plan::Defect;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use surveillance::Time;

/// Defects of all files that are told one by one.
const DEFECTS_MAX: usize = 20;

/// `[intent]`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IntentSection {
    /// OpenAir, GeoJSON or AIXM 5.1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub airspace: Vec<PathBuf>,
    /// Leave for flights: TOML, see docs/how-to/airspace.md.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<PathBuf>,
    /// CSV of aerodromes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aerodromes: Vec<PathBuf>,
    /// CSV of points and navaids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PathBuf>,
    /// Messages about flight plans, ICAO or ADEXP.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<PathBuf>,
    /// How a track finds its plan, and how long plans count: `[intent.correlation]`, `[intent.book]`.
    #[serde(flatten)]
    pub tables: BTreeMap<String, toml::Value>,
}

impl IntentSection {
    pub(super) fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Makes each path one from the folder of the file it is in, and checks that each can be read.
    pub(super) fn read(&mut self, beside: &Path) -> Result<(), ConfigError> {
        let lists = [
            ("airspace", &mut self.airspace),
            ("permissions", &mut self.permissions),
            ("aerodromes", &mut self.aerodromes),
            ("points", &mut self.points),
            ("plans", &mut self.plans),
        ];
        for (key, files) in lists {
            for file in files.iter_mut() {
                *file = beside.join(&*file);
                if let Err(error) = std::fs::File::open(&*file) {
                    return Err(ConfigError {
                        file: file.display().to_string(),
                        place: format!(" intent.{key}: "),
                        problem: format!("cannot be read ({error}); name another file"),
                    });
                }
            }
        }
        Ok(())
    }

    /// What the files say, with what of them was not understood. Plans count as received at `now`.
    pub fn setup(&self, now: Time) -> IntentSetup {
        // What does not hold together was refused before anything started.
        let Tuning { correlation, book } = self.tuning().unwrap_or_default();
        let mut setup = IntentSetup { correlation, book, ..IntentSetup::default() };
        let (mut airspaces, mut aerodromes, mut points) = (Vec::new(), Vec::new(), Vec::new());
        let mut defects = Defects::default();
        let mut take = |defects: &mut Defects, file: &Path, read: &dyn Fn(&[u8]) -> Understood| {
            let Some(bytes) = defects.bytes(file) else { return };
            let mut understood = read(&bytes);
            defects.note(file, understood.defects.drain(..));
            airspaces.append(&mut understood.airspaces);
            aerodromes.append(&mut understood.aerodromes);
            points.append(&mut understood.points);
        };
        for file in &self.airspace {
            take(&mut defects, file, &|bytes| Format::guess(bytes).read(bytes));
        }
        self.aerodromes.iter().for_each(|file| take(&mut defects, file, &aerodromes_csv));
        self.points.iter().for_each(|file| take(&mut defects, file, &points_csv));
        for file in &self.permissions {
            let Some(bytes) = defects.bytes(file) else { continue };
            let (mut read, found) = permissions(&bytes);
            defects.note(file, found);
            setup.permissions.append(&mut read);
        }
        for file in &self.plans {
            let Some(bytes) = defects.bytes(file) else { continue };
            let reading = intent::plan::read(&bytes);
            let told = |defect: &Defect| format!("{defect}; {}", defect.what.remedy());
            defects.note(file, reading.defects.iter().map(told));
            let name = file_name(file);
            let told = |(line, message)| PlanMessage {
                received: now,
                message,
                origin: format!("{name}:{line}"),
            };
            setup.messages.extend(reading.messages.into_iter().map(told));
        }
        match Airspaces::build(airspaces) {
            Ok(built) => setup.airspaces = Arc::new(built),
            Err(found) => defects.note(Path::new("airspace"), found),
        }
        setup.places = Places::of(aerodromes, points);
        setup.defects = defects.told();
        setup
    }
}

fn file_name(file: &Path) -> std::borrow::Cow<'_, str> {
    file.file_name().unwrap_or(file.as_os_str()).to_string_lossy()
}

/// Lines about what was not understood; the rest is counted.
#[derive(Default)]
struct Defects {
    lines: Vec<String>,
    more: usize,
}

impl Defects {
    fn bytes(&mut self, file: &Path) -> Option<Vec<u8>> {
        std::fs::read(file).map_err(|error| self.add(format!("{}: {error}", file.display()))).ok()
    }

    fn note<D: std::fmt::Display>(&mut self, file: &Path, found: impl IntoIterator<Item = D>) {
        for defect in found {
            let name = file_name(file);
            self.add(format!("{name}: {defect}"));
        }
    }

    fn add(&mut self, line: String) {
        if self.lines.len() < DEFECTS_MAX {
            self.lines.push(line);
        } else {
            self.more += 1;
        }
    }

    fn told(mut self) -> Vec<String> {
        if self.more > 0 {
            let more = self.more;
            self.lines
                .push(format!("and {more} more: see `entente airspace check` and `plans check`"));
        }
        self.lines
    }
}
