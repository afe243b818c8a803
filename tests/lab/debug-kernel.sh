#!/bin/bash
# debug-kernel.sh SUITES PACKAGE: build the kernel of that package of sources with KASAN, lockdep,
# kmemleak and KVM built in (debug.config) into the cache, once; ten minutes. Prints its folder,
# laid out like those of scripts/kernel.sh, which calls this.
set -eu
lab=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib.sh
. "$lab/../../scripts/lib.sh"

need_packages make gcc libc6-dev flex bison bc libssl-dev libelf-dev xz-utils kmod
suites=$1 source=$2
offered() {
	archive "$suites" amd64 apt-cache show --no-all-versions "$source" 2>/dev/null |
		sed -n "s/^Filename: .*\/\(${source}_.*\)_all.deb/\1/p"
}
package=$(offered)
[ -n "$package" ] || { archive_update "$suites" amd64; package=$(offered); }
[ -n "$package" ] || die "$suites offers no $source; see scripts/kernels"
key=$(cat "$lab/debug.config" "$0" | sha256sum | cut -c1-12)
base=$(cache_dir)/debug-kernel/$package-$key

if [ ! -e "$base/done" ]; then
	rm -rf "$base"
	mkdir -p "$base"
	cd "$base"
	download "$base" "$suites" amd64 "$source"
	dpkg-deb --fsys-tarfile ./"$source"_*.deb | tar -xO ./usr/src/"$source".tar.xz | tar -xJ
	rm ./"$source"_*.deb
	cd "$source"
	say "building it; the log is $base/log"
	{
		make tinyconfig
		scripts/kconfig/merge_config.sh -m .config "$lab/debug.config"
		make olddefconfig
	} >"$base/log" 2>&1
	# An option that is gone or lacks what it needs would make the tests say less.
	grep -E '^CONFIG_.*=' "$lab/debug.config" | grep -vxFf .config &&
		die "the kernel does not take these options of debug.config, above"
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
