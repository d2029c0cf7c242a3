//! What people read of roles is what the node goes by.

#[test]
fn the_page_on_people_has_the_table_of_roles() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/how-to/people.md");
    let page = std::fs::read_to_string(path).expect("the page is there");
    assert!(page.contains(&people::matrix()), "put this there:\n{}", people::matrix());
}
