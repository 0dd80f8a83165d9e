//! Scanning never panics, spans are in range, and a stream cut anywhere equals the buffer.
#![no_main]

use clearance_sensitive::Scanner;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<u16>, Vec<u8>)| {
    let (cuts, seed) = input;
    // The windows of a stream are tens of kilobytes; short inputs are spread over them.
    let text = seed.repeat(1 + 200_000 / (seed.len() + 1) * usize::from(cuts.len() % 5 == 4));
    let scanner = Scanner::new();
    let whole = scanner.scan(&text);
    let mut end = 0;
    for found in &whole {
        let range = found.range();
        assert!(end <= range.start && range.start < range.end && range.end <= text.len());
        end = range.end;
    }
    let mut found = Vec::new();
    let mut stream = scanner.stream();
    let mut rest = text.as_slice();
    for cut in cuts {
        let (now, later) = rest.split_at(usize::from(cut).min(rest.len()));
        stream.push(now, &mut |one| found.push(one));
        rest = later;
    }
    stream.push(rest, &mut |one| found.push(one));
    stream.finish(&mut |one| found.push(one));
    assert_eq!(found, whole);
});
