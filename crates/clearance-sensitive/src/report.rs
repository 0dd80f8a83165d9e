//! Reports: JSON, JSON lines and SARIF 2.1.0. Values never appear in them.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::scan::{Detection, Encoding};

/// A detection and the file that it was found in.
#[derive(Debug, Clone)]
pub struct Located {
    /// The path as it is to be reported; `None` for input without a name.
    pub path: Option<String>,
    /// What was found.
    pub detection: Detection,
}

/// Writes one detection as a JSON object.
///
/// Fields: `rule`, `path` if there is one, `span` (bytes), `line`, `column`, `redacted` (the
/// masked preview), `severity`, `fingerprint`, `encoding`. Fields may be added, never renamed.
///
/// # Examples
///
/// ```
/// let found = clearance_sensitive::scan(b"PGPASSWORD=vK7#mQ2x!pL9");
/// let mut out = Vec::new();
/// clearance_sensitive::write_object(&mut out, None, &found[0])?;
/// assert!(out.starts_with(br#"{"rule":"generic-password","span":[11,23],"line":1,"column":12,"#));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When the writer fails.
pub fn write_object(out: &mut impl Write, path: Option<&str>, found: &Detection) -> io::Result<()> {
    write!(out, "{{\"rule\":{}", quoted(found.rule_id()))?;
    if let Some(path) = path {
        write!(out, ",\"path\":{}", quoted(path))?;
    }
    let span = found.span();
    write!(
        out,
        ",\"span\":[{},{}],\"line\":{},\"column\":{},\"redacted\":{},\"severity\":\"{}\",\"fingerprint\":\"{}\",\"encoding\":\"{}\"}}",
        span.start,
        span.end,
        found.line(),
        found.column(),
        quoted(found.preview()),
        found.severity().as_str(),
        found.fingerprint(),
        encoding(found.encoding()),
    )
}

/// Writes detections as JSON lines.
///
/// # Errors
///
/// When the writer fails.
pub fn write_jsonl(out: &mut impl Write, found: &[Located]) -> io::Result<()> {
    for one in found {
        write_object(out, one.path.as_deref(), &one.detection)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Writes detections as one JSON array.
///
/// # Errors
///
/// When the writer fails.
pub fn write_json(out: &mut impl Write, found: &[Located]) -> io::Result<()> {
    write!(out, "[")?;
    for (at, one) in found.iter().enumerate() {
        write!(out, "{}", if at == 0 { "\n  " } else { ",\n  " })?;
        write_object(out, one.path.as_deref(), &one.detection)?;
    }
    writeln!(out, "\n]")
}

/// Writes one answer of the batch form: `{"id":…,"matches":[…]}`.
///
/// `id` is the JSON text of the request's id, such as `"a"` or `7`; see [`json_string`].
///
/// # Errors
///
/// When the writer fails.
pub fn write_batch(out: &mut impl Write, id: &str, found: &[Detection]) -> io::Result<()> {
    write!(out, "{{\"id\":{id},\"matches\":[")?;
    for (at, one) in found.iter().enumerate() {
        if at > 0 {
            write!(out, ",")?;
        }
        write_object(out, None, one)?;
    }
    writeln!(out, "]}}")
}

/// Writes a SARIF 2.1.0 log (OASIS) with one run.
///
/// Rules that fired are described once; results refer to them. Fingerprints go into
/// `partialFingerprints`, so that a viewer can follow a result over versions of a file.
///
/// # Examples
///
/// ```
/// let mut out = Vec::new();
/// clearance_sensitive::write_sarif(&mut out, "0.1.0", &[])?;
/// assert!(String::from_utf8_lossy(&out).contains("\"version\":\"2.1.0\""));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When the writer fails.
pub fn write_sarif(out: &mut impl Write, version: &str, found: &[Located]) -> io::Result<()> {
    write!(
        out,
        "{{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{{\"name\":\"clearance\",\"version\":{},\"rules\":[",
        quoted(version)
    )?;
    let rules: BTreeSet<(&str, &str, &str)> = found
        .iter()
        .map(|one| &one.detection)
        .map(|found| (found.rule_id(), found.description(), level(found)))
        .collect();
    for (at, (id, description, level)) in rules.iter().enumerate() {
        write!(
            out,
            "{}{{\"id\":{},\"shortDescription\":{{\"text\":{}}},\"defaultConfiguration\":{{\"level\":\"{level}\"}}}}",
            comma(at),
            quoted(id),
            quoted(description)
        )?;
    }
    write!(out, "]}}}},\"columnKind\":\"utf16CodeUnits\",\"results\":[")?;
    for (at, one) in found.iter().enumerate() {
        write!(out, "{}", comma(at))?;
        write_result(out, one)?;
    }
    writeln!(out, "]}}]}}")
}

fn write_result(out: &mut impl Write, one: &Located) -> io::Result<()> {
    let found = &one.detection;
    let span = found.span();
    let message = format!("{} ({})", found.description(), found.preview());
    write!(
        out,
        "{{\"ruleId\":{},\"level\":\"{}\",\"message\":{{\"text\":{}}},\"locations\":[{{\"physicalLocation\":{{\"artifactLocation\":{{\"uri\":{}}},\"region\":{{\"startLine\":{},\"byteOffset\":{},\"byteLength\":{}}}}}}}],\"partialFingerprints\":{{\"clearance/v1\":\"{}\"}}}}",
        quoted(found.rule_id()),
        level(found),
        quoted(&message),
        quoted(&uri(one.path.as_deref().unwrap_or("stdin"))),
        found.line(),
        span.start,
        span.end - span.start,
        found.fingerprint(),
    )
}

fn comma(at: usize) -> &'static str {
    if at == 0 { "" } else { "," }
}

fn level(found: &Detection) -> &'static str {
    match found.severity() {
        crate::Severity::High => "error",
        crate::Severity::Medium => "warning",
        crate::Severity::Low => "note",
    }
}

fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Plain => "plain",
        Encoding::Encoded => "encoded",
        Encoding::Escaped => "escaped",
    }
}

/// A path as a relative or absolute URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            b'\\' => out.push('/'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Text as a JSON string (RFC 8259), with its quotes.
///
/// # Examples
///
/// ```
/// assert_eq!(clearance_sensitive::json_string("a\"b\n"), r#""a\"b\n""#);
/// ```
pub fn json_string(text: &str) -> String {
    quoted(text)
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<Located> {
        let text = b"x\nPGPASSWORD=vK7#mQ2x!pL9\nurl = redis://:Zq8vTr2LmX@cache.internal\n";
        crate::scan(text)
            .into_iter()
            .map(|detection| Located {
                path: Some("a dir/\"x\".env".to_owned()),
                detection,
            })
            .collect()
    }

    /// What the SARIF 2.1.0 schema asks of the parts that are written.
    #[test]
    fn sarif_has_what_the_schema_asks() {
        let mut out = Vec::new();
        write_sarif(&mut out, "1.2.3", &sample()).expect("writes");
        let log: serde_json::Value = serde_json::from_slice(&out).expect("is JSON");
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let driver = &run["tool"]["driver"];
        assert_eq!(driver["name"], "clearance");
        let rules = driver["rules"].as_array().expect("an array");
        assert_eq!(rules.len(), 2);
        let results = run["results"].as_array().expect("an array");
        assert_eq!(results.len(), 2);
        for result in results {
            assert!(rules.iter().any(|rule| rule["id"] == result["ruleId"]));
            assert!(
                ["none", "note", "warning", "error"]
                    .contains(&result["level"].as_str().expect("text"))
            );
            assert!(result["message"]["text"].is_string());
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], "a%20dir/%22x%22.env");
            assert!(place["region"]["startLine"].as_u64().expect("a number") >= 1);
            assert!(place["region"]["byteLength"].as_u64().expect("a number") >= 1);
            assert!(result["partialFingerprints"]["clearance/v1"].is_string());
        }
    }

    /// Required by the schema whatever was found; and a path is a URI reference (RFC 3986), which
    /// has no blanks, quotes, controls or bytes beyond ASCII.
    #[test]
    fn sarif_holds_for_no_finding_and_for_odd_paths() {
        let mut out = Vec::new();
        write_sarif(&mut out, "1.2.3", &[]).expect("writes");
        let log: serde_json::Value = serde_json::from_slice(&out).expect("is JSON");
        assert!(log["$schema"].is_string());
        assert_eq!(log["runs"].as_array().expect("an array").len(), 1);
        assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
        assert_eq!(log["runs"][0]["columnKind"], "utf16CodeUnits");
        for path in [
            "a b",
            "%41",
            "#x?y=1",
            "ä€",
            "c:colon",
            "new\nline",
            "\u{1}",
            "[b]{c}|^`<>",
            "-",
        ] {
            let mut found = sample();
            for one in &mut found {
                one.path = Some(path.to_owned());
            }
            let mut out = Vec::new();
            write_sarif(&mut out, "1.2.3", &found).expect("writes");
            let log: serde_json::Value = serde_json::from_slice(&out).expect("is JSON");
            let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().expect("text");
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte);
            assert!(!uri.is_empty() && uri.bytes().all(allowed), "{path}: {uri}");
        }
    }

    #[test]
    fn json_forms_agree_and_hide_the_value() {
        let found = sample();
        let (mut json, mut lines) = (Vec::new(), Vec::new());
        write_json(&mut json, &found).expect("writes");
        write_jsonl(&mut lines, &found).expect("writes");
        let array: Vec<serde_json::Value> = serde_json::from_slice(&json).expect("is JSON");
        let each: Vec<serde_json::Value> = String::from_utf8_lossy(&lines)
            .lines()
            .map(|line| serde_json::from_str(line).expect("is JSON"))
            .collect();
        assert_eq!(array, each);
        assert_eq!(array[0]["line"], 2);
        assert!(!String::from_utf8_lossy(&json).contains("vK7"));
    }

    #[test]
    fn an_empty_report_is_well_formed() {
        let mut out = Vec::new();
        write_json(&mut out, &[]).expect("writes");
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&out).expect("is JSON"),
            serde_json::json!([])
        );
    }
}
