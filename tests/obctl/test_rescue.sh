#!/bin/bash
# A machine is lost, with its agent and its state: what obctl, the vault and the passphrase alone bring
# back, and what stops them.
#
#   test_rescue.sh OBAGENT OBCTL OBVAULT
set -uo pipefail
# shellcheck disable=SC2034 # of agent.sh
obagent=$1
obctl=$2
obvault=$3
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/support/agent.sh
. "$here/../support/agent.sh"
export TMPDIR=$work/tmp
mkdir "$TMPDIR"

vault=(--vault "$work/vault" --passphrase-file "$work/passphrase")

json() { # json WHAT [--lines] SCHEMA: the output is what the schema says
    local what=$1
    shift
    check "$what" python3 "$here/check_json.py" "$@" "$here/../../idl" "$here/../../obctl" \
        <"$work/out"
}

field() {
    python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1" \
        <"$work/out"
}

make_tree() {
    mkdir -p "$work/src/docs/empty" "$work/src/sub"
    head -c 3000000 /dev/urandom >"$work/src/random.bin"
    printf 'hello\n' >"$work/src/docs/hello.txt"
    printf 'y' >"$work/src/docs/bad-"$'\xff\xfe'
    ln "$work/src/docs/hello.txt" "$work/src/sub/hard"
    ln -s ../docs/hello.txt "$work/src/sub/soft"
    chmod 640 "$work/src/docs/hello.txt"
    touch -d '2020-02-03 04:05:06.789' "$work/src/docs/hello.txt" "$work/src/sub"
    list "$work/src" >"$work/src.list"
}

# Backs up, and then everything is gone but the vault and the passphrase.
lose_the_machine() {
    printf 'correct horse battery staple\n' >"$work/passphrase"
    expect 0 "vault" "$obvault" create "$work/vault" --name fleet
    expect 0 "credentials" "$obvault" credentials "$work/vault" -o "$work/f.VaultCredentials"
    start_agent || exit 1
    expect 0 "registration" "$obctl" register "$work/f.VaultCredentials"
    expect 0 "passphrase" "$obctl" settings passphrase --passphrase-file "$work/passphrase"
    expect 0 "policy" "$obctl" policy set --include "$work/src"
    expect 0 "first backup" "$obctl" backup
    echo later >"$work/src/docs/later.txt"
    expect 0 "second backup" "$obctl" backup
    kill -KILL "$agent"
    wait "$agent" 2>/dev/null
    agent=
    rm -rf "$work/state" "$work/src/docs/later.txt"
    mv "$work/src" "$work/gone"
}

digest() { # everything in the vault: nothing may change
    (cd "$work/vault" && find . -type f -exec sha256sum {} + | sort)
}

finding() {
    expect 0 "points" "$obctl" rescue points "${vault[@]}"
    says "has a head" "^TIME *POINT"
    expect 0 "points as JSON" "$obctl" rescue points "${vault[@]}" --json
    json "points" 'output.schema.json#/$defs/rescue_points'
    check "both" [ "$(field 'len(d)')" = 2 ]
    first=$(field 'd[1]["id"]')
    machine=$(field 'd[0]["machine"]')
    expect 0 "by its name" "$obctl" rescue points "${vault[@]}" --machine "$machine"
    expect 0 "what is in the newest" "$obctl" rescue list "${vault[@]}" latest "$work/src/docs"
    says "a file" "src/docs/later.txt$"
    expect 0 "what is in the first" "$obctl" rescue list "${vault[@]}" \
        "$first" "$work/src" --recursive --json
    json "items" 'output.schema.json#/$defs/items'
    check "not the later one" bash -c "! grep -q later '$work/out'"
    expect 0 "a search" "$obctl" rescue list "${vault[@]}" latest --search 'HELLO*' --json
    check "finds one" [ "$(field 'len(d)')" = 1 ]
}

restoring() {
    expect 0 "everything of the first point" "$obctl" rescue restore "${vault[@]}" \
        "$first" "$work/src" --to "$work/back"
    says "tells the end" "^Recovery completed in "
    list "$work/back/src" >"$work/back.list"
    check "bytes and metadata" diff "$work/src.list" "$work/back.list"
    expect 0 "one file as JSON" "$obctl" rescue restore "${vault[@]}" \
        latest "$work/src/docs/later.txt" --to "$work/one" \
        --json
    json "job lines" --lines 'output.schema.json#/$defs/job'
    check "it is there" grep -q later "$work/one/later.txt"
    expect 0 "where it was" "$obctl" rescue restore "${vault[@]}" latest "$work/src/docs/later.txt"
    check "it is there" grep -q later "$work/src/docs/later.txt"
    expect 0 "relative to the folder one is in" bash -c 'cd "$1" && shift && "$@"' - "$work" \
        "$obctl" rescue restore latest "$work/src/docs" --vault vault --to two \
        --passphrase-file passphrase
    check "it is there" cmp "$work/two/docs/hello.txt" "$work/gone/docs/hello.txt"
    echo mine >"$work/one/later.txt"
    expect 0 "skip what exists" "$obctl" rescue restore "${vault[@]}" \
        latest "$work/src/docs/later.txt" --to "$work/one" \
        --overwrite skip
    says "and say so" "there already"
    check "it is kept" grep -q mine "$work/one/later.txt"
}

