//! What a change must pass.

use crate::shell::{Step, apt_install, built, debian_unpacked, is_installed, python_environment};
use crate::web;
use anyhow::Result;
use std::path::PathBuf;

/// `cargo xtask test`: the Rust tests, the console's tests, the browser tests.
pub(crate) fn test() -> Result<()> {
    web::build()?;
    web::test()?;
    rust_tests()?;
    browser_tests()
}

/// `cargo xtask ci`.
pub(crate) fn ci() -> Result<()> {
    Step::new("cargo").args(["fmt", "--all", "--check"]).run()?;
    web::build()?;
    Step::new("cargo")
        .args([
            "clippy",
            "--workspace",
            "--exclude",
            "proof",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ])
        .run()?;
    Step::new("cargo")
        .env("RUSTDOCFLAGS", "--deny warnings --allow rustdoc::private-intra-doc-links")
        .args(["doc", "--workspace", "--exclude", "proof", "--no-deps", "--document-private-items"])
        .run()?;
    test()?;
    proofs()
}

/// The tests of `proof`, which no other step builds: what it is made of takes longer to build than
/// the rest of the product. Without the solver they test the translation alone, and say so.
fn proofs() -> Result<()> {
    if !is_installed("cvc5") && std::env::var_os("CVC5").is_none() && !apt_install(&["cvc5"]) {
        println!(
            "skipped: proofs about accords need the solver cvc5 (Debian: apt-get install cvc5)"
        );
    }
    Step::new("cargo").args(["test", "--quiet", "--package", "proof"]).run()
}

fn rust_tests() -> Result<()> {
    // It ends badly when it is asked for its version.
    let there = std::process::Command::new("mosquitto_sub").arg("--help").output().is_ok();
    if !there && !apt_install(&["mosquitto", "mosquitto-clients"]) {
        println!(
            "skipped: a real MQTT broker (Debian: apt-get install mosquitto mosquitto-clients)"
        );
    }
    // A test that is named a Python fails where that lacks something, and else skips.
    let python = other_readers();
    let told = |step: Step| match &python {
        Some(python) => step.env("ENTENTE_PYTHON", python),
        None => step,
    };
    if is_installed("cargo-nextest") {
        let profile = if std::env::var_os("CI").is_some() { "ci" } else { "default" };
        let run = ["nextest", "run", "--workspace", "--exclude", "proof", "--profile", profile];
        told(Step::new("cargo").args(run)).run()?;
        // nextest does not run the examples in the documentation
        return Step::new("cargo")
            .args(["test", "--quiet", "--workspace", "--exclude", "proof", "--doc"])
            .run();
    }
    told(Step::new("cargo").args(["test", "--quiet", "--workspace", "--exclude", "proof"])).run()
}

/// Other people's readers and clients, which the tests hold what we write against. None is shipped.
const READERS: [&str; 7] = [
    "asterix-decoder==0.7.11",
    "duckdb==2.0.1",
    "geopandas==1.2.0",
    "openapi-spec-validator==0.9.0",
    "pyarrow==26.0.1",
    "pytak==7.6.1",
    "takproto==3.0.1",
];

/// The Python that has them: in CI always, elsewhere where `ENTENTE_PYTHON` names one.
fn other_readers() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("ENTENTE_PYTHON") {
        return Some(named.into());
    }
    std::env::var_os("CI")?;
    python_environment(&built("others/python"), &READERS)
        .inspect_err(|why| println!("skipped: other people's readers: {why:#}"))
        .ok()
}

/// Somebody else's page that reads our files, and what it needs. GPL; neither shipped nor installed.
const PAGE: [&str; 5] = [
    "dump1090-mutability",
    "libjs-excanvas",
    "libjs-jquery",
    "libjs-jquery-ui",
    "libjs-jquery-ui-theme-smoothness",
];

/// The names under which distributions install Chromium; `tests/e2e/system.mjs` looks for the same.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

fn browser_tests() -> Result<()> {
    let given = std::env::var_os("CHROMIUM").is_some();
    if !given && !BROWSERS.into_iter().any(is_installed) && !apt_install(&["chromium"]) {
        println!("skipped: browser tests need Chromium (Debian: apt-get install chromium)");
        return Ok(());
    }
    let others = built("others/debian");
    let there = others.join("usr/share/dump1090-mutability").exists()
        || std::env::var_os("CI").is_some()
            && debian_unpacked(&others, &PAGE)
                .inspect_err(|why| println!("skipped: somebody else's page: {why:#}"))
                .is_ok();
    // With the features that the tests were built with, so that nothing is built again.
    Step::new("cargo")
        .args(["build", "--workspace", "--exclude", "proof", "--bins", "--tests"])
        .run()?;
    let step = Step::new("npm")
        .folder("web")
        .env("ENTENTE_BIN", built("debug/entente"))
        .env("ENTENTE_E2E", "required");
    let step = if there { step.env("ENTENTE_OTHERS", &others) } else { step };
    step.args(["run", "--silent", "e2e"]).run()
}
