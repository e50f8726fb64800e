#!/bin/bash
# tests/run.sh [quick|full|fault|fuzz] [NAME]      full when nothing is said
#
#   quick   layout and the other tests of a debug build but the slow ones
#   full    that, AddressSanitizer, clang, Windows under Wine, foreign RPC clients, PowerShell
#   fault   the tests in which calls to the system fail one after the other, all of them; full has
#           a slice of the longest
#   fuzz    the corpora as tests, then each fuzzer for OB_FUZZ_SECONDS (30) in search of more
#
# NAME is a regular expression that a test's name must contain. Builds in build/, keeps each stage's
# log in build/log. The last line is "N passed, N failed" (with ", N skipped" if any): cases of
# Check and cases of the scripts alike. Exit code 1 if anything failed.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

mode=${1:-full}
name=${2:-}
jobs=2
logs=$PWD/build/log
mkdir -p "$logs"
temp=$(mktemp -d)

passed=0 failed=0 skipped=0
summary=()

cleanup() {
    local prefix
    for prefix in "$temp"/wine/*; do
        [ ! -d "$prefix" ] || (. tests/wine/wine.sh && WINEPREFIX=$prefix ob_wine_end) || true
    done
    rm -rf "$temp"
}
trap cleanup EXIT

# stage NAME FUNCTION [ARG...]: runs the function with its output in a log. What it counts it adds
# to the file $counts, one "PASSED FAILED SKIPPED" a line; failing without a count is one failure.
stage() {
    local title=$1 begin=$SECONDS status=0 p=0 f=0 s=0 a b c
    shift
    counts=$temp/counts
    : >"$counts"
    log=$logs/$title.log
    echo "== $title"
    set +e    # in a condition the function would not stop at its first error
    (
        set -e
        "$@"
    ) >"$log" 2>&1 </dev/null
    status=$?
    set -e
    while read -r a b c; do
        p=$((p + a)) f=$((f + b)) s=$((s + c))
    done <"$counts"
    if [ $status != 0 ] && [ $f = 0 ]; then
        f=1
    fi
    if [ $f != 0 ]; then
        echo "-- the end of $log:"
        tail -n 60 "$log"
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    local line="$title: $p passed, $f failed"
    [ $s = 0 ] || line+=", $s skipped"
    line+=" ($((SECONDS - begin)) s)"
    echo "$line"
    summary+=("$line")
}

# configure BUILD PRESET [OPTION...]
configure() {
    timeout 300 cmake --preset "$2" -B "build/$1" "${@:3}"
}

# compile BUILD [OPTION...]
# Goes on after an error, so that one run shows them all; leaves out ninja's lines of progress.
compile() {
    timeout 1500 cmake --build "build/$1" -j $jobs "${@:2}" -- -k 0 | sed '/^\[[0-9]*\/[0-9]*\]/d'
}

# Counts the cases of each test program out of ctest's report, and shows what failed. A program that
# ended badly without a failed case, by a crash or a leak, is one failure; one that is not Check's
# is one case.
count_ctest() {
    python3 - "$1" "$counts" <<'PYTHON'
import re, sys, xml.etree.ElementTree as tree
passed = failed = skipped = 0
for case in tree.parse(sys.argv[1]).getroot().iter("testcase"):
    status = case.get("status")
    if status not in ("run", "fail"):
        skipped += 1
        continue
    output = case.findtext("system-out") or ""
    found = re.findall(r"Checks: (\d+), Failures: (\d+), Errors: (\d+)", output)
    bad = sum(int(f) + int(e) for _, f, e in found)
    good = sum(int(n) for n, _, _ in found) - bad
    if status == "run":
        passed += good if found else 1
        failed += bad
    else:
        passed += good
        failed += max(bad, 1)
        print("FAILED:", case.get("name"))
        print("\n".join("    " + line for line in output.splitlines()[-30:]))
with open(sys.argv[2], "a") as counts:
    print(passed, failed, skipped, file=counts)
PYTHON
}

# test_build BUILD [CTEST-OPTION...]
test_build() {
    local build=$1 status=0 report=$temp/ctest.xml
    shift
    rm -f "$report"
    timeout 1500 ctest --test-dir "build/$build" -j $jobs --timeout 300 \
        --test-output-size-passed 65536 --test-output-size-failed 262144 \
        --output-junit "$report" ${name:+-R "$name"} "$@" || status=$?
    [ ! -s "$report" ] || count_ctest "$report"
    return $status
}

unit() {
    configure "$1" "$1"
    compile "$1"
    test_build "$@"
}

# A second compiler's opinion: warnings are errors, nothing is run.
clang_build() {
    configure linux-clang linux-debug -DCMAKE_C_COMPILER=clang
    compile linux-clang
    echo 1 0 0 >>"$counts"
}

mingw() {
    OB_MINGW_PREFIX=$(bash deploy/mingw-deps.sh | tail -n 1)
    export OB_MINGW_PREFIX
    . tests/wine/wine.sh
    local slot
    for slot in $(seq $jobs); do
        ob_wine_prefix "$temp/wine/$slot"
    done
    unset WINEPREFIX
    export OB_WINE_POOL=$temp/wine
    configure mingw-x64 mingw-x64 "-DOB_MINGW_PREFIX=$OB_MINGW_PREFIX"
    compile mingw-x64
    test_build mingw-x64
}

# Runs a script of tests whose last line of the form "...: N passed, N failed[, N skipped]" counts.
script() {
    local status=0 line
    timeout 1500 bash "$@" | tee "$temp/output" || status=$?
    line=$(tr -d '\r' <"$temp/output" | grep -E '[0-9]+ passed, [0-9]+ failed' | tail -n 1) || true
    if [[ $line =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)? ]]; then
        echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]} ${BASH_REMATCH[4]:-0}" >>"$counts"
    elif [ $status = 0 ]; then
        echo 1 0 0 >>"$counts"
    fi
    return $status
}

# scripted ROOM [ARG...]: the stage of tests/ROOM/run.sh. Its tests build on each other, so a NAME
# leaves out the whole room or nothing of it.
scripted() {
    if [ -e "tests/$1/run.sh" ] && [[ $1 =~ $name ]]; then
        stage "$1" script "tests/$1/run.sh" "${@:2}"
    fi
}

# Clang's fuzzers out of a build of their own; what they find anew stays in build/.
fuzzers() {
    local source target found=$PWD/build/linux-fuzz/found
    configure linux-fuzz linux-debug -DCMAKE_C_COMPILER=clang -DOB_FUZZ=ON \
        -DOB_SANITIZE=address,undefined,fuzzer-no-link
    for source in tests/fuzz/fuzz_*.c; do
        target=$(basename "$source" .c)
        [[ $target =~ $name ]] || continue
        compile linux-fuzz --target "$target"
        mkdir -p "$found/$target"
        if timeout $((${OB_FUZZ_SECONDS:-30} + 120)) "build/linux-fuzz/tests/fuzz/$target" \
            -max_total_time="${OB_FUZZ_SECONDS:-30}" -timeout=10 -rss_limit_mb=2048 \
            -artifact_prefix="$found/$target-" "$found/$target" "tests/fuzz/corpus/${target#fuzz_}"
        then
            echo 1 0 0 >>"$counts"
        else
            echo 0 1 0 >>"$counts"
        fi
    done
}

sh deploy/install-deps.sh test
case $mode in
quick)
    stage linux-debug unit linux-debug -LE 'fault|fuzz|slow'
    ;;
full)
    stage linux-debug unit linux-debug -LE fault-all
    stage linux-asan unit linux-asan -LE fault-all
    stage clang clang_build
    stage mingw mingw
    scripted interop build/linux-debug build/mingw-x64
    scripted powershell build/mingw-x64
    scripted examples build/linux-debug build/mingw-x64
    ;;
fault)
    stage fault unit linux-debug -L fault
    ;;
fuzz)
    stage corpus unit linux-debug -L fuzz
    [ ! -d tests/fuzz ] || stage fuzz fuzzers
    ;;
*)
    echo "usage: $0 [quick|full|fault|fuzz] [NAME]" >&2
    exit 64
    ;;
esac

echo
printf '%s\n' "${summary[@]}"
if [ $((passed + failed + skipped)) = 0 ]; then
    echo "no test was found" >&2
    failed=1
fi
total="$passed passed, $failed failed"
[ $skipped = 0 ] || total+=", $skipped skipped"
echo "$total"
[ $failed = 0 ]
