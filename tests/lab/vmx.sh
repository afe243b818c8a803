# The Intel VT-x machine of boot.sh: Bochs emulates VMX with EPT, on one CPU. Bochs boots
# from a CD, so kernel and initrd go into an ISO image. Bochs is bookworm's, unpacked, whatever
# this machine's release is.
# shellcheck shell=bash disable=SC2034,SC2154 # its variables are boot.sh's
prepare() {
	[ -z "$smp$icount${disks[*]}" ] || die "boot.sh: the vmx machine has no --smp, --disk or --icount"
	local iso=$work/iso mem_mb=${mem:-512} bochs
	need_packages xorriso
	bochs=$(unpacked bookworm amd64 bochs bochs-term bochsbios vgabios isolinux syslinux-common)
	foreign "$bochs" /usr/bin/bochs-bin
	make_initrd

	mkdir "$iso"
	cp "$bochs"/usr/lib/ISOLINUX/isolinux.bin "$bochs"/usr/lib/syslinux/modules/bios/ldlinux.c32 "$iso"
	cp "$image" "$iso/vmlinuz"
	mv "$work/initrd" "$iso/initrd"
	printf '%s\n' "default lab" "label lab" "kernel vmlinuz" "append initrd=initrd console=ttyS0,115200 quiet loglevel=3 \
nokaslr mitigations=off tsc=reliable lpj=4000000 no_timer_check cryptomgr.notests \
initcall_blacklist=load_system_certificate_list random.trust_cpu=on lsm= audit=0 nohpet=1 panic=-1 $append" >"$iso/isolinux.cfg"
	xorriso -report_about FAILURE -as mkisofs -o "$work/boot.iso" -b isolinux.bin -c boot.cat \
		-no-emul-boot -boot-load-size 4 -boot-info-table "$iso" 2>"$out/emulator.log" ||
		die "xorriso could not make $work/boot.iso; see $out/emulator.log"

	# Bochs has no room for the long path of its plugins.
	ln -s "$bochs/usr/lib/x86_64-linux-gnu/bochs/plugins" "$work/plugins"
	# The kernel hangs on newer CPU models.
	cat >"$work/bochsrc" <<-EOT
	display_library: term
	cpu: model=broadwell_ult, count=1, ips=100000000, reset_on_triple_fault=0, ignore_bad_msrs=1
	clock: sync=none
	memory: guest=$mem_mb, host=$mem_mb
	romimage: file=$bochs/usr/share/bochs/BIOS-bochs-latest, options=fastboot
	vgaromimage: file=$bochs/usr/share/vgabios/vgabios.bin
	vga: extension=none, update_freq=1
	pci: enabled=1, chipset=i440fx
	ata0-master: type=cdrom, path=$work/boot.iso, status=inserted
	boot: cdrom
	floppy_bootsig_check: disabled=1
	com1: enabled=1, mode=file, dev=$out/console.log
	com2: enabled=1, mode=file, dev=$out/results
	log: /dev/null
	panic: action=fatal
	error: action=ignore
	info: action=ignore
	debug: action=ignore
	EOT
	# Debian builds the debugger in. The command "c" continues.
	echo c >"$work/bochs.debug"
	command=(env TERM=xterm LTDL_LIBRARY_PATH="$work/plugins" "${foreign[@]}" -q -f "$work/bochsrc" -rc "$work/bochs.debug")
}
