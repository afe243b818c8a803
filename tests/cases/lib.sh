# Functions that the cases share: checks that print both numbers, the module, VMs of vmm, and the
# oracles, which are ftrace's histogram of kvm_exit, KVM's own counters and vmm's count of returns.
# shellcheck shell=sh disable=SC2046,SC2086,SC2034,SC2015 # K and T are plain paths; the cases use the rest

. /lib/guestlib.sh

T=/sys/kernel/tracing/events/kvm
K=/sys/kernel/debug/kvmstat

ok() { echo "ok - $CASE: $1"; }
not_ok() { echo "not ok - $CASE: $1"; return 1; }
skip() { echo "skip - $CASE: $1"; }

# is WHAT OURS WANTED
is() {
	if [ "$2" = "$3" ]; then ok "$1 ($2)"; else not_ok "$1: kvmstat says '$2', wanted '$3'"; fi
}

# near WHAT OURS WANTED SLACK
near() {
	if [ "$3" != "" ] && [ "$2" != "" ] && [ $(($2 - $3)) -le $4 ] && [ $(($3 - $2)) -le $4 ]; then
		ok "$1 ($2 for $3, within $4)"
	else
		not_ok "$1: kvmstat says '$2', wanted '$3' within $4"
	fi
}

# yes WHAT COMMAND...: the command succeeds.
yes() {
	what=$1
	shift
	if "$@"; then ok "$what"; else not_ok "$what: failed: $*"; fi
}

# within SECONDS COMMAND...: the command succeeds within that time.
within() {
	until=$(($(uptime_s) + $1))
	shift
	while ! "$@"; do
		[ "$(uptime_s)" -le $until ] || { echo "# gave up waiting for: $*"; return 1; }
		usleep 100000
	done
}
uptime_s() { cut -d. -f1 /proc/uptime; }

# lab_option NAME DEFAULT: print the VALUE of lab.NAME=VALUE on the kernel's command line.
lab_option() {
	value=$(tr ' ' '\n' </proc/cmdline | sed -n "s/^lab\.$1=//p")
	echo "${value:-$2}"
}

load() { insmod /kvmstat.ko "$@"; }
unload() { rmmod kvmstat; }

# memory_back KIB: the kernel's memory is back at this size. On a kernel with a leak detector,
# which has memory of its own, the detector finds no leak instead.
memory() { awk '/^(Slab|Percpu):/ { n += $2 } END { print n }' /proc/meminfo; }
memory_back() {
	base=$1
	if [ -e /sys/kernel/debug/kmemleak ]; then
		echo scan >/sys/kernel/debug/kmemleak
		sleep 6
		yes "kmemleak scans" sh -c 'echo scan >/sys/kernel/debug/kmemleak'
		is "kmemleak" "$(cat /sys/kernel/debug/kmemleak)" ""
	else
		settled() { [ $(($(memory) - base)) -lt 4096 ]; }
		yes "the kernel's memory came back (KiB: $base before)" within 20 settled
	fi
}

# kvm_present: make sure that KVM is available; load it if it is a module.
kvm_present() { [ -e /dev/kvm ] || kvm_load; }
kvm_built_in() { [ -e /dev/kvm ] && ! grep -q '^kvm ' /proc/modules; }

# info KEY
info() { sed -n "s/^$1: //p" $K/info; }

