# What kvmstat says about a VMM that ended before its VM, and about one whose name controls a terminal.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

kvm_present
load
vm_run orphan --leave 'out:5'
orphaned() { [ "$(awk 'NR == 2 { print $2 }' /proc/kvminfo)" = 0 ]; }
yes "the VMM has ended, its VM goes on: its pid is 0" within 60 orphaned
id=$(awk 'NR == 2 { print $13 }' /proc/kvminfo)
within 60 [ -e "$K/$id/vm" ]
is "and vm says so" "$(grep -E '^(state|pid|vmm):' $K/$id/vm | xargs)" "state: running pid: 0 vmm: ended"
is "its counters stay" "$(awk -v c="$(column $io)" 'NR == 2 { print $c }' /proc/kvminfo)" 6
kill "$(cat orphan.holder)"
ended() { [ "$(info vms)" = 0 ]; }
yes "it ends" within 20 ended

odd=$(printf 'a\033[2J b\233\134')
cp /bin/vmm "$odd"
mkfifo odd.in
"./$odd" 'out:5' <odd.in >odd.out &
exec 9>odd.in
yes "a VMM with an odd name" within 60 grep -qs '^done' odd.out
id=$(awk 'NR == 2 { print $13 }' /proc/kvminfo)
within 60 [ -e "$K/$id/vm" ]
is "its name in vm" "$(sed -n 's/^comm: //p' $K/$id/vm)" 'a\033[2J b\233\134'
is "the VMM runs" "$(sed -n 's/^vmm: //p' $K/$id/vm)" running
exec 9>&-
yes "it ends" within 20 ended
is "its name in retired, a word" "$(awk -v id=$id '$13 == id { print $NF }' $K/retired)" 'a\033[2J\040b\233\134'
unload
