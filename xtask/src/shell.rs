//! Running other programs from the workspace's root, and saying what is missing.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder that holds the workspace's Cargo.toml.
pub(crate) fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("xtask lies in the workspace").to_path_buf()
}

/// What cargo built, by its path in the target folder: `release/entente`.
pub(crate) fn built(relative: &str) -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    // A relative folder is meant from where cargo runs, the workspace's root.
    workspace_root().join(target).join(relative)
}

/// One program to run, echoed before it starts.
pub(crate) struct Step {
    command: Command,
    shown: String,
}

impl Step {
    pub(crate) fn new(program: &str) -> Self {
        let mut command = Command::new(program);
        command.current_dir(workspace_root());
        Self { command, shown: program.to_owned() }
    }

    pub(crate) fn args<'a>(mut self, args: impl IntoIterator<Item = &'a str>) -> Self {
        for arg in args {
            self.shown.push(' ');
            self.shown.push_str(arg);
            self.command.arg(arg);
        }
        self
    }

    pub(crate) fn env(mut self, key: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    pub(crate) fn folder(mut self, relative: &str) -> Self {
        self.command.current_dir(workspace_root().join(relative));
        self
    }

    /// Runs it to the end; an error names the command that failed.
    pub(crate) fn run(mut self) -> Result<()> {
        println!("$ {}", self.shown);
        let status =
            self.command.status().with_context(|| format!("cannot start {}", self.shown))?;
        if !status.success() {
            bail!("failed ({status}): {}", self.shown);
        }
        Ok(())
    }

    /// The command itself, for a caller that keeps the process.
    pub(crate) fn into_command(self) -> Command {
        println!("$ {}", self.shown);
        self.command
    }
}

/// The Python of an environment with one package of PyPI in it, made where it is not there yet.
pub(crate) fn python_with(package: &str, version: &str) -> Result<PathBuf> {
    python_environment(&built("bench").join(package), &[&format!("{package}=={version}")])
}

/// The Python of the environment in `home` with these packages of PyPI in it, made where it is not there yet.
pub(crate) fn python_environment(home: &Path, packages: &[&str]) -> Result<PathBuf> {
    let python = home.join("bin/python");
    if !home.join("bin/pip").exists() {
        let home = home.to_str().context("a folder whose path is text")?;
        Step::new("python3").args(["-m", "venv", home]).run()?;
    }
    let program = python.to_str().context("a folder whose path is text")?;
    Step::new(program)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(packages.iter().copied())
        .run()?;
    Ok(python)
}

/// Unpacks Debian's packages into `home` as they would lie on a system, without installing them.
pub(crate) fn debian_unpacked(home: &Path, packages: &[&str]) -> Result<()> {
    let archives = home.join("archives");
    std::fs::create_dir_all(&archives)?;
    let apt = |arguments: &[&str]| {
        let quiet = ["-qq", "-o=APT::Sandbox::User=root"];
        let mut step = Step::new("apt-get").args(quiet).args(arguments.iter().copied());
        step.command.current_dir(&archives);
        step.run()
    };
    let download = [&["download"], packages].concat();
    // Where it knows of no packages yet, it has to ask first.
    apt(&download).or_else(|_| apt(&["update"]).and_then(|()| apt(&download)))?;
    for archive in std::fs::read_dir(&archives)? {
        let archive = archive?.path();
        let paths = [archive.to_str(), home.to_str()].into_iter().flatten();
        Step::new("dpkg").args(["--extract"]).args(paths).run()?;
    }
    Ok(())
}

/// Whether `program --version` runs.
pub(crate) fn is_installed(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether this user may install Debian packages here.
fn may_install() -> bool {
    let root = Command::new("id").arg("-u").output();
    root.is_ok_and(|out| out.stdout.trim_ascii() == b"0") && is_installed("apt-get")
}

/// Installs Debian packages where that is allowed; false where it is not or fails.
pub(crate) fn apt_install(packages: &[&str]) -> bool {
    if !may_install() {
        return false;
    }
    let quiet = ["-qq", "-o=Dpkg::Use-Pty=0"];
    let updated = Step::new("apt-get").args(quiet).args(["update"]).run();
    let install = Step::new("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(quiet)
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages.iter().copied());
    updated.and_then(|()| install.run()).is_ok()
}
