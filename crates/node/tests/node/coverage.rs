//! The planner's door: a node with a study over an invented plain, asked as the coverage view asks.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use coverage::export::geotiff;
use coverage::terrain::Lattice;
use node::clock::Clock;
use node::config::Config;
use node::event::{Event, Handle, Outbox};
use node::metrics::Metrics;
use node::runtime::NoRecorder;
use node::service::Node;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use surveillance::Time;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Planning never reaches the engine.
struct Deaf;

impl Handle for Deaf {
    fn handle(&mut self, event: &Event, _: Time, _: &mut Outbox) {
        assert_eq!(*event, Event::Tick, "planning is not the engine's");
    }

    fn metrics(&self, _: Time) -> Metrics {
        Metrics::default()
    }
}

const STUDY: &str = "[study]\nterrain = [\"plain.tif\"]\nstep_arcsec = 36\nlevels = [50, 100]\n\n\
    [defaults]\nparty = \"KGZ\"\nrange_max_nm = 20\n\n[[site]]\nname = \"Plain\"\nlat = 42.0\nlon = 75.0\n";

/// A plain of 500 m with a wall two kilometres east of the site.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let lattice = Lattice {
        north_deg: 43.0,
        west_deg: 74.0,
        lat_step_deg: 0.01,
        lon_step_deg: 0.01,
        rows: 201,
        cols: 201,
    };
    let wall = |i: usize| if i % 201 == 103 { 2500.0 } else { 500.0 };
    let heights: Vec<f32> = (0..lattice.len()).map(wall).collect();
    let tile = geotiff::metres(&lattice, &heights).unwrap();
    std::fs::write(folder.path().join("plain.tif"), tile).unwrap();
    std::fs::write(folder.path().join("study.toml"), STUDY).unwrap();
    let node = "[console]\nlisten = \"127.0.0.1:0\"\n[coverage]\nstudy = \"study.toml\"\n";
    std::fs::write(folder.path().join("node.toml"), node).unwrap();
    folder
}

async fn node(config: &Config) -> Node {
    Node::start(config, Arc::new(Clock::new()), Deaf, NoRecorder, &[]).await.unwrap()
}

async fn exchange(node: &Node, request: String) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(node.console).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let head = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let status = std::str::from_utf8(&answer[9..12]).unwrap().parse().unwrap();
    (status, answer[head + 4..].to_vec())
}

