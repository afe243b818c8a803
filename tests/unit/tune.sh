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
# However many CPUs this host has, kvmtune sees two, and the guests may run on these.
mkdir -p root/sys/devices/system/cpu
echo 0-1 >root/sys/devices/system/cpu/online

area='tune: '
# shellcheck source=tests/unit/check.sh
. "$here/check.sh"
# tunes NAME STATUS STDOUT STDERR ARGUMENT...: runs kvmtune, as check does.
tunes() { check "${@:1:4}" "$kvmtune" "${@:5}"; }

# The command line, as far as nothing is changed.
tunes 'help' 0 '^Usage: kvmtune \[OPTION...\] ?$' '' --help
for command in '' plan apply try set bind pages ksm haltpoll undo log reconcile; do
	# shellcheck disable=SC2086 # no word is no argument
	"$kvmtune" $command --help >out 2>err
	holds "help fits a screen: $command" fits
done
tunes 'version' 0 '^kvmtune [0-9.]+$' '' --version
tunes 'no such command' 2 '' "^kvmtune: no command 'fly'; 'kvmtune --help' lists them$" fly
tunes 'no such option' 2 '' '^Usage: kvmtune set ' set --fly
tunes 'no setting' 2 '' 'is missing' set web
tunes 'no value' 2 '' "^kvmtune: a setting is NAME=VALUE: 'nice'$" set -r root web nice
tunes 'no such setting' 2 '' "^kvmtune: there is no setting 'speed=9'; there are nice, policy" set -r root web speed=9
tunes 'a wrong value' 2 '' "^kvmtune: nice is a whole number from -20 to 19: '20'$" set -r root web nice=20
tunes 'wrong CPUs' 2 '' "^kvmtune: CPUs are a list like 0-3,8: '1;2'$" bind -r root web '1;2'
tunes 'a wrong time' 2 '' "the time must be seconds, or 90s, 10m, 2h, and a week at most: '8d'" set -r root --for 8d web nice=1
tunes 'a slice of a real-time policy' 2 '' '^kvmtune: a thread with the policy rr has no slice$' set -r root web slice=3ms policy=rr priority=1
tunes 'no module' 1 '' '^kvmtune: cannot read root/proc/kvminfo: No such file or directory; the kvmstat module is not loaded' set -r root web nice=1
tunes 'an empty log' 0 '' '' log -r root
tunes 'an empty log, JSON' 0 '^\[\]$' '' log -r root --json

if ! chrt -f 1 true 2>/dev/null; then
	echo 'skip tune: changes of threads need root with CAP_SYS_NICE, which a container often lacks'
	exit 0
fi

# Whoever runs the tests may have given them another nice value.
renice 0 -p $$ >/dev/null

# A tree with a copy of the module's file, and with the real files of this machine.
ln -s /proc/self root/proc
mkdir -p root/proc/sys/kernel root/proc/pressure
echo 0 >root/proc/sys/kernel/sched_autogroup_enabled
echo 950000 >root/proc/sys/kernel/sched_rt_runtime_us
echo 1000000 >root/proc/sys/kernel/sched_rt_period_us
echo 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0' >root/proc/pressure/cpu
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
# hold ARGUMENT...: starts kvmtune, and waits until it has made its changes. Its pid is in $pid.
hold() {
	rm -f out err
	"$kvmtune" "$@" >out 2>err &
	pid=$!
	await grep -qs '^action' out
}
# waits PID: it has blocked the signals that end it, which it takes while it waits.
waits() { grep -Eqs '^SigBlk:.*400[0-9]$' "/proc/$1/status"; }
ended() { [ ! -e "/proc/$1" ] || grep -qs '^State:.Z' "/proc/$1/status"; }
# finish PID: its status when it has ended; it has ten seconds.
finish() {
	await ended "$1" || kill -9 "$1"
	wait "$1"
}
answered() { [ "$(wc -l <out.web.example)" -gt 1 ]; }
status() { awk -v key="$2:" '$1 == key { print $2 }' "/proc/$1/status"; }
# The fields of stat behind the name: nice is 17, the policy 39, the real-time priority 38.
stat_field() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f"$2"; }
nice_of() { stat_field "$1" 17; }
policy_of() { stat_field "$1" 39; }
priority_of() { stat_field "$1" 38; }
cpus_of() { status "$1" Cpus_allowed_list; }
# The cases with CPUs are those of a host with two, whatever this one has.
everywhere=$(taskset -c 0-1023 grep Cpus_allowed_list /proc/self/status | cut -f2)
taskset -pc 0,1 $$ >/dev/null 2>&1
two=true known=true
[ "$(cpus_of $$)" = 0-1 ] || { two=false; echo 'skip tune: CPUs: these cases need the CPUs 0 and 1'; }
[ "$(cat /sys/devices/system/cpu/online 2>/dev/null)" = "$everywhere" ] || {
	known=false
	echo 'skip tune: reconcile: what a cpuset took: there is no /sys here, or a cpuset is in force'
}
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
tunes 'nice of all threads' 0 "^action 1: 6 changes; 'kvmtune undo 1' puts them back$" '' set -r root web.example nice=5
holds 'nice of all threads: they have it' all nice_of 5 "${web[@]}"
tunes 'once more' 0 '^it is so already; nothing to change$' '' set -r root web.example nice=5
tunes 'nice of the vCPUs' 0 '^action [0-9]+: 2 changes' '' set -r root web.example.vcpu nice=-3
holds 'nice of the vCPUs: they have it' all nice_of -3 "$vcpu0" "$vcpu1"
holds 'nice of the vCPUs: others have not' all nice_of 5 "$main" "$io" "$worker" "$vhost"
tunes 'nice of one vCPU' 0 '1 changes' '' set -r root web.example.vcpu1 nice=-4
holds 'nice of one vCPU: it has it' all nice_of -4 "$vcpu1"
tunes 'the emulator' 0 '2 changes' '' set -r root web.example.emulator nice=6
holds 'the emulator has it' all nice_of 6 "$main" "$worker"
tunes 'no such role' 1 '' '^kvmtune: no such guest' set -r root web.example.wheel nice=6
tunes 'no thread of the role' 1 '' "^kvmtune: web.example has no thread of the role 'vcpu7'$" set -r root web.example.vcpu7 nice=6
tunes 'by pid' 0 '6 changes' '' set -r root "pid:$main" nice=2
tunes 'the log' 0 "^   web.example: vCPU 1 \($vcpu1\): nice -4 -> 2: holds$" '' log -r root
holds 'the log: who did what' grep -Eq '^1  [0-9-]{10} [0-9:]{8}  root: kvmtune set -r root web.example nice=5$' out
holds 'the log: what holds no more' grep -q "^   web.example: vCPU 1 ($vcpu1): nice 5 -> -3: holds no more$" out
tunes 'undo all' 0 'action 1: put back' '' undo -r root --all
state "${web[@]}" >after
holds 'undo all: it is as it was' cmp -s before after
tunes 'undo: nothing is left' 0 '^nothing is in force$' '' undo -r root
tunes 'undo: no such action' 2 '' "^kvmtune: there is no action '77'; 'kvmtune log' lists them$" undo -r root 77
tunes 'undo: no number' 2 '' "^kvmtune: there is no action '1x'" undo -r root 1x
tunes 'undo: one of two' 2 '' "^kvmtune: there is no action '77'" undo -r root 1 77
tunes 'undo: both' 2 '' '^kvmtune: --all needs no numbers$' undo -r root --all 1

