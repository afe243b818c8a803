# The riscv64 machine of boot.sh: QEMU's emulator has the hypervisor extension.
# shellcheck shell=bash disable=SC2034,SC2154 # its variables are boot.sh's

prepare() {
	need_packages binutils-riscv64-linux-gnu
	eval "$("$scripts/emulator.sh" riscv64)"
	kmods=kvm strip=riscv64-linux-gnu-strip busybox=$(foreign_busybox riscv64 trixie)
	make_initrd --gzip
	command=("${emulator[@]}" -machine virt -cpu "rv64,h=true"
		-smp "${smp:-2}" -m "${mem:-1024}" -nodefaults -no-user-config -display none -no-reboot
		-serial "file:$out/console.log" -chardev "file,id=results,path=$out/results"
		-device "pci-serial,chardev=results"
		-kernel "$image" -initrd "$work/initrd"
		-append "console=ttyS0 quiet loglevel=4 panic=-1 cryptomgr.notests lab.tty=ttyS1 $append")
	accelerate
}
