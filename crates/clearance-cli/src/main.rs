//! The program `clearance`.
fn main() {}