echo 1 >root/proc/sys/kernel/sched_autogroup_enabled
tunes 'nice in a session' 0 '6 changes' '^kvmtune: web.example: nice counts within its session only, as kernel.sched_autogroup_enabled is 1$' set -r root web.example nice=5
tunes 'nice in a session: undo' 0 'put back' '' undo -r root
echo 0 >root/proc/sys/kernel/sched_autogroup_enabled

# Policies.
tunes 'batch' 0 '6 changes' '' set -r root web.example policy=batch
holds 'batch: they have it' all policy_of 3 "${web[@]}"
tunes 'undo the last' 0 'put back' '' undo -r root
tunes 'real time without leave' 1 '' 'policy=rr:1 is refused: a real-time guest can starve the host; --realtime allows it' set -r root web.example.vcpu policy=rr priority=1
tunes 'too real a time' 1 '' 'policy=rr:11 is refused: the priority is at most 10' set -r root --realtime web.example.vcpu policy=rr priority=11
tunes 'FIFO' 1 '' 'policy=fifo:1 is refused: FIFO is for the policy .thesis. only' set -r root --realtime web.example.vcpu policy=fifo priority=1
tunes 'real time on all CPUs' 1 '' 'is refused: it may run on CPUs that are kept for the host; bind it elsewhere first' set -r root --realtime web.example.vcpu policy=rr priority=1
state "${web[@]}" >after
holds 'refused: it is as it was' cmp -s before after
if $two; then
	tunes 'real time' 0 '[46] changes' '' set -r root --realtime web.example.vcpu policy=rr priority=7 cpus=1
	echo 1000000 >root/proc/sys/kernel/sched_rt_runtime_us
	tunes 'real time without a fair share' 1 '' 'is refused: the kernel leaves ordinary threads no time beside real-time ones' set -r root --realtime web.example.vcpu policy=rr priority=6
	mkdir -p root/sys/kernel/debug/sched/fair_server
	tunes 'real time with a fair server' 0 '2 changes' '' set -r root --realtime web.example.vcpu policy=rr priority=6
	tunes 'real time with a fair server: undo' 0 'put back' '' undo -r root
	rm -r root/sys/kernel
	echo 950000 >root/proc/sys/kernel/sched_rt_runtime_us
	holds 'real time: the policy' all policy_of 2 "$vcpu0" "$vcpu1"
	holds 'real time: the priority' all priority_of 7 "$vcpu0" "$vcpu1"
	holds 'real time: the CPU' all cpus_of 1 "$vcpu0" "$vcpu1"
	tunes 'real time: undo' 0 'put back' '' undo -r root
	state "${web[@]}" >after
	holds 'real time: it is as it was' cmp -s before after

	# A real-time thread gets none of the host's CPUs.
	tunes 'real time: bound first' 0 '^action [0-9]+: 6 changes' '' bind -r root web.example 1
	bound=$(sed -n 's/^action \([0-9]*\):.*/\1/p' out)
	tunes 'real time: a policy after that' 0 'changes' '' set -r root --realtime web.example.vcpu policy=rr priority=7
	tunes 'real time: all CPUs again' 1 '' 'is refused: CPU 0 is kept for the host, and its policy is a real-time one$' set -r root web.example.vcpu "cpus=$(cpus_of $$)"
	tunes 'real time: undo of what bound it' 1 '' 'vCPU 0 \([0-9]+\): cpus: action [0-9]+ gave it a real-time policy, under which it may not' undo -r root "$bound"
	holds 'real time: undo of what bound it: it stays' all cpus_of 1 "$vcpu0" "$vcpu1"
	tunes 'real time: undo all' 0 'put back' '' undo -r root --all
	state "${web[@]}" >after
	holds 'real time: undo all: it is as it was' cmp -s before after

	# CPUs.
	tunes 'bind' 0 '6 changes' '' bind -r root web.example 1
	holds 'bind: all threads' all cpus_of 1 "${web[@]}"
	echo late >in.web.example
	await answered
	late=$(tail -n 1 out.web.example)
	holds 'bind: a later thread' all cpus_of 1 "${late# }"
	tunes 'bind: undo' 0 'put back' '' undo -r root
	state "${web[@]}" >after
	holds 'bind: it is as it was' cmp -s before after
	holds 'bind: undo: what a later thread inherited, too' all cpus_of "$(cpus_of "$main")" "${late# }"
	tunes 'bind: undo: the log has it' 0 "^   web.example: later thread \\(${late# }\\): cpus .* -> 1: put back\$" '' log -r root
	tunes 'bind: the CPU of the host' 1 '' 'cpus=0 is refused: CPU 0 is kept for the host' bind -r root web.example 0
	tunes 'bind: too few CPUs' 2 '' '^kvmtune: 1 are fewer CPUs than the guest has vCPUs$' bind -r root --each web.example 1
	tunes 'bind: parts' 0 '7 changes' '' bind -r root web.example 1 --emulator 0 --vhost 0 --io 0-0
	holds 'bind: parts: the vCPUs' all cpus_of 1 "$vcpu0" "$vcpu1"
	holds 'bind: parts: the others' all cpus_of 0 "$main" "$worker" "$io" "$vhost"
	tunes 'bind: parts: undo' 0 'put back' '' undo -r root
