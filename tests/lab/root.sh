#!/bin/bash
# root.sh FLAVOUR|DIR: make, or find in the cache, a disk image with all that runs real
# guests inside a lab machine: qemu, its libraries and firmware, a kernel and an initrd
# (guest-init, guestwork); and tmux, a terminal for full-screen programs. Prints the image's
# path; a case mounts it with mount_root (guestlib.sh).
set -eu
lab=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib.sh
. "$lab/../../scripts/lib.sh"

need_packages qemu-system-x86 e2fsprogs gcc libc6-dev tmux ncurses-base libc-bin
kernel_files "$1"
# shellcheck disable=SC2154 # set by kernel_files
fill_image() {
	local term
	mkdir -p "$1/firmware" "$1/guest"
	copy_program "$1" "$(command -v qemu-system-x86_64)" bin/qemu-system-x86_64
	cp -L /usr/share/seabios/bios-256k.bin /usr/share/qemu/{kvmvapic,linuxboot_dma}.bin "$1/firmware"
	# shellcheck disable=SC2154
	cp "$image" "$1/guest/vmlinuz"
	gcc -O2 -Wall -Wextra -Werror -static -s -o "$1/guest/guestwork" "$lab/guestwork.c"
	# shellcheck disable=SC2154
	"$lab/initrd.sh" --modules "$modules" --kmods "ata_piix sd_mod virtio_pci virtio_blk" \
		--add "$lab/guest-init:init" --add "$1/guest/guestwork:bin/guestwork" --out "$1/guest/initrd"

	copy_program "$1" "$(command -v tmux)" bin/tmux
	mkdir -p "$1/locale"
	cp -r /usr/lib/locale/C.utf8 "$1/locale"
	for term in xterm xterm-256color screen tmux tmux-256color vt100 linux dumb; do
		mkdir -p "$1/terminfo/${term:0:1}"
		cp -L "/lib/terminfo/${term:0:1}/$term" "$1/terminfo/${term:0:1}"
	done
}
# shellcheck disable=SC2154 # set by kernel_files
disk_image root "$release $(dpkg-query -W qemu-system-x86 seabios busybox-static libc6-dev tmux ncurses-base libc-bin)
$(cat "$lab"/{root.sh,guest-init,guestwork.c,initrd.sh})"
