# The part that cost.sh and observers.sh share: they measure the instructions of one exit, in the
# machine where one instruction takes one nanosecond of the clock.
# shellcheck shell=sh disable=SC2086,SC2094 # held is a fifo

. /cases/lib.sh

# run VMM-ARGUMENT...: run a VMM and print "NS EXITS", its time and KVM's own count of its exits.
# Nothing else runs meanwhile, because the VMM prints when all is over, and waits for the end of its
# input. $before is a command that runs the VMM.
before=
run() {
	[ -p held ] || mkfifo held
	$before /bin/vmm --timed "$@" <held | {
		exec 3>held
		while read -r word value _ && [ "$word" != "done" ]; do
			[ "$word" != ran ] || ns=$value
		done
		echo "$ns $(cat /sys/kernel/debug/kvm/exits)"
	}
}

# ns VMM-ARGUMENT...: print the shortest time of $tries runs. The file "runs" lists all of them.
tries=2
ns() {
	for _ in $(seq $tries); do
		run "$@" | tee -a runs
	done | sort -n | awk 'NR == 1 { print $1 }'
}

# per_exit WORK EXITS VMM-ARGUMENT...: print the cost of one exit. The difference of two lengths
# removes the work's fixed costs (threads, first faults).
per_exit() {
	what=$1 exits=$2
	shift 2
	short=$(ns "$@" "$what:$((exits / 2))")
	long=$(ns "$@" "$what:$exits")
	echo $(((long - short) / (exits / 2) / $(lab_option exact 1)))
}

# three_ways: call works without kvmstat, with kvmstat counting only, and with kvmstat timing, too.
three_ways() {
	kvm_present
	works >without
	load timing=0 || not_ok "kvmstat does not load"
	is state "$(info state)" counting
	works >counting
	echo Y >/sys/module/kvmstat/parameters/timing
	works >timing
}

# of WORK FILE
of() { awk -v w="$1" '$1 == w { print $2 }' "$2"; }

# costs VMS COUNTING TIMING: print "cost WORK VMS WITHOUT COUNTING TIMING" for each work.
costs() {
	while read -r work without; do
		echo "cost $work $1 $without $(of $work $2) $(of $work $3)"
	done <without
}
