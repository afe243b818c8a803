# kvmstat is loaded before KVM. kvmstat says that it waits for KVM, then it counts. KVM and its
# vendor module come and go under it. The kernel's log has one line.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

! kvm_built_in || { skip "KVM coming and going: it is built into the kernel here"; return; }
# The module is where make install puts it, so that modprobe finds it. No other module comes with it.
mkdir -p "/lib/modules/$(uname -r)/updates"
cp /kvmstat.ko "/lib/modules/$(uname -r)/updates/"
depmod
loaded=$(cut -d' ' -f1 /proc/modules | sort | xargs)
yes "modprobe kvmstat" modprobe kvmstat mode=0444
is "what it loaded" "$(cut -d' ' -f1 /proc/modules | sort | xargs)" "$(printf '%s\n' $loaded kvmstat | sort | xargs)"
is "with its parameter" "$(stat -c %a /proc/kvminfo)" 444
unload

klog >/dev/null
load
is "state without KVM" "$(info state)" "waiting for KVM"
is "lines without KVM" "$(wc -l </proc/kvminfo)" 1
is "header" "$(cut -d' ' -f1-7 /proc/kvminfo)" \
	"no pid io_num exception_num kvm_vm_switch_num kvm_qemu_switch_num exits"
is "kernel log: the load line" "$(dmesg | grep -c 'kvmstat: .*waiting for KVM')" 1
# klog-check.sh judges what others log meanwhile.
is "kernel log: nothing else of kvmstat" "$(dmesg | grep kvmstat | grep -vE 'waiting for KVM|taints kernel|verification failed')" ""

kvm_load
is "state with KVM" "$(info state)" counting
vm_start one 'out:5 cpuid:7'
vm_check one
vm_end one

kvm_unload
is "state after KVM left" "$(info state)" "waiting for KVM"
is "the ended VM is kept" "$(awk -v c="$(column $io)" 'NR == 2 { print $c }' $K/retired)" 6

kvm_load
vm_start two 'out:8 cpuid:9'
vm_check two
vm_end two

[ $machine != x86_64 ] || rmmod "kvm_$(kvm_vendor)"
is "state without the vendor's half" "$(info state)" counting
kvm_load
vm_start three 'out:3'
vm_check three
is "I/O of the third" "$(field "$(cat three.pid)" 1 $io)" 4
vm_end three
ended() { [ "$(info vms)" = 0 ]; }
yes "they end" within 60 ended
is "ended VMs" "$(info vms_retired)" 3
is "unattributed exits" "$(info exits_unattributed)" 0
is "unattributed returns" "$(info returns_unattributed)" 0
# Without kprobes the end of VMs would go unseen, so kvmstat stops counting and says why.
echo 0 >/sys/kernel/debug/kprobes/enabled
vm_run blind --id-base=16 'out:3' # a VM that comes is enough for it to notice
stopped() { grep -q 'not counting' $K/info; }
yes "kprobes disarmed under it: it stops" within 60 stopped
is "and says why" "$(info hook_kvm_arch_destroy_vm)" "failed, kprobes are disarmed on this host"
within 60 grep -qs '^done' blind.out
vm_end blind
echo 1 >/sys/kernel/debug/kprobes/enabled
counts() { [ "$(info state)" = counting ]; }
yes "armed again: it counts again" within 20 counts
vm_start four --id-base=32 'out:6'
vm_check four
is "no VM of before is there" "$(info vms)" 1
vm_end four
echo 0 >/sys/kernel/debug/kprobes/enabled
unload
load
is "loaded without kprobes: state" "$(info state)" "not counting, a required hook failed"
is "loaded without kprobes: why" "$(info hook_kvm_arch_destroy_vm)" "failed, kprobes are disarmed on this host"
echo 1 >/sys/kernel/debug/kprobes/enabled
klog >/dev/null
unload
load
is "kernel log: one line, with the hooks" "$(dmesg | grep -c kvmstat)" 1
yes "the line says what was found" sh -c "dmesg | grep -q 'counting; hooks: .*kvm_exit.*missing: '"
unload
