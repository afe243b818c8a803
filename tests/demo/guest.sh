#!/bin/sh
# The demo's part inside the lab machine. Three real guests run under KVM while kvmstat
# counts why they leave guest mode. At the end, the script prints the kvmstat command's output, and
# checks from the counts alone which guest is which. The status is 0 if all checks pass,
# and 2 if a guest does not start its work.
# shellcheck source=tests/lab/guestlib.sh
. /lib/guestlib.sh

heading() { printf '\n--- %s ---\n' "$*"; }

# show: print the first columns of /proc/kvminfo, aligned, with the guests' names.
show() {
	awk 'NR == FNR { name[$1] = $2; next }
		FNR == 1 { name["pid"] = "guest" }
		{ printf "  %-8s %5s %9s %13s %17s %19s %9s\n", name[$2], $2, $3, $4, $5, $6, $7 }' names /proc/kvminfo
}

# start NAME: start the guest of that name and kind, with its disk.
start() {
	case $1 in
	ide) guest ide ide -drive file=ide.img,format=raw,if=ide ;;
	virtio) guest virtio virtio -drive file=virtio.img,format=raw,if=virtio,throttling.iops-total=20 ;;
	compute) guest compute compute ;;
	esac 2>"$1.err" &
	echo "$! $1" >>names
}

# working: every guest has begun its work (its counts then are in NAME.began), those with disks have
# touched the disks 2000 and 100 times, and the other has made 500 exits. This may take long.
working() {
	cat /proc/kvminfo >final
	for name in ide virtio compute; do
		grep -qs working "/tmp/$name.log" || return 1
		[ -e $name.began ] || { cp "$(dir $name)/hot" $name.hot && cp final $name.began; }
	done
	[ "$(for_work ide io_num)" -ge 2000 ] && [ "$(for_work virtio mmio_num)" -ge 100 ] &&
		[ "$(for_work compute exits)" -ge 500 ]
}

# of NAME COLUMN [FILE]: print the guest's value at the end.
of() {
	awk -v name="$1" -v column="$2" '
		NR == FNR { if ($2 == name) pid = $1; next }
		FNR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		FNR > 1 && $at["pid"] == pid { print $at[column] }' names "${3:-final}"
}

# for_work NAME COLUMN: print the count since the guest began its work.
for_work() { echo $(($(of "$1" "$2") - $(of "$1" "$2" "$1.began"))); }

# share NAME COLUMN OF: print the first column's share of the second, in percent, for its work.
share() { echo $((100 * $(for_work "$1" "$2") / $(for_work "$1" "$3"))); }

# dir NAME: print the guest's directory in debugfs.
dir() { echo "/sys/kernel/debug/kvmstat/$(of "$1" id)"; }

# disk_ports NAME: print the share of the guest's port I/O that goes to the IDE disk (its command
# ports, and those of the bus master), in percent.
disk_ports() {
	awk '$1 == "port" { n += $4; if ($3 ~ /^0x(1f[0-7]|3f6|c0[0-9a-f][0-9a-f])$/) disk += $4 }
		END { printf "%d", n ? 100 * disk / n : 0 }' "$(dir "$1")/hot"
}

# kicks NAME: of the device memory that the guest touched for its work, print the share of the most
# written address, which is its disk's queue, in percent.
kicks() {
	awk '$1 != "mmio" { next }
		NR == FNR { was[$2, $3] = $4; next }
		{ now = $4 - was[$2, $3]; n += now; if ($2 == "write" && now > most) most = now }
		END { printf "%d", n ? 100 * most / n : 0 }' "$1.hot" "$(dir "$1")/hot"
}

# check WHAT A B: the share A must be greater than B.
check() {
	if [ "$2" -gt "$3" ]; then
		echo "  ok      $1 ($2 % > $3 %)"
	else
		echo "  WRONG   $1 ($2 % <= $3 %)"
		wrong=1
	fi
}

# says NAME: kvmstat has read the guest. The verdict depends on how much CPU time the guest gets, so
# the word is shown and not checked.
says() {
	if grep "^$1 (pid [0-9]*): " said >says; then
		echo "  so      kvmstat calls the $1 guest $(sed 's/^[^:]*: //; s/ (.*//' says)"
	else
		echo "  WRONG   kvmstat says nothing of the $1 guest"
		wrong=1
	fi
}

if ! { kvm_load && insmod /kvmstat.ko && mount_root; }; then exit 1; fi
dmesg | grep 'kvmstat:'

heading "three guests: one writes to an IDE disk, one waits for a slow virtio disk, one computes"
: >names
truncate -s 64M ide.img virtio.img
for name in ide virtio compute; do
	start $name
done
tries=0
until working; do
	[ $((tries += 1)) -le 100 ] || { cat ./*.err; echo "not all of the guests got to work"; exit 2; }
	sleep 3
	heading "/proc/kvminfo, $(cut -d. -f1 /proc/uptime) s after power-on"
	show
done

heading "cat /proc/kvminfo"
tee final </proc/kvminfo

heading "kvmstat 5 2"
kvmstat 5 2 | tee said

heading "kvmstat show ide"
kvmstat show ide

heading "what these must say"
wrong=0
check "what the IDE guest needs its VMM for is port I/O" "$(share ide io_num kvm_qemu_switch_num)" 90
check "the computing guest needs its VMM for next to nothing" 5 "$(share compute kvm_qemu_switch_num exits)"
check "KVM itself handles more of the virtio guest's exits than of the IDE guest's" \
	"$(share virtio kvm_vm_switch_num exits)" "$(share ide kvm_vm_switch_num exits)"
check "most of the IDE guest's port I/O is for its disk" "$(disk_ports ide)" 50
check "most of the device memory that the virtio guest touches is one address, its disk's queue" "$(kicks virtio)" 50
for name in ide virtio compute; do
	says "$name"
done

# What the guests said, and what they touched, tells why a check failed.
[ $wrong = 0 ] || for name in ide virtio compute; do
	heading "$name"
	cat "/tmp/$name.log"
	head -n 20 "$(dir $name)/hot"
done

# End the VMs here, so that this log shows trouble at their end.
while read -r pid _; do
	kill "$pid" 2>/dev/null
done <names
wait
rmmod kvmstat || wrong=1
exit $wrong
