# A day of a host, in a hurry: lab.day VMs of four vCPUs (1000) boot in four storms, each vCPU makes 350
# returns and lab.exits other exits (7200), up to ten more VMs a second come and go, and record, the exporter
# and top run. Nothing is lost, and the memory of module and commands is flat. It needs the root disk.
# shellcheck shell=sh disable=SC2154,SC2086,SC2046,SC2094 # from lib.sh; a function's file

[ -d /root/bin ] || mount_root || { not_ok "no root disk"; exit; }
vms=$(lab_option day 1000) each=$(lab_option exits 7200) hour=0
vmms=$((vms / 10)) vms=$((vms / 10 * 10))

# churn: until the stop, run a VMM after the other, at most one a second.
churn() {
	while going; do
		/bin/vmm 'out:50 cpuid:20' </dev/null >>churn.out 2>&1
		echo >>churned
		sleep 1
	done
}

exporter() {
	while going; do
		kvmstat export -o metrics.new && mv metrics.new metrics
		sleep 15
	done
}

rss() { awk '$1 == "VmRSS:" { print $2 }' "/proc/$1/status"; }

# look: add a row to the day's table.
look() {
	hour=$((hour + 1))
	echo $hour $(info vms) $(info exits) $(wc -l <churned) $(($(info memory_bytes) / 1024)) \
		$(rss $recorder) $(rss $top) $(($(wc -c <day.json) / 1024)) >>day
	sed 's/^/# hour, VMs, exits, ended, KiB of the module, of record, of top, of the recording: /' day | tail -n 1
}

# spent COMMAND...: print its CPU time, in clock ticks of the kernel.
# shellcheck disable=SC2016 # its own shell expands it
spent() {
	sh -c '"$@" >/dev/null; cut -d" " -f16,17 /proc/$$/stat' - "$@" | awk '{ print $1 + $2 }'
}

kvm_present
# As on a host: however many vCPUs want to run, the commands get a CPU.
cg=/tmp/cgroup2
machine=$cg/machine.slice
mkdir -p $cg
mount -t cgroup2 none $cg
echo +cpu >$cg/cgroup.subtree_control
mkdir $machine
echo 400 >$machine/cpu.weight
load max_vms=2000
# By thread, returns would be too many for a histogram.
ftrace_count kvm_exit $exit_keys
ftrace_count kvm_userspace_exit reason
: >churned
kvmstat record day.json 10 &
recorder=$!
export LC_ALL=C.UTF-8
tm new-session -d -s lab -x 120 -y 40 "sh -c 'echo \$\$ >top.pid; exec kvmstat top 2'"
yes "top runs" within 60 [ -s top.pid ]
top=$(cat top.pid)
start_workers exporter churn churn churn churn churn churn churn churn churn churn
i=0
for storm in 1 2 3 4; do
	while [ $i -lt $((vmms * storm / 4)) ]; do
		i=$((i + 1))
		vm_run day$i --vms=10 --vcpus=4 --rest=100000 \
			"out:150 cpuid:$((each / 2)) mmior:50 rdmsr:$((each / 2)) out:150"
		cat day$i.pid >$machine/cgroup.procs
	done
	started() { [ "$(info vms)" -ge $((i * 10)) ]; }
	yes "storm $storm: $((i * 10)) VMs are there" awaited started
	look
done
ran() { [ "$(cat day*.out | grep -c '^done')" -ge $((vmms * part / 8)) ]; }
for part in 1 2 3 4 5 6 7 8; do
	yes "$part of 8 parts of the VMMs have ended their work" awaited ran
	look
done
# Record's memory is what its largest snapshot needs, which is one with all VMs.
written() { [ "$(stat -c '%i %s' day.json)" != "$was" ]; }
for part in 1 2 3 4; do
	was=$(stat -c '%i %s' day.json)
	yes "snapshot $part with all VMs" within 300 written
	look
done
echo "# a scrape has $(wc -c <metrics) bytes, and takes $(spent kvmstat export) ticks; reading KVM's own files takes $(spent sh -c 'find /sys/kernel/debug/kvm/*/ -type f -exec cat {} +')"
touch stop
left() { [ "$(info vms)" = "$vms" ]; }
yes "the others have ended, $(wc -l <churned) VMs" within 120 left
is "unattributed exits and returns" "$(info exits_unattributed) $(info returns_unattributed)" "0 0"
is "exits as ftrace" "$(info exits)" "$(hits kvm_exit)"
is "returns as ftrace" "$(info returns)" "$(hits kvm_userspace_exit)"
is "each VM has its own port I/O" "$(awk -v c="$(column $io)" 'NR > 1 { print $c }' /proc/kvminfo | sort | uniq -c | xargs)" "$vms 1204"
is "what the VMMs said" "$(cat churn.out day*.out | grep -v -E '^(vm|thread|ran|done)\b' | head -n 3)" ""
ftrace_stop kvm_exit $exit_keys
ftrace_stop kvm_userspace_exit reason

# flat FIELD ROW: print the last figure in percent of that one. A quarter of the work is done in row 6.
flat() { awk -v f="$1" -v row="$2" 'NR == row { was = $f } END { print int(100 * $f / was) }' day; }
yes "the module's memory is flat ($(flat 5 6) percent)" [ "$(flat 5 6)" -le 110 ]
yes "record's memory is flat ($(flat 6 14) percent)" [ "$(flat 6 14)" -le 110 ]
yes "top's memory is flat ($(flat 7 6) percent)" [ "$(flat 7 6)" -le 120 ]
kill "$recorder"
tm kill-server
yes "report reads the day" kvmstat report day.json >report
sed 's/^/# |/' report | head -n 8
for name in day*.pid; do
	kill "$(cat ${name%.pid}.holder)"
done
none() { [ "$(info vms)" = 0 ]; }
yes "all VMs have ended" within 300 none
rmdir $machine
echo -cpu >$cg/cgroup.subtree_control
umount $cg
unload
