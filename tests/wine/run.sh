#!/bin/bash
# Runs one Windows program: CMake's emulator for tests. In $WINEPREFIX, or in a prefix that is kept
# between runs; whoever starts it bounds its time.
#
# Programs of one prefix share one wineserver, and one that is busy with files keeps another waiting
# for as long as it runs. So where $OB_WINE_POOL is a folder of prefixes, one that is free is taken.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/wine.sh"
if [ -n "${OB_WINE_POOL:-}" ]; then
    for WINEPREFIX in "$OB_WINE_POOL"/*; do
        exec 9<"$WINEPREFIX"
        ! flock -n 9 || break
    done
    export WINEPREFIX
    # The lock is this shell's: a wineserver would keep it.
    errors=$(mktemp)
    for _ in 1 2; do
        status=0
        "$ob_wine_loader" "$@" 2>"$errors" 9<&- || status=$?
        cat "$errors" >&2
        # Wine's own start failed, and nothing of the program was run.
        grep -q '^wine client error:0: recvmsg' "$errors" || break
    done
    rm -f "$errors"
    exit $status
fi
[ -n "${WINEPREFIX:-}" ] || ob_wine_shared
exec "$ob_wine_loader" "$@"