async fn post(node: &Node, what: &str, question: &Value) -> (u16, Vec<u8>) {
    let body = question.to_string();
    let length = body.len();
    exchange(
        node,
        format!(
            "POST /api/v1/coverage/{what} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        ),
    )
    .await
}

async fn opening(node: &Node) -> Value {
    let request =
        "GET /api/v1/coverage/opening HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let (status, body) = exchange(node, request.to_owned()).await;
    assert_eq!(status, 200);
    serde_json::from_slice(&body).unwrap()
}

fn value(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}

#[tokio::test]
async fn a_node_without_a_study_says_how_to_give_it_one() {
    let mut config = Config::default();
    config.console.listen = "127.0.0.1:0".parse().unwrap();
    let node = node(&config).await;
    let opened = opening(&node).await;
    let words = opened["closed"].as_str().unwrap();
    assert!(words.contains("[coverage]") && words.contains("docs/how-to/coverage.md"), "{words}");
    let (status, _) =
        post(&node, "figures", &json!({"sites": [], "against": null, "level": 100, "levels": []}))
            .await;
    assert_eq!(status, 422);
    assert!(node.stop().await);
}

#[tokio::test]
async fn figures_layer_and_horizon_are_those_of_a_plain_behind_a_wall() {
    let folder = folder();
    let node = node(&Config::load(&folder.path().join("node.toml")).unwrap()).await;
    let opened = opening(&node).await;
    assert_eq!((&opened["closed"], &opened["levels"]), (&Value::Null, &json!([50.0, 100.0])));
    let sites = &opened["sites"];
    let asked = json!({"sites": sites, "against": null, "level": 50, "levels": [50, 100]});
    let (status, body) = post(&node, "figures", &asked).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    let figures = value(&body);
    // At FL050, 1,524 m, the wall two kilometres off hides all behind it: half a disc is seen.
    let disc_km2 = std::f64::consts::PI * 37.04 * 37.04;
    let seen_km2 = figures["levels"][0]["one"].as_f64().unwrap() / 100.0
        * figures["region_km2"].as_f64().unwrap();
    assert!((seen_km2 / disc_km2 - 0.5).abs() < 0.06, "{seen_km2} of {disc_km2}");
    assert_eq!(figures["sites"][0]["covered"], figures["sites"][0]["alone"]);
    let kind =
        |wanted: &str| figures["gaps"].as_array().unwrap().iter().any(|gap| gap["kind"] == wanted);
    assert!(kind("hidden") && kind("beyond"), "behind the wall, and in the corners: {figures}");

    let window = json!({"south_deg": 41.5, "north_deg": 42.5, "west_deg": 74.5, "east_deg": 75.5});
    let layer = |kind: &str| json!({"kind": kind, "sites": sites, "against": [], "level": 50, "surely": true, "window": window, "width": 100, "height": 80});
    let (status, bytes) = post(&node, "layer", &layer("seen")).await;
    assert_eq!((status, bytes.len()), (200, 8000));
    // 25 km west of the site, and as far east of it: 0x80 is the region, 0x08 surely, 0x01 by one.
    let at = |x: usize| bytes[40 * 100 + x];
    assert_eq!((at(20), at(80)), (0x89, 0x80));
    let (_, lowest) = post(&node, "layer", &layer("lowest")).await;
    assert!(lowest[40 * 100 + 20] < 10 && lowest[40 * 100 + 80] > 50, "{}", lowest[40 * 100 + 80]);

    let (_, body) = post(&node, "horizon", &sites[0]).await;
    let horizon = value(&body);
    let elevation = |azimuth: usize| horizon["elevation_deg"][azimuth].as_f64().unwrap();
    // The lattice's points stand half a step beside the file's: the wall is 1,500 m high on two
    // columns, the nearer one 980 m over the antenna and 2.07 km away.
    assert!((elevation(90) - 25.3).abs() < 1.5, "{}", elevation(90));
    assert!(elevation(270) < 0.5, "{}", elevation(270));

    let moved = json!([{ "name": "Moved", "party": "KGZ", "lat_deg": 42.0, "lon_deg": 75.2, "ground_m": null,
        "mast_m": 20.0, "range_min_nm": 0.0, "range_max_nm": 20.0, "elevation_min_deg": -90.0,
        "elevation_max_deg": 90.0, "sectors_deg": [], "multilateration": false, "horizon_deg": null }]);
    let asked = json!({"sites": moved, "against": sites, "level": 50, "levels": [50]});
    let (_, body) = post(&node, "figures", &asked).await;
    let row = &value(&body)["levels"][0];
    let net = row["gained"].as_f64().unwrap() - row["lost"].as_f64().unwrap();
    let difference = row["one"].as_f64().unwrap() - row["against"].as_f64().unwrap();
    assert!((net - difference).abs() < 1e-9 && row["gained"].as_f64().unwrap() > 1.0);
    assert!(node.stop().await);
}

#[tokio::test]
async fn a_wrong_question_is_answered_in_words_and_another_page_not_at_all() {
    let folder = folder();
    let node = node(&Config::load(&folder.path().join("node.toml")).unwrap()).await;
    let opened = opening(&node).await;
    let mut site = opened["sites"][0].clone();
    let figures =
        |site: &Value| json!({"sites": [site], "against": null, "level": 50, "levels": [50]});
    site["lat_deg"] = json!(60.0);
    let (status, body) = post(&node, "figures", &figures(&site)).await;
    let words = value(&body)["problem"].as_str().unwrap().to_owned();
    assert_eq!(status, 422);
    assert!(
        words.starts_with("Plain: the site at 60.0000 75.0000 is outside the terrain"),
        "{words}"
    );
    site["lat_deg"] = json!(42.0);
    site["mast_m"] = json!(9000.0);
    let (_, body) = post(&node, "figures", &figures(&site)).await;
    assert_eq!(value(&body)["problem"], "Plain: mast, metres, 9000 is out of range; give 0 to 500");
    let (status, _) = post(&node, "figures", &json!({"sights": []})).await;
    assert_eq!(status, 400);
    let huge = json!({"kind": "relief", "sites": [], "against": null, "level": 50, "surely": false,
        "window": {"south_deg": 41.0, "north_deg": 42.0, "west_deg": 74.0, "east_deg": 75.0},
        "width": 100_000, "height": 100_000});
    assert_eq!(post(&node, "layer", &huge).await.0, 422);
    let foreign = "GET /api/v1/coverage/opening HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(exchange(&node, foreign.to_owned()).await.0, 403);
    assert!(node.stop().await);
}

#[test]
fn a_wrong_study_stops_the_configuration_with_its_own_line() {
    let folder = folder();
    let study = folder.path().join("study.toml");
    std::fs::write(&study, STUDY.replace("lat = 42.0", "lat = 142.0")).unwrap();
    let load = |path: &Path| Config::load(path).unwrap_err().to_string();
    let said = load(&folder.path().join("node.toml"));
    let expected =
        format!("{}:12: site \"Plain\" lat: 142 is out of range; give -90 to 90", study.display());
    assert_eq!(said, expected);
    std::fs::remove_file(&study).unwrap();
    let said = load(&folder.path().join("node.toml"));
    assert!(said.ends_with("name a study file") && !said.contains('\n'), "{said}");
}

/// The cells of one sensor: over the plain behind its wall where there is a study, over a round earth
/// where there is none, and each says so.
#[tokio::test]
async fn where_a_sensor_should_see_is_told_over_terrain_or_over_a_round_earth() {
    let folder = folder();
    let with = node(&Config::load(&folder.path().join("node.toml")).unwrap()).await;
    let mut config = Config::default();
    config.console.listen = "127.0.0.1:0".parse().unwrap();
    let without = node(&config).await;
    // Eight sectors of two rings of 10 NM; below FL100: its middle is FL050, under the wall's shadow.
    let asked = json!({
        "name": "Hill", "lat_deg": 42.0, "lon_deg": 75.0, "height_m": null, "range_nm": 20.0,
        "sectors": 8, "rings": 2, "ring_nm": 10.0, "bands": [[0.0, 100.0]],
    });
    let (status, body) = post(&with, "predicted", &asked).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    let told = value(&body);
    assert_eq!((&told["round"], &told["site"]), (&Value::Null, &json!("Plain")));
    // The outer ring east of the site is behind the wall, from north to south.
    let cells = told["bands"][0].as_array().unwrap();
    assert_eq!(cells[8..], [0, 0, 0, 0, 1, 1, 1, 1].map(|seen| json!(seen))[..]);

    // What no sweep can be made of is refused before it; the planner goes on.
    let mut wrong = asked.clone();
    (wrong["name"], wrong["lat_deg"], wrong["range_nm"]) = (json!("x"), json!(42.3), json!(-100.0));
    assert_eq!(post(&with, "predicted", &wrong).await.0, 422);
    assert_eq!(post(&with, "predicted", &asked).await.0, 200);

    let (_, body) = post(&without, "predicted", &asked).await;
    let told = value(&body);
    assert_eq!(told["round"], "no study is configured");
    assert!(told["bands"][0].as_array().unwrap().iter().all(|cell| *cell == 1), "{told}");
    assert!(with.stop().await && without.stop().await);
}
