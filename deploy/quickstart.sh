#!/bin/sh
# The main job in one command: builds the agent, makes a vault folder, registers, backs up DIR,
# restores it elsewhere and compares bytes and metadata. A second run is incremental.
#
#   sh deploy/quickstart.sh [DIR]        DIR: what to back up, default /usr/share
#
# OB_DEMO  folder for vault, state and restored files (default /var/tmp/online-backup-demo)
# OB_BUILD build folder (default build/linux-release in the source tree)
set -eu

case "${1-}" in
-h | --help)
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
esac
root=$(cd "$(dirname "$0")/.." && pwd)
source=$(cd "${1:-/usr/share}" && pwd -P)
demo=${OB_DEMO:-/var/tmp/online-backup-demo}
build=${OB_BUILD:-$root/build/linux-release}

say() { printf '\n== %s\n' "$*"; }
die() {
    printf 'quickstart: %s\n' "$*" >&2
    exit 1
}
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f s", b - a }'; }

case "$demo/" in
"$source"/*) die "OB_DEMO ($demo) lies inside of $source; choose another folder" ;;
esac

say "Installing what the build needs"
sh "$root/deploy/install-deps.sh" build

say "Building the agent"
began=$(now)
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
cmake --build "$build" --target obagent obctl obvault
printf 'built in %s\n' "$(since "$began")"
obagent=$build/agent/main/obagent
obctl=$build/obctl/obctl
obvault=$build/vault/obvault

umask 077
mkdir -p "$demo"
demo=$(cd "$demo" && pwd -P)
export OBAGENT_ENDPOINT="$demo/control"

say "Starting the agent (state in $demo/state)"
"$obagent" run --state "$demo/state" --endpoint "$OBAGENT_ENDPOINT" 2>"$demo/agent.log" &
agent=$!
stop_agent() {
    kill "$agent" 2>/dev/null || true
    wait "$agent" 2>/dev/null || true
}
trap stop_agent EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
tries=0
until "$obctl" status >/dev/null 2>&1; do
    kill -0 "$agent" 2>/dev/null || die "the agent ended: $(tail -n 3 "$demo/agent.log")"
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || die "the agent does not answer: $(tail -n 3 "$demo/agent.log")"
    sleep 0.1
done

# The agent knows how far an earlier run has come; a vault without its record was never one.
status=$("$obctl" status --json)
case $status in
*'"registered":true'*) ;;
*)
    say "Making a vault and registering with it"
    if [ ! -f "$demo/vault/vault.json" ]; then
        rm -rf "$demo/vault"
        "$obvault" create "$demo/vault" --name demo
    fi
    "$obvault" credentials "$demo/vault" -o "$demo/demo.VaultCredentials" --force
    "$obctl" register "$demo/demo.VaultCredentials"
    ;;
esac
case $status in
*'"passphrase_set":true'*) ;;
*)
    say "Setting a passphrase, kept in $demo/passphrase"
    od -An -tx1 -N 20 /dev/urandom | tr -d ' \n' >"$demo/passphrase"
    "$obctl" settings passphrase --passphrase-file "$demo/passphrase"
    ;;
esac
"$obctl" policy set --include "$source"

say "Backing up $source"
began=$(now)
rc=0
"$obctl" backup || rc=$?
[ "$rc" -eq 0 ] || [ "$rc" -eq 3 ] || die "the backup failed"
backup_time=$(since "$began")

say "Restoring it to $demo/restored"
rm -rf "$demo/restored"
began=$(now)
rc=0
"$obctl" restore latest "${source#/}" --to "$demo/restored" || rc=$?
[ "$rc" -eq 0 ] || [ "$rc" -eq 3 ] || die "the restore failed"
restore_time=$(since "$began")

say "Comparing bytes and metadata"
restored=$demo/restored/$(basename "$source")
diff -r --no-dereference "$source" "$restored" || die "the restored files differ"
list() { (cd "$1" && find . \( -type f -o -type d -o -type l \) -printf '%P|%y|%m|%U|%G|%T@|%l|' \
    \( -type f -printf '%s|%n' -o -true \) -printf '\n' | LC_ALL=C sort); }
list "$source" >"$demo/source.list"
list "$restored" >"$demo/restored.list"
cmp -s "$demo/source.list" "$demo/restored.list" || {
    diff "$demo/source.list" "$demo/restored.list" | head -n 20
    die "the metadata of the restored files differs"
}
printf 'equal: %s items, type, mode, owner, times, links and every byte\n' \
    "$(wc -l <"$demo/source.list")"

say "Done"
printf 'backup   %s\n' "$backup_time"
printf 'restore  %s\n' "$restore_time"
printf 'source   %s\n' "$(du -sh --apparent-size "$source" | cut -f1)"
printf 'vault    %s\n' "$(du -sh --apparent-size "$demo/vault" | cut -f1)"
"$obctl" job list || true
printf '\nRun it again: the next backup is incremental. Remove the demo: rm -r %s\n' "$demo"
