#!/bin/sh
# Runs in the machine of costlib.sh. Measures what it takes to read kvmstat's files, and KVM's own,
# as VMs are added. Prints "reading WHAT VMS VCPUS INSTRUCTIONS".
# shellcheck disable=SC2046,SC2034,SC2086,SC2154,SC1090 # see lib.sh
. /cases/costlib.sh
CASE=reading

now() { sed -n 's/^now at \([0-9]*\) nsecs$/\1/p' /proc/timer_list; }

# reading WHAT TIMES TURNS FILE...: print the fewest instructions of so many turns to read the files,
# which are so many times the same.
reading() {
	what=$1 times=$2 turns=$3
	shift 3
	for _ in $(seq $turns); do
		start=$(now)
		cat "$@" >/dev/null
		echo $((($(now) - start) / times))
	done | sort -n | sed -n "1s/^/reading $what $(info vms) $(info vcpus) /p"
}
# read_all VMM-ARGUMENT...: start VMs and, when all of them have their files, read all files.
vmms=0 vms=0
read_all() {
	for _ in $(seq "$1"); do
		vmms=$((vmms + 1)) vms=$((vms + 16))
		vm_run many$vmms --vms=16 "$2" 'cpuid:1 out:1'
	done
	all_there() { [ "$(echo $K/[0-9]*/cpus | wc -w)" = $vms ]; }
	within 300 all_there || not_ok "only $(info vms) VMs of $vms have their files"
	# The start of cat, and the timer's interrupts, must not count.
	reading row 20 8 $(for _ in $(seq 20); do echo /proc/kvminfo; done)
	reading files 1 12 $K/[0-9]*/*
	reading kvm 1 3 $(find /sys/kernel/debug/kvm/*-* -type f)
}

kvm_present
load
for _ in 1 2 3; do
	read_all 6 --vcpus=1
done
read_all 1 --vcpus=9
