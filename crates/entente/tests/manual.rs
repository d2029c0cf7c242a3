//! Completions and manual pages, as a user asks for them.

use std::process::{Command, Output};

fn run(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_entente")).args(words).output().expect("it runs")
}

#[test]
fn bash_completes_a_command_and_an_option_of_it() {
    let script = run(&["completions", "bash"]);
    assert!(script.status.success());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("entente.bash");
    std::fs::write(&file, &script.stdout).expect("a file");
    let complete = |words: &str| {
        let count = words.split(' ').count();
        let ask = format!(
            "source {}; COMP_WORDS=({words}); COMP_CWORD={}; _entente entente '{}' ''; echo \
             ${{COMPREPLY[@]}}",
            file.display(),
            count - 1,
            words.split(' ').next_back().unwrap_or_default()
        );
        let told = Command::new("bash").args(["-c", &ask]).output().expect("bash runs");
        String::from_utf8(told.stdout).expect("text")
    };
    assert_eq!(complete("entente rep").trim(), "replay");
    assert_eq!(complete("entente run --no-r").trim(), "--no-record");
}

#[test]
fn each_command_has_a_page_that_says_what_it_takes() {
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().join("man");
    let done = run(&["manual", pages.to_str().expect("text")]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let read = |name: &str| std::fs::read_to_string(pages.join(name)).expect(name);
    let whole = read("entente.1");
    for command in ["run", "replay", "decode", "accord", "ledger", "people"] {
        assert!(whole.contains(&format!("entente\\-{command}(1)")), "{command}");
        assert!(pages.join(format!("entente-{command}.1")).is_file(), "{command}");
    }
    assert!(read("entente-run.1").contains("Record nothing"));
}
