//! The console's own tool chain: npm installs, checks and builds it.

use crate::shell::{Step, apt_install, is_installed, workspace_root};
use anyhow::{Result, bail};
use std::process::Command;

/// Vite and vitest ask for it.
const NODE_MAJOR_MIN: u32 = 20;

/// Makes sure of Node.js and npm, or says in one line what to install.
fn require_npm() -> Result<()> {
    if !is_installed("npm") {
        apt_install(&["nodejs", "npm"]);
    }
    let found = match node_major() {
        Some(major) if major >= NODE_MAJOR_MIN && is_installed("npm") => return Ok(()),
        Some(major) => format!("Node.js {major} is too old or lacks npm"),
        None => "Node.js is missing".to_owned(),
    };
    bail!("{found}: install Node.js {NODE_MAJOR_MIN} or newer with npm")
}

/// Major version of the Node.js on the path.
fn node_major() -> Option<u32> {
    let output = Command::new("node").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Installs the locked packages and builds `web/dist`.
pub(crate) fn build() -> Result<()> {
    require_npm()?;
    install()?;
    Step::new("npm").folder("web").args(["run", "--silent", "build"]).run()
}

/// Types and unit tests of the console.
pub(crate) fn test() -> Result<()> {
    Step::new("npm").folder("web").args(["run", "--silent", "lint"]).run()?;
    Step::new("npm").folder("web").args(["test", "--silent"]).run()
}

/// Installs the locked npm packages unless they are already there.
fn install() -> Result<()> {
    let root = workspace_root().join("web");
    let changed = |file: &str| std::fs::metadata(root.join(file)).and_then(|m| m.modified());
    if let (Ok(lock), Ok(installed)) =
        (changed("package-lock.json"), changed("node_modules/.package-lock.json"))
        && installed >= lock
    {
        return Ok(());
    }
    Step::new("npm").folder("web").args(["ci", "--no-audit", "--no-fund"]).run()
}
