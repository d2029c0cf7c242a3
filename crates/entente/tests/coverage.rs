//! `entente coverage` over files: what an accord lets out, what GDAL reads, the horizon a simulated radar
//! shows.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn entente(arguments: &[&str]) -> (bool, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_entente")).args(arguments).output().unwrap();
    let told = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (ran.status.success(), told.concat())
}

fn study(folder: &Path, site: &str) -> PathBuf {
    let terrain = root().join("data/terrain");
    let path = folder.join("study.toml");
    let text = format!(
        "[study]\nterrain = [{terrain:?}]\nstep_arcsec = 60\n\n[propagation]\nmodel = \"k\"\nk = 1.0\n\n{site}"
    );
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn coverage_goes_to_a_partner_by_an_article_in_force_and_after_its_delay_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let site = "[[site]]\nname = \"Secret Hill\"\nparty = \"RUS\"\nlat = 42.853\nlon = 74.847\nrange_max_nm = 60\n";
    let study = study(folder.path(), site);
    // 2026-03-01T00:00:00Z; the sample's article 6 lets coverage out an hour late.
    let changed = UNIX_EPOCH + Duration::from_secs(1_772_323_200);
    std::fs::File::options().append(true).open(&study).unwrap().set_modified(changed).unwrap();
    let accord = root().join("data/accords/kgz-rus-2022.toml");
    let out = folder.path().join("for-a-partner.json");
    let share = |from: &str, to: &str, at: &str| {
        entente(&[
            "coverage",
            "share",
            study.to_str().unwrap(),
            "--party",
            from,
            "--to",
            to,
            "--at",
            at,
            "--accord",
            accord.to_str().unwrap(),
            "--json",
            out.to_str().unwrap(),
        ])
    };
    let (given, told) = share("KGZ", "RUS", "2026-03-02");
    assert!(!given && told.contains("withheld: no article is about this kind of object"), "{told}");
    let (given, told) = share("RUS", "KGZ", "2026-03-01T00:30:00Z");
    assert!(!given && told.contains("the article's delay has not passed"), "{told}");
    assert!(!out.exists(), "what is withheld is not written");
    let (given, told) = share("RUS", "KGZ", "2026-03-01T01:00:30Z");
    assert!(given && told.contains("kgz-rus-2022"), "{told}");
    let written = std::fs::read_to_string(&out).unwrap();
    assert!(written.contains("\"party\":\"RUS\"") && !written.contains("Secret"), "{written}");
    assert!(!written.contains("42.853") && !written.contains("74.847"));
}

/// Each of eight sectors of the simulated radar hides what is under its elevation.
#[test]
fn the_learned_horizon_is_the_one_the_radar_was_simulated_with() {
    const HORIZON_DEG: [f64; 8] = [0.2, 0.3, 1.5, 3.5, 4.0, 3.5, 1.0, 0.2];
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let scenario = format!(
        "name = \"ring\"\nseed = 7\nduration_s = 1500\n\n[area]\nlat = 42.8532\nlon = 74.8465\nhalf_width_km = 100\n\n\
         [[traffic]]\nkind = \"low_slow\"\ncount = 600\nadsb = 1.0\ncentre = [42.8532, 74.8465]\nhalf_width_km = 50\nheight_m = [1500.0, 4000.0]\n\n\
         [[radar]]\nname = \"Kant\"\nid = [101, 1]\nlat = 42.8532\nlon = 74.8465\nheight_m = 790\ntechnique = \"mode_s\"\nperiod_s = 5.0\nrange_max_km = 200\nhorizon_deg = {HORIZON_DEG:?}\n\n\
         [[adsb]]\nname = \"Others\"\nid = [101, 101]\nstations = [[42.8532, 74.8465, 6000.0]]\nrange_max_km = 350\n"
    );
    std::fs::write(path("ring.toml"), scenario).unwrap();
    let (ran, told) = entente(&["simulate", &path("ring.toml"), "--out", &path("ring")]);
    assert!(ran, "{told}");
    // The simulation has straight rays over the round earth.
    let site = "[[site]]\nname = \"Kant\"\nlat = 42.8532\nlon = 74.8465\nground_m = 790\nmast_m = 0\nrange_max_nm = 108\n";
    let study = study(folder.path(), site).display().to_string();
    let observed = |site: &str| {
        let interval = ["--interval", "5", "--learned", &path("learned.csv")];
        let mut arguments = vec!["coverage", "observed", &study];
        let ring = path("ring");
        arguments.extend([ring.as_str(), "--site", site]);
        arguments.extend(interval);
        entente(&arguments)
    };
    let (ran, told) = observed("Kant");
    assert!(ran && told.contains("predicted and observed"), "{told}");
    let learned = std::fs::read_to_string(path("learned.csv")).unwrap();
    let mut by_sector = vec![Vec::new(); 8];
    for line in learned.lines().skip(1) {
        let (degree, elevation) = line.split_once(',').unwrap();
        let degree: usize = degree.parse().unwrap();
        by_sector[degree / 45].push(elevation.parse::<f64>().unwrap());
    }
    for (sector, mut found) in by_sector.into_iter().enumerate() {
        // Where mountains are low the traffic is too high to tell.
        if HORIZON_DEG[sector] < 1.5 {
            continue;
        }
        assert!(found.len() >= 8, "sector {sector}: learned in {} degrees", found.len());
        found.sort_by(f64::total_cmp);
        let middle = found[found.len() / 2];
        assert!((middle - HORIZON_DEG[sector]).abs() <= 0.25, "sector {sector}: {middle}");
    }
}

