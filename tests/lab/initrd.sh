#!/bin/bash
# initrd.sh: make an initramfs of busybox, of some kernel modules with their dependencies,
# and of any files asked for.
#   --modules DIR    a lib/modules/<release> folder
#   --kmods "NAME.." the modules to take from it
#   --busybox FILE, --strip COMMAND   the programs for another architecture
#   --add SRC:DST    a file, as /DST there (init among them), or the files of a folder, in
#                    /DST; can be repeated
#   --program SRC:DST  the same, with the shared libraries that it needs
#   --gzip           compress it (quicker for QEMU; Bochs is quicker without)
#   --out FILE
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"

modules='' kmods='' out='' pack=cat busybox=busybox strip=strip add=() programs=()
while [ $# -gt 0 ]; do
	case $1 in
	--modules) modules=$2; shift 2 ;;
	--kmods) kmods=$2; shift 2 ;;
	--busybox) busybox=$2; shift 2 ;;
	--strip) strip=$2; shift 2 ;;
	--add) add+=("$2"); shift 2 ;;
	--program) programs+=("$2"); shift 2 ;;
	--gzip) pack='gzip -1'; shift ;;
	--out) out=$2; shift 2 ;;
	*) die "initrd.sh: unknown option $1; see the top of the file" ;;
	esac
done

need_packages busybox-static cpio kmod binutils xz-utils
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
mkdir -p "$root"/{bin,lib,proc,sys,dev,tmp,mnt}

# The applets are this machine's. Another architecture's busybox may lack a few of them.
cp "$(command -v "$busybox")" "$root/bin/busybox"
busybox --list | grep -vx busybox | while read -r applet; do
	ln -s busybox "$root/bin/$applet"
done

release=$(basename "$modules")
copy_modules() {
	local kmod file to
	for kmod in $kmods; do
		modprobe -d "${modules%/lib/modules/*}" -S "$release" --show-depends "$kmod"
	done | awk '$1 == "insmod" { print $2 }' | sort -u | while read -r file; do
		to=$root/lib/modules/$release/${file##*/"$release"/}
		mkdir -p "${to%/*}"
		case $file in
		*.xz) to=${to%.xz} && xz -dc "$file" >"$to" ;;
		*) cp "$file" "$to" ;;
		esac
		"$strip" --strip-debug "$to"
	done
	# modules.dep leaves out built-in modules. Without these files, modprobe would call them missing.
	cp "$modules"/modules.{builtin,builtin.modinfo,order} "$root/lib/modules/$release/"
	depmod -b "$root" "$release"
	rm "$root/lib/modules/$release"/*.bin
}
mkdir -p "$root/lib/modules/$release"
copy_modules

for pair in ${add[@]+"${add[@]}"}; do
	src=${pair%%:*} dst=$root/${pair#*:}
	[ -e "$src" ] || die "initrd.sh: $src, to be added, does not exist"
	mkdir -p "${dst%/*}"
	cp -LRT "$src" "$dst"
done
for pair in ${programs[@]+"${programs[@]}"}; do
	copy_program "$root" "${pair%%:*}" "${pair#*:}"
done

(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0) | $pack >"$out"
