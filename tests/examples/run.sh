#!/bin/bash
# The examples as users run them: C on Linux and under Wine, VBScript and PowerShell under Wine, each
# against an agent and a vault of its own. What a restore brings is compared with what was backed up.
#
#   tests/examples/run.sh [LINUX-BUILD [MINGW-BUILD]]
#
# The last line is "examples: N passed, N failed".
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(cd "$here/../.." && pwd)
linux=$(cd "${1:-$root/build/linux-debug}" && pwd) || exit 66
mingw=$(cd "${2:-$root/build/mingw-x64}" && pwd) || exit 66
# shellcheck source=tests/wine/wine.sh
. "$root/tests/wine/wine.sh"
work=$(mktemp -d /tmp/ob-examples.XXXXXX)
# shellcheck source=tests/obctl/checks.sh
. "$root/tests/obctl/checks.sh"
agent=

cleanup() {
    [ -z "$agent" ] || ob_wine_stop "$agent"
    ob_wine_end
    rm -rf "$work"
}
trap cleanup EXIT

on_linux() {
    local bin=$linux
    export OBAGENT_ENDPOINT=$work/control
    mkdir -p "$work/data"
    printf 'small' >"$work/data/small"
    expect 1 "C: without an agent" "$bin/examples/example_backup"
    complains "says so" OB_E_AGENT_UNREACHABLE
    "$bin/agent/main/obagent" run --state "$work/state" --endpoint "$OBAGENT_ENDPOINT" \
        2>"$work/agent.log" &
    agent=$!
    local i
    for i in $(seq 100); do
        "$bin/obctl/obctl" status >/dev/null 2>&1 && break
        sleep 0.1
    done
    expect 0 "vault" "$bin/vault/obvault" create "$work/vault"
    expect 0 "credentials" "$bin/vault/obvault" credentials "$work/vault" -o "$work/v.VaultCredentials"
    expect 0 "register" "$bin/obctl/obctl" register "$work/v.VaultCredentials"
    expect 0 "passphrase" "$bin/obctl/obctl" settings passphrase --passphrase-file "$passphrase"
    expect 1 "C: without a policy" "$bin/examples/example_backup"
    complains "says so" OB_E_NO_POLICY
    expect 0 "policy" "$bin/obctl/obctl" policy set --include "$work/data"
    expect 0 "C: backup" "$bin/examples/example_backup"
    says "its end" '^Completed: \([0-9]*\) of \1 files'
    says "its point" '^a point of [0-9]* files, 5 bytes$'
    kill "$agent"
    wait "$agent"
    agent=
}

# windows SECONDS WHAT COMMAND...: succeeds; its output without Windows' line ends.
windows() {
    local seconds=$1 what=$2 got=0
    shift 2
    checks=$((checks + 1))
    ob_wine "$seconds" "$@" >"$work/raw" 2>"$work/err" </dev/null || got=$?
    tr -d '\r' <"$work/raw" >"$work/out"
    [ "$got" = 0 ] || fail "$what: exit code $got"
}

# A vault, its credentials and an agent at C:\ob\NAME.
start_on_windows() {
    local name=$1 i
    mkdir -p "$drive/$name"
    windows 60 "vault" "$program\\obvault.exe" create "C:\\ob\\$name\\vault" --name "$name"
    windows 60 "credentials" "$program\\obvault.exe" credentials "C:\\ob\\$name\\vault" \
        -o "C:\\ob\\$name\\v.VaultCredentials"
    export OBAGENT_ENDPOINT=ob-examples-$name-$$
    ob_wine_start "$work/agent.log" "$program\\obagent.exe" run --state "C:\\ob\\$name\\state" \
        --endpoint "$OBAGENT_ENDPOINT"
    agent=$ob_wine_pid
    for i in $(seq 100); do
        ob_wine 30 "$program\\obctl.exe" status >/dev/null 2>&1 </dev/null && break
        sleep 0.2
    done
}

stop_on_windows() {
    ob_wine_stop "$agent"
    agent=
}

# The folder came back whole, without what was excluded.
compare() {
    check "$1: bytes and names" diff -r "$drive/data" "$2" --exclude 'left out'
    check "$1: nothing that was excluded" [ ! -e "$2/left out" ]
}

on_windows() {
    program='C:\ob\program'
    ob_wine_prefix "$work/prefix" || exit 1
    drive=$WINEPREFIX/drive_c/ob
    mkdir -p "$drive/program" "$drive/data/folder/deep" "$drive/data/left out"
    cp "$mingw"/agent/main/obagent.exe "$mingw"/vault/obvault.exe "$mingw"/obctl/obctl.exe \
        "$mingw"/rpc/com/obcom.dll "$mingw"/examples/example_backup.exe "$drive/program/"
    cp "$passphrase" "$drive/passphrase"
    cp "$root"/examples/backup.vbs "$drive/"
    printf 'small\r\n' >"$drive/data/small.txt"
    head -c 3000000 /dev/urandom >"$drive/data/large.bin"
    printf 'x' >"$drive/data/folder/deep/grüße 日本.txt"
    printf 'no' >"$drive/data/left out/no.txt"
    windows 60 "registering the COM library" regsvr32 /s "$program\\obcom.dll"

    start_on_windows vbs
    windows 120 "VBScript" cscript //nologo 'C:\ob\backup.vbs' 'C:\ob\vbs\v.VaultCredentials' \
        'C:\ob\passphrase' 'C:\ob\data' 'C:\ob\data\left out' 'C:\ob\vbs\to'
    says "an error before" '^before: OB_E_NOT_REGISTERED: '
    says "registration" '^registered with vbs'
    says "policy" '^policy with 2 file specs'
    says "points" '^points: 1'
    says "a file by its size" '^  file large.bin, 3000000 bytes'
    says "the end" '^recovery: Completed'
    compare "VBScript" "$drive/vbs/to/data"
    windows 60 "C under Wine" "$program\\example_backup.exe"
    check "two points" [ "$(grep -c '^a point of .* 3000008 bytes$' "$work/out")" = 2 ]
    stop_on_windows

    start_on_windows ps1
    local got=0
    checks=$((checks + 1))
    printf '%s\n' "\$env:PSModulePath += ';' + \$args[0]" '$all = $args[1..99]' \
        '& $all[0] -VaultCredentials $all[1] -PassphraseFile $all[2] -Folder $all[3] `' \
        '    -Destination $all[4] -Excluded $all[5]' >"$work/start.ps1"
    OB_PWSH_TIMEOUT=200 "$root/tests/powershell/rig/pwsh.sh" "$work/start.ps1" \
        "Z:${root//\//\\}\\powershell" "Z:$root/examples/backup.ps1" 'C:\ob\ps1\v.VaultCredentials' \
        'C:\ob\passphrase' 'C:\ob\data' 'C:\ob\ps1\to' 'C:\ob\data\left out' \
        >"$work/raw" 2>"$work/err" || got=$?
    tr -d '\r' <"$work/raw" >"$work/out"
    [ "$got" = 0 ] || fail "PowerShell: exit code $got"
    says "the end" '^recovery: Completed'
    compare "PowerShell" "$drive/ps1/to/data"
    stop_on_windows
}

passphrase=$work/passphrase
printf 'correct horse battery staple\r\n' >"$passphrase"
on_linux
on_windows
[ $failures = 0 ] || tail -n 30 "$work/agent.log"
echo "examples: $((checks - failures)) passed, $failures failed"
[ $failures = 0 ]
