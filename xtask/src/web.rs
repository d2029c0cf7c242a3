//! The console's own tool chain: npm installs, checks and builds it.

use crate::shell::{Step, apt_install, is_installed, workspace_root};
use anyhow::{Result, bail};

/// Makes sure of Node.js and npm, or says in one line what to install.
pub(crate) fn require_npm() -> Result<()> {
    if is_installed("npm") || apt_install(&["nodejs", "npm"]) {
        return Ok(());
    }
    bail!(
        "npm is missing: install Node.js 20 or newer with npm (Debian: apt-get install nodejs npm)"
    );
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
