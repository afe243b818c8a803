// SPDX-License-Identifier: GPL-2.0
/*
 * Words advice. A command is shown after a colon.
 */
#include "verdict/advice.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "data/share.h"

/*
 * To swap a page in takes a hundred times as long as to touch a new one, so that one fault in a
 * hundred takes as long as all others.
 */
#define SWAP_INS 0.01

/* QEMU's options for memory on huge pages that is allocated before the guest starts. */
#define HUGE_MEMORY                                                                     \
	"-object memory-backend-memfd,id=m1,size=SIZE,hugetlb=on,prealloc=on -machine " \
	"memory-backend=m1"

/* Pages of 4 KiB in one of 2 MiB. */
#define SMALL_PAGES 512

#define MIB (1 << 20)

#define MSR_TSC_DEADLINE 0x6e0

void advice_add(char *text, const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	if (len && len < VERDICT_TEXT_SIZE - 3)
		len += snprintf(text + len, VERDICT_TEXT_SIZE - len, "; ");
	va_start(args, format);
	vsnprintf(text + len, VERDICT_TEXT_SIZE - len, format, args);
	va_end(args);
}

/* Copies a name that a shell takes as one plain word. */
static void copy_word(char *to, const char *from, const char *otherwise)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_.-@:/";

	if (!*from || *from == '-' || strspn(from, plain) != strlen(from))
		from = otherwise;
	snprintf(to, NAME_SIZE, "%s", from);
}

static bool ends(const char *text, size_t len, const char *with)
{
	const size_t end = strlen(with);

	return len > end && !memcmp(text + len - end, with, end);
}

/*
 * Copies the unit of the host's systemd on the path of a cgroup. Above it are only slices; below
 * it are cgroups of others, as of a user's own systemd or of a container's.
 */
static void copy_unit(char *to, const char *cgroup)
{
	char unit[NAME_SIZE] = "";
	bool is_slice = true;

	while (*cgroup && is_slice) {
		size_t len = strcspn(++cgroup, "/");

		is_slice = ends(cgroup, len, ".slice");
		if (is_slice || ends(cgroup, len, ".scope") || ends(cgroup, len, ".service"))
			snprintf(unit, sizeof(unit), "%.*s", (int)len, cgroup);
		cgroup += len;
	}
	copy_word(to, unit, "UNIT");
}

/* Whether the quota is the unit's own, so that systemd can take it away. */
static bool owns_quota(const struct advice *advice)
{
	const char *last = strrchr(advice->e->beside.quota_cgroup, '/');

	return strcmp(advice->unit, "UNIT") != 0 && (!last || !strcmp(last + 1, advice->unit));
}

void advice_begin(struct advice *advice, char *text, const struct window_guest *guest,
		  const struct detail *detail, const struct evidence *e, const struct thresholds *t)
{
	const char *cgroup = guest->now ? guest->now->cgroup : "";
	const char *quota = e->beside.quota_cgroup, *scope = strstr(cgroup, "/qemu.slice/");

	*advice = (struct advice){
		.text = text,
		.guest = guest,
		.detail = detail,
		.e = e,
		.t = t,
		.manager = thread_manager_in(cgroup),
		.vmm = guest->now ? guest->now->vmm : "",
	};
	copy_word(advice->name, guest->name, "GUEST");
	copy_unit(advice->unit, *quota ? quota : cgroup);
	if (!scope || sscanf(scope, "/qemu.slice/%15[0-9].scope", advice->vmid) != 1)
		strcpy(advice->vmid, "VMID");
}

static bool is_qemu(const struct advice *advice)
{
	return !strncmp(advice->vmm, "qemu", 4);
}

/* Adds how the definition of the guest is changed. */
static void add_setting(struct advice *advice, const char *libvirt, const char *qemu)
{
	if (advice->manager == MANAGER_LIBVIRT)
		advice_add(advice->text, "virsh edit %s: %s", advice->name, libvirt);
	else if (is_qemu(advice))
		advice_add(advice->text, "QEMU's options: %s", qemu);
}

static enum device_class most_touched(const struct evidence *e, double *part)
{
	enum device_class most = DEVICE_UNKNOWN;
	uint64_t all = 0;

	for (enum device_class c = 0; c < DEVICE_NR_CLASSES; c++) {
		if (c == DEVICE_TIMER || c == DEVICE_INTERRUPTS)
			continue;
		all += e->touched[c];
		if (most == DEVICE_UNKNOWN || e->touched[c] > e->touched[most])
			most = e->touched[c] ? c : most;
	}
	*part = share_of(e->touched[most], all);
	return most;
}

