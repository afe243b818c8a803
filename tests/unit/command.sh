#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tests the command as its user sees it: command.sh KVMSTAT. Prints a line
# "ok - ...", "not ok - ..." or "skip ..." for each case.
# shellcheck disable=SC2016 # jq's $ are its own
set -u

kvmstat=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
corpus=$here/corpus
dir=$(mktemp -d)
started=()
# Only this shell cleans up, not a child that a signal ends before its exec.
cleanup() {
	[ $BASHPID = $$ ] || return
	[ ${#started[@]} = 0 ] || kill -9 "${started[@]}" 2>/dev/null
	cd / && rm -rf "$dir"
}
trap cleanup EXIT
# Other users run the command, too.
umask 022
install -m 755 "$kvmstat" "$dir/kvmstat"
chmod 755 "$dir"
cd "$dir" || exit 1
export LC_ALL=C.UTF-8 TZ=UTC
unset ARGP_HELP_FMT
area=''
# shellcheck source=tests/unit/check.sh
. "$here/check.sh"

# waits PID: the process is kvmstat, has read the numbers, and waits until it reads again. kvmstat
# blocks the signals that end it except while it waits for them. Children of bash block them,
# too, until they are kvmstat.
waits() { [ "$(cat "/proc/$1/comm" 2>/dev/null)" = kvmstat ] && waits_for_signals "$1"; }
waits_for_signals() { grep -Eqs '^SigBlk:.*4002$' "/proc/$1/status" || grep -qs sigtimedwait "/proc/$1/wchan"; }

# stopped SIGNAL INTERVAL: prints rates until the signal, which comes once kvmstat waits.
stopped() {
	./kvmstat -r root "$2" &
	local pid=$! tries=400
	until waits $pid || [ $((tries -= 1)) = 0 ]; do sleep 0.05; done
	kill -s "$1" $pid
	wait $pid
}

# until_waiting: waits until a kvmstat of this test waits.
until_waiting() {
	local pid tries=400
	while [ $((tries -= 1)) -gt 0 ]; do
		for pid in $(pgrep -x kvmstat); do
			[ "/proc/$pid/cwd" -ef . ] && waits "$pid" && return
		done
		sleep 0.05
	done
}

lacks() { holds "$1" not grep -Eq -- "$2" out; }
not() { ! "$@"; }
same() { cmp -s "$1" "$2"; }
# lines FILE N: the file has N lines.
lines() { [ "$(wc -l <"$1")" -eq "$2" ]; }
# harmless FILE: it has only printable characters and newlines.
harmless() { ! grep -q "[^[:print:]]" "$1" && iconv -f UTF-8 -t UTF-8 "$1" >/dev/null; }
# start ARGV0 ARG...: starts a process with these arguments. Its pid is in $pid.
mkfifo never
exec 9<>never
start() {
	(exec -a "$1" sh -c 'read x' "${@:2}" <&9 9<&-) &
	pid=$!
	started+=("$pid")
	disown
	await grep -q 'read x' "/proc/$pid/cmdline"
}

# serve LINE...: replaces root/proc/kvminfo with these lines.
serve() {
	{
		head -n1 "$corpus/kvminfo/memory.txt"
		printf '%s\n' "$@"
	} >root/proc/new
	mv root/proc/new root/proc/kvminfo
}
# guest PID ID VM VMM IO: prints the line of a guest with ten seconds of time.
guest() {
	echo "1 $1 $5 0 $3 $4 $(($3 + $4)) 0 0 0 0 2 $2 6000000000 2000000000 1000000000 1000000000 0 10 5 9 0"
}

# The answer to a mistake has this line of the usage.
usage='^Usage: kvmstat \[OPTION...\] \[INTERVAL \[COUNT\]\]$'
full=$corpus/kvminfo/full.txt thesis=$corpus/kvminfo/thesis.txt
debug=root/sys/kernel/debug/kvmstat
mkdir -p root/proc empty/proc $debug/11
for part in reasons userspace histograms hot vcpus cpus; do
	cp "$corpus/$part/ide" $debug/11/$part
done

# The status is 1 if something cannot be read or written.
check 'no module' 1 '' 'cannot read empty/proc/kvminfo: No such file or directory; the kvmstat module is not loaded, so try .sudo modprobe kvmstat.$' \
	./kvmstat -r empty
for command in list "show x" classify "record new"; do
	# shellcheck disable=SC2086 # words
	check "no module: $command" 1 '' 'module is not loaded' ./kvmstat $command -r empty
done
rm -f new
check 'no module, at intervals' 1 '' 'module is not loaded' ./kvmstat -r empty 1 1
check 'no such copy' 1 '' 'cannot read nowhere: No such file or directory$' ./kvmstat -f nowhere
check 'no such recording' 1 '' 'cannot read nowhere: No such file or directory$' ./kvmstat report nowhere
check 'a directory' 1 '' 'cannot read \.: Is a directory$' ./kvmstat -f .
check 'a directory as a recording' 1 '' 'cannot read \.: Is a directory$' ./kvmstat report .
install -m 400 "$full" empty/proc/kvminfo
nobody=
if [ "$(id -u)" -eq 0 ]; then
	nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
else
	chmod 0 empty/proc/kvminfo
fi
# shellcheck disable=SC2086 # words
check 'no permission' 1 '' 'Permission denied; run as root, or load the module with the parameters mode=0440 group=GID$' \
	$nobody ./kvmstat -r empty
check 'no such pid' 1 '' 'no such guest' ./kvmstat -f "$full" -p 1
check 'no names in a copy' 1 '' 'a copy of /proc/kvminfo has no names' ./kvmstat -f "$full" -g web1
name='output cannot be written' want=1 out='' err='cannot write the output: No space left on device$'
: >out
./kvmstat -f "$full" >/dev/full 2>err
got=$?
judge
name='output cannot be written, at intervals' out=''
timeout 5 ./kvmstat -f "$full" 0.1 >/dev/full 2>err
got=$?
judge
for command in --help "list -f $full" "list --json -f $full" "list --csv -f $full" "classify -f $full" \
	"show -p 2035 -f $full" "report $corpus/recording/memory.jsonl"; do
	name="output cannot be written: ${command%% *}"
	# shellcheck disable=SC2086 # words
	./kvmstat $command >/dev/full 2>err
	got=$?
	judge
done
# Without SIGPIPE, the write itself fails.
name='a broken pipe is quiet' want=1 err=''
mkfifo closed
(
	trap '' PIPE
	{
		read -r <closed
		./kvmstat -f "$full" 2>err
		echo $? >got
	} | {
		exec <&-
		echo >closed
	}
)
got=$(cat got)
judge

# The status is 2 for bad files.
bad() { # NAME STDERR, the file on stdin
	cat >file
	check "$1" 2 '' "$2" ./kvmstat -f file
}
bad 'an empty file' '^kvmstat: file: line 1: the file is empty; it is not a recording or copy of /proc/kvminfo' </dev/null
head -c 250 "$full" | bad 'a file cut off' '^kvmstat: file: line 4: cut off before its end; it is damaged'
bad 'a binary file' 'line 1: ' <"$kvmstat"
bad 'a foreign text file' 'line 1: the column no is missing; it is not a recording' </etc/passwd
sed 's/ 5200 / 99999999999999999999999 /' "$full" | bad 'a number too large' 'line 2: field 7 does not fit in 64 bits'
echo '{"name": "x"}' | bad 'a foreign JSON file' '^kvmstat: file is no recording: line 1: not a snapshot$'
printf '{\033]0;owned\007}\n' | bad 'hostile JSON' "line 1: not JSON: .*near '.x1b'"
holds 'hostile JSON: its message is harmless' harmless err
sed 's/"format":1/"format":2/' "$corpus/recording/memory.jsonl" | bad 'a later recording' 'line 1: a format that this version does not know'
sed '1s/exits/leaves/' "$full" >root/proc/kvminfo
check 'a header of another version' 2 '' 'line 1: the column exits is missing; the versions of the module and of this command \([0-9.]*\) differ' \
	./kvmstat -r root
check 'an endless file' 2 '' 'larger than 16 MiB' ./kvmstat -f /dev/zero

# The status is 2 for bad usage, and the answer has the usage.
for arg in 0 -1 0.05 86401 1e3 0x10 nan inf 1.5.2 '' ' 1' abc; do
	check "interval '$arg'" 2 '' "$usage" ./kvmstat -f "$full" -- "$arg"
	holds "interval '$arg': the message" matches err "the interval must be seconds from 0.1 to 86400: '$arg'"
done
for arg in 0 -1 1.5 4294967296 99999999999999999999 '' abc; do
	check "count '$arg'" 2 '' "the count must be a whole number from 1 to 4294967295: '$arg'" \
		./kvmstat -f "$full" -- 1 "$arg"
done
for arg in -1 0.05 86401 x ''; do
	check "window '$arg'" 2 '' "the window must be seconds from 0.1 to 86400: '$arg'" ./kvmstat list -f "$full" -w "$arg"
done
for arg in -1 x 1048577 ''; do
	check "size '$arg'" 2 '' "the size must be a whole number from 0 to 1048576: '$arg'" ./kvmstat record file --size "$arg"
done
for arg in -1 x 1001 ''; do
	check "keep '$arg'" 2 '' "the number of files must be a whole number from 0 to 1000: '$arg'" ./kvmstat record file --keep "$arg"
done
for arg in x 25:00 5d '' '@' 'tomorrow'; do
	check "from '$arg'" 2 '' "^kvmstat: --from must be .*: '$arg'$" ./kvmstat report file --from "$arg"
	check "to '$arg'" 2 '' "^kvmstat: --to must be .*: '$arg'$" ./kvmstat report file --to "$arg"
done
check 'too many arguments' 2 '' 'Too many arguments' ./kvmstat 1 2 3
check 'too many arguments: list' 2 '' 'Too many arguments' ./kvmstat list x
check 'too many arguments: show' 2 '' 'Too many arguments' ./kvmstat show a b
check 'too many arguments: record' 2 '' 'Too many arguments' ./kvmstat record file 1 2 3
check 'no command' 2 '' "no command 'frobnicate'; 'kvmstat --help' lists them" ./kvmstat frobnicate
check 'show: several guests' 2 '' "^kvmstat: GUEST is missing, as there are 10 guests; 'kvmstat list' lists them$" ./kvmstat show -f "$thesis"
check 'show: no guests' 1 '' '^kvmstat: there is no guest$' ./kvmstat show -f "$corpus/kvminfo/no_guests.txt"
check 'show: the only guest' 0 '^virtio: pid ' '' ./kvmstat show -f "$corpus/recording/guest-virtio.jsonl"
check 'options before the command' 0 '^ +EXITS$' '' ./kvmstat -zf "$full" --columns exits --raw list
check 'options before the command: a value like one' 0 '^NAME$' '' ./kvmstat -f "$corpus/recording/memory.jsonl" -c name list
check 'a guest named like a command' 1 '' 'no such guest' ./kvmstat -g list -f "$full"
check 'help' 0 '^Usage: kvmstat \[OPTION' '' ./kvmstat help
check 'help of a command' 0 '^Usage: kvmstat report ' '' ./kvmstat help report
check 'help of no command' 2 '' "no command 'reprot'" ./kvmstat help reprot
check 'record: no file' 2 '' 'FILE .* is missing' ./kvmstat record
check 'report: no file' 2 '' 'FILE... is missing' ./kvmstat report
check 'an unknown option' 2 '' "unrecognized option '--bogus'" ./kvmstat --bogus
check 'an unknown option: the usage' 2 '' "$usage" ./kvmstat --bogus
check 'an option of another command' 2 '' "unrecognized option '--keep'" ./kvmstat list --keep 1
check 'an option without its argument' 2 '' "requires an argument -- 'p'" ./kvmstat -p
check 'pid 0' 2 '' 'the pid must be' ./kvmstat -p 0
check 'pid not a number' 2 '' 'the pid must be' ./kvmstat -p web1
check 'standard input at intervals' 2 '' 'standard input cannot be read at intervals' ./kvmstat -f - 1
check 'a recording at intervals' 2 '' 'a recording has its own intervals; see .kvmstat report --rates ' \
	./kvmstat -f "$corpus/recording/memory.jsonl" 1
check 'an unknown column' 2 '' "no column 'nam' here; there are: time,name,pid,id,vmm" ./kvmstat list -f "$full" -c name,nam
check 'no column' 2 '' "no column '' here; there are: " ./kvmstat list -f "$full" -c ''
check 'a list of the columns' 2 '' "there are: .*,ready_share,.*,bound,.*,blind_spots$" ./kvmstat list -f "$full" -c '?'
check 'an unknown column to sort by' 2 '' "no column 'nam' here" ./kvmstat list -f "$full" -s -nam
check 'a hostile column' 2 '' "no column '.x1b' here" ./kvmstat list -f "$full" -c "$(printf '\033')"
holds 'a hostile column: its message is harmless' harmless err

# The status is 0 if all is well.
for command in '' list show threads memory host top classify record report export doctor; do
	# shellcheck disable=SC2086 # none is no word
	check "help: ${command:-none}" 0 "^Usage: kvmstat $command" '' ./kvmstat $command --help
	holds "help fits a screen: ${command:-none}" fits
	# shellcheck disable=SC2086
	check "usage: ${command:-none}" 0 "^Usage: kvmstat $command" '' ./kvmstat $command --usage
	cp out usage
	# shellcheck disable=SC2086
	check "-h: ${command:-none}" 0 'Show this help' '' ./kvmstat $command -h
done
check 'help says how it ends' 0 'Exit status: 0 fine; 1 ' '' ./kvmstat --help
check 'help lists the commands' 0 'Commands: list, show, threads, memory, host, top, classify, trace, record,$' '' ./kvmstat --help
holds 'help lists the last, too' matches out '^report, export, doctor; see '
version=$(sed -n 's/^#define KVMSTAT_VERSION[[:space:]]*"\(.*\)"$/\1/p' "$here/../../include/kvmstat.h")
check 'version' 0 "^kvmstat $version\$" '' ./kvmstat -V
check 'version of a command' 0 "^kvmstat $version\$" '' ./kvmstat list --version
check 'no guests' 0 '^\(no guests\)$' '' ./kvmstat -f "$corpus/kvminfo/no_guests.txt"
check 'no guests: list' 0 '^\(no guests\)$' '' ./kvmstat list -f "$corpus/kvminfo/no_guests.txt"
check 'no guests: classify' 0 '^\(no guests\)$' '' ./kvmstat classify -f "$corpus/kvminfo/no_guests.txt"
check 'no guests: CSV' 0 '^time,name,' '' ./kvmstat list --csv -f "$corpus/kvminfo/no_guests.txt"
holds 'no guests: CSV: the header alone' lines out 1
check 'no guests: JSON' 0 '^\[\]$' '' ./kvmstat list --json -f "$corpus/kvminfo/no_guests.txt"
check 'a copy' 0 '^-  *2035  *-  *8307162  *174197  *97\.90  *2\.0  *-$' '' ./kvmstat -f "$thesis"
holds 'a copy: the table fits 80 columns' test "$(sed '/^$/,$d' out | wc -L)" -lt 80
check 'a copy: the reading' 0 '^- \(pid 2767\): I/O-bound \(io_exits 0\.558 > 0\.50\): virtio' '' ./kvmstat -f "$thesis"
check 'one chosen guest' 0 'I/O-bound' '' ./kvmstat -f "$thesis" -p 2767
holds 'one chosen guest: one reading' test "$(grep -c 'pid ' out)" -eq 1
check 'standard input' 0 'pid 2035\): not I/O-bound' '' sh -c "./kvmstat -f - <'$thesis'"
check 'a recording on standard input' 0 '^memory  *118 ' '' sh -c "./kvmstat list -f - <'$corpus/recording/memory.jsonl'"
check 'columns' 0 '^ *EXITS +PID$' '' ./kvmstat list -f "$thesis" -c exits,pid --sort pid
holds 'columns: no other' test "$(wc -w <out)" -eq 22
check 'more columns' 0 '^NAME .* BOUND +IO$' '' ./kvmstat list -f "$thesis" -c +io
check 'sort' 0 . '' ./kvmstat list -f "$thesis" -c exits -s exits --csv
holds 'sort: downwards' sh -c 'tail -n +2 out | sort -nrc'
check 'sort the other way round' 0 . '' ./kvmstat list -f "$thesis" -c exits -s -exits --csv
holds 'sort the other way round: upwards' sh -c 'tail -n +2 out | sort -nc'
check 'exact numbers' 0 '^ *12345678901$' '' sh -c "sed 's/^1 2035.*/1 2035 0 0 12345678901 0 12345678901/' '$thesis' | ./kvmstat list -f - -c exits --raw -p 2035"
echo '11 9999 0 0 0 0 0' | cat "$thesis" - >zeros
check 'a guest with zeros' 0 '^-  *9999 ' '' ./kvmstat list -f zeros
check 'zeros are skipped' 0 '^-  *2035 ' '' ./kvmstat list -f zeros -z
lacks 'zeros are skipped: not there' ' 9999 '

# The thesis' Table 3-17, digit for digit.
cat >table <<'TABLE'
2035 8307162 0.97903 0.0207
2135 39178979 0.49830 0.5038
2193 81879425 0.72188 0.0218
2267 60542629 0.63579 0.0247
2351 10948992 0.97705 0.0210
2417 11296557 0.97333 0.0264
2504 25606115 0.44653 0.5525
2575 25704789 0.43840 0.5609
2619 24692640 0.44185 0.5568
2767 24943158 0.44088 0.5579
TABLE
check "the thesis' table" 0 '^ *pid +total +in-kernel share +I/O share +reading$' '' ./kvmstat classify --thesis -f "$thesis"
tail -n +2 out | awk '{ print $1, $2, $3, $4 }' >numbers
holds "the thesis' table: its numbers" same numbers table
tail -n +2 out | awk '/I\/O-intensive: virtio, passthrough or SR-IOV$/ { printf "%s ", $1 }' >intensive
holds "the thesis' table: its reading" grep -qx '2135 2504 2575 2619 2767 ' intensive
check "the thesis' table of one" 0 '^ *2767 ' '' ./kvmstat classify --thesis -f "$thesis" -p 2767
holds "the thesis' table of one: no other" lines out 2

# classify and its configuration.
check 'classify a copy' 0 '^- \(pid 2767\): I/O-bound, confidence 0\.[0-9]+ \(io_exits 0\.558 > 0\.50\)$' '' ./kvmstat classify -f "$thesis"
holds 'classify fits 80 columns' test "$(wc -L <out)" -le 80
printf '[classify]\nio_exits = 0.9\n' >config
check 'classify with a configuration' 0 '^- \(pid 2767\): not I/O-bound, .*\(io_exits 0\.56 <= 0\.90\)$' '' \
	./kvmstat classify -f "$thesis" --config config
printf '[classify]\nio_exits = lots\n' >config
check 'classify with a bad configuration' 2 '' "^kvmstat: config: line 2: io_exits must be a number from 0 to 1e9: 'lots'$" \
	./kvmstat classify -f "$thesis" --config config
check 'classify with no configuration' 1 '' '^kvmstat: cannot read nowhere: No such file or directory$' \
	./kvmstat classify -f "$thesis" --config nowhere
check 'classify: JSON' 0 . '' ./kvmstat classify -f "$thesis" --json
holds 'classify: JSON: the verdicts' json 'length == 10 and .[9].bound == "I/O-bound" and .[9].pid == 2767
	and .[9].confidence > 0.3 and .[9].confidence < 0.7 and (.[9].why | startswith("55.79 %"))'
holds 'classify: JSON: the evidence' json '.[9].evidence | .io_exits > 0.5 and .exits > 1000 and .timed == false and .top_reason == ""'
check 'classify: JSON: columns' 0 . '' ./kvmstat classify -f "$thesis" --json -c name,io_exits
holds 'classify: JSON: columns: no other' json '.[9] | keys == ["evidence", "name"] and (.evidence | keys) == ["io_exits"]'
check 'classify: columns' 0 '^NAME +io_exits$' '' ./kvmstat classify -f "$thesis" -c name,io_exits
check 'classify: sorted' 0 . '' ./kvmstat classify -f "$thesis" -s -pid
holds 'classify: sorted: in words' sh -c "grep -o 'pid [0-9]*' out | sort -c -n -k2"
check 'classify: raw alone' 2 '' '^kvmstat: --raw would do nothing without -c$' ./kvmstat classify -f "$thesis" --raw
check 'classify: a thesis as CSV' 2 '' 'would do nothing with --thesis$' ./kvmstat classify -f "$thesis" --thesis --csv
check 'threads: sorted JSON' 2 '' '^kvmstat: -c, -s or -z would do nothing with --json, which has everything$' ./kvmstat threads -f "$full" --json -s tid
check 'classify: CSV: the evidence' 0 ',io_exits,' '' ./kvmstat classify -f "$thesis" --csv
check 'classify: CSV' 0 '^name,pid,id,bound,' '' ./kvmstat classify -f "$thesis" --csv
holds 'classify: CSV: a line per guest' lines out 11
check 'classify a recording' 0 '^memory \(pid 118\): memory-bound' '' ./kvmstat classify -f "$corpus/recording/memory.jsonl"
# An invented guest: its process was read at both ends.
check 'classify with a process' 0 '^"?starved"?,.*"the quota of its cgroup is used up for 77 % of its time; raise it; the cgroup is /machine.slice/web.scope; systemctl set-property --runtime web.scope CPUQuota="$' '' \
	./kvmstat classify -f "$corpus/recording/process.jsonl" --csv -c bound,advice
check 'classify with a process: its I/O' 0 '1\.00 MB/s of block I/O; 4000 packets/s on its interfaces; 2 devices are passed through to it;' '' \
	./kvmstat classify -f "$corpus/recording/process.jsonl" --csv -c why
check 'I/O without exits of a recording' 0 '^passthrough 0000:01:00\.0 +- +- +- +- +900 +-$' '' ./kvmstat show web -w 5 -f "$corpus/recording/process.jsonl"
# Recordings of six seconds, each of a real guest with known work in the lab's machine.
while read -r guest word; do
	check "classify a real guest: $guest" 0 "^\"?$word\"?$" '' ./kvmstat classify -f "$corpus/recording/guest-$guest.jsonl" --csv -c bound
done <<-EOT
	idle idle
	light not bound
	compute CPU-bound
	cpuid exit-bound
	paused paused
	virtio I/O-bound
	timer exit-bound
	quota starved
	starved starved
	nested exit-bound
	console I/O-bound
	ide I/O-bound
	iothread I/O-bound
	vhost I/O-bound
	memory memory-bound
	swapped memory-bound
	huge CPU-bound
	spin spin-bound
EOT

check 'advice for a real guest: swapped' 0 'its memory is swapped in \(a fault takes 148 us\)' '' \
	./kvmstat classify -f "$corpus/recording/guest-swapped.jsonl" --csv -c advice
check 'advice for a real guest: vhost' 0 'its kicks go to an ioeventfd already; its vhost thread has room' '' \
	./kvmstat classify -f "$corpus/recording/guest-vhost.jsonl" --csv -c advice

# The running module, and the names of real processes.
start qemu-system-x86_64 -name guest=web1,debug-threads=on
web1=$pid
start sh -name plain
plain=$pid
start firecracker --id=fc-1
fc=$pid
start cloud-hypervisor --api-socket /run/clh-1.sock
clh=$pid
start some-vmm
nameless=$pid
evil=$(printf '\033[31mevil\tname\134')
start qemu -name "$evil"
evil1=$pid
start qemu -name "$evil"
evil2=$pid
start qemu -name "$(printf 'guest==cmd(),,"x" \342\200\256\377')"
formula=$pid
start qemu -name "$(head -c 10240 /dev/zero | tr '\0' x)"
longest=$pid
start qemu -name "$web1"
likepid=$pid
start qemu -name '虚拟机'
wide=$pid
all=("$(guest "$web1" 11 5000 200 100)" "$(guest "$plain" 2 50 20 10)" "$(guest "$fc" 3 50 20 10)"
	"$(guest "$clh" 4 50 20 10)" "$(guest "$nameless" 5 50 20 10)" "$(guest "$evil1" 6 50 20 10)"
	"$(guest "$evil2" 7 50 20 10)" "$(guest "$formula" 8 50 20 10)" "$(guest "$longest" 9 50 20 10)"
	"$(guest "$likepid" 10 50 20 10)" "$(guest "$wide" 12 50 20 10)" "$(guest 4194303 13 50 20 10)"
	"$(guest 0 0 9 0 0)")
serve "${all[@]}"
check "QEMU's name" 0 "^web1 +$web1 +11 qemu " '' ./kvmstat list -r root -c name,pid,id,vmm,exits
check "QEMU's other name" 0 "^plain +$plain +2 qemu " '' ./kvmstat list -r root -c name,pid,id,vmm,exits
check "Firecracker's name" 0 "^fc-1 +$fc +3 firecracker " '' ./kvmstat list -r root -c name,pid,id,vmm,exits
check "Cloud Hypervisor's name" 0 "^clh-1 +$clh +4 cloud-hype[+r]" '' ./kvmstat list -r root -c name,pid,id,vmm,exits
check 'a name from the command' 0 "^sh +$nameless +5 sh " '' ./kvmstat list -r root -c name,pid,id,vmm,exits
check 'a process that is gone' 0 '^\? +4194303 +13 ' '' ./kvmstat list -r root -c name,pid,id,vmm,exits
check 'the others' 0 '^\(others\)  *-  *0 ' '' ./kvmstat list -r root -c name,pid,id,vmm,exits
check 'a wide name' 0 "^虚拟机 {12}$(printf %7s "$wide") " '' ./kvmstat list -r root
check 'hostile names in a table' 0 "^.x1b\[31mevil.x09\+ +$evil1 " '' ./kvmstat list -r root
holds 'hostile names in a table: harmless' harmless out
holds 'the table of totals fits 80 columns' test "$(./kvmstat -r root | sed '/^$/,$d' | wc -L)" -lt 80
check 'hostile names, whole' 0 '^.x1b\[31mevil.x09name.x5c +' '' ./kvmstat list -r root --raw
check 'hostile names in CSV' 0 '^"\\x3dcmd\(\),""x"" \\xe2\\x80\\xae\\xff",' '' ./kvmstat list -r root --csv -c name,pid
holds 'hostile names in CSV: harmless' harmless out
holds 'hostile names in CSV: a line each' lines out 14
holds 'hostile names in CSV: 10 KB' grep -Eqx "x{254}\+,$longest" out
check 'hostile names in JSON' 0 . '' ./kvmstat list -r root --json
holds 'hostile names in JSON: harmless' harmless out
holds 'hostile names in JSON: what they are' json 'length == 13 and ([.[] | select(.id == 6 or .id == 7) | .name]
	== ["\\x1b[31mevil\\x09name\\x5c", "\\x1b[31mevil\\x09name\\x5c"])
	and (.[] | select(.id == 12) | .name == "虚拟机" and .vcpus == 2 and .exits == 70 and .guest_ns == 6000000000)'
check 'hostile names in classify' 0 '^\\x1b\[31mevil' '' ./kvmstat classify -r root -w 0
holds 'hostile names in classify: harmless' harmless out
check 'hostile names in show' 0 '^\\x1b\[31mevil\\x09name\\x5c: pid ' '' ./kvmstat show -r root id:6
holds 'hostile names in show: harmless' harmless out
LC_ALL=C check 'names in the C locale' 0 '^\\xe8\\x99\\x9a' '' ./kvmstat list -r root --raw
holds 'names in the C locale: ASCII' sh -c '! LC_ALL=C grep -q "[^ -~]" out'

# Ways to name a guest.
for guest in web1 name:web1 "pid:$web1" id:11 11; do
	check "guest $guest" 0 "^web1 .* 5200 " '' ./kvmstat list -r root -g "$guest"
	holds "guest $guest: no other" lines out 2
done
check 'no such name' 1 '' 'no such guest' ./kvmstat list -r root -g web
check 'no such id' 1 '' 'no such guest' ./kvmstat list -r root -g id:99
check 'a name of a pid: of two' 2 '' "^  id:11	pid:$web1	web1$" ./kvmstat list -r root -g "$web1"
holds 'a name of a pid: the other' matches err "^  id:10	pid:$likepid	$web1$"
check 'a name of a pid: by name' 0 "^$web1 +$likepid " '' ./kvmstat list -r root -g "name:$web1"
check 'a name of a pid: by pid' 0 "^web1 +$web1 " '' ./kvmstat list -r root -g "pid:$web1"
check 'an ambiguous name' 2 '' "^  id:7	pid:$evil2	.x1b\[31mevil.x09name.x5c$" ./kvmstat -r root -g "$evil"
tr -d '\t' <err >said
holds 'an ambiguous name: its message is harmless' harmless said
check 'an ambiguous name: show' 2 '' "^  id:6	pid:$evil1	" ./kvmstat show -r root "$evil"
check 'an ambiguous name, as it is shown' 2 '' '^  id:7	' ./kvmstat -r root -g '\x1b[31mevil\x09name\x5c'
check 'a name with the pid that makes it one' 0 " $evil2 " '' ./kvmstat -r root -p "$evil2" -g "$evil"

# show prints the page of a guest.
check 'show' 0 "^web1: pid $web1, id 11, 2 vCPUs, run by qemu$" '' ./kvmstat show web1 -r root
for what in '^Verdict: .*, confidence [01]\.[0-9]{2} \(' '^  guest mode +6\.0s +60\.0% #{24}$' '^Exits by reason' \
	'^io +108k?[0-9.]*' '^exit +KVM_EXIT_IO +' '^port +(read|write) +0x1f[0-7] .* IDE, first channel' \
	'^Handling time of an exit' '^vCPUs$' '^CPUs of the host$' '^cgroup /|^Figures: '; do
	holds "show: $what" matches out "$what"
done
holds 'show fits 80 columns, but for devices' test "$(sed '/^Devices and registers/,/^$/d; /^vCPUs/,/^$/d' out | wc -L)" -le 80
check 'show: JSON' 0 . '' ./kvmstat show web1 -r root --json
holds 'show: JSON: all parts' json '.guest.name == "web1" and .seconds == null and (.verdict.bound | type) == "string"
	and (.reasons | length) > 3 and (.hot[0] | has("device")) and (.histograms | length) > 3
	and (.vcpus[0].vcpu == 0) and (.cpus | length) > 0 and (.userspace | length) > 0'
check 'show without debugfs' 0 "debugfs, which could not be read.*'kvmstat doctor' says why" '' ./kvmstat show plain -r root
check 'show by -p' 0 '^web1: pid ' '' ./kvmstat show -p "$web1" -r root
printf 'rubbish' >$debug/11/hot
check 'show with a garbled file' 0 '^Exits by reason' '' ./kvmstat show web1 -r root
lacks 'show with a garbled file: without it' 'Devices and registers'
cp "$corpus/hot/ide" $debug/11/hot

# The process behind a guest, with the files of several kernels.
# tree NAME: unpacks tests/unit/trees/NAME as "tree", with a guest of process 2000.
tree() {
	local line file=/dev/null
	rm -rf tree
	while IFS= read -r line; do
		case $line in
		'=== '*)
			file=tree/${line#=== }
			file=${file%% -> *}
			mkdir -p "${file%/*}"
			case $line in *' -> '*) ln -s "${line##* -> }" "$file" ;; *) : >"$file" ;; esac
			;;
		*) printf '%s\n' "$line" >>"$file" ;;
		esac
	done <"$here/trees/$1"
	{ head -n1 "$corpus/kvminfo/memory.txt"; guest 2000 11 3 4 5; } >tree/proc/kvminfo
}
tree 6.1
check 'threads' 0 '^vCPU 0 +2004 OTHER +0 +0 0-1 +1 +0 +0\.0 +0\.0 +0 +0 +0 +50 +80\.0$' '' ./kvmstat threads -r tree -w 0.1
for what in '^\?: pid 2000, id 11, managed by libvirt$' '^main +2000 ' '^vCPU 1 +2006 RR +0 +1 ' '^nx-recovery +2011 BATCH +19 ' '^vhost +2010 ' \
	'^/machine\.slice +2 +100 +- +100\.?0?ms +0 +0 +0$'; do
	holds "threads: $what" matches out "$what"
