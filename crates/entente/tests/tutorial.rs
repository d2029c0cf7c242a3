//! The tutorial, typed as it stands: its files are written, its commands run in order.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What a reader does at one box.
#[derive(Debug, PartialEq)]
enum Step {
    Write { path: String, text: String },
    Run(String),
}

/// The boxes of a page: `sh` is typed line by line, `toml PATH` is a file.
fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else { continue };
        let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if kind == "sh" {
            steps.extend(inside.into_iter().map(|line| Step::Run(line.to_owned())));
        } else if let Some(path) = kind.strip_prefix("toml ") {
            steps.push(Step::Write { path: path.to_owned(), text: inside.join("\n") });
        }
    }
    steps
}

/// Programs that run on; they end with the test.
#[derive(Default)]
struct Started(Vec<Child>);

impl Drop for Started {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[test]
fn the_tutorial_can_be_typed_from_its_first_command_to_its_last() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for shared in ["data", "examples"] {
        std::os::unix::fs::symlink(root.join(shared), folder.path().join(shared)).unwrap();
    }
    let program = Path::new(env!("CARGO_BIN_EXE_entente")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let shell = |line: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).current_dir(folder.path()).env("PATH", &path);
        shell
    };
    let run = |line: &str| {
        let ran = shell(line).output().unwrap();
        let told = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(ran.status.success(), "{line}\n{told}{}", String::from_utf8_lossy(&ran.stderr));
        told
    };
    let mut started = Started::default();
    let steps = steps(&fs::read_to_string(root.join("docs/tutorial.md")).unwrap());
    let mut told = Vec::new();
    for step in &steps {
        match step {
            Step::Write { path, text } => fs::write(folder.path().join(path), text).unwrap(),
            // The build is what has just been tested.
            Step::Run(line) if line.starts_with("cargo ") || line.starts_with("export ") => {}
            Step::Run(line) => match line.strip_suffix(" &") {
                Some(line) => {
                    let line = format!("exec {line} 2>&1");
                    let mut child = shell(&line).stdout(Stdio::piped()).spawn().unwrap();
                    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
                    started.0.push(child);
                    let ready =
                        |line: &String| ["console: ", "playing "].iter().any(|w| line.contains(w));
                    assert!(
                        lines.by_ref().map_while(Result::ok).any(|line| ready(&line)),
                        "{line}"
                    );
                    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
                }
                None => {
                    let mut said = run(line);
                    // The reader looks until it is so.
                    while line.ends_with(" partners") && !said.contains("\"link\": \"up\"") {
                        said = run(line);
                    }
                    told.push(said);
                }
            },
        }
    }
    let all = told.concat();
    assert!(all.contains("in force since 2023-11-02"), "{all}");
    assert!(all.contains("every file hold"), "{all}");

    // What the guide on incidents tells to type, at the first of the two nodes.
    let open = r#"{"type":"open_incident","kind":"other","title":"A balloon","alerts":[],"tracks":[],"why":"","by":{"name":"Asel"}}"#;
    run(&format!("entente console do 127.0.0.1:18481 '{open}'"));
    std::os::unix::fs::symlink("tutorial/kgz/recording", folder.path().join("recording")).unwrap();
    let guide = fs::read_to_string(root.join("docs/how-to/incidents.md")).unwrap();
    let mut lines = typed(&guide);
    // The node's before those of its files.
    lines.sort_by_key(|line| !line.starts_with("entente console do "));
    for line in &mut lines {
        *line = line.replace("127.0.0.1:8480", "127.0.0.1:18481");
        // The book is written after the act: the reader looks until it is there.
        let listed = |line: &str| {
            String::from_utf8_lossy(&shell(line).output().unwrap().stdout).contains("INC-0001")
        };
        let looks = if line.starts_with("entente incident list ") { 300 } else { 0 };
        assert!(looks == 0 || (0..looks).any(|_| listed(line)), "{line}: no incident is listed");
        told.push(run(line));
    }
    assert_eq!(lines.len(), 5, "{lines:?}");
    let all = told.concat();
    assert!(all.contains("inc-0001.zip: whole") && all.contains("2 entries"), "{all}");
}

