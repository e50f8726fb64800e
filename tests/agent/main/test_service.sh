#!/bin/bash
# The agent as a service of Windows, under Wine: installed, started and stopped by the control
# manager, in the middle of a backup too, started again, taken away.
#
#   test_service.sh OBAGENT OBCTL OBVAULT
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/wine/wine.sh
. "$here/../../wine/wine.sh"
work=$(mktemp -d /tmp/ob-wine.XXXXXX)
# shellcheck source=tests/obctl/checks.sh
. "$here/../../obctl/checks.sh"

cleanup() {
    ob_wine_end
    rm -rf "$work"
}
trap cleanup EXIT

ob_wine_prefix "$work/prefix" || exit 1
drive="$WINEPREFIX/drive_c/on line"
mkdir -p "$drive/data"
cp "$1" "$2" "$3" "$drive/"
printf 'small' >"$drive/data/small"
# What makes a backup long: a command that says the same again and again.
yes 'the same again' | head -c 1000000 >"$WINEPREFIX/drive_c/block"
cat >"$drive/policy.json" <<'END'
{ "files": [ { "path": "C:\\on line\\data" } ],
  "commands": [ { "name": "long", "timeout": 120, "command": [ "C:\\windows\\system32\\cmd.exe",
    "/c", "for /L %i in (1,1,100000) do @type C:\\block" ] } ] }
END
printf 'correct horse battery staple' >"$drive/passphrase"
export OBAGENT_ENDPOINT=ob-service-$$

# run CODE WHAT PROGRAM ARGUMENT...: in the folder of the programs.
run() {
    local wanted=$1 what=$2 program=$3 got=0
    shift 3
    case $program in
    ob*) program="C:\\on line\\$program.exe" ;;
    esac
    checks=$((checks + 1))
    (cd "$drive" && ob_wine 90 "$program" "$@" </dev/null) >"$work/raw" 2>"$work/err" || got=$?
    tr -d '\r' <"$work/raw" >"$work/out"
    [ "$got" = "$wanted" ] || fail "$what: exit code $got and not $wanted"
}

# in_state STATE: the control manager comes to say that the service is in it.
in_state() {
    local i
    for i in $(seq 100); do
        ob_wine 30 sc query obagent </dev/null 2>/dev/null | tr -d '\r' >"$work/out"
        grep -q "STATE .*$1" "$work/out" && return
        sleep 0.2
    done
    return 1
}

answers() {
    local i
    for i in $(seq 100); do
        (cd "$drive" && ob_wine 30 'C:\on line\obctl.exe' status </dev/null) >/dev/null 2>&1 && return
        sleep 0.2
    done
    return 1
}

# newest_job STATE: the newest job comes to be in it.
newest_job() {
    local i
    for i in $(seq 50); do
        (cd "$drive" && ob_wine 30 'C:\on line\obctl.exe' job list --json </dev/null) 2>/dev/null |
            grep -o '"state":"[^"]*"' >"$work/out"
        [ "$(head -n 1 "$work/out")" = "\"state\":\"$1\"" ] && return
        sleep 0.1
    done
    return 1
}

# Wine ends its services soon after the last ordinary program.
ob_wine_start /dev/null ping -n 280 127.0.0.1

run 0 "vault" obvault create 'C:\on line\vault'
run 0 "credentials" obvault credentials 'C:\on line\vault' -o 'C:\on line\v.VaultCredentials'
run 1 "nothing to take away" obagent uninstall
complains "says so" "there is no service obagent"
run 0 "install" obagent install --state 'state of it' --endpoint "$OBAGENT_ENDPOINT"
run 0 "its configuration" reg query 'HKLM\System\CurrentControlSet\Services\obagent'
says "the quoted program" 'ImagePath .*"C:\\on line\\obagent.exe" "service"'
says "an absolute folder" '"--state" "C:\\on line\\state of it"'
says "its start" 'Start .*0x2'

run 0 "start" sc start obagent
check "the service runs" in_state RUNNING
check "the agent answers" answers
run 0 "register" obctl register v.VaultCredentials
run 0 "passphrase" obctl settings passphrase --passphrase-file passphrase
run 0 "policy" obctl policy set --file policy.json

# A stop in the middle of a backup: a good end, and the job tells.
run 0 "a long backup" obctl backup --async
check "it is in progress" newest_job InProgress
run 0 "stop" sc stop obagent
check "the service has stopped" in_state STOPPED
says "with success" 'WIN32_EXIT_CODE *: 0 '
run 4 "nobody answers" obctl status
run 0 "start again" sc start obagent
check "the agent answers again" answers
check "the job was stopped" newest_job Aborted
run 0 "the policy is there" obctl policy show
says "as it was" 'on line.data'

# Why it does not start stands in its state.
run 0 "stop again" sc stop obagent
check "the service has stopped again" in_state STOPPED
mv "$drive/state of it/state.db" "$drive/kept.db"
printf 'damaged damaged damaged' >"$drive/state of it/state.db"
ob_wine 60 sc start obagent </dev/null >/dev/null 2>&1
check "it does not stay" in_state STOPPED
says "with an exit code of its own" 'SERVICE_EXIT_CODE *: -\?[1-9]'
mv "$drive/kept.db" "$drive/state of it/state.db"

run 0 "start once more" sc start obagent
check "the agent answers once more" answers
run 0 "uninstall while it runs" obagent uninstall
run 4 "nobody answers any more" obctl status
run 1 "the service is gone" obagent uninstall
check "its state is kept" [ -s "$drive/state of it/state.db" ]
cp "$drive/state of it/logs/obagent.log" "$work/agent.log"
conclude
