# What kvmstat's records take: within the bounds, and as the kernel's own accounting has it.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

# crowd: KiB that 112 VMs make the kernel's memory grow by, once warm.
crowd() {
	base=$(memory)
	for i in 1 2 3 4 5 6 7; do
		vm_start many$i --vms=16 --id-base=$((i * 16)) 'cpuid:10 out:3' >/dev/null
	done
	[ ! -e $K ] || within 20 all_there
	echo $(($(memory) - base))
	[ ! -e $K ] || info memory_bytes >in_use
	for i in 1 2 3 4 5 6 7; do
		vm_end many$i >/dev/null
	done
}
all_there() { [ "$(info vms)" = 112 ] && [ -e "$K/112" ] && [ -e "$K/1" ]; }

kvm_present
# Warm: what the allocators keep settles over several rounds, in 7.x's over four.
without=$(crowd)
for round in 2 3 4 5 6; do
	before=$without
	without=$(crowd)
	[ $((before - without)) -ge 256 ] || break
done
echo "# warm in round $round"
# What else the kernel keeps can jump once by as much: of three differences the middle one.
for round in 1 2 3; do
	without=$(crowd)
	load
	idle=$(info memory_bytes)
	with=$(crowd)
	unload
	echo $((with - without)) $with $without $((($(cat in_use) - idle) / 1024))
done | sort -n | sed -n 2p >middle
read -r grown with without own <middle
load
yes "a VM takes at most 4 KiB a CPU ($(info bytes_per_vm_and_cpu))" [ "$(info bytes_per_vm_and_cpu)" -le 4096 ]
yes "a vCPU takes at most 1 KiB ($(info bytes_per_vcpu))" [ "$(info bytes_per_vcpu)" -le 1024 ]
cpus=$(($(cut -d- -f2 /sys/devices/system/cpu/possible) + 1))
yes "112 VMs of one vCPU take what is told ($own KiB)" [ $own -ge $((112 * 3 * cpus)) ]
yes "and no more than that, in records and counters" [ $own -le $((112 * (4 * cpus + 1 + 2) + 256 * cpus)) ]
# Beside them, eight debugfs files a VM, of 1 KiB each, and the percpu allocator's pages.
yes "the kernel's memory grew by as much ($with KiB, without kvmstat $without: $grown for $own)" \
	[ $grown -ge $((own / 2)) -a $grown -le $((own * 2 + 112 * 8 + 1024)) ]
unload