/// Commands of the README and the guides, by how they begin: all that begin so are run as they stand, in this
/// order, and each says that.
const RUN: &[(&str, &str)] = &[
    ("entente describe ", "Radar Plot Characteristics"),
    ("entente config check ", "nothing is wrong"),
    ("entente people roles", "identification officer"),
    ("entente people invite ", "#invitation="),
    ("entente people list ", "Asel"),
    ("entente people shut-out ", ""),
    ("entente people audit", "shut out"),
    ("entente keys make ", "made keys of"),
    ("entente keys show keys", "KGZ"),
    ("entente keys show partners/kgz.pem", "KGZ"),
    ("entente keys renew ", "certificate.pem: renewed"),
    ("entente accord check ", "nothing is wrong"),
    ("entente accord status ", "2028"),
    ("entente accord matrix ", "RUS"),
    ("entente accord explain ", "released"),
    ("entente airspace check ", "airspaces ("),
    ("entente airspace export ", ""),
    ("entente plans check ", "understood"),
    ("entente plans apply ", "plan 0 filed"),
    ("entente plans route ", "300 NM, times as filed"),
    ("entente plans write ", "-TITLE IFPL"),
    ("entente simulate ", "simulated"),
    ("entente track ", "tracked"),
    ("entente score ", "GOSPA"),
    ("entente decode FILE ", "no defects"),
    ("entente decode capture.pcap", "no defects"),
    ("entente inspect ", "CAT062"),
    ("entente convert capture", "datagrams"),
    ("entente coverage site ", "Kant (KGZ)"),
    ("entente coverage joint ", "FL245"),
    ("entente coverage gaps ", "gaps"),
    ("entente coverage along ", "area"),
    ("entente coverage sites ", "alone"),
    ("entente coverage compare ", "gained in B"),
    ("entente coverage mlat ", "HDOP"),
    ("entente coverage observed ", "wrote horizon.toml"),
    ("entente coverage profile ", "wrote profile.svg"),
    ("entente coverage sheet ", "wrote sheet.html"),
    ("entente coverage share ", "kgz-rus-2022"),
];

/// The others, by how they begin, and why they are not.
const NOT_RUN: &[(&str, &str)] = &[
    ("entente run ", "runs on; the tutorial starts two"),
    ("entente replay ", "runs on"),
    ("entente play ", "sends on; the tutorial starts one"),
    ("entente exercise ", "runs on, beside four nodes; the browser tests run it"),
    ("entente setup ", "asks at a terminal; tests/setup.rs answers"),
    ("entente decode 'udp:", "listens to a network that is not there"),
    ("entente convert 'udp:", "listens to a network that is not there"),
    ("entente console ", "needs a node; the tutorial asks one"),
    ("entente incident ", "needs a node's recording; the tutorial makes one and runs these"),
    (
        "entente ledger ",
        "needs two nodes' ledger; the tutorial verifies one, tests/links proves from one",
    ),
    ("entente accord rehearse ", "needs a node's recording of partners"),
    ("entente accord prove ", "needs the solver, a program of its own: the crate `proof` runs it"),
    (
        "entente accord compare ",
        "needs the solver, a program of its own: the crate `proof` runs it",
    ),
];

