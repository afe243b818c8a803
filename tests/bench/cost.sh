#!/bin/sh
# Runs in the machine where one instruction takes one nanosecond of the clock. Measures what an
# exit costs without kvmstat, with kvmstat counting only, and with kvmstat timing, too. Prints
# "cost WORK VMS WITHOUT COUNTING TIMING", per exit.
# shellcheck disable=SC2046,SC2086,SC2034,SC1090 # see lib.sh
. /cases/costlib.sh
CASE=cost

exits=20000

works() {
	echo "cpuid $(per_exit cpuid $exits)"
	echo "out $(per_exit out $exits)"
	echo "mmiow $(per_exit mmiow $exits)"
	for work in rdmsr vmmcall outn mmion; do
		echo "$work $(per_exit $work $((exits / 4)))"
	done
	# One thread runs two VMs in turn, so the vCPU changes at every exit. Each turn also has a
	# return without an exit.
	echo "out-in-turn $(per_exit out $exits --vms=2 --one-thread)"
}

three_ways
# crowd VMS: start VMs until so many are live in total.
there=0
crowd() {
	while [ $((there * 16)) -lt $1 ]; do
		vm_run crowd$there --vms=16 'cpuid:1'
		there=$((there + 1))
	done
	crowded() { [ "$(info vms)" -ge $1 ]; }
	within 120 crowded $1 || echo "not ok - cost: only $(info vms) VMs"
	within 20 [ -e "$K/$(awk 'END { print $13 }' /proc/kvminfo)/cpus" ]
}

now() { sed -n 's/^now at \([0-9]*\) nsecs$/\1/p' /proc/timer_list; }

# reading WHAT FILE...: print the instructions to read those files, once they are cached.
reading() {
	what=$1
	shift
	cat "$@" >/dev/null
	start=$(now)
	cat "$@" >/dev/null
	echo "reading $what $(info vms) $#" $(($(now) - start))
}
read_all() {
	reading /proc/kvminfo /proc/kvminfo
	reading kvmstat-debugfs $K/[0-9]*/*
	reading kvm-debugfs $(find /sys/kernel/debug/kvm/*-* -type f)
}
crowd 96
read_all
crowd 192
read_all
crowd 512
works >timing.crowded
echo N >/sys/module/kvmstat/parameters/timing
works >counting.crowded
costs 1 counting timing
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
