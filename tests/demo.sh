#!/bin/bash
# What `make demo` runs: on a machine with no virtualization hardware, builds kvmstat for
# a Debian kernel, boots that in an emulated AMD-V machine with three guests of its own,
# and shows how kvmstat tells from their VM exits what they do. See demo-guest.sh.
set -eu -o pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"

# shellcheck disable=SC2086,SC2154 # words, from lib.sh
need_packages $reader_packages libelf1 qemu-system-x86 busybox-static cpio kmod binutils e2fsprogs
say "getting the kernel"
# shellcheck disable=SC2154 # it sets kernel, release and headers
kernel_files 6.1-cloud

say "building kvmstat for $release"
make -s -C "$top" modules KVER="$release" KDIR="$headers"
make -s -C "$top" reader
root_image=$("$top/tests/lab/root.sh" "$kernel")

logs=$top/build/demo
# In some few emulated machines, with or without kvmstat, the machine stands still, or a
# guest waits for its IDE disk for ever (result 2), see boot.sh; in another it works.
for _ in 1 2 3; do
	say "booting an emulated machine with AMD-V"
	status=0
	"$top/tests/lab/boot.sh" --machine svm --kernel "$kernel" --smp 1 --disk "$root_image" \
		--timeout 240 --stall 60 --follow --out "$logs" --add "$top/tests/demo-guest.sh:cases/run" \
		--add "$top/kvmstat.ko:kvmstat.ko" --program "$top/build/kvmstat:bin/kvmstat" |
		grep --line-buffered -v '^lab: ' || status=$?
	[ "$status" = 3 ] || grep -qx 'lab: result 2' "$logs/results" || break
	say "the machine or a guest hung: once more, in another machine"
done
[ "$status" = 0 ] || exit "$status"

grep -qx 'lab: result 0' "$logs/results" || die "the demo's checks failed, see above; logs are in $logs"
"$top/tests/lab/klog-check.sh" "$logs/console.log"
say "all as it should be; logs are in $logs"
