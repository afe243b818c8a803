# A guest touches 96 MiB and frees them again, with no balloon, with a balloon that reports free pages to the
# host, and with one that the host inflates.
# machine: --mem 2048
# chart: mib_back faults_again
# shellcheck shell=sh disable=SC2086,SC2046,SC2034,SC2154,SC2100 # words, no sums
. /cases/experiments.sh

mib=96
pages=$((mib * 256))
begin
resident() { awk '$1 == "VmRSS:" { print $2 }' /proc/$pid/status; }
# The guest waits two seconds before it reports, and again before it reports more.
quiet() { still resident && still resident && still resident; }
settle() { yes "$how: its memory stays the same" within 120 quiet; }

# devices: print its accesses to devices, the balloon among them.
devices() { echo $(($(field $pid 1 io_num) + $(field $pid 1 mmio_num))); }

row how mib_touched mib_back accesses exits faults_again
for how in nothing reporting inflating; do
	case $how in
	nothing) set -- ;;
	reporting) set -- -device virtio-balloon-pci,free-page-reporting=on ;;
	inflating)
		mkfifo told/mon.in told/mon.out
		set -- -device virtio-balloon-pci -chardev pipe,id=mon,path=told/mon -mon mon
		;;
	esac
	start $how -m 256 "$@"
	ready $how
	pid=$(cat $how.pid)
	[ $how = nothing ] || told $how "modprobe virtio_pci && modprobe virtio_balloon"
	settle
	least=$(resident)
	told $how guestwork pages $mib
	told $how write 1 0 $pages
	full=$(resident)
	told $how end
	# The guest has freed it, and has not reported it yet. Timers are among the exits, but no device.
	accesses=$(devices) exits=$(field $pid 1 exits)
	[ $how != inflating ] || echo "balloon $((256 - mib))" >told/mon.in
	settle
	accesses=$(($(devices) - accesses)) exits=$(($(field $pid 1 exits) - exits))
	back=$(((full - $(resident)) / 1024))
	if [ $how = inflating ]; then
		echo "balloon 256" >told/mon.in
		settle
	fi
	told $how guestwork pages $mib
	again=$(cost $how write 1 0 $pages | cut -d' ' -f3)
	row $how $(((full - least) / 1024)) $back $accesses $exits $again
	echo "$how $(((full - least) / 1024)) $back $accesses $exits $again" >>all
	told $how end
	stop $how
done
# of HOW FIELD
of() { awk -v m=$1 -v f=$2 '$1 == m { print $f }' all; }
holds "nothing: the host gets nothing back" "$(of nothing 3) < $mib / 10"
holds "nothing: touched again, its pages are there" "$(of nothing 6) < $pages / 10"
for how in reporting inflating; do
	holds "$how: the host gets most of it back" "$(of $how 3) > $mib / 2"
	holds "$how: touched again, pages that were given back are faults" "$(of $how 6) > $(of $how 3) * 256 / 2"
done
holds "reporting takes an access to the balloon for some MiB" "0 < $(of reporting 4) && $(of reporting 4) < $mib"
holds "inflating takes more, one for each MiB" "$(of inflating 4) >= $mib"
finish
