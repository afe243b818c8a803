# What cost.sh and observers.sh share: the instructions of one exit, in the machine where
# one instruction takes one nanosecond of the clock.
# shellcheck shell=sh disable=SC2086,SC2094 # held is a fifo

. /cases/lib.sh

# run VMM-ARGUMENT...: "NS EXITS", what it took and KVM's own count of its exits. Nothing
# else runs meanwhile: the VMM speaks when all is over, and waits for the end of its input.
# $before is for a command that runs it.
before=
run() {
	[ -p held ] || mkfifo held
	$before /bin/vmm "$@" <held | {
		exec 3>held
		while read -r word value _ && [ "$word" != "done" ]; do
			[ "$word" != ran ] || ns=$value
		done
		echo "$ns $(cat /sys/kernel/debug/kvm/exits)"
	}
}

# ns VMM-ARGUMENT...: of the run, the least of $tries. The file runs lists all of them.
tries=2
ns() {
	for _ in $(seq $tries); do
		run "$@" | tee -a runs
	done | sort -n | awk 'NR == 1 { print $1 }'
}

# per_exit WORK EXITS VMM-ARGUMENT...: the work's fixed costs (threads, first faults) go
# by a difference of lengths.
per_exit() {
	what=$1 exits=$2
	shift 2
	short=$(ns "$@" "$what:$((exits / 2))")
	long=$(ns "$@" "$what:$exits")
	echo $(((long - short) / (exits / 2)))
}
