//! Words that name something on the network: addresses, hosts, remotes, packages.

use clearance_core::Effect;
use clearance_shell::invocation::Dynamic;

use crate::arg::Arg;
use crate::judge::{Call, Judge, Taint};
use crate::names::SERVICE_SCHEME;
use crate::run::Shape;
use crate::score;
use crate::spec::WordRole;

impl Judge<'_> {
    /// An address, judged by its host.
    pub fn url(&mut self, role: WordRole, arg: Arg<'_>, call: &Call<'_>) {
        self.address(arg, role == WordRole::UrlWrite, call.called());
    }

    /// An address that `name` reads from or writes to.
    pub fn address(&mut self, arg: Arg<'_>, write: bool, name: &str) {
        let effect = if write {
            Effect::NetWrite
        } else {
            Effect::NetRead
        };
        self.taint(Taint::NET.with(self.word_taint(arg)));
        let local = match arg.as_static() {
            Some(url) => is_local(url),
            // What comes before an `@` is no host.
            None => {
                let behind = arg.dynamic().is_some_and(|d| d.suffix.contains(&b'@'));
                !behind && dynamic_host_is_local(arg.prefix())
            }
        };
        if local {
            // The developer's own servers.
            self.ledger.score = self.ledger.score.max(10);
            return;
        }
        self.taint(Taint::RAW);
        self.ledger.remote = true;
        let score = if write {
            score::base(Effect::NetWrite)
        } else {
            40
        };
        let rule = if write { "net.write" } else { "net.read" };
        self.report(effect, score, rule, arg.span(), || {
            format!("`{name}` contacts `{}`", arg.show())
        });
    }

    /// An address of a service that shows what is public: nothing goes there but the address
    /// itself. What comes back is from the network all the same.
    pub(crate) fn public_address(&mut self) {
        self.taint(Taint::NET.with(Taint::RAW));
        self.ledger.remote = true;
        self.ledger.effects = self.ledger.effects.with(Effect::NetRead);
        self.ledger.score = self.ledger.score.max(10);
    }

    /// A host that is contacted.
    pub fn host(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        self.taint(Taint::NET.with(self.word_taint(arg)));
        if arg.as_static().is_some_and(is_local) {
            return;
        }
        self.ledger.remote = true;
        let name = call.called();
        self.report(Effect::NetRead, 40, "net.host", arg.span(), || {
            format!("`{name}` contacts the host `{}`", arg.show())
        });
    }

    /// An address at which a server listens: its own machine's only, or others reach it.
    pub fn listen(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        let own = arg
            .known()
            .is_some_and(|mut all| all.all(|text| text.split(|&b| b == b';').all(is_own_address)));
        if own {
            return;
        }
        let name = call.called();
        let score = crate::score::base(Effect::NetListen);
        self.report(Effect::NetListen, score, "net.listen", arg.span(), || {
            format!(
                "`{name}` listens at `{}`, where others reach it",
                arg.show()
            )
        });
    }

    /// A git remote: a name, a URL, a path.
    pub fn remote(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        let Some(text) = arg.as_static() else {
            if arg.dynamic().is_some_and(|d| !d.prefix.is_empty()) {
                return self.remote_text(arg, arg.prefix());
            }
            // `git fetch $(git remote)`: a remote of this repository.
            let by = arg.dynamic().and_then(Dynamic::printed_by);
            if by.is_some_and(|by| self.shape(by) == Shape::Word) {
                return self.contacts();
            }
            return self.unknown("remote.dynamic", arg.span(), || {
                format!("the remote `{}` is not determined", arg.show())
            });
        };
        let _ = call;
        self.remote_text(arg, text);
    }

    pub(super) fn remote_text(&mut self, arg: Arg<'_>, text: &[u8]) {
        let helper = text.windows(2).any(|w| w == b"::")
            || text.starts_with(b"-")
            || text.windows(4).any(|w| w == b"://-");
        if helper {
            return self.report(
                Effect::RunInline,
                60,
                "git.remote-helper",
                arg.span(),
                || format!("the remote `{}` runs a helper program", arg.show()),
            );
        }
        self.ledger.effects = self.ledger.effects.with(Effect::NetRead);
        self.ledger.remote = true;
        if text.contains(&b':') {
            self.taint(Taint::NET.with(Taint::RAW));
        }
        if is_numeric_host(text) {
            self.report(Effect::NetRead, 45, "net.host", arg.span(), || {
                format!("the remote `{}` is a bare address", arg.show())
            });
        }
    }

    /// A package by name; addresses and paths are not packages of the registry.
    pub fn package(&mut self, role: WordRole, arg: Arg<'_>, call: &Call<'_>) {
        if let Some((pattern, _)) = arg.glob() {
            // `uvicorn[standard]` without quotes: itself, or a file of a like name.
            let pattern = pattern.strip_suffix(b"@workspace:*").unwrap_or(pattern);
            let plain = pattern
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"._-[],=<>~/".contains(b));
            let stem = pattern.split(|&b| b == b'[').next().unwrap_or_default();
            let built = [&b".whl"[..], b".tar.gz", b".tgz"]
                .iter()
                .any(|end| pattern.ends_with(end));
            if built && role == WordRole::PackageOrPath && pattern.contains(&b'/') {
                // Whatever the pattern finds is a file that lies there.
                return self.path_text(WordRole::Run, pattern, true, arg.span(), &call.site.cwd);
            }
            if plain {
                if stem.first().is_some_and(|b| b"./~".contains(b)) {
                    self.path_text(WordRole::Run, stem, false, arg.span(), &call.site.cwd);
                }
                return;
            }
        }
        let Some(known) = arg.known() else {
            return self.unknown("package.dynamic", arg.span(), || {
                format!("the package `{}` is not determined", arg.show())
            });
        };
        let javascript = matches!(call.name(), "npm" | "pnpm" | "yarn" | "bun");
        for name in known {
            // `name@SPEC`: an address or a path in place of a version.
            let name = match name.iter().rposition(|&b| b == b'@') {
                Some(at) if at > 0 && javascript => {
                    let spec = name.get(at + 1..).unwrap_or_default();
                    let elsewhere = spec.contains(&b'/') || spec.starts_with(b"file:");
                    let alias = spec.starts_with(b"npm:") || spec.starts_with(b"workspace:");
                    if elsewhere && !alias { spec } else { name }
                }
                _ => name,
            };
            let slashes = name.iter().filter(|&&b| b == b'/').count();
            // `user/repository`, as npm and its like read it.
            let hosted = slashes == 1
                && name.first().is_some_and(|b| b.is_ascii_alphanumeric())
                && !name.contains(&b'@')
                && !name.starts_with(b"file:");
            let address = (javascript && hosted)
                || name.starts_with(b"gist:")
                || name.starts_with(b"gitlab:")
                || name.starts_with(b"bitbucket:")
                || name.windows(3).any(|w| w == b"://")
                || name.starts_with(b"git+")
                || name.starts_with(b"git@")
                || name.starts_with(b"github:");
            let path = name.starts_with(b".")
                || name.starts_with(b"/")
                || name.starts_with(b"~")
                || name.starts_with(b"file:");
            if address {
                self.report(
                    Effect::InstallProject,
                    45,
                    "install.address",
                    arg.span(),
                    || format!("`{}` is not a package of the registry", arg.show()),
                );
            } else if path {
                let path = name.strip_prefix(b"file:").unwrap_or(name);
                let path = path.split(|&b| b == b'[').next().unwrap_or_default();
                let role = if role == WordRole::PackageOrPath {
                    WordRole::Run
                } else {
                    WordRole::Read
                };
                self.path_text(role, path, false, arg.span(), &call.site.cwd);
            }
        }
    }
}

