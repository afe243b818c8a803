# Exits from a nested guest are counted apart, and not added twice.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

kvm_present
if [ "$(kvm_vendor)" != amd ]; then
	skip "nested guests on $(kvm_vendor): vmm has a nested hypervisor for AMD-V only"
	return
fi
load
ftrace_on
ftrace_count kvm_nested_vmexit vcpu_id
vm_start nested --nested=200 'out:1'
vm_check nested
pid=$(cat nested.pid)
is "VMRUN, known" "$(reason vmrun "$pid" 1)" 200
is "exits from the nested guest as ftrace" "$(field "$pid" 1 nested_num)" "$(hits kvm_nested_vmexit)"
yes "they are the 200 known, page faults and interrupts" [ "$(field "$pid" 1 nested_num)" -ge 200 ]
is "every exit once" "$(field "$pid" 1 exits)" "$(hits kvm_exit)"
ftrace_stop kvm_nested_vmexit vcpu_id
vm_end nested
unload
