# kvmstat trace has the real trace-cmd record where a guest exits: as many exits at each address as
# ftrace counts beside it, and of this guest only. Nothing is left on, whoever is killed.
# shellcheck shell=sh disable=SC2154,SC2086,SC2046 # from lib.sh; words

command -v trace-cmd >/dev/null || { skip "there is no trace-cmd for this architecture here"; exit; }
[ "$(kvm_vendor)" = amd ] || { skip "trace-cmd takes too long in Bochs"; exit; }
kvm_present
load

# state: print what ftrace does beside our instances.
state() {
	(cd /sys/kernel/tracing && grep -H . tracing_on current_tracer trace_clock buffer_size_kb set_event \
		set_event_pid set_ftrace_pid trace_options events/enable /proc/sys/kernel/ftrace_enabled) |
		sed 's/ (expanded: [0-9]*)//' # an instance, whosever, takes this away
}
# nothing_left WHO: no instance, no trace-cmd and no part of a file is left.
is_left() {
	ls $I
	grep -ls ^trace-cmd /proc/[0-9]*/cmdline
	ls ./*.cpu*
}
none_left() { [ -z "$(is_left 2>/dev/null)" ]; }
nothing_left() {
	yes "$1: nothing is left on" within 120 none_left || is_left
	state >state.now
	yes "$1: ftrace is as it was" cmp -s state.before state.now || diff state.before state.now
}
# recording N: so many instances of ours record.
recording() { [ "$(cat $I/kvmstat-*/events/kvm/kvm_exit/enable $I/kvmstat-*/tracing_on 2>/dev/null | grep -c 1)" = $(($1 * 2)) ]; }
begun() { ls -d $I/kvmstat-* >/dev/null 2>&1; }
# stop PID: stop it, so that it makes no exit any more.
is_stopped() { ! grep -q '^State:.[^T]' /proc/$1/task/*/status; }
stop() { kill -STOP $1 && yes "the guest stands still" within 60 is_stopped $1; }
made() { [ "$(field $pid 1 exits)" -gt $1 ] 2>/dev/null; }

state >state.before
cpuid=2000
vm_run other --id-base=32 'rdmsr:1000000000'
vm_run traced --rest=2000 "out:5000 cpuid:$cpuid rdmsr:1000000000"
pid=$(cat traced.pid) other=$(cat other.pid)
yes "the guest runs" within 60 made 10
id=$(field $pid 1 id)

# Where the words of the guest's program are, see guest_x86.h.
cat >kallsyms <<-END
	0000000000000000 A nothing
	0000000000001014 T cpuids
	0000000000001006 T outs
	0000000000001023 t rdmsrs	[module]
	0000000000001035 D data
END

# The guest stands still while ftrace's count and trace-cmd begin and end, so that both see the same exits.
stop $pid
ftrace_counts_by_key && ftrace_count kvm_exit vcpu_id,exit_reason,guest_rip.hex
kvmstat trace pid:$other 1000 --size 1 -o other.dat >other.said 2>&1 &
trace_other=$!
yes "another guest is traced" within 120 recording 1
kvmstat trace pid:$pid 1000 --kallsyms kallsyms --csv >said.csv 2>said &
trace=$!
yes "two guests are traced at once" within 120 recording 2
kill -CONT $pid
yes "the guest works" awaited made 12000
stop $pid
kill -INT $trace
wait $trace
is "trace: status" $? 0
kill -TERM $trace_other
wait $trace_other
is "the other trace: status" $? 0
cat said other.said
head said.csv
# ours: print "code address exits" of the CSV.
ours() {
	awk -F, 'NR == FNR { split($0, f, " "); code[f[7]] = f[1]; next }
		FNR > 1 { gsub(/"/, ""); sub(/^0x0*/, "", $4); print code[$3], $4, $1 }' "$K/$id/reasons" said.csv | sort
}
# counted: print the same of what ftrace counted.
counted() {
	sed -n 's/^{ vcpu_id: *0, exit_reason: *\([0-9]*\), guest_rip: *\([0-9a-f]*\) } hitcount: *\([0-9]*\).*/\1 \2 \3/p' \
		$T/kvm_exit/hist | while read -r code address exits; do echo "$(printf '0x%x' $code) $address $exits"; done | sort
}
if ftrace_counts_by_key; then
	is "exits by reason and address as ftrace" "$(ours | xargs)" "$(counted | xargs)"
	ftrace_stop kvm_exit vcpu_id,exit_reason,guest_rip.hex
