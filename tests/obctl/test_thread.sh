#!/bin/bash
# The whole thread as an administrator walks it: vault, credentials, agent, registration, passphrase,
# policy, backup, browsing, restore, and what goes wrong on the way. All in a folder of its own.
#
#   test_thread.sh OBAGENT OBCTL OBVAULT
set -uo pipefail

obagent=$1
obctl=$2
obvault=$3
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d /tmp/ob-thread.XXXXXX)
work=$(cd "$work" && pwd -P)
export OBAGENT_ENDPOINT=$work/control
export TZ=UTC LC_ALL=C.UTF-8
agent=
# shellcheck source=tests/obctl/checks.sh
. "$here/checks.sh"

cleanup() {
    stop_agent
    rm -rf "$work"
}
trap cleanup EXIT

start_agent() {
    "$obagent" run --state "$work/state" --endpoint "$OBAGENT_ENDPOINT" 2>>"$work/agent.log" &
    agent=$!
    for _ in $(seq 100); do
        if "$obctl" status >/dev/null 2>&1; then
            return 0
        fi
        sleep 0.1
    done
    echo "the agent does not answer" >&2
    tail -n 20 "$work/agent.log" >&2
    return 1
}

stop_agent() {
    if [ -n "$agent" ]; then
        kill "$agent" 2>/dev/null
        wait "$agent" 2>/dev/null
        agent=
    fi
}

# All that a restored tree must have again. Times of symbolic links, too.
list() {
    (cd "$1" && find . -mindepth 1 -printf '%P|%y|%m|%U|%G|%T@|%l|' \
        \( -type f -printf '%s|%n|' -exec sha256sum -b -- {} \; -o -printf '\n' \) |
        LC_ALL=C sort)
}

make_tree() {
    mkdir -p "$work/src/docs/empty" "$work/src/sub/deep"
    head -c 3000000 /dev/urandom >"$work/src/random.bin"
    printf 'hello\n' >"$work/src/docs/hello.txt"
    printf 'x' >"$work/src/docs/new"$'\n'"line"
    printf 'y' >"$work/src/docs/bad-"$'\xff\xfe'
    printf 'z' >"$work/src/docs/back\\slash"
    : >"$work/src/sub/empty-file"
    ln "$work/src/docs/hello.txt" "$work/src/sub/hard"
    ln -s ../docs/hello.txt "$work/src/sub/soft"
    chmod 640 "$work/src/docs/hello.txt"
    chmod 751 "$work/src/sub"
    touch -d '2020-02-03 04:05:06.789' "$work/src/docs/hello.txt" "$work/src/sub/deep"
    mkdir -p "$work/src/skipped"
    printf 'not this' >"$work/src/skipped/file"
}

without_agent() {
    expect 4 "status without an agent" "$obctl" status
    complains "says that nobody answers" OB_E_AGENT_UNREACHABLE
    complains "names the endpoint" "$OBAGENT_ENDPOINT"
    expect 4 "status as JSON without an agent" "$obctl" status --json
    json "an error document" error.schema.json
    expect 0 "error without an agent" "$obctl" error 34513
    says "explains a code of MARS" OB_E_CREDENTIALS_INVALID
    expect 1 "an error that nobody knows" "$obctl" error 99999
}

registration() {
    expect 0 "status of a fresh agent" "$obctl" status
    says "not registered yet" "not registered"
    expect 0 "status as JSON" "$obctl" status --json
    json "status" 'output.schema.json#/$defs/status'
    expect 1 "backup before the registration" "$obctl" backup
    complains "not registered" OB_E_NOT_REGISTERED

    expect 0 "vault" "$obvault" create "$work/vault" --name fleet
    expect 0 "first credentials" "$obvault" credentials "$work/vault" -o \
        "$work/old.VaultCredentials"
    expect 0 "newer credentials" "$obvault" credentials "$work/vault" -o \
        "$work/fleet.VaultCredentials"
    cp "$work/fleet.VaultCredentials" "$work/fleet.txt"
    awk 'NR == 3 { c = substr($0, 9, 1) == "A" ? "B" : "A"; $0 = substr($0, 1, 8) c substr($0, 10) }
        { print }' "$work/fleet.VaultCredentials" >"$work/edited.VaultCredentials"

    expect 1 "a file of another name" "$obctl" register "$work/fleet.txt"
    complains "names the ending" VaultCredentials
    expect 1 "a file that is not there" "$obctl" register "$work/none.VaultCredentials"
    complains "not found" OB_E_NOT_FOUND
    expect 1 "an edited file" "$obctl" register "$work/edited.VaultCredentials"
    complains "corrupted" "OB_E_CREDENTIALS_INVALID, code 34513"
    expect 1 "an older file" "$obctl" register "$work/old.VaultCredentials" --json
    complains "superseded" OB_E_CREDENTIALS_SUPERSEDED
    json "an error document" error.schema.json
    expect 0 "registration" "$obctl" register "$work/fleet.VaultCredentials"
    says "the line that scripts look for" "^Machine registration succeeded.$"
    expect 0 "registration again" "$obctl" register "$work/fleet.VaultCredentials" --json
    json "registration" registration.schema.json
}

