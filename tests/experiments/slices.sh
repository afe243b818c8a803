# A guest that computes for 2 ms and then rests for 1 ms, beside one that always computes, on one CPU: how long the
# first one waits for the CPU. The clock counts instructions, so waits are nearly the same on any host.
# kernels: 6.12-cloud trixie-backports-cloud
# machine: --mem 1024 --icount 0
# chart: wait_us turns share
# shellcheck shell=sh disable=SC2086,SC2046,SC2034,SC2154 # words
. /cases/experiments.sh

begin
# The threads compete with each other, not their sessions.
echo 0 >/proc/sys/kernel/sched_autogroup_enabled
# run NAME ARGUMENT...: start a VM whose main thread runs its vCPU. end NAME: end it at once.
run() {
	name=$1
	shift
	vm_run $name --one-thread "$@"
	yes "$name runs" within 120 runs $(cat $name.pid)
}
runs() { [ "$(field $1 1 exits)" -gt 3 ]; }
end() {
	vm_kill $1
	within 20 gone $(cat $1.pid)
}

# seen: print the time that the first one waited, how often it got the CPU, what both ran, and its returns.
seen() {
	awk 'NR == 1 { printf "%s %s %s ", $2, $3, $1 } NR == 2 { printf "%s ", $1 }' /proc/$one/schedstat /proc/$other/schedstat
	field $one 1 kvm_qemu_switch_num
}
# waits SETTING: a row with the microseconds that the first one waits for each turn of its work, how often it gets the
# CPU for a turn, and its part of the CPU in percent, in five windows.
row setting wait_us least most turns share
waits() {
	rm -f us turns shares
	usleep 100000
	for _ in 1 2 3 4 5; do
		seen >was
		usleep 300000
		seen | less was >now
		awk '{ printf "%.1f\n", $1 / $5 / 1000 }' now >>us
		awk '{ printf "%.2f\n", $2 / $5 }' now >>turns
		awk '{ printf "%.1f\n", 100 * $3 / ($3 + $4) }' now >>shares
	done
	holds "$1: it gets the CPU" "$(median <turns) > 0"
	row "$linux: $1" $(median <us) $(least <us) $(most <us) $(median <turns) $(median <shares)
	echo "$1:$(median <us)" >>all
}
of() { sed -n "s/^$1://p" all; }
# set_to SETTING PID WISH: a row with this wish, which is then undone.
set_to() {
	yes "$1" kvmtune set $2.vcpu $3
	waits "$1"
	kvmtune undo
}
run loops spin:1000000
run works --rest=1000 step:1000000
other=$(cat loops.pid) one=$(cat works.pid)
waits "both usual"
set_to "its slice 0.1 ms" $one slice=0.1ms
set_to "its slice 10 ms" $one slice=10ms
set_to "the other's slice 0.1 ms" $other slice=0.1ms
set_to "the other's slice 10 ms" $other slice=10ms
set_to "its nice -10" $one nice=-10
yes "RR 1" chrt -r -p 1 $one
waits "RR 1"
chrt -o -p 0 $one
waits "both usual, again"
end works
run rests --rest=1000 out:1000000
one=$(cat rests.pid)
waits "no work, both usual"
set_to "no work, its slice 10 ms" $one slice=10ms
end rests
end loops

usual=$(of "both usual")
holds "the same again" "$(of "both usual, again") > 0.8 * $usual && $(of "both usual, again") < 1.25 * $usual"
least_of_slices=$(for setting in "its slice 0.1 ms" "its slice 10 ms" "the other's slice 0.1 ms" "the other's slice 10 ms"; do of "$setting"; done | least)
holds "nice does more than any slice" "$(of "its nice -10") < 0.5 * $least_of_slices"
holds "nice shortens its waits" "$(of "its nice -10") < 0.4 * $usual"
holds "RR ends them" "$(of "RR 1") < 1"
holds "who has no work to do hardly waits" "$(of "no work, both usual") < 0.1 * $usual && $(of "no work, its slice 10 ms") < 0.1 * $usual"
umount $cg
unload
