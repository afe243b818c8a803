# Memory is short. Each allocation of the load (or each lab.fail'th) fails in turn: the module loads or
# refuses, and leaves nothing. Then those fail that kvmstat makes for VMs: every exit is counted, if not
# for its VM. This case needs fault injection (debug-kernel.sh).
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

slab=/sys/kernel/debug/failslab
[ -e $slab ] || { skip "allocations that fail: the kernel has no fault injection"; return; }
for fail in $slab /sys/kernel/debug/fail_page_alloc; do
	echo N >$fail/ignore-gfp-wait
	echo 0 >$fail/verbose
done
echo 0 >/sys/kernel/debug/fail_page_alloc/min-order

# counts: the loaded module counts a VM's exits, or says that it does not.
counts() {
	[ "$(info state)" = counting ] || { grep -q '^hook_.*: failed, error' $K/info; return; }
	/bin/vmm 'out:20' </dev/null >vmm.out
	[ "$(info exits)" -ge 20 ]
}
nothing_left() { [ ! -e /proc/kvminfo ] && [ ! -e $K ] && ! grep -q '^kvmstat ' /proc/modules; }

kvm_present
load
unload
before=$(memory) n=0 refused=0 step=$(lab_option fail 1)
while :; do
	n=$((n + step))
	said=$(/bin/failnth $n /kvmstat.ko)
	case $said in
	loaded*)
		# Without its files in debugfs, the module still counts.
		[ ! -e $K/info ] || counts || { not_ok "allocation $n fails: loaded, but does not count"; cat $K/info; }
		unload
		;;
	*) refused=$((refused + 1)) ;;
	esac
	nothing_left || not_ok "allocation $n fails: something is left"
	[ $((n / step % 20)) != 0 ] || echo "# allocation $n"
	case $said in *reached) ;; *) break ;; esac
done
yes "of $((n / step)) loads, $refused refused, and nothing is left" [ $refused -ge 10 ]
memory_back "$before"

# fail SHARE: so many percent of what kernel workers allocate fail from now on.
fail() {
	echo $1 >$slab/probability
	grep -ls '^kworker/u' /proc/[0-9]*/comm | while read -r comm; do
		echo 1 >"${comm%comm}make-it-fail"
	done
}
created() { [ "$(echo /sys/kernel/debug/kvm/*-*/vcpu* | wc -w)" = $1 ]; }

# These vCPUs are there before kvmstat, so that only its worker makes their records.
vm_run held --held --vms=16 --vcpus=4 'out:20'
within 60 created 64
load
ftrace_on
echo Y >$slab/task-filter
echo 1000000 >$slab/times
for share in 30 100; do
	for _ in $(seq 10); do
		fail $share
		/bin/vmm --vms=16 --id-base=256 'out:20 mmior:20' </dev/null >vmm.out
	done
done
echo >held.in
yes "vCPUs of before kvmstat ran to their end" awaited grep -qs '^done' held.out
echo 0 >$slab/probability
yes "allocations failed ($((1000000 - $(cat $slab/times))))" [ "$(cat $slab/times)" -lt 1000000 ]
vm_end held
ended() { [ "$(info vms)" = 0 ]; }
yes "every VM has ended" within 60 ended
is "exits, counted for their VMs or not" "$(info exits)" "$(hits kvm_exit)"
is "returns" "$(info returns)" "$(hits kvm_userspace_exit)"
yes "some have no VM ($(info exits_unattributed))" [ "$(info exits_unattributed)" -gt 0 ]
attributed() {
	was=$(info exits_unattributed)
	/bin/vmm --vms=16 'out:20' </dev/null >vmm.out
	[ "$(info exits_unattributed)" = "$was" ]
}
yes "with memory again, all have" within 60 attributed
ftrace_off
unload
memory_back "$before"

# The worker tries again after a while, which few.ko makes weeks, or as soon as a new VM calls for it.
vm_run waits --held --vcpus=4 'out:1000000000'
within 60 created 4
insmod /few.ko
for _ in 1 2 3; do
	fail 100
	/bin/vmm --vcpus=12 --id-base=256 'out:20' </dev/null >vmm.out
done
echo >waits.in
blind() { [ "$(info exits_unattributed)" -gt 1000 ]; }
yes "without memory, its exits have no VM" within 60 blind
echo 0 >$slab/probability
/bin/vmm --id-base=256 'out:20' </dev/null >vmm.out
known() { [ "$(field "$(cat waits.pid)" 1 vcpus)" = 4 ]; }
yes "with memory, a new VM is enough for all of its vCPUs to be known" within 60 known
kill -9 "$(cat waits.pid)" "$(cat waits.holder)"
within 60 gone "$(cat waits.pid)"
unload
