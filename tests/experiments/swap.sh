# A guest touches memory for the first time, and reads the same memory after the host has swapped it out. Then two
# guests do one of these for ever, and kvmstat says what they are bound by.
# machine: --mem 2048
# chart: faults first_touches
# shellcheck shell=sh disable=SC2086,SC2046,SC2034,SC2154,SC2100 # words, no sums
. /cases/experiments.sh

# Parts of so many pages.
part=4096 rounds="1 2 3 4 5"
begin
modprobe lzo-rle && modprobe zram && echo 1G >/sys/block/zram0/disksize
mkswap /dev/zram0 >/dev/null && swapon /dev/zram0
# No page is read before it is needed.
echo 0 >/proc/sys/vm/page-cluster

# swapped_out PAGES: the host has swapped out so many of the guest's pages.
swapped_out() {
	echo 1G >$cg/one/memory.reclaim 2>/dev/null
	[ $(cat $cg/one/memory.swap.current) -ge $((4096 * $1)) ]
}
major_faults() { cat /proc/$(cat one.pid)/task/*/stat | sed 's/.*) //' | awk '{ n += $10 } END { print n }'; }
# seen: print the guest's exits, memory faults, their nanoseconds, pages read from swap, and the VMM's major faults.
seen() { echo $(figures one | cut -d' ' -f1) $(faults_of one) $(vmstat_of pswpin) $(major_faults); }
# work WHAT COMMAND...: let the guest do that to a part. What it took goes to WHAT.all, a line a round.
work() {
	what=$1
	shift
	seen >was
	told one "$@" $((round * part)) $part
	seen | less was >>$what.all
}
start one -m 384
ready one
told one guestwork pages $((6 * part / 256))
# The memory that had been touched at boot is used up.
told one write 1 0 $part
for round in $rounds; do
	work first write 1
	work again write 1
	yes "the host swaps it out" within 60 swapped_out $(((round + 1) * part))
	work swapped read
	work once_more read
done
told one end
stop one

# each WHAT FIELD: print the middle of the rounds.
each() { awk -v f=$2 '{ print $f }' $1.all | median; }
row work exits faults swap_ins major_faults first_touches least most
for what in first again swapped once_more; do
	paste -d' ' $what.all first.all | awk -v n=$part '{ printf "%.3f\n", $3 / n / ($8 / $7) }' >ratios
	set -- $(for i in 1 2 4 5; do each $what $i; done) $(median <ratios)
	row $what "$@" $(least <ratios) $(most <ratios)
	echo "$what $*" >>all
done
# of WHAT FIELD
of() { awk -v m=$1 -v f=$2 '$1 == m { print $f }' all; }
holds "first touch: a fault for most pages" "$(of first 3) > 0.8 * $part"
holds "they do not wait for storage" "$(of first 5) < 0.2 * $part"
near "swapped out: a fault for each page" $(of swapped 3) $part $((part / 5))
near "a page is read for each of them" $(of swapped 4) $(of swapped 3) $((part / 10))
near "the host's kernel counts them as major faults" $(of swapped 5) $(of swapped 4) $((part / 10))
holds "they take longer than first touches" "$(of swapped 6) > $(of first 6)"
for what in again once_more; do
	holds "$what: no faults" "$(of $what 3) < 0.01 * $part"
done

# judge NAME BOUND ADVICE: kvmstat's verdict on six seconds of that guest.
judge() {
	sleep 3
	kvmstat record $1.jsonl 6 2
	kill $(cat $1.pid)
	within 20 gone $(cat $1.pid)
	is "$1: called" "$(kvmstat classify -f $1.jsonl -g $1 --csv -c bound | sed '1d; s/"//g')" $2
	advice=$(kvmstat classify -f $1.jsonl -g $1 --csv -c advice | sed '1d; s/"//g')
	case $advice in
	*"$3"*) ok "$1: advised ($3)" ;;
	*) not_ok "$1: no '$3' in its advice: $advice" ;;
	esac
}
# begin_guest NAME KIND OPTION...: it works in its cgroup.
begin_guest() {
	(
		sh -c 'echo $PPID' >$cg/$1/cgroup.procs
		guest "$@" 2>$1.err
	) &
	echo $! >$1.pid
	yes "$1 works" awaited begun $1
}
mkdir $cg/fresh $cg/short
begin_guest fresh memory -m 1024
judge fresh memory-bound "it touches memory for the first time"
echo 160M >$cg/short/memory.max
begin_guest short walk -m 256
was=$(vmstat_of pswpin)
reads_swap() { [ $(vmstat_of pswpin) -gt $((was + 2000)) ]; }
yes "short: it reads its memory from swap" within 300 reads_swap
judge short memory-bound "its memory is swapped in"
swapoff /dev/zram0
echo 1 >/sys/block/zram0/reset
finish
