# Functions that cases inside a lab machine share; source /lib/guestlib.sh.
# shellcheck shell=sh

# klog: print the kernel's messages since the last call. init writes them to the console at the end.
klog() { dmesg -c | tee -a /tmp/klog; }

# save NAME FILE: put FILE into the results. boot.sh saves it as DIR/files/NAME.
save() {
	{
		echo "lab: file $1"
		gzip -c "$2" | base64
		echo "lab: file end"
	} >"$LAB_TTY"
}

# kvm_vendor: print amd or intel, by the processor's features, or the name of another architecture.
kvm_vendor() {
	case $(uname -m) in
	aarch64 | riscv64) uname -m; return ;;
	esac
	if grep -qw svm /proc/cpuinfo; then
		echo amd
	elif grep -qw vmx /proc/cpuinfo; then
		echo intel
	else
		echo "lab: this machine has neither svm nor vmx" >&2
		return 1
	fi
}

# On arm64, KVM is built into the kernel.
kvm_load() {
	case $(kvm_vendor) in
	riscv64) modprobe kvm ;;
	*) modprobe "kvm-$(kvm_vendor)" ;;
	esac
}

kvm_unload() {
	case $(kvm_vendor) in
	riscv64) ;;
	*) rmmod "kvm_$(kvm_vendor)" ;;
	esac && rmmod kvm
}

# mount_root: mount the disk of root.sh, or of another disk_image, which is the first virtio disk, on
# /root for guest and root_program, and make its terminals and locale available to all programs.
mount_root() {
	modprobe virtio_pci && modprobe virtio_blk && modprobe ext4 &&
		mkdir -p /root /usr/lib && mount -t ext4 -o ro /dev/vda /root &&
		ln -s /root/terminfo /lib/terminfo && ln -s /root/locale /usr/lib/locale
}

# root_program NAME ARGUMENT...: become a program of that disk, with its own libraries.
root_program() {
	program=$1
	shift
	exec /root/lib/ld-linux-x86-64.so.2 --library-path /root/lib "/root/bin/$program" "$@"
}

# The command line of a guest's kernel, behind kind=.
guest_cmdline="quiet loglevel=1 mitigations=off tsc=reliable cryptomgr.notests random.trust_cpu=on audit=0 initcall_blacklist=load_system_certificate_list"
# guest NAME KIND OPTION...: run guest-init in a guest of its own. The guest writes only one word,
# to its serial port, which goes to /tmp/NAME.log. The options are QEMU's, after those here
# (-m 512 gives it more memory); its vCPUs' threads are "CPU 0/KVM" and so on. On a busy host, the
# guest may fail to calibrate its APIC's timer. It must not take the HPET instead, whose
# every use is an exit to the VMM.
# For KIND memory, transparent huge pages must be off. A guest that resets itself
# ends. The function does not return.
guest() {
	name=$1 kind=$2
	shift 2
	root_program qemu-system-x86_64 -L /root/firmware -name "$name,debug-threads=on" \
		-M pc,hpet=off -accel kvm -cpu host -m 128 -nodefaults -no-user-config -display none -no-reboot \
		-serial "file:/tmp/$name.log" -kernel /root/guest/vmlinuz -initrd /root/guest/initrd \
		-append "kind=$kind $guest_cmdline" "$@"
}
