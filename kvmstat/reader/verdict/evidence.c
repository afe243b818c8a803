// SPDX-License-Identifier: GPL-2.0
/*
 * Computes evidence from what a guest did in a window.
 */
#include "verdict/evidence.h"

#include <string.h>

/* A return to the VMM that lasts longer on average is no work for the guest. */
#define HELD_NS 10e6

/* A guest that waits for its memory has no more faults for each halt. */
#define MOST_FAULTS 4

/* Fewer exits of a reason say nothing about what an exit costs. */
#define CHEAP_EXITS 20

const struct part_info part_info[PART_NR] = {
#define X(name, group, what) [PART_##name] = { PARTS_##group, what },
	PARTS(X)
#undef X
};

/* What an exit reason means. The first ones are causes. */
enum kind {
	KIND_DEVICE = CAUSE_DEVICE,
	KIND_TIMER = CAUSE_TIMER,
	KIND_SPIN = CAUSE_SPIN,
	KIND_HYPERCALL = CAUSE_HYPERCALL,
	KIND_NESTED = CAUSE_NESTED,
	KIND_OTHER = CAUSE_OTHER,
	KIND_FAULT = CAUSE_NR, /* of memory, or of a device's */
	KIND_DIRTY,
	KIND_REGISTER, /* of a timer, an interrupt controller or the processor */
	KIND_HOST,
	KIND_HALT,
	KIND_HIDDEN, /* what it is for is not in the reason */
};

static enum kind kind_of(const char *reason)
{
	static const struct {
		const char *reason;
		enum kind kind;
	} kinds[] = {
		{ "io", KIND_DEVICE },
		{ "IO_INSTRUCTION", KIND_DEVICE },
		{ "EPT_MISCONFIG", KIND_DEVICE },
		{ "npf", KIND_FAULT },
		{ "EPT_VIOLATION", KIND_FAULT },
		{ "DABT_LOW", KIND_FAULT },
		{ "IABT_LOW", KIND_FAULT },
		{ "INST_GUEST_PAGE_FAULT", KIND_FAULT },
		{ "LOAD_GUEST_PAGE_FAULT", KIND_FAULT },
		{ "STORE_GUEST_PAGE_FAULT", KIND_FAULT },
		{ "PML_FULL", KIND_DIRTY },
		{ "pause", KIND_SPIN },
		{ "PAUSE_INSTRUCTION", KIND_SPIN },
		{ "WFE", KIND_SPIN },
		{ "WRS", KIND_SPIN },
		{ "hlt", KIND_HALT },
		{ "HLT", KIND_HALT },
		{ "WFI", KIND_HALT },
		{ "interrupt", KIND_HOST },
		{ "nmi", KIND_HOST },
		{ "smi", KIND_HOST },
		{ "EXTERNAL_INTERRUPT", KIND_HOST },
		{ "EXCEPTION_NMI", KIND_HOST },
		{ "IRQ", KIND_HOST },
		{ "IRQ_S_TIMER", KIND_HOST },
		{ "IRQ_S_SOFT", KIND_HOST },
		{ "IRQ_S_EXT", KIND_HOST },
		{ "msr", KIND_REGISTER },
		{ "MSR_READ", KIND_REGISTER },
		{ "MSR_WRITE", KIND_REGISTER },
		{ "SYS64", KIND_REGISTER },
		{ "CSR", KIND_REGISTER },
		{ "vintr", KIND_TIMER },
		{ "iret", KIND_TIMER },
		{ "rdtsc", KIND_TIMER },
		{ "write_cr8", KIND_TIMER },
		{ "avic_incomplete_ipi", KIND_TIMER },
		{ "avic_unaccelerated_access", KIND_TIMER },
		{ "INTERRUPT_WINDOW", KIND_TIMER },
		{ "PENDING_INTERRUPT", KIND_TIMER },
		{ "NMI_WINDOW", KIND_TIMER },
		{ "RDTSC", KIND_TIMER },
		{ "PREEMPTION_TIMER", KIND_TIMER },
		{ "APIC_ACCESS", KIND_TIMER },
		{ "APIC_WRITE", KIND_TIMER },
		{ "EOI_INDUCED", KIND_TIMER },
		{ "TPR_BELOW_THRESHOLD", KIND_TIMER },
		{ "vmmcall", KIND_HYPERCALL },
		{ "VMCALL", KIND_HYPERCALL },
		{ "HVC64", KIND_HYPERCALL },
		{ "HVC32", KIND_HYPERCALL },
		{ "SMC64", KIND_HYPERCALL },
		{ "SUPERVISOR_SYSCALL", KIND_HYPERCALL },
		{ "vmrun", KIND_NESTED },
		{ "vmload", KIND_NESTED },
		{ "vmsave", KIND_NESTED },
		{ "stgi", KIND_NESTED },
		{ "clgi", KIND_NESTED },
		{ "invlpga", KIND_NESTED },
		{ "VMLAUNCH", KIND_NESTED },
		{ "VMRESUME", KIND_NESTED },
		{ "VMREAD", KIND_NESTED },
		{ "VMWRITE", KIND_NESTED },
		{ "VMPTRLD", KIND_NESTED },
		{ "VMPTRST", KIND_NESTED },
		{ "VMCLEAR", KIND_NESTED },
		{ "VMON", KIND_NESTED },
		{ "VMOFF", KIND_NESTED },
		{ "INVEPT", KIND_NESTED },
		{ "INVVPID", KIND_NESTED },
		{ "vmgexit", KIND_HIDDEN },
		{ "TDCALL", KIND_HIDDEN },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(reason, kinds[i].reason))
			return kinds[i].kind;
	return KIND_OTHER;
}

