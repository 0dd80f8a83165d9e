#!/bin/sh
# Scans a folder with this program and with the scanners that are installed beside it, and
# prints megabytes per second of processor time. A scanner that is missing is skipped.
#
#   benches/peers/sensitive.sh FOLDER [path of clearance]
#
# detect-secrets is a Python package, ripsecrets a Rust one.
set -eu
folder=${1:?usage: sensitive.sh FOLDER [clearance]}
ours=${2:-target/release/clearance}
bytes=$(find "$folder" -type f -exec cat {} + | wc -c)

run() {
    name=$1
    shift
    if ! command -v "$1" >/dev/null 2>&1; then
        echo "$name: skipped, not installed"
        return
    fi
    # bash's `time` counts the processor time of children as well.
    seconds=$(TIMEFORMAT='%U %S' bash -c 'time "$@" >/dev/null 2>&1 || true' _ "$@" 2>&1 |
        awk '{ sum += $1 + $2 } END { print sum }')
    awk -v n="$name" -v b="$bytes" -v s="$seconds" \
        'BEGIN { printf "%s: %.2f s, %.1f MB/s\n", n, s, b / 1e6 / (s > 0 ? s : 0.001) }'
}

echo "$folder: $bytes bytes"
run clearance "$ours" scan --json "$folder"
run ripsecrets ripsecrets "$folder"
run detect-secrets detect-secrets scan --all-files "$folder"
