# A guest computes, free or bound to a CPU, alone or beside two busy loops.
# machine: --mem 1024
# chart: moves ready
# shellcheck shell=sh disable=SC2086,SC2046,SC2034,SC2154 # words
. /cases/experiments.sh

begin
moves() { sed -n 's/^se.nr_migrations *: *//p' /proc/$1/sched; }
vcpu() { awk 'NR > 1 { print $9 }' $K/$id/vcpus; }
exits_by_cpu() { sed 1d $K/$id/cpus | awk '{ n[$1] = $2 } END { print n[0] + 0, n[1] + 0 }'; }
guest one compute 2>one.err &
pid=$!
yes "the guest works" awaited begun one
id=$(field $pid 1 id)
tid=$(vcpu)
row setting moves ready exits_cpu0 exits_cpu1
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
kvmtune bind one 1
measure "bound, alone"
kvmtune undo
for _ in 1 2; do
	sh -c 'while :; do :; done' &
	loops="$loops $!"
done
measure "free, beside two loops"
kvmtune bind one 1
measure "bound, beside two loops"
for loop in $loops; do
	taskset -p 1 $loop >/dev/null
done
measure "bound, the loops bound to the other CPU"
kill $loops
kvmtune undo

for setting in "bound, alone" "bound, beside two loops" "bound, the loops bound to the other CPU"; do
	is "$setting: no moves" "$(of "$setting" 1)" 0
	is "$setting: no exits on the other CPU" "$(of "$setting" 3 | cut -d' ' -f1)" 0
done
holds "free, beside two loops: it moves" "$(of "free, beside two loops" 1) > 0"
holds "binding does not end the wait for a CPU" "$(of "bound, beside two loops" 2) > 20"
holds "the loops elsewhere do" "$(of "bound, the loops bound to the other CPU" 2) < 5"
kill -9 $pid
within 20 gone $pid
finish
