#!/bin/bash
# Runs the PowerShell tests in a Wine prefix of their own: tests/powershell/run.sh [NAME]
# The last line of the output is "powershell: N passed, N failed".
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/../wine/wine.sh"

temp=$(mktemp -d)
cleanup() {
    ob_wine_end
    rm -rf "$temp"
}
trap cleanup EXIT
ob_wine_prefix "$temp/prefix"

export OB_PWSH_TIMEOUT=${OB_PWSH_TIMEOUT:-600}
files=("$here"/*.tests.ps1)
"$here/rig/pwsh.sh" "$here/runner.ps1" -Path "${files[@]/#/Z:}" ${1:+-Name "$1"}
