//! The documentation as a site: the pages of `docs/`, the words, and what every command says of itself.

use crate::shell::{Step, built, is_installed, workspace_root};
use anyhow::{Context, Result, bail};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Builds it into `book` of the target folder.
pub(crate) fn build() -> Result<()> {
    if !is_installed("mdbook") {
        bail!("mdBook builds the site: cargo install mdbook");
    }
    let root = workspace_root();
    let book = built("book-source");
    let pages = book.join("src");
    if pages.exists() {
        fs::remove_dir_all(&pages)?;
    }
    copied(&root.join("docs"), &pages)?;
    let reference = pages.join("reference");
    fs::create_dir_all(&reference)?;
    fs::copy(root.join("GLOSSARY.md"), reference.join("glossary.md"))?;
    fs::copy(root.join("book.toml"), book.join("book.toml"))?;
    Step::new("cargo").args(["build", "--package", "entente"]).run()?;
    let mut commands = String::from("# Commands\n\n");
    said(&built("debug/entente"), &mut Vec::new(), &mut commands)?;
    fs::write(reference.join("commands.md"), commands)?;
    let site = built("book").to_string_lossy().into_owned();
    Step::new("mdbook").args(["build", &book.to_string_lossy(), "--dest-dir", &site]).run()?;
    println!("{site}/index.html");
    Ok(())
}

fn copied(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let there = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copied(&entry.path(), &there)?;
        } else {
            fs::copy(entry.path(), there)?;
        }
    }
    Ok(())
}

/// What a command and those below it say of themselves.
fn said(program: &Path, command: &mut Vec<String>, out: &mut String) -> Result<()> {
    let told = Command::new(program).args(&*command).arg("--help").output()?;
    let told = String::from_utf8(told.stdout).context("help in UTF-8")?;
    let name = [&["entente".to_owned()], &command[..]].concat().join(" ");
    let _ = write!(out, "## {name}\n\n```text\n{}\n```\n\n", told.trim_end());
    let below = told.split_once("\nCommands:\n").and_then(|(_, rest)| rest.split_once("\n\n"));
    for line in below.map_or("", |(commands, _)| commands).lines() {
        let named = line.strip_prefix("  ").and_then(|line| line.split_whitespace().next());
        if let Some(one) = named.filter(|one| *one != "help" && !line.starts_with("   ")) {
            command.push(one.to_owned());
            said(program, command, out)?;
            command.pop();
        }
    }
    Ok(())
}