/* Returns whether threads that serve a guest are full; if so, or if they have room, says it. */
static void add_servers(struct advice *advice, const struct servers *servers, const char *who,
			const char *full, const char *room)
{
	if (!servers->known || !servers->nr)
		return;
	if (servers->busy < 0)
		advice_add(advice->text,
			   "its %s serves them; a window of time says whether it is full: -w 10",
			   who);
	else if (servers->busy >= advice->t->server)
		advice_add(advice->text,
			   "its %s is full (it wants a CPU for %.0f %% of the time); %s", who,
			   100 * servers->busy, full);
	else
		advice_add(advice->text,
			   "its %s has room (it wants a CPU for %.0f %% of the time), so %s", who,
			   100 * servers->busy, room);
}

/* Who serves the queues of virtio, and whether that one is the limit. */
static void advise_server(struct advice *advice)
{
	const struct beside *b = &advice->e->beside;
	const bool libvirt = advice->manager == MANAGER_LIBVIRT;
	char *text = advice->text;

	if (advice->e->device_exits > 0)
		advice_add(text, "its kicks go to an ioeventfd already");
	add_servers(advice, &b->vhost, "vhost thread", "use more queues",
		    "what is behind its network is slow");
	if (b->vhost.nr && b->vhost.busy >= advice->t->server)
		add_setting(advice, "<driver name='vhost' queues='N'/>",
			    "-netdev tap,id=n1,vhost=on,queues=N "
			    "-device virtio-net-pci,netdev=n1,mq=on");
	add_servers(advice, &b->iothread, "I/O thread", "use more of them",
		    "the storage behind it, or its limit, is slow");
	if (b->iothread.nr && b->iothread.busy >= advice->t->server && libvirt)
		advice_add(text, "virsh iothreadadd %s %u --live --config", advice->name,
			   b->iothread.nr + 1);
	if (b->iothread.known && !b->iothread.nr && !b->vhost.nr) {
		advice_add(text, "the main loop of the VMM serves them; use an I/O thread");
		if (libvirt)
			advice_add(text, "virsh iothreadadd %s 1 --live --config", advice->name);
		else if (advice->manager == MANAGER_PROXMOX)
			advice_add(text, "qm set %s --scsi0 VOLUME,iothread=1", advice->vmid);
		if (advice->manager != MANAGER_PROXMOX)
			add_setting(advice, "<driver name='qemu' iothread='1'/>",
				    "-drive file=IMAGE,if=none,id=d1 -object iothread,id=io1 "
				    "-device virtio-blk-pci,drive=d1,iothread=io1");
	}
	if (b->vhost.known && !b->vhost.nr && b->network_known &&
	    b->network_rate >= advice->t->device_rate) {
		advice_add(text, "the VMM moves its packets, %.0f a second; use vhost",
			   b->network_rate);
		add_setting(advice, "<driver name='vhost'/>",
			    "-netdev tap,id=n1,vhost=on -device virtio-net-pci,netdev=n1");
	}
	if (!b->iothread.known && !b->vhost.nr)
		advice_add(text,
			   b->vhost.known ?
				   "whether an I/O thread or the main loop of the VMM serves "
				   "them is not known here; an I/O thread helps if none has one" :
				   "whether vhost, an I/O thread or the main loop of the VMM "
				   "serves them is not known here; an I/O thread helps if none "
				   "has one");
	if (libvirt && (!b->storage_known || b->storage_bytes > 0))
		advice_add(text, "see its limits: virsh blkdeviotune %s vda", advice->name);
}

