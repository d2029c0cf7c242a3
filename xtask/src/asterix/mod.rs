//! From the ASTERIX spec tables (`crates/asterix/spec/*.txt`) to the Rust constants that are
//! committed in `crates/asterix/src/generated/`.
//!
//! The tables' form is described in `crates/asterix/spec/README.md`. `table` reads it, `share`
//! finds what editions have in common, `emit` writes Rust; [`check`] says whether what is committed is what the tables give.

mod emit;
mod encoders;
mod share;
mod table;
mod visitors;

use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::path::Path;

/// Writes the Rust for every table of `spec_dir` into `out_dir`.
///
/// # Errors
/// If a table is not well formed, or a file cannot be read or written.
pub(crate) fn generate(spec_dir: &Path, out_dir: &Path) -> Result<()> {
    std::fs::create_dir_all(out_dir)?;
    for (name, text) in rendered(spec_dir)? {
        let path = out_dir.join(&name);
        if std::fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

/// Fails unless `out_dir` holds exactly what [`generate`] would write.
///
/// # Errors
/// If it differs, or a table is not well formed.
pub(crate) fn check(spec_dir: &Path, out_dir: &Path) -> Result<()> {
    let wanted = rendered(spec_dir)?;
    for (name, text) in &wanted {
        let there = std::fs::read_to_string(out_dir.join(name)).unwrap_or_default();
        ensure!(there == *text, "{name} is not what the tables give: run `cargo xtask codegen`");
    }
    for entry in std::fs::read_dir(out_dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        ensure!(wanted.contains_key(&name), "{name} comes from no table: delete it");
    }
    Ok(())
}

/// File name → Rust.
fn rendered(spec_dir: &Path) -> Result<BTreeMap<String, String>> {
    let categories = share::categories(tables(spec_dir)?);
    let mut files = BTreeMap::from([("mod.rs".to_owned(), emit::index(&categories))]);
    let visitors = visitors::visitors(&categories)?;
    files.insert("visitors.rs".to_owned(), visitors.visitors);
    files.insert("encoders.rs".to_owned(), encoders::encoders(&categories, &visitors.numbers)?);
    files.insert("contents.rs".to_owned(), visitors.contents);
    for category in &categories {
        let text =
            emit::category(category, &visitors.numbers).with_context(|| emit::module(category))?;
        files.insert(format!("{}.rs", emit::module(category)), text);
    }
    Ok(files)
}

/// Every table of `spec_dir`.
fn tables(spec_dir: &Path) -> Result<Vec<table::Table>> {
    let mut tables = Vec::new();
    for entry in std::fs::read_dir(spec_dir).with_context(|| spec_dir.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let text = std::fs::read_to_string(&path)?;
            tables.push(table::parse(&text).with_context(|| path.display().to_string())?);
        }
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_code_is_what_the_tables_give() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/asterix");
        check(&root.join("spec"), &root.join("src/generated")).unwrap();
    }
}
