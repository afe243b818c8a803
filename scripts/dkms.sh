#!/bin/sh
# dkms.sh remove|install VERSION KVER: make DKMS forget every kvmstat that make dkms-install
# added, or build and install the version whose source is in /usr/src.
set -eu
action=$1 version=${2:-} kver=${3:-}

no() {
	echo "kvmstat: $*" >&2
	exit 1
}

command -v dkms >/dev/null || no "there is no dkms: install it (Debian: apt install dkms)"
[ ! -e /var/lib/dpkg/info/kvmstat-dkms.list ] || no "DKMS has kvmstat from the package kvmstat-dkms: remove that first (apt remove kvmstat-dkms)"
[ "$(id -u)" = 0 ] || no "DKMS needs root: sudo make dkms-$action"

case $action in
remove)
	for source in /var/lib/dkms/kvmstat/*/source; do
		[ -L "$source" ] || continue
		version=$(basename "$(dirname "$source")")
		dkms remove "kvmstat/$version" --all
		rm -rf "/usr/src/kvmstat-$version"
	done
	;;
install)
	dkms add "kvmstat/$version"
	dkms install "kvmstat/$version" -k "$kver"
	;;
esac
