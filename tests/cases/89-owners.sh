# kvmtune beside the owners of guests: systemd is process 1, and libvirtd runs (debian.sh). The oracles
# are virsh and systemctl, which know nothing of kvmtune, /proc of each thread, and cgroups' files.
# shellcheck shell=sh disable=SC2154,SC2086,SC2046 # from lib.sh; words

mount_root || { not_ok "no root disk"; exit; }
modprobe tun
modprobe vhost_net
kvm_present
load mode=0444
cg=/sys/fs/cgroup

weight_of() { cat "$cg/$1/cpu.weight"; }
weight_is() { [ "$(weight_of $1)" = $2 ]; }
no_weight() { [ ! -e "$cg/$1/cpu.weight" ]; }
controllers() { cat $cg/cgroup.subtree_control $cg/*.slice/cgroup.subtree_control; }
# tasks PID: print the threads of a VMM that stay, and the kernel's that work for it.
tasks() {
	grep -LE '^(worker|kvm-nx-.*)$' /proc/$1/task/*/comm | cut -d/ -f5
	grep -slE "^(vhost|kvm-pit/)-?$1\$" /proc/[0-9]*/comm | cut -d/ -f3
}

# A real domain. Its network device has vhost.
cat >one.xml <<-EOT
	<domain type='kvm'>
	  <name>one</name>
	  <memory unit='MiB'>128</memory>
	  <vcpu>2</vcpu>
	  <iothreads>1</iothreads>
	  <os>
	    <type arch='x86_64' machine='pc'>hvm</type>
	    <kernel>/root/guest/vmlinuz</kernel>
	    <initrd>/root/guest/initrd</initrd>
	    <cmdline>kind=compute $guest_cmdline</cmdline>
	  </os>
	  <features><acpi/><apic/></features>
	  <cpu mode='host-passthrough' check='none' migratable='off'/>
	  <clock offset='utc'><timer name='hpet' present='no'/></clock>
	  <on_reboot>destroy</on_reboot>
	  <devices>
	    <controller type='usb' model='none'/>
	    <serial type='file'><source path='/tmp/one.log'/></serial>
	    <interface type='ethernet'><model type='virtio'/></interface>
	    <memballoon model='none'/>
	  </devices>
	</domain>
EOT
yes "libvirtd begins" systemctl start libvirtd
yes "a domain begins" virsh -q create one.xml
yes "it works" awaited begun one
one=$(cat /run/libvirt/qemu/one.pid)
scope='machine.slice/machine-qemu\x2d1\x2done.scope'
pins() {
	virsh vcpupin one
	virsh emulatorpin one
	virsh iothreadinfo one
}
state() {
	pins
	virsh schedinfo one
	tasks $one | while read -r tid; do echo "$tid $(cat /proc/$tid/comm) $(cpus_of $tid) $(chrt -p $tid | sed 's/.*: //' | xargs)"; done
	find "$cg/$scope" -name cpu.weight -exec grep . {} + -o -name cpu.max -exec grep . {} + -o -name cpuset.cpus.effective -exec grep . {} +
}
as_before() {
	state >after
	yes "$1: all is as it was" cmp before after || diff before after
}
state >before
sed 's/^/# |/' before
is "it is libvirt's" "$(kvmstat threads one -w 0 | head -n 1 | sed 's/.*, //')" "managed by libvirt"

tuned "libvirt: shell" 0 '^virsh schedinfo one --live --set cpu_shares=200$' set --shell one weight=200
tuned "libvirt: weight" 0 '1 changes' set one weight=200
is "libvirt: weight: virsh has it" "$(virsh schedinfo one | awk '$1 == "cpu_shares" { print $3 }')" 200
is "libvirt: weight: systemd has it" "$(systemctl show -p CPUWeight --value "${scope#*/}")" 200
is "libvirt: weight: the kernel has it" "$(weight_of "$scope")" 200
yes "systemd reloads" systemctl daemon-reload
is "libvirt: weight: it is still so" "$(weight_of "$scope")" 200
tuned "libvirt: weight: undo" 0 'put back' undo
as_before "libvirt: weight"

tuned "libvirt: bind" 0 '4 changes' bind one 1
is "libvirt: bind: virsh has it" "$(pins | awk '/^ +[0-9*]/ { print $1, $2 }' | xargs)" "0 1 1 1 *: 1 1 1"
is "libvirt: bind: the kernel has it, of all but kvm-pit" "$(tasks $one | while read -r tid; do echo $(cut -d/ -f1 /proc/$tid/comm) $(cpus_of $tid); done |
	sed 's/vhost-[0-9]*/vhost/' | sort | uniq -c | xargs)" "1 CPU 0 1 1 CPU 1 1 1 IO iothread1 1 1 IO mon_iothread 1 1 kvm-pit 0-1 2 qemu-system-x86 1 1 vhost 1"
