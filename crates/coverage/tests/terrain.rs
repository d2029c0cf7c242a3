//! Terrain files against what they hold, and what is said where they do not.

use coverage::geoid;
use coverage::site::{Limits, Method, Role, Site};
use coverage::sweep::SiteError;
use coverage::terrain::{self, Assembler, Bounds, Cell, Datum, Lattice, Surface, Tile, TileError};
use proptest::prelude::*;
use std::path::Path;

/// A DTED cell as MIL-PRF-89020B writes it, of `heights[row from north][col]`.
fn dted(origin: (&str, &str), interval_tenths: usize, heights: &[Vec<i16>]) -> Vec<u8> {
    let (rows, cols) = (heights.len(), heights[0].len());
    let mut bytes = format!(
        "UHL1{:8}{:8}{interval_tenths:04}{interval_tenths:04}0000U  {:12}{cols:04}{rows:04}0{:24}",
        origin.0, origin.1, "", ""
    )
    .into_bytes();
    assert_eq!(bytes.len(), 80);
    bytes.resize(80 + 648 + 2700, b' ');
    for col in (0..cols).collect::<Vec<_>>() {
        let mut record = vec![0xAA, 0, 0, col as u8, 0, col as u8, 0, 0];
        for height in heights.iter().rev().map(|row| row[col]) {
            let magnitude = height.unsigned_abs() | if height < 0 { 0x8000 } else { 0 };
            record.extend(magnitude.to_be_bytes());
        }
        let sum: u32 = record.iter().map(|&b| u32::from(b)).sum();
        record.extend(sum.to_be_bytes());
        bytes.extend(record);
    }
    bytes
}

#[test]
fn dted_is_signed_magnitude_from_the_south_and_has_voids() {
    let heights = vec![vec![100, 200, 300], vec![-430, -32767, 7439], vec![0, -1, 1]];
    let bytes = dted(("0740000E", "0420000N"), 300, &heights);
    let tile = terrain::read("e074/n42.dt0", &bytes).unwrap();
    let expected = [100.0, 200.0, 300.0, -430.0, f32::NAN, 7439.0, 0.0, -1.0, 1.0];
    for (found, expected) in tile.heights_m.iter().zip(expected) {
        assert!(*found == expected || (found.is_nan() && expected.is_nan()), "{found} {expected}");
    }
    // 30″ apart: the northernmost of three rows is a minute north of the origin.
    assert!((tile.lattice.north_deg - (42.0 + 60.0 / 3600.0)).abs() < 1e-12);
    assert!((tile.lattice.west_deg - 74.0).abs() < 1e-12);
    let mut torn = bytes.clone();
    *torn.last_mut().unwrap() ^= 1;
    assert_eq!(
        terrain::read("n42.dt0", &torn),
        Err(TileError::Checksum { name: "n42.dt0".to_owned(), col: 2 })
    );
    let short = terrain::read("n42.dt0", &bytes[..bytes.len() - 5]);
    assert!(matches!(short, Err(TileError::Size { .. })));
}

#[test]
fn a_tile_that_is_nowhere_on_earth_is_refused() {
    let heights = vec![vec![1, 2], vec![3, 4]];
    for (lon, lat) in [("0740000E", "0910000N"), ("9990000E", "0420000N"), ("0000000E", "9990000S")]
    {
        let read = terrain::read("x.dt0", &dted((lon, lat), 9000, &heights));
        assert!(matches!(read, Err(TileError::Header { .. })), "{lon} {lat}: {read:?}");
    }
    let sound = Lattice { rows: 180, cols: 360, ..lattice(89.5, -179.5, 1.0, 1) };
    assert!(sound.is_on_earth());
    let nowhere = [
        Lattice { north_deg: f64::NAN, ..sound },
        Lattice { west_deg: f64::NAN, ..sound },
        Lattice { lat_step_deg: f64::INFINITY, ..sound },
        Lattice { lon_step_deg: f64::INFINITY, ..sound },
        Lattice { lon_step_deg: 0.0, ..sound },
        Lattice { cols: 720, ..sound },
        Lattice { rows: 360, ..sound },
    ];
    assert!(nowhere.iter().all(|lattice| !lattice.is_on_earth()));
}