bool evidence_is_fault(const char *reason)
{
	return kind_of(reason) == KIND_FAULT;
}

static double share(double part, double of)
{
	return of > 0 ? part / of : 0;
}

/* A sum that has room for all that counters can have. */
static double all_time(const uint64_t *v)
{
	return (double)v[COL_guest_ns] + v[COL_kernel_ns] + v[COL_user_ns] + v[COL_halted_ns];
}

static double at_most(double value, double most)
{
	return value < most ? value : most;
}

/* How often the VMM was returned to, for what. */
struct returns {
	double device, memory, other;
};

static void count_returns(struct returns *returns, const struct detail *detail)
{
	const struct outcome *o;

	detail_for_each(o, detail, TABLE_USERSPACE) {
		if (!strcmp(o->name, "KVM_EXIT_IO") || !strcmp(o->name, "KVM_EXIT_MMIO"))
			returns->device += o->returns;
		else if (!strcmp(o->name, "KVM_EXIT_DIRTY_RING_FULL") ||
			 !strcmp(o->name, "KVM_EXIT_MEMORY_FAULT"))
			returns->memory += o->returns;
		else if (!strcmp(o->kind, "exit"))
			returns->other += o->returns;
	}
}

/* The share of timers and interrupt controllers in what @kind is touched for. */
static double timer_share(const struct detail *detail, bool registers)
{
	double timers = 0, all = 0;
	const struct spot *s;

	detail_for_each(s, detail, TABLE_HOT) {
		enum device_class class;

		if (registers ? strcmp(s->kind, "msr") :
				strcmp(s->kind, "port") && strcmp(s->kind, "mmio"))
			continue;
		class = device_find(detail->isa, s->kind, s->address).class;
		all += s->count;
		if (class == DEVICE_TIMER || class == DEVICE_INTERRUPTS)
			timers += s->count;
	}
	return share(timers, all);
}

/* Times in nanoseconds, ready time included. */
struct times {
	double kernel[CAUSE_NR], vmm[CAUSE_NR];
	double host, held;
};

/*
 * Memory faults and device accesses can share a reason. Their time in the kernel is divided
 * by their numbers, which underrates devices, as their exits take longer. Their time in
 * userspace is all for devices, unless the VMM collects what the guest wrote. The kernel
 * handles interrupts, halts and PAUSE itself, so their time in userspace is a hold.
 */
