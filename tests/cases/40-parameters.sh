# The parameters: bad values are refused with a message, permissions are as given, and VMs past
# max_vms share a line.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

# refused PARAMETER: the module refuses to load and says why.
refused() {
	klog >/dev/null
	if insmod /kvmstat.ko "$1" 2>/dev/null; then
		not_ok "$1 was taken"
		unload
	else
		yes "$1 is refused with a message" sh -c "dmesg | grep -q 'kvmstat: ${1%%=*}=${1#*=}: '"
	fi
}
for bad in mode=0666 mode=0600 mode=0555 mode=0444x mode=8 mode=zz mode= mode=-1 mode=04444 mode=0 mode=0000 \
	timing=maybe max_vms=0 max_vms=65537 group=4294967295; do
	refused $bad
done
insmod /kvmstat.ko group=wheel 2>/dev/null && { not_ok "group=wheel was taken"; unload; }

kvm_present
mkdir -p /etc
echo 'nobody:x:65534:65534::/tmp:/bin/sh' >/etc/passwd
as_nobody() { su -s /bin/sh nobody -c "$1"; }

load
is "default mode" "$(stat -c '%a %u %g' /proc/kvminfo)" "400 0 0"
yes "others cannot read it" sh -c "! su -s /bin/sh nobody -c 'cat /proc/kvminfo' 2>/dev/null"
is "debugfs files" "$(stat -c %a $K/info $K/retired $K/host/* | sort -u)" 400
yes "writing fails" sh -c '! echo 1 2>/dev/null >/proc/kvminfo'
unload
load mode=0440 group=65534
is "mode=0440 group=65534" "$(stat -c '%a %u %g' /proc/kvminfo)" "440 0 65534"
yes "the group can read it" as_nobody 'head -n 1 /proc/kvminfo | grep -q "^no pid"'
is "parameters are shown" "$(cat /sys/module/kvmstat/parameters/mode /sys/module/kvmstat/parameters/group | xargs)" "0440 65534"
unload
load mode=0444
yes "mode=0444: all can read it" as_nobody 'head -n 1 /proc/kvminfo | grep -q "^no pid"'
unload

load max_vms=2
ftrace_on
vm_start cap --vms=5 --vcpus=2 'out:50 cpuid:10'
pid=$(cat cap.pid)
is "past the cap: lines" "$(awk 'NR > 1 { print $2, $13 }' /proc/kvminfo | xargs)" "$pid 1 $pid 2 0 0"
is "past the cap: counted together" "$(awk -v c="$(column $io)" '$13 == "0" { print $c, $12 }' /proc/kvminfo)" "$((3 * 2 * 51)) 6"
is "past the cap: every event" "$(info exits)" "$(hits kvm_exit)"
is "past the cap: VMs" "$(info vms_past_cap)" 3
vm_end cap
all_gone() { [ "$(info vms) $(info vms_past_cap) $(info vcpus)" = "0 0 0" ]; }
yes "they end" within 60 all_gone
# There is room again, so the next two VMs have lines of their own.
vm_start again --id-base=160 --vms=2 'out:7'
is "below the cap again" "$(awk 'NR > 1 { print $2 }' /proc/kvminfo | sort -u | xargs)" "$(printf '%s\n' 0 "$(cat again.pid)" | sort | xargs)"
is "the line of those past the cap stays" "$(awk -v c="$(column $io)" '$13 == "0" { print $c, $12 }' /proc/kvminfo)" "$((3 * 2 * 51)) 0"
is "sums" "$(info exits)" "$(hits kvm_exit)"
vm_end again
unload
