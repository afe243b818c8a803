# Compare times, histograms, outcomes and hot spots with ftrace's events, replayed by replay.awk.
# If the machine's clock counts instructions (lab.exact is nanoseconds per instruction), each time
# may differ by the distance between the two probes of an event. On other machines, pauses of the
# emulator may fall between the probes.
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # from lib.sh; awk's own

exact=$(lab_option exact 0)
trace=/sys/kernel/tracing
events="kvm_exit kvm_entry kvm_fpu kvm_userspace_exit kvm_vcpu_wakeup kvm_pio kvm_msr kvm_hypercall kvm_inj_virq"

# tracing 0|1
tracing() {
	for event in $events; do
		echo $1 >$T/$event/enable
	done
}

# replayed NAME VMM-ARGUMENT...: run a VM under tracing. NAME.* are its files, and the figures that
# replay.awk computes from the trace.
replayed() {
	name=$1
	echo >$trace/trace
	tracing 1
	vm_start "$@"
	tracing 0
	id=$(field "$(cat $name.pid)" 1 id)
	for file in vm reasons userspace histograms hot vcpus; do
		cat $K/$id/$file >$name.$file
	done
	grep ': kvm_' $trace/trace >$name.trace
	is "$name: ftrace lost nothing" "$(awk '/^overrun|^dropped/ { n += $NF } END { print n }' $trace/per_cpu/cpu*/stats)" 0
	awk -v khz="$(info clock_khz)" -v apart=$((500 * exact)) -f /cases/replay.awk $name.trace >$name.replay
}

# from FILE KEY
from() { sed -n "s/^$2: //p" $1; }

# halted_as_kvm NAME: KVM's time is the same, measured some instructions later. If a vCPU loses its
# CPU between its last poll and the interrupt that this poll finds, KVM's event counts the wait as
# polling and KVM's counter does not.
halted_as_kvm() {
	read -r tid fd <<-EOF
		$(awk '$1 == "vm" { print $6, $8; exit }' $1.out)
	EOF
	cat "$K/$(field "$(cat $1.pid)" 1 id)/vm" >$1.vm
	kvm_polled=$(kvm_counter "$tid" "$fd" halt_poll_success_ns)
	near "$1: polled as KVM" "$(from $1.vm polled_ns)" "$kvm_polled" \
		$((kvm_polled / 10 + (exact ? 1000000 : 100000000)))
	if [ ! -e "/sys/kernel/debug/kvm/$tid-$fd/halt_wait_ns" ]; then
		skip "$1: blocked as KVM: before 5.15 KVM has no halt_wait_ns"
		return
	fi
	kvm_blocked=$(($(kvm_counter "$tid" "$fd" halt_wait_ns) + $(kvm_counter "$tid" "$fd" halt_poll_fail_ns)))
	# kvmstat's time also includes the first KVM_RUN, which returns before the guest is entered.
	near "$1: blocked as KVM" "$(from $1.vm blocked_ns)" "$kvm_blocked" \
		$((kvm_blocked / 10 + (exact ? 1000000 : 100000000)))
}

# check NAME: compare the VM's files with the replayed figures.
check() {
	is "$1: reasons and their outcomes" "$(awk 'NR > 1 { n = $2 " " $3; $1 = $2 = $3 = $4 = $5 = $6 = ""; sub(/^ */, ""); print $0, n }' $1.reasons | sort | xargs)" \
		"$(awk '$1 == "reason" { n = $2 " " $3; $1 = $2 = $3 = $4 = $5 = ""; sub(/^ */, ""); print $0, n }' $1.replay | sort | xargs)"
	is "$1: returns by KVM_EXIT_*" "$(awk '$1 == "exit" { print $2, $3 }' $1.userspace | sort | xargs)" \
		"$(awk '$1 == "user" && $3 ~ /^KVM/ { print $2, $3 }' $1.replay | sort | xargs)"
	is "$1: returns with an error" "$(awk '$1 == "errno" { n += $2 } END { print n + 0 }' $1.userspace)" \
		"$(awk '$1 == "user" && $3 !~ /^KVM/ { n += $2 } END { print n + 0 }' $1.replay)"
	is "$1: interrupts given to the guest" "$(from $1.vm injected)" "$(awk '$1 == "injected" { print $2 }' $1.replay)"
	# All handled exits except halts. The last exit of each vCPU is not handled yet.
	is "$1: histograms sum to the exits" "$(awk 'NR > 1 { for (i = 3; i <= NF; i++) n += $i } END { print n }' $1.histograms)" \
		$(($(from $1.vm exits) - $(from $1.vm halts) - $(from $1.vm vcpus)))
	[ $exact != 0 ] || return 0

	exits=$(from $1.vm exits)
	awk '$1 == "time" { print $2, $3, $4, $5 }' $1.replay >$1.times
	read -r guest kernel user halted <$1.times
	near "$1: guest time" "$(from $1.vm guest_ns)" "$guest" $((exits * 200 * exact))
	near "$1: kernel time" "$(from $1.vm kernel_ns)" "$kernel" $((exits * 200 * exact))
	near "$1: halted time" $(($(from $1.vm polled_ns) + $(from $1.vm blocked_ns))) "$halted" $((10000 * exact))
	awk 'NR == FNR { if ($1 == "reason") { n = $0; sub(/^([^ ]* ){5}/, "", n); k[n] = $4; u[n] = $5 } next }
		FNR > 1 { n = $0; sub(/^([^ ]* ){6}/, "", n); print $2, $4, k[n], $5, u[n], n }' $1.replay $1.reasons >$1.both
	# An interrupt between the probes of kvmstat and of ftrace takes thousands of instructions,
	# which go from the kernel's time to userspace's, or back. The sum stays.
	while read -r n kernel wanted user wanted_user what; do
		near "$1: kernel time for $what" "$kernel" "$wanted" $(((n * 200 + 10000) * exact))
		near "$1: time for $what" $((kernel + user)) $((wanted + wanted_user)) $(((n * 200 + 1000) * exact))
		near "$1: userspace time for $what" "$user" "$wanted_user" $(((n * 200 + 10000) * exact))
	done <$1.both
	# Compare the exits of each bucket. replay.awk counts exits near an edge on both sides.
	awk 'NR == FNR { if ($2 == "kernel" || $2 == "userspace") { k = $1 " " $2 " " $3; for (i = 4; i <= 19; i++) at[k, i] = $i } next }
		FNR > 1 { k = $1 " " $2; n = low = high = 0
			for (i = 3; i <= 18; i++) {
				n += $i; low += at[k " low", i + 1]; high += at[k " high", i + 1]
				slack = 2 + n / 100 # an interrupt may fall between two probes
				if (n < low - slack || n > high + slack) print k, "up to bucket", i - 2 ":", n, "not in", low, high
			} }' $1.replay $1.histograms >$1.wrong
	is "$1: histograms as replayed" "$(cat $1.wrong)" ""
}

