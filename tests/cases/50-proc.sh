# The file /proc/kvminfo: any read size, more lines than a page, pid namespaces, two readers.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

kvm_present
load timing=0 # times would change from one reading to the next
names=''
for i in 1 2 3 4 5 6 7; do
	vm_start many$i --vms=16 'cpuid:1000 out:3'
	names="$names many$i"
done
cat /proc/kvminfo >whole
is "lines" "$(wc -l <whole)" $((7 * 16 + 1))
yes "more than a page" [ "$(wc -c <whole)" -gt 4096 ]
is "numbered in order" "$(awk 'NR > 1 && $1 != NR - 1' whole | wc -l)" 0
for size in 1 7 100 4096 65536; do
	dd if=/proc/kvminfo of=part bs=$size 2>/dev/null
	yes "read by $size bytes" cmp whole part
done
for skip in 1 50 5000; do
	dd if=/proc/kvminfo of=part bs=1 skip=$skip 2>/dev/null
	tail -c +$((skip + 1)) whole >wanted
	yes "read from byte $skip on" cmp wanted part
done

# While most VMs go, a slow reader sees each remaining VM once, and none twice.
(while read -r line; do echo "$line"; usleep 20000; done </proc/kvminfo >slow) &
slow=$!
# shellcheck disable=SC2086
vm_end ${names#* many1}
wait $slow
is "slow reader: no VM twice" "$(awk 'NR > 1 { print $13 }' slow | sort | uniq -d | wc -l)" 0
is "slow reader: those that stayed" "$(awk -v p="$(cat many1.pid)" '$2 == p' slow | wc -l)" 16
vm_end many1

# A reader in a pid namespace sees only the VMs of that namespace, with its pids. A reader outside sees all.
vm_start outside 'out:11'
cat >inside.sh <<'S'
/bin/vmm 'out:13' <inside.in >inside.out &
pid=$!
while ! grep -qs '^done' inside.out; do usleep 100000; done
echo "$pid" >inside.pid
cat /proc/kvminfo >inside.info
while [ ! -e inside.stop ]; do usleep 100000; done
S
mkfifo inside.in
unshare -p -f --mount-proc sh inside.sh &
space=$!
exec 9>inside.in
yes "a VM in a pid namespace" within 60 [ -s inside.pid ]
yes "it is listed there" within 60 [ -s inside.info ]
is "inside: its VM only, by its pid there" "$(awk -v c="$(column $io)" 'NR > 1 { print $1, $2, $c }' inside.info)" "1 $(cat inside.pid) 14"
is "outside: both" "$(awk -v c="$(column $io)" 'NR > 1 { print $c }' /proc/kvminfo | xargs)" "12 14"
yes "outside: by its pid here" [ "$(awk -v c="$(column $io)" '$c == 14 { print $2 }' /proc/kvminfo)" != "$(cat inside.pid)" ]
yes "and that process exists" [ -d "/proc/$(awk -v c="$(column $io)" '$c == 14 { print $2 }' /proc/kvminfo)" ]
is "outside: the thread, too" "$(vcpu_threads "$(awk -v c="$(column $io)" '$c == 14 { print $13 }' /proc/kvminfo)")" "0 $(awk -v c="$(column $io)" '$c == 14 { print $2 }' /proc/kvminfo)"
exec 9>&-
touch inside.stop
wait $space
vm_end outside

# A file that stays open across unload neither blocks the unload nor causes harm.
vm_start held 'cpuid:1'
exec 8</proc/kvminfo
read -r _ <&8
unload
if read -r _ <&8; then not_ok "a file held open across unload goes on"; else ok "a file held open across unload ends"; fi
exec 8<&-
vm_end held
