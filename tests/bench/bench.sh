#!/bin/bash
# bench.sh [--check]: how many instructions kvmstat adds to a VM exit, in an emulated
# machine whose clock counts instructions: the same figures on any host, at any load.
# With --check, prints ok lines for the goals.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
out=$top/build/bench

need_packages make gcc libc6-dev libelf1 binutils kmod cpio busybox-static qemu-system-x86
# shellcheck disable=SC2154 # it sets kernel, release and headers
kernel_files 6.1-cloud
mkdir -p "$out"
make -s -C "$top" modules KVER="$release" KDIR="$headers" >&2
gcc -O2 -static -pthread -o "$top/build/vmm" "$top/tests/lab/vmm.c"
say "measuring on $release, AMD-V; about a minute"
"$top/tests/lab/boot.sh" --machine svm --icount --mem 2048 --timeout 600 --stall 600 --kernel "$kernel" --out "$out" \
	--add "$top/tests/bench/cost.sh:cases/run" --add "$top/tests/cases/lib.sh:cases/lib.sh" \
	--add "$top/kvmstat.ko:kvmstat.ko" --add "$top/build/vmm:bin/vmm"
grep '^not ok' "$out/results" && exit 1

awk '$1 == "cost" {
	if (!n++) printf "%-12s %9s %9s %9s %7s\n", "exit", "live VMs", "without", "kvmstat", "added"
	printf "%-12s %9d %9d %9d %7d\n", $2, $3, $4, $5, $5 - $4
}' "$out/results"
[ "${1:-}" = --check ] || exit 0

# goal WHAT FIGURE LIMIT
goal() {
	if [ -n "$2" ] && [ "$2" -le "$3" ]; then
		echo "ok - cost: $1: $2, goal $3"
	else
		echo "not ok - cost: $1: ${2:-no figure}, goal $3; $out/results"
	fi
}
# added WORK MANY: with one VM, or with all.
added() { awk -v w="$1" -v many="$2" '$1 == "cost" && $2 == w && ($3 > 1) == many { print $5 - $4 }' "$out/results"; }
goal "an exit handled in the kernel" "$(added cpuid 0)" 45
goal "an exit to userspace" "$(added out 0)" 200
goal "growth to 512 live VMs" $(($(added cpuid 1) - $(added cpuid 0))) 10
goal "growth to 512 live VMs, another vCPU at each exit" $(($(added out-in-turn 1) - $(added out-in-turn 0))) 10