/// What a node's file is beside the guides' commands: each path, and the text.
fn beside(root: &Path, folder: &Path) {
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let write = |path: &str, text: &str| fs::write(folder.join(path), text).unwrap();
    for path in ["data/scenarios", "examples/coverage", "partners"] {
        fs::create_dir_all(folder.join(path)).unwrap();
    }
    for linked in
        ["data/accords", "data/geo", "data/terrain", "examples/joint", "examples/node.toml"]
    {
        std::os::unix::fs::symlink(root.join(linked), folder.join(linked)).unwrap();
    }
    for (from, to) in [
        ("data/accords/kgz-rus-2022.toml", "my.toml"),
        ("data/accords/kgz-rus-2022.toml", "accord.toml"),
        ("data/geo/kyrgyzstan.geojson", "border.geojson"),
        ("crates/intent/testdata/airspace/valley.openair", "airspace.openair"),
        ("crates/intent/testdata/airspace/valley.geojson", "borders.geojson"),
        ("crates/intent/testdata/airspace/valley.xml", "aip.xml"),
    ] {
        fs::copy(root.join(from), folder.join(to)).unwrap();
    }
    write(
        "day.fpl",
        "(FPL-KGZ101/A2511-IS-B738/M-S/C-UCAA0545-N0420F350 DCT AMIDI DCT BORDI DCT\n\
         -UCBB0045-DOF/261128)\n",
    );
    write("airports.csv", "icao,lat,lon,elevation\nUCAA,40.0,74.0,0\nUCBB,45.0,74.0,0\n");
    write(
        "navaids.csv",
        "ident,type,latitude_deg,longitude_deg\nAMIDI,waypoint,42.0,74.0\nBORDI,waypoint,43.0,74.0\n",
    );
    // Shorter than the scenario that ships, and coarser and nearer than the study: the commands are the same.
    let shorter =
        read("data/scenarios/biased.toml").replace("duration_s = 900", "duration_s = 120");
    write("data/scenarios/biased.toml", &shorter);
    let study = read("examples/coverage/kyrgyzstan.toml")
        .replace("range_max_nm = 200", "range_max_nm = 30")
        .replace(
            "terrain = [\"../../data/terrain\"]",
            "terrain = [\"../../data/terrain\"]\nstep_arcsec = 120",
        );
    let (head, sites) = study.split_once("[[site]]").unwrap();
    let russian = format!(
        "{study}\n[[site]]\nname = \"Kant RUS\"\nparty = \"RUS\"\nlat = 42.85\nlon = 74.85\n"
    );
    write("examples/coverage/kyrgyzstan.toml", &russian);
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_772_323_200);
    let kept =
        fs::File::options().append(true).open(folder.join("examples/coverage/kyrgyzstan.toml"));
    kept.unwrap().set_modified(long_ago).unwrap();
    let here = |text: &str| text.replace("../../data", "data");
    write("variant.toml", &here(&format!("{head}[[site]]{}", sites.replace("42.853", "42.8"))));
    let receiver = |(lat, lon): (f64, f64)| {
        format!(
            "[[site]]\nname = \"{lat} {lon}\"\nlat = {lat}\nlon = {lon}\nrole = \"multilateration\"\n"
        )
    };
    let four = [(42.8, 74.8), (42.9, 75.1), (42.6, 75.0), (42.75, 75.3)].map(receiver).concat();
    write("receivers.toml", &here(&format!("{head}{four}")));
    let seen = (0..200).map(|t| {
        let (lat, lon) = (42.85 + 0.001 * f64::from(t), 74.85 + 0.002 * f64::from(t));
        format!("{},{t},{lat},{lon},30000,{}\n", t % 3, ["Kant", "Other"][t as usize % 2])
    });
    let seen: String = seen.collect();
    write("plots.csv", &format!("track,time_s,lat,lon,altitude_ft,sensor\n{seen}"));
    // A node that was started once.
    let people = people::People::open(
        &folder.join("people"),
        node::config::PeopleSection::default().rules(),
    )
    .unwrap();
    people.first("2026-11-28T00:00:00Z".parse().unwrap()).unwrap();
}