/// A learned horizon goes into the study as `horizon_deg`, and the site then sees less.
#[test]
fn a_learned_horizon_is_a_mask_of_the_site() {
    let folder = tempfile::tempdir().unwrap();
    let site =
        "[[site]]\nname = \"Kant\"\nlat = 42.8532\nlon = 74.8465\nmast_m = 20\nrange_max_nm = 60\n";
    let area = |site: &str| {
        let study = study(folder.path(), site).display().to_string();
        let (ran, told) = entente(&["coverage", "site", &study]);
        assert!(ran, "{told}");
        let line = told.lines().find(|line| line.contains("FL100")).unwrap().to_owned();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap()
    };
    let free = area(site);
    let wall: Vec<&str> = (0..360).map(|degree| if degree < 180 { "60" } else { "0" }).collect();
    let masked = area(&format!("{site}horizon_deg = [{}]\n", wall.join(", ")));
    assert!(masked < 0.75 * free && masked > 0.3 * free, "{masked} {free}");
}

#[test]
fn a_sensor_alone_is_told_what_it_saw_and_should_not_have_seen() {
    let folder = tempfile::tempdir().unwrap();
    let site = "[[site]]\nname = \"Kant\"\nlat = 42.8532\nlon = 74.8465\nmast_m = 20\nrange_max_nm = 100\n";
    let study = study(folder.path(), site).display().to_string();
    let plots = folder.path().join("plots.csv");
    // Over the plain in the north, and behind the range in the south at 12,000 ft.
    let text = "track,time_s,lat,lon,altitude_ft,sensor\na,1,43.4,74.8,30000,Kant\na,5,43.41,74.8,30000,Kant\nb,1,41.9,74.8,12000,Kant\n";
    std::fs::write(&plots, text).unwrap();
    let plots = plots.display().to_string();
    let observed = ["coverage", "observed", &study, &plots, "--site", "Kant"];
    let (ran, told) = entente(&observed);
    assert!(ran, "{told}");
    assert!(told.contains("3 positions of its own: 66.7 % where it should see"), "{told}");
    assert!(told.contains("1 of these are under the lowest level"), "{told}");
    // Nothing can be learned of the horizon from it.
    let horizon = folder.path().join("h.toml").display().to_string();
    let (ran, told) = entente(&[&observed[..], &["--horizon", &horizon]].concat());
    assert!(!ran && told.contains("nobody can tell what it misses"), "{told}");
}

