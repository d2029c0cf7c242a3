//! What the editions of a category have in common: an item that is the same in several of them is
//! one constant.

use super::table::{Expansion, Node, Spec, Table};
use std::collections::BTreeMap;

/// All the tables of one category.
pub(super) struct Category {
    pub(super) number: u8,
    /// Every different item of its editions, and every different subitem of its expansion fields.
    pub(super) items: Vec<Shared>,
    /// Oldest first.
    pub(super) editions: Vec<Edition<Spec>>,
    /// Layouts of the reserved expansion field, oldest first.
    pub(super) expansions: Vec<Edition<Expansion>>,
}

/// An item and the constant it becomes.
pub(super) struct Shared {
    /// `I090` as the newest edition has it, `I090_E1_31` as it was up to edition 1.31; `R..` for
    /// the subitems of an expansion field.
    pub(super) ident: String,
    pub(super) node: Node,
}

/// A table, and which constant each of its items is.
pub(super) struct Edition<T> {
    pub(super) table: T,
    /// Item name to [`Shared::ident`].
    pub(super) idents: BTreeMap<String, String>,
}

/// The tables by category.
pub(super) fn categories(tables: Vec<Table>) -> Vec<Category> {
    let mut grouped: BTreeMap<u8, (Vec<Spec>, Vec<Expansion>)> = BTreeMap::new();
    for table in tables {
        match table {
            Table::Category(spec) => grouped.entry(spec.category).or_default().0.push(spec),
            Table::Expansion(layout) => grouped.entry(layout.category).or_default().1.push(layout),
        }
    }
    grouped.into_iter().map(|(number, (specs, layouts))| category(number, specs, layouts)).collect()
}

fn category(number: u8, mut specs: Vec<Spec>, mut layouts: Vec<Expansion>) -> Category {
    specs.sort_by_key(|spec| edition_key(&spec.edition));
    layouts.sort_by_key(|layout| edition_key(&layout.edition));
    let mut items = Vec::new();
    let mut editions = Vec::new();
    // From the newest, which gets the plain names.
    for table in specs.into_iter().rev() {
        let idents = share("I", &table.edition, table.items.iter(), &mut items);
        editions.push(Edition { table, idents });
    }
    let mut expansions = Vec::new();
    for table in layouts.into_iter().rev() {
        let idents = share("R", &table.edition, table.subitems.iter().flatten(), &mut items);
        expansions.push(Edition { table, idents });
    }
    editions.reverse();
    expansions.reverse();
    Category { number, items, editions, expansions }
}

fn share<'a>(
    prefix: &str,
    edition: &str,
    nodes: impl Iterator<Item = &'a Node>,
    items: &mut Vec<Shared>,
) -> BTreeMap<String, String> {
    let mut idents = BTreeMap::new();
    for node in nodes {
        let plain = format!("{prefix}{}", node.name);
        let same = |shared: &&Shared| shared.ident.starts_with(prefix) && shared.node == *node;
        let ident = match items.iter().find(same) {
            Some(shared) => shared.ident.clone(),
            None => {
                let is_taken = items.iter().any(|shared| shared.ident == plain);
                let ident = match is_taken {
                    true => format!("{plain}_E{}", edition.replace('.', "_")),
                    false => plain,
                };
                items.push(Shared { ident: ident.clone(), node: node.clone() });
                ident
            }
        };
        idents.insert(node.name.clone(), ident);
    }
    idents
}

/// `1.9` before `1.32`.
fn edition_key(edition: &str) -> Vec<u32> {
    edition.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}