/// The word holds an address on the network, `scheme://`, whatever stands in front of it.
pub(super) fn is_address(word: &[u8]) -> bool {
    let Some(at) = word.windows(3).position(|w| w == b"://") else {
        return false;
    };
    let before = word.get(..at).unwrap_or_default();
    let plain = |b: &&u8| b.is_ascii_alphanumeric() || b"+.-".contains(b);
    let length = before.iter().rev().take_while(plain).count();
    let scheme = before.get(at - length..).unwrap_or_default();
    !scheme.is_empty() && !scheme.eq_ignore_ascii_case(b"file")
}

/// The host of a git remote (`scheme://user@host:port/path`, `user@host:path`) is a numeric
/// address of another machine: no forge that is known by its name.
fn is_numeric_host(remote: &[u8]) -> bool {
    let after_scheme = match remote.windows(3).position(|w| w == b"://") {
        Some(at) => remote.get(at + 3..).unwrap_or_default(),
        None if remote.contains(&b':') => remote,
        None => return false,
    };
    let authority = after_scheme
        .split(|&b| b == b'/')
        .next()
        .unwrap_or_default();
    let host = authority.rsplit(|&b| b == b'@').next().unwrap_or_default();
    let name = host.split(|&b| b == b':').next().unwrap_or_default();
    let dotted = name.contains(&b'.') && name.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    let numeric = dotted && !name.starts_with(b"127.");
    numeric || (host.starts_with(b"[") && !host.starts_with(b"[::1]"))
}

