# What is rare: a halt whose exit had another reason, exits whose handling is never over, vCPUs that
# KVM refuses, VMMs of several processes with one memory, a real-time vCPU that holds its CPU for
# ever, VMs whose end was not seen.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

kvm_present
load
# of NAME KEY: print the key of the VM's file "vm".
of() { sed -n "s/^$2: //p" "$K/$(cat $1.id)/vm"; }
# known NAME: the VM has a line; its id goes into NAME.id.
known() {
	field "$(cat $1.pid)" 1 id >$1.id
	[ -s $1.id ] && [ -e "$K/$(cat $1.id)/vm" ]
}
# ids N: print the option for ids from N on. Only on x86 ftrace tells the vCPUs apart by their ids;
# elsewhere there are fewer.
ids() { if [ $machine = x86_64 ]; then echo --id-base=$1; else echo --id-base=16; fi; }
# killed NAME: kill the VMM, and wait until its VM has ended.
killed() {
	vm_kill $1
	has_ended() { [ "$(of $1 state)" = ended ]; }
	within 20 has_ended $1 || not_ok "$1 did not end"
}

# The VMM halts the vCPU after an exit for I/O. The halt is not over, so KVM has raised no event of it.
if [ $machine = x86_64 ]; then
	vm_run halted --wake=1000000000 --halted 'out:5'
	yes "a vCPU that its VMM halted is seen" within 20 known halted
	blocked() { [ "$(of halted blocked_ns)" -gt 3000000000 ]; }
	yes "its time is blocked ($(of halted blocked_ns) ns)" within 30 blocked
	yes "and not the kernel's ($(of halted kernel_ns) ns)" [ "$(of halted kernel_ns)" -lt 1000000000 ]
	is "without an exit for a halt" "$(awk '$2 > 0 { print $7 }' "$K/$(cat halted.id)/reasons" | grep -c -i '^hlt$')" 0
	killed halted
else
	skip "a halt that the VMM begins: only x86 has it"
fi

# The VMM never finishes the first exit to userspace.
vm_run stuck "$(ids 16)" --stuck 'out:5'
yes "a VM whose VMM is stuck is seen" within 20 known stuck
waits() { [ "$(of stuck to_user)" = 1 ] && [ "$(of stuck user_ns)" -gt 1000000000 ]; }
yes "its time is in userspace" within 30 waits
user_of_reasons() { awk 'NR > 1 { n += $5 } END { print n + 0 }' "$K/$(cat stuck.id)/reasons"; }
is "no reason has time in userspace" "$(user_of_reasons)" 0
echo N >/sys/module/kvmstat/parameters/timing
is "nor when timing is off" "$(user_of_reasons)" 0
echo Y >/sys/module/kvmstat/parameters/timing
killed stuck
is "nor when it is over" "$(user_of_reasons)" 0
yes "the VM has its time ($(of stuck user_ns) ns)" [ "$(of stuck user_ns)" -gt 1000000000 ]

# A refused creation of a vCPU must not keep a record of its own, as long as its VM is there. KVM finds
# an id that the VM has, or that no file descriptor is left, when it has made the vCPU. It makes the next at
# the same address, except where KASAN holds freed memory back.
settle() { [ "$(info memory_bytes)" -le $((before + 65536)) ]; }
# refused WHAT VMM-ARGUMENT...
refused() {
	refusal=$1
	shift
	before=$(info memory_bytes)
	vm_start refused "$@" 'out:5'
	if grep -q ' kasan_quarantine_' /proc/kallsyms; then
		skip "$refusal: KASAN holds freed memory back"
	else
		yes "$refusal take no memory (bytes: $before before)" within 20 settle
	fi
	vm_check refused
	vm_end refused
}
refused "a thousand vCPUs with an id that is used" "$(ids 32)" --refused=1000
refused "two hundred of two VMs, without a file descriptor" "$(ids 64)" --vms=2 --unfiled=200

# Another thread waits for the lock of a vCPU that runs, and has it in between.
vm_start asked "$(ids 48)" --vcpus=2 --ask 'out:1000 cpuid:200'
vm_check asked
vm_end asked

# Processes with one memory run the vCPUs of a VM. If a thread loses its CPU between the event that
# names the vCPU and that of the return, the return is looked for on all CPUs.
ftrace_on
widened=/sys/kernel/tracing/events/kprobes/widened
if [ $machine = x86_64 ] && echo 'p:widened kvm_sigset_deactivate' >/sys/kernel/tracing/kprobe_events; then
	echo stacktrace >$widened/trigger
	echo 1 >$widened/enable
fi
turn=0
displaced=$(info returns_displaced)
# Only x86 looks for returns, and only where a thread can lose its CPU within the kernel.
until [ $turn -ge 3 ] && { [ ! -e $widened ] || [ $turn -ge 8 ] || [ "$(info returns_displaced)" -gt $((displaced + 20)) ]; }; do
	turn=$((turn + 1))
	vm_start groups "$(ids $((32 + 16 * turn)))" --vcpus=4 --pin=0 --groups 'out:3000'
	vm_check groups
	vm_end groups