done
holds 'threads: harmless' harmless out
lacks 'threads: what only calls itself a thread of the kernel' ' 2012 '
check 'threads: JSON' 0 . '' ./kvmstat threads 2000 -r tree -w 0 --json
holds 'threads: JSON: all parts' json '.[0] | .pid == 2000 and .seconds == null and (.threads | length) == 8 and .missing == []
	and (.threads[] | select(.role == "vCPU 1") | .rt_priority == 1 and .node == 1 and .slice_ns == null and .moves == 9 and .moves_s == null)
	and (.cgroups[] | select(.cgroup == "/machine.slice") | .quota_share == null and .weight == 100)'
check 'threads: CSV' 0 '^\?,2000,11,"vCPU 0",2004,"CPU 0/KVM",OTHER,0,0,,0-1,1,0,9000000000,1200000000,,,3,,5000,,400,,50,0\.800000,/machine' '' ./kvmstat threads -r tree -w 0 --csv
check 'memory' 0 '^  KVM maps, 2 MiB pages +512$' '' ./kvmstat memory -r tree -w 0.1
for what in '^\?: pid 2000, id 11, managed by libvirt$' '^  resident +512M$' '^  in hugetlbfs, beside that +1\.0G$' \
	'^  balloon +none$' '^ +1 +1\.0G +1\.0G$' "^KSM's profit +this kernel does not tell it by process$"; do
	holds "memory: $what" matches out "$what"
