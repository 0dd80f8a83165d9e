use crate::code::Language;
use crate::code::testing::{Row, check};

const ROWS: &[Row] = &[("console.log(1 + 2)", &[])];

#[test]
fn texts_tell_their_effects() {
    check(Language::JavaScript, ROWS);
}
