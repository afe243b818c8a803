#!/bin/bash
# mounts.sh DIR COMMAND...: run the command so that nobody else sees what it mounts below DIR, and
# so that those mounts end with it. This needs no root if users may make namespaces. If the system
# allows no such mounts, the status is 125.
set -eu

dir=$(realpath "$1")
shift
user=''
[ "$(id -u)" = 0 ] || user=-r
why=$(unshare $user --mount true 2>&1) && exec unshare $user --mount "$@"

# In a chroot / is no mount point, so that unshare cannot make it private. DIR mounted on itself
# can be made private. Where the mounts of the chroot are shared, all see that one mount.
outside=''
end() { [ -n "$outside" ] || ! mountpoint -q "$dir" || umount -l "$dir"; }
! mountpoint -q "$dir" || outside=1
trap end EXIT
# shellcheck disable=SC2016 # its own
private='mountpoint -q "$0" || mount --bind "$0" "$0"; mount --make-rprivate "$0"; exec "$@"'
if unshare $user --mount --propagation unchanged sh -ec "$private" "$dir" true 2>/dev/null; then
	unshare $user --mount --propagation unchanged sh -ec "$private" "$dir" "$@"
else
	echo "error: this system allows no mounts of one's own here: $why" >&2
	exit 125
fi