# column NAME: print its number in /proc/kvminfo.
column() { awk -v c="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == c) print i; exit }' /proc/kvminfo; }

# field PID NTH COLUMN: print the column for the process's NTH VM, in the order of their ids.
field() {
	awk -v p="$1" -v n="$2" -v c="$(column "$3")" 'NR > 1 && $2 == p && ++k == n { print $c }' /proc/kvminfo
}

# vm_start NAME VMM-ARGUMENT...: run a VMM until its guests are done, then hold it. NAME.out has what ran.
vm_start() {
	vm_run "$@"
	yes "$1 ran to its end" awaited grep -qs '^done' "$1.out"
}

# awaited COMMAND...: wait until the command succeeds, as long as KVM counts exits, because a busy
# host may take long. Print the exits each half minute.
awaited() {
	exits='' told=$(uptime_s)
	until "$@"; do
		now=$(uptime_s)
		was=$exits
		exits=$(cat /sys/kernel/debug/kvm/exits)
		[ "$exits" = "$was" ] || moved=$now
		[ $((now - moved)) -lt 60 ] || { echo "# no exit for a minute, after $exits, while waiting for: $*"; stacks; return 1; }
		! grep -hs '^vmm: lost: ' ./*.out || return 1
		[ $((now - told)) -lt 30 ] || { told=$now; echo "# $exits exits, waiting for: $*"; busiest; }
		usleep 100000
	done
}

# stacks: print where the threads of vmm, and those that help RCU, are in the kernel.
stacks() {
	grep -lsE '^(vmm|rcu_|kworker|ksoftirqd)' /proc/[0-9]*/task/[0-9]*/comm | while read -r comm; do
		echo "# $(cat "$comm") $(cut -d' ' -f3,14,15,18,39,40 "${comm%comm}stat"): $(sed 's/.*\] //' "${comm%comm}stack" | xargs)"
	done
}

# busiest: print the vCPUs that made most exits since the last call, with their VMs' reasons.
busiest() {
	[ -e $K ] || return 0
	awk 'FNR > 1 { print FILENAME, $0 }' $K/[0-9]*/vcpus >vcpus.now 2>/dev/null
	awk 'NR == FNR { was[$1, $2] = $3; next } $3 > was[$1, $2] { print $3 - was[$1, $2], $0 }' \
		vcpus.before vcpus.now 2>/dev/null | sort -rn | head -n 3 | while read -r more file rest; do
		echo "# $more exits by vCPU $rest; of its VM:" $(sort -k 2nr "${file%vcpus}reasons" | head -n 3)
	done
	mv vcpus.now vcpus.before
}

# vm_run NAME VMM-ARGUMENT...: like vm_start, but without waiting. The VMM's pid is in NAME.pid.
vm_run() {
	name=$1
	shift
	rm -f "$name.in" "$name.out" "$name.pid"
	mkfifo "$name.in"
	echo "$*" >"$name.args"
	sh -c 'echo $$ >"$0.pid"; exec /bin/vmm "$@" <"$0.in" >"$0.out" 2>&1' "$name" "$@" &
	sh -c 'exec sleep 1000000' >"$name.in" &
	echo $! >"$name.holder"
	within 60 [ -s "$name.pid" ]
}

# vm_end NAME...: let each VMM end, and wait until it has ended.
vm_end() {
	for name; do
		kill "$(cat "$name.holder")"
		within 60 gone "$(cat "$name.pid")" || { stacks; not_ok "$name did not end"; }
	done
}

# vm_kill NAME...: end each VMM at once, whatever it does.
vm_kill() {
	for name; do
		kill -9 "$(cat "$name.pid")"
		kill "$(cat "$name.holder")"
	done
}

# start_workers "WORKER ARGUMENT..."...: start each of these functions. They go on until there is a file "stop"; their
# processes are in $workers.
start_workers() {
	workers=''
	for worker; do
		$worker &
		workers="$workers $!"
	done
}
going() { [ ! -e stop ]; }

read_all() { cat /proc/kvminfo $K/*/* $K/info $K/retired >seen 2>/dev/null; }

# switch_timing US: switch it off and on, once in so many microseconds; it is on at the end. A worker.
switch_timing() {
	while going; do
		usleep $1
		echo $((n = !n)) >/sys/module/kvmstat/parameters/timing
	done
	echo 1 >/sys/module/kvmstat/parameters/timing
}

# tm ARGUMENT...: tmux, of the root disk.
tm() { (root_program tmux -f /dev/null -u -L lab "$@"); }

gone() { ! kill -0 "$1" 2>/dev/null; }

# still COMMAND...: two seconds later it prints the same.
still() {
	printed=$("$@")
	sleep 2
	[ "$("$@")" = "$printed" ]
}

# stat_of TID FIELD: print a field of its /proc/TID/stat, from the third on (proc(5)).
stat_of() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f$(($2 - 2)); }

# tuned WHAT STATUS LINE ARGUMENT...: kvmtune has this status, and a line of its output is this.
tuned() {
	what=$1 wanted=$2 line=$3
	shift 3
	kvmtune "$@" >out 2>&1
	status=$?
	if [ $status = $wanted ] && grep -Eq -- "$line" out; then
		ok "$what"
	else
		sed 's/^/# |/' out
		not_ok "$what: kvmtune $*: status $status, wanted $wanted and '$line'"
	fi
}

# cpus_of TID: print the CPUs that the thread may run on.
cpus_of() { awk '$1 == "Cpus_allowed_list:" { print $2 }' /proc/$1/status; }

# The column of the guests' device, which is ports, or memory on architectures without ports; and
# the keys by which ftrace counts exits, with the thread where the event does not name the vCPU.
machine=$(uname -m)
case $machine in
x86_64) io=io_num exit_keys=vcpu_id,exit_reason.hex ;;
aarch64) io=mmio_num exit_keys=common_pid,ret,esr_ec.hex ;;
riscv64) io=mmio_num exit_keys=common_pid,scause.hex ;;
esac

# ftrace_count EVENT KEYS: let ftrace count the event by KEYS from now on, until ftrace_stop.
# Kernels without its histograms (Debian's 5.10, riscv64's) record the event in a buffer of its own.
I=/sys/kernel/tracing/instances
ftrace_counts_by_key() { [ -e $T/kvm_exit/hist ]; }
ftrace_count() {
	if ftrace_counts_by_key; then
		echo "hist:keys=$2:size=4096" >$T/$1/trigger
	else
		mkdir $I/$1
		echo 16384 >$I/$1/buffer_size_kb
		echo 1 >$I/$1/events/kvm/$1/enable
	fi
}
ftrace_stop() {
	if ftrace_counts_by_key; then
		echo "!hist:keys=$2" >$T/$1/trigger
	else
		rmdir $I/$1
	fi
}
ftrace_on() {
	ftrace_count kvm_exit $exit_keys
	ftrace_count kvm_userspace_exit common_pid
}
ftrace_off() {
	ftrace_stop kvm_exit $exit_keys
	ftrace_stop kvm_userspace_exit common_pid
}
ftrace_is_on() { [ -e $I/kvm_exit ] || grep -q hist: $T/kvm_exit/trigger; }

# hits EVENT: print how often the event came, including the events that the buffer lost.
hits() {
	if ftrace_counts_by_key; then
		awk '$1 == "Hits:" { print $2 }' "$T/$1/hist"
	else
		awk '/^(entries|overrun|dropped events):/ { n += $NF } END { print n }' $I/$1/per_cpu/cpu*/stats
	fi
}

# ftrace_reasons "ID...": print "code count" lines, by code, of those vCPUs together, or of those
# threads. From a buffer on x86, the lines are "name count", with _ for blanks in the name.
ftrace_reasons() {
	if ftrace_counts_by_key; then
		awk -v ids=" $1 " '/hitcount/ {
			gsub(/[{},:]/, " ")
			if (!index(ids, " " $2 " ")) next
			code = $4
			if ($3 == "ret") # ARM_EXCEPTION_CODE stands above the class, which only traps have
				code = $4 == 2 ? sprintf("2%2s", $6) : $4 == 0 ? "0" : $4 "00"
			gsub(/ /, "0", code)
			sub(/^80000000000000/, "800000", code) # bit 63 marks an interrupt on riscv64
			n["0x" code] += $NF
		} END { for (c in n) print c, n[c] }' $T/kvm_exit/hist
	elif [ $machine = riscv64 ]; then
		awk -v ids=" $1 " '/: kvm_exit:/ {
			sub(/.*-/, "", $1)
			if (!index(ids, " " $1 " ")) next
			match($0, /SCAUSE:0x[0-9a-f]*/)
			code = substr($0, RSTART + 9, RLENGTH - 9)
			if (length(code) == 16) # bit 63 marks an interrupt
				code = "80" substr(code, 11)
			n["0x" code]++
		} END { for (c in n) print c, n[c] }' $I/kvm_exit/trace
	else
		awk -v ids=" $1 " 'sub(/.*: kvm_exit: vcpu /, "") {
			if (!index(ids, " " $1 " ")) next
			sub(/^[0-9]* reason /, "")
			sub(/ rip 0x.*/, "")
			gsub(/ /, "_")
			n[$0]++
		} END { for (c in n) print c, n[c] }' $I/kvm_exit/trace
	fi | sort
}

