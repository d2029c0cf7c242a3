//! The edge of what is covered, as polygons in latitude and longitude.

use crate::terrain::Lattice;
use contour::ContourBuilder;
use std::fmt::Write;

/// A polygon: its outer ring, then its holes; positions as (longitude, latitude), degrees, each ring
/// closed, outer ones counter-clockwise (RFC 7946 §3.1.6).
pub type Polygon = Vec<Vec<(f64, f64)>>;

/// What is drawn together: a name, a level, polygons.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// What the polygons show.
    pub name: String,
    /// Further words or figures: key and value, as text.
    pub properties: Vec<(String, String)>,
    /// The area.
    pub polygons: Vec<Polygon>,
}

/// Polygons around the cells of `lattice` that are `covered`, cut at the antimeridian (RFC 7946 §3.1.9).
pub fn outline(lattice: &Lattice, covered: &[bool]) -> Vec<Polygon> {
    let turn = |col: usize| ((lattice.longitude_deg(col as f64) + 180.0) / 360.0).floor();
    let mut polygons = Vec::new();
    let mut first = 0;
    while first < lattice.cols {
        let end = (first..lattice.cols).find(|&col| turn(col) != turn(first));
        let end = end.unwrap_or(lattice.cols);
        let part = Lattice {
            west_deg: lattice.longitude_deg(first as f64) - 360.0 * turn(first),
            cols: end - first,
            ..*lattice
        };
        let rows = covered.chunks_exact(lattice.cols).map(|row| &row[first..end]);
        polygons.extend(outline_of(&part, rows));
        first = end;
    }
    polygons
}

/// As [`outline`], of rows between two antimeridians.
fn outline_of<'a>(lattice: &Lattice, covered: impl Iterator<Item = &'a [bool]>) -> Vec<Polygon> {
    // A margin of nothing, that the outline closes at the lattice's edge.
    let (width, height) = (lattice.cols + 2, lattice.rows + 2);
    let mut values = vec![0.0; width * height];
    for (row, cells) in covered.enumerate() {
        for (col, _) in cells.iter().enumerate().filter(|(_, covered)| **covered) {
            values[(row + 1) * width + col + 1] = 1.0;
        }
    }
    let contours = ContourBuilder::new(width, height, false).contours(&values, &[0.5]);
    // The lattice is never empty and has as many values as it says.
    let Ok(contours) = contours else { return Vec::new() };
    let position = |x: f64, y: f64| {
        // A cell's value stands at x + 0.5, and the margin is one cell. A cell that lies over the
        // antimeridian ends there.
        let longitude_deg = lattice.longitude_deg(x - 1.5).clamp(-180.0, 180.0);
        (longitude_deg, lattice.latitude_deg(y - 1.5).clamp(-90.0, 90.0))
    };
    contours
        .iter()
        .flat_map(|contour| contour.geometry().iter())
        .map(|polygon| {
            let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
            let rings = rings.enumerate().map(|(i, ring)| {
                wound(ring.coords().map(|c| position(c.x, c.y)).collect(), i == 0)
            });
            rings.collect()
        })
        .collect()
}

/// The ring counter-clockwise, or clockwise.
fn wound(mut ring: Vec<(f64, f64)>, counter_clockwise: bool) -> Vec<(f64, f64)> {
    let twice_area: f64 = ring.windows(2).map(|p| p[0].0 * p[1].1 - p[1].0 * p[0].1).sum();
    if (twice_area > 0.0) != counter_clockwise {
        ring.reverse();
    }
    ring
}

/// A GeoJSON feature collection (RFC 7946), one feature an outline.
pub fn geojson(outlines: &[Outline]) -> String {
    let mut out = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    for (i, outline) in outlines.iter().enumerate() {
        let comma = if i == 0 { "" } else { "," };
        let _ = write!(
            out,
            "{comma}\n{{\"type\":\"Feature\",\"properties\":{{\"name\":{}",
            quoted(&outline.name)
        );
        for (key, value) in &outline.properties {
            let _ = write!(out, ",{}:{}", quoted(key), quoted(value));
        }
        out.push_str("},\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[");
        for (i, polygon) in outline.polygons.iter().enumerate() {
            out.push_str(if i == 0 { "[" } else { ",[" });
            for (i, ring) in polygon.iter().enumerate() {
                out.push_str(if i == 0 { "[" } else { ",[" });
                for (i, (lon, lat)) in ring.iter().enumerate() {
                    let comma = if i == 0 { "" } else { "," };
                    let _ = write!(out, "{comma}[{lon:.5},{lat:.5}]");
                }
                out.push(']');
            }
            out.push(']');
        }
        out.push_str("]}}");
    }
    out.push_str("\n]}\n");
    out
}

