# A guest computes, free or bound to a CPU or to the CPUs that share a cache with it, alone or beside four busy loops.
# machine: --mem 1024 --smp 4,sockets=2,cores=2
# chart: moves ready
# shellcheck shell=sh disable=SC2086,SC2046,SC2034,SC2154 # words
. /cases/experiments.sh

begin
moves() { sed -n 's/^se.nr_migrations *: *//p' /proc/$1/sched; }
vcpu() { awk 'NR > 1 { print $9 }' $K/$id/vcpus; }
exits_by_cpu() { sed 1d $K/$id/cpus | awk '{ n[$1] = $2 } END { print n[0] + 0, n[1] + 0, n[2] + 0, n[3] + 0 }'; }
guest one compute 2>one.err &
pid=$!
yes "the guest works" awaited begun one
id=$(field $pid 1 id)
tid=$(vcpu)
domain=$(cat /sys/devices/system/cpu/cpu3/cache/index3/shared_cpu_list)
is "CPUs that share a cache" "$(cat /sys/devices/system/cpu/cpu0/cache/index3/shared_cpu_list) $domain" "0-1 2-3"
row setting moves ready exits_cpu0 exits_cpu1 exits_cpu2 exits_cpu3
# measure NAME: in ten seconds.
measure() {
	sleep 1
	moved=$(moves $tid)
	read -r _ waited _ </proc/$tid/schedstat
	exits_by_cpu >was
	sleep 10
	moved=$(($(moves $tid) - moved))
	ready=$(awk -v was=$waited '{ printf "%.1f", ($2 - was) / 1e8 }' /proc/$tid/schedstat)
	row "$1" $moved $ready $(exits_by_cpu | less was)
	echo "$1:$moved:$ready:$(exits_by_cpu | less was)" >>all
}
of() { sed -n "s/^$1://p" all | cut -d: -f$2; }
measure "free, alone"
kvmtune bind one 3
measure "bound, alone"
kvmtune undo
for _ in 1 2 3 4; do
	sh -c 'while :; do :; done' &
	loops="$loops $!"
done
measure "free, beside four loops"
kvmtune bind one $domain
measure "bound to a cache, beside four loops"
kvmtune undo
kvmtune bind one 3
measure "bound, beside four loops"
for loop in $loops; do
	taskset -p 7 $loop >/dev/null
done
measure "bound, the loops bound to the other CPUs"
kill $loops
kvmtune undo

for setting in "bound, alone" "bound, beside four loops" "bound, the loops bound to the other CPUs"; do
	is "$setting: no moves" "$(of "$setting" 1)" 0
	is "$setting: no exits on the other CPUs" "$(of "$setting" 3 | cut -d' ' -f1-3)" "0 0 0"
done
holds "free, beside four loops: it moves" "$(of "free, beside four loops" 1) > 0"
is "bound to a cache: no exits beyond it" "$(of "bound to a cache, beside four loops" 3 | cut -d' ' -f1,2)" "0 0"
holds "binding does not end the wait for a CPU" "$(of "bound, beside four loops" 2) > 10"
holds "the loops elsewhere do" "$(of "bound, the loops bound to the other CPUs" 2) < 5"
kill -9 $pid
within 20 gone $pid
finish
