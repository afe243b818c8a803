#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds the reader and the tuner with the sanitizers and runs their unit tests, the fuzzer and the
# tests of their rooms, of the commands, of the screen and of the completion. Ends with a line of
# counts; fails on any failure.
#   CC=        the compiler (cc)
#   FUZZ_RUNS= how many inputs the fuzzer tries, see fuzz.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
# shellcheck disable=SC2086,SC2154 # words, from lib.sh
need_packages $reader_packages git libcmocka-dev clang libclang-rt-dev jq tmux perl procps python3-jsonschema
build=$top/build/unit
cc=${CC:-cc}
flags="-std=gnu11 -g -O1 -Wall -Wextra -Werror -fsanitize=address,undefined
	-fno-sanitize-recover=all -I$top/include -iquote $top/kvmstat/reader -iquote $top/kvmstat/tuner"
libs="-lncursesw -lproc2 -ljansson -linih -lz -lelf"

# Trees of files for test_*.c.
export TREES="$here/trees"

rm -rf "$build"
mkdir -p "$build/tests" "$build/tuner"
cd "$build"

# shellcheck disable=SC2086 # $flags are words
printf '%s\n' "$top"/kvmstat/reader/*.c "$top"/kvmstat/reader/*/*.c "$here"/test_*.c | xargs -n1 -P2 $cc $flags -c
mv test_*.o tests
# shellcheck disable=SC2086
$cc $flags -o kvmstat ./*.o $libs
rm main.o
# The tuner has a main.c, too.
# shellcheck disable=SC2086
(cd tuner && printf '%s\n' "$top"/kvmstat/tuner/*.c "$top"/kvmstat/tuner/*/*.c | xargs -n1 -P2 $cc $flags -c)
# shellcheck disable=SC2086
$cc $flags -o kvmtune tuner/*.o ./*.o $libs
rm tuner/main.o
# shellcheck disable=SC2086
$cc $flags -pthread -o threads "$here/threads.c"
# shellcheck disable=SC2016 # xargs' shell expands them
printf '%s\n' tests/*.o | flags="$cc $flags" libs="$libs -lcmocka" \
	xargs -n1 -P2 sh -c '$flags -o "${0%.o}" "$0" ./*.o tuner/*.o $libs'

passed=0
failed=0

# Counts the "ok" and "not ok" lines of LOG. A run that fails without a "not ok", or that has
# neither an "ok" nor a reason to be skipped, is a failure, too.
count() { # NAME STATUS LOG
	ok=$(grep -c '^ok ' "$3" || true)
	bad=$(grep -c '^not ok ' "$3" || true)
	if [ "$bad" -eq 0 ] && { [ "$2" -ne 0 ] || ! grep -Eq '^(ok|skip) ' "$3"; }; then
		bad=1
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
	echo "$1: $ok passed, $bad failed"
	[ "$bad" -eq 0 ] || cat "$3"
}

# run NAME COMMAND...: writes the output to tests/NAME.log and the status to tests/NAME.status.
# What cmocka skips is "not ok" to cmocka 1.1.5, and "ok" to later ones.
run() {
	name=$1 status=0
	shift
	"$@" >"tests/$name.log" 2>&1 || status=$?
	sed -i -E 's/^(not )?ok [0-9]+ # SKIP /skip /' "tests/$name.log"
	echo $status >"tests/$name.status"
}

# The fuzzer is one job; everything else is the other.
run fuzz bash "$here/fuzz.sh" "$build/fuzz" &
for test in tests/test_*.o; do
	test=${test%.o}
	run "${test#tests/}" "$test"
	count "$name" "$status" "tests/$name.log"
done
run rooms bash "$here/rooms.sh"
run command bash "$here/command.sh" "$build/kvmstat"
run tune bash "$here/tune.sh" "$build/kvmtune" "$build/threads"
run completion bash "$here/completion.sh"
[ ! -e "$here/top.sh" ] || run top bash "$here/top.sh" "$build/kvmstat"
wait
for name in fuzz rooms command tune completion top; do
	[ ! -e tests/$name.status ] || count $name "$(cat tests/$name.status)" tests/$name.log
done

echo "reader: $passed passed, $failed failed"
[ $failed -eq 0 ]
