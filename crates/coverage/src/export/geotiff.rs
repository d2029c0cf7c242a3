//! A raster as GeoTIFF in latitude and longitude (OGC 19-008r4), deflated.

use crate::terrain::Lattice;
use std::io::Cursor;
use tiff::encoder::colortype::{ColorType, Gray8, Gray32Float};
use tiff::encoder::{Compression, DeflateLevel, TiffEncoder, TiffValue};
use tiff::tags::Tag;

/// Heights or altitudes in metres; NaN is none.
pub fn metres(lattice: &Lattice, values: &[f32]) -> tiff::TiffResult<Vec<u8>> {
    write::<Gray32Float>(lattice, values, "nan")
}

/// Counts.
pub fn counts(lattice: &Lattice, values: &[u8]) -> tiff::TiffResult<Vec<u8>> {
    write::<Gray8>(lattice, values, "255")
}

fn write<C: ColorType>(
    lattice: &Lattice,
    values: &[C::Inner],
    nodata: &str,
) -> tiff::TiffResult<Vec<u8>>
where
    [C::Inner]: TiffValue,
{
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes)?
        .with_compression(Compression::Deflate(DeflateLevel::Balanced));
    let mut image = encoder.new_image::<C>(lattice.cols as u32, lattice.rows as u32)?;
    let tags = image.encoder();
    let scale = [lattice.lon_step_deg, lattice.lat_step_deg, 0.0];
    tags.write_tag(Tag::Unknown(33550), &scale[..])?;
    // The outer corner of the first cell: values stand for areas.
    let corner = [
        0.0,
        0.0,
        0.0,
        lattice.west_deg - lattice.lon_step_deg / 2.0,
        lattice.north_deg + lattice.lat_step_deg / 2.0,
        0.0,
    ];
    tags.write_tag(Tag::Unknown(33922), &corner[..])?;
    // Version 1.1.0, four keys: geographic model, pixel is area, WGS 84, degrees.
    let keys: [u16; 20] =
        [1, 1, 0, 4, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326, 2054, 0, 1, 9102];
    tags.write_tag(Tag::Unknown(34735), &keys[..])?;
    tags.write_tag(Tag::Unknown(42113), nodata)?;
    image.write_data(values)?;
    Ok(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_in_its_place() {
        let lattice = Lattice {
            north_deg: 44.7,
            west_deg: 66.2,
            lat_step_deg: 0.25,
            lon_step_deg: 0.5,
            rows: 3,
            cols: 4,
        };
        let mut values: Vec<f32> = (0_u8..12).map(|i| f32::from(i) * 100.5).collect();
        values[7] = f32::NAN;
        let tile = crate::terrain::read("out.tif", &metres(&lattice, &values).unwrap()).unwrap();
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(near(tile.lattice.north_deg, 44.7) && near(tile.lattice.west_deg, 66.2));
        assert_eq!((tile.lattice.rows, tile.lattice.cols), (3, 4));
        for (found, written) in tile.heights_m.iter().zip(&values) {
            assert!(found == written || (found.is_nan() && written.is_nan()));
        }
    }
}
