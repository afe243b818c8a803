# Two like guests, whose memory the host merges, and then they write to it.
# machine: --mem 2048
# chart: saved_mib faults
# shellcheck shell=sh disable=SC2086,SC2046,SC2034,SC2154 # words
. /cases/experiments.sh

mib=64
begin
ksm=/sys/kernel/mm/ksm
for name in one two; do
	start $name -m 192
done
for name in one two; do
	ready $name
	told $name guestwork passes $mib
	cost $name >first
done
echo 20000 >$ksm/pages_to_scan
echo 10 >$ksm/sleep_millisecs

# state NAME FAULTS: a row with what is shared, in MiB; what that saves; and the faults of both guests.
row state shared_mib saved_mib faults
state() {
	shared=$(($(cat $ksm/pages_shared) / 256)) saved=$(($(cat $ksm/pages_sharing) / 256))
	row "$1" $shared $saved $2
	echo "$1:$shared:$saved:$2" >>all
}
of() { sed -n "s/^$1://p" all | cut -d: -f$2; }
faults() { cut -d' ' -f3 one.cost two.cost | awk '{ n += $1 } END { print n }'; }
pass() {
	for name in one two; do
		cost $name >$name.cost
	done
}
pass
state "before" $(faults)
yes "ksm on" kvmtune ksm on
# Two rounds of the whole memory without a change.
yes "the host has merged what it can" within 120 still cat $ksm/pages_sharing
state "merged" 0
# What is merged stays so, and nothing more is merged while the guests write.
kvmtune undo --all
is "undo: KSM is off" "$(cat $ksm/run)" 0
pass
state "after a write to each page" $(faults)
holds "nothing is shared before" "$(of before 1) == 0 && $(of before 2) == 0"
holds "like pages are shared" "$(of merged 2) > 1.8 * $mib"
holds "writing takes them back" "$(of "after a write to each page" 2) < $(of merged 2) - 1.5 * $mib"
holds "by a fault for most pages" "$(of "after a write to each page" 3) > 1.5 * $mib * 256"
holds "which they did not have before" "$(of before 3) < $mib * 256 / 100"
for name in one two; do
	stop $name
done
finish
