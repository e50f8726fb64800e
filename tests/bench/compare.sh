#!/bin/bash
# Side by side with restic and borg on the same folder in one run: first backup, unchanged backup,
# restore, size in the vault and peak memory; medians of several rounds, in turn.
#
#   tests/bench/compare.sh [--json] [--rounds N] [DIR]     DIR: default /usr/share
#
# OB_BUILD  folder of a release build (default build/linux-release; built when absent)
# OB_WORK   where vaults and restored files go (default a new folder under /var/tmp, removed at the end)
set -euo pipefail

json=no rounds=3 source=/usr/share
while [ $# -gt 0 ]; do
    case $1 in
    --json) json=yes ;;
    --rounds) rounds=$2 && shift ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0" && exit 0 ;;
    -*) echo "compare.sh: unknown option $1 (see --help)" >&2 && exit 2 ;;
    *) source=$1 ;;
    esac
    shift
done
root=$(cd "$(dirname "$0")/../.." && pwd)
source=$(cd "$source" && pwd -P)
build=${OB_BUILD:-$root/build/linux-release}
for tool in restic borg /usr/bin/time; do
    command -v "$tool" >/dev/null || { echo "compare.sh: $tool is missing: sh deploy/install-deps.sh test" >&2; exit 1; }
done
if [ ! -x "$build/agent/main/obagent" ]; then
    cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
    cmake --build "$build" --target obagent obctl obvault >&2
fi
obagent=$build/agent/main/obagent obctl=$build/obctl/obctl obvault=$build/vault/obvault

made=
if [ -z "${OB_WORK-}" ]; then
    OB_WORK=$(mktemp -d /var/tmp/ob-compare.XXXXXX)
    made=$OB_WORK
fi
work=$OB_WORK agent=
finish() {
    [ -z "$agent" ] || { kill "$agent" 2>/dev/null; wait "$agent" 2>/dev/null; } || true
    chmod -R u+w "$work" 2>/dev/null || true
    [ -z "$made" ] || rm -rf "$made"
}
trap finish EXIT
results=$work/results
: >"$results"
note() { printf '%s\n' "$*" >&2; }
# record WORK TOOL VALUE
record() { printf '%s %s %s\n' "$1" "$2" "$3" >>"$results"; }
# timed WORK TOOL COMMAND...: seconds, and the peak memory of a tool that runs in its own process
timed() {
    local work_kind=$1 tool=$2 out
    shift 2
    /usr/bin/time -o "$work/time" -f '%e %M' "$@" >"$work/$tool.log" 2>&1 || {
        out=$?
        # 3: completed with warnings, a state of our jobs
        [ "$tool" = ours ] && [ "$out" = 3 ] || { tail -n 20 "$work/$tool.log" >&2; note "$tool failed in $work_kind"; exit 1; }
    }
    read -r seconds kib < <(tail -n 1 "$work/time")
    record "$work_kind" "$tool" "$seconds"
    [ "$tool" = ours ] || [ "$work_kind" = restore ] || record memory "$tool" "$kib"
}
size_of() { du -sb "$1" | cut -f1; }

start_agent() {
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

round_ours() {
    rm -rf "$work/ours" && mkdir -p "$work/ours"
    export OBAGENT_ENDPOINT=$work/ours/control
    "$obvault" create "$work/ours/vault" >/dev/null
    "$obvault" credentials "$work/ours/vault" -o "$work/ours/v.VaultCredentials" >/dev/null
    printf 'correct horse battery staple' >"$work/ours/passphrase"
    start_agent
    "$obctl" register "$work/ours/v.VaultCredentials" >/dev/null
    "$obctl" settings passphrase --passphrase-file "$work/ours/passphrase" >/dev/null
    "$obctl" policy set --include "$source" >/dev/null
    # The passphrase's key derivation takes 128 MiB once; it is not part of a backup.
    stop_agent
    start_agent
    timed first ours "$obctl" backup
    record memory ours "$(awk '/VmHWM/ { print $2 }' "/proc/$agent/status")"
    record size ours "$(size_of "$work/ours/vault")"
    timed unchanged ours "$obctl" backup
    timed restore ours "$obctl" restore latest "${source#/}" --to "$work/ours/restored"
    stop_agent
    diff -rq --no-dereference "$source" "$work/ours/restored/$(basename "$source")" >&2 || exit 1
    rm -rf "$work/ours"
}

round_restic() {
    rm -rf "$work/restic" && mkdir -p "$work/restic"
    export RESTIC_REPOSITORY=$work/restic/repo RESTIC_PASSWORD=x RESTIC_CACHE_DIR=$work/restic/cache
    restic init --repository-version 2 >/dev/null
    timed first restic restic backup --quiet "$source"
    record size restic "$(size_of "$work/restic/repo")"
    timed unchanged restic restic backup --quiet "$source"
    timed restore restic restic restore latest --quiet --target "$work/restic/restored"
    rm -rf "$work/restic"
}

round_borg() {
    rm -rf "$work/borg" && mkdir -p "$work/borg/restored"
    export BORG_REPO=$work/borg/repo BORG_PASSPHRASE=x BORG_BASE_DIR=$work/borg/base
    export BORG_RELOCATED_REPO_ACCESS_IS_OK=yes BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
    borg init --encryption=repokey-blake2 >/dev/null 2>&1
    timed first borg borg create --compression zstd,1 ::first "$source"
    record size borg "$(size_of "$work/borg/repo")"
    timed unchanged borg borg create --compression zstd,1 ::second "$source"
    (cd "$work/borg/restored" && timed restore borg borg extract ::second)
    rm -rf "$work/borg"
}

note "warming the cache: $source, $(du -sh --apparent-size "$source" | cut -f1)"
tar cf - -C "$source" . 2>/dev/null | cat >/dev/null
for round in $(seq "$rounds"); do
    note "round $round of $rounds"
    round_ours
    round_restic
    round_borg
done

median() {
    awk -v w="$1" -v t="$2" '$1 == w && $2 == t { print $3 }' "$results" | sort -n |
        awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}
unit_of() { case $1 in size) echo bytes ;; memory) echo KiB ;; *) echo seconds ;; esac; }
if [ $json = yes ]; then
    separator='['
    for kind in first unchanged restore size memory; do
        printf '%s{"work":"%s","unit":"%s","ours":%s,"restic":%s,"borg":%s}' "$separator" "$kind" \
            "$(unit_of $kind)" "$(median $kind ours)" "$(median $kind restic)" "$(median $kind borg)"
        separator=','
    done
    printf ']\n'
else
    printf '%-10s %-8s %14s %14s %14s %8s %8s\n' work unit ours restic borg restic/ours borg/ours
    for kind in first unchanged restore size memory; do
        awk -v k=$kind -v u="$(unit_of $kind)" -v a="$(median $kind ours)" \
            -v b="$(median $kind restic)" -v c="$(median $kind borg)" \
            'BEGIN { printf "%-10s %-8s %14s %14s %14s %10.2fx %8.2fx\n", k, u, a, b, c, b / a, c / a }'
    done
fi
