#!/bin/bash
# Builds the libraries of the Windows programs with MinGW-w64, as static archives, out of Debian's
# source packages: OpenSSL, curl, zlib, zstd, cJSON, SQLite, utf8proc and, for the tests, Check.
#
#   deploy/mingw-deps.sh        the last line of the output is the folder with include/ and lib/
#
# Needs deploy/install-deps.sh test. The first time takes about five minutes; afterwards the result
# is found under ${OB_CACHE:-~/.cache/online-backup}/mingw by a hash of this recipe, of the compiler
# and of the versions that Debian offers, so that a security update leads to a new build.
# cmake/mingw-w64.cmake finds it there by the link "current".
set -euo pipefail

readonly target=x86_64-w64-mingw32
readonly sources=(openssl curl zlib libzstd cjson sqlite3 utf8proc check)
# The binary packages of the same sources, by which an index without sources tells the versions.
readonly binaries=(libssl-dev libcurl4-openssl-dev zlib1g-dev libzstd-dev libcjson-dev
    libsqlite3-dev libutf8proc-dev check)

self=$(readlink -f "$0")
jobs=$(nproc)
cache=${OB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/online-backup}/mingw
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)

hash=$({
    cat "$self"
    "$target-gcc" -dumpfullversion
    apt-cache policy "${binaries[@]}" | grep Candidate:
} | sha256sum | cut -c1-16)
prefix=$cache/$hash

finish() {
    # A link put in place by a rename: whoever looks at it sees the old one or the new one.
    ln -sfn "$hash" "$cache/current.$$"
    mv -fT "$cache/current.$$" "$cache/current"
    echo "$prefix"
    exit 0
}
[ ! -d "$prefix" ] || finish

exec 9>"$cache/lock"
flock -w 1800 9 || { echo "another build has held $cache/lock for 30 minutes" >&2; exit 75; }
[ ! -d "$prefix" ] || finish    # the one that had the lock has built it

work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
src=$work/src
stage=$work/prefix
mkdir -p "$src" "$stage/lib" "$stage/include" "$work/lists/partial"
export SOURCE_DATE_EPOCH=1700000000

# --- Sources -------------------------------------------------------------------------------------
# An index of sources of our own, so that the machine's list of package sources stays as it is; from
# the mirrors that the machine already uses, signed by Debian.
apt=(-q -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$work/lists" -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache=
    -o APT::Sandbox::User=root)

index_sources() {
    apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' | sort -u |
        awk -v key=/usr/share/keyrings/debian-archive-keyring.gpg \
            '$1 == "Debian" { print "deb-src [signed-by=" key "]", $2, $3, $4 }' \
            >"$work/sources.list"
    apt-get "${apt[@]}" update
}

# Prints the version of every source package of that name, the newest first.
source_versions() {
    apt-cache "${apt[@]}" showsrc --only-source "$1" | sed -n 's/^Version: //p' | sort -uVr
}

