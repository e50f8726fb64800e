# For tests by bash of the programs together: an agent in a folder of its own, and checks that are
# counted. Source it after setting obagent, obctl and obvault to the programs.
#
#   work                    the folder, removed at the end
#   start_agent, stop_agent the agent, with its state in $work/state
#   expect CODE WHAT CMD... the command ends with the code; its output is in $work/out and $work/err
#   check WHAT CMD...       the command succeeds; its output does not count
#   says WHAT PATTERN       the last expected command said so on standard output
#   complains WHAT PATTERN  the same on standard error
#   list DIR                everything of a tree that a restore must bring back, a line an item
#   finish                  prints the counts, exits 1 if something failed
work=$(mktemp -d "/tmp/ob-${0##*/}.XXXXXX")
work=$(cd "$work" && pwd -P)
export OBAGENT_ENDPOINT=$work/control
export TZ=UTC LC_ALL=C.UTF-8
agent=
checks=0
failures=0

# A test that needs more than the folder removed defines clean_more.
clean_more() { :; }
cleanup() {
    stop_agent
    clean_more
    rm -rf "$work"
}
trap cleanup EXIT

start_agent() {
    "$obagent" run --state "$work/state" --endpoint "$OBAGENT_ENDPOINT" 2>>"$work/agent.log" &
    agent=$!
    for _ in $(seq 100); do
        if "$obctl" status >/dev/null 2>&1; then
            return 0
        fi
        sleep 0.1
    done
    echo "the agent does not answer" >&2
    tail -n 20 "$work/agent.log" >&2
    return 1
}

stop_agent() {
    if [ -n "$agent" ]; then
        kill "$agent" 2>/dev/null
        wait "$agent" 2>/dev/null
        agent=
    fi
}

fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
    echo "  out: $(head -c 2000 "$work/out" 2>/dev/null)"
    echo "  err: $(head -c 2000 "$work/err" 2>/dev/null)"
}

expect() {
    local wanted=$1 what=$2 got=0
    shift 2
    checks=$((checks + 1))
    timeout 120 "$@" >"$work/out" 2>"$work/err" || got=$?
    [ "$got" = "$wanted" ] || fail "$what: exit code $got and not $wanted"
}

check() {
    local what=$1
    shift
    checks=$((checks + 1))
    "$@" >>"$work/checked" 2>&1 || fail "$what"
}

says() {
    check "$1" grep -q -- "$2" "$work/out"
}

complains() {
    check "$1" grep -q -- "$2" "$work/err"
}

list() {
    (cd "$1" && find . -mindepth 1 -printf '%P|%y|%m|%U|%G|%T@|%l|' \
        \( -type f -printf '%s|%n|' -exec sha256sum -b -- {} \; -o -printf '\n' \) |
        LC_ALL=C sort)
}

# In the words of Check, so that all tests are counted alike.
finish() {
    if [ $failures != 0 ]; then
        echo "the agent's log:"
        tail -n 30 "$work/agent.log"
    fi
    echo "Checks: $checks, Failures: $failures, Errors: 0"
    [ $failures = 0 ]
    exit
}
