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
        .args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])
        .run()?;
    Step::new("cargo")
        .env("RUSTDOCFLAGS", "--deny warnings --allow rustdoc::private-intra-doc-links")
        .args(["doc", "--workspace", "--no-deps", "--document-private-items"])
        .run()?;
    test()
}

fn rust_tests() -> Result<()> {
    if is_installed("cargo-nextest") {
        let profile = if std::env::var_os("CI").is_some() { "ci" } else { "default" };
        Step::new("cargo").args(["nextest", "run", "--workspace", "--profile", profile]).run()?;
        // nextest does not run the examples in the documentation
        return Step::new("cargo").args(["test", "--quiet", "--workspace", "--doc"]).run();
    }
    Step::new("cargo").args(["test", "--quiet", "--workspace"]).run()
}

/// The names under which distributions install Chromium; `tests/e2e/system.mjs` looks for the same.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

fn browser_tests() -> Result<()> {
    let given = std::env::var_os("CHROMIUM").is_some();
    if !given && !BROWSERS.into_iter().any(is_installed) && !apt_install(&["chromium"]) {
        println!("skipped: browser tests need Chromium (Debian: apt-get install chromium)");
        return Ok(());
    }
    Step::new("cargo").args(["build", "--package", "entente"]).run()?;
    Step::new("npm")
        .folder("web")
        .env("ENTENTE_BIN", built("debug/entente"))
        .env("ENTENTE_E2E", "required")
        .args(["run", "--silent", "e2e"])
        .run()
}
