#!/bin/bash
# inroot.sh ROOT COMMAND...: run it with ROOT, a folder that toolchain.sh made, as its /;
# this tree and the cache are where they are outside. Needs no root where a user may have
# a namespace.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

root=$1
shift
top=$(cd "$(dirname "$0")/.." && pwd)
as=''
[ "$(id -u)" = 0 ] || {
	as=-r
	unshare -rm true 2>/dev/null ||
		die "building with $root needs user namespaces, which this system denies to users; run it as root"
}
# shellcheck disable=SC2016 # its own
exec unshare $as -m sh -eu -c '
	root=$1 here=$2
	shift 2
	for dir in /proc /dev "$1" "$2"; do
		mkdir -p "$root$dir"
		mount --bind "$dir" "$root$dir"
	done
	shift 2
	exec chroot "$root" /usr/bin/env -C "$here" PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 PERL_BADLANG=0 "$@"
' sh "$root" "$PWD" "$top" "$(cache_dir)" "$@"