[ $machine = x86_64 ] || { skip "x86's events, replayed"; return; }
kvm_present
load
echo 16384 >$trace/buffer_size_kb
if [ "$(info clock)" = tsc ]; then
	echo x86-tsc >$trace/trace_clock
else
	echo mono >$trace/trace_clock
fi
replayed mixed "out:300 in:200 cpuid:500 rdmsr:100 $(hypercall):50 hlt:20 mmiow:300 mmior:50 mmiox:10 ud2:60 spin:20"
check mixed
is "mixed: hot spots" "$(awk 'NR > 1 && $1 != "mmio" { print $1, $2, $3, $4, $5 }' mixed.hot | sort | xargs)" \
	"$(awk '$1 == "hot" { print $2, $3, $4, $5, $5 }' mixed.replay | sort | xargs)"
is "mixed: hot device addresses" "$(awk '$1 == "mmio" { print $2, $3, $4, $5 }' mixed.hot | xargs)" \
	"write 0x50100 300 300 read 0x50100 50 50 write 0x50ffe 10 10"
# Every port, MSR and hypercall has the time of its own exits.
if [ $exact != 0 ]; then
	awk 'NR == FNR { if ($1 == "hot") ns[$2 " " $3 " " $4] = $6; next }
		FNR > 1 && $1 != "mmio" { k = $1 " " $2 " " $3; print $4, $6, ns[k], k }' mixed.replay mixed.hot >mixed.both
	while read -r n ns wanted what; do
		near "mixed: time for $what" "$ns" "$wanted" $(((n * 200 + 1000) * exact))
	done <mixed.both
	# No other exit of these guests is for device memory, so all its faults' time is the addresses'.
	near "mixed: time for device memory" "$(awk '$1 == "mmio" { n += $6 } END { print n }' mixed.hot)" \
		"$(awk 'tolower($7) ~ /^npf$|^ept_misconfig$|^ept_violation$/ { n += $4 + $5 } END { print n }' mixed.reasons)" \
		$(($(awk 'tolower($7) ~ /^npf$|^ept_misconfig$|^ept_violation$/ { n += $4 + $5 } END { print n }' mixed.reasons) / 5))
fi
vm_end mixed

replayed halting --wake=2000 "hlt:50 out:50 cpuid:50"
check halting
yes "halting: time was blocked" [ "$(from halting.vm blocked_ns)" -gt 20000000 ]
is "halting: halts stayed in the kernel" "$(awk 'tolower($7) == "hlt" { print $2, $3 }' halting.reasons)" "50 0"
halted_as_kvm halting
vm_end halting
# If the waker has a CPU of its own, a halted vCPU polls for the wakeup that comes soon.
if [ "$(nproc)" -gt 1 ]; then
	poll=/sys/module/kvm/parameters/halt_poll_ns
	was=$(cat $poll)
	echo 1000000 >$poll
	# The emulator decides whether the wakeup is in time, so try until one VM polls.
	tries=0 polled=0
	while [ $tries -lt 10 ] && [ "$polled" = 0 ]; do
		tries=$((tries + 1))
		vm_start polling$tries --wake=50 "hlt:300"
		halted_as_kvm polling$tries
		polled=$(from polling$tries.vm polled_ns)
		vm_end polling$tries
	done
	yes "polling: it polled ($polled ns, VM $tries)" [ "$polled" -gt 0 ]
	echo "$was" >$poll