#[test]
fn an_hgt_is_placed_by_its_name_and_has_voids() {
    let mut bytes = vec![0_u8; 1201 * 1201 * 2];
    bytes[..2].copy_from_slice(&1234_i16.to_be_bytes());
    bytes[2..4].copy_from_slice(&i16::MIN.to_be_bytes());
    let tile = terrain::read("dir/S13W075.hgt", &bytes).unwrap();
    assert_eq!(tile.heights_m[0], 1234.0);
    assert!(tile.heights_m[1].is_nan());
    assert!((tile.lattice.north_deg + 12.0).abs() < 1e-12);
    assert!((tile.lattice.west_deg + 75.0).abs() < 1e-12);
    let unplaced = terrain::read("kant.hgt", &bytes).unwrap_err().to_string();
    assert!(unplaced.contains("name it by its south-west corner"), "{unplaced}");
    assert!(matches!(terrain::read("N42E074.hgt", &bytes[1..]), Err(TileError::Size { .. })));
}

fn kept(name: &str) -> Tile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
    let bytes = std::fs::read(path).expect("it is kept beside the tests");
    terrain::read(name, &bytes).expect("it can be read")
}

/// testdata/PROVENANCE.md; heights by `gdallocationinfo -wgs84`.
#[test]
fn a_dted_cell_that_gdal_wrote_has_the_heights_gdal_reads() {
    let mut assembler = Assembler::new(kept("n42.dt0").lattice);
    assembler.add(&kept("n42.dt0"));
    let ground = assembler.finish(0).terrain;
    for (lat, lon, expected) in
        [(43.0, 74.0, 618.0), (42.5, 74.5, 3687.0), (42.0, 75.0, 2255.0), (42.125, 74.25, 2812.0)]
    {
        assert_eq!(ground.height_m(lat, lon), Some(expected), "{lat} {lon}");
    }
}

#[test]
fn strips_tiles_predictors_floats_and_byte_orders_hold_the_same_heights() {
    let plain = kept("plain.tif");
    assert_eq!((plain.heights_m[0], plain.heights_m[49 * 60 + 59]), (646.0, 814.0));
    // The corner of the first cell is at 74.470833 43.045833; its value stands at its middle.
    assert!((plain.lattice.west_deg - 74.472_916_67).abs() < 1e-8);
    assert!((plain.lattice.north_deg - 43.043_75).abs() < 1e-8);
    for name in [
        "strips_deflate_2.tif",
        "tiles_float_lzw_3.tif",
        "tiles_big_endian_lzw_2.tif",
        "cog_float_deflate_3.tif",
    ] {
        let other = kept(name);
        assert_eq!(other.heights_m, plain.heights_m, "{name}");
        assert!((other.lattice.north_deg - plain.lattice.north_deg).abs() < 1e-9, "{name}");
    }
}

/// GDAL's own keys for what heights are counted from.
#[test]
fn a_geotiff_over_the_ellipsoid_is_turned_over_the_geoid_and_another_datum_or_unit_is_refused() {
    let bytes = |name: &str| {
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)).unwrap()
    };
    assert_eq!(terrain::datum(&bytes("ellipsoid.tif")), Some(Datum::Ellipsoid));
    assert_eq!(terrain::datum(&bytes("egm96.tif")), Some(Datum::Geoid));
    assert_eq!(terrain::datum(&bytes("plain.tif")), None);
    assert_eq!(kept("itrf2014.tif").heights_m[0], kept("plain.tif").heights_m[0]);
    let mut tile = kept("ellipsoid.tif");
    let before = tile.heights_m.clone();
    geoid::over_geoid(&mut tile);
    for (index, (after, before)) in tile.heights_m.iter().zip(&before).enumerate() {
        let (lat, lon) = tile.lattice.position_deg(tile.lattice.cell(index));
        let expected = geoid::orthometric_m(lat, lon, f64::from(*before));
        assert!((f64::from(*after) - expected).abs() < 1.0, "{after} {expected}");
    }
    let said = |name: &str| terrain::read(name, &bytes(name)).unwrap_err().to_string();
    assert!(said("pulkovo.tif").contains("EPSG:4284"), "{}", said("pulkovo.tif"));
    assert!(said("feet.tif").contains("give them in metres"), "{}", said("feet.tif"));
}

/// Heights at airfields from AIP data, and the shared sample's figure at Song-Kol (3,016 m).
#[test]
fn the_shipped_sample_has_known_heights_in_their_places() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../data/terrain/gebco_2023_15s_kyrgyzstan.tif");
    let tile = terrain::read("sample", &std::fs::read(path).unwrap()).unwrap();
    let mut assembler = Assembler::new(tile.lattice);
    assembler.add(&tile);
    let assembly = assembler.finish(0);
    assert!(assembly.missing.is_empty() && assembly.voids == 0);
    for (lat, lon, expected, within) in [
        (42.853, 74.847, 772.0, 5.0),
        (43.061, 74.478, 634.0, 8.0),
        (42.45, 77.2, 1600.0, 3.0),
        (41.84, 75.13, 3010.0, 8.0),
    ] {
        let found = assembly.terrain.height_m(lat, lon).unwrap();
        assert!((found - expected).abs() < within, "{lat} {lon}: {found}");
    }
}

