#!/bin/sh
# Runs in the machine of costlib.sh. Measures what an exit costs with kvmstat and with each of the
# tools that people use today, and whether they saw all exits. Prints for each tool
#   peer CPUID OUT EXITS RECORDED TOLD LABEL
#   real-time EXITS RECORDED TOLD LABEL
# CPUID and OUT are instructions per exit, EXITS is KVM's own counter, RECORDED is the number of
# exits that the tool recorded, TOLD is the loss that the tool reports, or "-" without a report. The
# second line is for a VMM at real-time priority, for which the readers of buffers have to wait.
# shellcheck disable=SC2034,SC1090,SC2086,SC2010 # see lib.sh; no name in /proc has a space
. /cases/costlib.sh
CASE=peers

exits=40000

# Each observer is two functions. NAME_on ends when the tool is attached, after it showed the
# evidence; NAME_off ends when the tool is gone, and sets recorded and told.
seen() { echo "# $name: attached: $*"; }

# attach LABEL, detach LABEL: attach or detach the tool $name, in a folder of its own.
attach() {
	mkdir "/tmp/$name" && cd "/tmp/$name" && : >runs && "${name}_on" && return
	not_ok "$1 did not attach"
	sed 's/^/# /' tool.*
	return 1
}
detach() {
	recorded='' told=''
	"${name}_off"
	recorded="$(awk '{ n += $2 } END { print n }' runs) ${recorded:--} ${told:--} $1"
	tail -n 40 tool.* 2>/dev/null | sed 's/^/# /'
	cd /tmp && rm -rf "/tmp/$name"
}

# observer NAME LABEL
observer() {
	name=$1
	attach "$2" || return
	cpuid=$(per_exit cpuid $exits) out=$(per_exit out $exits)
	detach "$2"
	echo "peer $cpuid $out $recorded"
	attach "$2" || return
	before='chrt -f 1'
	run cpuid:100000 >runs
	before=
	detach "$2"
	echo "real-time $recorded"
}

none_on() { :; }
none_off() { :; }

kvmstat_on() { load "$@" && seen "its info is there; timing: $(info timing)"; }
kvmstat_off() {
	recorded=$(info exits) told=$(info exits_unattributed)
	unload
}
counts_on() { kvmstat_on timing=0; }
counts_off() { kvmstat_off; }

hist_on() {
	echo 'hist:keys=exit_reason:size=4096' >$T/kvm_exit/trigger
	seen "$(grep '^hist.*active' $T/kvm_exit/trigger)"
}
hist_off() {
	cat $T/kvm_exit/hist >tool.out
	echo '!hist:keys=exit_reason' >$T/kvm_exit/trigger
	recorded=$(awk '$1 == "Hits:" { print $2 }' tool.out)
	told=$(awk '$1 == "Dropped:" { print $2 }' tool.out)
}

# tool PROGRAM ARGUMENT...: start a tool. tool_end: send ^C, and wait for the tool's end.
tool() {
	(root_program "$@") >tool.out 2>tool.err &
	tool=$!
}
tool_end() {
	kill -INT $tool
	wait $tool
}

# perf_on ARGUMENT...: start perf with its events off; perf answers when they are turned on.
perf_on() {
	mkfifo control answer
	tool perf "$@" --delay=-1 --control=fifo:control,answer
	timeout 600 sh -c 'echo enable >control'
	answer=$(timeout 600 head -n 1 answer)
	seen "perf's answer to enable: $answer"
	[ "$answer" = ack ]
}
stat_on() { perf_on stat -e kvm:kvm_exit -a -x, -o counts; }
stat_off() {
	tool_end
	recorded=$(awk -F, '/kvm_exit/ { print $1 }' counts)
}
perfkvm_on() { perf_on kvm stat record -a -o perf.data; }
perfkvm_off() {
	tool_end
	(root_program perf report --stats -i perf.data) >tool.stats 2>&1
	recorded=$(awk '/^kvm:/ { event = $1 } event == "kvm:kvm_exit" && $1 == "SAMPLE" { print $3 }' tool.stats)
	told=$(awk '/^kvm:/ { event = $1 } event == "kvm:kvm_exit" && $1 == "LOST_SAMPLES" { n = $3 }
		END { print n + 0 }' tool.stats)
}

recording() { [ "$(cat $T/kvm_exit/enable $T/kvm_entry/enable /sys/kernel/tracing/tracing_on | xargs)" = "1 1 1" ]; }
tracecmd_on() {
	tool trace-cmd record -e kvm:kvm_exit -e kvm:kvm_entry -o trace.dat
	within 600 recording && seen "kvm_exit, kvm_entry and tracing are on"
}
tracecmd_off() {
	tool_end
	(root_program trace-cmd report --stat -i trace.dat) >tool.stats 2>&1
	recorded=$( (root_program trace-cmd report -R -i trace.dat) 2>tool.report | grep -cF kvm_exit:)
	told=$(awk '/overrun:|^dropped events:/ { n += $NF } END { print n }' tool.stats)
}

# bpf_on PROGRAM
bpf_on() {
	export __BPFTRACE_NOTIFY_PROBES_ATTACHED=1
	tool bpftrace -e "$1"
	within 600 grep -qs PROBES_ATTACHED tool.err &&
		seen "bpftrace says so, and has $(ls -l /proc/$tool/fd | grep -cF '[perf_event]') events open"
}
bpf_off() {
	tool_end
	told=$(cat tool.out tool.err | awk '$1 == "Lost" { n += $2 } END { print n }')
}
bpfcount_on() { bpf_on 'tracepoint:kvm:kvm_exit { @[args->exit_reason] = count(); }'; }
bpfcount_off() {
	bpf_off
	recorded=$(awk '/^@\[/ { n += $2 } END { print n }' tool.out)
}
bpftime_on() {
	bpf_on 'tracepoint:kvm:kvm_exit { @start[tid] = nsecs; @why[tid] = args->exit_reason; }
		tracepoint:kvm:kvm_entry /@start[tid]/ {
			@[@why[tid]] = hist(nsecs - @start[tid]);
			delete(@start[tid]);
		}'
}
bpftime_off() {
	bpf_off
	# The last exit of a VM has no entry after it.
	recorded=$(awk '/^\[/ { sub(/^[^])]*./, ""); n += $1 } /^@start/ { n++ } END { print n }' tool.out)
}

kvm_load
mount_root || not_ok "no disk"
observer none "nothing"
alone=$cpuid
observer counts "kvmstat, counts only"
observer kvmstat "kvmstat"
observer stat "perf stat -e kvm:kvm_exit"
observer hist "ftrace hist trigger"
observer bpfcount "bpftrace, counts by reason"
observer bpftime "bpftrace, times by reason"
# The occasional reader of the buffers, on the same CPU, is part of the cost, so make many exits.
tries=1 exits=80000
observer tracecmd "trace-cmd record"
observer perfkvm "perf kvm stat record"
observer none "nothing, once more"
[ "$(((cpuid - alone) / 20))" = 0 ] || not_ok "something stayed: $cpuid per exit, $alone at first"
