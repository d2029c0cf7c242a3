//! What a change must pass.

use crate::shell::{Step, apt_install, built, is_installed};
use crate::web;
use anyhow::Result;

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
    if is_installed("cargo-nextest") {
        let profile = if std::env::var_os("CI").is_some() { "ci" } else { "default" };
        Step::new("cargo")
            .args(["nextest", "run", "--workspace", "--exclude", "proof", "--profile", profile])
            .run()?;
        // nextest does not run the examples in the documentation
        return Step::new("cargo")
            .args(["test", "--quiet", "--workspace", "--exclude", "proof", "--doc"])
            .run();
    }
    Step::new("cargo").args(["test", "--quiet", "--workspace", "--exclude", "proof"]).run()
}

/// The names under which distributions install Chromium; `tests/e2e/system.mjs` looks for the same.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

fn browser_tests() -> Result<()> {
    let given = std::env::var_os("CHROMIUM").is_some();
    if !given && !BROWSERS.into_iter().any(is_installed) && !apt_install(&["chromium"]) {
        println!("skipped: browser tests need Chromium (Debian: apt-get install chromium)");
        return Ok(());
    }
    // With the features that the tests were built with, so that nothing is built again.
    Step::new("cargo")
        .args(["build", "--workspace", "--exclude", "proof", "--bins", "--tests"])
        .run()?;
    Step::new("npm")
        .folder("web")
        .env("ENTENTE_BIN", built("debug/entente"))
        .env("ENTENTE_E2E", "required")
        .args(["run", "--silent", "e2e"])
        .run()
}