done
check 'memory: exactly' 0 '^  resident +536870912$' '' ./kvmstat memory -r tree -w 0 --raw
check 'memory: JSON' 0 . '' ./kvmstat memory 2000 -r tree -w 0 --json
holds 'memory: JSON: all parts' json '.[0] | .memory[0].pages_4k == 705 and .memory[0].ksm_profit == null and .memory[0].swapped_bytes == 0
	and .memory[0].minor_faults_s == null and (.nodes | map(.bytes)) == [2457600, 1075380224] and (.missing | map(.what)) == ["KSM'"'"'s profit"]'
check 'memory: CSV' 0 '^\?,2000,11,536870912,0,536870912,1073741824,0,2,705,512,0,' '' ./kvmstat memory -r tree -w 0 --csv
check 'memory: columns' 0 '^\? +512M +512$' '' ./kvmstat memory -r tree -w 0 -c guest,resident_bytes,pages_2m
check 'show: memory' 0 '^  resident +512M$' '' ./kvmstat show 2000 -r tree
check 'record: memory' 0 '' '' ./kvmstat record memory.rec 0.1 1 -r tree
check 'memory of a recording' 0 '^  KVM maps, 4 KiB pages +705$' '' ./kvmstat memory -f memory.rec
holds 'memory of a recording: no walk' matches out "^transparent huge pages, memory by node +read by 'kvmstat memory' and 'kvmstat show' only$"
for what in '^storage +process +900 +7\.8M +700 +3\.9M +- +-$' '^network +vnet3 +9000 +8\.6M +7000 +6\.7M +- +-$' \
	'^passthrough 0000:01:00\.0 +- +- +- +- +1234 +-$' '^vhost +2010 +- +- +- +- +- +150ms$'; do
	check "show: I/O without exits: $what" 0 "$what" '' ./kvmstat show 2000 -r tree
done
check 'show: JSON: I/O without exits' 0 . '' ./kvmstat show 2000 -r tree --json
holds 'show: JSON: I/O: all parts' json '.traffic | length == 7 and (.[] | select(.name == "vnet3") | .in == 9000 and .out_bytes == 7000000 and .in_s == null and .run_ns == null)
	and (.[] | select(.name == "2010") | .kind == "vhost" and .run_ns == 150000000)'
check 'export: I/O without exits' 0 '^[^,]*,\?,2000,11,storage,process,900,700,8192000,4096000,$' '' ./kvmstat export -r tree --format csv --table traffic
check 'export: memory by node' 0 '^[^,]*,\?,2000,11,1,1075380224,' '' ./kvmstat export -r tree --format csv --table nodes
check 'export: a table of the host' 2 '' '^kvmstat: no such table; there are: guests, reasons, .*, nodes, traffic, missing$' ./kvmstat export -r tree --format csv --table host
check 'export: no debugfs' 1 '' "^kvmstat: no guest's hot could be read from debugfs, which needs root$" ./kvmstat export -r tree --format csv --table hot
check 'export: no process' 1 '' "^kvmstat: no guest's memory could be read from its VMM's /proc/PID, which needs root$" ./kvmstat export -r root --format csv --table memory -g '?'
check 'export: no nodes in a recording' 1 '' "recording/process.jsonl has no guest's nodes$" ./kvmstat export -f "$corpus/recording/process.jsonl" --format csv --table nodes
check 'export: its help has all tables' 0 'memory, nodes, traffic or missing' '' sh -c "./kvmstat export --help | tr -s '\n ' ' '"
# The counters move while it is recorded.
./kvmstat record io.rec 0.1 1 -r tree
sed -i 's/ vnet3: 7000000    7000 /vnet3: 7500000 7500/' tree/proc/2000/net/dev
sed -i 's/^read_bytes: .*/read_bytes: 8196096/' tree/proc/2000/io
./kvmstat record io.rec 0.1 1 -r tree
check 'report: I/O without exits' 0 '^network +vnet3 +0 +0 +500 +488K +- +-$' '' ./kvmstat report -g 2000 io.rec
holds 'report: block I/O' matches out '^storage +process +0 +4\.0K +0 +0 +- +-$'
mv tree/proc/2000/io io
check 'show: no block I/O' 0 '^block I/O +No such file or directory$' '' ./kvmstat show 2000 -r tree
mv io tree/proc/2000/io
check 'host' 0 '^  static huge pages +512$' '' ./kvmstat host -r tree -w 0
for what in '^Host: Linux .*, 1 guest; .*; CPU average 42\.0 %$' '^  tasks +345$' '^  CPU, % of all CPUs +42\.0$' '^    idle, waiting for I/O too +52\.0$' \
	'^ +1 2-3 +1\.9G +48\.8M +256 +50$' '^transparent huge pages|^  transparent huge pages +madvise$' '^ +PID USER +POLICY '; do
	holds "host: $what" matches out "$what"
done
check 'host: exactly' 0 '^    size of one +2097152$' '' ./kvmstat host -r tree -w 0 --raw
check 'host: JSON' 0 . '' ./kvmstat host -r tree -w 0.1 --json
holds 'host: JSON: all parts' json '.host[0].halt_poll_ns == 200000 and (.host_nodes | length) == 2 and (.processes | length) > 1 and .seconds > 0'
check 'host: CSV' 0 '^pid,user,policy,nice,' '' ./kvmstat host -r tree -w 0 --csv
holds 'host: CSV: nothing else' test "$(grep -c '^[0-9]*,[^,]*,[A-Z?]*,' out)" = "$(($(wc -l <out) - 1))"
# This root has two nodes.
check 'host: CSV, sorted' 0 '^pid,user,policy,nice,' '' ./kvmstat host -r tree -w 0 --csv -s resident_bytes
check 'host, twice' 0 . '' ./kvmstat host 0.1 2 -r tree
holds 'host, twice: two tables' test "$(grep -c '^Host: ' out)" = 2
./kvmstat record host.rec 0.1 2 -r tree
check 'host of a recording' 0 '^  kvm.halt_poll_ns +200000$' '' ./kvmstat host -f host.rec
holds 'host: no more than 50 processes recorded' test "$(tail -n 1 host.rec | jq '.machine.processes | length')" -le 50
check 'host of an old recording' 0 '^Host: ' '' ./kvmstat host -f "$corpus/recording/memory.jsonl"
tree 6.12
check 'memory: a profit below 0' 0 '^  +its profit, in bytes +-4096$' '' ./kvmstat memory -r tree -w 0
tree 5.10
check 'threads: columns, sorted' 0 '^ +-5$' '' ./kvmstat threads -r tree -w 0 -c nice -s -nice
holds 'threads: the least first' test "$(sed -n 3p out | tr -d ' ')" = -5
check 'threads: what is missing' 0 '^moves between CPUs +No such file or directory$' '' ./kvmstat threads -r tree -w 0
check 'threads: a bad column' 2 '' "no column 'nic' here; there are: guest,pid,id,role," ./kvmstat threads -r tree -c nic
check 'threads: no such guest' 1 '' 'no such guest' ./kvmstat threads x -r tree
check 'threads: zeros are skipped' 0 . '' ./kvmstat threads 2000 -r tree -w 0.1 -z --csv
lacks 'threads: zeros are skipped: all have stood still' '^\?,'
check 'threads, twice' 0 . '' ./kvmstat threads 2000 0.1 2 -r tree
holds 'threads, twice: two tables' test "$(grep -c '^ROLE' out)" = 2
check 'threads: a process that has gone' 0 '^threads +the process has ended' '' ./kvmstat threads web1 -r root -w 0
check 'show: threads' 0 '^Threads that work for it$' '' ./kvmstat show 2000 -r tree
check 'record: threads' 0 '' '' ./kvmstat record threads.rec 0.1 2 -r tree
check 'threads of a recording' 0 '^I/O thread +2005 ' '' ./kvmstat threads -f threads.rec
check 'export: threads' 0 '^[^,]*,\?,2000,11,2004,5000,"vCPU 0","CPU 0/KVM",OTHER,-5,0,,2,2,0,' '' ./kvmstat export -r tree --format csv --table threads
sed 's/"name":"[^"]*","policy"/"name":"=HYPERLINK(1)","policy"/g' threads.rec >formula.rec
check 'threads of a hostile recording: no formula' 0 ',.x3dHYPERLINK[(]1[)],2000$' '' ./kvmstat threads -f formula.rec --csv -c guest,name,tid
check 'threads of an old recording' 0 '^memory: pid 118, id 1, managed by unknown$' '' ./kvmstat threads -f "$corpus/recording/memory.jsonl"

# A window has only what happens within it.
(
	until_waiting
	serve "$(guest "$web1" 11 105000 200 100)"
) &
check 'list of a window' 0 "^web1 +$web1 .* [1-9][0-9]{4} " '' ./kvmstat list -r root -w 3 -g web1
wait
serve "${all[@]}"
check 'a window of classify' 0 '^Verdicts by (0\.[2-9]|[1-9][0-9]*\.[0-9]) s:$' '' ./kvmstat classify -r root -w 0.2

# Guests change between intervals.
serve "$(guest "$web1" 11 5000 200 100)" "$(guest "$evil1" 6 50 20 10)" "$(guest "$fc" 3 50 20 10)" "$(guest 0 0 9 0 0)"
(
	until_waiting
	serve "$(guest "$web1" 11 55000 150200 100100)" "$(guest "$evil2" 7 50 20 10)" "$(guest "$fc" 3 5 2 1)" "$(guest 0 0 9 0 0)"
) &
check 'intervals: the reading is of the window' 0 '^web1 \(pid [0-9]*\): not I/O-bound \(io_exits 0\.50 <= 0\.50\)' '' ./kvmstat -r root 0.6 5
wait
holds 'intervals: the rate is of the time that passed' grep -Eq "^web1 +$web1 +2 +([3-9][0-9]{4}|[1-9][0-9]{5}) " out
holds 'intervals: a new guest' grep -Eq "^.x1b\[31mevil.x09name.x5c \(pid $evil2\): new$" out
holds 'intervals: a guest ended' grep -Eq "^.x1b\[31mevil.x09name.x5c \(pid $evil1\): ended$" out
holds 'intervals: counters restarted' grep -q "^fc-1 (pid $fc): counters restarted: counted from zero$" out
holds 'intervals: as many as asked for' test "$(grep -c '^web1  *[0-9]' out)" -eq 5
holds 'intervals: the real time' grep -Eq '^Reading of [3-9]\.[0-9] s:$' out
holds 'intervals: the others have no verdict' grep -Eq "^\(others\): 0 exits of all VMs past the module's cap" out
check 'intervals: CSV' 0 '^time,name,' '' ./kvmstat -r root 0.1 3 --csv -g web1
holds 'intervals: CSV: one header' lines out 4
check 'intervals: columns' 0 '^web1 +running' '' ./kvmstat -r root 0.1 2 -c name,state,exits_s
check 'intervals: the header comes again' 0 . '' ./kvmstat -r root 0.1 41 -g web1
holds 'intervals: every 20 lines' test "$(grep -n '^NAME ' out | cut -d: -f1 | tr '\n' ' ')" = '1 22 43 '

(until_waiting; rm root/proc/kvminfo) &
check 'the module goes away' 1 '^Reading of ' 'module is not loaded' ./kvmstat -r root 0.2 50
wait
for signal in INT TERM; do
	serve "$(guest "$web1" 11 5000 200 100)"
	check "SIG$signal: the reading" 0 '^web1 \(pid [0-9]*\): ' '' stopped $signal 0.2
	check "SIG$signal in a long interval" 0 '^Reading of [0-9]*\.[0-9] s:$' '' stopped $signal 60
done

# This machine reads files of arm64 and riscv64 hosts, and recordings of them.
elsewhere() { # ISA HOW REGEX...: lines of show
	local isa=$1 in=$1/sys/kernel/debug/kvmstat part line
	mkdir -p "$isa/proc" "$in/1"
	sed "2s/^1 [0-9]*/1 $web1/" "$corpus/kvminfo/$isa.txt" >"$isa/proc/kvminfo"
	printf 'version: %s\nisa: %s %s\n' "$version" "$isa" "$2" >"$in/info"
	for part in reasons userspace histograms hot vcpus cpus; do
		cp "$corpus/$part/$isa" "$in/1/$part"
	done
	shift 2
	check "$isa: recorded" 0 '' '' ./kvmstat record -r "$isa" "$isa.rec" 0.1 1
	for line; do
		check "$isa: $line" 0 "$line" '' ./kvmstat show -r "$isa" web1
		check "$isa: recorded: $line" 0 "$line" '' ./kvmstat show -f "$isa.rec" web1
	done
}
elsewhere arm64 '(VHE)' '^DABT_LOW +601 +68.8 ' '^msr +read +0x180600 .* ID registers$' '^hypercall call +0x84000000 .* PSCI$' ' 68.8 % touch device memory'
elsewhere riscv64 '(H)' '^STORE_GUEST_PAGE_' '^msr +read +0xc00 .* performance counter \(cycle\)$' '^hypercall call +0x1000000000 .* SBI: '

# record writes whole lines, whatever happens.
# whole FILE N: the file has N whole snapshots of web1, and nothing else.
whole() { lines "$1" "$2" && [ "$(jq -c 'select(.format == 1 and (.guests | map(.name) | index("web1")))' "$1" 2>/dev/null | wc -l)" -eq "$2" ]; }
at_least() { [ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]; }
# recorder ARG...: records in the background. Its pid is in $recorder.
recorder() {
	./kvmstat record -r root "$@" >out 2>err &
	recorder=$!
}
# ended STATUS: the recorder ends with this status.
ended() {
	wait "$recorder" 2>/dev/null
	[ $? -eq "$1" ]
}
serve "$(guest "$web1" 11 5000 200 100)" "$(guest "$plain" 2 50 20 10)"
check 'record' 0 '' '' ./kvmstat record -r root rec 0.1 3
holds 'record: so many lines' whole rec 3
holds 'record: not for everybody' test "$(stat -c %a rec)" = 600
jq -s -e '.[2].time_ns - .[0].time_ns | . > 150000000' rec >/dev/null
result 'record: at its interval' $?
jq -s -e '.[0].guests[0] | .detail.hot | length > 3' rec >/dev/null
result 'record: with details' $?
check 'record: more' 0 '' '' ./kvmstat record -r root rec 0.1 2
holds 'record: appends' whole rec 5

recorder rec 0.1
await at_least rec 7
kill -TERM $recorder
holds 'record: SIGTERM' ended 0
holds 'record: SIGTERM: whole lines' whole rec "$(wc -l <rec)"

rm rec
recorder rec 0.1
await at_least rec 2
check 'record: a second one is refused' 2 '' 'another kvmstat records to rec; choose another file' ./kvmstat record -r root rec 0.1 1
mv rec rec.moved
kill -HUP $recorder
await at_least rec 2
holds 'record: SIGHUP opens the file anew' at_least rec 2
kill -INT $recorder
holds 'record: SIGINT' ended 0
holds 'record: SIGHUP: the old file is whole' whole rec.moved "$(wc -l <rec.moved)"
holds 'record: SIGHUP: the new file is whole' whole rec "$(wc -l <rec)"
check 'record: SIGHUP: both are one recording' 0 "^Recorded on .*: $(cat rec.moved rec | wc -l) snapshots, " '' ./kvmstat report rec.moved rec

for i in 1 2 3; do
	rm -f rec
	recorder rec 0.1
	await at_least rec 2
	sleep "0.0$((i * 3))"
	kill -9 $recorder
	wait $recorder 2>/dev/null
	./kvmstat report rec 2>&1 | grep -v ': the last line has no end and is left out$' >said
	check "record: kill -9, $i" 0 '^Recorded on ' '' cat said
done
# It may have been killed in mid-line.
head -n "$(wc -l <rec)" rec >before
cp before rec
head -n1 rec >one
head -c 300 one >>rec
check 'record: cut in mid-line: read' 0 "^Recorded on .*: $(wc -l <before) snapshots" 'rec: the last line has no end and is left out$' ./kvmstat report rec
check 'record: cut in mid-line: repaired' 0 '' '^kvmstat: rec: the last line has no end and is dropped$' ./kvmstat record -r root rec 0.1 1
holds 'record: cut in mid-line: goes on' whole rec "$(($(wc -l <before) + 1))"
head -c "$(stat -c %s before)" rec >after
holds 'record: cut in mid-line: what was whole stays' same before after
printf '{"kvm' >cut.rec
check 'record: cut in its first line' 0 '' 'the last line has no end and is dropped' ./kvmstat record -r root cut.rec 0.1 1
holds 'record: cut in its first line: a new one' whole cut.rec 1

# A file that is not a recording is not touched.
keep() { # NAME, the file on stdin
	cat >foreign
	cp foreign before
	check "record: $1" 2 '' 'foreign is not a recording and is left as it is' ./kvmstat record -r root foreign 0.1 1
	holds "record: $1: untouched" same foreign before
}
echo 'dear diary' | keep 'a text file'
printf '{"dear": "diary"}' | keep 'a JSON file without an end'
printf '{\n"dear": "diary"\n}\n' | keep 'a JSON file'
keep 'a copy of /proc/kvminfo' <"$full"
keep 'a program' <"$kvmstat"
check 'record: nothing to record' 1 '' 'cannot read nowhere/proc/kvminfo' ./kvmstat record -r nowhere none.rec 0.1 1
holds 'record: nothing to record: no empty file' test ! -e none.rec
check 'record: a directory' 1 '' 'cannot open \.: Is a directory' ./kvmstat record -r root . 0.1 1
check 'record: no directory' 1 '' 'cannot open no/where: No such file or directory' ./kvmstat record -r root no/where 0.1 1
check 'record: a full device' 1 '' 'cannot write /dev/full: No space left on device' ./kvmstat record -r root /dev/full 0.1 1
check 'record: to a pipe' 0 '^\{"kvmstat"' '' sh -c './kvmstat record -r root /dev/stdout 0.1 2 | cat'
holds 'record: to a pipe: whole lines' whole out 2

# A full disk gets no piece of a line, and nothing that was there is lost.
cat >full.sh <<'FULL'
mount -t tmpfs -o size=64k tmpfs full || exit 125
timeout 20 ./kvmstat record -r root full/rec 0.1
status=$?
cp full/rec rec
exit $status
FULL
mkdir full
rm -f rec
"$here/../../scripts/mounts.sh" full sh full.sh >out 2>err
got=$?
if [ $got = 125 ]; then
	echo "skip record: a full disk: $(tail -n1 err)"
else
	name='record: a full disk' want=1 out='' err='cannot write full/rec: No space left on device'
	judge
	holds 'record: a full disk: whole lines' whole rec "$(wc -l <rec)"
	holds 'record: a full disk: some' at_least rec 3
fi

# The module goes and comes back.
rm -f rec
serve "$(guest "$web1" 11 5000 200 100)"
recorder rec 0.1
await at_least rec 2
rm root/proc/kvminfo
await grep -q 'recording goes on when it can be read again' err
result 'record: the module goes away' $?
serve "$(guest "$web1" 11 6000 200 100)"
await grep -q 'recording again' err
result 'record: the module is there again' $?
at=$(wc -l <rec)
await at_least rec $((at + 1))
kill $recorder
holds 'record: through it all' ended 0
holds 'record: through it all: whole lines' whole rec "$(wc -l <rec)"
holds 'record: through it all: said once' lines err 2

# Rotation: a line with many guests is over half a MiB.
many=()
for ((i = 1; i <= 100; i++)); do
	many+=("$(guest "$web1" $((1000 + i)) 50 20 10)")
	ln -s 11 "$debug/$((1000 + i))"
done
serve "${many[@]}"
check 'record: rotation' 0 '' '' timeout 60 ./kvmstat record -r root rot 0.1 9 --size 1 --keep 2
# shellcheck disable=SC2010 # names are ours
holds 'record: rotation: files kept' test "$(ls | grep '^rot' | tr '\n' ' ')" = 'rot rot.1 rot.2 '
holds 'record: rotation: their size' test "$(find . -name 'rot*' -size +1024k | wc -l)" -eq 0
for file in rot rot.1 rot.2; do
	holds "record: rotation: $file is whole" whole $file "$(wc -l <$file)"
done
jq -s -e '[.[].time_ns] | . == sort' rot.2 rot.1 rot >/dev/null
result 'record: rotation: the newest is first' $?
check 'record: rotation: one recording' 0 "^Recorded on .*: $(cat rot rot.1 rot.2 | wc -l) snapshots, " '' ./kvmstat report rot.2 rot.1 rot -p "$web1"
rm rot*
check 'record: rotation without old files' 0 '' '' timeout 60 ./kvmstat record -r root rot 0.1 4 --size 1 --keep 0
# shellcheck disable=SC2010
holds 'record: rotation without old files: one' test "$(ls | grep -c '^rot')" -eq 1
check 'record: no rotation' 0 '' '' timeout 60 ./kvmstat record -r root rot 0.1 4 --size 0
holds 'record: no rotation: larger' test "$(stat -c %s rot)" -gt 2000000
rm -f rot* "$debug"/1[0-9][0-9][0-9]

# report on a whole recording, and on spans. Every ten seconds there are 100 more exits.
for i in 0 1 2 3; do
	jq -c --argjson i $i '.time_ns = 1795257000000000000 + $i * 10000000000 | .uptime_ns = 1000000000 + $i * 10000000000
		| .boot_id = "b" | .host = "h\u001b[2J" | .guests[0].exits = 5000 + 100 * $i | .guests[0].kvm_vm_switch_num = 4800 + 100 * $i
		| .guests[0].kvm_qemu_switch_num = 200' <(jq -c '.guests |= .[0:1]' one)
done >rec
check 'report' 0 '^Recorded on h\\x1b\[2J, Linux .*: 4 snapshots, 2026-11-21 10:30:00 to 2026-11-21 10:30:30, 30\.0 s seen$' '' ./kvmstat report rec
holds 'report: its figures' grep -Eq '^web1 +[0-9]+ +2 +300 +10 ' out
holds 'report: the verdict' grep -Eq '^web1 \(pid [0-9]+\): ' out
holds 'report: harmless' harmless out
check 'report: from' 0 ': 3 snapshots, .* 20\.0 s seen$' '' ./kvmstat report rec --from +10s
check 'report: to' 0 ': 2 snapshots, .* 10\.0 s seen$' '' ./kvmstat report rec --to 10:30:10
check 'report: a part' 0 ': 2 snapshots, 2026-11-21 10:30:10 to 2026-11-21 10:30:20, 10\.0 s seen$' '' \
	./kvmstat report rec --from '2026-11-21 10:30:05' --to @1795257025
holds 'report: a part: its figures' grep -Eq '^web1 +[0-9]+ +2 +100 +10 ' out
check 'report: an empty part' 1 '' 'rec: no snapshot in this recording, or none in this span of it$' ./kvmstat report rec --from +1h
check 'report: rates' 0 '^2026-11-21T10:30:30Z web1 +[0-9]+ +10 ' '' ./kvmstat report rec --rates
holds 'report: rates: one header' lines out 4
check 'report: rates as CSV' 0 '^2026-11-21T10:30:10Z,web1,10\.000$' '' ./kvmstat report rec --rates --csv -c time,name,exits_s
check 'report: a guest' 0 '^web1: pid [0-9]+, id 11, 2 vCPUs, run by qemu$' '' ./kvmstat report rec -g web1
holds 'report: a guest: of the time seen' matches out '^Figures: 30\.0 s$'
check 'report: no such guest' 1 '' 'no such guest' ./kvmstat report rec -g web
check 'report: rates of no such guest' 1 '^TIME ' 'no such guest' ./kvmstat report rec --rates -g web
check 'report: JSON' 0 . '' ./kvmstat report rec --json
holds 'report: JSON: the verdicts' json 'length == 1 and .[0].name == "web1" and .[0].bound'
check 'report: JSON of a guest' 0 . '' ./kvmstat report rec --json -g web1
holds 'report: JSON of a guest: all of it' json '.guest.exits == 300 and .seconds == 30 and (.reasons | type) == "array"'
check 'report: CSV' 0 '^time,name,' '' ./kvmstat report rec --csv
holds 'report: CSV: a line' lines out 2
check 'report: CSV of a guest' 0 '^web1,300$' '' ./kvmstat report rec --csv -g web1 -c name,exits
check 'report: columns' 0 '^ *EXITS NAME' '' ./kvmstat report rec -c exits,name
: >empty.rec
check 'report: an empty recording' 1 '' 'empty.rec: no snapshot in this recording yet$' ./kvmstat report empty.rec
check 'report: empty ones are skipped' 0 ': 4 snapshots' '' ./kvmstat report empty.rec rec empty.rec
check 'report: the same by list' 0 '^web1 +[0-9]+ +5300 ' '' ./kvmstat list -f rec
check 'report: a window by list' 0 '^web1 +[0-9]+ +10 ' '' ./kvmstat list -f rec -w 1

# A report is one of what was recorded, however the files come.
./kvmstat report rec >want
same_report() { check "$1" 0 '^Recorded on ' '' ./kvmstat report "${@:2}"; holds "$1: the same" same out want; }
split -l 1 rec rot.
same_report 'report: the newest first' rot.ad rot.ac rot.ab rot.aa
same_report 'report: twice' rec rec
tac rec >turned
same_report 'report: its lines turned round' turned
gzip -k rec
same_report 'report: a gzip' rec.gz
same_report 'report: a gzip and more' rec.gz rot.ac
gzip <rec | check 'report: a gzip on standard input' 0 '^Recorded on ' '' ./kvmstat report -
check 'list: a gzip of a copy' 0 '^- +2035 ' '' sh -c "gzip <'$full' | ./kvmstat list -f -"
check 'report: to, as rates prints it' 0 ': 2 snapshots, ' '' ./kvmstat report rec --to 2026-11-21T10:30:10Z
check 'report: to, within its second' 0 ': 3 snapshots, ' '' ./kvmstat report <(sed 's/020000000000,"up/020900000000,"up/' rec) --to 2026-11-21T10:30:20Z
check 'report: a damaged line' 0 ': 3 snapshots, .* 30\.0 s seen$' '^kvmstat: bad: line 2: not JSON: .*; it is left out$' \
	sh -c "sed '2s/{/[/' rec >bad; ./kvmstat report bad"
for i in {1..30}; do echo '{'; done >many
cat rec >>many
check 'report: many damaged lines' 0 ': 4 snapshots' '^kvmstat: many: 20 more damaged lines are left out$' ./kvmstat report many
holds 'report: many damaged lines: not all are named' lines err 11
check 'report: no recording' 2 '' 'copy is no recording: line 1: not JSON' sh -c "cp '$full' copy; ./kvmstat report rec copy"
holds 'report: no recording: said once' lines err 1

# Several hosts are shown apart.
sed 's/"host":"[^"]*"/"host":"other"/; s/"boot_id":"b"/"boot_id":"o"/' rec >other
check 'report: two hosts' 0 '^Recorded on other, ' '' ./kvmstat report rec other
holds 'report: two hosts: apart' test "$(grep -c '^Recorded on .*: 4 snapshots, .* 30\.0 s seen$' out)" -eq 2
holds 'report: two hosts: their guests' test "$(grep -Ec '^\S+ +web1 +[0-9]+ +2 +300 +10 ' out)" -eq 2
same_report 'report: one host of two' --host "$(printf 'h\033[2J')" rec other
check 'report: no such host' 1 '' '^  other$' ./kvmstat report rec other --host nobody
check 'report: two hosts: CSV' 0 '^other,o,web1,300$' '' ./kvmstat report rec other --csv -c host,boot,name,exits
check 'report: two hosts: JSON' 0 . '' ./kvmstat report rec other --json
holds 'report: two hosts: JSON: the guests' json 'map([.host, .boot, .name, .exits]) == [["h\\x1b[2J", "b", "web1", 300], ["other", "o", "web1", 300]]'
check 'report: two hosts: a guest' 0 '^web1: ' '' ./kvmstat report rec other -g web1
holds 'report: two hosts: a guest: each' test "$(grep -c '^web1: ' out)" -eq 2
check 'list: two hosts' 2 '' 'of several hosts' sh -c 'cat rec other >both; ./kvmstat list -f both'

# Of many guests those with the most exits are shown.
for i in 1 2; do
	jq -cn --argjson i $i '{kvmstat: "0.1.0", format: 1, time_ns: (1795257000000000000 + $i * 10000000000), uptime_ns: ($i * 10000000000),
		boot_id: "b", host: "h", kernel: "6.1", cpus: 2, guests: [range(1; 101) | {name: "g\(.)", no: 1, pid: ., id: ., io_num: 0,
		exception_num: 0, kvm_vm_switch_num: (. * $i * 100), kvm_qemu_switch_num: 0, exits: (. * $i * 100)}]}'
