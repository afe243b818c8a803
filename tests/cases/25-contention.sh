# There are more vCPU threads than CPUs, and each vCPU changes its thread at every return. Threads
# lose their CPU between the vCPU's unload and the event of the return, which must still be attributed.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

kvm_present
load
ftrace_on
vm_run crowd1 --vms=2 --vcpus=4 --hop 'out:1500 mmiox:500'
vm_run crowd2 --id-base=64 --vms=4 --vcpus=2 --one-thread 'out:300 hlt:100'
vm_start crowd3 --id-base=128 --vms=2 --vcpus=4 --hop --hand-over 'out:1500 cpuid:500 mmior:300'
yes "crowd1 ran to its end" awaited grep -qs '^done' crowd1.out
yes "crowd2 ran to its end" awaited grep -qs '^done' crowd2.out
for crowd in 1 2 3; do
	vm_check crowd$crowd
done
is "every exit" "$(info exits)" "$(hits kvm_exit)"
is "every return" "$(info returns)" "$(hits kvm_userspace_exit)"
is "unattributed" "$(($(info exits_unattributed) + $(info returns_unattributed)))" 0
vm_end crowd1 crowd2 crowd3

# On a preemptible kernel, some threads must have lost their CPU. Try until one does.
if [ $machine = x86_64 ] && grep -q preempt=full /proc/cmdline; then
	tries=0
	while [ "$(info returns_displaced)" = 0 ] && [ $tries -lt 20 ]; do
		tries=$((tries + 1))
		vm_start again$tries --id-base=256 --vms=2 --vcpus=4 --hop 'out:1500'
		vm_end again$tries
	done
	yes "threads were displaced ($(info returns_displaced))" [ "$(info returns_displaced)" -gt 0 ]
fi
unload