tuned "libvirt: bind: undo" 0 'put back' undo
as_before "libvirt: bind"
tuned "libvirt: one vCPU" 0 '1 changes' set one.vcpu1 cpus=1
is "libvirt: one vCPU: virsh has it" "$(pins | awk '/^ +[0-9*]/ { print $1, $2 }' | xargs)" "0 0-1 1 1 *: 0-1 1 0-1"
tuned "libvirt: all CPUs again" 0 '1 changes' set one.vcpu1 cpus=0-1
tuned "libvirt: all CPUs again: undo" 0 'put back' undo
virsh -q vcpupin one 1 0 --live
yes "libvirt: an admin: reconcile" kvmtune reconcile
tuned "libvirt: an admin: undo says it" 0 '^one: vCPU 1 \([0-9]+\): cpus is 0, not 1 as kvmtune made it, and is left alone$' undo
virsh -q vcpupin one 1 0-1 --live
as_before "libvirt: an admin"
tuned "libvirt: a trial" 0 '^The guest, in 8 rounds$' try one weight=300 --period 1s
as_before "libvirt: a trial"

tuned "libvirt: nice" 1 'is refused: libvirt owns it, and virsh cannot set this of a running guest; use weight=' set one.vcpu nice=-3
tuned "libvirt: vhost" 1 'is refused: libvirt owns it, and its vhost threads go where virsh emulatorpin puts them' set one.vhost cpus=1
as_before "libvirt: refused"

# Without libvirtd, nothing is half done; what was done before can be undone with it.
tuned "libvirt: bind again" 0 '4 changes' bind one 1
state >bound
mv /usr/bin/virsh /usr/bin/virsh.off
tuned "no virsh: refused" 1 '^kvmtune: one: weight: virsh: No such file or directory$' set one weight=200
tuned "no virsh: undo" 1 '^kvmtune: one: .*: cpus: virsh: No such file or directory$' undo --all
mv /usr/bin/virsh.off /usr/bin/virsh
state >after
yes "no virsh: nothing was changed" cmp bound after || diff bound after
yes "libvirtd begins anew" systemctl restart libvirtd
tuned "libvirtd began anew: undo" 0 'put back' undo --all
as_before "libvirtd began anew"

# Guests in units of systemd's, in a slice without the CPU controller.
# scope NAME OPTION...: start a guest in a scope. Its process is that of systemd-run.
scope() {
	name=$1
	shift
	rm -f "/tmp/$name.log"
	# shellcheck disable=SC2016 # its own
	systemd-run -q --scope "$@" sh -c '. /lib/guestlib.sh; guest "$0" compute' $name &
	echo $! >$name.pid
	yes "$name works" awaited begun $name
}
scope two --unit=two --slice=vm
vm=vm.slice/two.scope
controllers >were
yes "systemd: the scope has no weight" no_weight $vm
tuned "systemd: shell" 0 '^systemctl set-property --runtime -- two.scope CPUWeight=250$' set --shell two weight=250
tuned "systemd: weight" 0 '1 changes' set two weight=250
yes "systemd: weight: the kernel has it" within 20 weight_is $vm 250
is "systemd: weight: systemd has it" "$(systemctl show -p CPUWeight --value two.scope)" 250
is "systemd: weight: until the boot only" "$(find /etc/systemd /run/systemd -name '50-CPUWeight.conf' | grep two)" /run/systemd/transient/two.scope.d/50-CPUWeight.conf
yes "systemd reloads" systemctl daemon-reload
is "systemd: weight: it is still so" "$(weight_of $vm)" 250
tuned "systemd: weight: the log" 0 '^   two: weight none -> 250: holds$' log
tuned "systemd: weight: undo" 0 'put back' undo
is "systemd: weight: undo: systemd has none" "$(systemctl show -p CPUWeight --value two.scope)" "[not set]"
yes "systemd: weight: undo: the kernel has none" within 20 no_weight $vm
controllers >are
yes "systemd: weight: undo: the controllers are as they were" cmp were are || diff were are

