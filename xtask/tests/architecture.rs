//! The workspace as Cargo sees it against what the documents say.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .exec()
        .expect("cargo metadata runs in a checkout")
}

/// The block fenced as `arrows` in ARCHITECTURE.md: `crate -> crate crate`.
fn documented_arrows() -> BTreeMap<String, BTreeSet<String>> {
    let text = include_str!("../../ARCHITECTURE.md");
    let (_, rest) = text.split_once("```arrows\n").expect("ARCHITECTURE.md has an arrows block");
    let (block, _) = rest.split_once("```").expect("the arrows block is closed");
    let line = |line: &str| {
        let (from, to) = line.split_once("->").expect("each line has an arrow");
        (from.trim().to_owned(), to.split_whitespace().map(str::to_owned).collect())
    };
    block.lines().map(line).collect()
}

#[test]
fn crates_depend_on_each_other_as_architecture_md_says() {
    let metadata = metadata();
    let ours: BTreeSet<String> =
        metadata.workspace_packages().iter().map(|p| p.name.to_string()).collect();
    let arrows = |package: &cargo_metadata::Package| {
        let down = package
            .dependencies
            .iter()
            .filter(|d| d.kind == DependencyKind::Normal && ours.contains(&d.name))
            .map(|d| d.name.clone());
        (package.name.to_string(), down.collect::<BTreeSet<_>>())
    };
    let actual: BTreeMap<_, _> = metadata.workspace_packages().into_iter().map(arrows).collect();
    assert_eq!(actual, documented_arrows());
}

#[test]
fn everything_the_product_ships_may_be_used_under_apache_2_or_mit_terms() {
    const ALLOWED: &[&str] = &[
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "Unicode-3.0",
        "Unlicense",
        "Zlib",
    ];
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().expect("metadata resolves");
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|n| (&n.id, n)).collect();
    let mut queue: Vec<_> = metadata
        .workspace_packages()
        .iter()
        .filter(|p| p.name.as_str() == "entente")
        .map(|p| &p.id)
        .collect();
    assert!(!queue.is_empty(), "the product is the package `entente`");
    let mut shipped = BTreeSet::new();
    while let Some(id) = queue.pop() {
        if shipped.insert(id) {
            let normal = nodes[id]
                .deps
                .iter()
                .filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
            queue.extend(normal.map(|dep| &dep.pkg));
        }
    }
    // One permitted alternative of an OR is enough; every part of an AND is needed.
    let permitted = |expression: &str| {
        let normalised = expression.replace('/', " OR ").replace(['(', ')'], " ");
        normalised.split(" OR ").any(|choice| {
            choice.split(" AND ").all(|part| {
                let name = part.split(" WITH ").next().unwrap_or(part).trim();
                ALLOWED.contains(&name)
            })
        })
    };
    for id in shipped {
        let package = &metadata[id];
        let licence = package.license.as_deref().unwrap_or("none stated");
        assert!(permitted(licence), "{} {} is {licence}", package.name, package.version);
    }
}
