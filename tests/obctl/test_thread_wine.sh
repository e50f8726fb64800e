#!/bin/bash
# The thread on Windows, under Wine: obctl.exe against the agent over ncalrpc. Shorter than
# test_thread.sh; what an administrator meets differently there.
#
#   test_thread_wine.sh OBAGENT OBCTL OBVAULT
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/wine/wine.sh
. "$here/../wine/wine.sh"
work=$(mktemp -d /tmp/ob-wine.XXXXXX)
agent=
# shellcheck source=tests/obctl/checks.sh
. "$here/checks.sh"

cleanup() {
    [ -z "$agent" ] || ob_wine_stop "$agent"
    ob_wine_end
    rm -rf "$work"
}
trap cleanup EXIT

ob_wine_prefix "$work/prefix" || exit 1
drive=$WINEPREFIX/drive_c/ob
mkdir -p "$drive/data/folder/deep"
cp "$1" "$2" "$3" "$drive/"
printf 'small\r\n' >"$drive/data/small.txt"
head -c 3000000 /dev/urandom >"$drive/data/large.bin"
printf 'x' >"$drive/data/folder/deep/grüße 日本.txt"
printf 'correct horse battery staple\r\n' >"$drive/passphrase"
export OBAGENT_ENDPOINT=ob-thread-$$

# The programs as commands of the shell: Windows' line ends are no part of what is checked.
program() {
    local name=$1 code=0
    shift
    ob_wine 60 "C:\\ob\\$name.exe" "$@" </dev/null >"$work/raw" || code=$?
    tr -d '\r' <"$work/raw"
    return $code
}

# run CODE WHAT ARGUMENT...: obctl, in the folder where the files are.
run() {
    local wanted=$1 what=$2 got=0
    shift 2
    checks=$((checks + 1))
    (cd "$drive" && program obctl "$@") >"$work/out" 2>"$work/err" || got=$?
    [ "$got" = "$wanted" ] || fail "$what: exit code $got and not $wanted"
}

run 4 "status without an agent" status
complains "nobody answers" OB_E_AGENT_UNREACHABLE
program obvault create 'C:\ob\vault' --name fleet >"$work/out"
program obvault credentials 'C:\ob\vault' -o 'C:\ob\fleet.VaultCredentials' >"$work/out"
ob_wine_start "$work/agent.log" 'C:\ob\obagent.exe' run --state 'C:\ob\state' \
    --endpoint "$OBAGENT_ENDPOINT"
agent=$ob_wine_pid
for _ in $(seq 50); do
    program obctl status >/dev/null 2>&1 && break
    sleep 0.2
done

run 1 "backup before the registration" backup
complains "not registered" OB_E_NOT_REGISTERED
run 0 "registration" register fleet.VaultCredentials
says "the line that scripts look for" "^Machine registration succeeded.$"
run 0 "passphrase of a file" settings passphrase --passphrase-file passphrase
run 1 "a relative path" policy set --include data
complains "an invalid policy" OB_E_POLICY_INVALID
run 0 "policy" policy set --include 'C:\ob\data' --json
json "policy" policy.schema.json
run 0 "backup" backup --json
json "job lines" --lines 'output.schema.json#/$defs/job'
run 0 "status" status --json
json "status" 'output.schema.json#/$defs/status'
run 0 "points" point list --json
json "points" 'output.schema.json#/$defs/points'
run 0 "everything" browse latest C:/ob/data --recursive
says "a name of another script" 'folder/deep/grüße 日本.txt$'
run 0 "everything as JSON" browse latest C:/ob/data --recursive --json
json "items" 'output.schema.json#/$defs/items'
run 1 "a folder that is not there" browse latest nothing --json
json "an error document" error.schema.json
run 0 "restore" restore latest C:/ob/data --to 'C:\ob\restored'
check "the same bytes" diff -r "$drive/data" "$drive/restored/data"
run 0 "one file" restore latest 'C:/ob/data/folder/deep/grüße 日本.txt' --to 'C:\ob\one'
check "the same bytes" cmp "$drive/data/folder/deep/grüße 日本.txt" "$drive/one/grüße 日本.txt"
run 0 "second backup" backup
says "incremental" "(incremental)"
run 1 "a job that is not there" job show 00000000-0000-0000-0000-000000000001

# The machine is gone: no agent, no state, only the vault and the passphrase.
ob_wine_stop "$agent"
agent=
rm -rf "$drive/state"
from=(--vault 'C:\ob\vault' --passphrase-file passphrase)
run 4 "no agent" status
run 0 "points of the vault" rescue points "${from[@]}" --json
json "points" 'output.schema.json#/$defs/rescue_points'
run 0 "what is there" rescue list latest 'C:\ob\data\folder' "${from[@]}" --recursive
says "a name of another script" 'folder/deep/grüße 日本.txt$'
run 0 "rescue" rescue restore latest 'C:\ob\data' "${from[@]}" --to rescued
check "the same bytes" diff -r "$drive/data" "$drive/rescued/data"
conclude
