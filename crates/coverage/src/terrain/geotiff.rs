//! GeoTIFF (OGC 19-008r4) of heights in latitude and longitude: striped or tiled (so also
//! cloud-optimised), whole numbers or floats of 8 to 64 bits, uncompressed, deflate or LZW, with or
//! without predictor. The `tiff` crate decodes; the geographic keys are read here.

use super::{Datum, Tile, TileError};
use crate::terrain::Lattice;
use std::io::{Cursor, Read, Seek};
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
/// GeodeticCRSGeoKey.
const KEY_GEODETIC: u16 = 2048;
/// Geographic systems within a few metres of WGS 84 (EPSG's codes): itself, its realisations, ITRF and ETRF;
/// ETRS89, NAD83, GDA94 and GDA2020, CGCS2000, JGD2000 and JGD2011, SIRGAS 2000, NZGD2000, WGS 72.
fn is_near_wgs_84(code: u16) -> bool {
    GEODETIC_3D.contains(&code)
        || matches!(
            code,
            4326 | 8888
                | 8988..=9000
                | 9053..=9057
                | 9755
                | 9990
                | 9059..=9069
                | 4258
                | 4269
                | 6318
                | 4283
                | 7844
                | 4490
                | 4612
                | 6668
                | 4674
                | 4167
                | 4322
        )
}
/// Of them those in three dimensions: heights over the ellipsoid.
const GEODETIC_3D: [u16; 20] = [
    4979, 7657, 7659, 7661, 7663, 7665, 9754, 7909, 7910, 7911, 7912, 9989, 4937, 7931, 6319, 4939,
    7843, 4947, 4989, 4959,
];
/// VerticalGeoKey. GeoTIFF 1.0 has 5001 to 5033 for ellipsoids, GDAL writes a code of three dimensions;
/// EPSG's geoids are others.
const KEY_VERTICAL: u16 = 4096;
const VERTICAL_ELLIPSOIDS: std::ops::RangeInclusive<u16> = 5001..=5033;
/// Heights in feet: NGVD29, NAVD88, mean sea level, three of the Cayman Islands, Poolbeg.
const VERTICAL_FEET: [u16; 9] = [5702, 6360, 8228, 8050, 8052, 6130, 6131, 6132, 5754];
/// VerticalUnitsGeoKey.
const KEY_VERTICAL_UNITS: u16 = 4099;
const METRE: u16 = 9001;
const USER_DEFINED: u16 = 32767;

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
    let heights_m = raster(name, &mut decoder, (lattice.rows, lattice.cols))?;
    Ok(Tile { name: name.to_owned(), lattice, heights_m })
}

/// Rows, columns and heights of a raster whose place is known otherwise, as one in a projection.
pub fn heights(name: &str, from: impl Read + Seek) -> Result<(usize, usize, Vec<f32>), TileError> {
    let broken = |error: tiff::TiffError| TileError::Tiff {
        name: name.to_owned(),
        reason: error.to_string(),
    };
    let mut decoder = limited(from).map_err(broken)?;
    let (cols, rows) = decoder.dimensions().map_err(broken)?;
    let (rows, cols) = (rows as usize, cols as usize);
    let points = rows.saturating_mul(cols);
    if points > POINTS_MAX {
        return Err(TileError::TooLarge { name: name.to_owned(), points, max: POINTS_MAX });
    }
    Ok((rows, cols, raster(name, &mut decoder, (rows, cols))?))
}

/// All heights, strip by strip or tile by tile: beside the result there is one of them in memory.
fn raster<R: Read + Seek>(
    name: &str,
    decoder: &mut Decoder<R>,
    (rows, cols): (usize, usize),
) -> Result<Vec<f32>, TileError> {
    let broken = |error: tiff::TiffError| TileError::Tiff {
        name: name.to_owned(),
        reason: error.to_string(),
    };
    let header = |what| TileError::Header { name: name.to_owned(), what };
    if decoder.colortype().map_err(broken)?.num_samples() != 1 {
        return Err(header("the number of bands: one is needed"));
    }
    let nodata = decoder.find_tag(Tag::Unknown(NODATA)).ok().flatten();
    let nodata = nodata.and_then(|v| v.into_string().ok());
    let nodata = nodata.and_then(|text| text.trim_end_matches('\0').trim().parse::<f64>().ok());
    let (wide, high) = decoder.chunk_dimensions();
    let (wide, high) = (wide as usize, high as usize);
    if wide == 0 || high == 0 {
        return Err(header("the size of its strips or tiles"));
    }
    let across = cols.div_ceil(wide);
    let mut heights_m = vec![f32::NAN; rows * cols];
    for chunk in 0..across * rows.div_ceil(high) {
        let (width, height) = decoder.chunk_data_dimensions(chunk as u32);
        let (width, height) = (width as usize, height as usize);
        let read = decoder.read_chunk(chunk as u32).map_err(broken)?;
        let (row, col) = (chunk / across * high, chunk % across * wide);
        let inside = width > 0 && row + height <= rows && col + width <= cols;
        let start = row * cols + col;
        let written = inside
            && place_heights(&read, nodata, &mut heights_m[start..], (width, height, cols))
                .ok_or_else(|| {
                    header("the sample format (whole numbers or floats up to 64 bits are read)")
                })?;
        if !written {
            return Err(header("the size of its strips or tiles"));
        }
    }
    Ok(heights_m)
}

