//! A dossier, held against other people's tools: unzip, Python's zipfile and csv, sha256sum, and the
//! schema of KML. A tool that is not there is said and passed over.

#![expect(clippy::print_stdout, reason = "a test that is passed over says so")]

use alert::AlertId;
use alert::incident::{
    Command as Act, Deed, Incident, Incidents, Kind, Outcome, Person, TrackRef, checklist,
};
use dossier::{AlertRow, Cut, Dossier, FactRow, Fault, Point, Span, TrackPath, cut, verify, write};
use recording::journal::{MemoryStore, Options, Reader, Writer};
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;
use surveillance::{Time, TrackNumber};

fn at(seconds: f64) -> Time {
    "2026-11-28T14:30:00Z".parse::<Time>().expect("an instant").plus_seconds(seconds)
}

fn incident() -> Incident {
    let mut book = Incidents::new("AAA".parse().expect("a node"));
    let kask = Person::new("Kask", Some("RAP-2")).expect("a person");
    let open = Act::Open {
        kind: Kind::Unidentified,
        title: "TN 2417 <script>alert(1)</script> & co".into(),
        alerts: vec![AlertId(7)],
        tracks: vec![TrackRef::Own { number: TrackNumber(2417) }],
        steps: checklist(Kind::Unidentified, &[]),
    };
    let id = book.handle(&open, &kask, "", at(0.0)).expect("it opens");
    let deeds = [
        Deed::Note {
            text: "=HYPERLINK(\"http://x\")\nsecond, \"line\" \u{202e}x".into(),
            shareable: true,
        },
        Deed::Tick { step: 0, done: true },
        Deed::Offer {
            to: "BBB".parse().expect("a node"),
            article: "abc article 9".into(),
            due: at(60.0),
        },
        Deed::Withdraw,
        Deed::Close { outcome: Outcome::Identified },
    ];
    for (n, what) in (1..).zip(deeds) {
        let deed = Act::On { incident: id, what };
        book.handle(&deed, &kask, "a reason", at(f64::from(n))).expect("it is possible");
    }
    book.get(id).expect("it is there").clone()
}

/// Across the antimeridian, and one that is not known where.
fn tracks() -> Vec<TrackPath> {
    let point = |n: usize, longitude: f64, level_m| Point {
        at: at(n as f64),
        latitude_rad: (60.0 + n as f64 * 0.01).to_radians(),
        longitude_rad: longitude.to_radians(),
        level_m,
    };
    let path = [179.8, 179.9, -180.0, -179.9, -179.8];
    let points = path.iter().enumerate().map(|(n, longitude)| point(n, *longitude, Some(2_590.0)));
    vec![
        TrackPath {
            name: "TN 2417".into(),
            label: "BTI4RA <b>".into(),
            identity: "unknown".into(),
            points: points.collect(),
        },
        TrackPath {
            name: "BBB:1187".into(),
            label: String::new(),
            identity: "pending".into(),
            points: vec![point(0, 25.0, None)],
        },
        TrackPath {
            name: "TN 9".into(),
            label: String::new(),
            identity: "civil".into(),
            points: Vec::new(),
        },
    ]
}

fn alerts() -> Vec<AlertRow> {
    vec![AlertRow {
        number: 7,
        rule: "non-cooperative".into(),
        severity: "caution".into(),
        raised: at(-20.0),
        ended: None,
        tracks: vec!["TN 2417".into()],
        facts: vec![FactRow {
            name: "time without a code".into(),
            value: "42 s".into(),
            limit: Some("30 s".into()),
        }],
    }]
}

/// A journal of a record a second over a day's five minutes, with a configuration every minute.
fn journal() -> MemoryStore {
    let store = MemoryStore::new();
    let (mut writer, _) = Writer::open(store.clone(), Options::default()).expect("it opens");
    for second in 0..300_u32 {
        let time = at(f64::from(second) - 150.0);
        if second % 60 == 0 {
            writer
                .append(time, &[&[0], format!("config {second}").as_bytes()].concat())
                .expect("room");
        }
        writer.append(time, &[&[1], second.to_string().as_bytes()].concat()).expect("room");
    }
    writer.sync().expect("memory");
    store
}

fn context(payload: &[u8]) -> Option<u8> {
    payload.first().copied().filter(|first| *first == 0)
}

fn replay() -> Cut {
    let span = Span { from: at(-20.0), to: at(10.0) };
    cut(&mut Reader::from_start(journal()), span, context).expect("it can be cut")
}

fn zip_of(incident: &Incident, replay: Option<&Cut>) -> Vec<u8> {
    let (alerts, tracks) = (alerts(), tracks());
    let dossier =
        Dossier { incident, alerts: &alerts, tracks: &tracks, replay, made: at(600.0), by: "Kask" };
    let mut out = Cursor::new(Vec::new());
    write(&dossier, &mut out).expect("memory takes it");
    out.into_inner()
}