/// The host of an address is this machine.
#[must_use]
pub fn is_local(url: &[u8]) -> bool {
    let rest = match url.windows(3).position(|w| w == b"://") {
        Some(at) => {
            let scheme = url.get(..at).unwrap_or_default().to_ascii_lowercase();
            // The others speak to what listens there, whatever it is.
            if !matches!(&*scheme, b"http" | b"https" | b"ws" | b"wss") && !is_database(&scheme) {
                return false;
            }
            url.get(at + 3..).unwrap_or_default()
        }
        None => url,
    };
    let end = rest
        .iter()
        .position(|b| b"/?#\\".contains(b))
        .unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or_default();
    let host = authority.rsplit(|&b| b == b'@').next().unwrap_or_default();
    let host = match host.strip_prefix(b"[") {
        Some(v6) => v6.split(|&b| b == b']').next().unwrap_or_default(),
        None => host.split(|&b| b == b':').next().unwrap_or_default(),
    };
    let host = host.to_ascii_lowercase();
    let dotted_loopback = host.strip_prefix(b"127.").is_some_and(|rest| {
        rest.split(|&b| b == b'.').count() == 3
            && rest.iter().all(|b| b.is_ascii_digit() || *b == b'.')
    });
    host == b"localhost" || host == b"::1" || host == b"0.0.0.0" || dotted_loopback
}

fn is_database(scheme: &[u8]) -> bool {
    SERVICE_SCHEME.has(scheme)
}

/// The known beginning of an address holds the whole host, and it is this machine.
fn dynamic_host_is_local(prefix: &[u8]) -> bool {
    let Some(at) = prefix.windows(3).position(|w| w == b"://") else {
        let slash = prefix.contains(&b'/') || prefix.starts_with(b"localhost:");
        return slash && is_local(prefix);
    };
    let rest = prefix.get(at + 3..).unwrap_or_default();
    // `http://localhost:$PORT/` is fine, `http://localhost$x` and `http://user:$p@host` are not.
    let host = rest
        .split(|&b| b == b':' || b == b'/')
        .next()
        .unwrap_or_default();
    host.len() < rest.len() && !rest.contains(&b'@') && is_local(prefix)
}

/// An address, with or without scheme and port, that only this machine reaches: its loopback
/// interface, or a socket in the file system.
fn is_own_address(text: &[u8]) -> bool {
    let text = match text.windows(3).position(|w| w == b"://") {
        Some(at) => text.get(at + 3..).unwrap_or_default(),
        None => text,
    };
    let text = text.split(|&b| b == b'/').next().unwrap_or_default();
    let host = match text.iter().rposition(|&b| b == b':') {
        Some(at) if text.iter().filter(|&&b| b == b':').count() == 1 || text.starts_with(b"[") => {
            text.get(..at).unwrap_or_default()
        }
        _ => text,
    };
    let host = host.strip_prefix(b"[").unwrap_or(host);
    let host = host.strip_suffix(b"]").unwrap_or(host);
    let loopback = host.strip_prefix(b"127.").is_some_and(|rest| {
        rest.iter().all(|b| b.is_ascii_digit() || *b == b'.') && !rest.is_empty()
    });
    loopback || matches!(host, b"localhost" | b"::1" | b"unix" | b"fd")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_addresses_are_reached_from_here_only() {
        for (address, own) in [
            ("127.0.0.1", true),
            ("127.0.0.1:8000", true),
            ("localhost:80", true),
            ("http://localhost:5000", true),
            ("[::1]:80", true),
            ("::1", true),
            ("unix:/run/x.sock", true),
            ("0.0.0.0", false),
            ("0.0.0.0:80", false),
            (":8000", false),
            ("::", false),
            ("[::]:80", false),
            ("0", false),
            ("http://+:80", false),
            ("127.evil.example", false),
            ("", false),
        ] {
            assert_eq!(is_own_address(address.as_bytes()), own, "{address}");
        }
    }

    #[test]
    fn remotes_by_number_are_known_as_such() {
        for (remote, numeric) in [
            ("git@198.51.100.3:x/y.git", true),
            ("ssh://git@198.51.100.3:22/x", true),
            ("https://198.51.100.3/x", true),
            ("git://[2001:db8::1]/x", true),
            ("http://127.0.0.1:8080/x", false),
            ("git@github.com:a/b.git", false),
            ("https://example.org/1.2.3.4", false),
            ("origin", false),
            ("../1.2", false),
        ] {
            assert_eq!(is_numeric_host(remote.as_bytes()), numeric, "{remote}");
        }
    }

    #[test]
    fn hosts_are_local_only_by_their_name() {
        for (url, local) in [
            ("http://localhost:3000/x", true),
            ("localhost", true),
            ("http://127.0.0.1/x", true),
            ("http://[::1]:80/", true),
            ("http://localhost.evil.example/", false),
            ("http://localhost@evil.example/", false),
            ("http://127.0.0.1.evil.example/", false),
            ("https://example.org", false),
            ("http://evil.example\\@localhost/", false),
            ("file://localhost/etc/passwd", false),
        ] {
            assert_eq!(is_local(url.as_bytes()), local, "{url}");
        }
        assert!(dynamic_host_is_local(b"http://localhost:"));
        assert!(dynamic_host_is_local(b"http://localhost:30/"));
        assert!(!dynamic_host_is_local(b"http://localhost"));
        assert!(!dynamic_host_is_local(b"http://"));
    }
}
