# Brings a snapshot (a line of a recording) and Prometheus's answer into one form for the
# comparison: {"name and labels": value}.

# A label without a value counts as absent.
def series: to_entries | map(select(.value != "")) | sort_by(.key) | from_entries | tojson;

# The answer to an instant query. Prometheus adds job and instance. jq 1.7 prints a number as it was
# written, until it computes with it.
def known: map({ key: (.metric | del(.job, .instance) | series), value: (.value[1] | tonumber + 0) })
	| from_entries;

def by($name; $labels; $value): { key: ({ __name__: $name } + $labels | series), value: $value };
def seconds: . / 1e9;

def wanted: [
	by("kvmstat_up"; {}; 1),
	(.unattributed | values | by("kvmstat_unattributed_exits_total"; {}; .)),
	by("kvmstat_build_info"; { version: .kvmstat }; 1),
	by("kvmstat_guests"; {}; [.guests[] | select(.pid != 0 or .id != 0)] | length),
	(.guests[] | { guest: .name, id: .id | tostring } as $of |
		def guest($name; $labels; $value): by($name; $of + $labels; $value);
		guest("kvmstat_guest_info"; { pid: .pid | tostring, vmm, cgroup, uuid: (.uuid // "") }; 1),
		guest("kvmstat_vcpus"; {}; .vcpus),
		# Without debugfs there is only the sum, without names and times.
		((.detail.reasons // [{ reason: "all", exits, to_user: .kvm_qemu_switch_num }])[] |
			guest("kvmstat_exits_total"; { reason }; .exits),
			guest("kvmstat_userspace_exits_total"; { reason }; .to_user)),
		(.detail.reasons // [] | .[] |
			guest("kvmstat_exit_seconds_total"; { reason, where: "kernel" }; .kernel_ns | seconds),
			guest("kvmstat_exit_seconds_total"; { reason, where: "userspace" }; .user_ns | seconds)),
		(.detail.userspace // [] | .[] | select(.kind != "noexit") |
			guest("kvmstat_userspace_returns_total";
				{ exit: (if .kind == "errno" then "-" else "" end + .name) }; .returns)),
		guest("kvmstat_returns_without_exit_total"; {}; .noexit_return_num),
		guest("kvmstat_vcpu_seconds_total"; { state: "guest" }; .guest_ns | seconds),
		guest("kvmstat_vcpu_seconds_total"; { state: "kernel" }; .kernel_ns | seconds),
		guest("kvmstat_vcpu_seconds_total"; { state: "userspace" }; .user_ns | seconds),
		guest("kvmstat_vcpu_seconds_total"; { state: "blocked" }; .halted_ns - .polled_ns | seconds),
		guest("kvmstat_vcpu_seconds_total"; { state: "polling" }; .polled_ns | seconds),
		(.ready_ns | values | guest("kvmstat_ready_seconds_total"; {}; seconds)),
		# The module's histograms, as cumulative buckets.
		(.detail.histograms // [] | .[] | . as $h | { class, where: .through } as $which |
			(to_entries | map(select(.value | type == "number")) | map({ le: .key, value }) |
				sort_by(if .le == "inf" then infinite else .le | tonumber end)) as $buckets |
			([$buckets[].value] | add) as $all | select($all > 0) |
			(range($buckets | length) as $i |
				guest("kvmstat_exit_latency_seconds_bucket";
					$which + { le: (if $buckets[$i].le == "inf" then "+Inf" else $buckets[$i].le | tonumber / 1e9 | tostring end) };
					[$buckets[:$i + 1][].value] | add)),
			guest("kvmstat_exit_latency_seconds_count"; $which; $all)),
		guest("kvmstat_io_exits_total"; {}; .io_num),
		guest("kvmstat_mmio_exits_total"; {}; .mmio_num),
		guest("kvmstat_interrupt_exits_total"; {}; .interrupt_num),
		guest("kvmstat_halt_exits_total"; {}; .halt_num),
		guest("kvmstat_exception_exits_total"; {}; .exception_num),
		guest("kvmstat_nested_exits_total"; {}; .nested_num),
		guest("kvmstat_faults_total"; {}; .fault_num),
		guest("kvmstat_device_faults_total"; {}; .fault_mmio_num),
		guest("kvmstat_injected_interrupts_total"; {}; .injected_num))
	] | from_entries;
