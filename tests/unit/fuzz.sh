#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Fuzzes the parsers of the command with libFuzzer: fuzz.sh DIR. Builds in DIR and begins with
# tests/unit/corpus, which has a folder for each parser. New inputs are kept in DIR/corpus; an
# input that fails is kept in DIR and shown.
#   FUZZ_SECONDS= continues for so long, from the inputs that were found before
#   FUZZ_RUNS=    without FUZZ_SECONDS, tries so many inputs, the same ones each time
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
# shellcheck disable=SC2086,SC2154 # words, from lib.sh
need_packages $reader_packages clang libclang-rt-dev

dir=$1
flags="-std=gnu11 -g -O1 -Wall -Wextra -Werror -fsanitize=fuzzer-no-link,address,undefined
	-fno-sanitize-recover=all -I$top/include -iquote $top/kvmstat/reader -iquote $top/kvmstat/tuner"
mkdir -p "$dir"
cd "$dir"
rm -f ./*.o ./crash-* ./leak-* ./timeout-* ./oom-* ./slow-unit-*
# shellcheck disable=SC2086
printf '%s\n' "$top"/kvmstat/reader/*/*.c "$top"/kvmstat/tuner/{action,plan}/*.c "$here/fuzz.c" |
	xargs -n1 clang $flags -c
clang -fsanitize=fuzzer,address,undefined -o fuzz ./*.o -lncursesw -lproc2 -ljansson -linih -lz -lelf

# This byte picks the parser, see fuzz.c.
declare -A byte=([kvminfo]=k [reasons]=0 [userspace]=1 [histograms]=2 [hot]=3 [vcpus]=4 [cpus]=5
	[recording]=j [config]=c [argv]=a [when]=t [process]=p [policy]=y [journal]=l
	[kallsyms]=s [trace]=x [vcpu_reasons]=v)
rm -rf seeds
mkdir seeds
for file in "$here"/corpus/*/*; do
	parser=$(basename "$(dirname "$file")")
	{
		printf '%s' "${byte[$parser]}"
		cat "$file"
	} >"seeds/$parser-$(basename "$file")"
done
# A small file with symbols, in place of a vmlinux.
clang -c -x c -o object.elf - <<<'int f(void) { return 1; } int g(void) { return f(); }'
printf e | cat - object.elf >seeds/vmlinux-object

if [ -n "${FUZZ_SECONDS:-}" ]; then
	how=(-max_total_time="$FUZZ_SECONDS")
else
	rm -rf corpus
	how=(-runs="${FUZZ_RUNS:-30000}" -seed=1)
fi
mkdir -p corpus
status=0
./fuzz -max_len=8192 -timeout=20 -artifact_prefix=./ -print_final_stats=1 "${how[@]}" corpus seeds \
	>fuzz.log 2>&1 || status=$?
grep -E '^stat::|^INFO: seed corpus' fuzz.log || :
if [ $status = 0 ]; then
	echo "ok - fuzz"
else
	grep -vE '^#[0-9]+[[:space:]]' fuzz.log | tail -n 60
	echo "not ok - fuzz: the input is in $PWD"
fi
exit $status