done >crowd
check 'report: many guests' 0 '^100 guests: 9 too little seen, 91 not I/O-bound; these are the first 20 by exits, --all shows all:$' '' ./kvmstat report crowd
holds 'report: many guests: the busiest' test "$(grep -Eo '^g[0-9]+ .*00 +[0-9]+ ' out | head -n1 | cut -d' ' -f1)" = g100
holds 'report: many guests: twenty' test "$(grep -c '^g.* (pid' out)" -eq 20
check 'report: all of many guests' 0 '^g1 \(pid 1\): ' '' ./kvmstat report crowd --all
holds 'report: all of many guests: all' test "$(grep -c '^g.* (pid' out)" -eq 100
check 'report: many guests: CSV has all' 0 . '' ./kvmstat report crowd --csv
holds 'report: many guests: CSV has all: lines' lines out 101
check 'report: all, but of one' 2 '' '^kvmstat: --all would do nothing here, as all guests are shown$' ./kvmstat report crowd --all --csv
check 'report: raw, but of one' 2 '' 'would do nothing with -g, unless -c chooses columns$' ./kvmstat report crowd -g g5 --raw

# After a boot, counting begins anew with what is there.
sed -i '3,4s/"boot_id":"b"/"boot_id":"c"/; 3s/"uptime_ns":[0-9]*/"uptime_ns":5000000000/; 4s/"uptime_ns":[0-9]*/"uptime_ns":25000000000/' rec
check 'report: a boot in the middle' 0 ': 4 snapshots of several boots, .* 30\.0 s seen$' '' ./kvmstat report rec
holds 'report: a boot in the middle: before it' grep -Eq '^web1 +[0-9]+ +2 +100 +10 .* b$' out
holds 'report: a boot in the middle: behind it' grep -Eq '^web1 +[0-9]+ +2 +100 +5.0 .* c$' out
check 'report: rates over a boot' 0 '^time,exits_s' '' ./kvmstat report rec --rates --csv -c time,exits_s
holds 'report: rates over a boot: each interval' lines out 3
sed -i '2s/"name":"web1"/"name":"\\u001b[31m\\n,\\"="/' rec
check 'report: a hostile recording' 0 . '' ./kvmstat report rec --csv
holds 'report: a hostile recording: harmless' harmless out