void advise_io(struct advice *advice)
{
	static const char *const help[DEVICE_NR_CLASSES] = {
		[DEVICE_DISK] = "an emulated disk controller; use virtio-blk or virtio-scsi",
		[DEVICE_CONSOLE] =
			"the serial console; let the guest print less, or to virtio-console",
		[DEVICE_VIDEO] = "an emulated display; use virtio-gpu, or no display",
		[DEVICE_PCI] = "PCI devices",
		[DEVICE_VIRTIO] = "virtio",
	};
	const struct evidence *e = advice->e;
	char *text = advice->text;
	double part;
	const enum device_class most = most_touched(e, &part);
	const bool kicks = !most || most == DEVICE_PCI || most == DEVICE_VIRTIO;

	if (help[most])
		advice_add(text, "%.0f %% of its device accesses go to %s", 100 * part, help[most]);
	if (kicks && e->detailed && e->device_user < 0.5 &&
	    (help[most] || e->mmio_exits > 0 || e->server >= advice->t->server)) {
		advise_server(advice);
		return;
	}
	if (most == DEVICE_PCI)
		advice_add(text,
			   "replace emulated ones by virtio or passthrough, and give virtio ones "
			   "an ioeventfd");
	else if (most == DEVICE_VIRTIO)
		add_setting(advice, "<driver ioeventfd='on'/>", "ioeventfd=on");
	else if (!help[most])
		advice_add(text,
			   "virtio with vhost, passthrough or SR-IOV instead of emulated devices");
	switch (most) {
	case DEVICE_DISK:
		if (advice->manager == MANAGER_PROXMOX)
			advice_add(text, "qm set %s --scsihw virtio-scsi-single", advice->vmid);
		else
			add_setting(advice, "<target dev='vda' bus='virtio'/>",
				    "-drive file=IMAGE,if=virtio");
		break;
	case DEVICE_CONSOLE:
		advice_add(text, "in the guest: dmesg -n 1");
		break;
	default:
		break;
	}
}

/* Faults that take long wait for storage; others are of memory that is touched first. */
static bool is_swapped(const struct evidence *e, const struct thresholds *t)
{
	const struct beside *b = &e->beside;
	/* On a slow machine all exits take long. */
	const bool slow = e->fault_ns >= 1000 * t->fault_slow && e->fault_ns >= 40 * e->cheap_ns;

	if (!b->swap_known)
		return slow;
	/* The kernel's workers swap in for a guest with asynchronous page faults, uncounted. */
	return (b->swap_ins && b->swap_ins >= SWAP_INS * e->memory_exits * e->exits) ||
	       (b->swapped_bytes && slow);
}

void advise_memory(struct advice *advice)
{
	const struct evidence *e = advice->e;
	const struct beside *b = &e->beside;
	/* More of its memory is in pages of 2 MiB than in those of 4 KiB. */
	const bool huge = b->hugetlb || (b->maps_known && b->maps_2m * SMALL_PAGES > b->maps_4k);
	char *text = advice->text;

	if (e->dirty) {
		advice_add(text,
			   "its writes to memory are logged, so it is being migrated, or its VMM "
			   "logs them for another use; that ends with the migration");
		if (advice->manager == MANAGER_LIBVIRT)
			advice_add(text, "virsh domjobinfo %s", advice->name);
		else if (is_qemu(advice))
			advice_add(text, "QEMU's monitor: info migrate");
		return;
	}
	if (is_swapped(e, advice->t) && (b->swap_known || !huge)) {
		advice_add(text, "its memory is swapped in (a fault takes %.0f us)",
			   e->fault_ns / 1e3);
		if (b->swap_known)
			advice_add(text,
				   "%" PRIu64 " of its faults waited for storage, and %" PRIu64
				   " MiB of it are swapped out",
				   b->swap_ins, b->swapped_bytes / MIB);
		advice_add(text, "the host needs more memory, or fewer or smaller guests");
		if (advice->manager == MANAGER_LIBVIRT)
			advice_add(text, "virsh setmem %s SIZE --live", advice->name);
		else if (advice->manager != MANAGER_KUBERNETES && strcmp(advice->unit, "UNIT") != 0)
			advice_add(text,
				   "until then, keep its memory in, by its unit and that one's "
				   "slices: systemctl set-property --runtime %s MemoryLow=SIZE",
				   advice->unit);
		return;
	}
	if (huge) {
		advice_add(text, "it has huge pages already; allocate its memory before it starts");
		add_setting(advice, "<memoryBacking><allocation mode='immediate'/></memoryBacking>",
			    HUGE_MEMORY);
		return;
	}
	if (e->fault_ns > 0)
		advice_add(text, "it touches memory for the first time (a fault takes %.1f us)",
			   e->fault_ns / 1e3);
	else
		advice_add(text, "it touches memory for the first time, or it is swapped in");
	advice_add(text,
		   "huge pages (hugetlbfs, or transparent ones) make faults fewer, and memory "
		   "that is allocated before the guest starts (prealloc) makes them cheaper, "
		   "so use both");
	add_setting(advice,
		    "<memoryBacking><hugepages/><allocation mode='immediate'/></memoryBacking>",
		    HUGE_MEMORY);
	if (advice->manager == MANAGER_NONE || advice->manager == MANAGER_SYSTEMD)
		advice_add(text, "the host's pages: sysctl vm.nr_hugepages=N");
}

