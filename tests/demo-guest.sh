#!/bin/sh
# The demo's part inside the lab machine: three real guests run under KVM while kvmstat
# counts why they leave guest mode. Ends with what the kvmstat command says of them, and
# checks from the counts alone which guest is which. Status 0 if all that is so,
# 2 if a guest hung in its boot.
# shellcheck source=tests/lab/guestlib.sh
. /lib/guestlib.sh

heading() { printf '\n--- %s ---\n' "$*"; }

# show: the first columns of /proc/kvminfo, aligned, with the guests' names.
show() {
	awk 'NR == FNR { name[$1] = $2; next }
		FNR == 1 { name["pid"] = "guest" }
		{ printf "  %-8s %5s %9s %13s %17s %19s %9s\n", name[$2], $2, $3, $4, $5, $6, $7 }' names /proc/kvminfo
}

# start NAME OPTION...: start the guest of that name and kind, show the counts until it
# is at work. Status 2 if it does not get there.
start() {
	guest "$1" "$@" 2>>qemu.err &
	echo "$! $1" >>names
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		sleep 3
		heading "/proc/kvminfo, $(cut -d. -f1 /proc/uptime) s after power-on"
		show
		! grep -qs working "/tmp/$1.log" || return 0
	done
	echo "the guest $1 does not get to work"
	cat qemu.err
	exit 2
}

# of NAME COLUMN: the guest's, at the end.
of() {
	awk -v name="$1" -v column="$2" '
		NR == FNR { if ($2 == name) pid = $1; next }
		FNR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		FNR > 1 && $at["pid"] == pid { print $at[column] }' names final
}

# share NAME COLUMN: what part of the guest's exits that is, in percent.
share() { echo $((100 * $(of "$1" "$2") / $(of "$1" exits))); }

# dir NAME: the guest's directory in debugfs.
dir() { echo "/sys/kernel/debug/kvmstat/$(of "$1" id)"; }

# disk_ports NAME: what part of the guest's port I/O goes to the IDE disk (its command
# ports, and the bus master's), in percent.
disk_ports() {
	awk '$1 == "port" { n += $4; if ($3 ~ /^0x(1f[0-7]|3f6|c0[0-9a-f][0-9a-f])$/) disk += $4 }
		END { printf "%d", n ? 100 * disk / n : 0 }' "$(dir "$1")/hot"
}

# kicks NAME: what part of the device memory that the guest touches is one address, written:
# its disk's queue, in percent.
kicks() {
	awk '$1 == "mmio" { n += $4; if ($2 == "write" && $4 > most) most = $4 }
		END { printf "%d", n ? 100 * most / n : 0 }' "$(dir "$1")/hot"
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

# verdict NAME WORDS: the command's.
verdict() {
	if grep -q "^$1 (pid [0-9]*): $2 (" said; then
		echo "  ok      kvmstat calls the $1 guest $2"
	else
		echo "  WRONG   kvmstat does not call the $1 guest $2"
		wrong=1
	fi
}

if ! { kvm_load && insmod /kvmstat.ko && mount_root; }; then exit 1; fi
dmesg | grep 'kvmstat:'

heading "three guests: one writes to an IDE disk, one to a virtio disk, one computes"
: >names
truncate -s 64M ide.img virtio.img
start ide -drive file=ide.img,format=raw,if=ide
start virtio -drive file=virtio.img,format=raw,if=virtio
start compute
for _ in 1 2 3; do
	sleep 3
	heading "/proc/kvminfo, all three at work"
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
check "the IDE guest leaves guest mode mostly for port I/O" "$(share ide io_num)" 50
check "the computing guest does not" 50 "$(share compute io_num)"
check "KVM itself handles more of the virtio guest's exits than of the IDE guest's" \
	"$(share virtio kvm_vm_switch_num)" "$(share ide kvm_vm_switch_num)"
check "most of the IDE guest's port I/O is for its disk" "$(disk_ports ide)" 50
check "most of the virtio guest's device memory is one address, its disk's queue" "$(kicks virtio)" 50
verdict ide I/O-bound
verdict virtio I/O-bound
verdict compute CPU-bound

# Trouble at the end of a VM should show in this log.
while read -r pid _; do
	kill "$pid" 2>/dev/null
done <names
wait
rmmod kvmstat || wrong=1
exit $wrong