/// EGM2008's 5′ table of ITU-R P.1511 gives these; EGM96 differs by a metre or two.
#[test]
fn the_undulation_is_that_of_the_geoid_in_the_tien_shan() {
    for (lat, lon, expected) in [
        (42.853, 74.847, -42.7),
        (40.609, 72.793, -45.0),
        (40.359, 71.745, -47.5),
        (42.211, 80.175, -37.6),
    ] {
        let found = geoid::undulation_m(lat, lon);
        assert!((found - expected).abs() < 2.0, "{lat} {lon}: {found}");
    }
}

fn lattice(north_deg: f64, west_deg: f64, step_deg: f64, side: usize) -> Lattice {
    Lattice {
        north_deg,
        west_deg,
        lat_step_deg: step_deg,
        lon_step_deg: step_deg,
        rows: side,
        cols: side,
    }
}

fn tile(lattice: Lattice, height: impl Fn(usize, usize) -> f32) -> Tile {
    let cols = lattice.cols;
    let heights_m = (0..lattice.len()).map(|i| height(i / cols, i % cols)).collect();
    Tile { name: "t".to_owned(), lattice, heights_m }
}

#[test]
fn finer_tiles_are_pooled_into_mean_and_maximum() {
    let ours = lattice(42.0, 74.0, 0.1, 3);
    // Five points to one of ours in each direction, centred on it.
    let fine = lattice(42.04, 73.96, 0.02, 15);
    let mut assembler = Assembler::new(ours);
    assembler.add(&tile(fine, |row, col| if (row, col) == (2, 2) { 1025.0 } else { 1000.0 }));
    let terrain = assembler.finish(0).terrain;
    assert!((terrain.mean_m[0] - 1001.0).abs() < 1e-3, "{}", terrain.mean_m[0]);
    assert_eq!(terrain.upper_m[0], 1025.0);
    assert_eq!(terrain.upper_m[4], 1000.0);
}

#[test]
fn a_missing_tile_and_a_void_have_one_message_each_that_names_them() {
    let step = 1.0 / 20.0;
    let bounds = Bounds { south_deg: 42.0, west_deg: 74.0, north_deg: 43.0, east_deg: 77.0 };
    let mut assembler = Assembler::new(Lattice::covering(bounds, step));
    // The tile in the middle, N42E075, is not there; the one to the west has a void.
    assembler.add(&tile(lattice(43.025, 73.975, step, 21), |row, col| {
        if (row, col) == (10, 10) { f32::NAN } else { 500.0 }
    }));
    assembler.add(&tile(lattice(43.025, 76.025, step, 22), |_, _| 500.0));
    let assembly = assembler.finish(0);
    let messages = assembly.messages();
    let about: Vec<&String> = messages.iter().filter(|m| m.starts_with("N42E075")).collect();
    assert_eq!(about.len(), 1, "{messages:?}");
    assert!(
        messages.iter().any(|m| m.contains("1 points have no height (the first at 42.5")),
        "{messages:?}"
    );
}

#[test]
fn small_voids_are_filled_from_around_them_and_large_ones_are_not() {
    let ours = lattice(42.0, 74.0, 0.1, 20);
    let holed = tile(ours, |row, col| {
        let large = (8..18).contains(&row) && (8..18).contains(&col);
        if (row, col) == (2, 2) || large { f32::NAN } else { (row * 100) as f32 }
    });
    let mut assembler = Assembler::new(ours);
    assembler.add(&holed);
    let assembly = assembler.finish(2);
    assert_eq!(assembly.terrain.mean_m[2 * 20 + 2], 200.0);
    assert!(assembly.terrain.mean_m[13 * 20 + 13].is_nan());
    assert!(assembly.voids > 0 && assembly.filled > 0);
}

fn site(lat: f64, lon: f64, range_m: f64) -> Site {
    Site {
        name: "S".to_owned(),
        party: "XXA".to_owned(),
        latitude_deg: lat,
        longitude_deg: lon,
        ground_m: None,
        mast_m: 20.0,
        role: Role::Alone,
        limits: Limits::to(range_m),
        horizon_rad: None,
        cost: 1.0,
    }
}

fn flat(lattice: Lattice) -> terrain::Terrain {
    let mut assembler = Assembler::new(lattice);
    assembler.add(&tile(lattice, |_, _| 500.0));
    assembler.finish(0).terrain
}