settings() {
    expect 0 "policy before the passphrase" "$obctl" policy set --include "$work/src"
    expect 1 "backup without a passphrase" "$obctl" backup
    complains "says what is missing" "OB_E_PASSPHRASE_NOT_SET, code 34506"
    printf 'too short' >"$work/short"
    expect 1 "a short passphrase" "$obctl" settings passphrase --passphrase-file "$work/short"
    complains "too short" OB_E_PASSPHRASE_SHORT
    check "no passphrase in the complaint" bash -c "! grep -q 'too short\$' '$work/err'"
    expect 2 "a passphrase as an argument" "$obctl" settings passphrase "correct horse battery"

    expect 1 "two that differ" python3 "$here/terminal.py" 80 "correct horse battery staple" \
        "incorrect horse battery" -- "$obctl" settings passphrase
    says "not the same" "not the same"
    expect 0 "passphrase at a terminal" python3 "$here/terminal.py" 80 \
        "correct horse battery staple" "correct horse battery staple" -- \
        "$obctl" settings passphrase
    check "the passphrase is not shown" bash -c "! grep -q horse '$work/out'"
    expect 130 "Ctrl-C at the question" python3 "$here/terminal.py" 80 $'\x03' -- \
        "$obctl" settings passphrase
    says "nothing was given" "no passphrase was given"
    printf 'correct horse battery staple\n' >"$work/passphrase"
    expect 0 "passphrase from standard input" \
        bash -c '"$0" settings passphrase --passphrase-file - <"$1"' "$obctl" "$work/passphrase"
    expect 0 "settings" "$obctl" settings show
    says "passphrase set" "^Passphrase *set$"
    expect 0 "settings as JSON" "$obctl" settings show --json
    json "settings" settings.schema.json
    check "no passphrase in the settings" bash -c "! grep -q horse '$work/out'"
    cp "$work/out" "$work/settings.json"
    expect 0 "what was shown can be set" "$obctl" settings set --file "$work/settings.json"
    sed -i 's/"cache_dir":"/&x/' "$work/settings.json"
    expect 1 "but not changed where it is read-only" "$obctl" settings set --file \
        "$work/settings.json"
    complains "names the setting" cache_dir
    expect 0 "compression" "$obctl" settings set --compression small
    expect 1 "an unknown setting" bash -c 'echo "{\"colour\":1}" | "$0" settings set --file -' \
        "$obctl"
    complains "names the field" colour
}

policy() {
    expect 1 "a relative path" "$obctl" policy set --include src
    complains "an invalid policy" OB_E_POLICY_INVALID
    echo '{"files":[{"path":"/etc","colour":"red"}]}' >"$work/policy.json"
    expect 1 "an unknown field" "$obctl" policy set --file "$work/policy.json"
    complains "names the field" colour
    expect 1 "no JSON" bash -c 'echo "{" | "$0" policy set --file -' "$obctl"
    complains "malformed" OB_E_SYNTAX
    expect 0 "policy" "$obctl" policy set --include "$work/src" --exclude "$work/src/skipped"
    says "tells what it stored" "^Exclude *$work/src/skipped"
    expect 0 "policy as JSON" "$obctl" policy show --json
    json "policy" policy.schema.json
    expect 1 "a policy that is not there" "$obctl" policy show other
    complains "no policy" OB_E_NO_POLICY
    expect 1 "a backup of it" "$obctl" backup --policy other
    complains "names it" "there is no policy \"other\""
    complains "says how to list them" "obctl policy list"
}

