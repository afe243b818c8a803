# insmod and rmmod at any moment, under running guests; a host's CPU that leaves.
# shellcheck shell=sh disable=SC2154

times=1000
[ "$(nproc)" -gt 1 ] || times=100

grep -q '^kvm ' /proc/modules || kvm_load
vm_run runner --vcpus=2 'out:100000000'
vm_run mmio --vms=2 --hop --id-base=64 'mmior:100000000'
vm_run spinner --id-base=128 'spin:100000000'
dmesg -c >/dev/null
before=$(awk '/^(Slab|Percpu):/ { n += $2 } END { print n }' /proc/meminfo)
lines=0
i=0
while [ $i -lt $times ]; do
	i=$((i + 1))
	load && unload || { not_ok "load or unload failed at turn $i"; break; }
	[ $((i % 50)) != 0 ] || lines=$((lines + $(dmesg -c | grep -c 'kvmstat: .*counting')))
done
is "turns of insmod and rmmod under running guests" "$i" "$times"
is "kernel log: one line a load" "$lines" "$times"
is "kernel log: nothing else" "$(dmesg | grep -c .)" 0
settled() { [ $(($(awk '/^(Slab|Percpu):/ { n += $2 } END { print n }' /proc/meminfo) - before)) -lt 2048 ]; }
yes "the memory came back" within 20 settled
is "kvm is not held" "$(awk '$1 == "kvmstat"' /proc/modules | wc -l)" 0

# It still counts: between two moments without our hooks' turmoil.
load
counting() { [ "$(field "$(cat runner.pid)" 1 io_num)" -gt 1000 ] 2>/dev/null; }
yes "and counts after that" within 20 counting
if [ -e /sys/devices/system/cpu/cpu1/online ]; then
	seen=$(field "$(cat runner.pid)" 1 io_num)
	echo 0 >/sys/devices/system/cpu/cpu1/online
	sleep 1
	n=$(field "$(cat runner.pid)" 1 io_num)
	yes "with a CPU taken away, counts stay ($seen) and grow ($n)" [ "$n" -gt "$seen" ]
	echo 1 >/sys/devices/system/cpu/cpu1/online
	yes "with the CPU back too" [ "$(field "$(cat runner.pid)" 1 io_num)" -ge "$n" ]
fi
for name in runner mmio spinner; do
	kill -9 "$(cat $name.pid)"
	kill "$(cat $name.holder)"
done
ended() { [ "$(info vms)" = 0 ]; }
yes "all end" within 20 ended
dmesg -c >/dev/null
kvm_unload
is "state" "$(info state)" "waiting for KVM"
kvm_load
is "state" "$(info state)" counting
dmesg -c >/dev/null
unload