#[test]
fn a_site_under_the_ground_or_outside_or_near_a_pole_is_named() {
    let ground = flat(lattice(43.0, 74.0, 0.01, 200));
    let buried = Site { ground_m: Some(300.0), ..site(42.0, 75.0, 50_000.0) };
    let said = buried.cover(&ground, &Method::default()).unwrap_err().to_string();
    assert!(
        said.starts_with(
            "S: the antenna at 320 m is under the ground, 500 m there (row 100, column 100"
        ),
        "{said}"
    );
    let outside = site(40.0, 75.0, 50_000.0).cover(&ground, &Method::default());
    assert!(matches!(outside, Err(SiteError::Outside { .. })));
    let polar = flat(lattice(89.9, 0.0, 0.1, 100));
    let said =
        site(87.0, 5.0, 400_000.0).cover(&polar, &Method::default()).unwrap_err().to_string();
    assert!(said.contains("a pole is within range"), "{said}");
}

#[test]
fn behind_a_void_nothing_is_known_and_beside_it_all_is() {
    let ours = lattice(42.5, 74.5, 0.01, 101);
    let holed =
        tile(ours, |row, col| if row == 50 && (60..63).contains(&col) { f32::NAN } else { 500.0 });
    let mut assembler = Assembler::new(ours);
    assembler.add(&holed);
    let ground = assembler.finish(0).terrain;
    let cover = site(42.0, 75.0, 60_000.0).cover(&ground, &Method::default()).unwrap();
    let lowest = |row, col| {
        let local = cover.local(Cell { row, col }).unwrap();
        cover.lowest_m[cover.lattice.index(local)]
    };
    assert!(lowest(50, 75).is_nan(), "behind");
    assert!(lowest(50, 55).is_finite(), "before");
    assert!(lowest(60, 75).is_finite(), "beside");
    assert!(!cover.covers(Cell { row: 50, col: 75 }, 12_000.0));
}

/// The same mountain at another longitude casts the same shadow.
#[test]
fn the_antimeridian_is_a_meridian_like_any_other() {
    let covered = |west_deg: f64| {
        let ours = lattice(42.6, west_deg, 0.01, 121);
        let hill = tile(
            ours,
            |row, col| if row.abs_diff(40) + col.abs_diff(80) < 6 { 1500.0 } else { 500.0 },
        );
        let mut assembler = Assembler::new(ours);
        assembler.add(&hill);
        let ground = assembler.finish(0).terrain;
        let lon = geodesy::wrap_pi((west_deg + 0.6).to_radians()).to_degrees();
        site(42.0, lon, 50_000.0).cover(&ground, &Method::default()).unwrap()
    };
    let (there, here) = (covered(179.4), covered(20.0));
    let known = there.lowest_m.iter().filter(|v| !v.is_nan()).count();
    assert!(known > 5000, "{known}");
    for (a, b) in there.lowest_m.iter().zip(&here.lowest_m) {
        assert!((a.is_nan() && b.is_nan()) || (a - b).abs() < 0.1, "{a} {b}");
    }
}

#[test]
fn what_is_surely_seen_may_be_seen() {
    let ours = lattice(42.6, 74.0, 0.01, 121);
    let rough = tile(ours, |row, col| 500.0 + ((row * 7919 + col * 104_729) % 613) as f32);
    let mut assembler = Assembler::new(ours);
    assembler.add(&rough);
    let ground = assembler.finish(0).terrain;
    assert!(
        ground
            .surface(Surface::Upper)
            .iter()
            .zip(ground.surface(Surface::Mean))
            .all(|(u, m)| u >= m)
    );
    let site = Site { ground_m: Some(1200.0), ..site(42.0, 74.6, 50_000.0) };
    let method = Method { near_m: 2_000.0, ..Method::default() };
    let may = site.cover(&ground, &method).unwrap();
    let sure = site.cover(&ground, &method.surely()).unwrap();
    let better = may.lowest_m.iter().zip(&sure.lowest_m).filter(|(m, s)| *m > &(*s + 0.5)).count();
    assert_eq!(better, 0);
}

proptest! {
    #[test]
    fn bytes_of_any_kind_are_refused_or_read_but_never_panic(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..600),
        head in 0_usize..4,
    ) {
        let marks: [&[u8]; 4] = [b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"UHL10740000E0420000N"];
        bytes.splice(0..0, marks[head].iter().copied());
        let _ = terrain::read("N42E074.tif", &bytes);
    }

    #[test]
    fn a_cell_is_found_again_at_its_position(row in 0_usize..500, col in 0_usize..900, west in -180.0_f64..180.0) {
        let lattice = Lattice { rows: 500, cols: 900, ..lattice(60.0, west, 0.1, 1) };
        let (lat, lon) = lattice.position_deg(Cell { row, col });
        prop_assert_eq!(lattice.nearest(lat, lon), Some(Cell { row, col }));
    }
}
