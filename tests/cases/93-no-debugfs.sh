# The kernel was booted without debugfs. The module counts all the same, and the command says what is missing.
# shellcheck shell=sh disable=SC2154 # from lib.sh

ran() { grep -qs '^done' one.out; }
said() { grep -q "$1" page || { sed 's/^/# |/' page; false; }; }

yes "there is no debugfs" [ ! -e /sys/kernel/debug ]
kvm_present
load
ftrace_on
vm_run one 'out:50 cpuid:20 mmiow:30 hlt:10'
yes "a VM runs to its end" within 60 ran
pid=$(cat one.pid)
is "exits as ftrace" "$(field "$pid" 1 exits)" "$(hits kvm_exit)"
is "returns as ftrace" "$(field "$pid" 1 kvm_qemu_switch_num) $(field "$pid" 1 noexit_return_num)" \
	"$(($(hits kvm_userspace_exit) - 1)) 1"
is "returns as the VMM counted" \
	$(($(field "$pid" 1 kvm_qemu_switch_num) + $(field "$pid" 1 noexit_return_num))) \
	"$(awk '$1 == "vm" { print $10 }' one.out)"
ftrace_off
yes "the command lists it" kvmstat list -p "$pid"
kvmstat show "$pid" >page
yes "show says what is missing" said "Reasons, devices and vCPUs are in debugfs, which could not be read"
yes "doctor sees nothing to mend" sh -c 'kvmstat doctor >page'
yes "doctor says what is missing" said "^note this kernel was booted or built without debugfs"
yes "record works" kvmstat record one.jsonl 1 2
is "and has the VM" "$(kvmstat report one.jsonl --csv -c pid | sed 1d | sort -u)" "$pid"
vm_end one
unload