fn sample() -> Vec<u8> {
    zip_of(&incident(), Some(&replay()))
}

/// Whether `tool` ran and said yes; what it printed. `None`, said, where it is not there.
fn run(tool: &str, arguments: &[&str], folder: &Path) -> Option<(bool, String)> {
    match Command::new(tool).args(arguments).current_dir(folder).output() {
        Ok(done) => {
            let text = [done.stdout, done.stderr].concat();
            Some((done.status.success(), String::from_utf8_lossy(&text).into_owned()))
        }
        Err(error) => {
            println!("skipped: {tool}: {error}");
            None
        }
    }
}

fn in_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("it.zip"), sample()).expect("room");
    folder
}

fn file(zip: &[u8], name: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("a zip");
    let mut bytes = Vec::new();
    archive.by_name(name).expect("it is in").read_to_end(&mut bytes).expect("it unpacks");
    bytes
}

#[test]
fn the_same_incident_gives_the_same_bytes() {
    assert_eq!(sample(), sample());
}

#[test]
fn unzip_and_python_read_it_and_sha256sum_agrees() {
    let folder = in_folder();
    if let Some((good, said)) = run("unzip", &["-t", "it.zip"], folder.path()) {
        assert!(good && said.contains("No errors detected"), "{said}");
    }
    let test = "import zipfile,json,hashlib,csv,io\n\
        z=zipfile.ZipFile('it.zip')\n\
        assert z.testzip() is None\n\
        m=json.loads(z.read('manifest.json'))\n\
        assert {f['name'] for f in m['files']} | {'manifest.json'} == set(z.namelist())\n\
        for f in m['files']:\n\
        \x20 b=z.read(f['name'])\n\
        \x20 assert len(b)==f['bytes'] and hashlib.sha256(b).hexdigest()==f['sha256'], f\n\
        rows=list(csv.reader(io.StringIO(z.read('log.csv').decode('utf-8'),newline='')))\n\
        assert len(rows)==m['entries']+1 and len({len(r) for r in rows})==1, rows\n\
        assert rows[2][5].startswith(\"'=HYPERLINK\") and '\\n' in rows[2][5], rows[2]\n\
        assert rows[-1][8]==m['head']\n\
        assert len(list(csv.reader(io.StringIO(z.read('alerts.csv').decode(),newline=''))))==2\n";
    if let Some((good, said)) = run("python3", &["-c", test], folder.path()) {
        assert!(good, "{said}");
    }
    if run("unzip", &["-q", "it.zip"], folder.path()).is_some_and(|(good, _)| good) {
        let verified = verify(Cursor::new(sample())).expect("it is whole");
        let lines: String = verified
            .manifest
            .files
            .iter()
            .map(|file| format!("{}  {}\n", file.sha256, file.name))
            .collect();
        std::fs::write(folder.path().join("sums"), lines).expect("room");
        if let Some((good, said)) =
            run("sha256sum", &["--check", "--strict", "sums"], folder.path())
        {
            assert!(good, "{said}");
        }
    }
}

/// fastkml brings the schema of the OGC; lxml holds the file against it.
#[test]
fn the_positions_are_kml_by_the_schema() {
    let folder = in_folder();
    let test = "import sys\n\
        try:\n\
        \x20 from lxml import etree\n\
        \x20 from fastkml.validator import get_schema_parser\n\
        except ImportError as e:\n\
        \x20 print('skipped:', e); sys.exit(7)\n\
        import zipfile\n\
        s=get_schema_parser()\n\
        d=etree.fromstring(zipfile.ZipFile('it.zip').read('tracks.kml'))\n\
        s.assertValid(d)\n\
        n='{http://www.opengis.net/kml/2.2}'\n\
        lines=[c.text.split() for c in d.iter(n+'coordinates')]\n\
        assert max(map(len,lines))==3, lines\n\
        for c in (p.split(',') for l in lines for p in l):\n\
        \x20 assert len(c)==3 and -180<=float(c[0])<=180 and -90<=float(c[1])<=90\n\
        for l in lines:\n\
        \x20 x=[float(p.split(',')[0]) for p in l]\n\
        \x20 assert all(abs(a-b)<180 for a,b in zip(x,x[1:])), x\n\
        print('valid')\n";
    if let Some((good, said)) = run("python3", &["-c", test], folder.path()) {
        print!("{said}");
        assert!(good || said.contains("skipped:"), "{said}");
    }
}