fi
tunes 'bind: no such CPU' 1 '' 'cpus=4000 is refused: (the host has no CPU 4000|CPU 4000 is not in the cpuset)' bind -r root web.example 4000
state "${web[@]}" >after
holds 'bind: it is as it was again' cmp -s before after

# The shell's commands do the same.
tunes 'shell' 0 "^renice 9 -p $vcpu0$" '' set -r root --shell web.example.vcpu nice=9 policy=batch
sh -e out >/dev/null 2>err
holds 'shell: nice' all nice_of 9 "$vcpu0" "$vcpu1"
holds 'shell: policy' all policy_of 3 "$vcpu0" "$vcpu1"
tunes 'shell: nothing is left to do' 0 '' '' set -r root --shell web.example.vcpu nice=9 policy=batch
tunes 'shell: nothing is in the journal' 0 '^nothing is in force$' '' undo -r root
renice "$usual" -p "$vcpu0" "$vcpu1" >/dev/null
chrt --other -p 0 "$vcpu0"
chrt --other -p 0 "$vcpu1"

# For a time.
tunes 'for a time' 0 '^action [0-9]+: put back$' '' set -r root --for 0.2 web.example nice=3
state "${web[@]}" >after
holds 'for a time: it is as it was' cmp -s before after
for signal in INT TERM HUP; do
	hold set -r root --for 1h web.example nice=3
	"$kvmtune" log -r root --json >log.json
	holds "SIG$signal: meanwhile the log is there" jq -e '.[-1].changes | length == 7 and all(.state == "holds")' log.json >/dev/null
	kill -s "$signal" $pid
	finish $pid
	result "SIG$signal: status" $?
	state "${web[@]}" >after
	holds "SIG$signal: it is as it was" cmp -s before after
done
# Another kvmtune can undo it.
hold set -r root --for 1h web.example nice=3
tunes 'undo what another holds' 0 'put back' '' undo -r root
state "${web[@]}" >after
holds 'undo what another holds: it is as it was' cmp -s before after
# It could not be waiting yet, and bash lets its children ignore SIGINT.
kill -TERM $pid
finish $pid
# Another one is at work when the time is over.
hold set -r root --for 1h web.example nice=3
exec {lock}<root/run/kvmtune/journal
flock "$lock"
kill -TERM $pid
await grep -qx 'kvmtune: another kvmtune is at work; this one waits for it' err
exec {lock}<&-
finish $pid
result 'another one is at work: status' $?
state "${web[@]}" >after
holds 'another one is at work: it is as it was' cmp -s before after
# One that is killed leaves its changes to the next.
hold set -r root --for 1h web.example nice=3
disown
kill -KILL $pid
await [ ! -e "/proc/$pid" ]
holds 'SIGKILL: it is in force' all nice_of 3 "${web[@]}"
tunes 'SIGKILL: the next one undoes it' 0 '^nothing is in force$' '^kvmtune: action [0-9]+ was cut short and is undone: set -r root --for 1h web.example nice=3$' undo -r root
state "${web[@]}" >after
holds 'SIGKILL: it is as it was' cmp -s before after

# The guard.
mkdir root/proc/4000000
echo '4000000 (ksoftirqd/9) R 2 0 0 0 -1 69238848 0 0 0 0 0 0 0 0 20 0 1 0 7' >root/proc/4000000/stat
echo '5 5 5' >root/proc/4000000/schedstat
echo ksoftirqd/9 >root/proc/4000000/comm
tunes 'a guard: a starved thread of the kernel' 1 'action [0-9]+: put back' "^kvmtune: it is put back at once: the kernel's thread ksoftirqd/9 \(4000000\) got no CPU for a second$" set -r root --for 1h web.example nice=3
rm -r root/proc/4000000
hold set -r root --for 1h web.example nice=3
echo 'some avg10=0.00 avg60=0.00 avg300=0.00 total=60000000' >root/proc/pressure/cpu
finish $pid
[ $? -eq 1 ] && grep -Eq '^kvmtune: it is put back at once: threads waited for a CPU in [0-9]+ % of the time, 0 % before$' err
result 'a guard: pressure' $?
state "${web[@]}" >after
holds 'guards: it is as it was' cmp -s before after

# A guest that ends.
vmm db 'CPU 0/KVM'
db=("${tid[@]}")
tunes 'JSON' 0 '^\{$' '' set -r root --json db nice=4
holds 'JSON: what was done' json '.action > 0 and .user == "root" and (.changes | length) == 2 and (.changes | all(.setting == "nice" and .old == "'"$usual"'" and .new == "4" and .state == "holds"))'
kill -9 "${db[0]}"
await [ ! -e "/proc/${db[0]}" ]
tunes 'a guest that has ended' 0 'put back' '' undo -r root
tunes 'a guest that has ended: the log' 0 "^   db: main \(${db[0]}\): nice $usual -> 4: gone$" '' log -r root

# Owners. Their programs are doubles that note how they are called, and do what they are asked to.
mkdir -p bin root/run/libvirt/qemu
cat >bin/virsh <<'EOF'
#!/bin/bash
echo "virsh $*" >>calls
case $1 in
vcpupin) taskset -pc "$4" "$(sed -n "s/^vcpu$3 //p" tids)" ;;
emulatorpin) taskset -pc "$3" "$(sed -n 's/^main //p' tids)" ;;
iothreadpin) taskset -pc "$4" "$(sed -n "s/^io$3 //p" tids)" ;;
schedinfo) echo "${5#cpu_shares=}" >"$(cat weight)" ;;
esac >/dev/null
[ ! -e broken ] || { echo "error: it is $(cat broken)" >&2; exit 1; }
EOF
# systemd keeps a record of the weight; a cgroup without one may have no file for it.
cat >bin/systemctl <<'EOF'
#!/bin/bash
if [ "$1" = show ]; then
	cat record 2>/dev/null || echo '[not set]'
	exit
