//! Scans one text a given number of times: something to count instructions of.
//!
//! `one_scan 1 TEXT` is the cold scan of a new process; the difference of `1001` and `1`, by
//! a thousand, is a warm one.

#[inline(never)]
fn scan_once(text: &[u8]) -> usize {
    clearance_sensitive::scan(std::hint::black_box(text)).len()
}

fn main() {
    let mut words = std::env::args().skip(1);
    let times = words.next().and_then(|word| word.parse().ok());
    let text = words.next().unwrap_or_default();
    let found: usize = (0..times.unwrap_or(1_u32))
        .map(|_| scan_once(text.as_bytes()))
        .sum();
    println!("{found}");
}
