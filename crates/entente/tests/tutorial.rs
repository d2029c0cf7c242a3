//! The tutorial, typed as it stands: its files are written, its commands run in order.

#![cfg(unix)]

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
}

/// Commands of guides that take a moment, run as they stand, with the file beside them that the guide
/// speaks of. What the others are given, `src/guides.rs` holds against the program's arguments.
#[test]
fn commands_of_the_guides_do_what_is_said() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copies = [
        ("data/accords/kgz-rus-2022.toml", "my.toml"),
        ("crates/intent/testdata/plan/filed.txt", "day.fpl"),
        ("crates/intent/testdata/airspace/valley.openair", "airspace.openair"),
        ("crates/intent/testdata/airspace/valley.geojson", "borders.geojson"),
        ("crates/intent/testdata/airspace/valley.xml", "aip.xml"),
    ];
    for (from, to) in copies {
        fs::copy(root.join(from), folder.path().join(to)).unwrap();
    }
    let program = Path::new(env!("CARGO_BIN_EXE_entente")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let run = |line: &str| {
        let mut shell = Command::new("sh");
        let shell = shell.args(["-c", line]).current_dir(folder.path()).env("PATH", &path);
        let ran = shell.output().unwrap();
        let told = [ran.stdout, ran.stderr].concat();
        (ran.status.code(), String::from_utf8_lossy(&told).into_owned())
    };
    let runs = [
        ("write-an-accord", "entente accord check ", "my.toml"),
        ("write-an-accord", "entente accord status ", "2028"),
        ("write-an-accord", "entente accord matrix ", "RUS"),
        ("write-an-accord", "entente accord explain ", "article"),
        ("airspace", "entente airspace check ", "airspaces ("),
        ("airspace", "entente airspace export ", ""),
        ("plans", "entente plans check ", "understood"),
        ("plans", "entente plans apply ", "plan 0 filed"),
        ("plans", "entente plans write ", "-TITLE IFPL"),
        ("people", "entente people roles", "identification officer"),
        ("consumers", "entente keys make ", "made keys of XXA"),
        ("link-two-nodes", "entente keys renew ", "certificate.pem: renewed"),
    ];
    for (page, begins, says) in runs {
        let text = fs::read_to_string(root.join(format!("docs/how-to/{page}.md"))).unwrap();
        let spans = text.split('`').filter(|span| span.starts_with(begins));
        let mut lines =
            text.lines().map(str::trim).filter(|line| line.starts_with(begins)).chain(spans);
        let line = lines.next().unwrap_or_else(|| panic!("{page} tells of no `{begins}…`"));
        let (code, told) = run(line);
        assert!(code == Some(0) && told.contains(says), "{page}: {line}: {code:?}\n{told}");
    }
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