first_backup() {
    expect 0 "first backup" "$obctl" backup
    says "starts" "^Backup started: job "
    says "ends" "^Backup completed in "
    says "is the first" "(first backup)"
    expect 0 "jobs" "$obctl" job list
    says "lists it" "Backup *completed"
    expect 0 "jobs as JSON" "$obctl" job list --json
    json "jobs" 'output.schema.json#/$defs/jobs'
    job=$(field 'd[0]["id"]')
    expect 0 "the job" "$obctl" job show "$job" --json
    json "job" 'output.schema.json#/$defs/job'
    check "all files" [ "$(field 'd["files_failed"]')" = 0 ]
    expect 0 "watching a job that has ended" "$obctl" job watch latest --json
    json "job lines" --lines 'output.schema.json#/$defs/job'
    expect 1 "a job that is not there" "$obctl" job show 00000000-0000-0000-0000-000000000001
    complains "not found" OB_E_NOT_FOUND
    expect 0 "points" "$obctl" point list
    expect 0 "points as JSON" "$obctl" point list --json
    json "points" 'output.schema.json#/$defs/points'
    point=$(field 'd[0]["id"]')
}

# Nothing is wrong; then a bit of a pack is, and the next backup makes up for it.
verifying() {
    expect 0 "verification" "$obctl" verify --depth full
    expect 0 "a sample" "$obctl" verify --depth structure --sample 20 --json
    json "job lines" --lines 'output.schema.json#/$defs/job'
    pack=$(find "$work/vault" -path '*/pack/*' -type f -size +4k | head -n 1)
    [ -n "$pack" ] || pack=$(find "$work/vault" -path '*/pack/*' -type f | head -n 1)
    python3 - "$pack" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as pack:
    pack.seek(60)
    byte = pack.read(1)[0]
    pack.seek(60)
    pack.write(bytes([byte ^ 1]))
PYTHON
    expect 3 "a verification that finds damage" "$obctl" verify --depth full
    says "names the pack" "pack/$(basename "$pack")"
    expect 0 "the job" "$obctl" job show latest --json
    json "job" 'output.schema.json#/$defs/job'
    check "its kind" [ "$(field 'd["type"]')" = Verification ]
    check "one object" [ "$(field 'd["detail"]["verify"]["objects_damaged"]')" = 1 ]
    expect 0 "a backup that makes up for it" "$obctl" backup
    expect 3 "the pack is damaged still" "$obctl" verify --depth full --json
    expect 0 "the job" "$obctl" job show latest --json
    check "and costs the newest point nothing" [ "$(field 'd["detail"]["verify"]["chunks_remembered"]')" = 0 ]
}

browsing() {
    expect 0 "top" "$obctl" browse latest
    expect 0 "a folder" "$obctl" browse "$point" "$work/src/docs"
    says "a file with its mode" "^-rw-r----- .* 2020-02-03 04:05:06 .*src/docs/hello.txt$"
    says "a name with a new line" 'docs/new\\nline$'
    says "a name that is no UTF-8" 'docs/bad-\\xff\\xfe$'
    expect 0 "a folder as JSON" "$obctl" browse latest "$work/src/docs" --json
    json "items" 'output.schema.json#/$defs/items'
    check "its items" [ "$(field 'len(d)')" = 5 ]
    expect 0 "search" "$obctl" browse latest "$work" --search 'HELLO*' --json
    check "one is found" [ "$(field 'len(d)')" = 1 ]
    expect 0 "everything" "$obctl" browse latest "$work/src" --recursive --json
    json "items" 'output.schema.json#/$defs/items'
    check "nothing excluded" bash -c "! grep -q skipped/file '$work/out'"
    expect 1 "a file and no folder" "$obctl" browse latest "$work/src/docs/hello.txt"
    complains "says that it is one" "hello.txt is in the recovery point, but is no folder"
    expect 1 "a folder that is not there" "$obctl" browse latest /nothing/here
    complains "not found" OB_E_NOT_FOUND
    expect 1 "a point that is not there" "$obctl" browse 00000000-0000-0000-0000-000000000001
    complains "not found" OB_E_NOT_FOUND
}

