#!/bin/bash
# What goes wrong around a running agent: the vault goes away, is full or is damaged, the agent is
# killed, a second one wants its state. Each time the error is clear, the rest goes on, and what was
# backed up before restores.
#
#   test_trouble.sh OBAGENT OBCTL OBVAULT
set -uo pipefail
obagent=$1
obctl=$2
obvault=$3
# shellcheck source=tests/support/agent.sh
. "$(dirname "$(readlink -f "$0")")/../support/agent.sh"

vault=$work/vault
clean_more() {
    if mountpoint -q "$work/small" 2>/dev/null; then umount "$work/small"; fi
}

prepare() {
    mkdir -p "$work/src/folder"
    head -c 3000000 /dev/urandom >"$work/src/random.bin"
    printf 'first\n' >"$work/src/folder/text"
    check "vault" "$obvault" create "$vault"
    check "credentials" "$obvault" credentials "$vault" -o "$work/v.VaultCredentials"
    printf 'correct horse battery staple' >"$work/passphrase"
    check "register" "$obctl" register "$work/v.VaultCredentials"
    check "passphrase" "$obctl" settings passphrase --passphrase-file "$work/passphrase"
    check "policy" "$obctl" policy set --include "$work/src"
    expect 0 "first backup" "$obctl" backup
    list "$work/src" >"$work/first.list"
    data_pack=$(find "$vault" -path '*/pack/*' -type f -size +2000k)
    first=$("$obctl" point list --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')
}

# restores WHAT POINT LIST: the point brings back what the list says.
restores() {
    rm -rf "$work/restored"
    expect 0 "$1: restore" "$obctl" restore "$2" "$work/src" --to "$work/restored"
    list "$work/restored/src" >"$work/restored.list"
    check "$1: bytes and metadata" cmp "$3" "$work/restored.list"
}

# Another vault that claims the identity of ours: an id is no secret, its certificate is what counts.
forged_vault() {
    check "another vault" "$obvault" create "$work/forged"
    check "with our id" python3 -c 'import json, sys
ours, forged = (json.load(open(f)) for f in sys.argv[1:])
forged["id"] = ours["id"]
json.dump(forged, open(sys.argv[2], "w"))' "$vault/vault.json" "$work/forged/vault.json"
    check "its credentials" "$obvault" credentials "$work/forged" -o "$work/f.VaultCredentials"
    expect 1 "register with it" "$obctl" register "$work/f.VaultCredentials"
    complains "is refused" OB_E_CREDENTIALS_INVALID
    expect 0 "the vault stays" "$obctl" status
    says "ours" "$vault"
}

second_agent() {
    expect 1 "second agent on one state" timeout 20 "$obagent" run --state "$work/state" \
        --endpoint "$work/control2"
    complains "says who has it" 'Another agent is using this state folder'
    expect 0 "the first one goes on" "$obctl" status
}

vault_away() {
    mv "$vault" "$vault.away"
    expect 1 "backup without the vault" "$obctl" backup
    says "is told" OB_E_VAULT_UNREACHABLE
    check "nothing was made in its place" [ ! -e "$vault" ]
    expect 1 "restore without the vault" "$obctl" restore "$first" --to "$work/none"
    complains "is told, too" OB_E_VAULT_UNREACHABLE
    mv "$vault.away" "$vault"
    expect 0 "backup once it is back" "$obctl" backup
    restores "vault back" "$first" "$work/first.list"
}

# Goes away while chunks are on their way: the source is slow enough to be caught at it.
vault_away_midway() {
    mkdir "$work/large"
    head -c 200000000 /dev/urandom >"$work/large/random"
    truncate -s 6G "$work/large/zeros"
    check "policy of a large source" "$obctl" policy set --include "$work/large" --name large
    "$obctl" backup --policy large >"$work/out" 2>"$work/err" &
    local watcher=$! code=0
    for _ in $(seq 200); do
        [ "$(find "$vault" -path '*pack*' -type f | wc -l)" -gt 4 ] && break
        sleep 0.05
    done
    mv "$vault" "$vault.away"
    wait $watcher || code=$?
    check "the job failed" [ "$code" = 1 ]
    says "vault gone midway" OB_E_VAULT_UNREACHABLE
    check "nothing was made in its place" [ ! -e "$vault" ]
    mv "$vault.away" "$vault"
    restores "gone midway" "$first" "$work/first.list"
}

# The agent dies in the middle of a backup and comes back.
killed() {
    "$obctl" backup --policy large --async >"$work/out" 2>"$work/err" || fail "start"
    for _ in $(seq 200); do
        "$obctl" job list --json | grep -q '"state": *"InProgress"' && break
        sleep 0.02
    done
    sleep 0.3
    kill -KILL "$agent"
    wait "$agent" 2>/dev/null
    agent=
    start_agent || fail "the agent does not come back"
    expect 0 "the job of before" "$obctl" job show latest
    says "is marked failed" 'failed'
    says "and says why" 'OB_E_JOB_INTERRUPTED'
    rm -rf "$work/large"
    check "remove the policy" "$obctl" policy remove large
    expect 0 "the next backup" "$obctl" backup
    restores "after the kill" latest "$work/first.list"
}

# A file of a point is damaged in the vault: told by name, the others come back.
damaged_pack() {
    local pack=$data_pack
    check "a pack to damage" [ -f "$pack" ]
    cp "$pack" "$work/pack"
    printf 'XXXXXXXX' | dd of="$pack" bs=1 seek=500000 conv=notrunc status=none
    rm -rf "$work/restored"
    expect 3 "restore of a damaged point" "$obctl" restore "$first" "$work/src" --to "$work/restored"
    expect 0 "its job" "$obctl" job show latest
    says "names the file" 'random.bin'
    check "the other file is there" cmp "$work/src/folder/text" "$work/restored/src/folder/text"
    check "no half file has its name" [ ! -e "$work/restored/src/random.bin" ]
    truncate -s 1000 "$pack"
    rm -rf "$work/restored"
    expect 3 "restore of a cut pack" "$obctl" restore "$first" "$work/src" --to "$work/restored"
    cp "$work/pack" "$pack"
    restores "mended" "$first" "$work/first.list"
}

# The newest point's manifest is edited: the others are still listed and restore.
damaged_point() {
    local point=
    printf 'second\n' >"$work/src/folder/more"
    expect 0 "another backup" "$obctl" backup
    point=$(find "$vault" -path '*/point/*' -type f | sort | tail -n 1)
    cp "$point" "$work/point"
    printf 'X' | dd of="$point" bs=1 seek=$(($(stat -c %s "$point") - 20)) conv=notrunc status=none
    expect 0 "points with one damaged" "$obctl" point list --json
    check "the good one is there" grep -q "$first" "$work/out"
    restores "beside a damaged point" "$first" "$work/first.list"
    cp "$work/point" "$point"
    rm "$work/src/folder/more"
    touch -r "$work/restored/src/folder" "$work/src/folder"
}

# The machine is gone with its state: another one takes its place by identity and passphrase.
lost_machine() {
    local id=
    id=$("$obctl" settings show --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["machine_id"])')
    stop_agent
    mv "$work/state" "$work/state.lost"
    start_agent || fail "an agent of a new machine"
    expect 1 "no identity" "$obctl" settings set --machine not-an-identity
    complains "is told" OB_E_INVALID_ARGUMENT
    expect 0 "take its place" "$obctl" settings set --machine "$id"
    check "credentials for it" "$obvault" credentials "$vault" -o "$work/v.VaultCredentials" --force
    expect 0 "register in its place" "$obctl" register "$work/v.VaultCredentials"
    printf 'not the passphrase of this machine' >"$work/wrong"
    expect 1 "wrong passphrase" "$obctl" settings passphrase --passphrase-file "$work/wrong"
    complains "is refused" OB_E_PASSPHRASE_WRONG
    expect 0 "its passphrase" "$obctl" settings passphrase --passphrase-file "$work/passphrase"
    restores "in its place" "$first" "$work/first.list"
    expect 1 "another identity now" "$obctl" settings set --machine 00112233-4455-6677-8899-aabbccddeeff
    complains "too late" 'before the machine is registered'
    check "policy anew" "$obctl" policy set --include "$work/src"
    expect 0 "its next backup" "$obctl" backup
    says "builds upon the last one" ', 0 B new or changed'
}

# A vault on a full disk, where this may be made.
full_vault() {
    mkdir "$work/small"
    if [ "$(id -u)" != 0 ] || ! mount -t tmpfs -o size=4m tmpfs "$work/small" 2>/dev/null; then
        echo "skipped: a full vault (a small file system cannot be mounted here)"
        return
    fi
    stop_agent
    mv "$work/state" "$work/state.before"
    start_agent || fail "a new agent"
    check "small vault" "$obvault" create "$work/small/vault"
    check "its credentials" "$obvault" credentials "$work/small/vault" -o "$work/s.VaultCredentials"
    check "register there" "$obctl" register "$work/s.VaultCredentials"
    check "passphrase there" "$obctl" settings passphrase --passphrase-file "$work/passphrase"
    head -c 8000000 /dev/urandom >"$work/src/too-much"
    check "policy there" "$obctl" policy set --include "$work/src"
    expect 1 "backup into a full vault" "$obctl" backup
    says "is told" OB_E_DISK_FULL
    rm "$work/src/too-much"
    expect 0 "no point was made" "$obctl" point list --json
    check "none" [ "$(tr -d ' \n' <"$work/out")" = '[]' ]
}

start_agent || exit 1
prepare
forged_vault
second_agent
vault_away
vault_away_midway
killed
damaged_pack
damaged_point
lost_machine
full_vault
finish
