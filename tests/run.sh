#!/bin/sh
# run.sh TEST: runs one test program; says in a line that it passed, or shows all it said.
output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT
if "$1" >"$output" 2>&1; then
    echo "ok   $1 $(sed -n 's/.*PASSED *\] *\([0-9]* test(s)\).*/\1/p' "$output" | tail -n 1)"
else
    echo "FAIL $1"
    cat "$output"
    exit 1
fi
