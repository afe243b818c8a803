#!/bin/bash
# kernel.sh KERNEL[@RELEASE]: fetch a kernel of scripts/kernels and its headers into the cache,
# without installing anything, and print shell-evaluable lines. The lines are kernel= (the folder of
# the kernel) release= image= modules= headers= (KDIR, to build a module for it) arch= compiler= (its
# CC) kmake= (the make that builds a module for it, either this machine's or one with that
# compiler, see inroot.sh). With RELEASE, the kernel is the one of that release that an earlier
# call left in the cache, whatever the archive offers now. A kernel of which the list has the
# sources is built (debug-kernel.sh).
set -eu
trap 'echo "error: kernel.sh, line $LINENO: status $?" >&2' ERR
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"

[ $# = 1 ] || die "usage: kernel.sh KERNEL[@RELEASE], one of: $(kernels | cut -d' ' -f1 | xargs)"
name=${1%@*}
read -r _ arch suites image_meta headers_meta lowest cc _ < <(kernels | awk -v k="$name" '$1 == k') ||
	die "no kernel '$name'; there are: $(kernels | cut -d' ' -f1 | xargs)"
host=$(dpkg --print-architecture)
compiler=${cc%@*}

# resolve: print the kernel's packages; each is named after the release. The headers of 6.12 also
# depend on an image, signed or unsigned; with two architectures, kbuild appears twice.
resolve() {
	archive "$suites" "$arch" apt-cache depends --recurse --no-recommends --no-suggests \
		--no-conflicts --no-breaks --no-replaces --no-enhances "$image_meta" "$headers_meta" 2>/dev/null |
		sed 's/:.*//' | grep -xE 'linux-(image|base|binary|modules|headers|kbuild)-[0-9]\S*' | grep -v -e '-unsigned$' | sort -u | xargs
}
released() {
	resolved=$(resolve)
	release=$(tr ' ' '\n' <<<"$resolved" | sed -n 's/^linux-image-//p' | xargs)
	root=$(cache_dir)/kernel/$release
}
if [[ $image_meta = linux-source-* ]]; then
	root=$("$here/../tests/lab/debug-kernel.sh" "$suites" "$image_meta" "${name#*-}")
	release=${root##*/}
elif [ "$name" != "$1" ]; then
	release=${1#*@} root=$(cache_dir)/kernel/${1#*@}
	[ -d "$root" ] || die "the cache has no kernel $release; it has: $(cd "$(cache_dir)/kernel" 2>/dev/null && echo *)"
else
	released
	# If a kernel must be fetched, fetch the newest.
	if [ -z "$release" ] || [ ! -d "$root" ]; then
		archive_update "$suites" "$arch"
		released
	fi
	dpkg --compare-versions "${release:-0}" ge "$lowest" ||
		die "$suites offers ${release:-nothing} as $image_meta, which is below $lowest; see scripts/kernels"
	[[ " $resolved " = *" linux-headers-$release "* ]] ||
		die "$image_meta ($release) and $headers_meta of $suites are of different releases"
fi

fetch() {
	# The tools of the headers run on this machine.
	local work pkg packages=()
	need_packages kmod
	for pkg in $resolved; do
		[[ $pkg != linux-kbuild-* ]] || pkg=$pkg:$host
		packages+=("$pkg")
	done
	work=$(mktemp -d "$(cache_dir)/kernel-$release.XXXXXX")
	# shellcheck disable=SC2064 # this very folder
	trap "rm -rf '$work'" EXIT
	chmod 755 "$work"
	mkdir "$work/debs"
	download "$work/debs" "$suites" "$arch" "${packages[@]}"
	say "unpacking kernel $release"
	for deb in "$work"/debs/*.deb; do
		dpkg -x "$deb" "$work/root"
	done

	# From 7.x on, all files are below /usr, and the image is beside the modules.
	[ -e "$work/root/lib" ] || ln -s usr/lib "$work/root/lib"
	[ -e "$work/root/boot" ] || {
		mkdir "$work/root/boot"
		ln -s "../lib/modules/$release/vmlinuz" "$work/root/boot/vmlinuz-$release"
	}
	# The image for riscv64 is not compressed.
	[ ! -e "$work/root/boot/vmlinux-$release" ] || ln -s "vmlinux-$release" "$work/root/boot/vmlinuz-$release"
	# The packages refer to each other by absolute paths. Make these links point into the cache.
	sed -i "s|/usr/src/|$root/usr/src/|g" "$work/root/usr/src/linux-headers-$release/Makefile"
	find "$work/root" -type l -lname '/usr/*' -printf '%p %l\n' | while read -r link target; do
		ln -sfn "$root$target" "$link"
	done
	depmod -b "$work/root" "$release"

	# The final name is given only to a complete tree.
	mkdir -p "${root%/*}"
	mv -T "$work/root" "$root"
}

[ -d "$root" ] || (fetch)
kernel_files "$root"
case $cc in
*@*) kmake="$here/inroot.sh $("$here/toolchain.sh" "${cc#*@}" "$compiler") make" ;;
*)
	need_packages make pahole "$(compiler_package "$compiler")"
	kmake='make'
	;;
esac
# shellcheck disable=SC2154 # kernel_files sets them
printf '%s=%q\n' kernel "$kernel" release "$release" image "$image" modules "$modules" headers "$headers" \
	arch "$arch" compiler "$compiler" kmake "$kmake"
