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
    install("web")?;
    Step::new("npm").folder("web").args(["run", "--silent", "build"]).run()
}

/// Types and unit tests of the console.
pub(crate) fn test() -> Result<()> {
    Step::new("npm").folder("web").args(["run", "--silent", "lint"]).run()?;
    Step::new("npm").folder("web").args(["test", "--silent"]).run()
}

/// Installs a folder's locked npm packages unless they are already there.
pub(crate) fn install(folder: &str) -> Result<()> {
    let root = workspace_root().join(folder);
    let lock = std::fs::metadata(root.join("package-lock.json")).and_then(|m| m.modified());
    let installed =
        std::fs::metadata(root.join("node_modules/.package-lock.json")).and_then(|m| m.modified());
    if let (Ok(lock), Ok(installed)) = (lock, installed)
        && installed >= lock
    {
        return Ok(());
    }
    Step::new("npm").folder(folder).args(["ci", "--no-audit", "--no-fund"]).run()
}
