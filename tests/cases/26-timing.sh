# timing is switched while guests run. Readers never see a figure decrease. perf and ftrace run
# at the same time.
# shellcheck shell=sh disable=SC2154,SC2086 # from lib.sh

switch=/sys/module/kvmstat/parameters/timing

# watch_columns: until the file "stop" exists, read /proc/kvminfo and print figures that decrease.
# kvm_vm_switch_num may decrease, because an exit counts there until it leaves for userspace.
watch_columns() {
	while [ ! -e stop ]; do
		cat /proc/kvminfo
	done | awk '$1 == "no" { for (i = 1; i <= NF; i++) name[i] = $i; reads++; next }
		{ for (i = 3; i <= NF; i++) {
			if ($i < was[$13, i] && name[i] != "kvm_vm_switch_num") print "VM", $13, name[i], "from", was[$13, i], "to", $i
			was[$13, i] = $i } }
		END { print reads, "reads" }'
}

kvm_present
load
yes "a value that is none is refused" sh -c "! echo maybe 2>/dev/null >$switch"
is "and changes nothing" "$(cat $switch) $(info timing)" "Y on"
is "timing is on: kvm_entry" "$(info hook_kvm_entry)" attached

mkfifo perf.in
/bin/perfcount "$(cat $T/kvm_exit/id)" <perf.in >perf.out &
sh -c 'exec sleep 1000000' >perf.in &
holder=$!
yes "perf is attached" within 60 grep -qs attached perf.out
ftrace_on

watch_columns >went_back.1 &
watchers=$!
watch_columns >went_back.2 &
watchers="$watchers $!"
vm_run runner --vcpus=2 --rest=300 'out:3000 cpuid:1000 mmiow:1000'
vm_run hopper --id-base=32 --vms=2 --hop 'out:1000 cpuid:2000 mmior:500'
vm_run sleeper --id-base=64 --wake=5000 'hlt:100 cpuid:500'
turns=0
while [ $turns -lt 30 ] || ! grep -qs '^done' runner.out; do
	echo N >$switch
	echo Y >$switch
	turns=$((turns + 1))
done
for name in runner hopper sleeper; do
	yes "$name ran to its end ($turns switches)" within 120 grep -qs '^done' $name.out
done
touch stop
wait $watchers
for reader in 1 2; do
	is "reader $reader: figures that went back" "$(grep -v reads went_back.$reader)" ""
	yes "reader $reader read more than ten times" [ "$(sed -n 's/ reads//p' went_back.$reader)" -gt 10 ]
done
rm stop
vm_check runner
vm_check hopper
kill $holder
within 60 grep -qs count perf.out
is "perf, too, counted as many exits" "$(info exits)" "$(sed -n 's/^count //p' perf.out)"

echo N >$switch
is "timing is off" "$(info timing)" off
is "kvm_entry is let go" "$(info hook_kvm_entry)" "not attached, timing is off"
cat $K/*/vcpus >times.1
vm_start untimed --id-base=96 'out:20 cpuid:30'
vm_check untimed
is "what was timed stands still" "$(head -n "$(wc -l <times.1)" times.1 | cut -d' ' -f4-8 | xargs)" \
	"$(for id in $(cd $K && ls -d [0-9]*); do [ "$id" = "$(field "$(cat untimed.pid)" 1 id)" ] || cat $K/$id/vcpus; done | cut -d' ' -f4-8 | xargs)"
is "nothing is timed" "$(awk 'NR > 1 { print $4 + $5 + $6 + $7 + $8, $10 }' "$K/$(field "$(cat untimed.pid)" 1 id)/vcpus")" "0 untimed"
[ $machine != x86_64 ] || [ -e /proc/sys/abi/vsyscall32 ] || skip "KVM_RUN of 32-bit programs: this kernel has none"
# Without times, nothing but the return itself says whose it is.
vm_start odd --id-base=160 --vms=3 --vcpus=2 --one-thread --odd 'out:100 cpuid:50'
vm_check odd
is "unattributed" "$(info exits_unattributed) $(info returns_unattributed)" "0 0"
vm_end runner hopper sleeper untimed odd

# A VM dies in mid-exit, with timing on and off. The VM's files stay, and their figures add up.
for on in Y N; do
	echo $on >$switch
	vm_run victim --id-base=128 --vcpus=2 'out:100000000'
	running() { [ "$(field "$(cat victim.pid)" 1 $io)" -gt 100 ] 2>/dev/null; }
	within 20 running || not_ok "the victim does not run"
	id=$(field "$(cat victim.pid)" 1 id)
	vm_kill victim
	ended() { grep -qx 'state: ended' $K/$id/vm; }
	yes "the victim (timing $on) ended" within 20 ended
	exits=$(sed -n 's/^exits: //p' $K/$id/vm)
	is "its reasons stay" "$(awk 'NR > 1 { n += $2 } END { print n }' $K/$id/reasons)" "$exits"
	is "its vCPUs stay" "$(awk 'NR > 1 { n += $2 } END { print n }' $K/$id/vcpus)" "$exits"
	is "its CPUs stay" "$(awk 'NR > 1 { n += $2 } END { print n }' $K/$id/cpus)" "$exits"
	is "its device stays" "$(awk '$1 == "port" || $1 == "mmio" { n += $4 } END { print n }' $K/$id/hot)" \
		"$(sed -n "s/^${io%_num}: //p" $K/$id/vm)"
	is "its line in retired" "$(awk -v id="$id" '$13 == id { print $7 }' $K/retired)" "$exits"
	handled=$(awk 'NR > 1 { for (i = 3; i <= NF; i++) n += $i } END { print n + 0 }' $K/$id/histograms)
	if [ $on = Y ]; then
		yes "but for the last of its vCPUs, its exits are in the histograms ($handled of $exits)" \
			[ $((exits - handled)) -ge 0 -a $((exits - handled)) -le 2 ]
	else
		is "none is in the histograms" "$handled" 0
	fi
done
is "host: all reasons since load" "$(awk 'NR > 1 { n += $2 } END { print n }' $K/host/reasons)" "$(info exits)"
is "host: all returns since load" "$(awk '$1 == "exit" || $1 == "errno" { n += $2 } END { print n }' $K/host/userspace)" "$(info returns)"
is "every exit" "$(info exits)" "$(hits kvm_exit)"
unload
