# The VMM runs under an AppArmor profile, as libvirt's guests do, and then the reader does, too. The profiles are
# those of tests/lab/apparmor.sh.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh; words

aa=/sys/kernel/security/apparmor
mount -t securityfs securityfs /sys/kernel/security
[ -e $aa ] || { skip "the kernel has no AppArmor"; return; }
cat /apparmor.profiles >$aa/.load

kvm_present
load
ftrace_on
vm_start one 'out:50 cpuid:20 mmiow:30 hlt:10'
vm_check one
ftrace_off
pid=$(cat one.pid)
is "the VMM is confined" "$(cat "/proc/$pid/attr/current")" "lab-vmm (enforce)"

confined() { sh -c 'echo "exec lab-reader" >/proc/self/attr/exec; exec "$@"' sh "$@"; }
is "a confined reader" "$(confined cat /proc/self/attr/current)" "lab-reader (enforce)"
kvmstat memory "$pid" >all
yes "a reader without a profile reads all of the process" sh -c 'grep -q "  resident" all && ! grep denied all'
for page in "list -c pid,exits" "threads $pid -w 0"; do
	kvmstat $page --csv >free
	confined kvmstat $page --csv >bound
	yes "the page has the guest: ${page%% *}" grep -q "$pid" free
	yes "a confined reader reads the same: ${page%% *}" cmp free bound
done
confined kvmstat memory "$pid" >bound
is "what it may not read is named" "$(sed -n 's/  *Permission denied$//p' bound | xargs)" "block I/O memory by node transparent huge pages"
confined kvmstat show "$pid" >page
yes "its page of the guest has the reasons" grep -q '^cpuid  *20 ' page

vm_end one
unload
printf lab-vmm >$aa/.remove
printf lab-reader >$aa/.remove
umount /sys/kernel/security
