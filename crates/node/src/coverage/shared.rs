//! A party's coverage as it is given to partners: a JSON file of coarse cells without any site.

use anyhow::Context;
use coverage::share::SharedCover;
use coverage::terrain::Lattice;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A [`SharedCover`] as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SharedFile {
    format: String,
    party: String,
    north_deg: f64,
    west_deg: f64,
    cell_deg: f64,
    rows: usize,
    cols: usize,
    /// Lowest covered altitude of each cell in thousands of feet, row after row from the
    /// north-west; −1 where it is not covered.
    lowest_kft: Vec<i16>,
}

const SHARED_FORMAT: &str = "entente-shared-coverage-1";
/// Cells of a shared coverage at most.
const SHARED_MAX: usize = 4_000_000;

/// As it is written.
///
/// # Errors
/// None that can happen: numbers and strings have a JSON form.
pub fn text(shared: &SharedCover) -> anyhow::Result<String> {
    let file = SharedFile {
        format: SHARED_FORMAT.to_owned(),
        party: shared.party.clone(),
        north_deg: shared.lattice.north_deg,
        west_deg: shared.lattice.west_deg,
        cell_deg: shared.lattice.lat_step_deg,
        rows: shared.lattice.rows,
        cols: shared.lattice.cols,
        lowest_kft: shared.lowest_steps.iter().map(|s| s.map_or(-1, i16::from)).collect(),
    };
    Ok(serde_json::to_string(&file)?)
}

/// A partner's coverage, from its file.
///
/// # Errors
/// It cannot be read, is no such file, or does not hold together.
pub fn read(path: &Path) -> anyhow::Result<SharedCover> {
    let place = || path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(place)?;
    let file: SharedFile = serde_json::from_str(&text).with_context(place)?;
    let cells = file.rows.saturating_mul(file.cols);
    anyhow::ensure!(
        file.format == SHARED_FORMAT,
        "{}: its format is {:?}; {SHARED_FORMAT} is read",
        place(),
        file.format
    );
    anyhow::ensure!(
        cells == file.lowest_kft.len() && cells > 0 && cells <= SHARED_MAX,
        "{}: rows and cols do not make its cells, or they are more than {SHARED_MAX}; ask for it again",
        place()
    );
    let sound = file.cell_deg > 0.0 && file.north_deg.abs() <= 90.0 && file.west_deg.abs() <= 540.0;
    anyhow::ensure!(sound, "{}: its place on the Earth is out of range; ask for it again", place());
    let step = |&kft: &i16| u8::try_from(kft).ok();
    Ok(SharedCover {
        party: file.party,
        lattice: Lattice {
            north_deg: file.north_deg,
            west_deg: file.west_deg,
            lat_step_deg: file.cell_deg,
            lon_step_deg: file.cell_deg,
            rows: file.rows,
            cols: file.cols,
        },
        lowest_steps: file.lowest_kft.iter().map(step).collect(),
    })
}
