#!/bin/bash
# inroot.sh ROOT COMMAND...: run the command with ROOT, a folder that toolchain.sh made, as its /.
# This tree and the cache have the same paths inside as outside.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"

root=$1
shift
# shellcheck disable=SC2016 # its own
exec "$here/mounts.sh" "$root" sh -eu -c '
	root=$1 here=$2
	shift 2
	for dir in /proc /dev "$1" "$2"; do
		mkdir -p "$root$dir"
		mount --rbind "$dir" "$root$dir"
	done
	shift 2
	exec chroot "$root" /usr/bin/env -C "$here" PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 PERL_BADLANG=0 "$@"
' sh "$root" "$PWD" "${here%/*}" "$(cache_dir)" "$@"
