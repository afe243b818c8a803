# A module that has few records (few.ko, see module.sh): where a vCPU has more reasons than cells, and
# where there are more vCPUs than there may be, columns and sums stay right.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

[ -e /few.ko ] || { skip "few records: this machine has no few.ko"; return; }
kvm_present
insmod /few.ko
# The vCPU has three cells for reasons without a column. The first exits use these up.
vm_start reasons "rdmsr:5 cpuid:70 spin:20 $(hypercall):30 out:50 in:30 hlt:20 mmiow:30 ud2:60"
vm_check reasons
pid=$(cat reasons.pid)
is "exceptions, without a cell of their own" "$(field "$pid" 1 exception_num)" 60
is "and by their line" "$(awk '/ other exceptions$/ { print $2 }' "$K/$(field "$pid" 1 id)/reasons")" 60
yes "reasons without a cell are in a line" [ "$(awk '/ other$/ { print $2 }' "$K/$(field "$pid" 1 id)/reasons")" -gt 0 ]
is "port I/O has a cell" "$(field "$pid" 1 io_num)" 81
is "all reasons are all exits" "$(awk 'NR > 1 { n += $2 } END { print n }' "$K/$(field "$pid" 1 id)/reasons")" "$(field "$pid" 1 exits)"
vm_end reasons

# There are 40 records of vCPUs, one of which the VM above has kept.
ftrace_on
before=$(info exits) returned=$(info returns)
vm_start many --id-base=16 --vms=4 --vcpus=16 'out:50 cpuid:20'
is "64 vCPUs that run: exits, counted for their VMs or not" "$(info exits)" "$((before + $(hits kvm_exit)))"
is "and returns" "$(info returns)" "$((returned + $(hits kvm_userspace_exit)))"
yes "those that are counted for VMs ($(info vcpus))" [ "$(info vcpus)" -ge 38 -a "$(info vcpus)" -le 41 ]
yes "and some are not ($(info exits_unattributed))" [ "$(info exits_unattributed)" -gt 0 ]
vm_end many
ended() { [ "$(info vms)" = 0 ]; }
yes "they end" within 20 ended
room() { [ "$(info memory_bytes)" -lt $((8192 * 36)) ]; }
within 20 room
lost=$(info exits_unattributed)
# Only reasons with a column: no interrupt may take the last cell of another reason.
vm_start next --id-base=128 --vms=2 --vcpus=4 'out:50 in:20'
vm_check next
is "and then there is room" "$(info exits_unattributed)" "$lost"
vm_end next

# What ended last is kept until the next VM ends. Then a vCPU that found no record gets one, although no
# other comes.
for i in 0 1 2; do
	vm_start crowd$i --id-base=$((256 + 16 * i)) --vcpus=16 'out:5 cpuid:5'
done
vm_run blind --id-base=320 'out:1000000000'
lost=$(info exits_unattributed)
misses() { [ "$(info exits_unattributed)" -gt $((lost + 100)) ]; }
yes "a vCPU past the bound has no record" within 60 misses
vm_end crowd0
seen() { [ "$(field "$(cat blind.pid)" 1 vcpus)" = 1 ]; }
yes "when another VM has ended, it has one" within 20 seen
vm_kill blind
vm_end crowd1 crowd2
ftrace_off
unload