# our_reasons ID [VCPU]: print kvmstat's "code count" lines, of all vCPUs or of one. On arm64 and
# riscv64, the bits above a code, by which kvmstat splits it, are dropped. our_reasons_as_ftrace:
# print these in ftrace's form.
reasons_of() {
	if [ $# = 1 ]; then sed 1d "$K/$1/reasons"; else sed -n "s/^$2 //p" "$K/$1/vcpu_reasons"; fi
}
our_reasons() {
	reasons_of "$@" | awk -v machine=$machine '{
		if (machine != "x86_64" && length($1) == 7) { $1 = substr($1, 4); sub(/^0*/, "", $1); $1 = "0x" $1 }
		n[$1] += $2
	} END { for (c in n) print c, n[c] }' | sort
}
our_reasons_as_ftrace() {
	if ftrace_counts_by_key || [ $machine = riscv64 ]; then
		our_reasons "$@"
	else
		reasons_of "$@" | awk '{ n = $2; sub(/^([^ ]* ){6}/, ""); gsub(/ /, "_"); print $0, n }' | sort
	fi
}

# kvm_counter TID FD NAME: print KVM's own counter.
kvm_counter() { cat "/sys/kernel/debug/kvm/$1-$2/$3"; }

# vcpu_threads ID: print "vCPU thread", by vCPU. vmm_threads NAME "VCPU-ID...": print the VMM's list.
vcpu_threads() { awk 'NR > 1 { print $1, $9 }' "$K/$1/vcpus" | sort | xargs; }
vmm_threads() {
	awk -v ids=" $2 " '$1 == "thread" && index(ids, " " $2 " ") { print $2, $3 }' "$1.out" | sort | xargs
}