/// Where a raster lies, from its header alone.
pub fn lattice(name: &str, bytes: &[u8]) -> Result<Lattice, TileError> {
    let broken = |error: tiff::TiffError| TileError::Tiff {
        name: name.to_owned(),
        reason: error.to_string(),
    };
    place(name, &mut open(bytes).map_err(broken)?)
}

/// What its heights are counted from, if its keys say so.
pub fn datum(bytes: &[u8]) -> Option<Datum> {
    let mut decoder = open(bytes).ok()?;
    let key = keys(&mut decoder);
    match (key(KEY_VERTICAL), key(KEY_GEODETIC)) {
        (Some(code), _) | (None, Some(code)) if over_ellipsoid(code) => Some(Datum::Ellipsoid),
        (Some(code), _) if code != USER_DEFINED => Some(Datum::Geoid),
        _ => None,
    }
}

fn over_ellipsoid(code: u16) -> bool {
    VERTICAL_ELLIPSOIDS.contains(&code) || GEODETIC_3D.contains(&code)
}

fn keys<R: Read + Seek>(decoder: &mut Decoder<R>) -> impl Fn(u16) -> Option<u16> + use<R> {
    let keys = decoder.get_tag_u16_vec(Tag::Unknown(GEO_KEYS)).unwrap_or_default();
    // Nought is "undefined": as if the key were not there (OGC 19-008r4, 7.1.2).
    move |wanted| {
        keys.chunks_exact(4)
            .skip(1)
            .find(|k| k[0] == wanted)
            .map(|k| k[3])
            .filter(|&code| code != 0)
    }
}

fn open(bytes: &[u8]) -> tiff::TiffResult<Decoder<Cursor<&[u8]>>> {
    limited(Cursor::new(bytes))
}

fn limited<R: Read + Seek>(from: R) -> tiff::TiffResult<Decoder<R>> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = POINTS_MAX * 8;
    limits.intermediate_buffer_size = 256 << 20;
    Ok(Decoder::new(from)?.with_limits(limits))
}

fn place(name: &str, decoder: &mut Decoder<Cursor<&[u8]>>) -> Result<Lattice, TileError> {
    let header = |what| TileError::Header { name: name.to_owned(), what };
    let (cols, rows) = decoder.dimensions().map_err(|_| header("the dimensions"))?;
    let key = keys(decoder);
    if key(KEY_MODEL_TYPE).is_some_and(|model| model != MODEL_GEOGRAPHIC) {
        return Err(TileError::Projected { name: name.to_owned() });
    }
    if let Some(code) =
        key(KEY_GEODETIC).filter(|&code| code != USER_DEFINED && !is_near_wgs_84(code))
    {
        return Err(TileError::Datum { name: name.to_owned(), code });
    }
    let unit = key(KEY_VERTICAL_UNITS).unwrap_or(METRE);
    let feet = key(KEY_VERTICAL).is_some_and(|code| VERTICAL_FEET.contains(&code));
    if feet || (unit != METRE && unit != USER_DEFINED) {
        return Err(header("its heights are in another unit than metres; give them in metres"));
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

/// Puts a strip or tile of `width` by `height` into rows of `cols` as metres, NaN where there is none.
/// `false` where it has another size, `None` where its samples are of another kind.
fn place_heights(
    chunk: &DecodingResult,
    nodata: Option<f64>,
    into: &mut [f32],
    size: (usize, usize, usize),
) -> Option<bool> {
    Some(match chunk {
        DecodingResult::U8(v) => place_values(v, nodata, into, size),
        DecodingResult::I8(v) => place_values(v, nodata, into, size),
        DecodingResult::U16(v) => place_values(v, nodata, into, size),
        DecodingResult::I16(v) => place_values(v, nodata, into, size),
        DecodingResult::U32(v) => place_values(v, nodata, into, size),
        DecodingResult::I32(v) => place_values(v, nodata, into, size),
        DecodingResult::F32(v) => place_values(v, nodata, into, size),
        DecodingResult::F64(v) => place_values(v, nodata, into, size),
        _ => return None,
    })
}

fn place_values<T: Copy + Into<f64>>(
    values: &[T],
    nodata: Option<f64>,
    into: &mut [f32],
    (width, height, cols): (usize, usize, usize),
) -> bool {
    /// Lower than any land or sea floor, higher than any mountain: a mark, not a height.
    const SENSIBLE: std::ops::RangeInclusive<f64> = -12_000.0..=9_000.0;
    if values.len() != width * height {
        return false;
    }
    // Nothing is equal to what is not a number.
    let nodata = nodata.unwrap_or(f64::NAN);
    for (from, to) in values.chunks_exact(width).zip(into.chunks_mut(cols)) {
        for (value, to) in from.iter().zip(to) {
            let value: f64 = (*value).into();
            let known = (value != nodata) & SENSIBLE.contains(&value);
            *to = if known { value as f32 } else { f32::NAN };
        }
    }
    true
}
