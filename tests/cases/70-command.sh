# The command with the real module: no module, no permission, totals, rates, and a guest
# and a module that go away while it runs.
# shellcheck shell=sh disable=SC2154,SC2086,SC2046 # from lib.sh

# says STATUS WORDS COMMAND...: the command ends with the status, and its output has the words.
says() {
	want=$1 words=$2
	shift 2
	"$@" >said 2>&1
	status=$?
	is "$*: status" $status "$want"
	yes "$*: says '$words'" grep -q "$words" said
}

says 1 'modprobe kvmstat' kvmstat
kvm_present
load
says 0 'NAME' kvmstat
mkdir -p /etc
echo 'nobody:x:65534:65534::/tmp:/bin/sh' >/etc/passwd
says 1 'mode=0440' su -s /bin/sh nobody -c 'kvmstat'
says 2 'interval' kvmstat 0
says 2 'no-such' kvmstat --no-such

vm_start steady 'out:3000 cpuid:1000'
pid=$(cat steady.pid)
says 0 "^vmm .*$pid" kvmstat
is "exits as in /proc/kvminfo" "$(awk -v p="$pid" '$2 == p { print $4 }' said)" "$(field "$pid" 1 exits)"
yes "the reading" grep -q "^vmm (pid $pid): " said
cp /proc/kvminfo saved
says 0 "$pid" kvmstat -f saved
head -c 150 /proc/kvminfo >cut.txt
says 2 'line' kvmstat -f cut.txt

# Compare every view of the same guest with /proc/kvminfo and debugfs.
id=$(field "$pid" 1 id)
exits=$(field "$pid" 1 exits)
# kvminfo: print these columns of the guest's line. listed OPTION...: print the command's figures.
columns='pid id vcpus exits kvm_qemu_switch_num io_num mmio_num fault_num fault_mmio_num interrupt_num halt_num
	exception_num injected_num nested_num noexit_return_num guest_ns kernel_ns halted_ns polled_ns'
keys=pid,id,vcpus,exits,to_vmm,io,mmio,faults,faults_mmio,interrupts,halts,exceptions,injected,nested,noexit_returns,guest_ns,kernel_ns,halted_ns,polled_ns
kvminfo() {
	awk -v p="$pid" -v columns="$columns" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		$2 == p { n = split(columns, c, " "); for (i = 1; i <= n; i++) printf "%s%s", $at[c[i]], i < n ? "," : "\n" }' /proc/kvminfo
}
listed() { kvmstat list -p "$pid" --csv -c $keys "$@" | sed 1d; }
is "list: as in /proc/kvminfo" "$(listed)" "$(kvminfo)"
before=$(field "$pid" 1 user_ns)
user_ns=$(kvmstat list -p "$pid" --csv -c user_ns | sed 1d)
yes "list: time in userspace goes on ($before, $user_ns)" [ "$before" -le "$user_ns" ]
yes "list: as in /proc/kvminfo after" [ "$user_ns" -le "$(field "$pid" 1 user_ns)" ]
is "list: who runs it" "$(kvmstat list -p "$pid" --csv -c vmm | sed 1d)" vmm
is "a guest by its id and by its pid" "$(kvmstat list -g "id:$id" --csv -c pid | sed 1d) $(kvmstat list -g "pid:$pid" --csv -c id | sed 1d)" "$pid $id"

kvmstat show "pid:$pid" >page
while read -r column what; do
	yes "show: $what" grep -Eq " $what +$(field "$pid" 1 $column)( |$)" page
done <<-END
	exits exits
	kvm_qemu_switch_num to the VMM
	io_num port I/O
	mmio_num device memory
	fault_num page faults
	interrupt_num interrupts
	halt_num halts
	noexit_return_num no-exit returns
END
# The page truncates long names.
shown() {
	kvmstat show --json "pid:$pid" | awk -F'"' '$2 == "reason" { name = $4 }
		$2 == "exits" && name { gsub(/[^0-9]/, "", $3); print name, $3; name = "" }'
}
is "show: reasons as in debugfs" "$(shown | sort | xargs)" \
	"$(awk 'NR > 1 { n = $2; sub(/^([^ ]* ){6}/, ""); print $0, n }' "$K/$id/reasons" | sort | xargs)"
case $machine in
x86_64) device='\(io\|IO_INSTRUCTION\)' ;;
aarch64) device=DABT_LOW ;;
riscv64) device='STORE_GUEST_PAGE_[^ ]*' ;;
esac
says 0 "^$device  *300[0-9] " kvmstat show "pid:$pid"

# Its only vCPU has all of its reasons.
of_vcpu() {
	kvmstat show --vcpu 0 --json "pid:$pid" | awk -F'"' '$2 == "reason" { name = $4 }
		$2 == "exits" && name { gsub(/[^0-9]/, "", $3); print name, $3; name = "" }'
}
is "show --vcpu: reasons as in debugfs" "$(of_vcpu | sort | xargs)" \
	"$(awk 'NR > 1 { n = $3; sub(/^([^ ]* ){7}/, ""); print $0, n }' "$K/$id/vcpu_reasons" | sort | xargs)"