static void add_reason(struct times *times, const struct reason *r, const struct evidence *e,
		       double device, double timer, double registers, const struct returns *returns)
{
	const double all = returns->device + returns->memory + returns->other;
	const double log = share(returns->memory, returns->device + returns->memory);
	const enum kind kind = kind_of(r->reason);
	double kernel = r->kernel_ns, vmm = r->user_ns;
	double hidden;

	if (r->to_user && vmm * (1 - e->starving) / r->to_user >= HELD_NS) {
		times->held += vmm;
		vmm = 0;
	}
	switch (kind) {
	case KIND_DEVICE:
		times->kernel[CAUSE_DEVICE] += (1 - timer) * kernel;
		times->vmm[CAUSE_DEVICE] += (1 - timer) * vmm;
		times->kernel[CAUSE_TIMER] += timer * kernel;
		times->vmm[CAUSE_TIMER] += timer * vmm;
		break;
	case KIND_FAULT:
		times->kernel[CAUSE_DEVICE] += (1 - timer) * device * kernel;
		times->kernel[CAUSE_TIMER] += timer * device * kernel;
		times->kernel[CAUSE_MEMORY] += (1 - device) * kernel;
		times->vmm[CAUSE_DEVICE] += (1 - timer) * (1 - log) * vmm;
		times->vmm[CAUSE_TIMER] += timer * (1 - log) * vmm;
		times->vmm[CAUSE_MEMORY] += log * vmm;
		break;
	case KIND_DIRTY:
		times->kernel[CAUSE_MEMORY] += kernel;
		times->vmm[CAUSE_MEMORY] += vmm;
		break;
	case KIND_REGISTER:
		times->kernel[CAUSE_TIMER] += registers * kernel;
		times->kernel[CAUSE_OTHER] += (1 - registers) * kernel;
		times->vmm[CAUSE_TIMER] += registers * vmm;
		times->vmm[CAUSE_OTHER] += (1 - registers) * vmm;
		break;
	case KIND_HIDDEN:
		hidden = share(returns->device, all);
		times->kernel[CAUSE_DEVICE] += hidden * kernel;
		times->vmm[CAUSE_DEVICE] += hidden * vmm;
		times->kernel[CAUSE_OTHER] += (1 - hidden) * kernel;
		times->vmm[CAUSE_OTHER] += (1 - hidden) * vmm;
		break;
	case KIND_HOST:
	case KIND_HALT:
	case KIND_SPIN:
		if (kind == KIND_SPIN)
			times->kernel[CAUSE_SPIN] += kernel;
		else if (kind == KIND_HOST)
			times->host += kernel;
		else
			times->kernel[CAUSE_OTHER] += kernel;
		if (returns->memory > 0)
			times->vmm[CAUSE_MEMORY] += vmm;
		else
			times->held += vmm;
		break;
	default:
		times->kernel[(enum cause)kind] += kernel;
		times->vmm[(enum cause)kind] += vmm;
		break;
	}
}

/* Makes times that exceed their sum, as those of exits in flight can, fit it. */
static void fit(double *time, double *more, double sum)
{
	double all = *more;

	for (enum cause c = 0; c < CAUSE_NR; c++)
		all += time[c];
	for (enum cause c = 0; c < CAUSE_NR && all > sum; c++)
		time[c] *= sum / all;
	if (all > sum)
		*more *= sum / all;
}

/* Without reasons, numbers divide the kernel's time, and a VMM does little but devices. */
static void guess_times(struct times *times, const uint64_t *v, double kernel, double user)
{
	const double returns = v[COL_kvm_qemu_switch_num] + v[COL_noexit_return_num];
	const double exits = v[COL_exits];

	double memory = v[COL_fault_num] - at_most(v[COL_fault_mmio_num], v[COL_fault_num]);

	times->host = kernel * at_most(share(v[COL_interrupt_num], exits), 1);
	times->kernel[CAUSE_MEMORY] = (kernel - times->host) * at_most(share(memory, exits), 1);
	if (!exits || user >= HELD_NS * returns)
		times->held = user;
	else
		times->vmm[CAUSE_DEVICE] = user;
}