# vmm_runners NAME "VCPU-ID...": print the threads that ran them.
vmm_runners() {
	awk -v ids=" $2 " '$1 == "thread" && index(ids, " " $2 " ") { print $5, $6 }' "$1.out" | xargs
}

# ftrace_key NAME "VCPU-ID...": print what ftrace_reasons knows them by.
ftrace_key() {
	case $exit_keys in
	vcpu_id*) echo "$2" ;;
	*) vmm_runners "$1" "$2" ;;
	esac
}

# counters_check NAME NTH PID TID FD: compare a VM with KVM's own counters.
counters_check() {
	who="$1 VM $2" nth=$2 pid=$3 tid=$4 fd=$5
	is "$who: exits as KVM" "$(field "$pid" $nth exits)" "$(kvm_counter "$tid" "$fd" exits)"
	if [ $machine = x86_64 ]; then
		is "$who: port I/O as KVM" "$(field "$pid" $nth io_num)" "$(kvm_counter "$tid" "$fd" io_exits)"
		is "$who: MMIO as KVM" "$(field "$pid" $nth mmio_num)" "$(kvm_counter "$tid" "$fd" mmio_exits)"
		is "$who: interrupts as KVM" "$(field "$pid" $nth interrupt_num)" "$(kvm_counter "$tid" "$fd" irq_exits)"
		is "$who: halts as KVM" "$(field "$pid" $nth halt_num)" "$(kvm_counter "$tid" "$fd" halt_exits)"
	else
		is "$who: MMIO as KVM" "$(field "$pid" $nth mmio_num)" \
			$(($(kvm_counter "$tid" "$fd" mmio_exit_user) + $(kvm_counter "$tid" "$fd" mmio_exit_kernel)))
		is "$who: halts as KVM" "$(field "$pid" $nth halt_num)" "$(kvm_counter "$tid" "$fd" wfi_exit_stat)"
	fi
}