done
echo "# $(($(info returns_displaced) - displaced)) returns were displaced in $turn turns"
if [ -e $widened ] && grep -qw preempt=full /proc/cmdline; then
	yes "more than 20 returns were displaced" [ $(($(info returns_displaced) - displaced)) -gt 20 ]
fi
is "processes with one memory: unattributed returns" "$(info returns_unattributed)" 0
if [ -e $widened ]; then
	echo 0 >$widened/enable
	echo '!stacktrace' >$widened/trigger
	echo >/sys/kernel/tracing/kprobe_events
fi

# A real-time vCPU holds the CPU on which it was first seen. What makes spare records and directories
# must run on another. As on a host that is set up for this, RCU still gets that CPU.
if [ "$(nproc)" -gt 1 ] && [ -e /bin/chrt ]; then
	rt=/proc/sys/kernel/sched_rt_runtime_us
	was=$(cat $rt)
	echo -1 >$rt
	# The kernel's own work on that CPU waits, of which the log would tell after a while.
	hung=/proc/sys/kernel/hung_task_timeout_secs
	[ ! -e $hung ] || { limit=$(cat $hung) && echo 0 >$hung; }
	# helpers CHRT-ARGUMENT...: schedule them so.
	helpers() {
		grep -lxE 'ksoftirqd/1|ktimers/1|rcuc/1|rcub/[0-9]+|rcu_(preempt|sched)' /proc/[0-9]*/comm 2>/dev/null | cut -d/ -f3 | xargs -r -n 1 chrt "$@"
	}
	helpers -f -p 60
	vm_run holder "$(ids 256)" --pin=1 --fifo=50 'spin:100000000'
	holds() { known holder && [ "$(awk 'NR == 2 { print $10 }' "$K/$(cat holder.id)/vcpus")" = guest ]; }
	yes "a real-time vCPU that spins has its directory" within 30 holds
	# More than there are spares, so that these must be made meanwhile.
	for i in 0 1 2; do
		vm_start beside$i "$(ids $((512 + 128 * i)))" --vms=8 --pin=0 'out:5 cpuid:5'
	done
	for i in 0 1 2; do
		vm_check beside$i
	done
	is "beside it: unattributed exits" "$(info exits_unattributed)" 0
	killed holder
	# A real-time thread that is there when the limit comes back may be throttled for ever.
	within 60 gone "$(cat holder.pid)" || not_ok "holder is not gone"
	helpers -o -p 0
	echo $was >$rt
	[ ! -e $hung ] || echo $limit >$hung
	vm_end beside0 beside1 beside2
else
	skip "a real-time vCPU: there is one CPU, or no chrt for $machine here"
fi

# Kprobes are disarmed, and no VM comes or goes. What looks for that wakes no idle CPU.
switch=/sys/kernel/debug/kprobes/enabled
noticed() { [ "$(of $1 state)" = ended ]; }
counting() { [ "$(info state)" = counting ]; }
vm_run busy "$(ids 272)" "--vcpus=$(nproc)" 'out:1000000000'
yes "a VM whose CPUs are busy is seen" within 20 known busy
echo 0 >$switch
yes "disarmed kprobes are noticed" within 30 noticed busy
echo 1 >$switch
yes "kvmstat counts again" within 30 counting
vm_kill busy
within 60 gone "$(cat busy.pid)" || not_ok "busy is not gone"

# Kprobes are disarmed while VMs end, and armed at once, mostly before that is noticed. Other VMs get
# their addresses.
turn=0
until [ $turn -gt 0 ] && { ! noticed dead0 || [ $turn -ge 3 ]; }; do
	turn=$((turn + 1))
	names=''
	for i in 0 1 2 3 4 5 6 7; do
		vm_start dead$i "$(ids $((288 + 16 * i)))" 'out:50 cpuid:5'
		names="$names dead$i"
	done
	for name in $names; do
		within 60 known $name || not_ok "$name has no directory"
		of $name exits >$name.exits
	done
	echo 0 >$switch
	vm_kill $names
	for name in $names; do
		within 60 gone "$(cat $name.pid)" || not_ok "$name is not gone"
	done
	echo 1 >$switch
	yes "kvmstat counts, in turn $turn" within 30 counting
done
echo "# the end of these VMs was $(if noticed dead0; then echo noticed; else echo missed; fi)"
for i in 0 1 2 3 4 5 6 7; do
	vm_start next$i "$(ids $((896 + 16 * i)))" --vcpus=2 'out:7 cpuid:9'
	vm_check next$i
done
for name in $names; do
	is "$name, which ended while kprobes were disarmed, keeps its exits" "$(of $name exits)" "$(cat $name.exits)"
done
vm_end next0 next1 next2 next3 next4 next5 next6 next7
is "unattributed exits" "$(info exits_unattributed)" 0
ftrace_off
unload