/// Every `entente` command that stands in a box of shell lines of a page, with `$S` in its place.
fn typed(page: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut boxes = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut set = String::new();
    for line in boxes.by_ref().collect::<String>().replace("\\\n", " ").lines().map(str::trim) {
        if let Some(value) = line.strip_prefix("S=") {
            value.clone_into(&mut set);
        } else if line.contains("entente ") {
            commands.push(line.split(" #").next().unwrap().trim().replace("$S", &set));
        }
    }
    commands
}

#[test]
fn commands_of_the_guides_do_what_is_said() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let folder = tempfile::tempdir().unwrap();
    beside(&root, folder.path());
    let mut pages = vec![root.join("README.md"), root.join("docs/DECODE.md")];
    let guides = fs::read_dir(root.join("docs/how-to")).unwrap();
    pages.extend(guides.map(|entry| entry.unwrap().path()));
    pages.sort();
    let mut commands = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        commands.extend(typed(&text));
        // What a sentence tells to type is whole where it is run.
        let spans = text.split('`').filter(|span| !span.contains('\n'));
        let spoken = ["entente airspace export ", "entente keys renew "];
        commands.extend(
            spans.filter(|span| spoken.iter().any(|one| span.starts_with(one))).map(str::to_owned),
        );
    }
    let is_left = |command: &&String| {
        !RUN.iter().chain(NOT_RUN).any(|(begins, _)| command.starts_with(begins))
    };
    let left: Vec<_> = commands.iter().filter(is_left).collect();
    assert!(left.is_empty(), "neither run nor said why not: {left:#?}");
    let stale = RUN
        .iter()
        .chain(NOT_RUN)
        .filter(|(begins, _)| !commands.iter().any(|command| command.starts_with(begins)));
    assert_eq!(stale.count(), 0, "a list names commands that no page tells of");

    let program = Path::new(env!("CARGO_BIN_EXE_entente")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let run = |line: &str| {
        let mut shell = Command::new("sh");
        let ran = shell.args(["-c", line]).current_dir(folder.path()).env("PATH", &path);
        let ran = ran.output().unwrap();
        let told = [ran.stdout, ran.stderr].concat();
        (ran.status.success(), String::from_utf8_lossy(&told).into_owned())
    };
    let mut done = Vec::new();
    for (begins, says) in RUN {
        // What a reader has by then: a partner's identity, and captures, here of what the tracker told.
        let made = match *begins {
            "entente keys show partners/kgz.pem" => "cp keys/identity.pem partners/kgz.pem",
            "entente decode FILE " => {
                "cp tracks.pcap FILE && cp FILE capture.pcap && entente convert FILE capture.pcapng"
            }
            "entente convert capture" => "rm capture.pcap",
            _ => "true",
        };
        let (is_made, told) = run(made);
        assert!(is_made, "{made}: {told}");
        for command in commands.iter().filter(|command| command.starts_with(begins)) {
            if done.contains(&command) {
                continue;
            }
            done.push(command);
            let (is_done, told) = run(command);
            assert!(is_done && told.contains(says), "{command}: {told}");
        }
    }
    assert!(done.len() > 45, "only {} commands were run", done.len());
    let map = fs::read_to_string(folder.path().join("airspace.geojson")).unwrap();
    assert!(map.contains("FeatureCollection"), "{map}");
}

#[test]
fn the_book_has_every_page_and_no_other() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").canonicalize().unwrap();
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    let linked =
        summary.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|one| one.0);
    let mut linked: Vec<String> = linked.map(str::to_owned).collect();
    let mut there = Vec::new();
    for folder in ["", "concepts", "how-to", "design", "reference", "scenarios"] {
        for entry in fs::read_dir(docs.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                there.push(path.strip_prefix(&docs).unwrap().display().to_string());
            }
        }
    }
    there.retain(|page| page != "SUMMARY.md");
    // Made when the book is built.
    for pages in [&mut linked, &mut there] {
        pages.retain(|page| page != "reference/commands.md" && page != "reference/glossary.md");
    }
    linked.sort();
    there.sort();
    assert_eq!(linked, there);
}
