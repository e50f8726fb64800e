#!/bin/bash
# How the engine grows with the number of files, chunks and recovery points: a tree and a store that
# exist only by computation, so that the disk is not what is measured.
#
#   scale.sh [--plot FILE.svg] [--json FILE] [--work-dir DIR] [FILES...]
#
# FILES are the sizes of the trees: 10000 50000 when nothing is said. With 1000000 5000000 10000000 it
# takes about five minutes and 3 GB below DIR (a new folder in $TMPDIR). The index has 10 chunks for
# each file of the largest tree; there is a folder with a tenth of these files, and a recovery point
# for each 1000. Builds build/linux-scale.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."

plot= json= work=
while [ $# -gt 0 ]; do
    case $1 in
    --plot) plot=$(readlink -f "$2"); shift 2 ;;
    --json) json=$(readlink -f "$2"); shift 2 ;;
    --work-dir) work=$2; shift 2 ;;
    -*) sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
    *) break ;;
    esac
done
[ $# -gt 0 ] || set -- 10000 50000
most=0
for files in "$@"; do
    [ "$files" -le $most ] || most=$files
done

cmake --preset linux-release -DOB_TESTS=ON -B build/linux-scale >/dev/null
cmake --build build/linux-scale -j 2 --target bench_scale >/dev/null
program=$PWD/build/linux-scale/tests/bench/bench_scale

made=$(mktemp -d "${work:-${TMPDIR:-/tmp}}/ob-scale.XXXXXX")
trap 'rm -rf "$made"' EXIT
: >"$made/results"

# measure KIND NUMBER [MORE]: runs in an empty folder.
measure() {
    mkdir "$made/run"
    (cd "$made/run" && "$program" "$@" | sed "s/^{/{\"run\":\"$1\",\"of\":$2,/") >>"$made/results"
    rm -rf "$made/run"
}

for files in "$@"; do
    measure files "$files"
done
measure wide $((most / 10))
measure chunks $((most * 10))
measure points $((most / 1000))

python3 "$here/scale_report.py" "$made/results" ${plot:+"$plot"}
[ -z "$json" ] || cp "$made/results" "$json"
