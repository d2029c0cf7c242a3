//! Coverage in forms that others draw: outlines (GeoJSON, KML), rasters (GeoTIFF), pictures (PNG).

pub mod geotiff;
pub mod outline;
pub mod picture;

pub use outline::{Outline, outline};
pub use picture::{Colour, Picture};