systemctl set-property --runtime two.scope CPUWeight=70
tuned "systemd: weight after another" 0 '1 changes' set two weight=250
tuned "systemd: weight after another: undo" 0 'put back' undo
is "systemd: weight after another: undo: it is as it was" "$(weight_of $vm) $(systemctl show -p CPUWeight --value two.scope)" "70 70"
tuned "systemd: a policy" 0 'changes' set two policy=batch
is "systemd: a policy: the kernel has it" "$(chrt -p $(cat two.pid) | sed -n 's/.*policy: //p')" SCHED_BATCH
tuned "systemd: a policy: undo" 0 'put back' undo
is "systemd: a policy: undo: it is as it was" "$(chrt -p $(cat two.pid) | sed -n 's/.*policy: //p')" SCHED_OTHER
sleep 1000 &
echo $! >$cg/$vm/cgroup.procs
tuned "systemd: a scope with another process" 1 'weight is refused: its cgroup has other processes, too' set two weight=250
kill $!
kill -9 $(cat two.pid)

# Proxmox VE's and Kubernetes' slices.
scope 100 --unit=100 --slice=qemu
tuned "Proxmox VE: weight" 0 '1 changes' set name:100 weight=250
yes "Proxmox VE: weight: the kernel has it" within 20 weight_is qemu.slice/100.scope 250
tuned "Proxmox VE: weight: undo" 0 'put back' undo
yes "Proxmox VE: weight: undo: the kernel has none" within 20 no_weight qemu.slice/100.scope
kill -9 $(cat 100.pid)
scope pod --unit=cri-containerd-1 --slice=kubepods-burstable-pod1
sed 's/^/# |/' /proc/$(cat pod.pid)/cgroup
for setting in weight=200 nice=3 policy=batch cpus=1; do
	tuned "Kubernetes: $setting" 1 '^kvmtune: pod: Kubernetes owns it, and the kubelet undoes other changes' set pod $setting
done
kill -9 $(cat pod.pid)

# A process that calls itself as the domain does, and is not libvirt's.
scope one-too --unit=machine-qemu-9-one
tuned "not libvirt's" 1 "its cgroup is libvirt's, but libvirt has no domain of this name and process" set one-too weight=200
kill -9 $(cat one-too.pid)
tuned "nothing is left" 0 '^nothing is in force$' undo
as_before "all"
yes "the domain ends" virsh -q destroy one

# The service that records reads the processes of other users, with the few capabilities that it has.
chmod 666 /dev/kvm
mkfifo other.in
exec 7<>other.in
systemd-run -q --scope --uid=65534 /bin/vmm 'cpuid:5' <other.in >other.out 2>&1 &
echo $! >other.pid
yes "a VMM of another user" within 60 grep -qs '^done' other.out
is "whose it is" "$(stat -c %u /proc/$(cat other.pid))" 65534
cp /cases/kvmstat-record.service /run/systemd/system
echo INTERVAL=1 >/etc/default/kvmstat-record
systemctl daemon-reload
yes "the service that records begins" systemctl start kvmstat-record
recording=/var/log/kvmstat/recording
recorded() { [ -e $recording ] && [ "$(wc -l <$recording)" -ge 2 ]; }
yes "the service records" within 60 recorded || systemctl status kvmstat-record
systemctl stop kvmstat-record
kvmstat export -f $recording --format csv --table missing >unread
sed 's/^/# |/' unread
yes "the recording has the VMM" grep -q ",vmm,$(cat other.pid)," unread
is "what the service was not allowed to read" "$(grep -i permi unread)" ""
kill $(cat other.pid)
unload