/* Which cause takes most of the time of other exits, and which reason most of that. */
static void find_top(struct evidence *e, const struct detail *detail, double registers,
		     double timer, double own, const struct returns *returns)
{
	static const enum cause causes[] = { CAUSE_TIMER, CAUSE_HYPERCALL, CAUSE_NESTED };
	const double all = returns->device + returns->memory + returns->other;
	const struct reason *r;
	double most = 0;

	e->top_cause = CAUSE_OTHER;
	for (size_t i = 0; i < sizeof(causes) / sizeof(*causes); i++)
		if (e->cause[causes[i]] > e->cause[e->top_cause])
			e->top_cause = causes[i];
	detail_for_each(r, detail, TABLE_REASONS) {
		const enum kind kind = kind_of(r->reason);
		const bool timers = e->top_cause == CAUSE_TIMER;
		double time = r->kernel_ns + r->user_ns;

		if (kind == KIND_REGISTER && (timers || e->top_cause == CAUSE_OTHER))
			time *= timers ? registers : 1 - registers;
		else if (kind == KIND_DEVICE && timers)
			time *= timer;
		else if (kind == KIND_FAULT && timers)
			time = timer * r->user_ns;
		else if (kind == KIND_HIDDEN && e->top_cause == CAUSE_OTHER)
			time *= 1 - share(returns->device, all);
		else if (kind >= KIND_FAULT || (enum cause)kind != e->top_cause)
			continue;
		if (time > most) {
			most = time;
			strcpy(e->top_reason, r->reason);
		}
	}
	e->top_share = at_most(share(most * own, e->busy), 1);
}

