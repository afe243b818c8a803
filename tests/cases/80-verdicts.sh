# The verdicts on real guests whose work is known, by recordings of some seconds of each
# alone; ends with the matrix of what they are and what they are called. Needs the root
# disk, and a machine in which PAUSE exits.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

mount_root || { not_ok "no root disk"; exit; }
kvm_present
load
# What fresh memory costs page by page; huge pages are the advice.
echo never >/sys/kernel/mm/transparent_hugepage/enabled

# called KIND: what it must be.
called() {
	case $1 in
	compute) echo CPU-bound ;;
	ide | virtio) echo I/O-bound ;;
	memory) echo memory-bound ;;
	spin) echo spin-bound ;;
	idle) echo idle ;;
	esac
}

: >matrix
for kind in idle compute ide virtio memory spin; do
	set --
	case $kind in
	ide | virtio)
		truncate -s 64M $kind.img
		set -- -drive "file=$kind.img,format=raw,if=$kind"
		# A slow disk: it waits for that on any machine.
		[ $kind = ide ] || set -- "$1" "$2,throttling.iops-total=20"
		;;
	memory) set -- -m 1024 ;;
	esac
	real_guest $kind "$@"
	# What its boot left over.
	sleep 3
	kvmstat record $kind.jsonl 6 2
	is "$kind: the recording has two lines" "$(wc -l <$kind.jsonl)" 2
	verdict=$(kvmstat classify -f $kind.jsonl --csv -c bound | sed 1d)
	kvmstat classify -f $kind.jsonl | sed 's/^/# /'
	is "$kind: called" "$verdict" "$(called $kind)"
	echo "$(called $kind) $verdict" >>matrix
	save $kind.jsonl $kind.jsonl
	if [ $kind = ide ]; then
		is "now, by name" "$(kvmstat classify -g $kind -w 3 --csv -c name,bound | sed 1d)" "ide,I/O-bound"
		yes "its page names the disk" sh -c "kvmstat show $kind | grep -q '0x1f[0-7].*IDE'"
		yes "its page has its threads' waiting" sh -c "kvmstat show $kind | grep -q 'of both, ready'"
		kvmstat show $kind | sed 's/^/# /'
	fi
	kill $pid
	within 20 gone $pid
done

echo "# rows: what the guests are; columns: what kvmstat calls them"
awk '{ n[$1, $2]++; is[$1]; is[$2] } END {
	printf "# %-14s", ""
	for (c in is) printf "%14s", c
	print ""
	for (r in is) {
		printf "# %-14s", r
		for (c in is) printf "%14d", n[r, c]
		print ""
	}
}' matrix
unload
