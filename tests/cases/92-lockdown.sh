# The kernel is locked down, first for integrity, then for confidentiality, and at last takes signed modules
# only, as with Secure Boot. Nothing but a boot takes that back, so this case has a machine of its own.
# shellcheck shell=sh disable=SC2154 # from lib.sh

lock=/sys/kernel/security/lockdown
mount -t securityfs securityfs /sys/kernel/security
[ -e $lock ] || { skip "the kernel has no lockdown"; return; }

# refused WORDS WORDS: the module, which is not signed, does not load; insmod and the kernel's log say why.
refused() {
	klog >/dev/null
	insmod /kvmstat.ko 2>said
	yes "insmod says: $1" grep -q "$1" said || cat said
	klog >log
	yes "the kernel's log says: $2" grep -q "$2" log || cat log
	yes "it is not loaded" [ ! -e /sys/module/kvmstat ]
}

ran() { grep -qs '^done' "$level.out"; }
readable() { cat /proc/kvminfo "$K/info" "$K/retired" "$K/host"/* "$K/$id"/* >files; }
listed() { kvmstat list -p "$pid" >shown && grep -qw "$pid" shown; }
doctor() { kvmstat doctor >page; grep -q "$1" page; }

kvm_present
load
for level in integrity confidentiality; do
	echo $level >$lock
	is "the kernel is locked down" "$(sed 's/.*\[\(.*\)\].*/\1/' $lock)" "$level"
	vm_run $level 'out:50 cpuid:20 mmiow:30 hlt:10'
	yes "$level: a VM runs to its end" within 60 ran
	pid=$(cat $level.pid)
	id=$(field "$pid" 1 id)
	yes "$level: every file can be read" readable
	is "$level: the exits in debugfs as in /proc/kvminfo" "$(awk 'NR > 1 { n += $2 } END { print n }' "$K/$id/reasons")" \
		"$(field "$pid" 1 exits)"
	is "$level: returns as the VMM counted" \
		$(($(field "$pid" 1 kvm_qemu_switch_num) + $(field "$pid" 1 noexit_return_num))) \
		"$(awk '$1 == "vm" { print $10 }' $level.out)"
	echo N >/sys/module/kvmstat/parameters/timing
	is "$level: timing is switched" "$(info timing)" off
	echo Y >/sys/module/kvmstat/parameters/timing
	is "$level: and again" "$(info timing) $(info state)" "on counting"
	yes "$level: the command lists it" listed
	yes "$level: doctor says it" doctor "the kernel is locked down for $level: "
	vm_end $level
done
closed() { ! cat /sys/kernel/tracing/trace >/dev/null 2>&1; }
yes "confidentiality: tracing is closed" closed
yes "confidentiality: doctor says that, too" grep -q 'confidentiality: tracing is closed' page
unload
refused 'not permitted' 'Lockdown: insmod: unsigned module loading is restricted'
echo 1 >/sys/module/module/parameters/sig_enforce
refused 'rejected\|not permitted\|[Rr]equired key' 'Loading of unsigned module is rejected'
