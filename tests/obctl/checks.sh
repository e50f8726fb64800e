# What the scripts here check with; source it from bash. Needs $work, a folder for what commands say,
# with the agent's log as agent.log.

checks=0
failures=0
checks_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# fail WHAT: counts and shows what the last command said.
fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
    echo "  out: $(head -c 2000 "$work/out" 2>/dev/null)"
    echo "  err: $(head -c 2000 "$work/err" 2>/dev/null)"
}

# expect CODE WHAT COMMAND...: the command ends with the code; its output is kept.
expect() {
    local wanted=$1 what=$2 got=0
    shift 2
    checks=$((checks + 1))
    timeout 120 "$@" >"$work/out" 2>"$work/err" || got=$?
    [ "$got" = "$wanted" ] || fail "$what: exit code $got and not $wanted"
}

# check WHAT COMMAND...: the command succeeds; its output does not count.
check() {
    local what=$1
    shift
    checks=$((checks + 1))
    "$@" >>"$work/checked" 2>&1 || fail "$what"
}

says() { # says WHAT PATTERN: on standard output
    check "$1" grep -q -- "$2" "$work/out"
}

complains() { # complains WHAT PATTERN: on standard error
    check "$1" grep -q -- "$2" "$work/err"
}

json() { # json WHAT [--lines] SCHEMA: the output is what the schema says, and nothing else
    local what=$1
    shift
    checks=$((checks + 1))
    if ! python3 "$checks_root/tests/obctl/check_json.py" "$@" \
        "$checks_root/idl" "$checks_root/obctl" <"$work/out" \
        2>"$work/why"; then
        fail "$what: $(cat "$work/why")"
    fi
}

field() { # field EXPRESSION: of the output as JSON, in Python
    python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1" \
        <"$work/out"
}

# The last line, in the words of the other tests, so that all are counted alike; the exit code.
conclude() {
    if [ $failures != 0 ]; then
        echo "the agent's log:"
        tail -n 30 "$work/agent.log"
    fi
    echo "Checks: $checks, Failures: $failures, Errors: 0"
    [ $failures = 0 ]
}
