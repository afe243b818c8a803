# Exactness: compare guests of known exits, per VM and per reason, with ftrace, KVM and the VMM.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

[ $machine = x86_64 ] || { skip "x86's exits: 21-memory-io has others'"; return; }
kvm_present
load
# Such a machine's kernel has no function tracer; list has what else a kprobe may have become.
[ "$(lab_option breakpoints 0)" = 0 ] ||
	yes "kprobes are breakpoints" grep -q ' kvm_arch_destroy_vm+0x0 *$' /sys/kernel/debug/kprobes/list
program="out:50 in:30 cpuid:70 rdmsr:40 $(hypercall):30 hlt:20 mmiow:30 mmior:20 mmiox:10 ud2:60 spin:20"

# First kvmstat is alone on the tracepoints (a direct call), then beside ftrace (its iterator).
for with in alone ftrace; do
	[ $with = alone ] || ftrace_on
	vm_start "all-$with" "$program"
	vm_check "all-$with"
	pid=$(cat "all-$with.pid")
	is "all-$with: port I/O, known" "$(field "$pid" 1 io_num)" 81
	is "all-$with: cpuid, known" "$(reason CPUID "$pid" 1)$(reason cpuid "$pid" 1)" 70
	is "all-$with: rdmsr, known" "$(reason MSR_READ "$pid" 1)$(reason msr "$pid" 1)" 40
	is "all-$with: hypercall, known" "$(reason VMCALL "$pid" 1)$(reason hypercall "$pid" 1)" 30
	is "all-$with: exceptions, known" "$(field "$pid" 1 exception_num)" 60
	is "all-$with: halts, known" "$(field "$pid" 1 halt_num)" 20
	is "all-$with: MMIO, known" "$(field "$pid" 1 mmio_num)" 60
	# One return before the first exit, and one for the second page of each of ten accesses.
	is "all-$with: returns without an exit, known" "$(field "$pid" 1 noexit_return_num)" 11
	is "all-$with: to userspace, known" "$(field "$pid" 1 kvm_qemu_switch_num)" \
		$((81 + 20 + 60))
	vm_end "all-$with"
done

vm_start several --id-base=400 --vms=3 --vcpus=2 "$program"
vm_check several
vm_start beside --id-base=64 --vms=2 "cpuid:500 out:100"
vm_check beside
vm_check several
vm_end several beside

vm_start other-thread --id-base=128 --other-thread "$program"
vm_check other-thread
# said WORD: print what follows the word in the VMM's line about its VM.
said() { sed -n "s/^vm.* $1 \([0-9]*\) .*/\1/p" other-thread.out; }
is "other thread's VM has the process's id" "$(field "$(cat other-thread.pid)" 1 exits)" \
	"$(kvm_counter "$(said tid)" "$(said fd)" exits)"
yes "and the thread is another" [ "$(said tid)" != "$(cat other-thread.pid)" ]
vm_end other-thread

vm_start one-thread --id-base=160 --vms=3 --vcpus=2 --one-thread "out:200 mmiow:50 hlt:50 cpuid:100"
vm_check one-thread
vm_end one-thread

vm_start handed-over --id-base=256 --vms=2 --hand-over "out:50 cpuid:100 mmior:20"
vm_check handed-over
vm_end handed-over

vm_start hopping --id-base=288 --vms=2 --vcpus=2 --hop "out:300 cpuid:300 mmiow:100"
vm_check hopping
[ "$(nproc)" = 1 ] || is "hopping: CPUs that it ran on" \
	"$(awk 'NR > 1' "$K/$(field "$(cat hopping.pid)" 1 id)/cpus" | wc -l)" "$(nproc)"
vm_end hopping

is "every exit event is in the sums" "$(($(info exits) - $(awk 'NR == 2 { print $7 }' $K/retired)))" "$(hits kvm_exit)"
is "unattributed exits" "$(info exits_unattributed)" 0
is "unattributed returns" "$(info returns_unattributed)" 0
is "vCPUs whose reason source failed its check" "$(awk -F': ' '/^reason_failed/ { n += $2 } END { print n }' $K/info)" 0
is "events refused for the layout" "$(info layout_refused_events)" 0
unload
