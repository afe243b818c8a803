#!/bin/bash
# root.sh FLAVOUR|DIR: make, or find in the cache, a disk image with all that runs real
# guests inside a lab machine: qemu, its libraries and firmware, a kernel and an initrd
# (guest-init). Prints the image's path; a case mounts it with mount_root (guestlib.sh).
set -eu
lab=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib.sh
. "$lab/../../scripts/lib.sh"

need_packages qemu-system-x86 e2fsprogs
kernel_files "$1"
# shellcheck disable=SC2154 # set by kernel_files
key=$(printf '%s\n' "$release" "$(dpkg-query -W qemu-system-x86 seabios busybox-static)" \
	"$(cat "$lab/root.sh" "$lab/guest-init" "$lab/initrd.sh")" | sha256sum | cut -c1-16)
img=$(cache_dir)/root-$key.img
if [ ! -e "$img" ]; then
	say "making the disk image with qemu and the guests' kernel"
	work=$(mktemp -d "$img.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	root=$work/root
	mkdir -p "$root/firmware" "$root/guest"
	copy_program "$root" "$(command -v qemu-system-x86_64)" bin/qemu-system-x86_64
	cp -L /usr/share/seabios/bios-256k.bin /usr/share/qemu/{kvmvapic,linuxboot_dma}.bin "$root/firmware"
	# shellcheck disable=SC2154
	cp "$image" "$root/guest/vmlinuz"
	# shellcheck disable=SC2154
	"$lab/initrd.sh" --modules "$modules" --kmods "ata_piix sd_mod virtio_pci virtio_blk" \
		--add "$lab/guest-init:init" --out "$root/guest/initrd"
	truncate -s "$(($(du -sm "$root" | cut -f1) * 5 / 4 + 8))M" "$work/img"
	mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$root" "$work/img"
	mv "$work/img" "$img"
fi
echo "$img"
