#!/bin/bash
# root.sh FLAVOUR|DIR: make, or find in the cache, a disk image with everything that real guests
# inside a lab machine need, which is qemu, its libraries and firmware, a kernel and an initrd
# (guest-init, guestwork, vmm); and tmux, a terminal for full-screen programs. The programs come
# from trixie, with their own libraries, whatever this machine's release is. Prints the image's
# path; a case mounts the image with mount_root (guestlib.sh).
set -eu
lab=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib.sh
. "$lab/../../scripts/lib.sh"

need_packages e2fsprogs gcc libc6-dev binutils
kernel_files "$1"
emulator=$(unpacked trixie,trixie-backports amd64 qemu-system-x86)
terminal=$(unpacked trixie amd64 tmux ncurses-term libc-bin)
# shellcheck disable=SC2154 # set by kernel_files
fill_image() {
	local term
	mkdir -p "$1/bin" "$1/firmware" "$1/guest" "$1/locale"
	cp "$emulator/usr/bin/qemu-system-x86_64" "$terminal/usr/bin/tmux" "$1/bin"
	copy_libraries "$emulator" "$1/lib" "$1/bin/qemu-system-x86_64"
	copy_libraries "$terminal" "$1/lib" "$1/bin/tmux"
	cp -L "$emulator"/usr/share/seabios/bios-256k.bin "$emulator"/usr/share/qemu/{kvmvapic,linuxboot_dma}.bin "$1/firmware"
	# shellcheck disable=SC2154
	cp "$image" "$1/guest/vmlinuz"
	gcc -O2 -Wall -Wextra -Werror -static -s -o "$1/guest/guestwork" "$lab/guestwork.c"
	gcc -O2 -Wall -Wextra -Werror -static -pthread -s -o "$1/guest/vmm" "$lab/vmm.c"
	# shellcheck disable=SC2154
	"$lab/initrd.sh" --modules "$modules" --kmods "ata_piix sd_mod virtio_pci virtio_blk virtio_net virtio_scsi virtio_balloon kvm-amd msr" \
		--add "$lab/guest-init:init" --add "$1/guest/guestwork:bin/guestwork" --add "$1/guest/vmm:bin/vmm" \
		--out "$1/guest/initrd"

	cp -r "$terminal/usr/lib/locale/C.utf8" "$1/locale"
	for term in xterm xterm-256color screen tmux tmux-256color vt100 linux dumb; do
		mkdir -p "$1/terminfo/${term:0:1}"
		cp -L "$(find "$terminal/usr/lib/terminfo" "$terminal/usr/share/terminfo" -name "$term" 2>/dev/null | head -n 1)" \
			"$1/terminfo/${term:0:1}"
	done
}
# shellcheck disable=SC2154 # set by kernel_files
disk_image root "$release $emulator $terminal $(dpkg-query -W busybox-static libc6-dev)
$(cat "$lab"/{root.sh,guest-init,guestwork.c,vmm.c,guest_x86.h,initrd.sh})"
