#!/bin/bash
# What is written about obctl is so: every example of its help and of the README is a command line that
# it takes, the manual page is one that man can show, and bash completes by its script.
#
#   test_texts.sh OBAGENT OBCTL OBVAULT
set -uo pipefail
# shellcheck disable=SC2034 # of agent.sh
obagent=$1
obctl=$2
obvault=$3
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/support/agent.sh
. "$here/../support/agent.sh"
mkdir "$work/bin"
ln -s "$obctl" "$work/bin/obctl"
printf '#!/bin/sh\necho correct horse battery staple\n' >"$work/bin/pass"
chmod +x "$work/bin/pass"

# The command lines of a text, without what they write to a file.
examples() {
    sed -n 's/^ *\(obctl .*\)$/\1/p; s/^ *\(pass show .*| obctl .*\)$/\1/p' | sed 's/ > .*//'
}

all_examples() {
    "$obctl" --help | sed -n '/^Examples:/,$p' | examples
    "$obctl" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]* *[a-z]*\)  .*/\1/p' |
        while read -r noun verb; do
            # shellcheck disable=SC2086 # no verb, no word
            "$obctl" "$noun" $verb --help | sed -n '/^Examples:/,$p' | examples
        done
    examples <"$here/../../README.md"
}

# Nobody answers here: each must fail for that, or for what is not there, but never as a command line.
run_examples() {
    all_examples | sort -u >"$work/examples"
    check "there are many" [ "$(wc -l <"$work/examples")" -ge 40 ]
    while IFS= read -r line; do
        local got=0
        checks=$((checks + 1))
        (cd "$work" && PATH=$work/bin:$PATH timeout 30 bash -c "$line") </dev/null \
            >"$work/out" 2>"$work/err" || got=$?
        case $got in
        0 | 1 | 4) ;;
        *) fail "$line: exit code $got" ;;
        esac
    done <"$work/examples"
}

# Patterns reach the agent as they were written.
wildcards() {
    local line
    line=$(examples <"$here/../../README.md" | grep -m 1 "obctl policy set .*\*")
    checks=$((checks + 1))
    [ -n "$line" ] || fail "no example with a pattern"
    start_agent || exit 1
    expect 0 "vault" "$obvault" create "$work/vault"
    expect 0 "credentials" "$obvault" credentials "$work/vault" -o "$work/f.VaultCredentials"
    expect 0 "registration" "$obctl" register "$work/f.VaultCredentials"
    mkdir -p "$work/home"
    : >"$work/home/a.iso" # which the shell would put in the pattern's place
    expect 0 "$line" env PATH="$work/bin:$PATH" bash -c "cd '$work' && $line"
    says "as it was written" "^Exclude *\(/home\)\?/.*\*"
    stop_agent
}

manual() {
    expect 0 "manual page" "$obctl" man
    if command -v man >/dev/null && command -v groff >/dev/null; then
        cp "$work/out" "$work/obctl.1"
        expect 0 "man shows it" env MANWIDTH=100 man --warnings=w -l "$work/obctl.1"
        says "a command" "obctl rescue restore"
        check "without a warning" [ ! -s "$work/err" ]
    else
        echo "skipped: man is not installed"
    fi
}

complete_line() { # complete_line WORD...: what the last one may become
    "$obctl" completion bash >"$work/completion"
    # shellcheck disable=SC2016
    bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _obctl
        printf "%s\n" "${COMPREPLY[@]}"' - "$work/completion" "$@"
}

completes() { # completes WANTED WORD...: one word of the answer
    local wanted=$1
    shift
    checks=$((checks + 1))
    complete_line "$@" >"$work/out" 2>"$work/err"
    if ! grep -qx -- "$wanted" "$work/out" || [ -s "$work/err" ]; then
        fail "$* is not completed by $wanted"
    fi
}

completion() {
    completes register obctl reg
    completes restore obctl ""
    completes watch obctl job wa
    completes latest obctl job watch ""
    completes --filter obctl job list --fi
    completes --json obctl --js
    completes --async obctl --endpoint /x backup --as
    completes --overwrite obctl restore latest --to /x --o
    completes --vault obctl rescue points --
    complete_line obctl restore latest --to "" >"$work/out"
    check "a value is not completed by options" [ -z "$(tr -d '\n' <"$work/out")" ]
    check "nothing for what is none" [ -z "$(complete_line obctl nonsense "" | tr -d '\n')" ]
}

run_examples
wildcards
manual
completion
finish