fi

replayed injected --inject --id-base=1 "out:50 cpuid:20 mmior:30"
check injected
# The count is higher if another exit interrupts a delivery, which KVM then repeats.
given=$(sed -n 's/^injected //p' injected.out)
yes "injected: interrupts as the VMM gave them ($given)" \
	[ "$given" -ge 50 -a "$(from injected.vm injected)" -ge "$given" -a "$(from injected.vm injected)" -le $((given + given / 10)) ]
vm_end injected

# There are more keys than a sketch holds. The busiest keys are present, even one that comes late,
# and all counts are within the reported bounds.
replayed many --id-base=2 "out:500 outn:640 out:500 mmiow:400 mmion:640 mmior:300"
check many
awk '$1 == "hot" { print $2, $3, $4, $5 }' many.replay >truth
printf 'mmio write 0x50100 400\nmmio read 0x50100 300\n' >>truth
i=0
while [ $i -lt 64 ]; do
	printf 'mmio write 0x%x 10\n' $((0x50000 + i)) >>truth
	i=$((i + 1))
done
awk 'NR == FNR { if ($1 == "port" || $1 == "mmio") { n[$1 " " $2 " " $3] = $4; sum[$1] += $4 } next }
	FNR > 1 { k = $1 " " $2 " " $3; seen[k] = 1
		if (n[k] < $4 || n[k] > $5) print k, n[k], "not in", $4, $5
		if ($5 - $4 > sum[$1] / 17) print k, "error", $5 - $4, "above", sum[$1] / 17 }
	END { for (k in n) { split(k, f, " "); if (n[k] > sum[f[1]] / 17 && !seen[k]) print k, "is missing" } }' truth many.hot >wrong
is "sketch: within its bounds" "$(cat wrong)" ""
yes "sketch: it had more keys than it holds" [ "$(grep -c '^port' truth)" -gt 16 ]
is "sketch: the busiest" "$(awk '$1 == "port" { print $2, $3; exit }' many.hot) $(awk '$1 == "mmio" { print $2, $3; exit }' many.hot)" \
	"write 0x1234 write 0x50100"
vm_end many

if grep -q tsc=unstable /proc/cmdline; then
	is "the clock" "$(info clock) $(info clock_khz)" "ktime (the kernel does not trust the TSC) 1000000"
else
	is "the clock" "$(info clock)" tsc
fi

# The times of a vCPU add up to the elapsed time. One vCPU is in the guest, one alternates, one is blocked.
vm_run spinning --id-base=16 'spin:100000000'
vm_run trotting --id-base=32 --rest=2000 'out:100000000'
vm_run dozing --wake=100000000 'hlt:10'
started() { [ "$(awk 'NR > 1' /proc/kvminfo | wc -l)" = 3 ]; }
yes "three VMs are there" within 60 started
for _ in 1 2; do
	uptime=$(cut -d' ' -f1 /proc/uptime | tr -d .)
	cat $K/*/vcpus | awk '$1 != "vcpu" && $10 != "ended" { print $1, $4 + $5 + $6 + $7 + $8 }' >sums
	after=$(cut -d' ' -f1 /proc/uptime | tr -d .)
	if [ -e sums.before ]; then
		awk 'NR == FNR { was[$1] = $2; next } { print $1, $2 - was[$1] }' sums.before sums >grown
		while read -r vcpu ns; do
			ms=$((ns / 1000000))
			if [ $ms -ge $(((uptime - after_before) * 10 - 20)) ] && [ $ms -le $(((after - uptime_before) * 10 + 20)) ]; then
				ok "vCPU $vcpu: its times add up to what went by ($ms ms)"
			else
				not_ok "vCPU $vcpu: its times grew by $ms ms, the clock by $(((uptime - after_before) * 10)) to $(((after - uptime_before) * 10))"
			fi
		done <grown
		is "vCPUs compared" "$(wc -l <grown)" 3
	fi
	mv sums sums.before
	uptime_before=$uptime after_before=$after
	sleep 2
done
cat "$K/$(field "$(cat spinning.pid)" 1 id)/vcpus" >spinning.vcpus
yes "the spinning one is in the guest, mostly ($(sed 1d spinning.vcpus))" awk 'NR == 2 { mostly = $4 > $5 + $6 + $7 + $8 } END { exit !mostly }' spinning.vcpus
cat "$K/$(field "$(cat dozing.pid)" 1 id)/vcpus" >dozing.vcpus
yes "the dozing one is blocked, mostly ($(sed 1d dozing.vcpus))" awk 'NR == 2 { mostly = $8 > $4 + $5 + $6 + $7 } END { exit !mostly }' dozing.vcpus
vm_kill spinning trotting dozing
ended() { [ "$(info vms)" = 0 ]; }
yes "they end" within 20 ended
unload
