#!/bin/bash
# experiments.sh [--check] [NAME...]: what `make experiments` runs, the theses' experiments on a stock kernel. Each
# NAME.sh here is one, in an emulated machine of its own, with checks of what it claims. Where all of its
# checks pass, its rows become docs/experiments-NAME.tsv, and page.sh makes docs/experiments.md anew. With
# --check, docs stays as it is.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
cd "$top"
# shellcheck source=tests/steps.sh
. tests/steps.sh
here=tests/experiments

every="io kinds memory prefault ksm swap balloon tiers slices binding polling cost" check=''
[ "${1:-}" != --check ] || { check=1; shift; }
for name; do
	[[ " $every " = *" $name "* ]] || die "there is no experiment $name; there are: $every"
done
plan=${*:-$every}

# head_of NAME KEY: print the value that the experiment's file has at its top.
head_of() { sed -n "s/^# $2: //p" "$here/$1.sh"; }

# for_kernel NAME: make ready for that kernel. Without a name, it is the one that most experiments run on. The
# disk's guests have that one, too.
usual=6.1-cloud
for_kernel() {
	# shellcheck disable=SC2086,SC2154 # kernel_files sets them
	kernel_files "${1:-$usual}" && $kmake -s modules KVER="$release" KDIR="$headers" CC="$compiler"
}

# experiment NAME: run it.
experiment() {
	local options
	options=$(head_of "$1" machine)
	for_kernel "$(head_of "$1" kernel)" || return
	# shellcheck disable=SC2086,SC2154 # words; kernel.sh sets the others
	boot "$1" svm '' --timeout 1500 --stall 400 --disk "$root_image" --kmods "zram lzo-rle" $options \
		--add "$bin/flat:bin/flat" --add "$here/$1.sh:cases/10-$1.sh" --add "$here/lib.sh:cases/experiments.sh"
	! grep -q '^not ok' "$logs/$1/results"
}

begin experiments
# shellcheck disable=SC2086 # words
need_packages $reader_packages libelf1 trace-cmd
say "getting the kernel"
for_kernel
make -s reader
programs gcc "$logs/$(dpkg --print-architecture)"
gcc -O2 -Wall -Wextra -Werror -static -o "$bin/flat" tests/lab/flat.c
usual_release=$release
root_image=$(tests/lab/root.sh "$kernel")
eval "$(scripts/emulator.sh amd64)"
# shellcheck disable=SC2154 # emulator.sh sets it
qemu=$("${emulator[@]}" --version | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p')
for name in $plan; do
	step "$name" experiment "$name"
	[ "$(cat "$logs/$name.ended")" = 0 ] || continue
	[ -z "$check" ] || continue
	{
		guests=" on both sides"
		[ -z "$(head_of "$name" kernel)" ] || guests=" and $usual_release in the guests"
		[[ $(head_of "$name" machine) != *--icount* ]] || guests=" and guests of \`tests/lab/$(grep -q vm_run "$here/$name.sh" && echo vmm || echo flat).c\`"
		echo "# Made by \`make experiments NAME=$name\`, with Linux $release$guests, QEMU $qemu."
		sed -n 's/^row\t//p' "$logs/$name/results"
	} >"docs/experiments-$name.tsv"
	cat "docs/experiments-$name.tsv"
done
if [ -n "$check" ]; then
	finish
	exit
fi
there=''
for name in $every; do
	[ ! -e "docs/experiments-$name.tsv" ] || there+=" $name"
done
# shellcheck disable=SC2086 # words
[ -z "$there" ] || "$here/page.sh" $there
finish
