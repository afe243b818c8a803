# replay.awk: compute kvmstat's figures again from ftrace's events of KVM, as an oracle. The clock
# counts ticks of khz kHz. Each vCPU has a thread of its own here. Prints, for all threads together,
#   time GUEST KERNEL USER HALTED          in ns, to each thread's last event
#   reason EXITS TO_USER KERNEL USER NAME  for exits whose handling is over
#   class through low|high BUCKET...       histograms of times that are shorter or longer by
#                                          the distance of two probes of one event, in ns
#   hot KIND DIRECTION ADDRESS COUNT NS    ns of the exits whose handling is over
#   user RETURNS NAME
#   injected COUNT

function ns(ticks) { return ticks * 1e6 / khz }

# The time since the thread's last event goes to the place where the thread was.
function charge(to,    t) {
	t = now - at[pid]
	at[pid] = now
	spent[pid, to] += t
	sum[to] += t
}

function class_of(name) {
	if (name ~ /^(io|IO_INSTRUCTION)$/) return "io"
	if (name ~ /^(npf|EPT_VIOLATION|EPT_MISCONFIG)$/) return "fault"
	if (name ~ /^(msr|MSR_READ|MSR_WRITE)$/) return "msr"
	if (name ~ /^(interrupt|EXTERNAL_INTERRUPT)$/) return "interrupt"
	if (name ~ /( excp|^EXCEPTION_NMI)$/) return "exception"
	if (name ~ /^(hlt|HLT)$/) return "halt"
	return "other"
}

function bucket(t,    b, limit) {
	for (limit = 512; b < 15 && t >= limit; limit *= 2)
		b++
	return b + 0
}

# The handling of an exit is over.
function handled(    name, t) {
	name = reason[pid]
	if (name == "")
		return
	kernel[name] += spent[pid, "kernel"]
	user[name] += spent[pid, "user"]
	t = spent[pid, "kernel"] + spent[pid, "user"]
	if (touched[pid] != "")
		hot_time[touched[pid]] += t
	name = class_of(name) " " (through[pid] ? "userspace" : "kernel")
	hist[name " low", bucket(ns(t) + apart)]++
	hist[name " high", bucket(ns(t) - apart)]++
	classes[name " low"]
	classes[name " high"]
}

# The exit in progress touched KEY.
function touch(key) {
	hot[key]++
	touched[pid] = key
}

function forget() {
	touched[pid] = ""
	spent[pid, "kernel"] = spent[pid, "user"] = through[pid] = 0
}

# "vmm-123   [000] d..1.   456: kvm_exit: ..."; the name must not contain a blank.
{
	if (!match($0, /: kvm_[a-z_]*: /))
		next
	event = substr($0, RSTART + 2, RLENGTH - 4)
	rest = substr($0, RSTART + RLENGTH)
	now = substr($0, 1, RSTART - 1)
	sub(/.* /, "", now)
	# For clocks in nanoseconds, ftrace prints seconds.
	now = now ~ /\./ ? now * 1e9 : now + 0
	pid = $1
	sub(/.*-/, "", pid)
	if (!(pid in where)) {
		where[pid] = ""
		at[pid] = now
	}
}

event == "kvm_exit" {
	charge(where[pid] == "guest" ? "guest" : "kernel")
	forget()
	where[pid] = "kernel"
	name = rest
	sub(/^vcpu [0-9]* reason /, "", name)
	sub(/ rip 0x.*/, "", name)
	reason[pid] = name
	open[pid] = 1
	exits[name]++
}
event == "kvm_entry" {
	charge("kernel")
	handled()
	forget()
	where[pid] = "guest"
}
event == "kvm_fpu" && rest ~ /^unload/ { charge("kernel"); where[pid] = "user" }
event == "kvm_fpu" && rest ~ /^load/ { charge("user"); where[pid] = "kernel" }
event == "kvm_userspace_exit" {
	if (open[pid]) {
		to_user[reason[pid]]++
		through[pid] = 1
		open[pid] = 0
	}
	sub(/ \(.*/, "", rest)
	sub(/^reason /, "", rest)
	returns[rest]++
}
event == "kvm_vcpu_wakeup" {
	match(rest, /time [0-9]*/)
	t = substr(rest, RSTART + 5, RLENGTH - 5) * khz / 1e6
	# The kernel's next charge must not include the halted time.
	at[pid] += t
	sum["halted"] += t
}
event == "kvm_pio" {
	split(rest, f, " ")
	touch("port " (f[1] == "pio_write" ? "write" : "read") " " f[3])
}
event == "kvm_msr" { split(rest, f, " "); touch("msr " (f[1] == "msr_read" ? "read" : "write") " 0x" f[2]) }
event == "kvm_hypercall" { split(rest, f, " "); touch("hypercall call " f[2]) }
event == "kvm_inj_virq" { injected++ }

END {
	printf "time %d %d %d %d\n", ns(sum["guest"]), ns(sum["kernel"]), ns(sum["user"]), ns(sum["halted"])
	for (name in exits)
		printf "reason %d %d %d %d %s\n", exits[name], to_user[name], ns(kernel[name]), ns(user[name]), name
	for (c in classes) {
		printf "%s", c
		for (b = 0; b < 16; b++)
			printf " %d", hist[c, b]
		print ""
	}
	for (h in hot)
		printf "hot %s %d %d\n", h, hot[h], ns(hot_time[h])
	for (name in returns)
		print "user", returns[name], name
	print "injected", injected + 0
}