/* Adds how the vCPU that waits longest is given CPUs of its own. */
static void add_pinning(struct advice *advice)
{
	const struct beside *b = &advice->e->beside;
	const struct rows *vcpus = &advice->detail->table[TABLE_VCPUS];
	const uint64_t tid = b->worst_ready > 0 ? b->worst_tid :
			     vcpus->nr		? ((const struct vcpu *)vcpus->row)->tid :
						  0;

	if (advice->pinning)
		return;
	advice->pinning = true;
	if (advice->manager == MANAGER_LIBVIRT)
		advice_add(advice->text, "virsh vcpupin %s %" PRIu64 " CPU --live", advice->name,
			   b->worst_vcpu);
	else if (advice->manager == MANAGER_PROXMOX)
		advice_add(advice->text, "qm set %s --affinity CPUS", advice->vmid);
	else if (tid)
		advice_add(advice->text, "taskset -pc CPU %" PRIu64, tid);
}

void advise_spin(struct advice *advice)
{
	advice_add(
		advice->text,
		"its vCPUs wait for each other in loops; give it fewer vCPUs than there are free "
		"CPUs, %sor use paravirtual spin locks in the guest",
		advice->e->beside.pinned ? "" : "pin them, ");
	if (!advice->e->beside.pinned)
		add_pinning(advice);
}

/* Whether any exit is for one of these reasons, which only hardware with that feature has. */
static bool has_reason(const struct detail *detail, const char *const *reasons)
{
	const struct reason *r;

	detail_for_each(r, detail, TABLE_REASONS)
		for (const char *const *name = reasons; *name; name++)
			if (r->exits && !strcmp(r->reason, *name))
				return true;
	return false;
}

/* The share of the TSC's deadline in the timers and interrupt controllers that MSRs are written for. */
static double deadline_share(const struct detail *detail)
{
	double deadline = 0, all = 0;
	const struct spot *s;

	detail_for_each(s, detail, TABLE_HOT) {
		const enum device_class class = device_find(detail->isa, s->kind, s->address).class;

		if (strcmp(s->kind, "msr") || (class != DEVICE_TIMER && class != DEVICE_INTERRUPTS))
			continue;
		all += s->count;
		deadline += s->address == MSR_TSC_DEADLINE ? s->count : 0;
	}
	return share_of(deadline, all);
}

static void advise_apic(struct advice *advice)
{
	static const char *const apicv[] = { "APIC_WRITE", "EOI_INDUCED", NULL };
	static const char *const avic[] = { "avic_incomplete_ipi", "avic_unaccelerated_access",
					    NULL };
	const bool intel = advice->e->intel;
	char *text = advice->text;

	if (deadline_share(advice->detail) > 1 - advice->t->notable) {
		advice_add(text,
			   "its writes to the TSC's deadline leave guest mode on any processor; "
			   "let the guest set fewer timers");
		advice_add(text, "in the guest: perf record -e timer:hrtimer_start -ag sleep 5");
	} else if (has_reason(advice->detail, intel ? apicv : avic)) {
		advice_add(text,
			   "the hardware handles its interrupt controller already (%s), so let the "
			   "guest send fewer IPIs and set fewer timers",
			   intel ? "APICv" : "AVIC");
		if (intel)
			advice_add(text, "IPI virtualization, if the processor has it: "
					 "/sys/module/kvm_intel/parameters/enable_ipiv");
	} else {
		advice_add(
			text,
			"its writes to timers and interrupt controllers leave guest mode; let the "
			"hardware handle them (%s), and let the guest set fewer timers",
			intel ? "APICv, IPI virtualization" : "AVIC");
		advice_add(text, intel ? "see /sys/module/kvm_intel/parameters/enable_apicv and "
					 "enable_ipiv" :
					 "with all guests stopped: modprobe -r kvm_amd && "
					 "modprobe kvm_amd avic=1");
	}
}

