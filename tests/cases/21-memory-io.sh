# The counterpart of 20-exact where device memory is the only I/O: compare guests of known exits on
# arm64 and riscv64, per VM and per reason, with ftrace, KVM and the VMM.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

[ $machine != x86_64 ] || return 0 # 20-exact
kvm_present
load
case $machine in
aarch64) call="hvc:30 smc:30 wfe:10" calls=100 ;;
riscv64) call="sbi:30 sbiu:30" calls=130 ;;
esac
program="out:50 in:30 cpuid:70 $call rdmsr:40 hlt:20 mmiow:30 mmior:20 mmion:64 spin:20"
device=$((50 + 30 + 30 + 20 + 64 + 1))

# First kvmstat is alone on the tracepoints (a direct call), then beside ftrace (its iterator).
for with in alone ftrace; do
	[ $with = alone ] || ftrace_on
	vm_start "all-$with" "$program"
	vm_check "all-$with"
	pid=$(cat "all-$with.pid")
	case $machine in
	aarch64)
		is "all-$with: HVC, known" "$(reason HVC64 "$pid" 1)" 100
		is "all-$with: SMC, known" "$(reason SMC64 "$pid" 1)" 30
		is "all-$with: system registers, known" "$(reason SYS64 "$pid" 1)" 40
		;;
	riscv64)
		is "all-$with: SBI calls, known" "$(reason SUPERVISOR_SYSCALL "$pid" 1)" 130
		is "all-$with: CSRs, known" "$(reason CSR "$pid" 1)" 40
		;;
	esac
	is "all-$with: MMIO, known" "$(field "$pid" 1 mmio_num)" $device
	is "all-$with: it was page faults" "$(field "$pid" 1 fault_mmio_num)" $device
	is "all-$with: halts, known" "$(field "$pid" 1 halt_num)" 20
	is "all-$with: no port I/O here" "$(field "$pid" 1 io_num)" 0
	is "all-$with: hot device addresses" "$(awk '$1 == "mmio" && $4 > 8 { print $2, $3 }' "$K/$(field "$pid" 1 id)/hot" | sort | xargs)" \
		"read 0x50100 read 0x50235 write 0x50100 write 0x50234"
	is "all-$with: hot calls" "$(awk '$1 == "hypercall" { n += $4 } END { print n }' "$K/$(field "$pid" 1 id)/hot")" \
		"$calls"
	is "all-$with: hot registers" "$(awk '$1 == "msr" { n += $4 } END { print n }' "$K/$(field "$pid" 1 id)/hot")" 40
	vm_end "all-$with"
done

vm_start several --id-base=32 --vms=3 --vcpus=2 "$program"
vm_check several
vm_start beside --id-base=96 --vms=2 "cpuid:500 out:100"
vm_check beside
vm_check several
vm_end several beside

vm_start other-thread --id-base=128 --other-thread "$program"
vm_check other-thread
vm_end other-thread

# Several vCPUs return in turn without an exit. Only the file descriptor shows which vCPU it was.
vm_start one-thread --id-base=160 --vms=3 --vcpus=2 --one-thread "out:200 mmiow:50 hlt:5 cpuid:100"
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
is "every return is in the sums" "$(($(info returns) - $(awk 'NR == 2 { print $6 + $8 }' $K/retired)))" "$(hits kvm_userspace_exit)"
is "unattributed exits" "$(info exits_unattributed)" 0
is "unattributed returns" "$(info returns_unattributed)" 0
is "exits whose reason source failed its check" "$(awk -F': ' '/^reason_failed/ { n += $2 } END { print n }' $K/info)" 0
is "events refused for the layout" "$(info layout_refused_events)" 0
echo "# $(info exits) exits, $(info returns) returns"
unload
