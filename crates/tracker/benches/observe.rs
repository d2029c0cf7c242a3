//! Plots per second.
fn main() {}
