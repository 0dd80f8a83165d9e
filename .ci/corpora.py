#!/usr/bin/env python3
"""Runs `clearance` over the labelled data that has a machine form of its own.

usage: corpora.py BINARY CORPORA-FOLDER

Checks, each with a line of figures: every unlabelled command gets an answer; sensitive paths are not
allowed to be read and clean ones are; reference patterns match as real implementations say; pull
request cases are decided as labelled. Exit status 1 if one falls short. The data is not part of the
project; where it is missing, .ci/run skips this script.
"""
import json, os, subprocess, sys


def rows(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        return [json.loads(line) for line in lines]


def ask(binary, command, questions):
    feed = "".join(json.dumps(q) + "\n" for q in questions)
    done = subprocess.run([binary, *command], input=feed.encode("utf-8", "surrogateescape"),
                          stdout=subprocess.PIPE, timeout=600)
    answers = [json.loads(line) for line in done.stdout.decode("utf-8", "replace").splitlines()]
    return {a.get("id"): a for a in answers}


def unlabelled(binary, data):
    questions = rows(f"{data}/agent-traffic-unlabelled.jsonl")
    keys = ("id", "command", "cwd", "root", "home")
    home = {"cwd": "/home/dev/project", "root": "/home/dev/project", "home": "/home/dev"}
    answers = ask(binary, ["batch"], [{**home, **{k: q[k] for k in keys if k in q}} for q in questions])
    tally = {}
    for answer in answers.values():
        tally[answer["verdict"]] = tally.get(answer["verdict"], 0) + 1
    print(f"unlabelled: {len(questions)} commands, {len(answers)} answers, {tally}")
    return len(answers) == len({q["id"] for q in questions})


def sensitive_paths(binary, data):
    questions = rows(f"{data}/sensitive-paths.jsonl")
    home = {"cwd": "/home/dev/project", "root": "/home/dev/project", "home": "/home/dev"}
    feed = [{"id": i, "read": q["path"], **home} for i, q in enumerate(questions)]
    answers = ask(binary, ["batch"], feed)
    wrong = []
    for i, q in enumerate(questions):
        allowed = answers.get(i, {}).get("verdict") == "allow"
        if allowed != (q["label"] == "clean"):
            wrong.append(f"  {q['label']}: {q['path']} ({q.get('kind')})")
    print(f"sensitive paths: {len(questions)} rows, {len(wrong)} wrong", *wrong[:20], sep="\n")
    return not wrong


def patterns(binary, data):
    questions = rows(f"{data}/refpatterns.jsonl")
    keep = [{k: v for k, v in q.items() if k not in ("match", "by")} for q in questions]
    answers = ask(binary, ["pattern", "--batch"], keep)
    wrong = [q for q in questions if answers.get(q["id"], {}).get("match") != q["match"]]
    print(f"patterns: {len(questions)} rows, {len(wrong)} wrong", *wrong[:10], sep="\n")
    return not wrong


def pull_requests(binary, data):
    questions = rows(f"{data}/pr-cases.jsonl")
    keep = [{k: v for k, v in q.items() if k not in ("expected", "why", "from", "q", "topic")} for q in questions]
    answers = ask(binary, ["merge", "--batch"], keep)
    wrong = []
    for q in questions:
        got = answers.get(q["id"], {})
        for key, want in q["expected"].items():
            have = got.get(key)
            same = sorted(have or []) == sorted(want) if isinstance(want, list) else have == want
            if not same:
                wrong.append(f"  {q['id']} {key}: want {want}, got {have}")
    print(f"pull requests: {len(questions)} rows, {len(wrong)} wrong", *wrong[:20], sep="\n")
    return not wrong


def main():
    binary, data = os.path.abspath(sys.argv[1]), sys.argv[2]
    checks = (unlabelled, sensitive_paths, patterns, pull_requests)
    sys.exit(0 if all([check(binary, data) for check in checks]) else 1)


if __name__ == "__main__":
    main()
