//! Path classification never panics; normalising a plain path twice changes nothing; a path that is spelt
//! with empty and `.` components stays what it is.
#![no_main]

use clearance_sensitive::{classify_path, classify_url, glob_may_match_sensitive, normalize};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|path: &[u8]| {
    let _ = classify_url(path);
    let _ = glob_may_match_sensitive(path);
    let once = normalize(path, Some(b"/w"));
    let plain = path
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(byte));
    // An address, a variable or a Windows drive may decode to something that decodes again.
    if plain {
        assert_eq!(normalize(&once, Some(b"/w")), once);
    }
    if plain && path.contains(&b'/') && !path.starts_with(b"//") {
        let text = String::from_utf8_lossy(path);
        let respelt = text.replacen('/', "/.//", 1);
        assert_eq!(
            classify_path(respelt.as_bytes()),
            classify_path(path),
            "{text}"
        );
    }
});
