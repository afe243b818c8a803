# A guest of our own VMM writes to 64 MiB of its memory, page after page, and then once more, where memory of each
# kind was mapped for it ahead or not. The clock counts instructions.
# kernels: 6.12-cloud trixie-backports-cloud
# machine: --mem 1024 --icount 0 --append clearcpuid=erms,fsrm
# chart: faults_first instructions_first
# shellcheck shell=sh disable=SC2086,SC2046,SC2034,SC2154,SC2100 # words, no sums
. /cases/experiments.sh

mib=64
pages=$((mib * 256))
begin
echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
maps() { cat /sys/kernel/debug/kvm/$pid-*/pages_$1; }
memory_faults() { echo $(($(field $pid 1 fault_num) - $(field $pid 1 fault_mmio_num))); }
# pass: let the guest write to each page, and print the faults, and the instructions for a page.
pass() {
	was=$(memory_faults)
	ns=$(told flat touch $pages)
	echo $(($(memory_faults) - was)) $((ns / pages))
}

# Memory that it has ahead takes its work before the guest starts, so the instructions of that are not in the table.
row memory ahead faults_first instructions_first instructions_ahead faults_second pages_4k pages_2m
for memory in nohuge thp hugetlb; do
	for ahead in none pre-fault prealloc both; do
		[ $memory != hugetlb ] || echo $((mib / 2 + 4)) >/proc/sys/vm/nr_hugepages
		case $ahead in
		none | pre-fault) flat flat $mib $memory ;;
		*) flat flat $mib $memory populate ;;
		esac
		pid=$(cat flat.pid)
		ns=0
		case $ahead in
		pre-fault | both)
			ns=$(told flat prefault $pages)
			case $ns in
			failed*) not_ok "$memory: $ns" && ns=0 ;;
			esac
			;;
		esac
		first=$(pass) second=$(pass)
		case $memory in
		nohuge) name=small ;;
		*) name=$memory ;;
		esac
		row "$linux $name" $ahead $first $((ns / pages)) ${second% *} $(maps 4k) $(maps 2m)
		echo "$name/$ahead:$first:$((ns / pages)):${second% *}:$(maps 4k):$(maps 2m)" | tr ' ' : >>all
		end_flat flat
		echo 0 >/proc/sys/vm/nr_hugepages
	done
done
# of MEMORY/AHEAD FIELD
of() { sed -n "s|^$1:||p" all | cut -d: -f$2; }
for memory in small thp hugetlb; do
	[ $memory = small ] && n=$pages || n=$((pages / 512))
	for ahead in none prealloc; do
		near "$memory, $ahead: a fault for each page of the mapping" "$(of $memory/$ahead 1)" $n 1
	done
	holds "$memory: prealloc makes faults cheaper" "$(of $memory/prealloc 2) < $(of $memory/none 2)"
	holds "$memory: without prealloc, KVM_PRE_FAULT_MEMORY spares no fault of a write" "$(of $memory/pre-fault 1) >= $(of $memory/none 1)"
	case $memory-$linux in
	hugetlb-*) ;;
	# Linux 6 maps a huge page of zeros as small ones.
	thp-6.*) near "$memory: it makes two of each small page" "$(of $memory/pre-fault 1)" $((2 * pages)) 1 ;;
	*) near "$memory: it makes two of each page" "$(of $memory/pre-fault 1)" $((2 * n)) 1 ;;
	esac
	is "$memory: with prealloc, it spares all" "$(of $memory/both 1)" 0
	holds "$memory: both: the guest has nothing but its own instructions" "$(of $memory/both 2) < 10"
	for ahead in none pre-fault prealloc both; do
		is "$memory, $ahead: no faults in the second pass" "$(of $memory/$ahead 4)" 0
	done
done
umount $cg
unload