restoring() {
    rm -rf "$work/src/skipped"
    list "$work/src" >"$work/src.list"
    expect 0 "restore" "$obctl" restore latest "${work#/}/src" --to "$work/restored"
    says "ends" "^Recovery completed in "
    list "$work/restored/src" >"$work/restored.list"
    check "bytes and metadata" diff "$work/src.list" "$work/restored.list"

    expect 0 "one file" "$obctl" restore latest "$work/src/docs/hello.txt" --to "$work/one" --json
    json "job lines" --lines 'output.schema.json#/$defs/job'
    check "is the same" cmp "$work/src/docs/hello.txt" "$work/one/hello.txt"
    echo changed >"$work/one/hello.txt"
    expect 0 "skip what exists" "$obctl" restore latest "$work/src/docs/hello.txt" \
        --to "$work/one" --overwrite skip
    says "is told" "Note .*there already"
    check "it is kept" grep -q changed "$work/one/hello.txt"
    expect 0 "a copy beside it" "$obctl" restore latest "$work/src/docs/hello.txt" \
        --to "$work/one"
    says "its name is told" "restored under another name: $work/one/hello ([^)]*).txt$"
    check "it is kept" grep -q changed "$work/one/hello.txt"
    check "there are two" [ "$(find "$work/one" -type f | wc -l)" = 2 ]
    expect 0 "replace it" "$obctl" restore latest "$work/src/docs/hello.txt" --to "$work/one" \
        --overwrite replace
    check "is the same" cmp "$work/src/docs/hello.txt" "$work/one/hello.txt"

    printf 'not the passphrase at all' >"$work/wrong"
    expect 1 "a wrong passphrase" "$obctl" restore latest --to "$work/no" \
        --passphrase-file "$work/wrong"
    complains "wrong" OB_E_PASSPHRASE_WRONG
    expect 0 "the right passphrase" "$obctl" restore latest "$work/src/sub" --to "$work/yes" \
        --passphrase-file "$work/passphrase"
    expect 1 "a wrong one at a terminal" python3 "$here/terminal.py" 80 "not the passphrase" -- \
        "$obctl" restore latest --to "$work/no" --ask-passphrase
    says "wrong" OB_E_PASSPHRASE_WRONG
    check "the passphrase is not shown" bash -c "! grep -q 'not the' '$work/out'"
    check "nothing was restored" [ ! -e "$work/no" ]
    expect 0 "a relative destination" bash -c 'cd "$1" && shift && "$@"' - "$work" \
        "$obctl" restore latest "$work/src/docs/hello.txt" --to relative/one
    check "below the folder that one is in" cmp "$work/src/docs/hello.txt" \
        "$work/relative/one/hello.txt"
    expect 1 "no terminal to ask on" setsid "$obctl" restore latest --to "$work/no" \
        --ask-passphrase </dev/null
    complains "says what to give" "passphrase-file FILE.*OB_E_NO_TERMINAL"
    expect 1 "an item that is not there" "$obctl" restore latest /nothing --to "$work/no"
    expect 2 "a way that is not known" "$obctl" restore latest --overwrite always
}

second_backup() {
    echo more >>"$work/src/docs/hello.txt"
    expect 0 "second backup" "$obctl" backup --json
    json "job lines" --lines 'output.schema.json#/$defs/job'
    tail -n 1 "$work/out" >"$work/last" && mv "$work/last" "$work/out"
    check "is incremental" [ "$(field 'd["detail"]["incremental"]')" = True ]
    check "reads what changed" [ "$(field 'd["bytes_changed"] < 100')" = True ]
    expect 0 "at a terminal" python3 "$here/terminal.py" 60 -- "$obctl" backup
    says "a line is redrawn" $'\r\x1b\\[K'
    says "incremental" "(incremental)"
    expect 0 "two points more" "$obctl" point list --json
    check "three points" [ "$(field 'len(d)')" = 3 ]
    expect 0 "async" "$obctl" backup --async --json
    json "started" 'output.schema.json#/$defs/started'
    expect 0 "watch it" "$obctl" job watch "$(field 'd["job"]')"
}