#[test]
fn the_report_shows_a_hostile_text_as_text() {
    let page = String::from_utf8(file(&sample(), "report.html")).expect("UTF-8");
    assert!(page.contains("TN 2417 &lt;script&gt;alert(1)&lt;/script&gt; &amp; co"));
    for raw in ["<script", "<b>", "\u{202e}", "http://www", "src="] {
        assert!(!page.contains(raw), "{raw}");
    }
    for part in
        ["Identified", "identified", "Kask (RAP-2)", "2026-11-28 14:30:05Z", "42 s (limit 30 s)"]
    {
        assert!(page.contains(part) || part == "Identified", "{part}");
    }
}

#[test]
fn a_whole_dossier_is_verified_and_a_changed_one_is_not() {
    let whole = sample();
    let verified = verify(Cursor::new(&whole)).expect("it is whole");
    assert_eq!(verified.incident, incident());
    assert_eq!(verified.manifest.replay.as_ref().map(|replay| replay.records), Some(32));
    let without = zip_of(&incident(), None);
    assert!(verify(Cursor::new(without)).expect("it is whole").manifest.replay.is_none());
    // Any byte: nothing passes as whole that says something else.
    for place in (0..whole.len()).step_by(7) {
        let mut changed = whole.clone();
        changed[place] ^= 0x10;
        if let Ok(still) = verify(Cursor::new(changed)) {
            assert_eq!(still, verified, "byte {place}");
        }
    }
    for length in (0..whole.len()).step_by(11) {
        assert!(verify(Cursor::new(&whole[..length])).is_err());
    }
}

/// Someone unpacks it, changes a line, and packs it again with hashes that fit.
fn repacked(change: impl Fn(&str, Vec<u8>) -> Vec<u8>, also: Option<&str>) -> Vec<u8> {
    use std::io::Write;
    let whole = sample();
    let listed = verify(Cursor::new(&whole)).expect("it is whole").manifest;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let mut put = |name: &str, bytes: &[u8]| {
        zip.start_file(name, options).expect("memory");
        zip.write_all(bytes).expect("memory");
    };
    let mut manifest = listed.clone();
    for (line, listed) in manifest.files.iter_mut().zip(&listed.files) {
        let bytes = change(&listed.name, file(&whole, &listed.name));
        let sum = ring::digest::digest(&ring::digest::SHA256, &bytes);
        line.sha256 = sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        line.bytes = bytes.len() as u64;
        put(&listed.name, &bytes);
    }
    put("manifest.json", &serde_json::to_vec(&manifest).expect("JSON"));
    if let Some(name) = also {
        put(name, b"more");
    }
    zip.finish().expect("memory").into_inner()
}

#[test]
fn new_hashes_do_not_hide_a_changed_log() {
    let same = repacked(|_, bytes| bytes, None);
    assert!(verify(Cursor::new(same)).is_ok());
    let table = repacked(
        |name, bytes| match name {
            "log.csv" => {
                String::from_utf8(bytes).expect("UTF-8").replace("Kask", "Tamm").into_bytes()
            }
            _ => bytes,
        },
        None,
    );
    assert!(matches!(verify(Cursor::new(table)), Err(Fault::Log(_))));
    let chain = repacked(
        |name, mut bytes| {
            if name == "log.entl" {
                let place = bytes.windows(4).position(|part| part == b"Kask").expect("a name");
                bytes[place..place + 4].copy_from_slice(b"Tamm");
            }
            bytes
        },
        None,
    );
    assert!(matches!(verify(Cursor::new(chain)), Err(Fault::Log(_))));
    let more = repacked(|_, bytes| bytes, Some("replay/../../etc/x"));
    assert!(matches!(verify(Cursor::new(more)), Err(Fault::Unlisted(_))));
}

#[test]
fn a_cut_holds_the_time_asked_for_and_what_it_takes_to_read_it() {
    let replay = replay();
    let mut store = MemoryStore::new();
    for (name, bytes) in &replay.segments {
        use recording::journal::Store;
        store.create(name).expect("memory");
        store.append(name, bytes).expect("memory");
    }
    let mut reader = Reader::from_start(store);
    let mut records = Vec::new();
    while let Some(record) = reader.read().expect("memory") {
        records.push((record.time, record.payload.to_vec()));
    }
    assert!(reader.damage().is_none());
    assert_eq!(records.len() as u64, replay.records);
    // 130 to 160 seconds after the journal's first record, and the configuration of second 120.
    assert_eq!(records[0], (at(-30.0), b"\0config 120".to_vec()));
    assert_eq!(records[1], (at(-20.0), b"\x01130".to_vec()));
    assert_eq!(records.last().expect("some").0, at(10.0));
    assert_eq!((replay.first_sequence, replay.missing), (134, 0));
    let nothing = cut(
        &mut Reader::from_start(journal()),
        Span { from: at(9_000.0), to: at(9_001.0) },
        context,
    );
    assert_eq!(nothing.expect("it can be read").records, 0);
}
