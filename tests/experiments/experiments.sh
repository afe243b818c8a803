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

# The order of the page.
every="io kinds memory prefault ksm swap balloon tiers slices binding polling cost" check=''
[ "${1:-}" != --check ] || { check=1; shift; }
for name; do
	[[ " $every " = *" $name "* ]] || die "there is no experiment $name; there are: $every"
done
plan=${*:-$every}

# head_of NAME KEY: print the value that the experiment's file has at its top.
head_of() { sed -n "s/^# $2: //p" "$here/$1.sh"; }

# experiment NAME: run it, on each of its kernels. Its rows become its table.
usual=6.1-cloud
experiment() {
	local options kernels name releases=()
	options=$(head_of "$1" machine) kernels=$(head_of "$1" kernels)
	for name in ${kernels:-$usual}; do
		kernel_files "$name"
		# shellcheck disable=SC2086 # words
		ko=$logs/$name.module boot "$1-$name" svm '' --timeout 1500 --stall 400 --disk "$root_image" \
			--kmods "zram lzo-rle vhost_scsi target_core_file" $options \
			--add "$bin/flat:bin/flat" --add "$here/$1.sh:cases/10-$1.sh" --add "$here/lib.sh:cases/experiments.sh" || return
		! grep -q '^not ok' "$logs/$1-$name/results" || return
		sed -n 's/^row\t//p' "$logs/$1-$name/results" >>"$logs/$1.rows"
		# shellcheck disable=SC2154 # kernel_files sets it
		releases+=("$release")
	done
	[ -n "$check" ] || table "$1" >"docs/experiments-$1.tsv"
}

# table NAME: print how the rows were made, and the rows.
table() {
	local guests=" on both sides" linux=${releases[*]}
	[[ $(head_of "$1" machine) != *--icount* ]] || guests=", guests of \`tests/lab/$(grep -q vm_run "$here/$1.sh" && echo vmm || echo flat).c\`"
	echo "# Made by \`make experiments NAME=$1\`, with Linux ${linux// / and }$guests, QEMU $qemu."
	# Each kernel has the head.
	awk 'NR == 1 { head = $0; print } $0 != head' "$logs/$1.rows"
}

# lane: run each of the experiments that no other lane has begun.
lane() {
	local name
	for name in $plan; do
		take "$name" || continue
		run_step "$name" experiment "$name"
	done
}

begin experiments
# shellcheck disable=SC2086 # words
need_packages $reader_packages libelf1 trace-cmd
# shellcheck disable=SC2046,SC2086 # words
for name in $usual $(printf "$here/%s.sh\n" $plan | xargs sed -n 's/^# kernels: //p' | xargs -n 1 | sort -u); do
	say "building kvmstat for $name"
	# shellcheck disable=SC2086,SC2154 # kernel_files sets them
	kernel_files "$name" && $kmake -s modules KVER="$release" KDIR="$headers" CC="$compiler"
	mv kvmstat.ko "$logs/$name.module"
done
make -s reader
kernel_files $usual
programs gcc "$logs/$(dpkg --print-architecture)"
gcc -O2 -Wall -Wextra -Werror -static -o "$bin/flat" tests/lab/flat.c
root_image=$(tests/lab/root.sh "$kernel")
eval "$(scripts/emulator.sh amd64)"
# shellcheck disable=SC2154 # emulator.sh sets it
qemu=$("${emulator[@]}" --version | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p')
lanes=2
lane &
lane
wait
for name in $plan; do
	end_step "$name"
done
if [ -z "$check" ]; then
	there=''
	for name in $every; do
		[ ! -e "docs/experiments-$name.tsv" ] || there+=" $name"
	done
	# shellcheck disable=SC2086 # words
	[ -z "$there" ] || "$here/page.sh" $there
fi
finish
