# A host after the packages are installed: the module that DKMS built is loaded as at boot, with the
# admin's options, and counts. See packages.sh.
# shellcheck shell=sh

# Use kmod's programs, as a host does.
/sbin/depmod
kvm_present
# systemd-modules-load does not report a missing module.
yes "modules-load.d is read" /sbin/systemd-modules-load
yes "modules-load.d: it is loaded" grep -q '^kvmstat ' /proc/modules
is "it is the one that DKMS built" "$(cd /lib/modules/*/ && find . -name 'kvmstat.ko*')" ./updates/dkms/kvmstat.ko
is "its version" "$(cat /sys/module/kvmstat/version)" "$(lab_option version)"
is "modprobe.d: its options" "$(stat -c '%a %g' /proc/kvminfo)" "440 $(lab_option group)"
vm_start one "out:50 in:30 cpuid:70 hlt:20 mmiow:30"
vm_check one
kvmstat list >shown
yes "the command shows it" grep -qw "$(cat one.pid)" shown
vm_end one
unload
yes "modprobe kvmstat" /sbin/modprobe kvmstat
yes "modprobe -r kvmstat" /sbin/modprobe -r kvmstat