static void advise_timers(struct advice *advice)
{
	const struct evidence *e = advice->e;
	char *text = advice->text;

	if (advice->detail->isa == ISA_X86 &&
	    e->part[PART_VMM_TIMER] <= e->part[PART_KERNEL_TIMER]) {
		advise_apic(advice);
		return;
	}
	switch (advice->detail->isa) {
	case ISA_X86:
		advice_add(text, "its timer is emulated by the VMM; use a paravirtual clock "
				 "(kvm-clock, Hyper-V's), no HPET");
		add_setting(advice, "<timer name='hpet' present='no'/>", "-machine hpet=off");
		advice_add(text,
			   "in the guest: echo kvm-clock "
			   ">/sys/devices/system/clocksource/clocksource0/current_clocksource");
		break;
	case ISA_ARM64:
		advice_add(text, "its IPIs and its physical timer leave guest mode; let the guest "
				 "use the virtual timer, and send fewer IPIs");
		break;
	default:
		advice_add(text,
			   "its timers and interrupt controllers leave guest mode; hardware "
			   "with AIA handles them, so use it, or let the guest use them less");
		break;
	}
}

/* What calls the hypervisor most differs by architecture. */
static void advise_hypercalls(struct advice *advice)
{
	char *text = advice->text;

	advice_add(text, "its hypercalls (%s) take its time", advice->e->top_reason);
	switch (advice->detail->isa) {
	case ISA_X86:
		advice_add(text, "if it is Windows, give it all of Hyper-V's enlightenments");
		add_setting(advice, "<hyperv mode='passthrough'/>", "-cpu host,hv-passthrough");
		break;
	case ISA_RISCV64:
		advice_add(text,
			   "by these calls (SBI) a guest sets timers, sends IPIs and flushes the "
			   "TLB of other vCPUs; hardware with Sstc and AIA needs fewer of them");
		break;
	default:
		advice_add(text,
			   "find which ones, and what in the guest makes them: kvmstat show %s",
			   advice->name);
		break;
	}
}

void advise_exits(struct advice *advice)
{
	const struct evidence *e = advice->e;
	char *text = advice->text;

	if (!e->detailed) {
		advice_add(text, e->too_late ?
					 "it ended before its reasons were read; the next time, "
					 "record them: kvmstat record FILE" :
					 "see which exits with debugfs mounted: kvmstat doctor");
		return;
	}
	switch (e->top_cause) {
	case CAUSE_TIMER:
		advise_timers(advice);
		return;
	case CAUSE_HYPERCALL:
		advise_hypercalls(advice);
		return;
	case CAUSE_NESTED:
		advice_add(text, "it is a hypervisor itself (%s); do not nest, or use %s",
			   e->top_reason,
			   e->intel ? "enlightened VMCS where it can" :
				      "virtual VMLOAD, VMSAVE and GIF if the processor has them");
		if (e->intel)
			add_setting(advice, "<hyperv><evmcs state='on'/></hyperv>",
				    "-cpu host,hv-vapic,hv-evmcs");
		else
			advice_add(text, "see /sys/module/kvm_amd/parameters/vls and vgif");
		return;
	default:
		break;
	}
	if (!strcmp(e->top_reason, "cpuid") || !strcmp(e->top_reason, "CPUID"))
		advice_add(text,
			   "a program in it asks for CPUID again and again, which always leaves "
			   "guest mode; let it keep the answer");
	else
		advice_add(text,
			   "%s takes its time; find what in the guest causes it: kvmstat show %s",
			   e->top_reason, advice->name);
}

void advise_cpu(struct advice *advice)
{
	const struct evidence *e = advice->e;
	char *text = advice->text;

	if (e->guest >= advice->t->native)
		advice_add(text, "it runs at nearly native speed");
	if (e->vcpus > 1 && e->full_vcpus && e->full_vcpus < e->vcpus) {
		advice_add(text,
			   "%" PRIu64 " of its %" PRIu64 " vCPUs %s all of the time, so it needs "
			   "a faster CPU, not more of them",
			   e->full_vcpus, e->vcpus, e->full_vcpus == 1 ? "works" : "work");
		return;
	}
	advice_add(text, e->beside.pinned ? "only more or faster CPUs would help" :
					    "only more or faster CPUs, or pinning, would help");
	if (advice->manager == MANAGER_LIBVIRT)
		advice_add(text, "virsh setvcpus %s %" PRIu64 " --live", advice->name,
			   e->vcpus + 1);
}

