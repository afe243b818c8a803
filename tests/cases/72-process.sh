# Compare what the command says of the process behind a guest with the settings and with KVM.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

[ -e /bin/kvmstat ] || { skip "the process: the command is not built for $machine here"; return; }

[ -e /bin/chrt ] || { skip "the process: there is no chrt for $machine here"; return; }

kvm_present
load mode=0444

# threads COLUMN ROLE: print the column for that thread of the guest $pid.
threads() { kvmstat threads -p "$pid" -w 0 --csv -c "role,$1" | awk -F, -v r="$2" '{ gsub(/"/, "") } $1 == r { print $2 }'; }
# is_soon WHAT COLUMN ROLE WANTED: shows COLUMN ROLE WANTED, within 30 seconds.
shows() { [ "$(threads "$1" "$2")" = "$3" ]; }
is_soon() {
	within 30 shows "$2" "$3" "$4"
	is "$1" "$(threads "$2" "$3")" "$4"
}

vm_run busy --vcpus=2 'out:100000000'
pid=$(cat busy.pid)
runs() { [ "$(field "$pid" 1 $io)" -gt 10 ] 2>/dev/null && [ "$(field "$pid" 1 vcpus)" = 2 ]; }
yes "a busy guest" within 60 runs
id=$(field "$pid" 1 id)
tid=$(awk '$1 == 0 { print $9 }' "$K/$id/vcpus")
is_soon "the thread of vCPU 0" tid "vCPU 0" "$tid"
is_soon "the thread of vCPU 1" tid "vCPU 1" "$(awk '$1 == 1 { print $9 }' "$K/$id/vcpus")"
# On newer kernels (6.12 stable, 6.13), one of them is KVM's own, for huge pages.
ls "/proc/$pid/task" >tasks
is "every thread of the VMM" "$(kvmstat threads -p "$pid" -w 0 --csv -c tid | grep -cxFf tasks)" "$(wc -l <tasks)"
kthread=$(grep -ls "^kvm-nx-lpage-recovery-$pid\$" /proc/[0-9]*/comm | cut -d/ -f3)
[ -z "$kthread" ] || is_soon "KVM's thread for it" tid nx-recovery "$kthread"

# The command shows each setting.
is_soon "policy at first" policy "vCPU 0" OTHER
renice -n 5 -p "$tid" >/dev/null
is_soon "nice" nice "vCPU 0" 5
is_soon "nice of the other" nice "vCPU 1" 0
chrt -b -p 0 "$tid"
is_soon "SCHED_BATCH" policy "vCPU 0" BATCH
chrt -r -p 3 "$tid"
is_soon "SCHED_RR" policy "vCPU 0" RR
is_soon "its priority" rt_priority "vCPU 0" 3
chrt -o -p 0 "$tid"
taskset -p 1 "$tid" >/dev/null
is_soon "allowed CPUs" allowed "vCPU 0" 0
is_soon "the CPU that it is on" cpu "vCPU 0" "$(stat_of "$tid" 39)"
moves=$(sed -n 's/^se.nr_migrations *: *//p' "/proc/$pid/task/$tid/sched" 2>/dev/null)
is_soon "moves" moves "vCPU 0" "$moves"
[ -n "$moves" ] || yes "moves: why not" sh -c "kvmstat threads -p $pid -w 0 | grep -q '^moves between CPUs '"
is "run time" "$(threads run_ns "vCPU 0" | wc -w)" 1
# The thread that ran vCPU 0 first, which the module reports, does not run that vCPU any more.
# The kernel counts a wait for a CPU when it is over, so a long one can be missing from a window.
busy() {
	kvmstat threads -p "$pid" -w 2 --csv -c role,run_share,ready_share >shares
	share=$(awk -F, '/"vCPU 1"/ { print int(100 * ($2 + $3)) }' shares)
	[ "${share:-0}" -ge 80 ]
}
yes "a busy vCPU runs or is ready all the time" within 60 busy
echo "# $share %"

# A quota holds the guest back, and the command says so.
cg=/tmp/cgroup2
mkdir $cg
if mount -t cgroup2 none $cg && echo +cpu >$cg/cgroup.subtree_control; then
	mkdir -p /sys/fs/cgroup
	mount --bind $cg /sys/fs/cgroup
	mkdir $cg/vms $cg/vms/guest 2>/dev/null
	echo +cpu >$cg/vms/cgroup.subtree_control
	echo '40000 100000' >$cg/vms/cpu.max
	echo 50 >$cg/vms/guest/cpu.weight
	echo "$pid" >$cg/vms/guest/cgroup.procs
	is_soon "cgroup" cgroup "vCPU 0" /vms/guest
	is_soon "weight" weight "vCPU 0" 50
	is_soon "quota, of the cgroup above" quota_share "vCPU 0" 0.400000
	# used: print the CPU time of the cgroup so far, in hundredths of a second.
	used() { awk '$1 == "usage_usec" { print int($2 / 10000) }' $cg/vms/cpu.stat; }
	before=$(used)
	kvmstat threads -p "$pid" -w 3 --json >quota
	most=$((($(used) - before) / 3 + 1))
	# The rows of /vms follow its name.
	throttled=$(tr -d ' ",' <quota | awk -F: '$1 == "cgroup" { on = $2 == "/vms" } on && $1 == "throttled" { print $2 }' | tail -n 1)
	yes "throttled periods (${throttled:-none} in 3 s)" [ "${throttled:-0}" -ge 10 ]
	run=$(tr -d ' ",' <quota | awk -F: '$1 == "run_share" { n += $2 } END { print int(100 * n) }')
	yes "its threads ran, and no more than their cgroup ($run % of $most %)" [ "$run" -gt 0 -a "$run" -le $most ]
	echo "$pid" >$cg/cgroup.procs
