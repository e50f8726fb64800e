#!/bin/bash
# A backup and a restore across the two systems: Wine's rpcrt4 drives the agent of Linux, and the
# client of Linux drives the agent of Windows under Wine. Over TCP on the loopback address.
#
#   tests/interop/thread/run.sh BUILD MINGW_BUILD
#
# Last line: "thread: N passed, N failed".
set -uo pipefail
build=$(readlink -f "$1")
mingw=$(readlink -f "$2")
here=$(dirname "$(readlink -f "$0")")
obagent=$build/tests/interop/thread/wire_agent
obctl=$build/tests/interop/thread/wire_obctl
obvault=$build/vault/obvault
# shellcheck source=tests/wine/wine.sh
. "$here/../../wine/wine.sh"
# shellcheck source=tests/support/agent.sh
. "$here/../../support/agent.sh"

clean_more() {
    ob_wine_end
}

make_tree() { # make_tree DIR: what both systems can keep
    mkdir -p "$1/folder/empty" "$1/other"
    head -c 5000000 /dev/urandom >"$1/random.bin"
    head -c 3000000 /dev/zero >"$1/zeros.bin"
    printf 'text\n' >"$1/folder/grüße 日本.txt"
    : >"$1/other/empty file"
    touch -d '2001-02-03 04:05:06' "$1/folder/grüße 日本.txt" "$1/other"
}

# Names, times to 100 ns (what Windows keeps) and bytes.
list_common() {
    (cd "$1" && find . -mindepth 1 -printf '%P|%y|%.29T+|' \
        \( -type f -printf '%s|' -exec sha256sum -b -- {} \; -o -printf '\n' \) |
        sed 's/\(:[0-9][0-9]\.[0-9]\{7\}\)[0-9]*/\1/' | LC_ALL=C sort)
}

# serve COMMAND...: starts an agent and learns its port.
serve() {
    "$@" >"$work/port" 2>>"$work/agent.log" </dev/null &
    agent=$!
    port=
    for _ in $(seq 200); do
        port=$(sed -n 's/^port \([0-9]*\).*/\1/p' "$work/port" 2>/dev/null | tr -d '\r')
        [ -z "$port" ] || break
        kill -0 "$agent" 2>/dev/null || break
        sleep 0.1
    done
    if [ -z "$port" ]; then
        echo "no agent: $(tail -n 5 "$work/agent.log")"
        failures=$((failures + 1))
        return 1
    fi
    export OBAGENT_ENDPOINT="ncacn_ip_tcp:127.0.0.1[$port]"
    for _ in $(seq 100); do
        "${ctl[@]}" status >/dev/null 2>&1 && return 0
        sleep 0.2
    done
    echo "the agent does not answer"
}

# walk SOURCE DESTINATION CREDENTIALS PASSPHRASE: what an administrator does, by the client in ctl. Paths
# are the agent's but for the credentials and the passphrase, which the client reads.
walk() {
    expect 0 "status" "${ctl[@]}" status --json
    expect 1 "no policy yet" "${ctl[@]}" policy show
    expect 0 "register" "${ctl[@]}" register "$3"
    expect 0 "passphrase" "${ctl[@]}" settings passphrase --passphrase-file "$4"
    expect 0 "policy" "${ctl[@]}" policy set --include "$1"
    expect 0 "backup" "${ctl[@]}" backup
    expect 0 "unchanged backup" "${ctl[@]}" backup
    says "is incremental" incremental
    expect 0 "jobs" "${ctl[@]}" job list --json
    expect 0 "points" "${ctl[@]}" point list --json
    expect 0 "search" "${ctl[@]}" browse latest --search 'RANDOM*'
    says "found" random.bin
    expect 0 "restore" "${ctl[@]}" restore latest "$1" --to "$2"
    expect 1 "unknown point" "${ctl[@]}" restore 00000000-0000-0000-0000-000000000000 --to "$2"
    complains "is told" OB_E_NOT_FOUND
}

ob_wine_prefix "$work/prefix" || exit 1
printf 'correct horse battery staple' >"$work/passphrase"

echo "Wine's client, the agent of Linux"
make_tree "$work/src"
list_common "$work/src" >"$work/src.list"
check "vault" "$obvault" create "$work/vault"
check "credentials" "$obvault" credentials "$work/vault" -o "$work/v.VaultCredentials"
ctl=("$ob_wine_loader" "$mingw/obctl/obctl.exe")
serve "$obagent" run --state "$work/state" --endpoint "$work/control"
walk "$work/src" "$work/restored" "Z:${work//\//\\}\\v.VaultCredentials" \
    "Z:${work//\//\\}\\passphrase"
list_common "$work/restored/src" >"$work/restored.list"
check "bytes, names and times" cmp "$work/src.list" "$work/restored.list"
stop_agent

echo "the client of Linux, the agent of Windows"
drive=$WINEPREFIX/drive_c
make_tree "$drive/src"
list_common "$drive/src" >"$work/src.list"
check "vault of Windows" ob_wine 60 "$mingw/vault/obvault.exe" create 'C:\vault'
check "its credentials" ob_wine 60 "$mingw/vault/obvault.exe" credentials 'C:\vault' -o 'C:\v.VaultCredentials'
ctl=("$obctl")
serve "$ob_wine_loader" "$mingw/tests/interop/thread/wire_agent.exe" run --state 'C:\state' \
    --endpoint OnlineBackupWire
walk 'C:\src' 'C:\restored' "$drive/v.VaultCredentials" "$work/passphrase"
list_common "$drive/restored/src" >"$work/restored.list"
check "bytes, names and times on Windows" cmp "$work/src.list" "$work/restored.list"
stop_agent

[ $failures = 0 ] || tail -n 30 "$work/agent.log"
echo "thread: $((checks - failures)) passed, $failures failed"
[ $failures = 0 ]
