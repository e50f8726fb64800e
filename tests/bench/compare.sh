#!/bin/bash
# Side by side with restic and borg on the same files in one run: first backup, unchanged backup,
# restore, size in the vault and peak memory; medians of several rounds, in turn.
#
#   tests/bench/compare.sh [--json] [--rounds N] [--work-dir DIR] [--no-check] [DIR]
#   tests/bench/compare.sh [...] --corpus usr|small|image|noise|all [--size N]
#
# DIR         what is backed up (default /usr/share), or a corpus made by corpus.py: 3.5 GB of /usr,
#             200,000 small files, a 4 GB image that is changed in place and then gets bytes
#             inserted (two more backups: "place", "shift"), 4 GB that do not shrink
# --size      bytes of a corpus, files of "small", where less must do
# --work-dir  where corpora, vaults and restored files go (default a new folder in memory where
#             there is enough of it free, else under /var/tmp; removed at the end)
# --no-check  ours does not decode before upload, to see what that costs
# --small     ours compresses for size ("compression": "small")
#
# OB_BUILD  folder of a release build (default build/linux-release; built when absent); --no-check
#           needs one that was configured with -DOB_MEASURE=ON
set -euo pipefail

json=no rounds=3 source= corpus= size= work= check=yes compression=speed
while [ $# -gt 0 ]; do
    case $1 in
    --json) json=yes ;;
    --rounds) rounds=$2 && shift ;;
    --corpus) corpus=$2 && shift ;;
    --size) size=$2 && shift ;;
    --work-dir) work=$2 && shift ;;
    --no-check) check=no ;;
    --small) compression=small ;;
    -h | --help) sed -n '2,20s/^# \{0,1\}//p' "$0" && exit 0 ;;
    -*) echo "compare.sh: unknown option $1 (see --help)" >&2 && exit 2 ;;
    *) source=$1 ;;
    esac
    shift
done
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${OB_BUILD:-$root/build/linux-release}
for tool in restic borg /usr/bin/time; do
    command -v "$tool" >/dev/null || { echo "compare.sh: $tool is missing: sh deploy/install-deps.sh test" >&2; exit 1; }
done
case $corpus in
'') corpora=given ;;
all) corpora='usr small image noise' ;;
usr | small | image | noise) corpora=$corpus ;;
*) echo "compare.sh: no corpus is called $corpus (see --help)" >&2 && exit 2 ;;
esac
if [ ! -x "$build/agent/main/obagent" ]; then
    cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DOB_MEASURE=ON >/dev/null
    cmake --build "$build" --target obagent obctl obvault >&2
fi
obagent=$build/agent/main/obagent obctl=$build/obctl/obctl obvault=$build/vault/obvault

