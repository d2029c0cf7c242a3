//! The documentation as a site: the pages of `docs/`, the words, and what every command says of itself.

use crate::shell::{Step, built, is_installed, workspace_root};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

/// The release of mdBook that is built where none is installed.
const MDBOOK: &str = "0.5.4";

/// Builds it into `book` of the target folder, and follows every link of it.
pub(crate) fn build() -> Result<()> {
    let mdbook = mdbook()?;
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
    // With the features that the tests were built with, so that nothing is built again.
    Step::new("cargo")
        .args(["build", "--workspace", "--exclude", "proof", "--bins", "--tests"])
        .run()?;
    let mut commands = String::from("# Commands\n\n");
    said(&built("debug/entente"), &mut Vec::new(), &mut commands)?;
    fs::write(reference.join("commands.md"), commands)?;
    let site = built("book");
    let shown = site.to_string_lossy().into_owned();
    Step::new(&mdbook).args(["build", &book.to_string_lossy(), "--dest-dir", &shown]).run()?;
    let dead = dead_links(&pages_of(&site)?, &|path| site.join(path).is_file());
    if !dead.is_empty() {
        bail!("links that lead nowhere:\n{}", dead.join("\n"));
    }
    println!("{shown}/index.html");
    Ok(())
}

/// The program: what is installed, else built once into the target folder, without what serves and
/// watches, and not optimised: so it takes a few minutes, and a book needs no more.
fn mdbook() -> Result<String> {
    if is_installed("mdbook") {
        return Ok("mdbook".to_owned());
    }
    let home = built("tools");
    let (root, target) = (home.to_string_lossy(), home.join("build"));
    let program = home.join("bin/mdbook").to_string_lossy().into_owned();
    if !is_installed(&program) {
        Step::new("cargo")
            .args(["install", "mdbook", "--version", MDBOOK, "--locked", "--debug"])
            .args(["--no-default-features", "--features", "search"])
            .args(["--root", &root, "--target-dir", &target.to_string_lossy()])
            .run()?;
    }
    Ok(program)
}

/// The site's pages by their paths in it.
fn pages_of(site: &Path) -> Result<BTreeMap<PathBuf, String>> {
    let mut pages = BTreeMap::new();
    let mut folders = vec![site.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "html") {
                let name = path.strip_prefix(site).expect("below the site").to_owned();
                // They speak of paths of another place: the address that was not found.
                if !["404.html", "print.html", "toc.html"].iter().any(|one| name == Path::new(one))
                {
                    pages.insert(name, fs::read_to_string(&path)?);
                }
            }
        }
    }
    Ok(pages)
}

/// Links within the site that lead to no file of it, or to no heading: `page: link`. `is_there` knows
/// the files that are no pages.
fn dead_links(pages: &BTreeMap<PathBuf, String>, is_there: &dyn Fn(&Path) -> bool) -> Vec<String> {
    let mut dead = Vec::new();
    for (page, text) in pages {
        for link in attributes(text, "href=\"").chain(attributes(text, "src=\"")) {
            if link.contains(':') || link.is_empty() {
                continue;
            }
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let to = match path {
                "" => page.clone(),
                path => within(page.parent().unwrap_or(Path::new("")), path),
            };
            let found = match pages.get(&to) {
                Some(_) if heading.is_empty() => true,
                Some(text) => text.contains(&format!("id=\"{heading}\"")),
                None => is_there(&to),
            };
            if !found {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    dead
}

fn attributes<'a>(text: &'a str, opening: &str) -> impl Iterator<Item = &'a str> {
    let values = text.split(opening).skip(1).collect::<Vec<_>>();
    values.into_iter().filter_map(|rest| rest.split('"').next())
}

/// `../b.html` seen from `a/` is `b.html`; what leads out of the site stays outside.
fn within(folder: &Path, link: &str) -> PathBuf {
    let mut path = PathBuf::new();
    for part in folder.join(link).components() {
        match part {
            Component::ParentDir if path.file_name().is_some() => {
                path.pop();
            }
            Component::CurDir => {}
            part => path.push(part),
        }
    }
    path
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_named_with_its_page() {
        let check = |link: &str, dead: bool| {
            let page = format!("<h2 id=\"here\">x</h2><a href=\"{link}\">x</a>");
            let pages = BTreeMap::from([
                (PathBuf::from("index.html"), "<h1 id=\"top\">x</h1>".to_owned()),
                (PathBuf::from("how-to/a.html"), page),
            ]);
            let found = dead_links(&pages, &|path| path == Path::new("images/a.png"));
            let expected = if dead { vec![format!("how-to/a.html: {link}")] } else { Vec::new() };
            assert_eq!(found, expected);
        };
        for link in [
            "#here",
            "../index.html",
            "../index.html#top",
            "../images/a.png",
            "https://x.example/y",
        ] {
            check(link, false);
        }
        for link in ["#there", "../index.html#here", "b.html", "../../index.html", "images/a.png"] {
            check(link, true);
        }
    }
}
