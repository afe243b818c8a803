# What kvmstat adds to the exits that the other experiments are made of. A guest of our own VMM does the same work
# without kvmstat, with its counts, and with its times, too. The clock counts instructions.
# machine: --mem 1024 --icount 0 --append clearcpuid=erms,fsrm
# chart: without all_add
# shellcheck shell=sh disable=SC2086,SC2046,SC2034,SC2154,SC2100 # words, no sums
. /cases/experiments.sh

begin_without
n=4000 mib=32
# Between two lengths of the same work is what an exit costs. Memory can be touched for the first time only once.
per_exit() {
	short=$(told flat $1 $n)
	long=$(told flat $1 $((2 * n)))
	echo $(((long - short) / n))
}
# works: print the instructions of each kind of exit.
works() {
	flat flat $mib nohuge
	for work in out kick cpuid; do
		per_exit $work >/dev/null
		echo $work $(per_exit $work)
	done
	echo touch $(($(told flat touch $((mib * 256))) / (mib * 256)))
	end_flat flat
	flat flat $mib nohuge populate
	echo prealloc $(($(told flat touch $((mib * 256))) / (mib * 256)))
	end_flat flat
}
works >without
load timing=0
works >counting
unload
load
works >timing
unload
join_all() { paste -d' ' without counting timing | awk '{ print $1, $2, $4 - $2, $6 - $2 }'; }
row operation exits without counts_add all_add percent
# operation NAME EXITS "KIND:N..."
operation() {
	join_all | awk -v of="$3" '
		{ w[$1] = $2; c[$1] = $3; a[$1] = $4 }
		END {
			n = split(of, part, " ")
			for (i = 1; i <= n; i++) { split(part[i], p, ":"); W += p[2] * w[p[1]]; C += p[2] * c[p[1]]; A += p[2] * a[p[1]] }
			printf "%d %d %d %.1f\n", W, C, A, 100 * A / W
		}' >one
	row "$1" $2 $(cat one)
	echo "$1:$(cat one)" >>all
}
operation "a fault of fresh memory" 1 touch:1
operation "a fault of memory with prealloc" 1 prealloc:1
operation "an access to a register that the VMM has" 1 out:1
operation "a kick of an eventfd" 1 kick:1
operation "an exit that the kernel handles" 1 cpuid:1
operation "a write of 4 KiB by IDE" 29 "out:26 cpuid:3"
operation "a write of 4 KiB by virtio" 3.4 "kick:1 cpuid:2.4"
# of OPERATION FIELD
of() { sed -n "s/^$1://p" all | cut -d' ' -f$2; }
cut -d: -f1 all | while read -r operation; do
	holds "$operation: the counts cost something, and the times more" "0 < $(of "$operation" 2) && $(of "$operation" 2) < $(of "$operation" 3)"
	holds "$operation: kvmstat adds less than a tenth" "$(of "$operation" 4) < 10"
done
holds "a memory fault: less than a twentieth" "$(of "a fault of memory with prealloc" 4) < 5"
holds "a write by virtio costs kvmstat a tenth of one by IDE" "10 * $(of "a write of 4 KiB by virtio" 3) < $(of "a write of 4 KiB by IDE" 3)"
umount $cg
