#!/usr/bin/env python3
"""Validates the SARIF reports of `clearance scan` against the schema of SARIF 2.1.0.

    .ci/sarif.py BIN SCHEMA.json

The schema is not kept here (it is OASIS' file). Packages ship it; for example:

    npm pack @microsoft/jest-sarif && tar xzf microsoft-jest-sarif-*.tgz
    .ci/sarif.py target/release/clearance package/lib/schemas/sarif-2.1.0-rtm.5.json

Without the schema or without Python's jsonschema it says so and leaves with 0.
"""
import json
import os
import subprocess
import sys
import tempfile

SECRET = "PGPASSWORD=vK7#mQ2x!pL9\n"


def reports(binary):
    """Reports of no finding, one, many, odd names, standard input and the index of git."""
    with tempfile.TemporaryDirectory() as root:
        def put(name, text):
            path = os.path.join(os.fsencode(root), name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(text.encode())

        def scan(*words, text=None):
            done = subprocess.run(
                [binary, "scan", "--sarif", *words],
                cwd=root,
                input=None if text is None else text.encode(),
                stdin=subprocess.DEVNULL if text is None else None,
                capture_output=True,
                check=False,
            )
            assert done.returncode in (0, 3), (done.returncode, done.stderr)
            return json.loads(done.stdout)

        put(b"clean/a.txt", "nothing here\n")
        yield "no finding", 0, scan("clean")
        put(b"one/a.env", SECRET)
        yield "one finding", 1, scan("one")
        yield "standard input", 1, scan("-", text=SECRET)
        odd = [b"a b", b"%41", b"#x?y=1", b"\xc3\xa4\xe2\x82\xac", b"\xff\xfe", b'q"uote', b"back\\slash", b"new\nline", b"c:colon", b"-dash", b"[b]{c}|^`<>", b"\x01\x1f"]
        for name in odd:
            put(b"odd/" + name + b".env", SECRET)
        yield "odd names", len(odd), scan("odd")
        put(b"many/a.env", SECRET * 5000)
        yield "many findings", 5000, scan("many")
        put(b"wide/a.env", "x" * 200_000 + " \u00e4\u20ac " + SECRET)
        yield "one long line", 1, scan("wide")
        for words in (["init", "-q"], ["add", "one"]):
            subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)
        yield "staged", 1, scan("--staged")


def main():
    if len(sys.argv) < 3 or not os.path.exists(sys.argv[2]):
        print("skipped: no schema of SARIF 2.1.0 given (see the head of this file)")
        return 0
    try:
        from jsonschema import FormatChecker
        from jsonschema.validators import validator_for
    except ImportError:
        print("skipped: Python's jsonschema is not installed")
        return 0
    with open(sys.argv[2], encoding="utf-8") as file:
        schema = json.load(file)
    validator = validator_for(schema)(schema, format_checker=FormatChecker())
    wrong = 0
    for name, count, report in reports(os.path.abspath(sys.argv[1])):
        errors = list(validator.iter_errors(report))
        found = len(report["runs"][0]["results"])
        wrong += len(errors) + (found != count)
        print(f"{name}: {found} of {count} results, {len(errors)} errors")
        for error in errors[:5]:
            print("   ", "/".join(map(str, error.path)), error.message[:200])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
