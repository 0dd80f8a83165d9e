//! Tests of [`super::after`].

use proptest::prelude::*;

use super::*;

fn facts() -> RepoFacts {
    let mut facts = RepoFacts {
        head: Head::Branch("refs/heads/topic".into()),
        refs_complete: true,
        config_complete: true,
        ..RepoFacts::default()
    };
    for name in [
        "refs/heads/topic",
        "refs/heads/main",
        "refs/remotes/o/far",
        "refs/tags/v1",
    ] {
        facts.refs.insert(name.into(), "c1".into());
    }
    for (key, value) in [
        ("remote.o.url", "x"),
        ("remote.o.fetch", "+refs/heads/*:refs/remotes/o/*"),
    ] {
        facts
            .config
            .push(ConfigEntry::new(Scope::Local, key, Some(value)));
    }
    facts
}

fn run(line: &str) -> After {
    let words: Vec<&str> = line.split(' ').collect();
    after(&words, &facts(), &Env::default())
}

#[test]
fn what_changes_nothing_is_the_same() {
    for line in [
        "git status",
        "git add -A",
        "git diff --stat",
        "git stash pop",
        "git remote -v",
        "git branch",
        "git branch -a",
        "git branch --show-current",
        "git checkout -- a b",
        "git checkout main a.rs",
        "git config user.email a@e.example",
        "git config --get remote.o.url",
        "git config get remote.o.url",
        "git config -l",
        "git config remote.o.url",
        "git tag -l v*",
        "git tag --list",
        "git worktree list",
        "git reflog",
        "git --version",
        "git remote get-url o",
    ] {
        assert_eq!(run(line), After::Same, "{line}");
    }
}

#[test]
fn heads_and_names_are_followed() {
    // The line; the branches that `HEAD` may be at, `-` for none.
    for (line, heads) in [
        ("git commit -m x", &["topic"][..]),
        ("git commit --amend", &["topic"]),
        ("git pull --rebase", &["topic"]),
        ("git rebase main", &["topic", "main"]),
        ("git checkout -b new", &["new"]),
        ("git checkout -qb new", &["new"]),
        ("git checkout -B main", &["main"]),
        ("git switch -c new main", &["new"]),
        ("git switch --create=new", &["new"]),
        ("git checkout --orphan new", &["new"]),
        ("git checkout main", &["-", "main"]),
        ("git switch far", &["-", "far"]),
        ("git checkout --detach", &["-"]),
        ("git branch new", &["topic"]),
        ("git tag v2", &["topic"]),
        ("git push o topic", &["topic"]),
    ] {
        let After::States(states) = run(line) else {
            panic!("{line}")
        };
        let head = |state: &RepoFacts| match &state.head {
            Head::Branch(name) => name.trim_start_matches("refs/heads/").to_owned(),
            Head::Detached(_) | Head::Unknown => "-".to_owned(),
        };
        let got: Vec<String> = states.iter().map(head).collect();
        assert_eq!(got, heads, "{line}");
        for state in &states {
            assert_ne!(
                state.refs.get("refs/heads/main"),
                facts().refs.get("refs/heads/main"),
                "{line}"
            );
        }
    }
}

#[test]
fn a_branch_follows_where_it_starts() {
    for (line, merge) in [
        ("git checkout -b new o/far", Some("refs/heads/far")),
        (
            "git switch -c new refs/remotes/o/a/b",
            Some("refs/heads/a/b"),
        ),
        ("git branch new o/far", Some("refs/heads/far")),
        ("git checkout -b new main", None),
    ] {
        let After::States(states) = run(line) else {
            panic!("{line}")
        };
        assert_eq!(
            states[0].value("branch.new.merge").flatten(),
            merge,
            "{line}"
        );
    }
    let After::States(states) = run("git checkout far") else {
        panic!()
    };
    assert_eq!(states[1].value("branch.far.remote").flatten(), Some("o"));
}

#[test]
fn the_rest_is_not_followed() {
    for line in [
        "git remote add x y",
        "git remote set-url o y",
        "git remote rename o p",
        "git config remote.o.url y",
        "git config --add url.x.insteadOf y",
        "git config push.default current",
        "git config set branch.topic.merge refs/heads/main",
        "git config -e",
        "git config --rename-section user remote",
        "git config --file x core.hooksPath y",
        "git branch -u o/main",
        "git branch -m a b",
        "git branch -f main",
        "git checkout -",
        "git switch -t o/far",
        "git fetch o a:b",
        "git fetch --set-upstream o a",
        "git pull --set-upstream o a",
        "git push -u o topic",
        "git update-ref refs/heads/x y",
        "git symbolic-ref HEAD x",
        "git init",
        "git submodule update",
        "git worktree add x",
        "git rebase -x cmd main",
        "git nonsense",
        "ls",
        "git stash branch x",
    ] {
        assert!(
            matches!(run(line), After::Unknown(_)),
            "{line}: {:?}",
            run(line)
        );
    }
}

proptest! {
    #[test]
    fn no_words_break_it(words: Vec<Vec<u8>>, name in "(checkout|branch|config|tag|rebase|push|fetch)") {
        let mut line = vec![b"git".to_vec(), name.into_bytes()];
        line.extend(words);
        let _ = after(&line, &facts(), &Env::default());
    }
}
