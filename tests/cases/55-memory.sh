# The memory of kvmstat's records is within the bounds, and agrees with the kernel's own accounting.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

# crowd: print by how many KiB 112 VMs increase the kernel's memory, once warm.
crowd() {
	base=$(memory)
	for i in 1 2 3 4 5 6 7; do
		vm_start many$i --vms=16 --id-base=$((i * 16)) 'cpuid:10 out:3' >&2
	done
	[ ! -e $K ] || within 20 all_there
	echo $(($(memory) - base))
	[ ! -e $K ] || info memory_bytes >in_use
	for i in 1 2 3 4 5 6 7; do
		vm_end many$i >&2
	done
}
all_there() { [ "$(info vms)" = 112 ] && [ -e "$K/112" ] && [ -e "$K/1" ]; }

kvm_present
# Where freed memory is watched, it is kept, so that the kernel's accounting says nothing.
if [ -e /sys/kernel/debug/kmemleak ]; then
	rounds="1" middle=1
	skip "the kernel's accounting: it keeps freed memory, to watch it"
else
	rounds="1 2 3" middle=2
	# Warm up. The allocators' caches settle after several rounds, on 7.x after four.
	without=$(crowd)
	for round in 2 3 4 5 6; do
		before=$without
		without=$(crowd)
		[ $((before - without)) -ge 256 ] || break
	done
	echo "# warm in round $round"
fi
# Other memory of the kernel can jump once by as much, so take the middle of three differences.
for round in $rounds; do
	without=$(crowd)
	load
	idle=$(info memory_bytes)
	with=$(crowd)
	unload
	echo $((with - without)) $with $without $((($(cat in_use) - idle) / 1024))
done | sort -n | sed -n ${middle}p >chosen
read -r grown with without own <chosen
cpus=$(($(cut -d- -f2 /sys/devices/system/cpu/possible) + 1))
load
yes "loading takes at most 2 MB ($(info memory_bytes) bytes on $cpus possible CPUs)" [ "$(info memory_bytes)" -le 2000000 ]
yes "a VM takes at most 128 bytes a CPU ($(info bytes_per_vm_and_cpu))" [ "$(info bytes_per_vm_and_cpu)" -le 128 ]
yes "a vCPU takes at most 8 KiB ($(info bytes_per_vcpu))" [ "$(info bytes_per_vcpu)" -le 8192 ]
# Spares are at most a MiB of each kind.
yes "112 VMs of one vCPU take what is told ($own KiB)" [ $own -ge $((112 * 7)) ]
yes "and no more than that, in records and spares" [ $own -le $((112 * (8 + 1) + 112 * cpus / 8 + 2048)) ]
# Each VM also has nine entries in debugfs of 1 KiB each, and the allocators need whole pages.
[ $middle = 1 ] || yes "the kernel's memory grew by as much ($with KiB, without kvmstat $without: $grown for $own)" \
	[ $grown -ge $((own / 2)) -a $grown -le $((own * 2 + 112 * 9 + 1024)) ]

# As many VMs as possible come at once. Afterwards, the spares that they needed are freed.
idle=$(info memory_bytes)
for i in 1 2 3 4; do
	vm_run burst$i --vms=15 --id-base=$((i * 16)) 'cpuid:10 out:3'
done
for i in 1 2 3 4; do
	yes "burst$i ran to its end" within 120 grep -qs '^done' burst$i.out
done
yes "60 VMs take at most 4 MB ($(info memory_bytes) bytes)" [ "$(info memory_bytes)" -le 4000000 ]
is "unattributed" "$(info exits_unattributed) $(info returns_unattributed)" "0 0"
vm_end burst1 burst2 burst3 burst4
# The vCPUs of ended VMs stay, and a row for each CPU that those VMs ran on.
shrunk() { [ "$(info memory_bytes)" -le $((idle + 60 * (8192 + $(info bytes_per_vm) + 128 * $(nproc)))) ]; }
yes "when it is quiet the spares go ($idle bytes before)" within 60 shrunk
unload
