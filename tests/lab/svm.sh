# The AMD-V machine of boot.sh: QEMU's emulator has SVM with nested paging.
# shellcheck shell=bash disable=SC2034,SC2154 # its variables are boot.sh's

prepare() {
	local disk cpu=max
	# KVM intercepts PAUSE only if the processor counts PAUSEs and lets some pass. QEMU
	# has these feature bits when forced, and lets none pass.
	[ -z "$pause" ] || cpu=$cpu,pause-filter=on,pfthreshold=on,x-force-features=on
	# KVM on a PREEMPT_RT kernel requires an invariant TSC, which QEMU has but does not announce.
	[[ $release != *-rt-* ]] || cpu=$cpu,invtsc=on,x-force-features=on
	eval "$("$scripts/emulator.sh" amd64)"
	# The machine's TSC is this host's. Its kernel would measure it while the PIT counts, and find it several
	# times slower if the machine was not running when the PIT began. (Linux has the option since 5.10.)
	if [ -z "$icount" ] && [ "$(uname -m)" = x86_64 ]; then
		need_packages gcc libc6-dev
		gcc -O2 -o "$work/tsckhz" "$lab/tsckhz.c"
		append="tsc_early_khz=$("$work/tsckhz")$append"
	fi
	make_initrd --gzip
	smp=${smp:-2}
	command=("${emulator[@]}" -machine q35 -cpu "$cpu" -smp "$smp" -m "${mem:-1024}"
		-nodefaults -no-user-config -display none -no-reboot -d cpu_reset -D "$out/qemu.log"
		-serial "file:$out/console.log" -serial "file:$out/results"
		-kernel "$image" -initrd "$work/initrd"
		-append "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off tsc=reliable cryptomgr.notests $append")
	for disk in ${disks[@]+"${disks[@]}"}; do
		command+=(-drive "file=$disk,if=virtio,format=raw,snapshot=on")
	done
	accelerate
}
