# Three guests, alike but for their data and then alike in that, too, on a host that merges equal pages (KSM).
# machine: --mem 2048
# chart: host_mib faults copies
# shellcheck shell=sh disable=SC2086,SC2046,SC2034,SC2154,SC2100 # words, no sums
. /cases/experiments.sh

guests="one two three" mib=48
pages=$((mib * 256))
begin
ksm=/sys/kernel/mm/ksm
echo 20000 >$ksm/pages_to_scan
echo 10 >$ksm/sleep_millisecs
echo 0 >$ksm/use_zero_pages

# settle: let KSM scan until three scans in turn have hardly saved more; the guests' kernels do a little always. KSM
# merges a page that did not change from one scan to the next one. It does not run while the guests work, so that
# the counts are exact.
scanned() { [ $(cat $ksm/full_scans) -ge $after ]; }
scan() {
	after=$(($(cat $ksm/full_scans) + 1))
	within 300 scanned
}
settle() {
	still=0 saved=0
	echo 1 >$ksm/run
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		was=$saved
		scan
		saved=$(cat $ksm/pages_sharing)
		if [ $((saved - was)) -lt 64 ] && [ $((was - saved)) -lt 64 ]; then still=$((still + 1)); else still=0; fi
		[ $still -lt 3 ] || break
	done
	echo 0 >$ksm/run
}
# profit: print what KSM saves less what it needs, in MiB, as the kernel's documentation has it. For each page that
# it knows, it needs a structure of 64 bytes.
profit() {
	(cd $ksm && cat pages_sharing pages_shared pages_unshared pages_volatile) |
		awk '{ n += $1 } NR == 1 { saved = $1 } END { printf "%.1f", (saved * 4096 - n * 64) / 1048576 }'
}
# each WHAT PAGES COMMAND...: all guests do that to so many pages, one after the other, their number in place of "own".
# The row WHAT has what it took: the memory faults of all, the pages that the host copied for a write, and the time of
# the faults for a page, in first touches by the same guest, in the middle and at the extremes of the guests. What KSM
# says of itself is true after a scan only.
row what host_mib saved shared profit_mib faults copies first_touches least most
each() {
	what=$1 some=$2
	shift 2
	copied=$(vmstat_of cow_ksm)
	number=0
	rm -f ratios
	for name in $guests; do
		number=$((number + 1))
		faults_of $name >was
		told $name $(echo "$* $some" | sed "s/own/$number/")
		faults_of $name | less was >$name.now
		[ -e $name.first ] || awk '{ print $2 / $1 }' $name.now >$name.first
		paste -d' ' $name.now $name.first | awk -v n=$some '$1 > n / 100 { printf "%.3f\n", $2 / n / $3 }' >>ratios
	done
	n=$(cat ./*.now | awk '{ n += $1 } END { printf "%d", n }')
	if [ -s ratios ]; then
		note - - - $n $(median <ratios) $(least <ratios) $(most <ratios)
	else
		note - - - $n - - -
	fi
}
# merged WHAT: a row of what KSM does while the guests do nothing.
merged() {
	what=$1
	copied=$(vmstat_of cow_ksm)
	faults_of $guests >was
	settle
	note $(cat $ksm/pages_sharing $ksm/pages_shared) $(profit) $(faults_of $guests | less was | cut -d' ' -f1) - - -
}
# note SAVED SHARED PROFIT FAULTS TIME LEAST MOST
note() {
	host=$(($(vmstat_of nr_anon_pages) / 256))
	copied=$(($(vmstat_of cow_ksm) - copied))
	row "$what" $host $1 $2 $3 $4 $copied $5 $6 $7
	echo "$what:$host:$1:$2:$3:$4:$copied:$5" >>all
}
# of WHAT FIELD
of() { sed -n "s/^$1://p" all | cut -d: -f$2; }

for name in $guests; do
	start $name -m 320
done
for name in $guests; do
	ready $name
	told $name guestwork pages $mib
done
each "off, first touch" $pages write own 0
each "off, all is written again" $pages write own 0
merged "on, own data"
each "on, equal data is written" $pages write 0 0
before=$(cat $ksm/full_scans)
merged "on, equal data"
echo "# $(($(cat $ksm/full_scans) - before)) scans merged the equal data"
each "on, all is read" $pages read 0
each "on, all is read again" $pages read 0
each "on, an eighth is written" $((pages / 8)) write 0 0
each "on, the same is written again" $((pages / 8)) write 0 0
merged "on, equal data again"
each "on, all is written with own data" $pages write own 0
merged "on, own data again"

all=$((3 * pages))
# about WHAT ROW FIELD WANTED: within a twentieth of all pages, because the guests' kernels do a little, too.
about() { near "$1" "$(of "$2" $3)" "$4" $((all / 20)); }
holds "first touch: a fault for each page that was not touched at boot" "$(of "off, first touch" 5) > 0.3 * $all"
about "without KSM: none when they are written again" "off, all is written again" 5 0
holds "own data: what the guests' kernels have alike is shared" "$(of "on, own data" 2) > 0"
about "equal data: two of three pages are saved" "on, equal data" 2 $(($(of "on, own data" 2) + 2 * pages))
near "the host has that memory, in MiB" $(($(of "on, equal data is written" 1) - $(of "on, equal data" 1))) $((2 * mib)) $((mib / 8))
holds "and a profit of about that" "$(of "on, equal data" 4) - $(of "on, own data" 4) > 1.8 * $mib"
about "merging: no fault while nothing is touched" "on, equal data" 5 0
about "merged pages are mapped anew when they are read, once" "on, all is read" 5 $all
about "they are not copied for that" "on, all is read" 6 0
about "read again: no faults" "on, all is read again" 5 0
about "a write to a merged page is a copy" "on, an eighth is written" 6 $((all / 8))
about "and two faults, because the copy takes the mapping away that the first one is for" "on, an eighth is written" 5 $((all / 4))
about "once" "on, the same is written again" 5 0
about "after the next scans, they are merged again" "on, equal data again" 2 $(of "on, equal data" 2)
about "all are written: a copy each" "on, all is written with own data" 6 $all
about "and two faults" "on, all is written with own data" 5 $((2 * all))
holds "and the host needs the memory again" "$(of "on, all is written with own data" 1) - $(of "on, equal data again" 1) > 1.8 * $mib"
for name in $guests; do
	told $name end
	stop $name
done
echo 2 >$ksm/run
finish
