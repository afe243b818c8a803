# The command against the real module: no module, no permission, totals, rates, a guest
# and the module that go away under it.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

[ -e /bin/kvmstat ] || { skip "the command: not built for $machine here"; return; }

# says STATUS WORDS COMMAND...: it ends so, and its words are in what it says.
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

# Every view of the same guest, against /proc/kvminfo and debugfs.
id=$(field "$pid" 1 id)
is "list: exits, to the VMM, I/O" "$(kvmstat list -p "$pid" --csv -c pid,id,vmm,exits,to_vmm,io | sed 1d)" \
	"$pid,$id,vmm,$(field "$pid" 1 exits),$(field "$pid" 1 kvm_qemu_switch_num),$(field "$pid" 1 io_num)"
is "a guest by its id and by its pid" "$(kvmstat list -g "id:$id" --csv -c pid | sed 1d) $(kvmstat list -g "pid:$pid" --csv -c id | sed 1d)" "$pid $id"
says 0 '^\(io\|IO_INSTRUCTION\)  *300[0-9] ' kvmstat show "pid:$pid"
reasons() { kvmstat export -g "id:$id" --format csv --table reasons | sed 1d | awk -F, '{ printf "0x%x %d\n", $5, $6 }' | sort; }
is "export: reasons as in debugfs" "$(reasons | xargs)" "$(our_reasons "$id" | xargs)"
metric() { kvmstat export -g "id:$id" | awk -v m="$1" 'index($1, m "{") == 1 { n += $NF } END { print n }'; }
is "export: exits by reason add up" "$(metric kvmstat_exits_total)" "$(field "$pid" 1 exits)"
is "export: to the VMM" "$(metric kvmstat_userspace_exits_total)" "$(field "$pid" 1 kvm_qemu_switch_num)"
is "export: port I/O" "$(metric kvmstat_io_exits_total)" "$(field "$pid" 1 io_num)"
says 0 '"reasons"' kvmstat export --format json
yes "export to a file" kvmstat export --output kvmstat.prom
yes "export to a file: whole" grep -q '^kvmstat_up 1$' kvmstat.prom
says 0 'every event of KVM that it needs is hooked' kvmstat doctor
yes "doctor: nothing to fix" grep -q '^all in order' said
echo N >/sys/module/kvmstat/parameters/timing
says 0 'timing is off' kvmstat doctor
echo Y >/sys/module/kvmstat/parameters/timing
says 1 'mode=0440' su -s /bin/sh nobody -c 'kvmstat doctor'
yes "record" kvmstat record steady.jsonl 0.1 3
is "record: lines" "$(wc -l <steady.jsonl)" 3
says 0 'Recorded on' kvmstat report steady.jsonl
ready_tid=$(awk '$1 == "thread" { print $3; exit }' steady.out)
ready_ns() { awk '{ print $2 }' "/proc/$pid/task/$ready_tid/schedstat"; }
is "ready time as the scheduler's" "$(kvmstat list -p "$pid" --csv -c ready_ns | sed 1d)" "$(ready_ns)"

vm_run busy --id-base=32 'out:100000000'
running() { [ "$(field "$(cat busy.pid)" 1 io_num)" -gt 10 ] 2>/dev/null; }
yes "a busy guest" within 20 running
says 0 "pid $(cat busy.pid)): I/O-bound" kvmstat 1 3
is "three lines" "$(grep -c "^vmm .* $(cat busy.pid) " said)" 3

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
