# The verdicts on real guests whose work is known, from recordings of some seconds of one guest at
# a time. The matrix at the end compares the guests' work with their verdicts. This case needs the
# root disk, zram, and a machine in which PAUSE exits.
#   lab.kinds=A,B    run only these guests; "more" are those for which make check has no time; "all"
#   lab.runs=N       start and judge each of them so often
#   lab.loops=N      beside so many busy loops
# shellcheck shell=sh disable=SC2154,SC2086,SC2046 # from lib.sh; words

mount_root || { not_ok "no root disk"; exit; }
kvm_present
load
mkdir -p /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
echo "+cpu +memory" >/sys/fs/cgroup/cgroup.subtree_control

# called GUEST: print the verdict that it must get.
called() {
	case $1 in
	compute | huge) echo CPU-bound ;;
	ide | virtio | iothread | vhost | console) echo I/O-bound ;;
	memory | swapped) echo memory-bound ;;
	spin) echo spin-bound ;;
	cpuid | timer | nested) echo exit-bound ;;
	starved | quota) echo starved ;;
	paused) echo paused ;;
	light) echo "not bound" ;;
	idle) echo idle ;;
	esac
}

# advised GUEST: print what its advice must have.
advised() {
	case $1 in
	compute) echo "a faster CPU, not more" ;;
	huge) echo "more or faster CPUs" ;;
	ide) echo "use virtio-blk" ;;
	virtio) echo "the main loop of the VMM serves them; use an I/O thread" ;;
	iothread) echo "its I/O thread has room" ;;
	vhost) echo "its vhost thread" ;;
	console) echo "the serial console" ;;
	memory) echo "for the first time" ;;
	swapped) echo "its memory is swapped in" ;;
	spin) echo "paravirtual spin locks" ;;
	cpuid) echo "asks for CPUID again and again" ;;
	timer) echo "let the guest set fewer timers" ;;
	nested) echo "it is a hypervisor itself" ;;
	starved) echo "taskset -pc CPU" ;;
	quota) echo "echo max >/sys/fs/cgroup/guest/cpu.max" ;;
	paused) echo "QEMU's monitor: cont" ;;
	*) return 1 ;;
	esac
}

# start GUEST: start it with the options that its work needs. A guest's kind is its work.
start() {
	set -- $1
	kind=$1
	case $1 in
	compute) set -- $1 -smp 2 ;;
	ide) set -- $1 -drive "file=disk.img,format=raw,if=ide" ;;
	# The disk is slow, so the guest waits for it on any machine.
	virtio) set -- $1 -drive "file=disk.img,format=raw,if=virtio,throttling.iops-total=20" ;;
	iothread)
		kind=virtio
		set -- $1 -object iothread,id=io1 -device virtio-blk-pci,drive=d,iothread=io1 \
			-drive "file=disk.img,format=raw,if=none,id=d,throttling.iops-total=20"
		;;
	vhost)
		network
		real_guest receive $(net_device 2)
		peer=$pid kind=send
		set -- $1 $(net_device 1)
		;;
	memory) set -- $1 -m 1024 ;;
	huge) kind=walk && set -- $1 -m 256 ;;
	swapped) kind=walk && set -- $1 -m 256 ;;
	starved | quota | paused)
		kind=compute
		# awaited() reads *.out, which a pipe must not be.
		[ $1 != paused ] || { rm -rf mon; mkdir mon; mkfifo mon/m.in mon/m.out; }
		[ $1 != paused ] || set -- $1 -chardev pipe,id=mon,path=mon/m -mon mon
		;;
	esac
	shift
	# Without huge pages, fresh memory costs an exit for each page; huge pages are the advice.
	[ $guest = huge ] && thp=always || thp=never
	echo $thp >/sys/kernel/mm/transparent_hugepage/enabled
	[ ! -e disk.img ] || rm disk.img
	truncate -s 64M disk.img
	if [ $guest = swapped ]; then
		modprobe lzo-rle && modprobe zram && echo 512M >/sys/block/zram0/disksize
		mkswap /dev/zram0 >/dev/null && swapon /dev/zram0
		swapped_in=$(swap_ins)
		# Memory that it has already would not be charged to a group that it joins later.
		group memory.max 160M 0
	fi
	real_guest $kind "$@"
	echo 0 >/sys/fs/cgroup/cgroup.procs
}

# network: make two tap devices on a bridge that take large frames, for net_device N.
network() {
	modprobe bridge && modprobe vhost_net && modprobe tun
	ip link add lab type bridge
	for tap in 1 2; do
		tunctl -t tap$tap >/dev/null
		ip link set tap$tap mtu 65000 qlen 20 master lab up
	done
	ip link set lab mtu 65000 up
}
net_device() {
	echo "-netdev tap,id=n,ifname=tap$1,script=no,downscript=no,vhost=on"
	echo "-device virtio-net-pci,netdev=n,romfile=,mac=52:54:00:00:00:0$1"
}

