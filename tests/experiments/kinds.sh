# Guests of known kinds for the same time each: shares of exits, the thesis' reading, and kvmstat's.
# machine: --mem 2048
# chart: in_kernel io
# shellcheck shell=sh disable=SC2086,SC2046,SC2034,SC2154 # words
. /cases/experiments.sh

begin
row guest exits in_kernel io thesis kvmstat
for name in idle light compute walk memory ide virtio iothread console timer; do
	kind=$name
	truncate -s 64M $name.img
	case $name in
	ide) set -- -drive file=$name.img,format=raw,if=ide ;;
	virtio) set -- -drive file=$name.img,format=raw,if=virtio,throttling.iops-total=20 ;;
	iothread)
		kind=virtio
		set -- -object iothread,id=io1 -device virtio-blk-pci,drive=d,iothread=io1 \
			-drive file=$name.img,format=raw,if=none,id=d,throttling.iops-total=20
		;;
	memory) set -- -m 1024 ;;
	*) set -- ;;
	esac
	[ $name != walk ] || echo always >/sys/kernel/mm/transparent_hugepage/enabled
	rm -f /tmp/$name.log
	guest $name $kind "$@" 2>$name.err &
	pid=$!
	yes "$name works" awaited begun $name || cat $name.err
	# The boot's activity fades.
	[ $name = memory ] || sleep 3
	rm -f $name.jsonl
	# Its lines have pid, total, shares, reading.
	kvmstat classify --thesis -g $name -w 6 >thesis &
	thesis=$!
	kvmstat record $name.jsonl 6 2
	wait $thesis
	kvmstat classify -f $name.jsonl --csv -c bound | sed '1d; s/"//g' >ours
	row $name $(awk 'NR == 2 { print $2, $3, $4 }' thesis) "$(awk 'NR == 2 { $1 = $2 = $3 = $4 = ""; sub(/^ +/, ""); print }' thesis)" "$(cat ours)"
	echo "$name:$(cat ours)" >>called
	awk -v n=$name 'NR == 2 { print n, $2, $3, $4 }' thesis >>all
	kill $pid
	within 20 gone $pid
	echo never >/sys/kernel/mm/transparent_hugepage/enabled
done
# of GUEST FIELD; called GUEST WORD
of() { awk -v m=$1 -v f=$2 '$1 == m { print $f }' all; }
called() { is "$1: called" "$(sed -n "s/^$1://p" called)" "$2"; }
holds "ide: the thesis' rule sees it" "$(of ide 4) > 0.5"
holds "console: the thesis' rule sees it" "$(of console 4) > 0.5"
holds "virtio: the thesis' rule does not see it" "$(of virtio 4) < 0.5"
holds "iothread: the thesis' rule does not see it" "$(of iothread 4) < 0.5"
holds "virtio keeps more exits in the kernel than IDE" "$(of virtio 3) > $(of ide 3)"
holds "the computing guest leaves the kernel alone with its exits" "$(of compute 3) > 0.9"
called idle idle
called light "not bound"
called compute CPU-bound
called walk CPU-bound
called memory memory-bound
for guest in ide virtio iothread console; do
	called $guest I/O-bound
done
called timer exit-bound
umount $cg
unload
