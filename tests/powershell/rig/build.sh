#!/bin/bash
# Makes PowerShell 7.4 for Windows, as it runs under Wine, and prints the path of its pwsh.exe.
#
# Neither Debian nor the gems have PowerShell itself, but the gem chef-powershell (Apache-2.0) holds
# all of it except the program: .NET 8 for Windows x64 and PowerShell's assemblies. The program and
# the manifests of its modules are made here. Kept in the cache by a hash of what it is made of.
# Needs deploy/install-deps.sh test.
set -euo pipefail

readonly gem=chef-powershell version=18.6.6
readonly gem_sha256=f25767322eeac14882bdd6745c366e99f588005065f02208f98066374679e290
readonly runtime=bin/ruby_bin_folder/AMD64/shared/Microsoft.NETCore.App/8.0.0

here=$(dirname "$(readlink -f "$0")")
cache=${OB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/online-backup}/pwsh
mkdir -p "$cache"
hash=$(cat "$here"/build.sh "$here"/pwsh* "$here"/modules/* | sha256sum | cut -c1-16)
made=$cache/$version-$hash

if [ -d "$made" ]; then
    echo "$made/pwsh.exe"
    exit 0
fi
exec 9>"$cache/lock"
flock -w 600 9 || { echo "another build has held $cache/lock for 10 minutes" >&2; exit 75; }
if [ -d "$made" ]; then
    echo "$made/pwsh.exe"
    exit 0
fi

work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT

archive=$cache/$gem-$version.gem
if ! echo "$gem_sha256  $archive" | sha256sum -c --status 2>/dev/null; then
    (cd "$work" && timeout 300 gem fetch "$gem" -v "$version" >&2)
    echo "$gem_sha256  $work/$gem-$version.gem" | sha256sum -c --quiet >&2
    mv "$work/$gem-$version.gem" "$archive"
fi
(cd "$work" && gem unpack "$archive" >/dev/null)
stage=$work/stage
mv "$work/$gem-$version/$runtime" "$stage"

# -Wno-array-bounds: GCC takes MinGW's access to the thread block, relative to a segment, for one of
# a null pointer.
x86_64-w64-mingw32-gcc -std=c11 -O2 -Wall -Wextra -Wconversion -Werror -Wno-array-bounds \
    -municode -static -s "$here/pwshhost.c" -o "$stage/pwsh.exe"
(cd "$stage" && mcs -nostdlib -noconfig -target:exe -out:pwshentry.dll \
    -r:System.Private.CoreLib.dll -r:System.Runtime.dll \
    -r:Microsoft.PowerShell.ConsoleHost.dll -r:System.Management.Automation.dll \
    "$here/pwshentry.cs" >&2)
for manifest in "$here"/modules/*.psd1; do
    name=$(basename "$manifest" .psd1)
    mkdir -p "$stage/Modules/$name"
    cp "$manifest" "$stage/Modules/$name/"
done

mv "$stage" "$made"
echo "$made/pwsh.exe"