# Two recordings, or two times of one. g1 to g100 do n * 10 exits a second; then, the even ones twice as many.
jq -c --slurpfile first crowd 'select(.time_ns > 1795257015000000000) | .time_ns += 10000000000 | .uptime_ns += 10000000000 |
	.guests |= map(select(.id != 7) | (if .id % 2 == 0 then 200 else 100 end * .id) as $more | .exits += $more | .kvm_vm_switch_num += $more)' crowd >later
cat crowd later >both
check 'compare: two times' 0 '^g100 +1000 +2000 +1000 +200\.0 not I/O-bound +not I/O-bound$' '' ./kvmstat report --compare=+10s both
holds 'compare: two times: what changed most is first' sh -c 'sed -n 2p out | grep -q ^g100'
holds 'compare: two times: one that is gone' matches out '^g7 +70 +- +-70 +- too little seen +-$'
tail -n1 crowd | cat - later >second
cp out want
check 'compare: two recordings' 0 . '' ./kvmstat report --compare crowd second
holds 'compare: two recordings: the same' same out want
check 'compare: the option first' 0 '^g100 +1000 ' '' ./kvmstat --compare report crowd second
check 'compare: the other way round' 0 '^g100 +2000 +1000 +-1000 +50\.0 ' '' ./kvmstat report --compare second crowd
holds 'compare: the other way round: what changed most is first' sh -c 'sed -n 2p out | grep -q ^g100'
check 'compare: one recording' 2 '' 'takes two recordings, or a time' ./kvmstat report --compare crowd
check 'compare: nothing before' 1 '' '^kvmstat: no two snapshots of one boot before$' ./kvmstat report --compare=+0s both
check 'compare: no time' 2 '' "^kvmstat: --compare must be .*: 'noon'$" ./kvmstat report --compare=noon both

