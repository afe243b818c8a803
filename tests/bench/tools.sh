#!/bin/bash
# tools.sh: make, or find in the cache, a disk image with perf, trace-cmd and bpftrace, which count
# or record VM exits today, in Debian 12's versions. Prints the image's path; see
# mount_root (guestlib.sh).
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"

need_packages e2fsprogs binutils
unpacked=$(unpacked bookworm amd64 linux-perf trace-cmd bpftrace)
fill_image() {
	local tool
	mkdir "$1/bin"
	for tool in perf trace-cmd bpftrace; do
		cp -L "$unpacked/usr/bin/$tool" "$1/bin"
		copy_libraries "$unpacked" "$1/lib" "$1/bin/$tool"
	done
}
disk_image tools "$unpacked $(cat "$0")"
