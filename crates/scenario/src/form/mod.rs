//! The scenario folder: `meta.json`, `plots.csv`, `truth.csv`, `aircraft.csv`, and the tracks that
//! a tracker made of it. Text in, values out; who opens and unzips files is the caller.
//!
//! Columns are found by their names, so that more of them or another order do no harm. A file that
//! lacks what it must have is refused whole ([`FormError`]); a row that is wrong is left out, named
//! and counted ([`BadRows`]).

mod meta;
mod plots;
mod table;
mod tracks;
mod truth;
mod write;

pub(crate) use meta::sensor_id;
pub use meta::{Meta, MetaSensor};
pub use plots::{PLOT_COLUMNS, PlotTable, read_plots};
pub use table::{BadRows, FormError};
pub use tracks::{
    DETAIL_COLUMNS, Details, TRACK_COLUMNS, TrackRow, read_tracks, write_track, write_track_header,
};
pub use truth::{Aircraft, TRUTH_COLUMNS, Truth, TruthRow, read_aircraft, read_truth};