# Metrics are chosen.
check 'export: the usual metrics' 0 '^kvmstat_guest_verdict\{guest="ide",id="1",verdict="I/O-bound"\} 1$' '' ./kvmstat export -f "$corpus/snapshot.jsonl"
holds 'export: the usual metrics: few' test "$(grep -c 'id="1"' out)" -lt 40
check 'export: all metrics' 0 'exit_latency_seconds_bucket' '' ./kvmstat export -f "$corpus/snapshot.jsonl" --families all
check 'export: one family' 0 '^kvmstat_guests 3$' '' ./kvmstat export -f "$corpus/snapshot.jsonl" --families reasons --top 1
holds 'export: one family: of one guest' test "$(grep -o '^kvmstat_[a-z_]*{.*id="[0-9]"' out | sed 's/{.*,id=/ /' | sort -u | wc -l)" -eq 1
check 'export: no family' 2 '' "the families are .*: 'guests'" ./kvmstat export -f "$corpus/snapshot.jsonl" --families guests
check 'export: families of CSV' 2 '' 'would do nothing but for Prometheus' ./kvmstat export -f "$corpus/snapshot.jsonl" --families all --format csv

# show --vcpu.
serve "$(guest "$web1" 11 6000 200 100)"
echo 1 40 30 20 20 0 0 0 121 userspace >>$debug/11/vcpus
check 'show --vcpu: a module without reasons by vCPU' 1 '' "the reasons by vCPU cannot be read from debugfs; 'kvmstat doctor' says why" \
	./kvmstat show -r root id:11 --vcpu 0