void advise_paused(struct advice *advice)
{
	char *text = advice->text;

	if (advice->e->beside.stopped) {
		advice_add(text,
			   "its process is stopped by a signal or a debugger: kill -CONT %" PRIu64,
			   advice->guest->key.pid);
		return;
	}
	advice_add(text, "its VMM holds it; resume it, unless it is meant to be paused");
	if (advice->manager == MANAGER_LIBVIRT)
		advice_add(text, "virsh resume %s", advice->name);
	else if (advice->manager == MANAGER_PROXMOX)
		advice_add(text, "qm resume %s", advice->vmid);
	else if (is_qemu(advice))
		advice_add(text, "QEMU's monitor: cont");
}

void advise_ready(struct advice *advice)
{
	advice_add(advice->text,
		   "it is ready (waiting for a CPU of the host) for %.0f %% of its time",
		   100 * advice->e->ready);
	advice_add(
		advice->text,
		advice->e->beside.pinned ?
			"it is pinned to CPUs that others use, too, so choose other CPUs, or keep "
			"the others away" :
			"too many vCPUs share the CPUs, so move it, or pin it to CPUs of its own");
	add_pinning(advice);
}

void advise_vcpu(struct advice *advice)
{
	const struct beside *b = &advice->e->beside;

	advice_add(advice->text,
		   "its vCPU %" PRIu64
		   " is ready (waiting for a CPU of the host) for %.0f %% of the "
		   "time, so %s that one",
		   b->worst_vcpu, 100 * b->worst_ready,
		   b->pinned ? "choose another CPU for" : "pin");
	add_pinning(advice);
}

void advise_starved(struct advice *advice)
{
	char *text = advice->text;

	advise_ready(advice);
	if (advice->manager == MANAGER_LIBVIRT)
		advice_add(text, "virsh schedinfo %s --live cpu_shares=4096", advice->name);
	else if (advice->manager == MANAGER_PROXMOX)
		advice_add(text, "qm set %s --cpuunits 1000", advice->vmid);
	else if (advice->manager == MANAGER_SYSTEMD)
		advice_add(text, "systemctl set-property --runtime %s CPUWeight=1000",
			   advice->unit);
	else if (advice->manager == MANAGER_KUBERNETES)
		advice_add(text, "raise requests.cpu of its pod");
	if (!advice->e->beside.throttled_known)
		advice_add(text, "if its cgroup has a quota (cpu.max), that can be used up: see "
				 "nr_throttled in its cpu.stat");
}

/* Adds how a quota is taken away, by whoever has set it. */
static void add_no_quota(struct advice *advice)
{
	const struct beside *b = &advice->e->beside;
	const bool slice = strstr(advice->unit, ".slice");
	char *text = advice->text, path[NAME_SIZE];

	copy_word(path, b->quota_cgroup + (*b->quota_cgroup == '/'), "");
	if (advice->manager == MANAGER_KUBERNETES)
		advice_add(text, "raise limits.cpu of its pod");
	else if (advice->manager == MANAGER_LIBVIRT && !slice)
		advice_add(text, "virsh schedinfo %s --live %s=-1", advice->name,
			   !*b->quota_cgroup || strstr(b->quota_cgroup, "/vcpu") ? "vcpu_quota" :
										   "global_quota");
	else if (advice->manager == MANAGER_PROXMOX && !slice)
		advice_add(text, "qm set %s --cpulimit 0", advice->vmid);
	else if (owns_quota(advice))
		advice_add(text, "systemctl set-property --runtime %s CPUQuota=", advice->unit);
	else if (*path)
		advice_add(text,
			   b->quota_version == 1 ?
				   "echo -1 >/sys/fs/cgroup/cpu/%s/cpu.cfs_quota_us" :
				   "echo max >/sys/fs/cgroup/%s/cpu.max",
			   path);
}

void advise_quota(struct advice *advice)
{
	const struct evidence *e = advice->e;
	char *text = advice->text;

	advice_add(text, "the quota of its cgroup is used up for %.0f %% of its time; raise it",
		   100 * e->throttled);
	if (*e->beside.quota_cgroup)
		advice_add(text, "the cgroup is %s", e->beside.quota_cgroup);
	add_no_quota(advice);
}

void advise_polling(struct advice *advice)
{
	advice_add(advice->text,
		   "the host polls for it for %.0f %% of its time; lower halt_poll_ns, unless its "
		   "latency matters",
		   100 * advice->e->polled);
	advice_add(advice->text, "echo 0 >/sys/module/kvm/parameters/halt_poll_ns");
}
