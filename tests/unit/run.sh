#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Builds the reader with the sanitizers and runs its unit tests, the fuzzer and
# the tests of the command and of its completion. Ends with a line of counts; fails on any failure.
#   CC=          the compiler (cc)
#   FUZZ_COUNT=  mutations (200000)   FUZZ_SEED=  where they start (1)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=$top/build/unit
cc=${CC:-cc}
flags="-std=gnu11 -g -O1 -Wall -Wextra -Werror -fsanitize=address,undefined
	-fno-sanitize-recover=all -I$top/include -I$top/kvmstat/reader"

rm -rf "$build"
mkdir -p "$build"
cd "$build"

# shellcheck disable=SC2086 # $flags are words
printf '%s\n' "$top"/kvmstat/reader/*.c "$here"/*.c | xargs -n1 -P2 $cc $flags -c
mkdir tests
mv test_*.o fuzz.o tests
# shellcheck disable=SC2086
$cc $flags -o kvmstat ./*.o
rm main.o
for object in tests/*.o; do
	# shellcheck disable=SC2086
	$cc $flags -o "${object%.o}" "$object" ./*.o -lcmocka
done

passed=0
failed=0

# Counts the "ok" and "not ok" lines of LOG; a run that fails without saying which
# case did, or that ran none, is a failure too.
count() { # NAME STATUS LOG
	ok=$(grep -c '^ok ' "$3" || true)
	bad=$(grep -c '^not ok ' "$3" || true)
	if [ "$bad" -eq 0 ] && { [ "$2" -ne 0 ] || [ "$ok" -eq 0 ]; }; then
		bad=1
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
	echo "$1: $ok passed, $bad failed"
	[ "$bad" -eq 0 ] || cat "$3"
}

for test in tests/test_*.o; do
	test=${test%.o}
	status=0
	"$test" >"$test.log" 2>&1 || status=$?
	count "${test#tests/}" $status "$test.log"
done

status=0
tests/fuzz "${FUZZ_COUNT:-200000}" "${FUZZ_SEED:-1}" "$here"/corpus/* >tests/fuzz.log 2>&1 || status=$?
cat tests/fuzz.log
[ $status -ne 0 ] || echo "ok - fuzz" >>tests/fuzz.log
count fuzz $status tests/fuzz.log

status=0
sh "$here/command.sh" "$build/kvmstat" >tests/command.log 2>&1 || status=$?
count command $status tests/command.log

status=0
bash "$here/completion.sh" >tests/completion.log 2>&1 || status=$?
count completion $status tests/completion.log

echo "reader: $passed passed, $failed failed"
[ $failed -eq 0 ]
