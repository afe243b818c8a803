# As many VMs as lab.storm tells start as fast as the machine can: none of their exits is lost, from
# the first one, and they leave no memory behind.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

vmms=$((($(lab_option storm 160) + 9) / 10)) vms=0 i=0
kvm_present
load
ftrace_on
while [ $i -lt $vmms ]; do
	i=$((i + 1)) vms=$((vms + 10))
	vm_run storm$i --vms=10 'out:20 cpuid:5'
done
ran() { [ "$(cat storm*.out | grep -c '^done')" = $vmms ]; }
yes "$vms VMs ran to their end" awaited ran
all_there() { [ "$(info vms)" = $vms ]; }
yes "each VM is listed" within 20 all_there
is "unattributed exits and returns" "$(info exits_unattributed) $(info returns_unattributed)" "0 0"
is "exits as ftrace" "$(info exits)" "$(hits kvm_exit)"
is "returns as ftrace" "$(info returns)" "$(hits kvm_userspace_exit)"
cat /proc/kvminfo >rows
is "lines" "$(sed 1d rows | wc -l)" $vms
is "each VM has its own port I/O" "$(awk -v c="$(column $io)" 'NR > 1 { print $c }' rows | sort | uniq -c | xargs)" "$vms 21"
has_files() { [ "$(echo $K/[0-9]*/reasons | wc -w)" = $vms ]; }
yes "each VM has its files" within 60 has_files
echo "# $(info memory_bytes) bytes for $vms VMs"
for name in storm*.pid; do
	kill "$(cat ${name%.pid}.holder)"
done
ended() { [ "$(info vms)" = 0 ]; }
yes "all VMs have ended" within 120 ended
is "sums stay" "$(info exits)" "$(hits kvm_exit)"
unload
