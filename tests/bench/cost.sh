#!/bin/sh
# Runs in the machine of costlib.sh. Measures what an exit costs without kvmstat, with kvmstat counting
# only, and with kvmstat timing, too; where lab.crowd is a number, beside so many live VMs as well.
# Prints "cost WORK VMS WITHOUT COUNTING TIMING", per exit.
# shellcheck disable=SC2046,SC2034,SC2086,SC2154,SC1090 # see lib.sh
. /cases/costlib.sh
CASE=cost

exits=20000 crowd=$(lab_option crowd 0)
case $machine in
x86_64) more="mmiow rdmsr $(hypercall) outn mmion" fewer=4 ;;
*) more="rdmsr mmion" fewer=1 ;;
esac

works() {
	for work in cpuid out; do
		echo "$work $(per_exit $work $exits)"
	done
	for work in $more; do
		echo "$work $(per_exit "$work" $((exits / fewer)))"
	done
	# One thread runs two VMs in turn, so the vCPU changes at every exit. Each turn also has a
	# return without an exit.
	[ "$crowd" = 0 ] || echo "out-in-turn $(per_exit out $exits --vms=2 --one-thread)"
}

three_ways
costs 1 counting timing
[ "$crowd" != 0 ] || { unload; exit; }
there=0
while [ $((there * 16)) -lt "$crowd" ]; do
	vm_run crowd$there --vms=16 'cpuid:1'
	there=$((there + 1))
done
crowded() { [ "$(info vms)" -ge "$crowd" ]; }
within 120 crowded || echo "not ok - cost: only $(info vms) VMs"
works >timing.crowded
echo N >/sys/module/kvmstat/parameters/timing
works >counting.crowded
costs "$(info vms)" counting.crowded timing.crowded
grep -E '^(vms|vcpus|memory_bytes|bytes_)' $K/info
for file in crowd*.pid; do
	kill -9 "$(cat "$file")"
done
for file in crowd*.holder; do
	kill "$(cat "$file")"
done
none() { [ "$(info vms)" = 0 ]; }
within 60 none
unload
