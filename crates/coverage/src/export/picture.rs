//! Pictures of coverage over shaded ground, as PNG: for the console, the printed sheet, the eye.

use crate::terrain::{Cell, Lattice, Terrain};

/// Red, green, blue and how much of it, each 0 to 255.
pub type Colour = [u8; 4];

/// A picture whose pixels are at equal steps of latitude and of longitude.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Four bytes a pixel, row after row.
    pub rgba: Vec<u8>,
    lattice: Lattice,
}

impl Picture {
    /// Shaded ground, lit from the north-west, in the shape it has at its middle latitude. No more
    /// than 4096 pixels across.
    pub fn of_ground(terrain: &Terrain, width: usize) -> Self {
        let mut picture = Self::clear(&terrain.lattice, width);
        for y in 0..picture.height {
            for x in 0..picture.width {
                let colour = picture.cell(x, y).map_or([200, 200, 205, 255], |c| shade(terrain, c));
                picture.put(x, y, colour);
            }
        }
        picture
    }

    /// Nothing, over the lattice: a layer to lay over a map.
    pub fn clear(lattice: &Lattice, width: usize) -> Self {
        let width = width.clamp(1, 4096);
        let bounds = lattice.bounds();
        let middle = ((bounds.north_deg + bounds.south_deg) / 2.0).to_radians();
        let degrees_across = lattice.cols as f64 * lattice.lon_step_deg;
        let degrees_down = lattice.rows as f64 * lattice.lat_step_deg;
        let height = width as f64 * degrees_down / (degrees_across * middle.cos().max(0.05));
        let height = (height.round() as usize).clamp(1, 8192);
        Self { width, height, rgba: vec![0; width * height * 4], lattice: *lattice }
    }

    /// The cell under a pixel's middle.
    fn cell(&self, x: usize, y: usize) -> Option<Cell> {
        let row = (y as f64 + 0.5) * self.lattice.rows as f64 / self.height as f64;
        let col = (x as f64 + 0.5) * self.lattice.cols as f64 / self.width as f64;
        let cell = Cell { row: row as usize, col: col as usize };
        (cell.row < self.lattice.rows && cell.col < self.lattice.cols).then_some(cell)
    }

    /// Lays a colour over each pixel whose cell has one.
    pub fn lay(&mut self, colour: impl Fn(Cell) -> Option<Colour>) {
        for y in 0..self.height {
            for x in 0..self.width {
                if let Some(colour) = self.cell(x, y).and_then(&colour) {
                    self.blend(x, y, colour);
                }
            }
        }
    }

    /// Hatches where a cell is `wanted`.
    pub fn hatch(&mut self, wanted: impl Fn(Cell) -> bool, colour: Colour) {
        for y in 0..self.height {
            for x in 0..self.width {
                if (x + y) % 8 < 2 && self.cell(x, y).is_some_and(&wanted) {
                    self.blend(x, y, colour);
                }
            }
        }
    }

    /// Draws a line through positions (latitude, longitude, degrees), `thick` pixels wide.
    pub fn line(&mut self, places: &[(f64, f64)], thick: usize, colour: Colour) {
        for ends in places.windows(2) {
            let [from, to] = [ends[0], ends[1]].map(|(lat, lon)| self.pixel(lat, lon));
            let steps =
                (to.0 - from.0).abs().max((to.1 - from.1).abs()).ceil().clamp(1.0, 20_000.0);
            for step in 0..=steps as usize {
                let part = step as f64 / steps;
                let x = from.0 + part * (to.0 - from.0);
                let y = from.1 + part * (to.1 - from.1);
                self.square(x, y, thick, colour);
            }
        }
    }

    /// Marks a position with a square of `size` pixels, in a white frame.
    pub fn mark(&mut self, (lat, lon): (f64, f64), size: usize, colour: Colour) {
        let (x, y) = self.pixel(lat, lon);
        self.square(x, y, size + 4, [255, 255, 255, 255]);
        self.square(x, y, size + 2, [0, 0, 0, 255]);
        self.square(x, y, size, colour);
    }

    /// Where on the picture a position (latitude, longitude, degrees) is: pixels from its upper left corner,
    /// beyond the picture for what lies beyond the ground.
    pub fn pixel(&self, lat: f64, lon: f64) -> (f64, f64) {
        let x = (self.lattice.col_of(lon) + 0.5) * self.width as f64 / self.lattice.cols as f64;
        let y = (self.lattice.row_of(lat) + 0.5) * self.height as f64 / self.lattice.rows as f64;
        (x, y)
    }

    fn square(&mut self, x: f64, y: f64, size: usize, colour: Colour) {
        let half = size as f64 / 2.0;
        let part = |at: f64, count: usize| {
            let first = (at - half).round().clamp(0.0, count as f64) as usize;
            first..((at + half).round().clamp(0.0, count as f64) as usize)
        };
        for py in part(y, self.height) {
            for px in part(x, self.width) {
                self.put(px, py, colour);
            }
        }
    }

    fn put(&mut self, x: usize, y: usize, colour: Colour) {
        let at = (y * self.width + x) * 4;
        self.rgba[at..at + 4].copy_from_slice(&colour);
    }

    /// Porter and Duff's "over".
    fn blend(&mut self, x: usize, y: usize, colour: Colour) {
        let at = (y * self.width + x) * 4;
        let under = &mut self.rgba[at..at + 4];
        let alpha = u32::from(colour[3]);
        let below = u32::from(under[3]) * (255 - alpha) / 255;
        let sum = (alpha + below).max(1);
        for (channel, over) in under.iter_mut().zip(colour).take(3) {
            let mixed = u32::from(over) * alpha + u32::from(*channel) * below;
            *channel = (mixed / sum) as u8;
        }
        under[3] = (alpha + below).min(255) as u8;
    }

    /// As a PNG file.
    pub fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut w| w.write_image_data(&self.rgba));
        written.expect("writing to memory does not fail, and the size is that of the data");
        bytes
    }
}

/// Grey by the slope to the north-west, lighter with height.
fn shade(terrain: &Terrain, cell: Cell) -> Colour {
    let lattice = &terrain.lattice;
    let height = |row: usize, col: usize| terrain.mean_m[row * lattice.cols + col];
    let (row, col) = (cell.row.max(1), cell.col.max(1));
    let (here, beyond) = (height(row, col), height(row - 1, col - 1));
    if here.is_nan() || beyond.is_nan() {
        return [120, 125, 150, 255];
    }
    let size_m = lattice.lat_step_deg as f32 * 111_195.0;
    let lit = ((here - beyond) / size_m).clamp(-1.0, 1.0);
    let base = 185.0 + here.clamp(0.0, 6000.0) / 6000.0 * 40.0;
    let grey = (base - lit * 90.0).clamp(60.0, 250.0) as u8;
    [grey, grey, grey, 255]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_lies_over_the_ground_in_its_part_of_alpha() {
        let lattice = Lattice {
            north_deg: 1.0,
            west_deg: 0.0,
            lat_step_deg: 1.0,
            lon_step_deg: 1.0,
            rows: 2,
            cols: 2,
        };
        let mut picture = Picture::clear(&lattice, 2);
        picture.lay(|_| Some([100, 100, 100, 255]));
        picture.lay(|cell| (cell.row == 0).then_some([200, 0, 100, 128]));
        assert_eq!(&picture.rgba[0..4], &[150, 49, 100, 255]);
        let last = picture.rgba.len() - 4;
        assert_eq!(&picture.rgba[last..], &[100, 100, 100, 255]);
        assert!(picture.png().starts_with(b"\x89PNG"));
    }
}