# vm_check NAME: compare each of its VMs with every oracle, except with ftrace if that is off.
vm_check() {
	nth=0
	while read -r word _ _ pid _ tid _ fd _ returns _ ids; do
		[ "$word" = vm ] || continue
		nth=$((nth + 1))
		id=$(field "$pid" $nth id)
		[ -n "$id" ] || { not_ok "$1: VM $nth of pid $pid has no line"; continue; }
		within 60 [ -e "$K/$id/reasons" ]
		if ftrace_is_on; then
			of=$(ftrace_key "$1" "$ids")
			# On other architectures, one thread may have run several VMs.
			if [ $machine = x86_64 ] || ! grep -q one-thread "$1.args"; then
				is "$1 VM $nth: exits by reason as ftrace" \
					"$(our_reasons_as_ftrace "$id" | xargs)" "$(ftrace_reasons "$of" | xargs)"
				is "$1 VM $nth: exits by vCPU and reason as ftrace" \
					"$(for v in $ids; do echo "$v:" $(our_reasons_as_ftrace "$id" $v); done | xargs)" \
					"$(for v in $ids; do echo "$v:" $(ftrace_reasons "$(ftrace_key "$1" $v)"); done | xargs)"
			fi
		fi
		counters_check "$1" $nth "$pid" "$tid" "$fd"
		is "$1 VM $nth: returns to userspace as the VMM counted" \
			$(($(field "$pid" $nth kvm_qemu_switch_num) + $(field "$pid" $nth noexit_return_num))) "$returns"
		is "$1 VM $nth: switches add up" \
			$(($(field "$pid" $nth kvm_qemu_switch_num) + $(field "$pid" $nth kvm_vm_switch_num))) \
			"$(field "$pid" $nth exits)"
		is "$1 VM $nth: its CPUs add up" "$(awk 'NR > 1 { n += $2 } END { print n }' "$K/$id/cpus")" \
			"$(field "$pid" $nth exits)"
		is "$1 VM $nth: vCPUs" "$(field "$pid" $nth vcpus)" "$(echo "$ids" | wc -w)"
		is "$1 VM $nth: the threads that ran its vCPUs first" "$(vcpu_threads "$id")" \
			"$(vmm_threads "$1" "$ids")"
	done <"$1.out"
	[ $nth != 0 ] || not_ok "$1: there is no VM to check"
}

hypercall() { [ "$(kvm_vendor)" = amd ] && echo vmmcall || echo vmcall; }

# reason NAME PID NTH: print the exits for that reason, by the kernel's name.
reason() { awk -v r="$1" '$7 == r { print $2 }' "$K/$(field "$2" "$3" id)/reasons"; }

# begun NAME: a guest of guestlib.sh works.
begun() { grep -qs working "/tmp/$1.log"; }

# real_guest KIND OPTION...: start a guest of guestlib.sh and wait until it works; its pid is in $pid.
real_guest() {
	kind=$1
	shift
	rm -f "/tmp/$kind.log"
	guest "$kind" "$kind" "$@" 2>"$kind.err" &
	pid=$!
	yes "$kind works" awaited begun "$kind" && disk_moves "$kind" || cat "$kind.err"
}

# disk_moves KIND: the guest's disk does I/O, if its kind uses one.
disk_moves() {
	touched() { echo $(($(field $pid 1 io_num) + $(field $pid 1 mmio_num))); }
	more() { [ "$(touched)" -gt $((was + 500)) ]; }
	case $1 in ide | virtio) ;; *) return ;; esac
	was=$(touched)
	yes "its disk does I/O" within 120 more
}
