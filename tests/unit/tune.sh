#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tests kvmtune as its user sees it, on threads of its own: tune.sh KVMTUNE THREADS. Each change is
# read back from /proc. Prints a line "ok - ...", "not ok - ..." or "skip ..." for each case.
set -u

kvmtune=$(realpath "$1") threads=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
started=()
cleanup() {
	[ $BASHPID = $$ ] || return
	[ ${#started[@]} = 0 ] || kill -9 "${started[@]}" 2>/dev/null
	cd / && rm -rf "$dir"
}
trap cleanup EXIT
cd "$dir" || exit 1
export LC_ALL=C.UTF-8 TZ=UTC SUDO_USER=
unset ARGP_HELP_FMT
mkdir -p root/proc root/run root/sys/fs

result() { # NAME STATUS: a case and whether it passed (0)
	if [ "$2" -eq 0 ]; then
		echo "ok - tune: $1"
	else
		echo "not ok - tune: $1"
		head -n 40 out | sed 's/^/#   out: /'
		head -n 40 err | sed 's/^/#   err: /'
	fi
}
matches() { # FILE REGEX; an empty one is for an empty file
	if [ -z "$2" ]; then [ ! -s "$1" ]; else grep -Eq -- "$2" "$1"; fi
}
# check NAME STATUS STDOUT STDERR ARGUMENT...: runs kvmtune. Each output must match.
check() {
	local name=$1 want=$2 out=$3 err=$4 got good=0
	shift 4
	timeout -k 1 60 "$kvmtune" "$@" >out 2>err
	got=$?
	[ $got -eq "$want" ] || { good=1; echo "#   status $got, not $want"; }
	matches out "$out" && matches err "$err" || good=1
	result "$name" $good
}
holds() { # NAME COMMAND...: the case passes if the command succeeds
	local name=$1
	shift
	"$@"
	result "$name" $?
}
json() { jq -e "$1" out >/dev/null; }
await() { # COMMAND...: waits for at most ten seconds until the command succeeds
	local i
	for ((i = 0; i < 200; i++)); do
		"$@" && return
		sleep 0.05
	done
	return 1
}

# The command line, as far as nothing is changed.
check 'help' 0 '^Usage: kvmtune \[OPTION...\] COMMAND$' '' --help
fits() { [ "$(wc -l <out)" -le 24 ] && [ "$(wc -L <out)" -le 80 ]; }
for command in '' set bind undo log; do
	# shellcheck disable=SC2086 # no word is no argument
	"$kvmtune" $command --help >out 2>err
	holds "help fits a screen: $command" fits
done
check 'version' 0 '^kvmtune [0-9.]+$' '' --version
check 'no such command' 2 '' "^kvmtune: no command 'fly'; 'kvmtune --help' lists them$" fly
check 'no such option' 2 '' '^Usage: kvmtune set ' set --fly
check 'no setting' 2 '' 'is missing' set web
check 'no value' 2 '' "^kvmtune: a setting is NAME=VALUE: 'nice'$" set -r root web nice
check 'no such setting' 2 '' "^kvmtune: there is no setting 'speed=9'; there are nice, policy" set -r root web speed=9
check 'a wrong value' 2 '' "^kvmtune: nice is a whole number from -20 to 19: '20'$" set -r root web nice=20
check 'wrong CPUs' 2 '' "^kvmtune: CPUs are a list like 0-3,8: '1;2'$" bind -r root web '1;2'
check 'a wrong time' 2 '' "the time must be seconds, or 90s, 10m, 2h, and a week at most: '8d'" set -r root --for 8d web nice=1
check 'a slice of a real-time policy' 2 '' '^kvmtune: a thread with the policy rr has no slice$' set -r root web slice=3ms policy=rr priority=1
check 'no module' 1 '' '^kvmtune: cannot read root/proc/kvminfo: No such file or directory; the kvmstat module is not loaded' set -r root web nice=1
check 'an empty log' 0 '' '' log -r root
check 'an empty log, JSON' 0 '^\[\]$' '' log -r root --json

if [ "$(id -u)" -ne 0 ]; then
	echo 'skip tune: changes of threads need root'
	exit 0
fi

# A tree with a copy of the module's file, and with the real files of this machine.
ln -s /proc/self /proc/sys /proc/pressure root/proc
ln -s /sys/devices root/sys
ln -s /sys/fs/cgroup root/sys/fs
guests=()
serve() {
	head -n1 "$here/corpus/kvminfo/memory.txt"
	local no=0 pid
	for pid in "${guests[@]}"; do
		no=$((no + 1))
		ln -sfn "/proc/$pid" "root/proc/$pid"
		echo "$no $pid 5 0 100 5 105 0 0 0 0 2 $no 6000000000 2000000000 1000000000 1000000000 0 10 5 9 0"
	done
}
# vmm NAME THREAD...: starts a VMM of this guest. Its tids are in tid.
vmm() {
	local name=$1 input
	shift
	mkfifo "in.$name"
	# shellcheck disable=SC2034 # it stays open
	exec {input}<>"in.$name"
	(exec -a qemu-system-x86_64 "$threads" -name "$name" -- "$@" <"in.$name" >"out.$name") &
	started+=($!)
	guests+=($!)
	disown
	await test -s "out.$name"
	read -ra tid <"out.$name"
	serve >root/proc/kvminfo
}
answered() { [ "$(wc -l <out.web.example)" -gt 1 ]; }
status() { awk -v key="$2:" '$1 == key { print $2 }' "/proc/$1/status"; }
# The fields of stat behind the name: nice is 17, the policy 39, the real-time priority 38.
stat_field() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f"$2"; }
nice_of() { stat_field "$1" 17; }
policy_of() { stat_field "$1" 39; }
priority_of() { stat_field "$1" 38; }
cpus_of() { status "$1" Cpus_allowed_list; }
# all FUNCTION VALUE TID...: each of the threads has the value.
all() {
	local function=$1 value=$2 each
	shift 2
	for each; do
		[ "$($function "$each")" = "$value" ] || { echo "#   $function $each: $($function "$each"), not $value"; return 1; }
	done
}
# state TID...: all that kvmtune can change.
state() {
	local each
	for each; do
		echo "$each $(nice_of "$each") $(policy_of "$each") $(priority_of "$each") $(cpus_of "$each") $(chrt -p "$each" | tr '\n' ' ')"
	done
}

vmm web.example 'CPU 0/KVM' 'CPU 1/KVM' 'IO iothread1' worker vhost-web
main=${tid[0]} vcpu0=${tid[1]} vcpu1=${tid[2]} io=${tid[3]} worker=${tid[4]} vhost=${tid[5]}
web=("${tid[@]}")
usual=$(nice_of "$main")
state "${web[@]}" >before

# Nice values, roles.
check 'nice of all threads' 0 "^action 1: 6 changes; 'kvmtune undo 1' puts them back$" '' set -r root web.example nice=5
holds 'nice of all threads: they have it' all nice_of 5 "${web[@]}"
check 'once more' 0 '^it is so already; nothing to change$' '' set -r root web.example nice=5
check 'nice of the vCPUs' 0 '^action [0-9]+: 2 changes' '' set -r root web.example.vcpu nice=-3
holds 'nice of the vCPUs: they have it' all nice_of -3 "$vcpu0" "$vcpu1"
holds 'nice of the vCPUs: others have not' all nice_of 5 "$main" "$io" "$worker" "$vhost"
check 'nice of one vCPU' 0 '1 changes' '' set -r root web.example.vcpu1 nice=-4
holds 'nice of one vCPU: it has it' all nice_of -4 "$vcpu1"
check 'the emulator' 0 '2 changes' '' set -r root web.example.emulator nice=6
holds 'the emulator has it' all nice_of 6 "$main" "$worker"
check 'no such role' 1 '' '^kvmtune: no such guest' set -r root web.example.wheel nice=6
check 'no thread of the role' 1 '' "^kvmtune: web.example has no thread of the role 'vcpu7'$" set -r root web.example.vcpu7 nice=6
check 'by pid' 0 '6 changes' '' set -r root "pid:$main" nice=2
check 'the log' 0 "^   web.example: vCPU 1 \($vcpu1\): nice -4 -> 2: holds$" '' log -r root
holds 'the log: who did what' grep -Eq '^1  [0-9-]{10} [0-9:]{8}  root: kvmtune set -r root web.example nice=5$' out
holds 'the log: what holds no more' grep -q "^   web.example: vCPU 1 ($vcpu1): nice 5 -> -3: holds no more$" out
check 'undo all' 0 'action 1: put back' '' undo -r root --all
state "${web[@]}" >after
holds 'undo all: it is as it was' cmp -s before after
check 'undo: nothing is left' 0 '^nothing is in force$' '' undo -r root
check 'undo: no such action' 2 '' "^kvmtune: there is no action '77'; 'kvmtune log' lists them$" undo -r root 77
check 'undo: no number' 2 '' "^kvmtune: there is no action '1x'" undo -r root 1x
check 'undo: both' 2 '' '^kvmtune: --all needs no numbers$' undo -r root --all 1

# Policies.
check 'batch' 0 '6 changes' '' set -r root web.example policy=batch
holds 'batch: they have it' all policy_of 3 "${web[@]}"
check 'undo the last' 0 'put back' '' undo -r root
check 'real time without leave' 1 '' 'policy=rr:1 is refused: a real-time guest can starve the host; --realtime allows it' set -r root web.example.vcpu policy=rr priority=1
check 'too real a time' 1 '' 'policy=rr:11 is refused: the priority is at most 10' set -r root --realtime web.example.vcpu policy=rr priority=11
check 'FIFO' 1 '' 'policy=fifo:1 is refused: FIFO is for the policy .thesis. only' set -r root --realtime web.example.vcpu policy=fifo priority=1
check 'real time on all CPUs' 1 '' 'is refused: it may run on CPUs that are kept for the host; bind it elsewhere first' set -r root --realtime web.example.vcpu policy=rr priority=1
state "${web[@]}" >after
holds 'refused: it is as it was' cmp -s before after
if [ "$(nproc)" -gt 1 ]; then
	check 'real time' 0 '[46] changes' '' set -r root --realtime web.example.vcpu policy=rr priority=7 cpus=1
	holds 'real time: the policy' all policy_of 2 "$vcpu0" "$vcpu1"
	holds 'real time: the priority' all priority_of 7 "$vcpu0" "$vcpu1"
	holds 'real time: the CPU' all cpus_of 1 "$vcpu0" "$vcpu1"
	check 'real time: undo' 0 'put back' '' undo -r root
	state "${web[@]}" >after
	holds 'real time: it is as it was' cmp -s before after

	# CPUs.
	check 'bind' 0 '6 changes' '' bind -r root web.example 1
	holds 'bind: all threads' all cpus_of 1 "${web[@]}"
	echo late >in.web.example
	await answered
	late=$(tail -n 1 out.web.example)
	holds 'bind: a later thread' all cpus_of 1 "${late# }"
	check 'bind: undo' 0 'put back' '' undo -r root
	state "${web[@]}" >after
	holds 'bind: it is as it was' cmp -s before after
	check 'bind: the CPU of the host' 1 '' 'cpus=0 is refused: CPU 0 is kept for the host' bind -r root web.example 0
	check 'bind: too few CPUs' 2 '' '^kvmtune: 1 are fewer CPUs than the guest has vCPUs$' bind -r root --each web.example 1
	check 'bind: parts' 0 '7 changes' '' bind -r root web.example 1 --emulator 0 --vhost 0 --io 0-0
	holds 'bind: parts: the vCPUs' all cpus_of 1 "$vcpu0" "$vcpu1"
	holds 'bind: parts: the others' all cpus_of 0 "$main" "$worker" "$io" "$vhost"
	check 'bind: parts: undo' 0 'put back' '' undo -r root
fi
check 'bind: no such CPU' 1 '' 'cpus=4000 is refused: (the host has no CPU 4000|CPU 4000 is not in the cpuset)' bind -r root web.example 4000
state "${web[@]}" >after
holds 'bind: it is as it was again' cmp -s before after

# The shell's commands do the same.
check 'shell' 0 "^renice 9 -p $vcpu0$" '' set -r root --shell web.example.vcpu nice=9 policy=batch
sh -e out >/dev/null 2>err
holds 'shell: nice' all nice_of 9 "$vcpu0" "$vcpu1"
holds 'shell: policy' all policy_of 3 "$vcpu0" "$vcpu1"
check 'shell: nothing is left to do' 0 '' '' set -r root --shell web.example.vcpu nice=9 policy=batch
check 'shell: nothing is in the journal' 0 '^nothing is in force$' '' undo -r root
renice "$usual" -p "$vcpu0" "$vcpu1" >/dev/null
chrt --other -p 0 "$vcpu0"
chrt --other -p 0 "$vcpu1"

# For a time.
check 'for a time' 0 '^action [0-9]+: put back$' '' set -r root --for 0.2 web.example nice=3
state "${web[@]}" >after
holds 'for a time: it is as it was' cmp -s before after
for signal in INT TERM HUP; do
	"$kvmtune" set -r root --for 1h web.example nice=3 >out 2>err &
	pid=$!
	await all nice_of 3 "${web[@]}" >/dev/null
	await grep -q '^action' out
	"$kvmtune" log -r root --json >log.json
	holds "SIG$signal: meanwhile the log is there" jq -e '.[-1].changes | length == 7 and all(.state == "holds")' log.json >/dev/null
	kill -s "$signal" $pid
	wait $pid
	result "SIG$signal: status" $?
	state "${web[@]}" >after
	holds "SIG$signal: it is as it was" cmp -s before after
done
# Another kvmtune can undo it.
"$kvmtune" set -r root --for 1h web.example nice=3 >out 2>err &
pid=$!
await grep -q '^action' out
check 'undo what another holds' 0 'put back' '' undo -r root
state "${web[@]}" >after
holds 'undo what another holds: it is as it was' cmp -s before after
kill -INT $pid
wait $pid
# One that is killed leaves its changes to the next.
"$kvmtune" set -r root --for 1h web.example nice=3 >out 2>err &
pid=$!
await grep -q '^action' out
disown
kill -KILL $pid
await [ ! -e "/proc/$pid" ]
holds 'SIGKILL: it is in force' all nice_of 3 "${web[@]}"
check 'SIGKILL: the next one undoes it' 0 '^nothing is in force$' '^kvmtune: action [0-9]+ was cut short and is undone: set -r root --for 1h web.example nice=3$' undo -r root
state "${web[@]}" >after
holds 'SIGKILL: it is as it was' cmp -s before after

# Two guests of a name; a guest that ends.
vmm db 'CPU 0/KVM'
db=("${tid[@]}")
check 'JSON' 0 '^\{$' '' set -r root --json db nice=4
holds 'JSON: what was done' json '.action > 0 and .user == "root" and (.changes | length) == 2 and (.changes | all(.setting == "nice" and .old == "'"$usual"'" and .new == "4" and .state == "holds"))'
kill -9 "${db[0]}"
await [ ! -e "/proc/${db[0]}" ]
check 'a guest that has ended' 0 'put back' '' undo -r root
check 'a guest that has ended: the log' 0 "^   db: main \(${db[0]}\): nice $usual -> 4: gone$" '' log -r root

# Without the rights nothing is half done.
if command -v setpriv >/dev/null; then
	chmod -R a+rwX "$dir"
	user() { setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"; }
	user "$kvmtune" set -r root web.example nice=-5 >out 2>err
	[ $? -eq 1 ] && grep -q '^kvmtune: .*kvmtune needs CAP_SYS_NICE, so try sudo$' err
	result 'no rights: a sentence' $?
	state "${web[@]}" >after
	holds 'no rights: it is as it was' cmp -s before after
	rm -r root/run/kvmtune
	chmod a-w root/run
	user "$kvmtune" set -r root web.example nice=5 >out 2>err
	[ $? -eq 1 ] && grep -q '^kvmtune: cannot write root/run/kvmtune/journal: ' err
	result 'no journal: a sentence' $?
fi
