#!/bin/sh
# Scans a folder with this program and with the scanners that are installed beside it, and
# prints megabytes per second of processor time. A scanner that is missing is skipped.
#
#   benches/peers/sensitive.sh FOLDER [path of clearance]
#
# detect-secrets is a Python package, ripsecrets a Rust one.
set -eu
folder=${1:?usage: sensitive.sh FOLDER [clearance]}
ours=$(realpath "${2:-target/release/clearance}")
# From inside: detect-secrets silently leaves out what lies outside of the folder it starts in.
cd "$folder"
bytes=$(find . -type f -exec cat {} + | wc -c)
report=$(mktemp)
trap 'rm -f "$report"' EXIT

run() {
    name=$1
    shift
    if ! command -v "$1" >/dev/null 2>&1; then
        echo "$name: skipped, not installed"
        return
    fi
    # bash's `time` counts the processor time of children as well.
    seconds=$(REPORT=$report TIMEFORMAT='%U %S' \
        bash -c 'time "$@" >"$REPORT" 2>/dev/null || true' _ "$@" 2>&1 |
        awk '{ sum += $1 + $2 } END { print sum }')
    # The size of the report shows a scan that read nothing.
    awk -v n="$name" -v b="$bytes" -v s="$seconds" -v r="$(wc -c <"$report")" \
        'BEGIN { printf "%s: %.2f s, %.1f MB/s, report of %d bytes\n", n, s, b / 1e6 / (s > 0 ? s : 0.001), r }'
}

echo "$folder: $bytes bytes"
run clearance "$ours" scan --json .
run ripsecrets ripsecrets .
run detect-secrets detect-secrets scan --all-files .
