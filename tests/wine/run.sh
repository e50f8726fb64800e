#!/bin/bash
# Runs one Windows program: CMake's emulator for tests. In $WINEPREFIX, or in a prefix that is kept
# between runs; whoever starts it bounds its time.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/wine.sh"

if [ -z "${WINEPREFIX:-}" ]; then
    shared=$(ob_wine_template)-shared
    # Many tests start at once: one makes the prefix, in a place from which it is then renamed.
    if [ ! -d "$shared" ]; then
        exec 9>"$shared.lock"
        flock -w 120 9
        if [ ! -d "$shared" ]; then
            making=$(mktemp -d "$shared.XXXXXX")
            ob_wine_prefix "$making"
            mv "$making" "$shared"
        fi
        exec 9>&-
    fi
    export WINEPREFIX=$shared
fi
exec "$ob_wine_loader" "$@"
