#!/bin/sh
# The wire against what we did not write. See README.md.
#
#   sh tests/interop/run.sh BUILD_DIR [MINGW_BUILD_DIR]
#
# Last line: "interop: N passed, N failed". Ends with 1 when something failed.
set -u
here=$(dirname "$(readlink -f "$0")")
build=${1:?BUILD_DIR}
mingw=${2:-}
programs=$build/tests/interop
windows_programs=${mingw:+$mingw/tests/interop}
wine=$here/../wine/run.sh
work=$(mktemp -d)
passed=0
failed=0
server=

finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT

# Counts the lines "ok …" and "FAIL …" of a log; a program that ended badly without saying why is a
# failure too. $1: title, $2: exit code, $3: log
count() {
    good=$(grep -c '^ok ' "$3")
    bad=$(grep -c '^FAIL' "$3")
    if [ "$2" != 0 ] && [ "$bad" = 0 ]; then
        echo "FAIL $1: ended with $2"
        bad=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    echo "$1: $good passed, $bad failed"
}

# Starts a server whose standard input ends with the file descriptor 3 of this shell; sets $port.
# $@: command
start_server() {
    rm -f "$work/input" "$work/port"
    mkfifo "$work/input"
    "$@" <"$work/input" >"$work/port" 2>"$work/server.log" &
    server=$!
    exec 3>"$work/input"
    port=
    for _ in $(seq 300); do
        port=$(sed -n 's/^port \([0-9]*\).*/\1/p' "$work/port" | tr -d '\r')
        [ -z "$port" ] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.2
    done
    cat "$work/server.log"
    return 1
}

stop_server() {
    exec 3>&-
    for _ in $(seq 50); do
        kill -0 "$server" 2>/dev/null || break
        sleep 0.2
    done
    kill "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    server=
}

# $1: title, the rest: a client's command, to which the port is added
drive() {
    title=$1
    shift
    if [ -n "$port" ]; then
        timeout 300 "$@" "$port" >"$work/log" 2>"$work/errors"
        code=$?
    else
        : >"$work/log"
        code='no server'
    fi
    tr -d '\r' <"$work/log" >"$work/lines"
    grep -v '^client: ' "$work/lines" | sed "s|^\(ok \|FAIL\) *|&$title: |"
    [ "$code" = 0 ] || tail -n 20 "$work/errors"
    count "$title" "$code" "$work/lines"
}

# Debian's Python has impacket; another one in front of it may not.
python=
for candidate in python3 /usr/bin/python3; do
    if "$candidate" -c 'import impacket.dcerpc.v5.ndr' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "FAIL impacket: no Python with impacket: sh deploy/install-deps.sh test"
    failed=$((failed + 1))
else
    # Once as it is, once with the smallest fragments that the protocol knows.
    for fragment in 5840 1432; do
        PYTHONDONTWRITEBYTECODE=1 timeout 300 "$python" "$here/impacket/run.py" \
            "$programs/fake_server" "$fragment" >"$work/log" 2>&1
        code=$?
        cat "$work/log"
        count "impacket ($fragment)" "$code" "$work/log"
    done
fi

start_server "$programs/fake_server"
drive "our client, our server" "$programs/fake_client"
if [ -n "$windows_programs" ]; then
    drive "Wine's client, our server" "$wine" "$windows_programs/fake_client.exe"
fi
stop_server

if [ -n "$windows_programs" ]; then
    start_server "$wine" "$windows_programs/fake_server.exe"
    drive "our client, Wine's server" "$programs/fake_client"
    stop_server
fi

# The real agent, each system driven by the other.
if [ -n "$mingw" ]; then
    timeout 600 "$here/thread/run.sh" "$build" "$mingw" >"$work/log" 2>&1 || true
    cat "$work/log"
    line=$(sed -n 's/^thread: \([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$work/log" | tail -n 1)
    line=${line:-0 1}
    passed=$((passed + ${line% *}))
    failed=$((failed + ${line#* }))
fi

echo "interop: $passed passed, $failed failed"
[ "$failed" = 0 ]
