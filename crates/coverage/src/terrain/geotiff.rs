//! GeoTIFF (OGC 19-008r4) of heights in latitude and longitude: striped or tiled (so also
//! cloud-optimised), whole numbers or floats of 8 to 64 bits, uncompressed, deflate or LZW, with or
//! without predictor. The `tiff` crate decodes; the geographic keys are read here.

use super::{Tile, TileError};
use crate::terrain::Lattice;
use std::io::Cursor;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

/// Heights of one tile: 400 MB of `f32`. Larger rasters are cut into tiles first.
const POINTS_MAX: usize = 100_000_000;
const GEO_KEYS: u16 = 34735;
const PIXEL_SCALE: u16 = 33550;
const TIE_POINT: u16 = 33922;
const NODATA: u16 = 42113;
/// GeoTIFF 7.1: GTModelTypeGeoKey, geographic 2D.
const KEY_MODEL_TYPE: u16 = 1024;
const MODEL_GEOGRAPHIC: u16 = 2;
/// GTRasterTypeGeoKey: whether a value stands at its pixel's centre (area, 1) or at its corner point.
const KEY_RASTER_TYPE: u16 = 1025;
const RASTER_IS_POINT: u16 = 2;

/// The raster in `bytes`.
pub fn read(name: &str, bytes: &[u8]) -> Result<Tile, TileError> {
    let broken = |error: tiff::TiffError| TileError::Tiff {
        name: name.to_owned(),
        reason: error.to_string(),
    };
    let mut decoder = open(bytes).map_err(broken)?;
    let lattice = place(name, &mut decoder)?;
    if lattice.len() > POINTS_MAX {
        return Err(TileError::TooLarge {
            name: name.to_owned(),
            points: lattice.len(),
            max: POINTS_MAX,
        });
    }
    let nodata = decoder.find_tag(Tag::Unknown(NODATA)).ok().flatten();
    let nodata = nodata.and_then(|v| v.into_string().ok());
    let nodata = nodata.and_then(|text| text.trim_end_matches('\0').trim().parse::<f64>().ok());
    let image = decoder.read_image().map_err(broken)?;
    let heights_m = heights(image, nodata).ok_or_else(|| TileError::Header {
        name: name.to_owned(),
        what: "the sample format (whole numbers or floats up to 64 bits are read)",
    })?;
    if heights_m.len() != lattice.len() {
        return Err(TileError::Header {
            name: name.to_owned(),
            what: "the number of bands: one is needed",
        });
    }
    Ok(Tile { name: name.to_owned(), lattice, heights_m })
}

/// Where a raster lies, from its header alone.
pub fn lattice(name: &str, bytes: &[u8]) -> Result<Lattice, TileError> {
    let broken = |error: tiff::TiffError| TileError::Tiff {
        name: name.to_owned(),
        reason: error.to_string(),
    };
    place(name, &mut open(bytes).map_err(broken)?)
}

fn open(bytes: &[u8]) -> tiff::TiffResult<Decoder<Cursor<&[u8]>>> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = POINTS_MAX * 8;
    limits.intermediate_buffer_size = 256 << 20;
    Ok(Decoder::new(Cursor::new(bytes))?.with_limits(limits))
}

fn place(name: &str, decoder: &mut Decoder<Cursor<&[u8]>>) -> Result<Lattice, TileError> {
    let header = |what| TileError::Header { name: name.to_owned(), what };
    let (cols, rows) = decoder.dimensions().map_err(|_| header("the dimensions"))?;
    let keys = decoder.get_tag_u16_vec(Tag::Unknown(GEO_KEYS)).unwrap_or_default();
    let key = |wanted: u16| keys.chunks_exact(4).skip(1).find(|k| k[0] == wanted).map(|k| k[3]);
    if key(KEY_MODEL_TYPE).is_some_and(|model| model != MODEL_GEOGRAPHIC) {
        return Err(TileError::Projected { name: name.to_owned() });
    }
    let scale = decoder.get_tag_f64_vec(Tag::Unknown(PIXEL_SCALE)).unwrap_or_default();
    let tie = decoder.get_tag_f64_vec(Tag::Unknown(TIE_POINT)).unwrap_or_default();
    let ([lon_step_deg, lat_step_deg, ..], [i, j, _, x, y, ..]) = (&scale[..], &tie[..]) else {
        return Err(header("its place on the Earth: tags 33550 and 33922 are needed"));
    };
    let half = if key(KEY_RASTER_TYPE) == Some(RASTER_IS_POINT) { 0.0 } else { 0.5 };
    let lattice = Lattice {
        north_deg: y - (half - j) * lat_step_deg,
        west_deg: x + (half - i) * lon_step_deg,
        lat_step_deg: *lat_step_deg,
        lon_step_deg: *lon_step_deg,
        rows: rows as usize,
        cols: cols as usize,
    };
    if !lattice.is_on_earth() || rows < 2 || cols < 2 {
        return Err(header(
            "its place on the Earth is out of range, or it has fewer than two rows",
        ));
    }
    Ok(lattice)
}

/// As metres; NaN where there is none.
fn heights(image: DecodingResult, nodata: Option<f64>) -> Option<Vec<f32>> {
    /// Lower than any land or sea floor, higher than any mountain: a mark, not a height.
    const SENSIBLE: std::ops::RangeInclusive<f64> = -12_000.0..=9_000.0;
    let metres = |value: f64| match value {
        v if Some(v) == nodata || !SENSIBLE.contains(&v) => f32::NAN,
        v => v as f32,
    };
    Some(match image {
        DecodingResult::U8(v) => v.into_iter().map(|v| metres(v.into())).collect(),
        DecodingResult::I8(v) => v.into_iter().map(|v| metres(v.into())).collect(),
        DecodingResult::U16(v) => v.into_iter().map(|v| metres(v.into())).collect(),
        DecodingResult::I16(v) => v.into_iter().map(|v| metres(v.into())).collect(),
        DecodingResult::U32(v) => v.into_iter().map(|v| metres(v.into())).collect(),
        DecodingResult::I32(v) => v.into_iter().map(|v| metres(v.into())).collect(),
        DecodingResult::F32(v) => v.into_iter().map(|v| metres(v.into())).collect(),
        DecodingResult::F64(v) => v.into_iter().map(metres).collect(),
        _ => return None,
    })
}
