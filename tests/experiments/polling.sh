# A guest naps for a millisecond again and again, on a host that polls for the end of its halts or does not.
# machine: --mem 1024
# chart: caught polled
# shellcheck shell=sh disable=SC2086,SC2046,SC2034,SC2154 # words
. /cases/experiments.sh

begin
start naps
ready naps
pid=$(cat naps.pid)
# KVM's own counts and times.
seen() { (cd /sys/kernel/debug/kvm/$pid-* && cat halt_exits halt_attempted_poll halt_successful_poll halt_poll_success_ns halt_poll_fail_ns halt_wait_ns) | xargs; }
row halt_poll_ns halts tried caught polled
for ns in 0 200000 10000000; do
	kvmtune haltpoll $ns >/dev/null || echo $ns >/sys/module/kvm/parameters/halt_poll_ns
	is "the host polls for" "$(cat /sys/module/kvm/parameters/halt_poll_ns)" $ns
	told naps guestwork naps 100 1000
	seen >was
	polled=$(field $pid 1 polled_ns)
	told naps guestwork naps 2000 1000
	seen | less was >now
	row $ns $(awk '{ printf "%d %d %.1f %.1f", $1, $2, 100 * $3 / $1, 100 * ($4 + $5) / ($4 + $5 + $6) }' now)
	awk -v ns=$ns '{ print ns, $1, $2, 100 * $3 / $1, 100 * ($4 + $5) / ($4 + $5 + $6) }' now >>all
	[ $ns = 0 ] || near "$ns: kvmstat counts the polled time as KVM does, in ms" $((($(field $pid 1 polled_ns) - polled) / 1000000)) \
		$(awk '{ printf "%d", ($4 + $5) / 1000000 }' now) 100
done
of() { awk -v m=$1 -v f=$2 '$1 == m { print $f }' all; }
for ns in 0 200000 10000000; do
	holds "$ns: the guest halts for each nap" "$(of $ns 2) >= 2000"
done
is "0: nothing is polled" "$(of 0 3) $(of 0 5)" "0 0"
holds "a limit above the nap catches most wakeups" "$(of 10000000 4) > 50"
holds "and more than one below the nap does" "$(of 10000000 4) > $(of 200000 4)"
holds "polling takes the CPU for most of the halted time" "$(of 10000000 5) > 50 && $(of 10000000 5) > $(of 200000 5)"
stop naps
finish
