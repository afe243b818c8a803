# The command against the real module: no module, no permission, totals, rates, a guest
# and the module that go away under it.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

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
yes "the reading" grep -q "pid $pid): I/O-bound:" said
cp /proc/kvminfo saved
says 0 "$pid" kvmstat -f saved
head -c 150 /proc/kvminfo >cut.txt
says 2 'line' kvmstat -f cut.txt

vm_run busy --id-base=32 'out:100000000'
running() { [ "$(field "$(cat busy.pid)" 1 io_num)" -gt 10 ] 2>/dev/null; }
yes "a busy guest" within 20 running
says 0 "pid $(cat busy.pid)): I/O-bound" kvmstat 1 3
is "three blocks" "$(grep -c " $(cat busy.pid) " said)" 3

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
