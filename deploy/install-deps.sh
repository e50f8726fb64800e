#!/bin/sh
# Installs what a Debian 12 machine needs. Asks for nothing; does nothing when all is there.
#
#   sh deploy/install-deps.sh [run|build|test]      (build when nothing is said)
#
#   run    the libraries that the finished programs load
#   build  what it takes to build and run them on Linux
#   test   also what tests/run.sh needs: sanitizers, MinGW, Wine, foreign RPC and backup tools
set -eu

run='ca-certificates libcurl4 libssl3 zlib1g libcjson1 libzstd1 libsqlite3-0 libutf8proc2'

# widl comes from MinGW-w64's tools: a megabyte and its headers, where Wine's twin costs 800.
build='gcc libc6-dev make cmake ninja-build pkg-config git
    libcurl4-openssl-dev libssl-dev zlib1g-dev libcjson-dev libzstd-dev libsqlite3-dev
    libutf8proc-dev mingw-w64-tools mingw-w64-common'

# perl, tcl and dpkg-dev make MinGW's libraries out of source packages; ruby fetches the gem that
# carries PowerShell; wine64-tools has the type library that ours refers to.
test_='check clang libclang-rt-14-dev llvm clang-format clang-tidy
    gcc-mingw-w64-x86-64-win32 mingw-w64-x86-64-dev binutils-mingw-w64-x86-64
    wine64 wine64-tools libwine-dev mono-mcs ruby bsdutils
    dpkg-dev perl tcl xz-utils bzip2 patch curl openssl
    python3 python3-impacket restic borgbackup time attr acl
    e2fsprogs libcap2-bin'

case ${1:-build} in
run) wanted=$run ;;
build) wanted="$run $build" ;;
test) wanted="$run $build $test_" ;;
*)
    echo "usage: $0 [run|build|test]" >&2
    exit 64
    ;;
esac

# Prints the packages of the list that are not installed.
missing() {
    for package in "$@"; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=absent
        [ "$state" = installed ] || printf '%s ' "$package"
    done
}

# shellcheck disable=SC2086 # a list of words
absent=$(missing $wanted)
[ -n "$absent" ] || exit 0

command -v apt-get >/dev/null || {
    echo "$0: no apt-get here; on another system install the like of: $absent" >&2
    exit 69
}
sudo=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
        echo "$0: run it as root, or install: $absent" >&2
        exit 77
    }
    sudo=sudo
fi

# DPkg::Lock::Timeout: another installation may be running; wait for it, but not for ever.
install() {
    # shellcheck disable=SC2086 # lists of words
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o Dpkg::Use-Pty=0 \
        -o DPkg::Lock::Timeout=300 --no-install-recommends install $absent
}

echo "installing: $absent"
# An old package index names files that the mirror no longer has: refresh it and try once more.
install || {
    $sudo apt-get -q -o DPkg::Lock::Timeout=300 update || true
    install
}
