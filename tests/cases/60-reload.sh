# insmod and rmmod at any moment under running guests, and a CPU of the host that goes offline.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

# turns N: insmod and rmmod N times.
turns() {
	i=0
	klog >/dev/null
	: >turns.log
	while [ $i -lt $1 ]; do
		i=$((i + 1))
		[ $((i % 100)) != 0 ] || echo "# turn $i"
		if ! load || ! unload; then
			not_ok "load or unload failed at turn $i"
			break
		fi
		[ $((i % 10)) != 0 ] || klog | grep kvmstat >>turns.log
	done
	klog | grep kvmstat >>turns.log
	is "kernel log: one line a load" "$(grep -c 'kvmstat: .*counting' turns.log)" "$i"
	is "kernel log: nothing else of kvmstat" "$(grep -v 'kvmstat: .*counting\|loading out-of-tree module taints kernel' turns.log)" ""
}

kvm_present
before=$(memory)
# Under guests without any pause, a turn takes long in this machine. Most turns therefore run under
# guests that make exits and pause in between, and with expedited grace periods.
vm_run runner --vcpus=2 'out:100000000'
vm_run spinner --id-base=128 'spin:100000000'
turns 10
vm_kill spinner runner
vm_run runner --id-base=32 --vcpus=2 --rest=3000 'out:100000000'
vm_run mmio --id-base=64 --vms=2 --hop --rest=3000 'mmior:100000000'
echo 1 >/sys/kernel/rcu_expedited
turns "$(lab_option turns 50)"
echo 0 >/sys/kernel/rcu_expedited
memory_back "$before"

load
counting() { [ "$(field "$(cat runner.pid)" 1 $io)" -gt 100 ] 2>/dev/null; }
yes "and counts after that" within 20 counting
# A CPU that comes back crashes QEMU 7.2's nVHE machine, even without kvmstat.
if grep -q 'nVHE' $K/info; then
	skip "a CPU that leaves: the machine does not survive it"
elif [ -e /sys/devices/system/cpu/cpu1/online ]; then
	seen=$(field "$(cat runner.pid)" 1 $io)
	echo 0 >/sys/devices/system/cpu/cpu1/online
	sleep 1
	n=$(field "$(cat runner.pid)" 1 $io)
	yes "with a CPU taken away, counts stay ($seen) and grow ($n)" [ "$n" -gt "$seen" ]
	echo 1 >/sys/devices/system/cpu/cpu1/online
	yes "with the CPU back too" [ "$(field "$(cat runner.pid)" 1 $io)" -ge "$n" ]
fi
for name in runner mmio; do
	vm_kill $name
	# KVM's modules are in use until the process is gone, which happens after the end of its VMs.
	within 20 gone "$(cat $name.pid)" || not_ok "$name did not end"
done
ended() { [ "$(info vms)" = 0 ]; }
yes "all end" within 20 ended
klog >/dev/null
if grep -q '^kvm ' /proc/modules; then
	kvm_unload
	is "state without KVM" "$(info state)" "waiting for KVM"
	kvm_load
fi
is "state" "$(info state)" counting
unload
