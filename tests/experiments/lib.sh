# Functions that the experiments share, inside the lab machine: guests that do fixed work when they are
# told, and what that work costs. cases/run has read cases/lib.sh before.
# shellcheck shell=sh disable=SC2154,SC2086,SC2034,SC2046,SC2015,SC3045 # from cases/lib.sh; words

cg=/sys/fs/cgroup
linux=$(uname -r | cut -d. -f1,2)

# row CELL...: a row of the experiment's table; the first row has the names of the columns.
row() { (IFS='	'; echo "row	$*"); }

# holds WHAT EXPRESSION: a claim, in numbers that awk compares.
holds() {
	if awk "BEGIN { exit !($2) }"; then ok "$1 ($2)"; else not_ok "$1: $2"; fi
}

# begin: make ready, with kvmstat; begin_without: the same without it.
begin() {
	begin_without
	load mode=0444
}
begin_without() {
	[ -d /root/bin ] || mount_root || { not_ok "no root disk"; exit; }
	kvm_present
	mkdir -p /run /etc told $cg && mount -t cgroup2 none $cg
	echo "+cpu +memory +cpuset" >$cg/cgroup.subtree_control
	echo never >/sys/kernel/mm/transparent_hugepage/enabled
	echo 0 >/sys/module/kvm/parameters/halt_poll_ns
}
finish() {
	rmdir $cg/*/
	umount $cg
	unload
}

# start NAME OPTION...: start a guest that does what it is told, in a cgroup of its own. awaited() reads
# what programs here print, so the pipes are elsewhere. ready NAME: it is told to do things from now on.
start() {
	mkdir -p $cg/$1
	mkfifo told/$1.in told/$1.out
	rm -f /tmp/$1.log
	(
		sh -c 'echo $PPID' >$cg/$1/cgroup.procs
		name=$1
		shift
		guest $name told "$@" -chardev pipe,id=told,path=told/$name -serial chardev:told 2>$name.err
	) &
	echo $! >$1.pid
}
ready() { yes "$1 works" awaited begun $1 || { cat $1.err; exit; }; }
stop() {
	kill -9 $(cat $1.pid)
	within 20 gone $(cat $1.pid)
	rm told/$1.in told/$1.out
}

# told NAME COMMAND...: the guest does that; print what it says. tell and answer are its two halves.
tell() {
	to=$1
	shift
	echo "$*" >told/$to.in
}
answer() {
	while read -r line <told/$1.out && [ "$line" != "done" ]; do
		[ "${line%%:*}" != failed ] || not_ok "$1: the guest's work $line" >&2
		echo "$line"
	done
}
told() {
	tell "$@"
	answer $1
}

# flat NAME MIB WORD...: start a guest of flat.c, which is told what to do as the others are, and says how long that
# took.
flat() {
	mkfifo told/$1.in told/$1.out
	name=$1
	shift
	/bin/flat "$@" <>told/$name.in 1<>told/$name.out 2>$name.err &
	echo $! >$name.pid
	answer $name
}
end_flat() {
	tell $1 end
	within 20 gone $(cat $1.pid)
	rm told/$1.in told/$1.out
}

# figures NAME: print the guest's exits, without those for the host's interrupts, which depend on the time
# that it takes; those to the VMM; those for memory faults; and the microseconds that all threads of its VMM
# ran outside guest mode, those that ended too.
figures() {
	pid=$(cat $1.pid)
	echo $(($(field $pid 1 exits) - $(field $pid 1 interrupt_num))) $(field $pid 1 kvm_qemu_switch_num) \
		$(($(field $pid 1 fault_num) - $(field $pid 1 fault_mmio_num))) \
		$(($(awk '$1 == "usage_usec" { print $2 }' $cg/$1/cpu.stat) - $(field $pid 1 guest_ns) / 1000))
}

# faults_of NAME...: print these guests' memory faults, and the nanoseconds in the kernel for them.
faults_of() {
	for name; do
		cat $K/$(field $(cat $name.pid) 1 id)/reasons
	done | awk '$NF == "npf" { n += $2; ns += $4 } END { printf "%d %.0f\n", n, ns }'
}
vmstat_of() { awk -v k=$1 '$1 == k { print $2 }' /proc/vmstat; }

# less FILE [N]: print the input's numbers less those of the file, divided by N.
less() { awk -v n=${2:-1} 'NR == FNR { split($0, was); next } { for (i = 1; i <= NF; i++) printf (n > 1 ? "%.2f%s" : "%.0f%s"), ($i - was[i]) / n, i < NF ? " " : "\n" }' $1 -; }

# cost NAME COMMAND...: print the figures of what the guest is told to do.
cost() {
	figures $1 >was
	told "$@" >said
	figures $1 | less was
}

# per_one N NAME COMMAND...: print the figures of one of the N operations that COMMAND N does. The
# difference of two lengths takes away what does not depend on N. The file "long" has the figures of twice N.
per_one() {
	n=$1
	shift
	cost "$@" $n >short
	cost "$@" $((2 * n)) >long
	less short $n <long
}

# median, least, most: of the numbers in the input.
median() { sort -n | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }
least() { sort -n | head -n 1; }
most() { sort -n | tail -n 1; }
