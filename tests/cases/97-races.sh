# Whatever kvmstat writes is read at the same time, in a kernel with KCSAN, which delays accesses to see whether
# others come meanwhile. A data race that is not meant is in the kernel's log then (klog-check.sh). For
# lab.races seconds (90), VMs make exits of each kind, come and go; every file is read; timing is switched.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

P=/sys/module/kcsan/parameters
[ -e $P ] || { skip "data races: the kernel has no KCSAN"; return; }
watched() { sed -n 's/^setup_watchpoints: //p' /sys/kernel/debug/kcsan; }
readers() {
	while going; do
		read_all
	done
}
guests() {
	while going; do
		/bin/vmm --id-base=64 --vcpus=2 --hop 'out:20 mmior:20 rdmsr:20 hlt:5' </dev/null >short.out 2>&1
		usleep 500000
	done
}

kvm_present
load
vm_run long 'cpuid:5 out:5 rdmsr:5 mmiow:5 in:1000000000'
skip_watch=$(cat $P/skip_watch) udelay_task=$(cat $P/udelay_task)
# Where CPUs are emulated on a busy host, the other CPU may not run at all in KCSAN's usual delay.
echo 1000 >$P/skip_watch
echo 1000 >$P/udelay_task
before=$(watched)
start_workers readers guests "switch_timing 5000000"
seconds=$(lab_option races 90)
for _ in $(seq 15 15 $seconds); do
	sleep 15
	echo "# $(info exits) exits, $(($(watched) - before)) accesses watched"
done
touch stop
echo $skip_watch >$P/skip_watch
echo $udelay_task >$P/udelay_task
wait $workers
watched=$(($(watched) - before))
yes "KCSAN watched $watched accesses" [ $watched -gt 1000 ]
echo "# kcsan: $(grep races: /sys/kernel/debug/kcsan | xargs)"
kill -9 "$(cat long.pid)" "$(cat long.holder)"
within 60 gone "$(cat long.pid)"
unload
