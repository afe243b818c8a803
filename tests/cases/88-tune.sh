# kvmtune on real guests. The kernel's own accounts say what is so: /proc of each thread, the files of
# cgroups, and KVM's counts of its mappings. This case needs the root disk.
# shellcheck shell=sh disable=SC2154,SC2086,SC2046 # from lib.sh; words

[ -d /root/bin ] || mount_root || { not_ok "no root disk"; exit; }
kvm_present
load mode=0444
mkdir -p /run /etc
printf '%s\n' 'root:x:0:0::/:/bin/sh' 'nobody:x:65534:65534::/tmp:/bin/sh' >/etc/passwd
cg=/sys/fs/cgroup
mkdir -p $cg && mount -t cgroup2 none $cg
echo "+cpu +cpuset" >$cg/cgroup.subtree_control
echo never >/sys/kernel/mm/transparent_hugepage/enabled

# start NAME KIND OPTION...; works NAME
start() {
	rm -f "/tmp/$1.log"
	guest "$@" 2>"$1.err" &
	echo $! >"$1.pid"
}
works() {
	yes "$1 works" awaited begun $1 || cat "$1.err"
}
end() {
	kill -9 "$(cat $1.pid)"
	within 20 gone "$(cat $1.pid)"
}

# said WHAT WORDS: kvmtune said so, however its lines are broken.
said() { yes "$1" sh -c "tr -s ' \n' ' ' <out | grep -Eq -- '$2'"; }
# session ARGUMENT...: kvmtune, for docs/tuning.md.
session() {
	echo "\$ kvmtune $*" >>session
	kvmtune "$@" >out 2>&1
	status=$?
	cat out >>session
	return $status
}

