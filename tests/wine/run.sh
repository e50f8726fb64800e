#!/bin/bash
# Runs one Windows program: CMake's emulator for tests. In $WINEPREFIX, or in a prefix that is kept
# between runs; whoever starts it bounds its time.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/wine.sh"
[ -n "${WINEPREFIX:-}" ] || ob_wine_shared
exec "$ob_wine_loader" "$@"
