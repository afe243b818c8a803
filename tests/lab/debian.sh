#!/bin/bash
# debian.sh: make, or find in the cache, a disk image with systemd and libvirt, of trixie. With
# lab.systemd on the kernel's command line, init makes the second virtio disk its root, where systemd
# becomes process 1. busybox stands in for whatever the packages lack. Prints the image's path.
set -eu
lab=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib.sh
. "$lab/../../scripts/lib.sh"

need_packages e2fsprogs busybox-static
# The command's libraries are among these.
debian=$(unpacked trixie amd64 systemd-sysv systemd-container dbus libvirt-daemon libvirt-daemon-driver-qemu \
	libvirt-clients libjansson4 libinih1 libproc2-0 libncursesw6 zlib1g libelf1)
fill_image() {
	local applet
	cp -a "$debian/." "$1"
	rm -rf "$1"/usr/share/{doc,locale,man} "$1"/usr/bin/qemu-system-{amd64,i386,x86_64-microvm} "$1"/usr/lib/*/gconv
	cp "$(command -v busybox)" "$1/usr/bin"
	busybox --list | while read -r applet; do
		[ -e "$1/usr/bin/$applet" ] || [ -e "$1/usr/sbin/$applet" ] || ln -s busybox "$1/usr/bin/$applet"
	done
	printf '%032d\n' 1 >"$1/etc/machine-id"
	rm -rf "$1/var/run" && ln -s /run "$1/var/run"
	echo 'u libvirt-qemu 64055' >"$1/usr/lib/sysusers.d/libvirt-qemu.conf"
	ln -s /dev/null "$1/etc/systemd/system/ldconfig.service"
	printf '%s\n' 'user = "root"' 'group = "root"' 'security_driver = "none"' 'stdio_handler = "file"' >"$1/etc/libvirt/qemu.conf"
	cat >"$1/usr/lib/systemd/system/lab.service" <<-EOT
		[Unit]
		Requires=basic.target
		After=basic.target
		[Service]
		ExecStart=/init
	EOT
}
disk_image debian "$debian $(dpkg-query -W busybox-static) $(cat "$0")"