# threads NAME, vcpu NAME [NUMBER]: print tids. Of a tid, the kernel's figures: its nice value, CPUs, moves, time.
# On newer kernels, KVM's recovery of huge pages is one of the process's threads, which kvmtune leaves alone.
threads() { grep -sLE '^kvm-nx-' /proc/$(cat $1.pid)/task/*/comm | cut -d/ -f5; }
vcpu() {
	threads $1 | while read -r tid; do
		[ "$(cat /proc/$tid/comm)" != "CPU ${2:-0}/KVM" ] || echo $tid
	done
}
nice_of() { stat_of $1 19; }
nice_is() { [ "$(nice_of $1)" = $2 ]; }
moves() { sed -n 's/^se.nr_migrations *: *//p' /proc/$1/sched; }
moved() { [ $(moves $1) -gt $2 ]; }
ran() { cut -d' ' -f1 /proc/$1/schedstat; }
# share SECONDS: of the time that both guests get from now on, print the percentage that is one's.
share() {
	sleep 1
	a=$(ran $one) b=$(ran $two)
	sleep $1
	a=$(($(ran $one) - a)) b=$(($(ran $two) - b))
	echo $((100 * a / (a + b)))
}
# got WHAT LEAST MOST: one has that share. Exact figures would depend on what else runs.
got() {
	now=$(share 8)
	yes "$1: one gets $now % ($2 to $3)" [ $now -ge $2 -a $now -le $3 ]
}
# state: print all that kvmtune can change of these guests. QEMU's workers come and go.
guests="one two"
state() {
	for name in $guests; do
		threads $name | while read -r tid; do
			comm=$(cat /proc/$tid/comm)
			[ "$comm" = worker ] || echo "$name: $comm: $(chrt -p $tid | sed 's/.*: //' | xargs) nice $(nice_of $tid) CPUs $(cpus_of $tid)"
		done
	done
	cat /sys/module/kvm/parameters/halt_poll_ns
	find $cg -name cpu.weight -exec grep . {} +
}
# as_before WHAT
as_before() {
	state >after
	yes "$1: all is as it was" cmp before after || diff before after
}

# Huge pages. The guest touches fresh memory first, and then walks through it for ever.
maps() { cat /sys/kernel/debug/kvm/$(cat walk.pid)-*/pages_$1; }
huge_kib() { awk '$1 == "AnonHugePages:" { print $2 }' /proc/$(cat walk.pid)/smaps_rollup; }
# content: print a sum of the first 64 MiB of its memory.
content() {
	at=$(awk -F '[- ]' '{ size = ("0x" $2) - ("0x" $1) } size == 402653184 { print "0x" $1 }' /proc/$(cat walk.pid)/maps)
	dd if=/proc/$(cat walk.pid)/mem bs=2M skip=$((at / 2097152)) count=32 2>/dev/null | md5sum
}
fills() { [ $(maps 4k) -ge 20000 ]; }
mapped_huge() { [ $(maps 2m) -ge 100 ]; }
# How much of its time an emulated processor takes for a fault is not what hardware takes.
printf '%s\n' '[classify]' 'memory_time = 0.05' >/etc/kvmstat.conf
start walk walk -m 384
works walk
yes "it touches fresh memory" awaited fills
tuned "plan: huge pages for a memory-bound guest with small ones" 0 '^ 1  kvmtune pages walk$' plan -w 2 walk
said "plan: it says why" "KVM maps [0-9]+ pages of 4 KiB and 0 of 2 MiB"
sed 's/^/# |/' out
rm /etc/kvmstat.conf
yes "it has touched all of its memory" awaited still maps 4k
before_4k=$(maps 4k)
is "no huge page" "$(maps 2m) $(huge_kib)" "0 0"
kill -STOP $(cat walk.pid)
sum=$(content)
tuned "pages" 0 '^walk: 0 of its memory were in huge pages, [0-9.]+M are now$' pages walk
sed 's/^/# |/' out
is "pages: its memory has the same content" "$(content)" "$sum"
kill -CONT $(cat walk.pid)
resident=$(awk '$1 == "Rss:" { print $2 }' /proc/$(cat walk.pid)/smaps_rollup)
yes "pages: most of its memory is huge ($(huge_kib) of $resident KiB)" [ $(huge_kib) -ge $((resident * 7 / 10)) ]
yes "pages: KVM maps huge pages" awaited mapped_huge
echo "# KVM mapped $before_4k small and 0 huge pages before, $(maps 4k) and $(maps 2m) after"
yes "pages: and few small ones" [ $(maps 4k) -lt $((before_4k / 4)) ]
tuned "pages cannot be undone" 0 '^   this cannot be undone$' log
end walk

# More vCPUs can be plugged into one.
mkdir mon
mkfifo mon/one.in mon/one.out
start one compute -smp 1,sockets=3,cores=1,threads=1,maxcpus=3 -chardev pipe,id=mon,path=mon/one -mon mon
start two compute
works one
works two
one=$(vcpu one) two=$(vcpu two)

# Three threads that always run and two CPUs.
sh -c 'while :; do :; done' &
spinner=$!
was=$(moves $one)
yes "a vCPU moves" within 60 moved $one $was
tuned "bind" 0 '^action [0-9]+: [0-9]+ changes' bind one 1
was=$(moves $one)
sleep 5
is "bind: it moves no more" "$(moves $one)" $was
is "bind: all threads" "$(threads one | while read -r tid; do cpus_of $tid; done | sort -u)" 1
kill $spinner
tuned "bind the other" 0 'changes' bind two 1
state >before

tuned "plan: two guests that wait for each other" 0 '^ [12]  kvmtune set one nice=-3$' plan -w 3
said "plan: it says why" "one is [a-zA-Z-]*: it is ready, waiting for a CPU, [3-6][0-9] % of its time, and its cgroup has no weight"
as_before "plan"

# The thesis gave its policy to the main thread.
got "at first" 35 65
tuned "the main thread only" 0 '1 changes' set one.main nice=-10
is "the main thread only: it has it" "$(nice_of $(cat one.pid))" -10
is "the main thread only: the vCPU has not" "$(nice_of $one)" 0
is "the main thread only: kvmstat threads shows it" \
	"$(kvmstat threads one -w 0 --csv -c role,nice | sed 's/"//g' | grep -E '^(main|vCPU)' | xargs)" "main,-10 vCPU 0,0"
got "the main thread only" 35 65
tuned "the main thread only: undo" 0 'put back' undo
as_before "the main thread only"

# The weights say 75 %.
tuned "nice of a vCPU" 0 '1 changes' set one.vcpu nice=-5
is "nice of a vCPU: it has it" "$(nice_of $one)" -5
got "nice -5 against 0" 62 90
tuned "nice of the other" 0 'changes' set two nice=-10
is "nice of the other: it has it" "$(nice_of $two)" -10
got "nice -5 against -10" 10 40
tuned "nice: undo" 0 'put back' undo --all
is "undo --all: the CPUs, too" "$(cpus_of $one) $(cpus_of $two)" "0-1 0-1"
kvmtune bind one 1 && kvmtune bind two 1
as_before "nice"

# What somebody else changed is left alone.
tuned "an admin" 0 '1 changes' set one.vcpu nice=-5
renice 7 -p $one >/dev/null
tuned "an admin: undo says it" 0 "^one: vCPU 0 \\($one\\): nice is 7, not -5 as kvmtune made it, and is left alone\$" undo
is "an admin: the value stays" "$(nice_of $one)" 7
renice 0 -p $one >/dev/null
as_before "an admin"

# A trial that harms the others too much is ended by the guard.
tuned "a guard" 1 '^kvmtune: it is put back at once: the other guests waited for a CPU [0-9]+ % of the time' try one.vcpu nice=-15 --period 3s
as_before "a guard"

# Killed in its midst.
kvmtune try one.vcpu nice=-3 >/dev/null 2>&1 &
pid=$!
yes "SIGKILL in a trial" within 60 nice_is $one -3
kill -9 $pid
wait $pid
is "SIGKILL in a trial: it is in force" "$(nice_of $one)" -3
tuned "SIGKILL in a trial: the next one mends it" 0 '^kvmtune: action [0-9]+ was cut short and is undone: set one.vcpu nice=-3$' set two.vcpu nice=1
is "SIGKILL in a trial: it is mended" "$(nice_of $one)" 0
tuned "SIGKILL in a trial: undo" 0 'put back' undo
as_before "SIGKILL in a trial"
# What a kvmtune that was killed left half done is mended by the next one, which has nothing else to do.
lines() { wc -l </run/kvmtune/journal; }
halves=0
for moment in 1 2 3 4 5 6 7 8 9 10 11 12; do
	lines=$(lines)
	kvmtune set one nice=-2 policy=batch >/dev/null 2>&1 &
	pid=$!
	spins=0
	until [ $(lines) -gt $lines ] || [ $((spins += 1)) = 100000 ]; do :; done
	usleep $((moment * 1000))
	kill -9 $pid 2>/dev/null
	wait $pid
	echo "# killed after $(($(lines) - lines)) lines of the journal"
	whole=$(sed "1,${lines}d" /run/kvmtune/journal | grep -c '"complete"')
	kvmtune set two.vcpu nice=0 >out 2>&1
	if [ $whole != 0 ]; then
		tuned "SIGKILL after all was done, at moment $moment: undo" 0 'put back' undo
	else
		halves=$((halves + 1))
		yes "SIGKILL in between, at moment $moment: the next one says so" grep -q 'was cut short and is undone' out
		is "SIGKILL in between, at moment $moment: it is mended" "$(nice_of $one)" 0
	fi
done
yes "SIGKILL at twelve moments: $halves were in between" [ $halves -gt 0 ]
as_before "SIGKILL at twelve moments"

# Several at once.
for i in 1 2 3 4; do
	kvmtune set one nice=-$i >>many 2>&1 &
	kvmtune set two.vcpu nice=$i >>many 2>&1 &
done
wait_for_all() { ! pidof kvmtune >/dev/null; }
yes "eight at once" within 60 wait_for_all
is "eight at once: each did it" "$(grep -c '^action [0-9]*: [0-9]* changes' many)" 8
sed 's/^/# |/' many
tuned "eight at once: the log can be read" 0 '^[0-9]+  .*: kvmtune set one nice=-4$' log
tuned "eight at once: undo" 0 'put back' undo --all
kvmtune bind one 1 && kvmtune bind two 1
as_before "eight at once"

# Nobody.
su -s /bin/sh nobody -c "kvmtune set one.vcpu nice=3" >out 2>&1
is "a user: refused" "$? $(tail -n 1 out)" "1 kvmtune: cannot write /run/kvmtune/journal: Permission denied; try sudo"
as_before "a user"

# Each in a cgroup of its own.
mkdir $cg/vms $cg/vms/one $cg/vms/two $cg/kubepods
echo "+cpu +cpuset" >$cg/vms/cgroup.subtree_control
cat one.pid >$cg/vms/one/cgroup.procs
cat two.pid >$cg/vms/two/cgroup.procs
echo 1 >$cg/vms/one/cpuset.cpus
echo 0-1 >$cg/vms/one/cpuset.cpus
echo "# after the cpuset changed, the vCPU has the CPUs $(cpus_of $one)"
yes "reconcile after a cpuset changed" kvmtune reconcile
is "reconcile after a cpuset changed: the CPUs" "$(cpus_of $one)" 1
state >before

yes "plan" session plan one
yes "plan: a weight" grep -q '^ 1  kvmtune set one weight=200$' out
yes "try" session try 1 --period 2s
yes "try: a table" sh -c "grep -q '^The guest, in 8 rounds$' out && grep -q '^All other guests together: what it costs$' out"
yes "try: the guest has more, the others less" sh -c "awk '/% of a CPU/ { of = \$2 } /^    off/ { gsub(/[,:]/, \"\"); more[++n] = \$4 > \$2 } END { exit !(n == 7 && more[4] && !more[6]) }' out"
as_before "try"
yes "apply" session apply 1
is "apply: the kernel has the weight" "$(cat $cg/vms/one/cpu.weight) $(cat $cg/vms/two/cpu.weight)" "200 100"
got "weight 200 against 100" 55 80
yes "undo" session undo
as_before "apply, undo"
sed 's/^/# |/' session
save session.txt session
tuned "nice where a weight counts" 1 'nice is refused: it counts within a cgroup only, and nothing else is in /vms/one; weight= counts' set one nice=-3
as_before "refused"

cat one.pid >$cg/kubepods/cgroup.procs
tuned "Kubernetes: refused" 1 '^kvmtune: one: Kubernetes owns it' set one weight=200
tuned "Kubernetes: the plan says why" 0 'Kubernetes owns it' plan one -w 1
cat one.pid >$cg/vms/one/cgroup.procs
yes "reconcile after it was in another cpuset" kvmtune reconcile
as_before "Kubernetes"

# New vCPUs. What kvmtune gave to the main thread is inherited; reconcile gives the rest.
plug() {
	echo "device_add host-x86_64-cpu,socket-id=$1,core-id=0,thread-id=0" >mon/one.in
	plugged() { [ -n "$(vcpu one $number)" ]; }
	number=$1
	yes "a new vCPU $1" within 30 plugged
}
plug 1
is "a new vCPU inherits the CPUs" "$(cpus_of $(vcpu one 1))" 1
kvmtune undo --all
is "undo: what it inherited, too" "$(cpus_of $(vcpu one 1))" 0-1
kvmtune set one.vcpu nice=-3 && kvmtune bind one.vcpu 1
plug 2
new=$(vcpu one 2)
is "a new vCPU of vCPUs that are bound: at first" "$(nice_of $new) $(cpus_of $new)" "0 0-1"
yes "reconcile" kvmtune reconcile
is "reconcile: it is like the others" "$(nice_of $new) $(cpus_of $new)" "-3 1"
tuned "reconcile: undo" 0 'put back' undo --all
is "reconcile: undo: all is as it was" "$(for task in $one $(vcpu one 1) $new; do nice_of $task; cpus_of $task; done | xargs)" "0 0-1 0 0-1 0 0-1"

# A guest that ends, and leaves its cgroup.
tuned "a guest that ends" 0 '1 changes' set two weight=300
end two
tuned "a guest that ends: undo" 0 'put back' undo --all
tuned "a guest that ends: the log" 0 'two: weight 100 -> 300: put back$' log
is "a guest that ends: its cgroup is as it was" "$(cat $cg/vms/two/cpu.weight)" 100
is "a guest that ends: the other is as it was" "$(cpus_of $one)" 0-1
tuned "nothing is left" 0 '^nothing is in force$' undo
end one
rmdir $cg/vms/one $cg/vms/two $cg/vms $cg/kubepods

# The four tiers of the thesis, two neighbours at a time on one CPU, which a task of the host wants, too.
# pair HIGHER LOWER LEAST SECONDS: the other guests stand still; HIGHER gets at least so many percent. The
# host's task waits at most so much longer than two seconds. Beside real-time guests it has the 5 %
# that the kernel leaves. It shares these with a guest of nice -10, which gets nine times as much, so
# its turn can be seconds away.
host_ran() { [ $(ran $host) -gt $was ]; }
pair() {
	kill -STOP $(for name in $guests; do cat $name.pid; done)
	kill -CONT $(cat $1.pid) $(cat $2.pid)
	one=$(vcpu $1) two=$(vcpu $2) hosts='' starved=false
	sleep 1
	a=$(ran $one) b=$(ran $two)
	for _ in 1 2 3 4; do
		was=$(ran $host)
		sleep 2
		within $4 host_ran || starved=true
		hosts="$hosts $((($(ran $host) - was) / 1000000))"
	done
	a=$(($(ran $one) - a)) b=$(($(ran $two) - b))
	got=$((100 * a / (a + b)))
	yes "the thesis: $1 gets $got % beside $2 (at least $3)" [ $got -ge $3 ]
	is "the thesis: the host's task is starved, with these ms in each turn:$hosts" $starved false
	kill -CONT $(for name in $guests; do cat $name.pid; done)
}
guests="tier0 tier1 tier2 tier3 tier4"
{
	printf '%s\n' '[kvmtune]' 'policy = thesis' '[guest tier0]' 'leave = yes'
	for tier in 1 2 3 4; do printf '%s\n' "[guest tier$tier]" "tier = $tier"; done
} >/etc/kvmtune.conf
for name in $guests; do start $name compute; done
for name in $guests; do works $name; done
for name in $guests; do tuned "bind $name" 0 'changes' bind $name 1; done
taskset 2 sh -c 'while :; do :; done' &
host=$!
state >before
tuned "the thesis: plan" 0 '^ [1-4]  kvmtune set tier4.vcpu policy=fifo priority=99 --realtime$' plan -w 1
tuned "the thesis: without leave" 1 'is refused: a real-time guest can starve the host; --realtime allows it' apply $(sed -n 's/^ \([1-4]\)  kvmtune set tier4.*/\1/p' out)
as_before "the thesis: without leave"
tuned "the thesis: apply" 0 'changes' apply --realtime
is "the thesis: the kernel has it" "$(for name in $guests; do nice_of $(vcpu $name); chrt -p $(vcpu $name) | sed 's/.*: //'; done | xargs)" \
	"0 SCHED_OTHER 0 -10 SCHED_OTHER 0 0 SCHED_RR 90 0 SCHED_RR 99 0 SCHED_FIFO 99"
pair tier1 tier0 60 30
pair tier2 tier1 80 30
pair tier3 tier2 80 0
pair tier4 tier3 80 0
tuned "the thesis: undo all" 0 'put back' undo --all
for name in $guests; do tuned "bind $name" 0 'changes' bind $name 1; done
as_before "the thesis"
kill $host
for name in $guests; do end $name; done
tuned "the thesis: nothing is left" 0 'put back' undo --all
umount $cg
unload
