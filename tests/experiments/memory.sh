# A guest writes to 192 MiB of its memory, page after page, and then once more, on memory of each kind.
# machine: --mem 2048
# chart: faults_first faults_second
# shellcheck shell=sh disable=SC2086,SC2046,SC2034,SC2154,SC2100 # words, no sums
. /cases/experiments.sh

mib=192
begin
# KVM's own count of its mappings, and the faults of the VMM's memory that the host's kernel handled.
maps() { cat /sys/kernel/debug/kvm/$pid-*/pages_$1; }
host_faults() { cat /proc/$pid/task/*/stat | sed 's/.*) //' | awk '{ n += $8 } END { print n }'; }

row memory faults_first host_faults faults_second pages_4k pages_2m
for memory in small prealloc thp hugetlb hugetlb_prealloc collapse; do
	backend=''
	echo never >/sys/kernel/mm/transparent_hugepage/enabled
	case $memory in
	prealloc) backend=memory-backend-ram,id=m,size=384M,prealloc=on ;;
	thp) echo always >/sys/kernel/mm/transparent_hugepage/enabled ;;
	hugetlb) backend=memory-backend-memfd,id=m,size=384M,hugetlb=on,hugetlbsize=2M,prealloc=off ;;
	hugetlb_prealloc) backend=memory-backend-memfd,id=m,size=384M,hugetlb=on,hugetlbsize=2M,prealloc=on ;;
	esac
	case $memory in
	hugetlb*)
		echo 192 >/proc/sys/vm/nr_hugepages
		is "$memory: the host has huge pages" "$(cat /proc/sys/vm/nr_hugepages)" 192
		;;
	esac
	start $memory -m 384 ${backend:+-object $backend -machine memory-backend=m}
	ready $memory
	pid=$(cat $memory.pid)
	told $memory guestwork passes $mib
	free=$(awk '$1 == "HugePages_Free:" { print $2 }' /proc/meminfo)
	case $memory in
	hugetlb) holds "$memory: the host allocates huge pages when they are touched" "$free > 0" ;;
	hugetlb_prealloc) is "$memory: the host has allocated all of them" $free 0 ;;
	esac
	was=$(host_faults)
	first=$(cost $memory | cut -d' ' -f3)
	host=$(($(host_faults) - was))
	if [ $memory = collapse ]; then
		kvmtune pages $memory | sed 's/^/# |/'
		# What was collapsed is mapped anew when it is touched.
		cost $memory >collapsed
	fi
	second=$(cost $memory | cut -d' ' -f3)
	row $memory $first $host $second $(maps 4k) $(maps 2m)
	echo "$memory $first $host $second $(maps 4k) $(maps 2m)" >>all
	told $memory end
	stop $memory
	echo 0 >/proc/sys/vm/nr_hugepages
done
# of MEMORY FIELD
of() { awk -v m=$1 -v f=$2 '$1 == m { print $f }' all; }
pages=$((mib * 256))
holds "4 KiB: a fault for most pages, the others had been touched at boot" "$(of small 2) > 0.5 * $pages"
holds "prealloc: as many faults in the guest" "$(of prealloc 2) > 0.8 * $(of small 2)"
holds "prealloc: the host has the pages already" "$(of prealloc 3) < 0.1 * $(of small 3)"
for memory in thp hugetlb hugetlb_prealloc; do
	holds "$memory: few faults in the guest" "$(of $memory 2) < $pages / 100"
	holds "$memory: mapped by huge pages" "$(of $memory 6) >= $mib / 2 / 2"
done
for memory in small prealloc thp hugetlb hugetlb_prealloc collapse; do
	holds "$memory: no faults in the second pass" "$(of $memory 4) < $pages / 1000"
done
holds "collapsed while it runs: mapped by huge pages" "$(of collapse 6) >= $mib / 2 / 2"
holds "collapsed while it runs: few small ones are left" "$(of collapse 5) < $(of small 5) / 4"
holds "collapsed while it runs: few faults to map it anew" "$(cut -d' ' -f3 collapsed) < $pages / 100"
finish
