#!/bin/bash
# The module and the whole thread on Windows: a real PowerShell, the COM library and the agent as a
# service, under Wine, in a prefix of their own.
#
#   tests/powershell/run.sh [BUILD]      BUILD: a MinGW build, default build/mingw-x64
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(cd "${1:-$root/build/mingw-x64}" && pwd)
# shellcheck source=tests/wine/wine.sh
. "$root/tests/wine/wine.sh"

work=$(mktemp -d)
finish() {
    ob_wine_end
    if [ -n "${OB_TEST_KEEP:-}" ]; then echo "kept: $work" >&2; else rm -rf "$work"; fi
}
trap finish EXIT

ob_wine_prefix "$work/prefix"
drive=$WINEPREFIX/drive_c
mkdir -p "$drive/ob/program" "$drive/ob/data/folder/deep" "$drive/ob/data/left out"
cp "$build"/agent/main/obagent.exe "$build"/vault/obvault.exe "$build"/obctl/obctl.exe \
    "$build"/rpc/com/obcom.dll "$drive/ob/program/"
data=$drive/ob/data
printf 'small\r\n' >"$data/small.txt"
head -c 6291456 /dev/urandom >"$data/large.bin"
: >"$data/folder/empty"
printf 'x' >"$data/folder/deep/grüße 日本.txt"
printf 'left out\r\n' >"$data/left out/no.txt"
touch -d '2001-02-03 04:05:06' "$data/folder/empty" "$data/folder/deep"

program='C:\ob\program'
run() { ob_wine 60 "$@" </dev/null; }
run "$program\\obvault.exe" create 'C:\ob\vault' --name thread
run "$program\\obvault.exe" credentials 'C:\ob\vault' -o 'C:\ob\old.VaultCredentials'
run "$program\\obvault.exe" credentials 'C:\ob\vault' -o 'C:\ob\new.VaultCredentials'
# One character of the signed text in another case: still base64, no longer what was signed.
awk 'NR == 6 { $0 = substr($0, 1, 30) (substr($0, 31, 1) == "A" ? "B" : "A") substr($0, 32) } 1' \
    "$drive/ob/new.VaultCredentials" >"$drive/ob/edited.VaultCredentials"
run regsvr32 /s "$program\\obcom.dll"

export OBAGENT_ENDPOINT=OnlineBackupTest OB_TEST_ROOT='C:\ob'
# Wine ends its services soon after the last ordinary program.
ob_wine_start /dev/null ping -n 600 127.0.0.1
run "$program\\obagent.exe" install --state 'C:\ob\state' --endpoint "$OBAGENT_ENDPOINT"
run sc start obagent
log=$drive/ob/state/logs/obagent.log
ready=
for _ in $(seq 100); do
    if run "$program\\obctl.exe" status >/dev/null 2>&1; then
        ready=1
        break
    fi
    sleep 0.2
done
[ -n "$ready" ] || { echo "the agent does not answer:" >&2; tail -n 30 "$log" >&2; exit 1; }

result=0
OB_PWSH_TIMEOUT=400 "$here/rig/pwsh.sh" "$here/runner.ps1" \
    "Z:$here/rig.tests.ps1" "Z:$here/thread.tests.ps1" "Z:$here/oldstyle.tests.ps1" "Z:$here/module.tests.ps1" || result=$?
[ $result -eq 0 ] || { echo "-- the agent's log:" >&2; tail -n 30 "$log" >&2; }
exit $result
