#!/bin/bash
# pwsh.sh SCRIPT.ps1 [ARG...]: runs a script in PowerShell under Wine, in $WINEPREFIX or else in a
# prefix that is kept between runs.
#
# What the script writes arrives on stdout and stderr, its exit code is this one's (its low byte).
# Lines end as on Windows, in CR LF.
# After OB_PWSH_TIMEOUT seconds (default 120) it is ended: exit code 124. An argument that names a
# file is a Windows path: "Z:" and the Unix path will do, with / or \.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/wine/wine.sh
. "$here/../../wine/wine.sh"

[ $# -ge 1 ] || { echo "usage: $0 SCRIPT.ps1 [ARG...]" >&2; exit 64; }
script=$(readlink -e "$1") || { echo "$0: no such script: $1" >&2; exit 66; }
shift
pwsh=$("$here/build.sh")
[ -n "${WINEPREFIX:-}" ] || ob_wine_shared

# No colours and no offers: what is written is for a test to read. Errors keep their colours all the
# same, so the filter below removes them.
export NO_COLOR=1 POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
export DOTNET_EnableDiagnostics=0

# PowerShell will not run without a console, and Wine has one only on a terminal: script(1) makes
# one. The streams themselves go around it.
printf -v command '%q ' "$ob_wine_loader" "$pwsh" -NoProfile -NonInteractive \
    -ExecutionPolicy Bypass -File "Z:${script//\//\\}" "$@"
exec 3>&1
set +e
SHELL=/bin/bash timeout -k 5 "${OB_PWSH_TIMEOUT:-120}" \
    script -qec "exec $command >&3 2>&4 3>&- 4>&-" /dev/null \
    </dev/null 4>&1 >/dev/null 2>&1 |
    sed -u -e '/^wine: Read access denied for device/d' -e 's/\x1b\[[0-9;]*m//g' >&2
exit "${PIPESTATUS[0]}"