cat >$debug/11/vcpu_reasons <<'REASONS'
vcpu code exits to_user kernel_ns user_ns longest_ns reason
0 0x72 858 0 11179413 0 344960 cpuid
0 0x7b 108167 107949 1370838597 6241646803 74217504 io
1 0x7b 40 30 100 200 9 io
REASONS
check 'show --vcpu: its reasons' 0 '^io +40 +100\.0 +75\.0' '' ./kvmstat show -r root id:11 --vcpu 1
lacks 'show --vcpu: those of no other' '^cpuid'
holds 'show --vcpu: itself' grep -Eq '^ +1 +121 ' out
lacks 'show --vcpu: no other' '^ +0 +120 '
check 'show --vcpu: one that there is not' 1 '' 'has no vCPU 2 that has run' ./kvmstat show -r root id:11 --vcpu 2
check 'show --vcpu: a recording' 2 '' 'would do nothing with -f' ./kvmstat show -f "$corpus/recording/guest-virtio.jsonl" --vcpu 0
check 'show --vcpu: no number' 2 '' "the vCPU must be a whole number from 0" ./kvmstat show -r root id:11 --vcpu -1

# trace, with a trace-cmd that notes its arguments and prints what is in the file canned. It shows
# its own pid as the event's address, so that the test sees the instance's name.
serve "$(guest "$web1" 11 6000 200 100)"
mkdir tracers
cat >tracers/trace-cmd <<'STUB'
#!/bin/bash
if [ "$1" = record ]; then
	printf '<%s>' "$@" >../args
	printf '\x17\x08Dtracing' >trace.dat
	echo $$ >../tracer
	[ ! -e ../fails ] || { printf 'trace-cmd: No such file or directory\n  \033no such event\n' >&2; exit 1; }
	[ ! -e ../dies ] || kill -9 $$
	"${@: -3}"
	echo >../ended
	exit
fi
cat ../canned
STUB
chmod +x tracers/trace-cmd
cat >canned <<'REPORT'
cpus=2
CPU:1 [7 EVENTS DROPPED]
  vmm-120   [000]   10.000000: kvm_exit: exit_reason=0x72 guest_rip=0xffffffff81001234 isa=0x2 vcpu_id=0
  x kvm_exit: a=1-120   [001]   10.500000: kvm_exit: exit_reason=123 guest_rip=0x1000 isa=0x2 vcpu_id=0
  vmm-120   [000]   11.000000: kvm_entry: vcpu_id=0 rip=0xffffffff81001236
CPU:0 [EVENTS DROPPED]
  vmm-120   [000]   12.000000: kvm_exit: exit_reason=0x72 guest_rip=0xffffffff81001234 isa=0x2 vcpu_id=0
  vmm-120   [000]   12.500000: kvm_exit: exit_reason=0x999 guest_rip=0xffffffff8fffffff isa=0x2 vcpu_id=0
REPORT
traces() { (cd "$dir/tracers" && PATH=$PWD:$PATH exec ../kvmstat trace "$@" --root ../root); }
check 'trace: without trace-cmd' 1 '' "^kvmstat: trace needs trace-cmd, which is not installed; try 'sudo apt install trace-cmd'$" \
	env PATH="$dir/nowhere" ./kvmstat trace id:11 --root root
check 'trace: all reasons' 0 '^4 exits traced in 2\.5 s; kvmstat counted 0 while' '' traces id:11 0.2
holds 'trace: what was lost' grep -q '^7 exits or more were lost' out
holds 'trace: the most frequent first' grep -Eq '^ +2 +50\.0 +cpuid +0xffffffff81001234$' out
holds 'trace: the reason by its name' grep -Eq ' io +0x0000000000001000$' out
holds 'trace: a reason without a name' grep -Eq ' 0x999 +0xffffffff8fffffff$' out
holds 'trace: what it asks of trace-cmd' grep -Eq \
	"^<record><-o><trace.dat><-B><kvmstat-$(cat tracer)><-b><[0-9]+><-m><[0-9]+><-e><kvm:kvm_exit><-f><.common_pid>=120&&common_pid<=121.><timeout><0\.2><cat>$" args
