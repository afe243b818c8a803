#!/bin/bash
# selftests.sh SUITES PACKAGE: build the kernel's own tests of KVM (tools/testing/selftests/kvm) from that
# package of sources into the cache, once. Prints the folder of the programs, which are static.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"

need_packages make gcc libc6-dev xz-utils rsync binutils
suites=$1 source=$2
package=$(source_version "$suites" "$source")
base=$(cache_dir)/selftests/$package

if [ ! -e "$base" ]; then
	work=$(mktemp -d "$(cache_dir)/selftests.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	unpack_source "$suites" "$source" "$work"
	say "building KVM's selftests"
	quietly make -s -C "$work/$source" ARCH=x86 headers_install
	# Some need libraries that are not static, or kernel options that are not there.
	make -k -j"$(nproc)" -C "$work/$source/tools/testing/selftests/kvm" ARCH=x86 LDFLAGS=-static >"$work/log" 2>&1 || :
	mkdir "$work/programs"
	find "$work/$source/tools/testing/selftests/kvm" -type f -perm -100 ! -name '*.sh' -exec mv -t "$work/programs" {} +
	strip "$work/programs"/*
	mkdir -p "${base%/*}"
	mv -T "$work/programs" "$base"
fi
echo "$base"
