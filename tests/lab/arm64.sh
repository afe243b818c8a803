# The part that boot.sh's arm64 machines share. QEMU's emulator has EL2, and a GIC that guests can use.
# shellcheck shell=bash disable=SC2034,SC2154 # its variables are boot.sh's

# prepare_arm64 CPU
prepare_arm64() {
	need_packages binutils-aarch64-linux-gnu
	eval "$("$scripts/emulator.sh" arm64)"
	# KVM is built into the kernel.
	kmods='' strip=aarch64-linux-gnu-strip busybox=$(foreign_busybox arm64 bookworm)
	make_initrd --gzip
	# The board's own serial port is the console. A port on the PCI bus carries the results.
	command=("${emulator[@]}" -machine "virt,virtualization=on,gic-version=3" -cpu "$1"
		-smp "${smp:-2}" -m "${mem:-1024}" -nodefaults -no-user-config -display none -no-reboot
		-serial "file:$out/console.log" -chardev "file,id=results,path=$out/results"
		-device "pci-serial,chardev=results"
		-kernel "$image" -initrd "$work/initrd"
		-append "console=ttyAMA0 quiet loglevel=4 panic=-1 mitigations=off cryptomgr.notests lab.tty=ttyS0 $append")
	accelerate
}