/* What exits cost and mean one by one. */
static void add_exits(struct evidence *e, const struct detail *detail, const uint64_t *v)
{
	double fault_ns = 0, faults = 0, to_user = 0;
	const struct reason *r;

	detail_for_each(r, detail, TABLE_REASONS) {
		const double mean = share(r->kernel_ns, r->exits);

		switch (kind_of(r->reason)) {
		case KIND_SPIN:
			e->spin_exits += share(r->exits, e->exits);
			break;
		case KIND_DIRTY:
			e->dirty = e->dirty || r->exits;
			break;
		case KIND_HIDDEN:
			e->hidden += share(r->exits, e->exits);
			e->exit_rate += r->exits;
			break;
		case KIND_DEVICE:
			to_user += r->to_user;
			break;
		case KIND_FAULT:
			to_user += r->to_user;
			fault_ns += r->kernel_ns;
			faults += r->exits;
			break;
		case KIND_TIMER:
		case KIND_NESTED:
			e->exit_rate += r->exits;
			break;
		case KIND_REGISTER:
		case KIND_HYPERCALL:
		case KIND_OTHER:
			e->exit_rate += r->exits;
			if (r->exits >= CHEAP_EXITS && !r->to_user && mean > 0 &&
			    (!e->cheap_ns || mean < e->cheap_ns))
				e->cheap_ns = mean;
			break;
		default:
			break;
		}
		if (r->exits &&
		    strspn(r->reason, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(r->reason))
			e->intel = detail->isa == ISA_X86;
	}
	e->fault_ns = share(fault_ns, faults);
	e->device_user = at_most(share(to_user, v[COL_io_num] + v[COL_mmio_num]), 1);
}

/* What the fullest vCPU does can be hidden in the whole. */
static void add_vcpus(struct evidence *e, const struct window_guest *guest,
		      const struct detail *detail, const struct thresholds *t, double *least)
{
	const struct vcpu *vcpu;

	e->vcpus = guest->last.v[COL_vcpus];
	*least = e->halted;
	detail_for_each(vcpu, detail, TABLE_VCPUS) {
		const double halted = (double)vcpu->polled_ns + vcpu->blocked_ns;
		const double all = halted + vcpu->guest_ns + vcpu->kernel_ns + vcpu->user_ns;

		if (!(all > 0))
			continue;
		*least = at_most(*least, halted / all);
		e->full_vcpus += halted / all < t->room;
	}
	if (!detail->table[TABLE_VCPUS].nr && e->halted < t->room)
		e->full_vcpus = e->vcpus;
}

/*
 * Divides halted time. While a request is under way the guest halts once for it, and some
 * more times for its timers on a slow machine. A guest that hardly runs has few of these,
 * so there a request must come for every second halt. What was a wait before, @again, is
 * one with a little less.
 */
static void divide_halted(struct evidence *e, const struct thresholds *t, bool again)
{
	const double keep = again && t->keep < 1 ? t->keep : 1;
	const struct beside *b = &e->beside;
	bool device, memory;

	device = e->device_waits >= keep * (e->busy_share < keep * t->idle_busy ?
						    t->device_waits :
						    t->device_halts) &&
		 e->device_rate >= keep * t->device_rate;
	/* Then it waits for the other end of the network, which is no device of its own. */
	if (b->storage_known && b->network_known && b->storage_rate < t->device_rate &&
	    b->network_rate >= t->device_rate)
		device = false;
	/* Faults that come in crowds are over before the guest halts. */
	memory = e->memory_time >= t->notable && e->memory_waits >= keep * t->device_waits &&
		 e->memory_waits <= MOST_FAULTS;
	e->waited = device || memory ? e->halted : 0;
	e->part[PART_DEVICE_WAIT] = memory ? 0 : e->waited;
	e->part[PART_MEMORY_WAIT] = memory ? e->waited : 0;
	e->part[PART_IDLE] = e->halted - e->waited;
}

static void set_parts(struct evidence *e, const struct times *times, double kernel, double vmm,
		      double ready, double all)
{
	double *part = e->part, rest = kernel - times->host, left = vmm - times->held;

	for (enum cause c = 0; c < CAUSE_NR; c++) {
		part[PART_KERNEL + c] = share(times->kernel[c], all);
		part[PART_VMM + c] = share(times->vmm[c], all);
		rest -= times->kernel[c];
		left -= times->vmm[c];
		e->cause[c] = share(times->kernel[c] + times->vmm[c], e->busy);
	}
	/* What no reason accounts for. */
	part[PART_KERNEL_OTHER] += share(rest > 0 ? rest : 0, all);
	part[PART_VMM_OTHER] += share(left > 0 ? left : 0, all);
	part[PART_HOST] = share(times->host, all);
	part[PART_HELD] = e->held = share(times->held, all);
	part[PART_THROTTLED] = e->throttled = at_most(e->throttled, share(ready, all));
	part[PART_READY] = e->ready = share(ready, all) - e->throttled;
}

static void add_times(struct evidence *e, const struct window_guest *guest,
		      const struct detail *detail, const struct thresholds *t)
{
	const uint64_t *v = guest->sum.v;
	const double all = all_time(v), guest_ns = v[COL_guest_ns];
	const double timer = timer_share(detail, false), registers = timer_share(detail, true);
	const double device = at_most(share(v[COL_fault_mmio_num], v[COL_fault_num]), 1);
	double kernel = v[COL_kernel_ns], vmm = v[COL_user_ns], ready, own, rest;
	struct returns returns = { 0 };
	struct times times = { 0 };
	uint64_t waited = 0;
	const struct reason *r;

	if (e->beside.throttled_known)
		e->throttled = share(e->beside.throttled_ns, all);
	e->ready_known = about_ready(guest->was, guest->now, &waited);
	ready = at_most(waited, kernel + vmm);
	/* The scheduler counts a wait when it is over. */
	if (!v[COL_exits] && !v[COL_guest_ns])
		ready = kernel;
	e->starving = share(ready, guest_ns + kernel + vmm);
	count_returns(&returns, detail);
	e->dirty = returns.memory > 0;
	if (e->detailed) {
		detail_for_each(r, detail, TABLE_REASONS)
			add_reason(&times, r, e, device, timer, registers, &returns);
		fit(times.kernel, &times.host, kernel);
		fit(times.vmm, &times.held, vmm);
		rest = vmm - times.held;
		for (enum cause c = 0; c < CAUSE_NR; c++)
			rest -= times.vmm[c];
		/* It is in the VMM for long, for an exit whose handling is not over. */
		if (rest >= t->held * all)
			times.held += rest;
	} else {
		guess_times(&times, v, kernel, vmm);
	}

	/*
	 * A vCPU waits for a CPU after an interrupt of the host most of all. The rest of the
	 * wait is subtracted from all else in proportion. Held vCPUs sleep.
	 */
	ready = at_most(ready, kernel + vmm - times.held);
	rest = ready - at_most(times.host, ready);
	kernel -= times.host;
	times.host -= ready - rest;
	own = 1 - share(rest, kernel + vmm - times.held);
	for (enum cause c = 0; c < CAUSE_NR; c++) {
		times.kernel[c] *= own;
		times.vmm[c] *= own;
	}
	kernel *= own;
	vmm = (vmm - times.held) * own;
	e->busy = guest_ns + kernel + vmm;
	e->busy_share = share(e->busy, all);
	e->guest = share(guest_ns, e->busy);
	e->kernel = share(kernel, e->busy);
	e->user = share(vmm, e->busy);
	e->halted = share(v[COL_halted_ns], all);
	e->polled = share(v[COL_polled_ns], all);
	e->part[PART_GUEST] = share(guest_ns, all);
	set_parts(e, &times, kernel + times.host, vmm + times.held, ready, all);
	e->starving = share(ready, e->busy + ready);
	e->io_time = e->cause[CAUSE_DEVICE];
	e->memory_time = e->cause[CAUSE_MEMORY];
	e->exit_time = e->cause[CAUSE_TIMER] + e->cause[CAUSE_HYPERCALL] + e->cause[CAUSE_NESTED] +
		       e->cause[CAUSE_OTHER];
	find_top(e, detail, registers, timer, own, &returns);
}

void evidence_of(struct evidence *e, const struct window_guest *guest, const struct detail *detail,
		 uint32_t has, const struct thresholds *t, bool again)
{
	const uint64_t *v = guest->sum.v;
	const double all = all_time(v);
	const double touched = (double)v[COL_io_num] + v[COL_mmio_num];
	double devices, least, memory;
	const struct spot *s;

	memory = v[COL_fault_num] - at_most(v[COL_fault_mmio_num], v[COL_fault_num]);
	*e = (struct evidence){
		.timed = has & COL_BIT(COL_guest_ns) && all > 0,
		.detailed = detail->table[TABLE_REASONS].known,
		.exits = v[COL_exits] -
			 (v[COL_halt_num] < v[COL_exits] ? v[COL_halt_num] : v[COL_exits]),
		.seconds = all / 1e9,
		.beside = guest->beside,
	};
	detail_for_each(s, detail, TABLE_HOT)
		if (!strcmp(s->kind, "port") || !strcmp(s->kind, "mmio"))
			e->touched[device_find(detail->isa, s->kind, s->address).class] += s->count;
	devices = 1 - timer_share(detail, false);
	add_times(e, guest, detail, t);
	add_exits(e, detail, v);
	e->io_exits = share(v[COL_io_num], e->exits);
	e->mmio_exits = share(v[COL_mmio_num], e->exits);
	e->memory_exits = share(memory, e->exits);
	e->user_exits = share(v[COL_kvm_qemu_switch_num], e->exits);
	e->device_exits = share(touched * devices, e->exits);
	e->device_waits = share(touched * devices, v[COL_halt_num]);
	e->memory_waits = share(memory, v[COL_halt_num]);
	e->exit_rate = share((e->exit_rate + touched * (1 - devices)) * 1e9, e->busy);
	if (!e->detailed)
		e->fault_ns = share(e->memory_time * e->busy, memory);
	e->spin_rate = share(e->spin_exits * e->exits * 1e9, e->busy);
	add_vcpus(e, guest, detail, t, &least);
	e->device_rate = share(touched * devices, e->seconds / (e->vcpus ?: 1));
	divide_halted(e, t, again);
	e->room = least * share(e->part[PART_IDLE], e->halted);
	e->busy /= 1e9;
}
