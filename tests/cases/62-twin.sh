# A module that is not KVM has a tracepoint with the name of one of KVM's. This module changes
# nothing, whether it is loaded before KVM, beside it or after it.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

[ -e /twin.ko ] || { skip "a tracepoint of KVM's name: this machine has no twin.ko"; return; }
if kvm_built_in; then
	skip "a twin before KVM: KVM is built into the kernel here"
	load
else
	[ ! -e /dev/kvm ] || kvm_unload
	load
	insmod /twin.ko
	is "before KVM: state" "$(info state)" "waiting for KVM"
	kvm_load
	is "then KVM comes: state" "$(info state)" counting
	vm_start first 'out:5 mmiow:3'
	vm_check first
	vm_end first
	rmmod twin
	is "the twin goes: state" "$(info state)" counting
fi
insmod /twin.ko
is "beside KVM: state" "$(info state)" counting
vm_start second --id-base=16 'out:5 mmiow:3'
vm_check second
vm_end second
unload
rmmod twin
# The kernel would now call any probe that was left behind on KVM's tracepoints.
vm_start third --id-base=32 'out:5 mmiow:3 cpuid:10'
vm_end third
yes "a VM runs after both have gone" grep -q '^done' third.out
