#!/bin/bash
# What `make demo` runs. On a machine without virtualization hardware, it builds kvmstat for
# a Debian kernel, boots that in an emulated AMD-V machine with three guests of its own,
# and shows how kvmstat can infer their work from their VM exits. See guest.sh.
set -eu -o pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"

# shellcheck disable=SC2086,SC2154 # words, from lib.sh
need_packages $reader_packages libelf1 busybox-static cpio kmod binutils e2fsprogs pahole xz-utils
say "getting the kernel"
# shellcheck disable=SC2154 # it sets kernel, release and headers
kernel_files 6.1-cloud

say "building kvmstat for $release"
make -s -C "$top" modules KVER="$release" KDIR="$headers"
make -s -C "$top" reader
root_image=$("$top/tests/lab/root.sh" "$kernel")

logs=$top/build/demo
say "booting an emulated machine with AMD-V"
"$top/tests/lab/boot.sh" --machine svm --kernel "$kernel" --smp 2 --disk "$root_image" \
	--timeout 600 --stall 120 --follow --out "$logs" --add "$top/tests/demo/guest.sh:cases/run" \
	--add "$top/kvmstat.ko:kvmstat.ko" --program "$top/build/kvmstat:bin/kvmstat" |
	grep --line-buffered -v '^lab: '
grep -qx 'lab: result 0' "$logs/results" || die "the demo's checks failed, see above; logs are in $logs"
"$top/tests/lab/klog-check.sh" "$logs/console.log"
say "all as it should be; logs are in $logs"
