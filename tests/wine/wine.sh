# Wine for tests: source this file from bash. No test may use the prefix of the person who runs it.
#
#   ob_wine_prefix DIR             make DIR a fresh prefix of Windows 10; exports WINEPREFIX
#   ob_wine_shared                 use a prefix that is kept between runs; exports WINEPREFIX
#   ob_wine SECONDS EXE [ARG...]   run a program to its end; 124 if it took longer
#   ob_wine_start LOG EXE [ARG...] run a program beside the test; its pid is in ob_wine_pid
#   ob_wine_stop PID               end what ob_wine_start started
#   ob_wine_end                    end every process of the prefix
#
# Exit codes are Unix's: the low byte of the Windows one. Windows services end within seconds of the
# last ordinary process of their prefix; a test of a service holds one open:
#   ob_wine_start /dev/null ping -n 600 127.0.0.1

# No diagnostics of Wine's own; no browser; no desktop menus.
export WINEDEBUG=${WINEDEBUG:--all}
export WINEDLLOVERRIDES='mshtml=;winemenubuilder.exe=d'
# Without a display no program can put up a window that waits for somebody.
unset DISPLAY WAYLAND_DISPLAY

# Debian keeps the 64-bit loader off the path, as its "wine" may be the 32-bit one.
ob_wine_find() {
    local name
    for name in "/usr/lib/wine/$1" "$(command -v "$1" || true)" "$(command -v "$2" || true)"; do
        if [ -x "$name" ]; then
            echo "$name"
            return
        fi
    done
    echo "no Wine: sh deploy/install-deps.sh test" >&2
    return 69
}
ob_wine_loader=$(ob_wine_find wine64 wine)
ob_wine_server=$(ob_wine_find wineserver64 wineserver)

# Making a prefix takes 6 s, copying one a moment: prints the folder of the one that is copied.
ob_wine_template() {
    local cache=${OB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/online-backup}/wine key template
    key=$({
        "$ob_wine_loader" --version
        declare -f ob_wine_template
    } | sha256sum | cut -c1-16)
    template=$cache/$key
    if [ ! -d "$template" ]; then
        mkdir -p "$cache"
        (
            flock -w 300 9 || exit 75
            [ ! -d "$template" ] || exit 0
            making=$(mktemp -d "$cache/make.XXXXXX")
            export WINEPREFIX=$making/prefix
            # mscoree: no offer to download .NET while the prefix is made. Later it has to be there,
            # as Wine asks it to load any .NET program.
            export WINEDLLOVERRIDES="mscoree=;$WINEDLLOVERRIDES"
            timeout -k 5 120 "$ob_wine_loader" wineboot -i
            # The default claims Windows 7, which .NET and current programs refuse.
            timeout -k 5 60 "$ob_wine_loader" winecfg -v win10
            # No test plugs in a device, and the driver that looks for them crashes now and then when
            # the prefix ends, which calls Wine's debugger for 5 s. 4: never started.
            for driver in winebus wineusb; do
                timeout -k 5 60 "$ob_wine_loader" reg add \
                    "HKLM\\System\\CurrentControlSet\\Services\\$driver" \
                    /v Start /t REG_DWORD /d 4 /f
            done
            timeout -k 5 60 "$ob_wine_server" -w
            mv "$WINEPREFIX" "$template"
            rm -rf "$making"
        ) 9>"$cache/lock" >/dev/null 2>&1 </dev/null || true
    fi
    [ -d "$template" ] || { echo "no Wine prefix could be made" >&2; return 69; }
    echo "$template"
}

ob_wine_prefix() {
    local template
    template=$(ob_wine_template) || return
    mkdir -p "$1"
    # 700 MB of Wine's own DLLs are shared by hard links; the registry and the rest are copied, as
    # programs change them. Where the folders are on two file systems, everything is copied.
    if cp -al "$template/." "$1/" 2>/dev/null; then
        (cd "$template" && find . -type f ! -path './drive_c/windows/*' -print0 &&
            find drive_c/windows -type f -name '*.ini' -print0) |
            (cd "$1" && xargs -0 -I{} cp -a --remove-destination "$template/{}" {})
    else
        cp -a "$template/." "$1/" || return
    fi
    WINEPREFIX=$(cd "$1" && pwd) || return
    export WINEPREFIX
}

# For programs that leave nothing behind in the registry.
ob_wine_shared() {
    local template making
    template=$(ob_wine_template) || return
    if [ ! -d "$template-shared" ]; then
        # Several tests may start at once; each makes its own, and the first rename wins.
        making=$(mktemp -d "$template-shared.XXXXXX") || return
        ob_wine_prefix "$making" || return
        mv -T "$making" "$template-shared" 2>/dev/null || rm -rf "$making"
    fi
    export WINEPREFIX=$template-shared
}

# The loader becomes the Windows process, so that its pid and its end are the program's.
ob_wine() {
    local seconds=$1
    shift
    timeout -k 5 "$seconds" "$ob_wine_loader" "$@"
}

ob_wine_start() {
    local log=$1
    shift
    "$ob_wine_loader" "$@" >"$log" 2>&1 </dev/null &
    # shellcheck disable=SC2034 # for the caller
    ob_wine_pid=$!
}

ob_wine_stop() {
    local tries
    kill "$1" 2>/dev/null || return 0
    for tries in 1 2 3 4 5 6 7 8 9 10; do
        kill -0 "$1" 2>/dev/null || break
        [ "$tries" != 10 ] || kill -KILL "$1" 2>/dev/null || true
        sleep 0.3
    done
    wait "$1" 2>/dev/null || true
}

ob_wine_end() {
    [ -n "${WINEPREFIX:-}" ] || return 0
    timeout -k 5 30 "$ob_wine_server" -k 2>/dev/null || true
    timeout -k 5 30 "$ob_wine_server" -w 2>/dev/null || true
}
