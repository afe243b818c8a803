#!/bin/bash
# tools.sh: make, or find in the cache, a disk image with the tools that count or record
# VM exits today: perf, trace-cmd, bpftrace. Prints its path; see mount_root (guestlib.sh).
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"

need_packages linux-perf trace-cmd bpftrace e2fsprogs
fill_image() {
	local tool
	for tool in perf trace-cmd bpftrace; do
		copy_program "$1" "$(command -v $tool)" bin/$tool
	done
}
disk_image tools "$(dpkg-query -W linux-perf trace-cmd bpftrace libc6) $(cat "$0")"