made= agent=
note() { printf '%s\n' "$*" >&2; }
# A disk would drown what is to be measured. The corpus, a vault and the restored files are in it.
if [ -z "$work" ]; then
    free_gib=$(awk '/MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo)
    place=/var/tmp
    [ "$free_gib" -lt 16 ] || [ ! -w /dev/shm ] || place=/dev/shm
    work=$(mktemp -d "$place/ob-compare.XXXXXX")
    made=$work
fi
note "work folder: $work on $(stat -f -c %T "$work"); $(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg)"
finish() {
    [ -z "$agent" ] || { kill "$agent" 2>/dev/null; wait "$agent" 2>/dev/null; } || true
    chmod -R u+w "$work" 2>/dev/null || true
    if [ -n "$made" ]; then rm -rf "$made"; else rm -rf "$work/ours" "$work/restic" "$work/borg" "$work/corpus"; fi
}
trap finish EXIT
results=$work/results
# record WORK TOOL VALUE
record() { printf '%s %s %s\n' "$1" "$2" "$3" >>"$results"; }
# Seconds of processor time of the agent so far.
agent_cpu() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$agent/stat"; }
# timed WORK TOOL COMMAND...: seconds, seconds of processor time, and the peak memory of a tool that
# runs in its own process
timed() {
    local kind=$1 tool=$2 out before=0
    shift 2
    [ "$tool" != ours ] || before=$(agent_cpu)
    /usr/bin/time -o "$work/time" -f '%e %U %S %M' "$@" >"$work/$tool.log" 2>&1 || {
        out=$?
        # 3: completed with warnings, a state of our jobs
        [ "$tool" = ours ] && [ "$out" = 3 ] || { tail -n 20 "$work/$tool.log" >&2; note "$tool failed in $kind"; exit 1; }
    }
    read -r seconds user system kib < <(tail -n 1 "$work/time")
    record "$kind" "$tool" "$seconds"
    if [ "$tool" = ours ]; then
        record "$kind-cpu" ours "$(awk -v a="$(agent_cpu)" -v b="$before" 'BEGIN { print a - b }')"
    else
        record "$kind-cpu" "$tool" "$(awk -v a="$user" -v b="$system" 'BEGIN { print a + b }')"
        [ "$kind" != first ] || record memory "$tool" "$kib"
    fi
}
size_of() { du -sb "$1" | cut -f1; }

start_agent() {
    OB_MEASURE_NO_CHECK=$([ $check = yes ] || echo 1) \
        "$obagent" run --state "$work/ours/state" --endpoint "$OBAGENT_ENDPOINT" 2>>"$work/agent.log" &
    agent=$!
    for _ in $(seq 100); do
        "$obctl" status >/dev/null 2>&1 && return
        sleep 0.1
    done
    note "the agent does not answer" && exit 1
}
stop_agent() {
    kill "$agent" && wait "$agent" || true
    agent=
}

# The backups of one round: backup WORK of each tool is a function of its own, steps are the same.
ours_backup() { timed "$1" ours "$obctl" backup; }
restic_backup() { timed "$1" restic restic backup --quiet "$source"; }
borg_backup() { timed "$1" borg borg create --compression zstd,1 "::$1" "$source"; }

round_ours() {
    mkdir -p "$work/ours"
    export OBAGENT_ENDPOINT=$work/ours/control
    "$obvault" create "$work/ours/vault" >/dev/null
    "$obvault" credentials "$work/ours/vault" -o "$work/ours/v.VaultCredentials" >/dev/null
    printf 'correct horse battery staple' >"$work/ours/passphrase"
    start_agent
    "$obctl" register "$work/ours/v.VaultCredentials" >/dev/null
    "$obctl" settings passphrase --passphrase-file "$work/ours/passphrase" >/dev/null
    [ $compression = speed ] || "$obctl" settings set --compression small >/dev/null
    "$obctl" policy set --include "$source" >/dev/null
    # The passphrase's key derivation takes 128 MiB once; it is not part of a backup.
    stop_agent
    start_agent
    ours_backup first
    record memory ours "$(awk '/VmHWM/ { print $2 }' "/proc/$agent/status")"
    record size ours "$(size_of "$work/ours/vault")"
    ours_backup unchanged
    timed restore ours "$obctl" restore latest "${source#/}" --to "$work/ours/restored"
    diff -rq --no-dereference "$source" "$work/ours/restored/$(basename "$source")" >&2 || exit 1
    rm -rf "$work/ours/restored"
}

round_restic() {
    mkdir -p "$work/restic"
    export RESTIC_REPOSITORY=$work/restic/repo RESTIC_PASSWORD=x RESTIC_CACHE_DIR=$work/restic/cache
    restic init --repository-version 2 >/dev/null
    restic_backup first
    record size restic "$(size_of "$work/restic/repo")"
    restic_backup unchanged
    timed restore restic restic restore latest --quiet --target "$work/restic/restored"
    rm -rf "$work/restic/restored"
}

round_borg() {
    mkdir -p "$work/borg/restored"
    export BORG_REPO=$work/borg/repo BORG_PASSPHRASE=x BORG_BASE_DIR=$work/borg/base
    export BORG_RELOCATED_REPO_ACCESS_IS_OK=yes BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
    borg init --encryption=repokey-blake2 >/dev/null 2>&1
    borg_backup first
    record size borg "$(size_of "$work/borg/repo")"
    borg_backup unchanged
    (cd "$work/borg/restored" && timed restore borg borg extract ::unchanged)
    rm -rf "$work/borg/restored"
}

# Both changes of the image, all three tools on the same bytes.
change_image() {
    for change in place shift; do
        python3 "$here/corpus.py" "$change" "$source"
        warm
        for tool in ours restic borg; do
            "${tool}_backup" "$change"
            record "$change-size" "$tool" "$(size_of "$work/$tool/$([ $tool = ours ] && echo vault || echo repo)")"
        done
    done
}

warm() { find "$source" -type f -print0 | xargs -0 cat >/dev/null 2>&1 || true; }

measure() {
    note "$name: $source, $(du -sh --apparent-size "$source" | cut -f1)"
    : >"$results"
    kinds='first unchanged restore'
    # What was touched in the last two seconds before a backup is read again by the next one.
    sleep 3
    warm
    for round in $(seq "$rounds"); do
        note "round $round of $rounds, load $(cut -d' ' -f1-3 /proc/loadavg)"
        rm -rf "$work/ours" "$work/restic" "$work/borg"
        round_ours
        # The agent goes on for the image only, so that it takes no part in the others' time.
        round_restic
        round_borg
        if [ "$name" = image ]; then
            kinds='first unchanged restore place shift'
            change_image
        fi
        stop_agent
    done
    rm -rf "$work/ours" "$work/restic" "$work/borg"
}

median() {
    awk -v w="$1" -v t="$2" '$1 == w && $2 == t { print $3 }' "$results" | sort -n |
        awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}
unit_of() { case $1 in *size) echo bytes ;; memory) echo KiB ;; *) echo seconds ;; esac; }
all_kinds() {
    local cpus= sizes=
    for kind in $kinds; do
        cpus="$cpus $kind-cpu"
        case $kind in place | shift) sizes="$sizes $kind-size" ;; esac
    done
    echo "$kinds$cpus size$sizes memory"
}
# Of a given folder just the five kinds that programs ask for; of a corpus all of them.
print_json() {
    local shown='first unchanged restore size memory' corpus_field=
    if [ "$name" != given ]; then
        shown=$(all_kinds)
        corpus_field="\"corpus\":\"$name\","
    fi
    for kind in $shown; do
        printf '%s{%s"work":"%s","unit":"%s","ours":%s,"restic":%s,"borg":%s}' "$separator" "$corpus_field" \
            "$kind" "$(unit_of "$kind")" "$(median "$kind" ours)" "$(median "$kind" restic)" "$(median "$kind" borg)"
        separator=','
    done
}
print_table() {
    printf '%-7s %-13s %-8s %12s %12s %12s %12s %9s\n' corpus work unit ours restic borg restic/ours borg/ours
    for kind in $(all_kinds); do
        awk -v n="$name" -v k="$kind" -v u="$(unit_of "$kind")" -v a="$(median "$kind" ours)" \
            -v b="$(median "$kind" restic)" -v c="$(median "$kind" borg)" \
            'BEGIN { printf "%-7s %-13s %-8s %12s %12s %12s %11.2fx %8.2fx\n", n, k, u, a, b, c, a ? b / a : 0, a ? c / a : 0 }'
    done
}

separator='['
for name in $corpora; do
    if [ "$name" = given ]; then
        source=$(cd "${source:-/usr/share}" && pwd -P)
    else
        source=$work/corpus/$name
        note "making corpus $name"
        python3 "$here/corpus.py" "$name" "$source" ${size:+"$size"}
    fi
    measure
    if [ $json = yes ]; then print_json; else print_table; fi
    [ "$name" = given ] || rm -rf "$source"
done
[ $json = no ] || printf ']\n'
