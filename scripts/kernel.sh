#!/bin/bash
# kernel.sh FLAVOUR: fetch a Debian kernel and its headers into the cache, installing
# nothing, and print shell-evaluable lines: kernel= (the folder it is in) release=
# image= modules= headers= (what to pass as KDIR to build a module for it).
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# flavour | package for the image | package for the headers | its releases
flavours='
6.1-cloud | linux-image-cloud-amd64 | linux-headers-cloud-amd64 | 6.1.*
6.1       | linux-image-amd64       | linux-headers-amd64       | 6.1.*
'

[ $# = 1 ] || die "usage: kernel.sh FLAVOUR, one of:$(awk 'NF { printf " %s", $1 }' <<<"$flavours")"
IFS='| ' read -r _ image_meta headers_meta releases < <(awk -v f="$1" '$1 == f' <<<"$flavours") ||
	die "no kernel flavour '$1'; there are:$(awk 'NF { printf " %s", $1 }' <<<"$flavours")"

# depends PKG...: the packages that they depend on.
depends() { apt-cache depends "$@" 2>/dev/null | awk '$1 == "Depends:" { print $2 }'; }

# The two meta packages depend on one package each, named after the release.
resolve() { depends "$image_meta" "$headers_meta" | xargs; }
resolved=$(resolve)
[ -n "$resolved" ] || { apt_update; resolved=$(resolve); }
read -r image_pkg headers_pkg <<<"$resolved"
release=${image_pkg#linux-image-}
# shellcheck disable=SC2254 # the table holds a pattern
case $release in
$releases) ;;
*) die "the apt sources offer ${release:-nothing} as $image_meta, not $releases; this flavour needs a Debian 12 machine" ;;
esac
[ "$headers_pkg" = "linux-headers-$release" ] ||
	die "$image_meta and $headers_meta are of different releases ($release, ${headers_pkg#linux-headers-}); run apt-get update"

root=$(cache_dir)/kernel/$release

fetch() {
	# The headers come in three parts: this flavour's, -common and the kbuild tools.
	local parts work
	need_packages kmod
	mapfile -t parts < <(depends "$headers_pkg" | grep -E '^linux-(headers|kbuild)-')
	work=$(mktemp -d "$(cache_dir)/kernel-$release.XXXXXX")
	# shellcheck disable=SC2064 # this very folder
	trap "rm -rf '$work'" EXIT
	chmod 755 "$work"
	mkdir "$work/debs"
	download "$work/debs" "$image_pkg" "$headers_pkg" "${parts[@]}"
	say "unpacking kernel $release"
	for deb in "$work"/debs/*.deb; do
		dpkg -x "$deb" "$work/root"
	done

	# The packages refer to each other by absolute paths: point those into the cache.
	sed -i "s|/usr/src/|$root/usr/src/|g" "$work/root/usr/src/linux-headers-$release/Makefile"
	find "$work/root" -type l -lname '/usr/*' -printf '%p %l\n' | while read -r link target; do
		ln -sfn "$root$target" "$link"
	done
	depmod -b "$work/root" "$release"

	# Only a whole tree ever gets the final name.
	mkdir -p "${root%/*}"
	mv -T "$work/root" "$root"
}

[ -d "$root" ] || fetch
kernel_files "$root"
# shellcheck disable=SC2154 # kernel_files sets them
printf '%s=%q\n' kernel "$kernel" release "$release" image "$image" modules "$modules" headers "$headers"