refusals() {
    printf 'not the passphrase at all' >"$work/wrong"
    expect 1 "a wrong passphrase" "$obctl" rescue points --vault "$work/vault" \
        --passphrase-file "$work/wrong"
    complains "wrong" OB_E_PASSPHRASE_WRONG
    expect 1 "no vault there" "$obctl" rescue points --vault "$work/nothing" \
        --passphrase-file "$work/passphrase" --json
    json "an error document" error.schema.json
    expect 2 "no vault given" "$obctl" rescue restore latest
    complains "asks for it" "vault FOLDER"
    expect 1 "an unknown machine" "$obctl" rescue points "${vault[@]}" --machine nobody
    complains "says so" "no machine nobody"
    expect 1 "a point that is not there" "$obctl" rescue restore "${vault[@]}" \
        00000000-0000-0000-0000-000000000001 \
        --to "$work/no"
    complains_or_says "not found" OB_E_NOT_FOUND
    expect 1 "an item that is not there" "$obctl" rescue restore "${vault[@]}" \
        latest /nothing --to "$work/no"
    expect 1 "no point" "$obctl" rescue list "${vault[@]}" point
    check "nothing was restored" [ ! -e "$work/no" ]
}

# The reader of the pipe is gone: what was begun ends in order.
unread() {
    "$obctl" rescue list "${vault[@]}" latest --json 2>"$work/err" | true
    check "a list that nobody reads" [ "${PIPESTATUS[0]}" -lt 128 ]
    "$obctl" rescue restore "${vault[@]}" latest --to "$work/unread" --json 2>"$work/err" | true
    check "a restore that nobody watches" [ "${PIPESTATUS[0]}" -lt 128 ]
    check "goes on" [ -s "$work/unread/$work/src/docs/hello.txt" ]
}

complains_or_says() {
    check "$1" grep -q -- "$2" "$work/out" "$work/err"
}

# Another machine of the same vault: then one has to be chosen.
several() {
    start_agent || exit 1
    expect 0 "a second machine" "$obctl" register "$work/f.VaultCredentials"
    stop_agent
    expect 1 "which one" "$obctl" rescue points "${vault[@]}"
    complains "lists them" "several machines.*, "
    id=$(sed -n 's/.*(\([0-9a-f-]\{36\}\)), .*(\([0-9a-f-]\{36\}\)).*/\1 \2/p' "$work/err")
    checks=$((checks + 1))
    local known=0 keyless=0
    for machine in $id; do
        "$obctl" rescue points "${vault[@]}" \
        --machine "$machine" >"$work/out" \
            2>"$work/err" && known=$((known + 1))
        grep -q OB_E_PASSPHRASE_NOT_SET "$work/err" && keyless=$((keyless + 1))
    done
    [ "$known $keyless" = "1 1" ] || fail "one has points, the other has no keys: $known $keyless"
}

# A pack with a byte turned over: that file fails by its name, the rest comes back.
damage() {
    find "$work/vault" -path '*/pack/*' -type f -size +1M -exec \
        python3 -c 'import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(500000)
    byte = f.read(1)
    f.seek(500000)
    f.write(bytes([byte[0] ^ 1]))' {} \;
    expect 3 "a damaged pack" "$obctl" rescue restore "${vault[@]}" \
        "$first" "$work/src" --to "$work/damaged" \
        --machine "$machine"
    complains "each file by its name" "not restored: .*random.bin"
    says "in the summary too" "Failed .*random.bin"
    check "the rest is there" [ -s "$work/damaged/src/docs/hello.txt" ]
    check "no half file" [ ! -e "$work/damaged/src/random.bin" ]
}

make_tree
lose_the_machine
digest >"$work/before"
finding
restoring
refusals
unread
check "the vault is as it was" diff "$work/before" <(digest)
check "no cache is left" [ -z "$(ls -A "$TMPDIR")" ]
several
machine=$(ls "$work/vault/machines" | while read -r id; do
    [ -n "$(ls -A "$work/vault/machines/$id/point" 2>/dev/null)" ] && echo "$id"
done)
damage
finish