else
	skip "this kernel's ftrace does not count by key"
fi
nothing_left "after two traces"
is "every CPUID is there, by its symbol" "$(awk -F, '/cpuids\+0x9/ && tolower($3) ~ /cpuid/ { print $1 }' said.csv)" $cpuid
yes "the port's writes, too" grep -q 'outs+0x9' said.csv
yes "and those of the module" grep -q 'rdmsrs+0xc' said.csv
yes "trace-cmd reads its file" sh -c "trace-cmd report trace.dat 2>/dev/null | grep -q kvm_exit:"

# One reason only; JSON says how many the module counted.
name=$(sort -k 2nr "$K/$id/reasons" | awk 'NR == 1 { print $7 }')
kvmstat trace pid:$pid -r $name 1000 --json >said.json &
trace=$!
yes "one reason is traced" within 120 recording 1
kill -CONT $pid
was=$(field $pid 1 exits)
yes "the guest works again" awaited made $((was + 3000))
stop $pid
kill -INT $trace
wait $trace
json() { sed -n "s/^  \"$1\": \"*\([^\",]*\)\"*,*$/\1/p" said.json; }
head -n 20 said.json
is "only $name" "$(grep '"reason":' said.json | sort -u | grep -o ': ".*"' | sort -u)" ": \"$name\""
is "as many as the module counted" "$(json exits)" "$(json counted)"
is "none was lost" "$(json lost)" 0
is "they are all in the list" "$(awk '/"exits":/ && n++ { gsub(/[^0-9]/, ""); sum += $0 } END { print sum }' said.json)" "$(json exits)"
kvmstat trace pid:$pid -r no-such 1 >said 2>&1
is "a reason that there is not: status" $? 2
yes "and the reasons that there are" grep -q "reasons are: .*$name" said

# The size is bounded: what is of no guest's exits is as large as a trace without any.
kvmstat trace pid:$pid 1 >said
is "SECONDS end it: status" $? 0
yes "it saw no exit" grep -q '^0 exits traced' said
empty=$(stat -c %s trace.dat)
kvmstat trace pid:$other --size 1 10 >said
cat said
size=$(stat -c %s trace.dat)
yes "one MiB at most ($size bytes, without exits $empty)" [ $size -le $((empty + (1 << 20) + 65536)) ]

echo mine >mine
kvmstat trace pid:$pid 1 -o mine >said 2>&1
is "another file: status" $? 2
is "another file is left as it is" "$(cat mine)" mine
mv /bin/trace-cmd /bin/trace-cmd.off
kvmstat trace pid:$pid 1 >said 2>&1
is "without trace-cmd: status" $? 1
yes "without trace-cmd, a sentence" grep -q 'trace needs trace-cmd, which is not installed' said
mv /bin/trace-cmd.off /bin/trace-cmd

# killed WHEN COMMAND...: kill kvmstat when the command succeeds.
killed() {
	when=$1
	shift
	kvmstat trace pid:$other 1000 >said 2>&1 &
	trace=$!
	yes "kvmstat is killed $when" within 120 "$@"
	kill -9 $trace
	nothing_left "kvmstat was killed $when"
}
killed "at once" true
killed "as the instance appears" begun
killed "while it records" recording 1
yes "the killed one's file is whole" sh -c "trace-cmd report trace.dat 2>/dev/null | grep -q kvm_exit:"

pid_of() { basename $I/kvmstat-* | sed 's/kvmstat-//'; }
kvmstat trace pid:$other 1000 >said 2>&1 &
trace=$!
yes "trace-cmd records" within 120 recording 1
kill -9 "$(pid_of)"
wait $trace
is "trace-cmd was killed: status" $? 1
yes "and kvmstat says so" grep -q 'trace-cmd was ended by signal 9' said
nothing_left "trace-cmd was killed"

kvmstat trace pid:$other 1000 >said 2>&1 &
trace=$!
yes "trace-cmd records again" within 120 recording 1
kill -9 $trace "$(pid_of)"
yes "both were killed" within 60 gone $trace
yes "the next trace" kvmstat trace pid:$other 1
nothing_left "after both were killed, and the next trace"

kill -CONT $pid
kill -9 $pid $other
kill "$(cat traced.holder)" "$(cat other.holder)"
within 60 gone $pid
within 60 gone $other
unload