else
	skip "a quota: this kernel has no CPU controller for cgroup2"
fi

# A user without root sees the threads, and the reason why the rest is missing.
mkdir -p /etc
echo 'nobody:x:65534:65534::/tmp:/bin/sh' >/etc/passwd
su -s /bin/sh nobody -c "kvmstat threads -p $pid -w 0" >said 2>&1
yes "threads for everybody" grep -q "^main  *$pid " said
su -s /bin/sh nobody -c "kvmstat memory -p $pid -w 0" >said 2>&1
yes "memory for everybody" grep -q '^  resident ' said
yes "and why not all of it" grep -q '^transparent huge pages  *Permission denied' said
kvmstat record busy.jsonl 0.5 2
yes "a recording has the threads" sh -c "kvmstat threads -f busy.jsonl | grep -q '^vCPU 0 .* $tid '"
vm_kill() {
	kill -9 "$(cat "$1.pid")"
	kill "$(cat "$1.holder")"
	within 20 gone "$(cat "$1.pid")"
}

# What the threads waited for before the module saw their vCPUs is not in the counters.
waited() { kvmstat list -p "$pid" "$@" --csv -c ready_ns | sed 1d; }
yes "how long it waited in all" [ -n "$(waited)" ]
unload
load mode=0444
yes "the busy guest, seen anew" within 60 runs
yes "how long it waited in a second" within 60 [ -n "$(waited -w 1)" ]
is "how long it waited in all is not known" "$(waited)" ""
yes "and that is said" sh -c "kvmstat show -p $pid | tr -s ' \n' ' ' | grep -q 'older than kvmstat.s counters'"
vm_kill busy
if [ -e $cg/vms ]; then
	rmdir $cg/vms/guest $cg/vms
	umount /sys/fs/cgroup
	echo -cpu >$cg/cgroup.subtree_control
	umount $cg
fi
rmdir $cg

# The figures do not change any more, so the command's must equal those of KVM and the kernel.
vm_start still 'out:3000'
pid=$(cat still.pid)
memory() { kvmstat memory -p "$pid" -w 0 --csv -c "$1" | sed 1d; }
for size in 4k 2m 1g; do
	of_kvm=$(cat /sys/kernel/debug/kvm/"$pid"-*/pages_$size 2>/dev/null)
	is "pages of $size as KVM" "$(memory pages_$size)" "$of_kvm"
done
is "resident" "$(memory resident_bytes)" "$(awk '$1 == "Rss:" { print $2 * 1024 }' "/proc/$pid/smaps_rollup")"
is "in huge pages" "$(memory thp_bytes)" "$(awk '/^(AnonHugePages|ShmemPmdMapped|FilePmdMapped):/ { n += $2 } END { print n * 1024 }' "/proc/$pid/smaps_rollup")"
is "minor faults" "$(memory minor_faults)" "$(stat_of "$pid" 10)"
host() { kvmstat host -w 0 --raw | sed -n "s/^  $1 *//p"; }
is "the host's memory" "$(host memory)" "$(awk '$1 == "MemTotal:" { print $2 * 1024 }' /proc/meminfo)"
is "halt_poll_ns" "$(host kvm.halt_poll_ns)" "$(cat /sys/module/kvm/parameters/halt_poll_ns 2>/dev/null)"
vm_end still
unload

# A member of the group that may read the counts sees the process, too; others are told why not.
load mode=0440 group=1234
echo 'watcher:x:1234:1234::/tmp:/bin/sh' >>/etc/passwd
vm_run busy --vcpus=2 'out:100000000'
pid=$(cat busy.pid)
yes "a busy guest again" within 60 runs
su -s /bin/sh watcher -c "kvmstat threads -p $pid -w 0" >said 2>&1
yes "threads for the group" grep -q "^main  *$pid " said
su -s /bin/sh nobody -c "kvmstat threads -p $pid -w 0" >said 2>&1
yes "nobody else is told why not" grep -q 'kvminfo: Permission denied' said

# In a pid namespace, a guest of another one is none, and the pids are those of the namespace. KVM
# and the module name threads by their numbers outside, which must not be taken for those inside.
cat >inside <<'EOF'
vmm --vcpus=2 out:100000000 </dev/null >/dev/null 2>&1 &
pid=$!
until awk -v p=$pid '$2 == p && $7 > 1000 { n = 1 } END { exit !n }' /proc/kvminfo; do usleep 100000; done
echo $pid >inner.pid
ls /proc/$pid/task | sort | xargs >inner.tasks
kvmstat threads -p $pid -w 0 --csv -c tid | sed 1d | sort | xargs >inner.threads
kvmstat threads -p $pid -w 0 >inner.said
kvmstat memory -p $pid -w 0 >inner.memory
kvmstat list --csv -c pid | sed 1d | sort -n | xargs >inner.pids
kill -9 $pid
EOF
timeout 120 unshare -p -f --mount-proc sh inside 2>&1 | sed 's/^/# /'
is "in a pid namespace: its threads" "$(cat inner.threads)" "$(cat inner.tasks)"
is "the pids of the guests" "$(cat inner.pids)" "$(cat inner.pid)"
yes "the kernel's threads are not looked for" grep -q '^threads of the kernel for this guest  *this is not the initial pid namespace' inner.said
yes "nor KVM's pages" grep -q '^pages that KVM maps  *this is not the initial pid namespace' inner.memory
vm_kill busy
unload