yes "record" kvmstat record steady.jsonl 0.1 3
is "record: lines" "$(wc -l <steady.jsonl)" 3
is "record: as in /proc/kvminfo" "$(listed -w 0 -f steady.jsonl)" "$(kvminfo)"
says 0 'Recorded on' kvmstat report steady.jsonl
# rows TABLE: print the table on standard input without its header, with decimal numbers, and
# without user_ns, which keeps growing.
rows() {
	[ $1 = vcpus ] && fields=1-5,7- || fields=1-
	for word in $(sed 1d | cut -d' ' -f$fields | xargs); do
		case $word in 0x*) word=$((word)) ;; esac
		echo "$word"
	done | xargs
}
# exported TABLE OPTION...: print the rows that the command exports, without what it adds to them,
# which are the guest's columns and a vCPU's ready time.
exported() {
	table=$1
	shift
	[ $table = vcpus ] && fields=5-13,15- || fields=5-
	kvmstat export -g "id:$id" --format csv --table $table "$@" | cut -d, -f$fields | tr , ' ' | rows $table
}
for table in reasons userspace histograms hot vcpus cpus; do
	is "export: $table as in debugfs" "$(exported $table)" "$(rows $table <"$K/$id/$table")"
	is "record: $table as in debugfs" "$(exported $table -f steady.jsonl)" "$(rows $table <"$K/$id/$table")"
done
metric() { kvmstat export --families all -g "id:$id" | awk -v m="$1" 'index($1, m "{") == 1 { n += $NF } END { print n }'; }
is "export: exits by reason add up" "$(metric kvmstat_exits_total)" "$exits"
is "export: to the VMM" "$(metric kvmstat_userspace_exits_total)" "$(field "$pid" 1 kvm_qemu_switch_num)"
is "export: port I/O" "$(metric kvmstat_io_exits_total)" "$(field "$pid" 1 io_num)"
is "export: device memory" "$(metric kvmstat_mmio_exits_total)" "$(field "$pid" 1 mmio_num)"
is "export: page faults" "$(metric kvmstat_faults_total)" "$(field "$pid" 1 fault_num)"
is "export: interrupts" "$(metric kvmstat_interrupt_exits_total)" "$(field "$pid" 1 interrupt_num)"

# share COLUMN UNIT: print the column's share of the exits, in parts of 1/UNIT, truncated.
share() {
	n=$(($(field "$pid" 1 $1) * $2 / exits))
	printf '%d.%0*d' $((n / $2)) $((${#2} - 1)) $((n % $2))
}
is "classify: exits and their shares" "$(kvmstat classify --thesis -p "$pid" | awk 'NR == 2 { print $1, $2, $3, $4 }')" \
	"$pid $exits $(share kvm_vm_switch_num 100000) $(share io_num 10000)"
says 0 " of $exits exits are port I/O" kvmstat classify -w 0 -g "id:$id" --json
says 0 '"reasons"' kvmstat export --format json
yes "export to a file" kvmstat export --output kvmstat.prom
yes "export to a file: whole" grep -q '^kvmstat_up 1$' kvmstat.prom
says 0 'every event of KVM that it needs is hooked' kvmstat doctor
yes "doctor: nothing to fix" grep -q '^all in order' said
echo N >/sys/module/kvmstat/parameters/timing
says 0 'timing is off' kvmstat doctor
echo Y >/sys/module/kvmstat/parameters/timing
says 1 'mode=0440' su -s /bin/sh nobody -c 'kvmstat doctor'
ready_tid=$(awk '$1 == "thread" { print $3; exit }' steady.out)
ready_ns() { awk '{ print $2 }' "/proc/$pid/task/$ready_tid/schedstat"; }
is "ready time as the scheduler's" "$(kvmstat list -p "$pid" --csv -c ready_ns | sed 1d)" "$(ready_ns)"

vm_run busy --id-base=32 'out:100000000'
running() { [ "$(field "$(cat busy.pid)" 1 $io)" -gt 10 ] 2>/dev/null; }
yes "a busy guest" within 20 running
says 0 "pid $(cat busy.pid)): I/O-bound" kvmstat 1 3
is "three lines" "$(grep -c "^vmm .* $(cat busy.pid) " said)" 3
is "classify: now" "$(kvmstat classify -w 2 -p "$(cat busy.pid)" --csv -c pid,bound | sed 1d)" \
	"$(cat busy.pid),I/O-bound"

kvmstat 1 1000 >said 2>&1 &
watch=$!
seen() { grep -q " $(cat busy.pid) " said; }
yes "a watch sees the guest" within 20 seen
kill -9 "$(cat busy.pid)"
kill "$(cat busy.holder)"
over() { grep -q ended said; }
yes "and its end" within 20 over
unload
within 20 gone $watch
wait $watch
is "the module goes away under it: status" $? 1
yes "and it says so" grep -q 'modprobe kvmstat' said
kill "$(cat steady.holder)"
within 20 gone "$pid"
