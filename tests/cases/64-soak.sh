# Everything at once, in rounds of lab.soak seconds (30), lab.rounds of them (1): VMs of 1 to 8 vCPUs
# come, make exits of every kind, move and are killed, while files are read, timing is switched and
# CPUs go off line. At each stop, the sums are those of ftrace. KVM and kvmstat are then reloaded.
# shellcheck shell=sh disable=SC2154,SC2086,SC2046 # from lib.sh

# guests N: until the stop, run a VMM after the other, of the N'th kind and on; each fourth is killed.
guests() {
	i=$1
	while going; do
		case $((i % 8)) in
		0) set -- 'out:200 cpuid:50 hlt:20 mmior:50' ;;
		1) set -- --vcpus=8 --hop 'out:200 mmiow:50' ;;
		2) set -- --vms=4 --vcpus=2 --one-thread 'cpuid:200 hlt:20' ;;
		4) set -- --vms=2 --vcpus=4 --hop --hand-over 'mmiox:200 mmion:200' ;;
		5) set -- --vcpus=3 --other-thread 'in:300 rdmsr:100 mmion:300' ;;
		6) set -- --vcpus=2 --churn=5 'out:50' ;;
		*) set -- --vcpus=$((i % 4 + 1)) 'out:100000000' ;;
		esac
		/bin/vmm "$@" </dev/null >>vmm.out 2>&1 &
		if [ $((i % 4)) = 3 ]; then
			usleep $((100000 + i % 7 * 50000))
			kill -9 $!
		fi
		wait $! 2>/dev/null
		echo >>vmms
		i=$((i + 3))
	done
}

readers() {
	while going; do
		read_all
		dd if=/proc/kvminfo of=seen bs=7 2>/dev/null
	done
}

# A CPU that comes back crashes QEMU 7.2's nVHE machine, even without kvmstat.
hotplug() {
	! grep -q nVHE $K/info || return
	while going; do
		for cpu in /sys/devices/system/cpu/cpu[1-9]/online; do
			echo 0 >$cpu
			sleep 1
			echo 1 >$cpu
			sleep 1
		done
	done
}

kvm_present
seconds=$(lab_option soak 30) rounds=$(lab_option rounds 1) round=0 sum=0
while [ $round -lt $rounds ]; do
	round=$((round + 1))
	load
	ftrace_on
	rm -f stop vmm.out
	: >vmms
	start_workers "guests 0" "guests 1" "guests 2" "guests 3" readers "switch_timing 300000" hotplug
	for _ in $(seq 10 10 $seconds); do
		sleep 10
		echo "# round $round of $rounds: $(info exits) exits, $(wc -l <vmms) VMMs"
	done
	touch stop
	wait $workers
	ended() { [ "$(info vms)" = 0 ]; }
	yes "round $round: every VM has ended" within 60 ended
	is "round $round: exits, of $(wc -l <vmms) VMMs" "$(info exits)" "$(hits kvm_exit)"
	is "round $round: returns" "$(info returns)" "$(hits kvm_userspace_exit)"
	is "round $round: not attributed" "$(info exits_unattributed) $(info returns_unattributed)" "0 0"
	is "round $round: what the VMMs said" "$(grep -v -E '^(vm|thread|ran|done)\b' vmm.out | head -n 3)" ""
	sum=$((sum + $(info exits)))
	ftrace_off
	if [ $((round % 2)) = 0 ] && grep -q '^kvm ' /proc/modules; then
		kvm_unload
		unload
		kvm_load
	else
		unload
	fi
done
echo "# $sum exits in $rounds rounds"
