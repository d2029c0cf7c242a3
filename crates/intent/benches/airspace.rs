//! Airspace.
fn main() {}
