# The life of VMs: a thousand VMs that come and go leave no memory behind; addresses are reused; a VM
# is killed in mid-exit; a VM ends while somebody reads its files.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

churn=$(lab_option churn 200)

# come_and_go N: run N VMs, in ten VMMs at once.
come_and_go() {
	pids=''
	for _ in 0 1 2 3 4 5 6 7 8 9; do
		/bin/vmm --churn=$(($1 / 10)) 'out:20 cpuid:5' &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait "$pid" || not_ok "vmm failed"
	done
}

kvm_present
load
# Meanwhile, readers of every kind read the file whole, byte by byte, and the debugfs files of all VMs.
readers=''
sh -c 'while [ ! -e stop ]; do cat /proc/kvminfo >read.1; usleep 20000; done' &
readers="$readers $!"
sh -c 'while [ ! -e stop ]; do dd if=/proc/kvminfo of=read.2 bs=1 2>/dev/null; usleep 20000; done' &
readers="$readers $!"
sh -c "while [ ! -e stop ]; do cat $K/*/reasons $K/*/cpus $K/info $K/retired >read.3 2>/dev/null; usleep 20000; done" &
readers="$readers $!"

# Warm up, because what the kernel caches for the first VMs is not kvmstat's.
come_and_go 100
ended() { [ "$(info vms)" = 0 ]; }
yes "the first VMs have ended" within 60 ended
warm=$(info exits) warm_returns=$(info returns)
ftrace_on # its histograms, too, take some megabytes
before=$(memory) own=$(info memory_bytes)
come_and_go $churn
all_ended() { [ "$(info vms_retired)" = $((churn + 100)) ]; }
yes "all ended VMs were seen to end" within 60 all_ended
is "VMs left" "$(info vms)" 0
is "lines left" "$(wc -l </proc/kvminfo)" 1
# A row remains for each CPU that an ended VM ran on.
own_back() { [ $(($(info memory_bytes) - own)) -le $((64 * 128 * $(nproc))) ]; }
yes "kvmstat's own memory came back (bytes: $own before)" within 60 own_back
# A scan for leaks and its readers would wait for one lock in turn.
touch stop
# shellcheck disable=SC2086
wait $readers
memory_back "$before"
is "each VM on a reused address has its own count" \
	"$(awk -v c="$(column $io)" 'NR > 1 { print $c, $7 - $10 }' $K/retired | sort -u | xargs)" "21 27"
is "retired list is bounded" "$(awk 'NR > 1' $K/retired | wc -l)" 64
is "ids are not reused" "$(awk 'NR > 1 { print $13 }' $K/retired | sort -un | wc -l)" 64
is "sum of the ended as ftrace" "$(($(info exits_retired) - warm))" "$(hits kvm_exit)"

# VMs are killed while they make exits as fast as they can.
i=0
while [ $i -lt 10 ]; do
	i=$((i + 1))
	vm_run victim --id-base=32 --vcpus=2 'out:100000000'
	running() { [ "$(field "$(cat victim.pid)" 1 $io)" -gt 100 ] 2>/dev/null; }
	within 20 running || not_ok "the victim does not run"
	pid=$(cat victim.pid)
	vm_kill victim
	within 20 ended || not_ok "the victim did not end"
done
yes "killed VMs have ended" within 20 ended
is "killed in mid-exit: every event is kept" "$(info exits)" "$(($(hits kvm_exit) + warm))"
is "and every return" "$(info returns)" "$(($(hits kvm_userspace_exit) + warm_returns))"
is "unattributed exits" "$(info exits_unattributed)" 0
is "unattributed returns" "$(info returns_unattributed)" 0
unload
