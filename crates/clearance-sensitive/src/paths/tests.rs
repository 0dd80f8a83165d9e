use proptest::prelude::*;

use super::*;

fn kind(path: &str) -> Option<&'static str> {
    classify_path(path.as_bytes()).map(|hit| hit.kind)
}

#[test]
fn tables_are_sorted() {
    let text = |piece: &Piece| piece.of(table::TEXT);
    assert!(table::NAMES.is_sorted_by(|a, b| text(&a.text) < text(&b.text)));
    for words in [
        &table::FINE_WORDS[..],
        &table::FINE_EXTENSIONS,
        &table::FINE_DIRECTORIES,
        &table::ORDINARY,
        &table::HOSTS,
    ] {
        assert!(words.is_sorted_by(|a, b| text(a) < text(b)));
    }
    assert!(path_kinds().count() >= 30);
}

#[test]
fn project_files_are_fine() {
    for path in [
        "README.md",
        "src/lib.rs",
        "Cargo.toml",
        "package.json",
        "tests/data/input.json",
        "config/application.rb",
        "config/routes.rb",
        "k8s/deployment.yaml",
        "charts/app/values.yaml",
        ".github/workflows/release.yml",
        "src/auth/token.ts",
        "internal/credentials/store.go",
        "lib/secrets/parser.rb",
        ".eslintrc.json",
        ".prettierrc",
        ".dockerignore",
        "docs/.env.md",
        "tsconfig.json",
        "/usr/include/stdio.h",
        "/etc/os-release",
        "/tmp/out.txt",
        "target/debug/app",
        "keys.go",
        "keyboard.json",
        "monkey.json",
        "turkey.md",
        "src/core/mod.rs",
        "core",
        "android/gradle.properties",
        "/proc/self/status",
        "/dev/null",
        "/etc/ssl/certs/ca.crt",
        "history.md",
        "src/cookies.ts",
        "docs/passwords.md",
        "secret_test.go",
        "public.pem",
    ] {
        assert_eq!(kind(path), None, "{path}");
    }
}

#[test]
fn a_longer_name_wins() {
    assert_eq!(kind("~/.ssh/known_hosts"), Some("ssh-known-hosts"));
    assert_eq!(kind("~/.ssh/authorized_keys"), Some("ssh-trust"));
    assert_eq!(kind("~/.ssh/x"), Some("ssh"));
    assert_eq!(kind("app/i18n/de.key.json"), None);
}

fn sensitive_path() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "~/.ssh/id_ed25519",
        ".env",
        "app/.env.local",
        "/etc/shadow",
        "~/.aws/credentials",
        "deploy/server.key",
        "/root/.kube/config",
        "~/.netrc",
        "/proc/self/environ",
    ])
}

/// Respells one component list without changing what it names.
fn respelt(path: &str, choices: &[u8]) -> String {
    let mut out = String::new();
    for (at, part) in path.split('/').enumerate() {
        if at > 0 {
            out.push_str(match choices.get(at).copied().unwrap_or_default() % 4 {
                0 => "/",
                1 => "//",
                2 => "/./",
                _ => "/zz/../",
            });
        }
        let upper = choices.get(at + 8).copied().unwrap_or_default() % 2 == 1;
        out.push_str(&if upper {
            part.to_ascii_uppercase()
        } else {
            part.to_owned()
        });
    }
    out
}

proptest! {
    #[test]
    fn respelling_never_hides_a_path(path in sensitive_path(), choices in prop::collection::vec(any::<u8>(), 16)) {
        // Case folding of `/proc` would name another file; everything else is one file.
        let spelt = respelt(path, &choices);
        prop_assert!(classify_path(spelt.as_bytes()).is_some(), "{}", spelt);
    }

    #[test]
    fn any_bytes_are_survived(path in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = classify_path(&path);
        let _ = glob_may_match_sensitive(&path);
        let once = normalize(&path, Some(b"/w"));
        prop_assert_eq!(normalize(&once, Some(b"/w")), once);
    }

    #[test]
    fn wildcards_for_single_bytes_still_point(path in sensitive_path(), at in 0_usize..40) {
        let mut bytes = path.as_bytes().to_vec();
        let at = at % bytes.len();
        if bytes[at] != b'/' && bytes[at] != b'.' && bytes[at] != b'~' {
            bytes[at] = b'?';
        }
        prop_assert!(glob_may_match_sensitive(&bytes).is_some(), "{}", String::from_utf8_lossy(&bytes));
    }
}
