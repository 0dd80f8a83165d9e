#!/usr/bin/env python3
"""Holds `clearance` against real bash and real git, by the generators of the shared folder.

usage: oracles.py BINARY ORACLES-FOLDER [--seeds 3] [--words 4000] [--scripts 600] [--pushes 150] [--first SEED]

wordgen    every line whose words follow from the text alone: the same argv as bash, none declined
structgen  every probe that ran is reported, or covered by an unknown; no text decoy is reported
pushgen    every ref that git changed is foreseen; resolvable cases exactly as git plans them
"""
import argparse, base64, json, os, re, subprocess, sys, tempfile


CHANGES = ("create", "update", "force", "delete")


def load(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        return [json.loads(line) for line in lines]


def ask(binary, command, questions):
    feed = "".join(json.dumps(q) + "\n" for q in questions).encode("utf-8", "surrogateescape")
    done = subprocess.run([binary, *command], input=feed, stdout=subprocess.PIPE, timeout=900)
    return {a.get("id"): a for a in map(json.loads, done.stdout.decode("utf-8", "replace").splitlines())}


def text(value):
    if isinstance(value, dict):
        return base64.b64decode(value["bytes"])
    return value.encode("utf-8", "surrogateescape")


def words(argv):
    """The argv as a list of bytes (known) and (prefix,) tuples (not known)."""
    out = []
    for word in argv:
        out.append(text(word["static"]) if "static" in word else (text(word.get("prefix", "")),))
    return out


def covers(report, real):
    """Could the reported words become the real ones? A word that is not known may be any number."""
    reachable = {0}
    for word in report:
        if isinstance(word, bytes):
            reachable = {i + 1 for i in reachable if i < len(real) and real[i] == word}
        else:
            start = min(reachable, default=len(real) + 1)
            reachable = set(range(start, len(real) + 1))
    return len(real) in reachable


def environment(meta, row):
    """What holds where the line ran: home directory, variables, arguments. Other names of lower case are not set."""
    variables = dict(meta.get("vars", {}))
    names = set(re.findall("[a-z_][a-z0-9_]*", row["line"].replace("\\\n", ""))) - {"_"}
    for name in (names | set(meta.get("unset", []))) - set(variables) - set(meta.get("arrays", {})):
        variables[name] = None
    told = {"variables": variables, "home": meta.get("home"), "status": 0}
    if "positional" in meta:
        told["positional"] = ["bash", *meta["positional"]]
    return told


def wordgen(binary, folder, seed, count, scratch):
    out = f"{scratch}/words.jsonl"
    subprocess.run([sys.executable, f"{folder}/wordgen.py", "--seed", str(seed), "--count", str(count), "--out", out],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    meta, *rows = load(out)
    rows = [r for r in rows if "id" in r and "line" in r]
    questions = [{"id": r["id"], "script": r["line"], **environment(meta, r)} for r in rows]
    answers = ask(binary, ["shell", "--batch"], questions)
    wrong, declined, static = [], [], 0
    for r in rows:
        # The words of some lines depend on an IFS that the text does not set; it is not told.
        if "argv" not in r or ("ifs" in r["needs"] and r["env"] != 0):
            continue
        want = [w.encode("utf-8", "surrogateescape") for w in r["argv"]]
        reports = [words(i["argv"]) for i in answers[r["id"]]["invocations"] if i["argv"]]
        known = [w for w in reports if all(isinstance(x, bytes) for x in w)]
        unsure = len(known) < len(reports) or answers[r["id"]]["unresolved"] or not reports
        static += not r["needs"]
        if want in known:
            continue
        if unsure:
            declined += [] if r["needs"] else [(r["id"], r["line"], want)]
        else:
            wrong.append((r["id"], r["line"], want, known))
    print(f"wordgen seed {seed}: {len(rows)} lines, {static} static, {len(wrong)} wrong, {len(declined)} static ones declined")
    for row in wrong[:5] + declined[:5]:
        print("  ", *row)
    return not wrong and not declined


def structgen(binary, folder, seed, count, scratch):
    out = f"{scratch}/scripts.jsonl"
    # With a check of its own that drops races between jobs. It also fails for scripts that bash runs in another
    # way than the generator meant; what bash did is written all the same.
    subprocess.run([sys.executable, f"{folder}/structgen.py", "--seed", str(seed), "--count", str(count), "--out", out,
                    "--selfcheck"], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    rows = [r for r in load(out) if "script" in r]
    if len(rows) < count / 2:
        sys.exit(f"structgen seed {seed}: only {len(rows)} of {count} scripts were written")
    answers = ask(binary, ["shell", "--batch"], [{"id": r["id"], "script": r["script"]} for r in rows])
    missed, decoys, flagged = [], [], 0
    for r in rows:
        answer = answers[r["id"]]
        opaque = bool(answer["unresolved"]) or not answer["complete"]
        flagged += opaque
        reports = [words(i["argv"]) for i in answer["invocations"] if i["argv"]]
        for ran in r["ran"]:
            real = [w.encode("utf-8", "surrogateescape") for w in ran]
            if not opaque and not any(covers(w, real) for w in reports):
                missed.append((r["id"], ran, r["script"]))
        if r.get("quirk") and not opaque:
            missed.append((r["id"], "quirk not flagged", r["script"]))
        numbers = {str(p["n"]).encode() for p in r["all_probes"] if p["kind"] == "text"}
        decoys += [(r["id"], w, r["script"]) for w in reports if w[:1] == [b"probe"] and w[1:2] and w[1] in numbers]
    print(f"structgen seed {seed}: {len(rows)} scripts, {len(missed)} missed, {len(decoys)} decoys reported, {flagged} flagged")
    for row in (missed + decoys)[:5]:
        print("  ", *row)
    return not missed and not decoys


def pushgen(binary, folder, seed, count, scratch):
    out, meta = f"{scratch}/pushes.jsonl", f"{scratch}/meta.json"
    os.makedirs(f"{scratch}/push", exist_ok=True)
    # Its check of its own plans fails for some seeds (a mirror push to two URLs); what git did is
    # written all the same, and that is what counts here.
    subprocess.run([sys.executable, f"{folder}/pushgen.py", "--seed", str(seed), "--n", str(count), "--out", out,
                    "--meta", meta, "--work", f"{scratch}/push"], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    rows = [r for r in load(out) if "argv" in r]
    if len(rows) < count / 2:
        sys.exit(f"pushgen seed {seed}: only {len(rows)} of {count} cases were written")
    keep = ("id", "argv", "repo_state", "cwd_rel", "env", "files")
    answers = ask(binary, ["push", "--batch", "--meta", meta], [{k: r[k] for k in keep if k in r} for r in rows])
    key = lambda e: (e["remote"], e["ref"], e["kind"])
    inexact, missed, declined = [], [], 0
    for r in rows:
        answer = answers[r["id"]]
        if answer.get("unresolved"):
            declined += 1
            continue
        foreseen = {key(e) for e in answer.get("effects", [])}
        if r.get("planned") is not None and foreseen != {key(e) for e in r["planned"] if e["kind"] in CHANGES}:
            inexact.append((r["id"], r["argv"]))
        if not {key(e)[:2] for e in r["effects"]} <= {k[:2] for k in foreseen}:
            missed.append((r["id"], r["argv"]))
    print(f"pushgen seed {seed}: {len(rows)} cases, {len(inexact)} inexact, {len(missed)} missed an effect, {declined} declined")
    for row in (missed + inexact)[:5]:
        print("  ", *row)
    return not missed and not inexact and declined <= 0.08 * len(rows)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("binary")
    ap.add_argument("folder")
    ap.add_argument("--first", type=int, default=7001)
    ap.add_argument("--seeds", type=int, default=2)
    ap.add_argument("--words", type=int, default=4000)
    ap.add_argument("--scripts", type=int, default=600)
    ap.add_argument("--pushes", type=int, default=150)
    a = ap.parse_args()
    binary, good = os.path.abspath(a.binary), True
    with tempfile.TemporaryDirectory() as scratch:
        # structgen runs bash as nobody, who must be able to enter.
        os.chmod(scratch, 0o755)
        for seed in range(a.first, a.first + a.seeds):
            good &= wordgen(binary, a.folder, seed, a.words, scratch)
            good &= structgen(binary, a.folder, seed, a.scripts, scratch)
            good &= pushgen(binary, a.folder, seed, a.pushes, scratch)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