# group SETTING VALUE PID: put a process (0 is this one) into a cgroup of its own with this setting.
group() {
	mkdir /sys/fs/cgroup/guest
	echo $2 >/sys/fs/cgroup/guest/$1
	echo $3 >/sys/fs/cgroup/guest/cgroup.procs
}

# afflict: disturb the guest from outside, once it works.
afflict() {
	case $guest in
	starved)
		for task in "/proc/$pid/task/"*; do
			taskset -p 1 ${task##*/} >/dev/null
			renice -n 19 -p ${task##*/} >/dev/null
		done
		taskset 1 sh -c 'while :; do :; done' &
		neighbour=$!
		renice -n -10 -p $neighbour >/dev/null
		;;
	quota) group cpu.max "10000 100000" $pid ;;
	paused) echo stop >mon/m.in ;;
	# After its first walk.
	huge) yes "its memory was touched" within 120 still huge_pages ;;
	# Its memory must have been touched once, and read from the swap.
	swapped) yes "memory was swapped in" within 300 reads_swap ;;
	esac
}
huge_pages() { cat /sys/kernel/debug/kvm/$pid-*/pages_2m; }
swap_ins() { awk '$1 == "pswpin" { print $2 }' /proc/vmstat; }
reads_swap() { [ $(($(swap_ins) - swapped_in)) -gt 2000 ]; }

heal() {
	case $guest in
	starved) kill $neighbour ;;
	quota) rmdir /sys/fs/cgroup/guest ;;
	swapped)
		swapoff /dev/zram0
		echo 1 >/sys/block/zram0/reset
		rmdir /sys/fs/cgroup/guest
		;;
	vhost)
		kill $peer
		within 20 gone $peer
		for link in tap1 tap2 lab; do ip link del $link; done
		;;
	esac
}

# judge: run the guest, and compare what it is called with what it is.
judge() {
	start $guest
	afflict
	# Let the activity of the boot fade.
	sleep 3
	rm -f $guest.jsonl
	kvmstat record $guest.jsonl 6 2
	is "$guest: the recording has two lines" "$(wc -l <$guest.jsonl)" 2
	verdict=$(kvmstat classify -f $guest.jsonl -g $kind --csv -c bound | sed '1d; s/"//g')
	kvmstat report -g $kind $guest.jsonl | sed 's/^/# /'
	is "$guest: called" "$verdict" "$(called $guest)"
	advice=$(kvmstat classify -f $guest.jsonl -g $kind --csv -c advice | sed '1d; s/"//g')
	case $guest:$advice in
	# The host that the tests run on can be short of CPUs.
	idle: | light: | idle:"it is ready "* | light:"it is ready "*) ok "$guest: needs nothing ($advice)" ;;
	*:*"$(advised $guest || echo nothing)"*) ok "$guest: advised ($(advised $guest))" ;;
	*) not_ok "$guest: no '$(advised $guest)' in its advice: $advice" ;;
	esac
	echo "$guest,$verdict" >>matrix
	save $guest.jsonl $guest.jsonl
	if [ $guest = ide ]; then
		is "now, by name" "$(kvmstat classify -g ide -w 3 --csv -c name,bound | sed 1d)" "ide,I/O-bound"
		yes "its page names the disk" sh -c "kvmstat show ide | grep -q '0x1f[0-7].*IDE'"
		yes "its page has its threads' waiting" sh -c "kvmstat show ide | grep -q 'ready, waiting'"
	fi
	if [ $guest = vhost ]; then
		packets() { cat /sys/class/net/tap1/statistics/rx_packets; }
		was=$(packets)
		sent=$(kvmstat export --format csv --table traffic | awk -F, -v p=$pid '$3 == p && $5 == "network" { print $8 }')
		now=$(packets)
		yes "its packets are those of its interface ($was, $sent, $now)" [ "$was" -le "${sent:-0}" -a "${sent:-0}" -le "$now" ]
	fi
	[ $guest != paused ] || echo cont >mon/m.in
	kill $pid
	within 20 gone $pid
	heal
}

usual="idle light compute ide virtio iothread console memory huge swapped spin"
more="cpuid timer starved quota paused nested vhost"
case $(lab_option kinds usual) in
usual) kinds=$usual ;;
more) kinds=$more ;;
all) kinds="$usual $more" ;;
*) kinds=$(lab_option kinds '' | tr , ' ') ;;
esac
: >matrix
loops=''
for _ in $(seq "$(lab_option loops 0)"); do
	sh -c 'while :; do :; done' &
	loops="$loops $!"
done
for _ in $(seq "$(lab_option runs 1)"); do
	for guest in $kinds; do
		judge
	done
done
[ -z "$loops" ] || kill $loops

echo "# what the guests are, and what kvmstat calls them"
awk -F, '{ n[$1 ", called " $2]++ } END { for (pair in n) printf "# %3d %s\n", n[pair], pair }' matrix | sort -k 3
umount /sys/fs/cgroup
unload