fi
echo "systemctl $*" >>calls
rm -f record "$(cat weight)"
[ "$5" = CPUWeight= ] || tee record >"$(cat weight)" <<<"${5#CPUWeight=}"
EOF
chmod +x bin/virsh bin/systemctl
PATH=$dir/bin:$PATH
rm root/sys/fs/cgroup
# put_in PID CGROUP [PID...]: the process is in this cgroup of v2, where these others are, too.
put_in() {
	local file pid=$1 path=root/sys/fs/cgroup/$2
	rm -rf "root/proc/${pid:?}" root/sys/fs/cgroup
	mkdir -p "root/proc/$pid" "$path"
	for file in /proc/"$pid"/*; do
		ln -s "$file" "root/proc/$pid"
	done
	rm "root/proc/$pid/cgroup"
	echo "0::/$2" >"root/proc/$pid/cgroup"
	echo cpu >root/sys/fs/cgroup/cgroup.controllers
	echo 100 >"$path/cpu.weight"
	printf '%s\n' "$pid" "${@:3}" >"$path/cgroup.procs"
}
weight_is() { [ "$(cat "$(cat weight)")" = "$1" ]; }
called() { printf '%s\n' "$@" | cmp -s - calls; }

guests=()
vmm shop 'CPU 0/KVM' 'CPU 1/KVM' 'IO iothread1' worker vhost-shop
shop=("${tid[@]}")
printf '%s\n' "main ${tid[0]}" "vcpu0 ${tid[1]}" "vcpu1 ${tid[2]}" "io1 ${tid[3]}" >tids
state "${shop[@]}" >before
scope='machine.slice/machine-qemu\x2d1\x2dshop.scope'
put_in "${shop[0]}" "$scope/libvirt/emulator"
rm "root/sys/fs/cgroup/$scope/libvirt/emulator/cpu.weight"
echo 100 >"root/sys/fs/cgroup/$scope/cpu.weight"
echo "root/sys/fs/cgroup/$scope/cpu.weight" >weight
tunes 'libvirt: no such domain' 1 '' "^kvmtune: shop: its cgroup is libvirt's, but libvirt has no domain of this name and process" set -r root shop weight=200
echo 1 >root/run/libvirt/qemu/shop.pid
tunes 'libvirt: the domain of another process' 1 '' "^kvmtune: shop: its cgroup is libvirt's, but" set -r root shop weight=200
echo "${shop[0]}" >root/run/libvirt/qemu/shop.pid
tunes 'libvirt: nice' 1 '' 'nice=5 is refused: libvirt owns it, and virsh cannot set this of a running guest; use weight=$' set -r root shop.vcpu nice=5
tunes 'libvirt: shell' 0 '^virsh schedinfo shop --live --set cpu_shares=200$' '' set -r root --shell shop weight=200
holds 'libvirt: shell: nothing was called' [ ! -e calls ]
tunes 'libvirt: weight' 0 '1 changes' '' set -r root shop weight=200
holds 'libvirt: weight: virsh did it' called 'virsh schedinfo shop --live --set cpu_shares=200'
holds 'libvirt: weight: it is so' weight_is 200
tunes 'libvirt: weight: undo' 0 'put back' '' undo -r root
holds 'libvirt: weight: it is as it was' weight_is 100
if $two; then
	rm calls
	tunes 'libvirt: bind' 0 '3 changes' '' bind -r root shop 1 --emulator 0-1
	holds 'libvirt: bind: virsh did it' called 'virsh vcpupin shop 0 1 --live' \
		'virsh vcpupin shop 1 1 --live' 'virsh iothreadpin shop 1 1 --live'
	holds 'libvirt: bind: the vCPUs' all cpus_of 1 "${shop[1]}" "${shop[2]}" "${shop[3]}"
	tunes 'libvirt: bind: undo' 0 'put back' '' undo -r root
	state "${shop[@]}" >after
	holds 'libvirt: bind: it is as it was' cmp -s before after
	rm calls
	tunes 'libvirt: the emulator' 0 '1 changes' '' set -r root shop.main cpus=1
	holds 'libvirt: the emulator: virsh did it' called 'virsh emulatorpin shop 1 --live'
	holds 'libvirt: the emulator: it is so' all cpus_of 1 "${shop[0]}"
	tunes 'libvirt: the emulator: undo' 0 'put back' '' undo -r root
	rm calls
	tunes 'libvirt: CPUs of all' 0 '4 changes' '' set -r root shop cpus=1
	holds 'libvirt: CPUs of all: virsh did it' called 'virsh emulatorpin shop 1 --live' 'virsh vcpupin shop 0 1 --live' \
		'virsh vcpupin shop 1 1 --live' 'virsh iothreadpin shop 1 1 --live'
	tunes 'libvirt: CPUs of all: undo' 0 'put back' '' undo -r root
	# What virsh pinned is a cpuset, and no limit.
	mkdir -p "root/proc/${shop[1]}" "root/sys/fs/cgroup/$scope/libvirt/vcpu0"
	echo "0::/$scope/libvirt/vcpu0" >"root/proc/${shop[1]}/cgroup"
	echo 0 >"root/sys/fs/cgroup/$scope/libvirt/vcpu0/cpuset.cpus.effective"
	echo 0-1 >"root/sys/fs/cgroup/$scope/cpuset.cpus.effective"
	tunes 'libvirt: a vCPU that is pinned' 0 '3 changes' '' bind -r root shop 1 --emulator 0-1
	tunes 'libvirt: a vCPU that is pinned: undo' 0 'put back' '' undo -r root
	echo 0 >"root/sys/fs/cgroup/$scope/cpuset.cpus.effective"
	tunes 'libvirt: outside the cpuset of the domain' 1 '' 'cpus=1 is refused: CPU 1 is not in the cpuset of its cgroup /machine.slice/machine-qemu.*.scope$' bind -r root shop 1
	rm -r "root/proc/${shop[1]:?}" "root/sys/fs/cgroup/$scope/cpuset.cpus.effective"
	tunes 'libvirt: bind --vhost' 1 '' 'is refused: libvirt owns it, and its vhost threads go' bind -r root shop 1 --vhost 0
	tunes 'libvirt: vhost' 1 '' 'is refused: libvirt owns it, and its vhost threads go where virsh emulatorpin puts them$' set -r root shop.vhost cpus=1
	echo 'on fire' >broken
	tunes 'virsh fails' 1 '' '^kvmtune: shop: main \([0-9]+\): cpus: virsh: error: it is on fire$' bind -r root shop 1
	rm broken
	tunes 'virsh fails: what is left is put back' 0 '^nothing is in force$' '^kvmtune: action [0-9]+ was cut short and is undone' undo -r root --all
	state "${shop[@]}" >after
	holds 'virsh fails: it is as it was' cmp -s before after
fi
mv bin/virsh bin/off
tunes 'no virsh' 1 '' '^kvmtune: shop: weight: virsh: No such file or directory$' set -r root shop weight=300
mv bin/off bin/virsh

# A scope of systemd's, one with another process, none, Kubernetes'.
rm -f calls
mkdir root/proc/4000001
echo '4000001 (kvm-nx-lpage-recovery-5) S 2 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 15116 0 0 18446744073709551615 0 0 0 0 0 0 0 2147483647 0 1 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0' >root/proc/4000001/stat
put_in "${shop[0]}" 'vm.slice/shop.scope' 4000001
echo root/sys/fs/cgroup/vm.slice/shop.scope/cpu.weight >weight
tunes 'systemd: weight' 0 '1 changes' '' set -r root shop weight=250
holds 'systemd: systemctl did it' called 'systemctl set-property --runtime -- shop.scope CPUWeight=250'
holds 'systemd: it is so' weight_is 250
tunes 'systemd: the log' 0 '^   shop: weight none -> 250: holds$' '' log -r root
tunes 'systemd: undo' 0 'put back' '' undo -r root
holds 'systemd: it is as it was' [ ! -e record ]
tunes 'systemd: a weight without the controller' 0 '1 changes' '' set -r root shop weight=250
tunes 'systemd: a weight after a weight' 0 '1 changes' '' set -r root shop weight=300
holds 'systemd: a weight after a weight: it is so' weight_is 300
tunes 'systemd: a weight after a weight: undo' 0 'put back' '' undo -r root
holds 'systemd: a weight after a weight: the first is back' weight_is 250
echo 70 >record
tunes 'systemd: an admin in between' 0 'put back' '^shop: weight is 70, not 250 as kvmtune made it, and is left alone$' undo -r root
rm record
tunes 'nice alone in a cgroup' 1 '' '^kvmtune: shop: nice is refused: it counts within a cgroup only, and nothing else is in /vm.slice/shop.scope; weight= counts' set -r root shop nice=5
tunes 'nice of a part' 0 '2 changes' '' set -r root shop.vcpu nice=16
tunes 'nice of a part: undo' 0 'put back' '' undo -r root
tunes 'systemd: policy' 0 'changes' '' set -r root shop policy=batch
tunes 'systemd: policy: undo' 0 'put back' '' undo -r root
rm -r root/proc/4000001
put_in "${shop[0]}" 'user.slice/session-3.scope' $$
tunes 'a weight of others, too' 1 '' '^kvmtune: shop: weight is refused: its cgroup has other processes, too' set -r root shop weight=250
tunes 'nice among others' 0 'changes' '' set -r root shop nice=16
tunes 'nice among others: undo' 0 'put back' '' undo -r root
put_in "${shop[0]}" qemu.slice/100.scope
rm -f calls
echo root/sys/fs/cgroup/qemu.slice/100.scope/cpu.weight >weight
tunes 'Proxmox VE: weight' 0 '1 changes' '' set -r root shop weight=300
holds 'Proxmox VE: systemctl did it' called 'systemctl set-property --runtime -- 100.scope CPUWeight=300'
tunes 'Proxmox VE: undo' 0 'put back' '' undo -r root
rm -f calls
put_in "${shop[0]}" vms/shop
echo root/sys/fs/cgroup/vms/shop/cpu.weight >weight
tunes 'no owner: weight' 0 '1 changes' '' set -r root shop weight=50
holds 'no owner: it is so' weight_is 50
holds 'no owner: nothing was called' [ ! -e calls ]
tunes 'no owner: the log' 0 '^   shop: weight 100 -> 50: holds$' '' log -r root
tunes 'no owner: undo' 0 'put back' '' undo -r root
tunes 'a weight of a role' 2 '' "^kvmtune: a weight is the whole guest's, not that of its role 'vcpu'$" set -r root shop.vcpu weight=50
rm "$(cat weight)"
tunes 'no weight' 1 '' 'weight is refused: its cgroup /vms/shop has no weight; the CPU controller is off there' set -r root shop weight=50

# A cgroup and a unit outlive the process of the guest.
vmm gone 'CPU 0/KVM'
put_in "${tid[0]}" vms/gone
echo root/sys/fs/cgroup/vms/gone/cpu.weight >weight
tunes 'a weight of a guest that ends' 0 '1 changes' '' set -r root gone weight=50
kill -9 "${tid[0]}"
await [ ! -e "/proc/${tid[0]}" ]
tunes 'a weight of a guest that ends: undo' 0 'put back' '' undo -r root
holds 'a weight of a guest that ends: it is as it was' weight_is 100
rm in.gone out.gone
vmm gone 'CPU 0/KVM'
put_in "${tid[0]}" vm.slice/gone.service
echo root/sys/fs/cgroup/vm.slice/gone.service/cpu.weight >weight
tunes 'a unit that is stopped' 0 '1 changes' '' set -r root gone weight=50
kill -9 "${tid[0]}"
await [ ! -e "/proc/${tid[0]}" ]
rm -r root/sys/fs/cgroup/vm.slice
tunes 'a unit that is stopped: the log' 0 '^   gone: weight none -> 50: holds$' '' log -r root
tunes 'a unit that is stopped: undo' 0 'put back' '' undo -r root
holds 'a unit that is stopped: systemd keeps no weight' [ ! -e record ]
tunes 'a unit that is stopped: the log of that' 0 '^   gone: weight none -> 50: gone$' '' log -r root
rm -r "root/proc/${tid[0]:?}"
guests=("${shop[0]}")
serve >root/proc/kvminfo

# Units of a user's systemd or of a container are none of the host's.
put_in "${shop[0]}" user.slice/user-1000.slice/user@1000.service/app.slice/shop.service
rm -f calls
echo 100 >root/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/cpu.weight
echo root/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/cpu.weight >weight
tunes 'a unit of a user' 0 '1 changes' '' set -r root shop weight=50
holds 'a unit of a user: his whole systemd has it' called 'systemctl set-property --runtime -- user@1000.service CPUWeight=50'
tunes 'a unit of a user: undo' 0 'put back' '' undo -r root
put_in "${shop[0]}" lxc.payload.box/system.slice/shop.service
rm -f calls
echo root/sys/fs/cgroup/lxc.payload.box/system.slice/shop.service/cpu.weight >weight
tunes 'a unit of a container' 0 '1 changes' '' set -r root shop weight=50
holds 'a unit of a container: the kernel was asked' [ ! -e calls ]
holds 'a unit of a container: it is so' weight_is 50
tunes 'a unit of a container: undo' 0 'put back' '' undo -r root
put_in "${shop[0]}" kubepods.slice/pod1/x
for setting in nice=16 policy=batch cpus=0; do
	tunes "Kubernetes: $setting" 1 '' '^kvmtune: shop: Kubernetes owns it, and the kubelet undoes other changes; change its pod$' set -r root shop.vcpu0 $setting
done
tunes 'Kubernetes: pages' 1 '' '^kvmtune: shop: Kubernetes owns it' pages -r root shop
tunes 'Kubernetes: weight' 1 '' '^kvmtune: shop: Kubernetes owns it' set -r root shop weight=50
put_in "${shop[0]}" vms/shop
echo 0 >root/sys/fs/cgroup/vms/shop/cpuset.cpus.effective
tunes 'outside the cpuset' 1 '' 'cpus=1 is refused: CPU 1 is not in the cpuset of its cgroup /vms/shop$' set -r root shop.main cpus=1
state "${shop[@]}" >after
holds 'owners: it is as it was' cmp -s before after

# Huge pages, and what is the host's.
rm -r "root/proc/${shop[0]:?}" root/sys/fs/cgroup
ln -s "/proc/${shop[0]}" root/proc
ln -s /sys/fs/cgroup root/sys/fs
says() { # LINE: asks the last VMM, and prints its answer
	local before
	before=$(wc -l <out.shop)
	echo "$1" >in.shop
	answered_more() { [ "$(wc -l <out.shop)" -gt "$before" ]; }
	await answered_more
	tail -n 1 out.shop
}
huge_pages() { awk '/^AnonHugePages/ { print $2 / 2048 }' "/proc/${shop[0]}/smaps_rollup"; }
says memory >/dev/null
sum=$(says sum)
if [ -e /sys/kernel/mm/transparent_hugepage/enabled ]; then
	tunes 'pages' 0 '^shop: [0-9.A-Z]+ of its memory were in huge pages, [0-9.]+M are now$' '' pages -r root shop
	holds 'pages: 7 of 8 at least are huge' [ "$(huge_pages)" -ge 7 ]
	holds 'pages: the content is the same' [ "$(says sum)" = "$sum" ]
	tunes 'pages: the log' 0 '^   this cannot be undone$' '' log -r root
	tunes 'pages: undo' 1 '' '^kvmtune: action [0-9]+ cannot be undone: pages -r root shop$' undo -r root "$(grep -B 1 '^   this cannot' out | sed -n 's/^\([0-9]*\) .*/\1/p')"
else
	echo 'skip tune: pages: there is no /sys, or no transparent huge pages'
fi
mkdir -p root/sys/kernel/mm/ksm root/sys/module/kvm/parameters
echo 0 >root/sys/kernel/mm/ksm/run
echo 200000 >root/sys/module/kvm/parameters/halt_poll_ns
tunes 'ksm' 0 '1 changes' '' ksm -r root on
holds 'ksm: it is on' [ "$(cat root/sys/kernel/mm/ksm/run)" = 1 ]
tunes 'ksm: neither on nor off' 2 '' "^kvmtune: ksm is on or off: 'maybe'$" ksm -r root maybe
tunes 'ksm: shell' 0 '^echo 0 \| tee root/sys/kernel/mm/ksm/run$' '' ksm -r root --shell off
tunes 'ksm: the log' 0 '^   host: ksm 0 -> 1: holds$' '' log -r root
tunes 'haltpoll' 0 '1 changes' '' haltpoll -r root 50000
holds 'haltpoll: it is so' [ "$(cat root/sys/module/kvm/parameters/halt_poll_ns)" = 50000 ]
tunes 'haltpoll: no number' 2 '' '^kvmtune: halt_poll_ns is a whole number from 0 to' haltpoll -r root fast
echo 7 >root/sys/module/kvm/parameters/halt_poll_ns
tunes 'undo: what the admin changed' 0 'put back' '^host: halt_poll_ns is 7, not 50000 as kvmtune made it, and is left alone$' undo -r root --all
holds 'undo: what the admin changed stays' [ "$(cat root/sys/module/kvm/parameters/halt_poll_ns)" = 7 ]
holds 'undo: ksm' [ "$(cat root/sys/kernel/mm/ksm/run)" = 0 ]

# The plan. The guests are those of a file, all of whose time is looked at; debugfs is a tree.
debug=root/sys/kernel/debug/kvmstat
mkdir -p $debug/1
# observed GUEST_NS KERNEL_NS HALTED_NS POLLED_NS: what the only guest did.
observed() {
	local file
	guests=("${shop[0]}")
	head -n1 "$here/corpus/kvminfo/memory.txt" >root/proc/kvminfo
	echo "1 ${shop[0]} 5 0 19990 10 20000 0 0 0 0 2 1 $1 $2 0 $3 $4 10 5 9 0" >>root/proc/kvminfo
	{
		echo 'vcpu exits to_user guest_ns kernel_ns user_ns polled_ns blocked_ns tid mode'
		for i in 0 1; do
			echo "$i 10000 5 $(($1 / 2)) $(($2 / 2)) 0 $(($4 / 2)) $((($3 - $4) / 2)) ${shop[i + 1]} guest"
		done
	} >$debug/1/vcpus
}
reasons() { printf '%s\n' 'code exits to_user kernel_ns user_ns longest_ns reason' "$@" >$debug/1/reasons; }
reasons '122 20000 10 1000000000 0 1000000 vmmcall'
observed 9000000000 1000000000 0 0
tunes 'plan: nothing' 0 '^There is nothing that kvmtune would do\.$' '' plan -r root -w 0
tunes 'plan: by default' 0 '^There is nothing that kvmtune would do\.$' '' -r root -w 0
reasons '119 20000 0 1000000000 0 1000000 pause'
observed 9000000000 1000000000 0 0
if $two; then
	tunes 'plan: spin, no CPUs' 0 'as many CPUs at once, and the host has no 2 to spare; give it fewer$' '' plan -r root -w 0
fi
reasons '122 20000 10 1000000000 0 1000000 vmmcall'
observed 1000000000 500000000 8000000000 3000000000
tunes 'plan: polling' 0 '^ 1  kvmtune haltpoll 0$' '' plan -r root -w 0
tunes 'plan: JSON' 0 '^\[$' '' plan -r root -w 0 --json
holds 'plan: JSON: the action' json 'map(select(.action == 1))[0] | .words == ["haltpoll", "0"] and .guest == ""'
tunes 'apply: no such number' 2 '' "^kvmtune: the plan has no action '2'$" apply -r root 2
tunes 'apply: one of two' 2 '' "^kvmtune: the plan has no action '2'$" apply -r root 1 2
tunes 'apply: shell' 0 '^echo 0 \| tee root/sys/module/kvm/parameters/halt_poll_ns$' '' apply -r root --shell 1
tunes 'apply for a time' 0 'action [0-9]+: put back' '' apply -r root --for 0.1 1
holds 'apply for a time: it is as it was' [ "$(cat root/sys/module/kvm/parameters/halt_poll_ns)" = 7 ]
tunes 'apply' 0 '1 changes' '' apply -r root
holds 'apply: it is so' [ "$(cat root/sys/module/kvm/parameters/halt_poll_ns)" = 0 ]
tunes 'apply: undo' 0 'put back' '' undo -r root
printf '[guest s*]\nleave = yes\n' >conf
tunes 'plan: a guest that is left alone' 0 'the configuration leaves it alone' '' plan -r root -w 0 --config conf
printf '[kvmtune]\npolicy = thesis\n[guest other]\ntier = 1\n[guest sh?p]\ntier = 4\n' >conf
tunes 'plan: the thesis' 0 '^ 1  kvmtune set shop.vcpu policy=fifo priority=99 --realtime$' '' plan -r root -w 0 --config conf
tunes 'apply: the thesis without leave' 1 '' 'is refused: a real-time guest can starve the host; --realtime allows it$' apply -r root --config conf 1
tunes 'apply: the thesis on the host.s CPUs' 1 '' 'is refused: it may run on CPUs that are kept for the host' apply -r root --config conf --realtime 1
if $two; then
	tunes 'bind for the thesis' 0 'changes' '' bind -r root shop 1
	tunes 'apply: the thesis' 0 'changes' '' apply -r root --config conf --realtime 1
	holds 'apply: the thesis: the policy' all policy_of 1 "${shop[1]}" "${shop[2]}"
	holds 'apply: the thesis: the priority' all priority_of 99 "${shop[1]}" "${shop[2]}"
	tunes 'undo the thesis' 0 'put back' '' undo -r root --all
	state "${shop[@]}" >after
	holds 'undo the thesis: it is as it was' cmp -s before after
	printf '[kvmtune]\nhost_cpus = 1\n' >conf
	tunes 'another CPU for the host' 1 '' 'cpus=1 is refused: CPU 1 is kept for the host' bind -r root --config conf shop 1
fi
for wrong in '[x]' '[kvmtune]|fly=1' '[kvmtune]|policy=fast' '[kvmtune]|host_cpus=x' '[guest a]|tier=5' '[guest a]|leave=maybe' '[guest a]|x=1'; do
	tr '|' '\n' <<<"$wrong" >conf
	[ "$wrong" != '[x]' ] || echo 'a = 1' >>conf
	tunes "a wrong configuration: $wrong" 2 '' '^kvmtune: conf: line 2: ' plan -r root -w 0 --config conf
done
tunes 'no configuration' 1 '' '^kvmtune: cannot read nowhere: No such file or directory$' plan -r root -w 0 --config nowhere
touch -d '1 hour ago' root/run/kvmtune/plan
sed -i 's/"time":[0-9]*/"time":1/' root/run/kvmtune/plan
tunes 'apply: an old plan' 1 '' "^kvmtune: there is no plan of the last ten minutes; 'kvmtune plan' makes one$" apply -r root 1

# A trial. The guest does the same all the time.
state "${shop[@]}" >before
observed 1000000000 1000000000 0 0
tunes 'try' 0 '^    off 0, on 0: no difference shown \(\+0 to \+0, p 1.0000\)$' '^kvmtune: round 8 of 8$' try -r root --period 0.2 shop.vcpu nice=17
holds 'try: what it costs' grep -q '^All other guests together: what it costs$' out
state "${shop[@]}" >after
holds 'try: it is as it was' cmp -s before after
tunes 'try: nothing is in force' 0 '^nothing is in force$' '' undo -r root
tunes 'try: what is so already' 1 '' '^kvmtune: it is so already; there is nothing to try$' try -r root shop.vcpu "nice=$usual"
tunes 'try: refused' 1 '' 'is refused' try -r root shop.vcpu policy=rr priority=1
rm -f out err
"$kvmtune" try -r root --period 1h shop.vcpu nice=17 >out 2>err &
pid=$!
await all nice_of 17 "${shop[1]}" >/dev/null
await waits $pid
kill -INT $pid
finish $pid
[ $? -eq 1 ] && grep -q '^kvmtune: it was interrupted, and all is as before$' err
result 'try: ^C' $?
state "${shop[@]}" >after
holds 'try: ^C: it is as it was' cmp -s before after
tunes 'try: JSON' 0 '^\[$' '^kvmtune: round 9 of 9$' try -r root --json --rounds 9 --period 0.1 shop nice=18
holds 'try: JSON: the figures' json 'length == 7 and (map(select(.of == "the others")) | length) == 2 and all(.p == 1 and .shown == false)'
tunes 'try: too few rounds' 2 '' "the rounds must be a number from 8 to 20: '7'$" try -r root --rounds 7 shop nice=18
# Somebody else changes what is tried.
rm -f out err
"$kvmtune" try -r root --period 2 shop.vcpu nice=17 >out 2>err &
pid=$!
await all nice_of 17 "${shop[1]}" >/dev/null
renice 13 -p "${shop[1]}" >/dev/null
finish $pid
[ $? -eq 1 ] && grep -Eq '^kvmtune: shop: vCPU 0 \([0-9]+\): nice: somebody made it 13 meanwhile$' err &&
	grep -q 'nice is 13, not 17 as kvmtune made it, and is left alone$' err
result 'try: somebody else changes it' $?
renice "$usual" -p "${shop[1]}" >/dev/null
state "${shop[@]}" >after
holds 'try: somebody else changes it: the rest is as it was' cmp -s before after

# A later thread can have its value from one that the action did not change.
rm -rf root/sys/kernel/debug
guests=()
vmm heirs 'CPU 0/KVM'
renice -5 -p "${tid[1]}" >/dev/null
tunes 'a usual value' 0 '1 changes' '' set -r root heirs.vcpu "nice=$usual"
echo late >in.heirs
has_late() { [ "$(wc -l <out.heirs)" -gt 1 ]; }
await has_late
late=$(tail -n 1 out.heirs)
tunes 'a usual value: undo' 0 'put back' '' undo -r root
holds 'a usual value: the vCPU' all nice_of -5 "${tid[1]}"
holds 'a usual value: a later thread keeps it' all nice_of "$usual" "${late# }"

# What is in force is made so again; what somebody else changed is left alone.
guests=()
vmm mail 'CPU 0/KVM' 'CPU 1/KVM'
mail=("${tid[@]}")
tunes 'reconcile: nothing' 0 '' '' reconcile -r root
tunes 'reconcile: set' 0 '3 changes' '' set -r root mail nice=17
lines=$(wc -l <root/run/kvmtune/journal)
tunes 'reconcile: all is so' 0 '' '' reconcile -r root
holds 'reconcile: all is so: no line more' [ "$(wc -l <root/run/kvmtune/journal)" = "$lines" ]
echo 'CPU 2/KVM' >in.mail
has_late() { [ "$(wc -l <out.mail)" -gt 1 ]; }
await has_late
late=$(tail -n 1 out.mail)
late=${late# }
renice 12 -p "$late" "${mail[1]}" >/dev/null
tunes 'reconcile: a new thread' 0 '' '' reconcile -r root
holds 'reconcile: a new thread has it' all nice_of 17 "$late"
holds 'reconcile: what the admin changed stays' all nice_of 12 "${mail[1]}"
if $two; then
	tunes 'reconcile: bind' 0 'changes' '' bind -r root mail 1
	taskset -pc 0-1023 "${mail[1]}" >/dev/null
	tunes 'reconcile: CPUs' 0 '' '' reconcile -r root
	! $known || holds 'reconcile: CPUs that a cpuset took are back' all cpus_of 1 "${mail[1]}"
fi
kill -9 "${mail[0]}"
tunes 'reconcile: the guest has gone' 0 '' '' reconcile -r root
rm in.mail out.mail
guests=()
vmm mail 'CPU 0/KVM'
tunes 'reconcile: the guest came back' 0 '' '' reconcile -r root
holds 'reconcile: the guest came back: it has it' all nice_of 17 "${tid[@]}"
tunes 'reconcile: undo' 0 'put back' '' undo -r root --all
holds 'reconcile: undo: it is as it was' all nice_of "$usual" "${tid[@]}"
# Of two actions, the later one has the last word. Numbers can be another guest's by then.
tunes 'reconcile: the first' 0 '2 changes' '' set -r root mail nice=17
tunes 'reconcile: the second' 0 '1 changes' '' set -r root mail.vcpu nice=14
tunes 'reconcile: by id' 0 '2 changes' '' set -r root id:1 policy=batch
kill -9 "${tid[0]}"
rm in.mail out.mail
guests=()
vmm other 'CPU 0/KVM'
other=("${tid[@]}")
vmm mail 'CPU 0/KVM'
tunes 'reconcile: two actions' 0 '' '' reconcile -r root
holds 'reconcile: two actions: the first' all nice_of 17 "${tid[0]}"
holds 'reconcile: two actions: the second' all nice_of 14 "${tid[1]}"
holds 'reconcile: an id of another guest' all policy_of 0 "${other[@]}"
tunes 'reconcile: two actions: undo' 0 'put back' '' undo -r root --all
# What cannot be done is tried again.
if $two && $known; then
	tunes 'reconcile: bound' 0 'changes' '' bind -r root mail 1
	tunes 'reconcile: real time' 0 'changes' '' set -r root --realtime mail.vcpu policy=rr priority=1
	taskset -pc 0-1023 "${tid[1]}" >/dev/null
	echo 1000000 >root/proc/sys/kernel/sched_rt_runtime_us
	tunes 'reconcile: refused' 1 '' 'is refused: the kernel leaves ordinary threads no time' reconcile -r root
	echo 950000 >root/proc/sys/kernel/sched_rt_runtime_us
	tunes 'reconcile: no longer refused' 0 '' '' reconcile -r root
	tunes 'reconcile: refused: undo' 0 'put back' '' undo -r root --all
fi
tunes 'reconcile: nothing is left' 0 '' '' reconcile -r root
holds 'reconcile: nothing is left: it is as it was' all nice_of "$usual" "${tid[@]}"

# Without the rights nothing is half done.
if command -v setpriv >/dev/null; then
	chmod -R a+rwX "$dir"
	user() { setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"; }
	state "${tid[@]}" >before
	user "$kvmtune" set -r root mail.vcpu nice=-5 >out 2>err
	[ $? -eq 1 ] && grep -q '^kvmtune: .*kvmtune needs CAP_SYS_NICE, so try sudo$' err
	result 'no rights: a sentence' $?
	state "${tid[@]}" >after
	holds 'no rights: it is as it was' cmp -s before after
	rm -r root/run/kvmtune
	chmod a-w root/run
	user "$kvmtune" set -r root mail.vcpu nice=17 >out 2>err
	[ $? -eq 1 ] && grep -q '^kvmtune: cannot write root/run/kvmtune/journal: ' err
	result 'no journal: a sentence' $?
fi
