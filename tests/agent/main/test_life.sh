#!/bin/bash
# The life of the agent's process: ready, busy, stopped, killed, started twice, refused to strangers.
#
#   test_life.sh OBAGENT OBCTL OBVAULT
set -uo pipefail
obagent=$1
obctl=$2
obvault=$3
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/support/agent.sh
. "$here/../../support/agent.sh"

# A notification socket as systemd's; prints what comes until the agent stops.
notified() {
    python3 - "$work/notify" >"$work/notified" <<'END' &
import os, socket, sys
box = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
box.bind(sys.argv[1])
box.settimeout(60)
while True:
    text = box.recv(4096).decode()
    print(text, flush=True)
    if "STOPPING=1" in text:
        break
END
    listener=$!
    for _ in $(seq 100); do
        [ -S "$work/notify" ] && return
        sleep 0.05
    done
}

job_state() { # of the newest job
    "$obctl" job list --json | head -c 4000 | grep -o '"state":"[^"]*"' | head -n 1 | cut -d '"' -f 4
}

start_long_backup() {
    expect 0 "start a long backup" "$obctl" backup --async
    for _ in $(seq 100); do
        [ "$(job_state)" = InProgress ] && break
        sleep 0.05
    done
    check "it is in progress" [ "$(job_state)" = InProgress ]
}

mkdir -p "$work/src"
head -c 1000000 /dev/urandom >"$work/src/small"
# What makes a backup long: a command that never ends.
printf '{"files":[{"path":"%s"}],"commands":[{"name":"endless","command":["/bin/cat","/dev/zero"]}]}' \
    "$work/src" >"$work/long.json"
printf 'correct horse battery staple' >"$work/passphrase"

expect 0 "vault" "$obvault" create "$work/vault"
expect 0 "credentials" "$obvault" credentials "$work/vault" -o "$work/v.VaultCredentials"

notified
NOTIFY_SOCKET=$work/notify start_agent || exit 1
check "tells that it is ready" grep -q READY=1 "$work/notified"
expect 0 "register" "$obctl" register "$work/v.VaultCredentials"
expect 0 "passphrase" "$obctl" settings passphrase --passphrase-file "$work/passphrase"
expect 0 "policy" "$obctl" policy set --file "$work/long.json"

expect 1 "a second agent on the state folder" \
    "$obagent" run --state "$work/state" --endpoint "$work/other"
complains "says why" "Another agent is using this state folder"
expect 1 "a second agent at the endpoint" \
    "$obagent" run --state "$work/state2" --endpoint "$OBAGENT_ENDPOINT"
complains "says why" "another agent serves"
expect 0 "the first goes on" "$obctl" status

# A stop in the middle of a backup: cancelled and marked so, and the exit code is that of success.
start_long_backup
kill -TERM "$agent"
code=0
wait "$agent" || code=$?
agent=
check "ends well on SIGTERM" [ "$code" = 0 ]
wait "$listener"
check "tells that it stops" grep -q STOPPING=1 "$work/notified"
check "takes its socket away" [ ! -e "$OBAGENT_ENDPOINT" ]
start_agent || exit 1
check "the stopped job is aborted" [ "$(job_state)" = Aborted ]

# Killed in the middle of a backup: the next agent says so, and what was uploaded is used again.
start_long_backup
kill -KILL "$agent"
wait "$agent" 2>/dev/null
agent=
expect 4 "nobody answers" "$obctl" status
start_agent || exit 1
check "the killed job is failed" [ "$(job_state)" = Failed ]
expect 0 "it tells why" "$obctl" job list --json
says "interrupted" OB_E_JOB_INTERRUPTED
expect 0 "a policy without the command" "$obctl" policy set --include "$work/src"
expect 0 "the next backup" "$obctl" backup
check "is complete" [ "$(job_state)" = Completed ]

# A stranger: refused by the socket's mode, and by the agent if that were open.
if [ "$(id -u)" = 0 ]; then
    stranger=(setpriv --reuid=65534 --regid=65534 --clear-groups env "OBAGENT_ENDPOINT=$OBAGENT_ENDPOINT")
    # He may run the program, wherever that is kept.
    mkdir -p "$work/bin"
    cp "$obctl" "$work/bin/obctl"
    chmod 755 "$work" "$work/bin" "$work/bin/obctl"
    expect 5 "a stranger" "${stranger[@]}" "$work/bin/obctl" status
    chmod 666 "$OBAGENT_ENDPOINT"
    expect 5 "a stranger at an open socket" "${stranger[@]}" "$work/bin/obctl" status
    check "is logged" grep -q "uid 65534 .*refused" "$work/agent.log"
    expect 0 "root" "$obctl" status
fi
stop_agent

# A damaged database is told, and not replaced.
cp "$work/state/state.db" "$work/kept.db"
printf 'damaged damaged damaged' | dd of="$work/state/state.db" conv=notrunc 2>/dev/null
expect 1 "a damaged database" "$obagent" run --state "$work/state" --endpoint "$OBAGENT_ENDPOINT"
complains "says so" "Stored data is damaged"
check "is left as it is" grep -q '^damaged damaged' "$work/state/state.db"
cp "$work/kept.db" "$work/state/state.db"
start_agent || exit 1
expect 0 "and works once it is mended" "$obctl" policy show
finish
