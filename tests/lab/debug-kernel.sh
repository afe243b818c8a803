#!/bin/bash
# debug-kernel.sh SUITES PACKAGE NAME: build the kernel of that package of sources, with KVM built in and
# with the detectors of NAME.config, into the cache, once; ten minutes. Prints its folder,
# laid out like those of scripts/kernel.sh, which calls this.
set -eu
lab=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib.sh
. "$lab/../../scripts/lib.sh"

need_packages make gcc libc6-dev flex bison bc libssl-dev libelf-dev xz-utils kmod
suites=$1 source=$2 configs=("$lab/common.config" "$lab/$3.config")
package=$(source_version "$suites" "$source")
key=$(cat "${configs[@]}" "$0" | sha256sum | cut -c1-12)
base=$(cache_dir)/debug-kernel/$3-$package-$key

if [ ! -e "$base/done" ]; then
	rm -rf "$base"
	mkdir -p "$base"
	unpack_source "$suites" "$source" "$base"
	cd "$base/$source"
	say "building it; the log is $base/log"
	{
		make tinyconfig
		scripts/kconfig/merge_config.sh -m .config "${configs[@]}"
		make olddefconfig
	} >"$base/log" 2>&1
	# An option that is gone or lacks what it needs would make the tests say less.
	grep -hE '^CONFIG_.*=' "${configs[@]}" | grep -vxFf .config &&
		die "the kernel does not take these options of $3.config and common.config, above"
	make -j"$(nproc)" bzImage modules >>"$base/log" 2>&1 || die "the kernel does not build; see $base/log"
	release=$(make -s kernelrelease)
	mkdir -p "$base/$release/boot" "$base/$release/usr/src"
	cp arch/x86/boot/bzImage "$base/$release/boot/vmlinuz-$release"
	make INSTALL_MOD_PATH="$base/$release" modules_install >>"$base/log" 2>&1
	ln -s "$PWD" "$base/$release/usr/src/linux-headers-$release"
	find . -name '*.o' ! -path './scripts/*' ! -path './tools/*' -delete
	echo "$release" >"$base/done"
fi
echo "$base/$(cat "$base/done")"