# Fetches upstream's archive of one version, checked by the SHA-256 of the signed index.
# A mirror can list a version whose .dsc it has not got yet, while this archive is there.
fetch_upstream() {
    local package=$1 version=$2 sum file dir uri
    read -r sum file dir < <(apt-cache "${apt[@]}" showsrc --only-source "$package" |
        awk -v version="$version" '
            /^Version: / { here = $2 == version }
            here && /^Directory: / { dir = $2 }
            here && length($1) == 64 && $3 ~ /\.orig\.tar\.[a-z0-9]+$/ { sum = $1; file = $3 }
            END { print sum, file, dir }')
    [ -n "$dir" ] || return 1
    for uri in $(awk '{ print $3 }' "$work/sources.list" | sort -u); do
        if /usr/lib/apt/apt-helper download-file "$uri$dir/$file" "$file" "SHA256:$sum"; then
            tar xf "$file"
            return
        fi
    done
    return 1
}

fetch_one() {
    local package=$1 version
    for version in $(source_versions "$package"); do
        if apt-get "${apt[@]}" source --only-source "$package=$version"; then
            echo "$package $version" >>"$stage/VERSIONS"
            return
        elif fetch_upstream "$package" "$version"; then
            echo "$package $version, without Debian's patches" >>"$stage/VERSIONS"
            return
        fi
    done
    echo "no source of $package could be fetched" >&2
    return 1
}

fetch() {
    index_sources
    cd "$src"
    local package
    for package in "${sources[@]}"; do
        fetch_one "$package"
    done
}

# The folder that a source package was unpacked into.
unpacked() {
    local folders=("$src/$1"-*/)
    echo "${folders[0]%/}"
}

# --- Builds --------------------------------------------------------------------------------------
archive() {
    "$target-ar" rcs "$stage/lib/$1" "${@:2}"
}

with_cmake() {
    local name=$1
    cmake -S "$(unpacked "$name")" -B "$work/build-$name" -G Ninja \
        -DCMAKE_SYSTEM_NAME=Windows -DCMAKE_SYSTEM_PROCESSOR=x86_64 \
        -DCMAKE_C_COMPILER=$target-gcc -DCMAKE_RC_COMPILER=$target-windres \
        "-DCMAKE_FIND_ROOT_PATH=$stage;/usr/$target" \
        -DCMAKE_FIND_ROOT_PATH_MODE_PROGRAM=NEVER -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY \
        -DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY -DCMAKE_FIND_ROOT_PATH_MODE_PACKAGE=ONLY \
        -DCMAKE_BUILD_TYPE=Release "-DCMAKE_INSTALL_PREFIX=$stage" -DBUILD_SHARED_LIBS=OFF "${@:2}"
    cmake --build "$work/build-$name" -j "$jobs"
    cmake --install "$work/build-$name"
}

# Debian's zlib comes without win32/ and with it without the makefile for Windows.
build_zlib() {
    cd "$(unpacked zlib)"
    [ -e zconf.h ] || cp zconf.h.in zconf.h
    $target-gcc -O3 -c adler32.c compress.c crc32.c deflate.c gzclose.c gzlib.c gzread.c gzwrite.c \
        infback.c inffast.c inflate.c inftrees.c trees.c uncompr.c zutil.c
    archive libz.a ./*.o
    cp zlib.h zconf.h "$stage/include/"
}

build_libzstd() {
    cd "$(unpacked libzstd)/lib"
    make -j "$jobs" CC=$target-gcc AR=$target-ar OS=Windows_NT ZSTD_LEGACY_SUPPORT=0 libzstd.a
    cp libzstd.a "$stage/lib/"
    cp zstd.h zstd_errors.h zdict.h "$stage/include/"
}

build_cjson() {
    cd "$(unpacked cjson)"
    $target-gcc -O2 -DCJSON_HIDE_SYMBOLS -c cJSON.c
    archive libcjson.a cJSON.o
    mkdir -p "$stage/include/cjson"
    cp cJSON.h "$stage/include/cjson/"
}

# The single file is made by programs that run here, so with the native compiler; then compiled.
build_sqlite3() {
    cd "$(unpacked sqlite3)"
    ./configure --disable-shared --disable-tcl --disable-readline
    make sqlite3.c sqlite3.h
    $target-gcc -O2 -DSQLITE_THREADSAFE=1 -DSQLITE_DQS=0 -DSQLITE_OMIT_LOAD_EXTENSION -c sqlite3.c
    archive libsqlite3.a sqlite3.o
    cp sqlite3.h "$stage/include/"
}

build_utf8proc() {
    cd "$(unpacked utf8proc)"
    $target-gcc -O2 -DUTF8PROC_STATIC -c utf8proc.c
    archive libutf8proc.a utf8proc.o
    cp utf8proc.h "$stage/include/"
}

# Without fork, as Windows has none: a failed check ends the whole test program.
build_check() {
    with_cmake check -DCHECK_ENABLE_TESTS=OFF -DCHECK_ENABLE_SUBUNIT=OFF \
        -DCHECK_ENABLE_TIMEOUT_TESTS=OFF -DHAVE_FORK=OFF
}

# OpenSSL remembers the folder it is installed in, and would read a configuration and load modules
# from there. A name that Windows forbids keeps another user's files out of a service.
build_openssl() {
    cd "$(unpacked openssl)"
    ./Configure mingw64 --cross-compile-prefix=$target- '--prefix=/never?' --libdir=lib \
        no-autoload-config no-shared no-tests no-engine no-module no-legacy no-ssl3 no-comp \
        no-idea no-md2 no-rc5 -D_WIN32_WINNT=0x0601
    make -j "$jobs" build_libs
    cp libcrypto.a libssl.a "$stage/lib/"
    mkdir "$stage/include/openssl"
    cp include/openssl/*.h "$stage/include/openssl/"
}

# USE_WINDOWS_SSPI: curl's build switches it off where TLS is not Windows' own, and with it the
# authentication at a proxy as the current user.
build_curl() {
    with_cmake curl -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DHTTP_ONLY=ON -DCURL_USE_OPENSSL=ON \
        -DOPENSSL_USE_STATIC_LIBS=ON -DUSE_WINDOWS_SSPI=ON -DCURL_USE_LIBSSH2=OFF \
        -DCURL_USE_LIBPSL=OFF -DUSE_LIBIDN2=OFF -DUSE_WIN32_IDN=ON -DUSE_NGHTTP2=OFF \
        -DCURL_BROTLI=OFF -DCURL_ZSTD=OFF -DENABLE_UNICODE=ON -DENABLE_MANUAL=OFF \
        -DCURL_TARGET_WINDOWS_VERSION=0x0601
}

# Runs one step with its output in a file that is shown only if it fails.
step() {
    local name=$1 begin=$SECONDS status=0
    set +e    # inside "if step" or "step ||" the shell would not stop at the first error
    (
        set -e
        "$@"
    ) >"$work/log" 2>&1
    status=$?
    set -e
    if [ $status != 0 ]; then
        tail -40 "$work/log" >&2
        echo "mingw-deps: $name failed" >&2
        exit 1
    fi
    echo "mingw-deps: $name, $((SECONDS - begin)) s"
}

step fetch
# zlib and OpenSSL before curl, which looks for them.
for name in zlib libzstd cjson utf8proc check sqlite3 openssl curl; do
    step "build_$name"
done

# What remains is headers and static archives: the linker would prefer an import library of Check,
# and the rest names the folder it was built in.
rm -rf "$stage"/lib/{pkgconfig,cmake,libcheck.dll.a} "$stage/share" "$stage/bin"
chmod -R go+rX "$stage"
mv "$stage" "$prefix"
finish
