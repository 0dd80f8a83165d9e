//! What must hold for any input: no panic, spans in range, streams equal buffers, redaction.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::string_slice
)]

mod support;

use clearance_sensitive::{Scanner, redact, scan};
use proptest::prelude::*;
use support::{Dice, load, make};

/// Text with real-looking secrets, glue of all kinds and noise.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let rules = load();
    let shapes: Vec<(String, Option<String>)> = rules
        .iter()
        .flat_map(|rule| {
            rule.token
                .iter()
                .map(|shape| (shape.clone(), rule.check.clone()))
        })
        .collect();
    let near: Vec<String> = rules.iter().flat_map(|rule| rule.near.clone()).collect();
    let piece = prop_oneof![
        4 => (prop::sample::select(shapes), any::<u64>())
            .prop_map(|((shape, check), seed)| make(&shape, check.as_deref(), &mut Dice(seed)).into_bytes()),
        2 => (prop::sample::select(near), any::<u64>())
            .prop_map(|(word, seed)| format!("{word}_key = \"{}\"", make(r"\h{32}", None, &mut Dice(seed))).into_bytes()),
        2 => any::<u64>().prop_map(|seed| format!("password={}", make("[A-Z]\\d#\\a{9}", None, &mut Dice(seed))).into_bytes()),
        1 => any::<u64>().prop_map(|seed| {
            let body: Vec<String> = (0..20).map(|_| make(r"\b{64}", None, &mut Dice(seed))).collect();
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", body.join("\n")).into_bytes()
        }),
        1 => any::<u64>().prop_map(|seed| {
            use base64::Engine as _;
            base64::engine::general_purpose::STANDARD
                .encode(format!("api_key = \"{}\"", make(r"\a{32}\d{3}", None, &mut Dice(seed))))
                .into_bytes()
        }),
        1 => any::<u64>().prop_map(|seed| {
            make(r"glpat-\u{20}", None, &mut Dice(seed)).bytes().map(|b| format!("%{b:02x}")).collect::<String>().into_bytes()
        }),
        1 => (1_usize..30_000).prop_map(|len| b"lorem ipsum, dolor = 7; ".repeat(len / 24 + 1)),
        1 => (1_usize..12_000).prop_map(|len| b"QUJD".repeat(len / 4 + 1)),
        3 => "[ -~\\n]{0,40}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..40),
        1 => prop::sample::select(vec!["\n", " ", "\"", "clearance:allow", "gitleaks:allow", "\\n", "://", "@", "=", "%"]).prop_map(|s| s.as_bytes().to_vec()),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn streaming_equals_the_buffer(text in text(), cuts in prop::collection::vec(1_usize..70_000, 1..40)) {
        let scanner = Scanner::new();
        let whole = scanner.scan(&text);
        let mut found = Vec::new();
        let mut stream = scanner.stream();
        let mut rest = text.as_slice();
        for cut in cuts.iter().cycle() {
            let (now, later) = rest.split_at((*cut).min(rest.len()));
            stream.push(now, &mut |one| found.push(one));
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        stream.finish(&mut |one| found.push(one));
        prop_assert_eq!(found, whole);
    }

    #[test]
    fn spans_are_in_range_and_in_order(text in text()) {
        let mut end = 0;
        for found in scan(&text) {
            let range = found.range();
            prop_assert!(range.start >= end && range.start < range.end && range.end <= text.len());
            end = range.end;
            let feeds = text[..range.start].iter().filter(|b| **b == b'\n').count() as u64;
            prop_assert_eq!(found.line(), feeds + 1);
        }
    }

    #[test]
    fn redacted_text_holds_no_found_value(text in text()) {
        let text = String::from_utf8_lossy(&text).into_owned();
        let out = redact(&text);
        for found in Scanner::new().with_markers(false).scan(text.as_bytes()) {
            // A span may cut a character only where the text was not text; then all is replaced.
            if let Some(value) = text.get(found.range()) {
                prop_assert!(!out.contains(value), "{found:?}");
            }
            let shown = format!("{found:?}");
            prop_assert!(!text.get(found.range()).is_some_and(|value| value.len() > 14 && shown.contains(value)));
        }
    }

    #[test]
    fn a_redacted_stream_equals_replacing_the_spans(text in text()) {
        let mut out = Vec::new();
        let count = Scanner::new().redact_stream(text.as_slice(), &mut out).expect("memory");
        // A redacted stream takes out what a marker silences, too.
        let found = Scanner::new().with_markers(false).scan(&text);
        prop_assert_eq!(count, found.len() as u64);
        let mut want = Vec::new();
        let mut at = 0;
        for one in &found {
            want.extend_from_slice(&text[at..one.range().start]);
            want.extend_from_slice(format!("[redacted {}]", one.rule_id()).as_bytes());
            at = one.range().end;
        }
        want.extend_from_slice(&text[at..]);
        prop_assert_eq!(out, want);
    }
}

#[test]
fn the_marker_silences_its_line_or_its_rule_only() {
    let secret = "PGPASSWORD=vK7#mQ2x!pL9";
    assert_eq!(
        scan(format!("{secret} # clearance:allow").as_bytes()).len(),
        0
    );
    assert_eq!(
        scan(format!("{secret}\n# clearance:allow").as_bytes()).len(),
        1
    );
    assert_eq!(
        scan(format!("{secret} # clearance:allow(generic-password)").as_bytes()).len(),
        0
    );
    assert_eq!(
        scan(format!("{secret} # clearance:allow(github-pat)").as_bytes()).len(),
        1
    );
    for other in [
        "gitleaks:allow",
        "pragma: allowlist secret",
        "pragma: whitelist secret",
    ] {
        assert_eq!(
            scan(format!("{secret} # {other}").as_bytes()).len(),
            0,
            "{other}"
        );
        assert_eq!(
            scan(format!("{secret}\n# {other}").as_bytes()).len(),
            1,
            "{other}"
        );
    }
}

/// What is shown or logged is redacted whatever its author says, and so is what an agent writes.
#[test]
fn a_marker_does_not_reach_what_ignores_markers() {
    let text = "PGPASSWORD=vK7#mQ2x!pL9 # clearance:allow gitleaks:allow";
    assert!(!redact(text).contains("vK7"));
    let mut out = Vec::new();
    let count = Scanner::new()
        .redact_stream(text.as_bytes(), &mut out)
        .expect("a buffer");
    assert_eq!(count, 1);
    assert!(!String::from_utf8_lossy(&out).contains("vK7"));
    assert_eq!(
        Scanner::new()
            .with_markers(false)
            .scan(text.as_bytes())
            .len(),
        1
    );
}

#[test]
fn encodings_are_looked_into() {
    use base64::Engine as _;
    let plain = format!("token: {}", make(r"glpat-\u{20}", None, &mut Dice(5)));
    let once = base64::engine::general_purpose::STANDARD.encode(&plain);
    let twice = base64::engine::general_purpose::STANDARD.encode(format!("x = {once}"));
    let hex: String = plain.bytes().map(|b| format!("{b:02x}")).collect();
    let percent: String = plain.bytes().map(|b| format!("%{b:02X}")).collect();
    let json: String = plain.bytes().map(|b| format!("\\u{:04x}", b)).collect();
    for text in [&once, &twice, &hex, &percent, &json] {
        let found = scan(format!("data {text} end").as_bytes());
        assert_eq!(
            found.first().map(|one| one.rule_id().to_owned()).as_deref(),
            Some("gitlab-pat"),
            "{text}"
        );
    }
    assert!(
        Scanner::new()
            .with_max_depth(0)
            .scan(once.as_bytes())
            .is_empty()
    );
    assert!(
        Scanner::new()
            .with_max_depth(1)
            .scan(twice.as_bytes())
            .is_empty()
    );
}