# A source that takes a while, though little of it is stored.
interruption() {
    mkdir "$work/large"
    head -c 3G /dev/zero >"$work/large/zeros" # holes would be passed over
    expect 0 "policy of a large file" "$obctl" policy set --include "$work/large" --name large
    checks=$((checks + 1))
    "$obctl" backup --policy large >"$work/out" 2>"$work/err" &
    local watcher=$! code=0
    for _ in $(seq 100); do
        grep -q started "$work/out" && break
        sleep 0.05
    done
    sleep 0.5
    kill -INT $watcher
    wait $watcher || code=$?
    [ "$code" = 130 ] || fail "Ctrl-C: exit code $code and not 130"
    complains "says that the job goes on" "the job goes on.*obctl job watch "
    expect 0 "it is running" "$obctl" job list --filter running --json
    check "one is" [ "$(field 'len(d)')" = 1 ]
    expect 1 "one at a time" "$obctl" backup
    complains "already running" OB_E_JOB_RUNNING
    expect 0 "cancel" "$obctl" job cancel
    expect 1 "watch it end" "$obctl" job watch latest
    says "is cancelled" "^Backup cancelled"
    expect 0 "cancel it again" "$obctl" job cancel latest --json
    json "cancelled" 'output.schema.json#/$defs/cancelled'
    check "it had ended" [ "$(field 'd["asked"]')" = False ]
    expect 0 "policies" "$obctl" policy list --json
    json "policies" 'output.schema.json#/$defs/policies'
    check "two by name" [ "$(field '[p["name"] for p in d]')" = "['default', 'large']" ]
    expect 0 "both in the status" "$obctl" status --json
    json "status" 'output.schema.json#/$defs/status'
    check "both" [ "$(field 'len(d["policies"])')" = 2 ]
    echo small >"$work/large/small"
    rm "$work/large/zeros"
    expect 0 "a point of the second policy" "$obctl" backup --policy large
    expect 0 "the newest of all is that one" "$obctl" browse latest "$work/large"
    expect 1 "it lacks what another has" "$obctl" browse latest "$work/src"
    complains "tells of the others" "with --policy NAME"
    expect 1 "a restore of it, too" "$obctl" restore latest "$work/src" --to "$work/no"
    complains "tells of the others" "with --policy NAME"
    expect 1 "that of the first is older" "$obctl" browse latest "$work/large" --policy default
    expect 0 "it has its own files" "$obctl" browse latest "$work/src" --policy default
    expect 0 "delete a point" "$obctl" point delete latest --policy large
    expect 0 "it is not listed" "$obctl" point list --policy large --json
    check "none" [ "$(field 'len(d)')" = 0 ]
    expect 0 "what waits" "$obctl" prune --dry-run --json
    tail -n 1 "$work/out" >"$work/last" && mv "$work/last" "$work/out"
    gone=$(field '[p["id"] for p in d["detail"]["prune"]["points"] if p["fate"] == "waiting"][-1]')
    expect 0 "bring it back" "$obctl" point undelete "$gone"
    expect 0 "points of one policy" "$obctl" point list --policy large --json
    check "one" [ "$(field 'len(d)')" = 1 ]
    expect 0 "remove the policy" "$obctl" policy remove large
    expect 1 "it is gone" "$obctl" policy show large
    rm -rf "$work/large"
}

access() {
    if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null; then
        echo "skipped: other users (only root can be one)"
        return
    fi
    chmod 711 "$work"
    expect 5 "another user" setpriv --reuid=65534 --regid=65534 --clear-groups "$obctl" status
    complains "denied" OB_E_ACCESS_DENIED
    complains "says who may" obadmin
    chmod 700 "$work"
}

restart() {
    stop_agent
    expect 4 "agent gone" "$obctl" job list
    start_agent || fail "the agent does not start again"
    expect 0 "jobs of the last run" "$obctl" job list --json
    json "jobs" 'output.schema.json#/$defs/jobs'
    expect 0 "registered still" "$obctl" backup
    says "incremental still" "(incremental)"
    kill -KILL "$agent"
    wait "$agent" 2>/dev/null
    agent=
    expect 4 "agent killed" "$obctl" status
}

make_tree
without_agent
start_agent || exit 1
registration
settings
policy
first_backup
browsing
restoring
second_backup
verifying
interruption
access
restart
conclude