/// JSON's quoting (RFC 8259 §7).
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// KML 2.2 (OGC 07-147r2), a placemark an outline, half transparent in its turn of six colours.
pub fn kml(title: &str, outlines: &[Outline]) -> String {
    // aabbggrr
    const COLOURS: [&str; 6] =
        ["7fb47846", "7f3c8cf0", "7f50b450", "7fb450a0", "7f28c8dc", "7f5050dc"];
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>",
    );
    let _ = write!(out, "<name>{}</name>", escaped(title));
    for (i, outline) in outlines.iter().enumerate() {
        let colour = COLOURS[i % COLOURS.len()];
        let about: Vec<String> =
            outline.properties.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        let _ = write!(
            out,
            "\n<Placemark><name>{}</name><description>{}</description><Style><LineStyle><color>ff{}</color></LineStyle><PolyStyle><color>{colour}</color></PolyStyle></Style><MultiGeometry>",
            escaped(&outline.name),
            escaped(&about.join(", ")),
            &colour[2..],
        );
        for polygon in &outline.polygons {
            out.push_str("<Polygon>");
            for (i, ring) in polygon.iter().enumerate() {
                let side = if i == 0 { "outerBoundaryIs" } else { "innerBoundaryIs" };
                let _ = write!(out, "<{side}><LinearRing><coordinates>");
                for (lon, lat) in ring {
                    let _ = write!(out, "{lon:.5},{lat:.5} ");
                }
                let _ = write!(out, "</coordinates></LinearRing></{side}>");
            }
            out.push_str("</Polygon>");
        }
        out.push_str("</MultiGeometry></Placemark>");
    }
    out.push_str("\n</Document></kml>\n");
    out
}

/// XML's quoting of text.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_over_the_antimeridian_is_cut_there() {
        let lattice = Lattice {
            north_deg: 65.25,
            west_deg: 178.75,
            lat_step_deg: 0.5,
            lon_step_deg: 0.5,
            rows: 3,
            cols: 6,
        };
        let polygons = outline(&lattice, &[true; 18]);
        let extents = polygons.iter().map(|polygon| {
            let longitudes = || polygon.iter().flatten().map(|p| p.0);
            (longitudes().fold(f64::MAX, f64::min), longitudes().fold(f64::MIN, f64::max))
        });
        assert_eq!(extents.collect::<Vec<_>>(), [(178.5, 180.0), (-180.0, -178.5)]);
        // West of −180° is east of 180°.
        let before = Lattice { west_deg: -181.25, ..lattice };
        assert_eq!(outline(&before, &[true; 18]).len(), polygons.len());
        assert_eq!(outline(&before, &[true; 18]), polygons);
    }

    fn lattice(rows: usize, cols: usize) -> Lattice {
        Lattice {
            north_deg: 43.0,
            west_deg: 74.0,
            lat_step_deg: 0.5,
            lon_step_deg: 0.5,
            rows,
            cols,
        }
    }

    #[test]
    fn a_covered_block_with_a_hole_has_a_ring_around_and_one_inside() {
        let mut covered = vec![true; 25];
        covered[12] = false;
        let polygons = outline(&lattice(5, 5), &covered);
        assert_eq!(polygons.len(), 1);
        assert_eq!(polygons[0].len(), 2, "outer and inner");
        let area = |ring: &[(f64, f64)]| -> f64 {
            ring.windows(2).map(|p| p[0].0 * p[1].1 - p[1].0 * p[0].1).sum::<f64>() / 2.0
        };
        // Five by five cells of half a degree without the corners' eighths.
        assert!((area(&polygons[0][0]) - (6.25 - 4.0 * 0.25 / 8.0)).abs() < 1e-9);
        assert!((area(&polygons[0][1]) + 0.125).abs() < 1e-9);
    }

    #[test]
    fn names_are_quoted_for_both_readers() {
        let outline = Outline {
            name: "A \"<&>\" \u{7}".to_owned(),
            properties: vec![("level".to_owned(), "FL100".to_owned())],
            polygons: vec![vec![vec![(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)]]],
        };
        assert!(geojson(std::slice::from_ref(&outline)).contains(r#""A \"<&>\" \u0007""#));
        assert!(kml("t", &[outline]).contains("A &quot;&lt;&amp;&gt;&quot;"));
    }
}