check 'trace: one reason, in any case' 0 '^4 exits for CPUID traced' '' traces id:11 -r CPUID 0.1
holds 'trace: its filter' grep -Fq '<-f><((common_pid>=120&&common_pid<=121))&&((exit_reason==114))><timeout>' args
check 'trace: a reason that there is not' 2 '' "has had no exit of the reason 'nmi'; its reasons are: .*, cpuid, " traces id:11 -r nmi 0.1
check 'trace: no guest' 2 '' 'GUEST .* is missing' ./kvmstat trace
check 'trace: no such guest' 1 '' 'no such guest' traces nobody
check 'trace: no size' 2 '' 'the size must be a whole number from 1' traces id:11 --size 0
check 'trace: -z' 2 '' '-z would do nothing here' traces id:11 -z
cat >kallsyms <<'SYMBOLS'
ffffffff81001300 T after
ffffffff81001200 t do_\x1b[31midle
ffffffff81001230 D not_code
no line
ffffffff82000000 T last	[module]
SYMBOLS
printf 'ffffffff81001220 t \033[31mred\n' >>kallsyms
check 'trace: symbols, cleaned' 0 '0xffffffff81001234 +.x1b\[31mred\+0x14$' '' traces id:11 0.1 --kallsyms ../kallsyms
check 'trace: none far behind a symbol, or before all' 0 '0xffffffff8fffffff +-$' '' traces id:11 0.1 --kallsyms ../kallsyms
sed 's/^[0-9a-f]* /0000000000000000 /' kallsyms >hidden
check 'trace: hidden symbols' 2 '' "hidden has no addresses; copy the guest's /proc/kallsyms as its root" traces id:11 --kallsyms ../hidden
check 'trace: no symbols' 2 '' 'canned has no symbols of code' traces id:11 --kallsyms ../canned
check 'trace: no file' 1 '' 'cannot read nothing: No such file' traces id:11 --kallsyms nothing
# An ELF file with symbols is the command itself.
main=$(nm kvmstat | awk '$3 == "main" { print $1 }')
cp canned was
sed "s/ffffffff81001234/$main/" was >canned
check 'trace: symbols of an ELF file' 0 "0x$main +main\+0x0$" '' traces id:11 0.1 --kallsyms ../kvmstat
head -c 100000 kvmstat >cut.elf
check 'trace: half an ELF file' 2 '' 'cut.elf has no symbols of code' traces id:11 --kallsyms ../cut.elf
mv was canned
printf -v odd 'a\377\033.dat'
cp tracers/trace.dat "tracers/$odd"
check 'trace: a file with an odd name' 0 '"file": "a.*xff.*x1b.dat"' '' traces id:11 0.1 -o "$odd" --json
echo mine >tracers/mine
check 'trace: another file' 2 '' '^kvmstat: mine is no trace and is left as it is' traces id:11 -o mine
holds 'trace: it is left as it is' grep -q mine tracers/mine
check 'trace: CSV' 0 '^2,0\.5[0-9]*,"*cpuid"*,"*0xffffffff81001234"*,$' '' traces id:11 0.1 --csv
: >fails
check 'trace: trace-cmd fails' 1 '' '^kvmstat: trace-cmd failed: .x1bno such event$' traces id:11 0.1
mv fails dies
check 'trace: trace-cmd is killed' 1 '' '^kvmstat: trace-cmd was ended by signal 9$' traces id:11 0.1
rm dies
# Whoever ends kvmstat ends trace-cmd.
for signal in INT TERM KILL; do
	rm -f ended args
	(cd tracers && PATH=$PWD:$PATH exec ../kvmstat trace id:11 1000 --root ../root) >out 2>err &
	pid=$!
	await test -s args
	sleep 0.2
	kill -s $signal $pid
	wait $pid 2>/dev/null
	await test -e ended
	result "trace: SIG$signal ends trace-cmd in order" $?
done

# Every JSON is as docs/schema.json says: conforms DEFINITION COMMAND... says so of a command.
conforms() {
	local definition=$1
	shift
	documents=$((documents + 1))
	"$@" >"json.$documents.$definition" 2>err
	result "schema: $*: prints" $?
}
documents=0
serve "$(guest "$web1" 11 6000 200 100)"
mkdir schemas
cd schemas || exit 1
ln -s ../root ../rec ../other ../crowd ../kvmstat .
for from in '-r root' "-f $full" "-f $thesis" "-f $corpus/recording/guest-virtio.jsonl" "-f $corpus/snapshot.jsonl"; do
	for command in list classify threads memory host; do
		# shellcheck disable=SC2086 # words
		conforms $command ./kvmstat $command $from --json
	done
	# shellcheck disable=SC2086
	conforms snapshot ./kvmstat export --format json $from
done
conforms show ./kvmstat show -r root id:11 --json
conforms show ./kvmstat show -f "$corpus/recording/guest-virtio.jsonl" --json
conforms show ./kvmstat report "$corpus/recording/guest-nested.jsonl" -g nested --json
conforms shows ./kvmstat report rec other -g web1 --json
conforms report ./kvmstat report rec other crowd --json
conforms report ./kvmstat report rec --rates --json
conforms compare ./kvmstat report --compare rec crowd --json
conforms vcpu ./kvmstat show -r root id:11 --vcpu 1 --json
conforms trace traces id:11 0.1 --json
conforms trace traces id:11 0.1 -r cpuid --json --kallsyms ../kallsyms
./kvmstat doctor --json -r root >json.0.doctor
python3 -W ignore - "$here/../../docs/schema.json" json.* >out 2>err <<'PYTHON'
import json, jsonschema, sys
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
wrong = 0
used = set()
for path in sys.argv[2:]:
	name = path.split(".")[2]
	used.add(name)
	validator = jsonschema.Draft202012Validator(dict(schema, **{"$ref": "#/$defs/" + name}))
	for error in validator.iter_errors(json.load(open(path))):
		print(path, list(error.absolute_path), error.message[:300])
		wrong += 1
# A document that lacks a key, or has one more, must not pass.
page = json.load(open([p for p in sys.argv[2:] if p.endswith(".list")][0]))
validator = jsonschema.Draft202012Validator(dict(schema, **{"$ref": "#/$defs/list"}))
for spoil in (lambda row: row.pop("exits"), lambda row: row.update(more=1), lambda row: row.update(exits="1")):
	copy = json.loads(json.dumps(page))
	spoil(copy[0])
	wrong += validator.is_valid(copy)
print(sorted(used))
sys.exit(bool(wrong))
PYTHON
result 'schema: each document conforms' $?
cp out err ..
cd .. || exit 1

# doctor on a machine where all is well, then with one fault after another.
release=$(uname -r)
well() {
	rm -rf sick
	mkdir -p sick/sys/module/{kvm_amd,kvmstat} sick/sys/kernel/{debug/kvmstat,security} sick/proc/self \
		sick/var/lib/dkms/kvmstat/"$version/$release" sick/lib/modules/"$release/build"
	echo "$version" >sick/sys/module/kvmstat/version
	cp "$full" sick/proc/kvminfo
	echo 'none [integrity] confidentiality' >sick/sys/kernel/security/lockdown
	: >sick/proc/self/schedstat
	cat >sick/sys/kernel/debug/kvmstat/info <<-INFO
		version: $version
		abi: 1
		state: counting
		timing: on
		hook_kvm_mmio: attached
		hook_kvm_entry: attached
		reason_failed_vmcb_pointer: 0
		protected_vcpus: 0
		layout_refused_events: 0
		vms_past_cap: 0
		exits: 44400
		exits_unattributed: 0
	INFO
}
# doctor NAME STATUS LINE: doctor prints this line.
doctor() { check "doctor: $1" "$2" "$3" '' ./kvmstat doctor -r sick; }
info=sick/sys/kernel/debug/kvmstat/info
well
doctor 'all is well' 0 '^all in order$'
lacks 'doctor: all is well: nothing else' '^(FIX|note)|do:'
for line in 'KVM is loaded' "the module is loaded, version $version" '/proc/kvminfo can be read' 'debugfs is mounted and can be read' \
	'every event of KVM that it needs is hooked' 'times are kept' 'exit reasons are read and verified' \
	'every exit was attributed to its VM' 'the kernel is locked down for integrity' 'Secure Boot is off' \
	'DKMS has built the module for this kernel' 'the kernel has schedstat'; do
	holds "doctor: ok: $line" grep -Eq "^ok +$line" out
done
rm -r sick/sys/module/kvm_amd
doctor 'no KVM' 0 '^note KVM is not loaded: there is nothing to count yet$'
mkdir sick/sys/module/kvm
doctor 'KVM without a vendor' 0 '^ok +KVM is there$'
well
rm -r sick/sys/module/kvmstat sick/proc/kvminfo sick/sys/kernel/debug/kvmstat
doctor 'not installed' 1 '^FIX +the module is not loaded, and is not installed for Linux'
holds 'doctor: not installed: how many' grep -q '^1 to fix$' out
rmdir sick/lib/modules/"$release"/build
doctor 'no headers' 1 '^FIX +the headers of Linux .* are not installed, so'
holds 'doctor: no headers: what to do' grep -q "do: install the package linux-headers-$release" out
echo 'updates/kvmstat.ko: kernel/arch/x86/kvm/kvm.ko' >sick/lib/modules/"$release"/modules.dep
doctor 'not loaded' 1 '^FIX +the module is not loaded, and is installed for Linux'
mkdir sick/sys/kernel/debug/tracing
doctor 'not loaded, debugfs is mounted' 1 '^ok +debugfs is mounted; the module makes its folder there$'
lacks 'doctor: not loaded, debugfs is mounted: it needs no mount' 'sudo mount'
rmdir sick/sys/kernel/debug/tracing
holds 'doctor: not loaded: what to do' grep -q 'do: sudo modprobe kvmstat$' out
mkdir -p sick/sys/firmware/efi/efivars
printf '\6\0\0\0\1' >sick/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
doctor 'Secure Boot' 1 '^note Secure Boot is on: only signed modules load$'
well
echo 9.9 >sick/sys/module/kvmstat/version
doctor 'another version' 0 "^note the module is version 9.9, this command $version$"
printf '\033[31mred\n' >sick/sys/module/kvmstat/version
doctor 'a hostile version' 0 '^note the module is version .x1b\[31mred'
holds 'doctor: a hostile version: harmless' harmless out
well
rm sick/proc/kvminfo
doctor 'no /proc/kvminfo' 1 '^FIX +/proc/kvminfo cannot be read: No such file or directory$'
well
if [ "$(id -u)" -eq 0 ]; then
	chmod 400 sick/proc/kvminfo $info
	# shellcheck disable=SC2086 # words
	check 'doctor: no permission' 1 '^FIX +/proc/kvminfo cannot be read: Permission denied$' '' $nobody ./kvmstat doctor -r sick
	holds 'doctor: no permission: nor debugfs' grep -q '^note debugfs cannot be read: Permission denied$' out
else
	echo 'skip doctor: no permission: needs root to give it up'
fi
well
rm -r sick/sys/kernel/debug/kvmstat
doctor 'no debugfs' 1 "^FIX +kvmstat's folder in debugfs is not there: No such file or directory$"
holds 'doctor: no debugfs: what to do' grep -q 'do: sudo mount -t debugfs debugfs /sys/kernel/debug$' out
printf 'nodev\tproc\nnodev\ttracefs\n' >sick/proc/filesystems
doctor 'a kernel without debugfs' 0 '^note this kernel was booted or built without debugfs$'
lacks 'doctor: a kernel without debugfs: no mount is advised' 'sudo mount'
printf 'nodev\tdebugfs\n' >>sick/proc/filesystems
doctor 'a kernel with debugfs' 1 "^FIX +kvmstat's folder in debugfs is not there: No such file or directory$"
mkdir sick/sys/kernel/debug/tracing
doctor 'no folder in debugfs' 1 '^FIX +debugfs is mounted, but the module could not make its folder there$'
holds 'doctor: no folder in debugfs: what to do' grep -q 'do: sudo modprobe -r kvmstat; sudo modprobe kvmstat$' out
well
sed -i 's/^state: .*/state: waiting for KVM/' $info
doctor 'waiting' 0 '^note the module is waiting for KVM$'
sed -i 's/^state: .*/state: broken/' $info
doctor 'not counting' 1 '^FIX +the module is broken$'
well
sed -i 's/^hook_kvm_mmio: .*/hook_kvm_mmio: disarmed/' $info
doctor 'a hook is disarmed' 0 '^note hook_kvm_mmio: disarmed$'
holds 'doctor: a hook is disarmed: what to do' grep -q 'do: echo 1 > /sys/kernel/debug/kprobes/enabled' out
sed -i 's/^hook_kvm_mmio: .*/hook_kvm_mmio: missing/' $info
doctor 'a hook is missing' 0 '^note hook_kvm_mmio: missing$'
well
sed -i 's/^timing: .*/timing: off/' $info
doctor 'no timing' 0 '^note timing is off: counts only$'
well
sed -i 's/^reason_failed_vmcb_pointer: .*/reason_failed_vmcb_pointer: 7/' $info
doctor 'reasons that failed' 0 '^note reason_failed_vmcb_pointer: 7$'
sed -i 's/^protected_vcpus: .*/protected_vcpus: 3/' $info
doctor 'guests that are hidden' 0 '^note the hardware hides the state of 3 vCPUs'
well
sed -i 's/^vms_past_cap: .*/vms_past_cap: 3/; s/^exits_unattributed: .*/exits_unattributed: 5/' $info
doctor 'past the cap' 0 '^note 3 VMs are past max_vms and counted together$'
holds 'doctor: exits of nobody' grep -q '^note 5 of 44400 exits could not be attributed to a VM$' out
echo 'none integrity [confidentiality]' >sick/sys/kernel/security/lockdown
doctor 'lockdown' 0 '^note the kernel is locked down for confidentiality: tracing is closed$'
rm -r sick/var/lib/dkms/kvmstat/"$version/$release"
doctor 'DKMS has not built' 1 '^FIX +DKMS has not built version'
rm -r sick/var sick/proc/self
doctor 'no DKMS' 0 '^note DKMS does not know kvmstat'
holds 'doctor: no schedstat' grep -q '^note the kernel has no schedstat' out
holds 'doctor fits 80 columns' test "$(wc -L <out)" -le 80
check 'doctor: JSON' 0 . '' ./kvmstat doctor -r sick --json
holds 'doctor: JSON: the states' json '[.[].state] | index("ok") and index("note") and (index("FIX") | not)'
rm -r sick/sys/module/kvmstat
check 'doctor: JSON: the status' 1 . '' ./kvmstat doctor -r sick --json
holds 'doctor: JSON: what to fix' json 'any(.[]; .state == "FIX" and .check == "module" and (.advice | contains("modprobe")))'