/// What GDAL makes of the files, where it is installed.
#[test]
fn gdal_reads_what_is_exported() {
    if Command::new("gdalinfo").arg("--version").output().is_err() {
        eprintln!("skipped: gdal-bin is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let site =
        "[[site]]\nname = \"Kant\"\nlat = 42.8532\nlon = 74.8465\nmast_m = 20\nrange_max_nm = 60\n";
    let study = study(folder.path(), site).display().to_string();
    let files = ["c.tif", "c.geojson", "c.kml"].map(path);
    let [tif, geojson, kml] = &files;
    let (ran, told) = entente(&[
        "coverage",
        "joint",
        &study,
        "--geotiff",
        tif,
        "--geojson",
        geojson,
        "--kml",
        kml,
    ]);
    assert!(ran, "{told}");
    let json = |program: &str, arguments: &[&str]| -> serde_json::Value {
        let ran = Command::new(program).args(arguments).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        serde_json::from_slice(&ran.stdout).unwrap()
    };
    let info = json("gdalinfo", &["-json", "-mm", tif]);
    assert!(info["coordinateSystem"]["wkt"].as_str().unwrap().contains("WGS 84"));
    let steps = &info["geoTransform"];
    assert!((steps[1].as_f64().unwrap() - 1.0 / 60.0).abs() < 1e-9, "{steps}");
    let band = &info["bands"][0];
    let [low, high] = ["computedMin", "computedMax"].map(|key| band[key].as_f64().unwrap());
    assert!((300.0..1500.0).contains(&low) && high > 3000.0, "{low} {high}");
    for file in [geojson, kml] {
        let ran = Command::new("ogrinfo").args(["-ro", "-al", "-so", file]).output().unwrap();
        let told = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(ran.status.success() && ran.stderr.is_empty(), "{told}");
        // A circle of 60 NM about 42.85 N 74.85 E, whole over the plain in the north.
        let extent = told.lines().find(|line| line.starts_with("Extent")).unwrap();
        let edges = ["(73.48", "(76.2", "43.8"];
        assert!(edges.iter().all(|edge| extent.contains(edge)), "{file}: {extent}");
    }
    let layers = Command::new("ogrinfo").args(["-ro", "-al", "-so", geojson]).output().unwrap();
    assert!(String::from_utf8_lossy(&layers.stdout).contains("Feature Count: 4"));
}

/// Each is one line that names the site, the file or the key, and what to do.
#[test]
fn bad_input_is_told_in_one_line_with_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let kant = "[[site]]\nname = \"Kant\"\nlat = 42.8532\nlon = 74.8465\nrange_max_nm = 30\n";
    let told = |head: &str, site: &str| {
        std::fs::write(path("s.toml"), format!("[study]\nstep_arcsec = 60\n{head}\n{site}"))
            .unwrap();
        let (ran, told) = entente(&["coverage", "joint", &path("s.toml")]);
        assert!(!ran, "{told}");
        told.lines().last().unwrap_or_default().to_owned()
    };
    let ground = format!("terrain = [{:?}]", root().join("data/terrain"));
    let far = "[[site]]\nname = \"Far\"\nlat = 10.5\nlon = 74.5\nrange_max_nm = 20\n";
    let found = told(&ground, far);
    assert!(
        found.contains(
            "Far: no terrain is given for the site at 10.5000 74.5000; add the tile N10E074"
        ),
        "{found}"
    );
    let low = format!("{kant}ground_m = 100\n");
    let found = told(&ground, &low);
    assert!(
        found.contains("Kant: the antenna at 120 m is under the ground") && found.contains("row "),
        "{found}"
    );
    std::fs::create_dir(path("none")).unwrap();
    let found = told("terrain = [\"none\"]", kant);
    assert!(found.contains("none: no terrain file is in this folder"), "{found}");
    let swapped =
        "{\"type\":\"Polygon\",\"coordinates\":[[[42.5,74.5],[43,74.5],[43,75],[42.5,74.5]]]}";
    std::fs::write(path("r.geojson"), swapped).unwrap();
    let found = told(&format!("{ground}\nregion = \"r.geojson\""), kant);
    assert!(found.contains("r.geojson: no known ground is in its polygons"), "{found}");
    std::fs::write(
        path("r.geojson"),
        "{\"type\":\"LineString\",\"coordinates\":[[74,42],[75,142]]}",
    )
    .unwrap();
    let found = told(&format!("{ground}\nregion = \"r.geojson\""), kant);
    assert!(
        found.contains("LineString 1: position 2 is [75,142]; give longitude, latitude"),
        "{found}"
    );
}

#[test]
fn candidates_come_from_a_list_of_airfields_and_several_parties_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let site = "[[site]]\nname = \"Kant\"\nparty = \"KGZ\"\nlat = 42.8532\nlon = 74.8465\nrange_max_nm = 60\n\
                [[site]]\nname = \"Almaty\"\nparty = \"KAZ\"\nlat = 43.35\nlon = 77.04\nrange_max_nm = 60\n";
    let study = study(folder.path(), site).display().to_string();
    let (ran, told) = entente(&["coverage", "joint", &study]);
    assert!(ran && told.contains("FL100  KAZ ") && told.contains("FL100  KGZ "), "{told}");
    let list = folder.path().join("airfields.csv");
    let text = "ident,name,latitude_deg,longitude_deg,cost\nUCFM,\"Manas, Bishkek\",43.061,74.478,2\nUCFO,Osh,40.609,72.793,1\nX,Nowhere,0,0,1\n";
    std::fs::write(&list, text).unwrap();
    let sites = |list: &Path| {
        entente(&["coverage", "sites", &study, "--list", list.to_str().unwrap(), "--every", "9"])
    };
    let (ran, told) = sites(&list);
    assert!(
        ran && told.contains("among these 1 candidates") && told.contains("Manas, Bishkek"),
        "{told}"
    );
    std::fs::write(&list, "name,lat,lon\nA,95,74\n").unwrap();
    let (ran, told) = sites(&list);
    assert!(!ran && told.contains("airfields.csv:2: lat \"95\": give -90 to 90"), "{told}");
}

#[test]
fn what_is_covered_of_a_polygon_is_told_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let site = "[[site]]\nname = \"Kant\"\nlat = 42.8532\nlon = 74.8465\nrange_max_nm = 60\n";
    let study = study(folder.path(), site).display().to_string();
    let areas = folder.path().join("areas.geojson").display().to_string();
    let text = "{\"type\":\"Feature\",\"properties\":{\"name\":\"CTR\"},\"geometry\":{\"type\":\"Polygon\",\
                \"coordinates\":[[[74.7,42.95],[75.0,42.95],[75.0,43.1],[74.7,43.1],[74.7,42.95]]]}}";
    std::fs::write(&areas, text).unwrap();
    let (ran, told) = entente(&["coverage", "along", &study, &areas]);
    assert!(ran && told.contains("polygon 1 (CTR)"), "{told}");
    // Flat ground in the north of the radar: all of it is seen.
    assert!(told.contains("FL100: 100.0 % covered, 0.0 % by two or more"), "{told}");
}
