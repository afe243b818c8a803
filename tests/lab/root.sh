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
fill_image() {
	mkdir -p "$1/firmware" "$1/guest"
	copy_program "$1" "$(command -v qemu-system-x86_64)" bin/qemu-system-x86_64
	cp -L /usr/share/seabios/bios-256k.bin /usr/share/qemu/{kvmvapic,linuxboot_dma}.bin "$1/firmware"
	# shellcheck disable=SC2154
	cp "$image" "$1/guest/vmlinuz"
	# shellcheck disable=SC2154
	"$lab/initrd.sh" --modules "$modules" --kmods "ata_piix sd_mod virtio_pci virtio_blk" \
		--add "$lab/guest-init:init" --out "$1/guest/initrd"
}
# shellcheck disable=SC2154 # set by kernel_files
disk_image root "$release $(dpkg-query -W qemu-system-x86 seabios busybox-static)
$(cat "$lab/root.sh" "$lab/guest-init" "$lab/initrd.sh")"
