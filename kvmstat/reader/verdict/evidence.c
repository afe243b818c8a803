// SPDX-License-Identifier: GPL-2.0
/*
 * Computes evidence from what a guest did in a window.
 */
#include "verdict/evidence.h"

#include <string.h>

#include "data/share.h"

/* A return to the VMM that lasts longer on average is no work for the guest. */
#define HELD_NS 10e6

/* A request of a disk that the guest waits for has no fewer bytes. */
#define LEAST_REQUEST 512

/* A guest that waits for its memory has no more faults for each halt. */
#define MOST_FAULTS 4

/* Fewer exits of a reason say nothing about what an exit costs. */
#define CHEAP_EXITS 20

const struct part_info part_info[PART_NR] = {
#define X(name, group, what) [PART_##name] = { PARTS_##group, what },
	PARTS(X)
#undef X
};

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
	return share_of(timers, all);
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
	const double log = share_of(returns->memory, returns->device + returns->memory);
	const enum kind kind = reason_kind(r->reason);
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
		hidden = share_of(returns->device, all);
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

	times->host = kernel * at_most(share_of(v[COL_interrupt_num], exits), 1);
	times->kernel[CAUSE_MEMORY] = (kernel - times->host) * at_most(share_of(memory, exits), 1);
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
		const enum kind kind = reason_kind(r->reason);
		const bool timers = e->top_cause == CAUSE_TIMER;
		double time = r->kernel_ns + r->user_ns;

		if (kind == KIND_REGISTER && (timers || e->top_cause == CAUSE_OTHER))
			time *= timers ? registers : 1 - registers;
		else if (kind == KIND_DEVICE && timers)
			time *= timer;
		else if (kind == KIND_FAULT && timers)
			time = timer * r->user_ns;
		else if (kind == KIND_HIDDEN && e->top_cause == CAUSE_OTHER)
			time *= 1 - share_of(returns->device, all);
		else if (kind >= KIND_FAULT || (enum cause)kind != e->top_cause)
			continue;
		if (time > most) {
			most = time;
			strcpy(e->top_reason, r->reason);
		}
	}
	e->top_share = at_most(share_of(most * own, e->busy), 1);
}

/* What exits cost and mean one by one. */
static void add_exits(struct evidence *e, const struct detail *detail, const uint64_t *v)
{
	double fault_ns = 0, faults = 0, to_user = 0;
	const struct reason *r;

	detail_for_each(r, detail, TABLE_REASONS) {
		const double mean = share_of(r->kernel_ns, r->exits);

		switch (reason_kind(r->reason)) {
		case KIND_SPIN:
			e->spin_exits += share_of(r->exits, e->exits);
			break;
		case KIND_DIRTY:
			e->dirty = e->dirty || r->exits;
			break;
		case KIND_HIDDEN:
			e->hidden += share_of(r->exits, e->exits);
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
	/* The table of reasons is read a moment after the counters. */
	e->spin_exits = at_most(e->spin_exits, 1);
	e->hidden = at_most(e->hidden, 1);
	e->fault_ns = share_of(fault_ns, faults);
	e->device_user = at_most(share_of(to_user, v[COL_io_num] + v[COL_mmio_num]), 1);
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
 * so there a request must come for two of five halts. What was a wait before, @again, is
 * one with a little less.
 */
static void divide_halted(struct evidence *e, const struct thresholds *t, bool again)
{
	const double keep = thresholds_keep(t, again);
	const struct beside *b = &e->beside;
	bool device, memory;

	device = e->device_waits >= keep * (e->busy_share < keep * t->idle_busy ?
						    t->device_waits :
						    t->device_halts) &&
		 e->device_rate >= keep * t->device_rate;
	/*
	 * Then it waits for the other end of the network, which is no device of its own. What
	 * only sends, and much, waits for nobody's answer.
	 */
	e->answered = device && b->storage_known && b->network_known &&
		      b->storage_bytes < t->device_rate * LEAST_REQUEST &&
		      b->network_rate >= t->device_rate &&
		      (b->network_in >= t->device_rate || b->vhost.busy < t->halted);
	device = device && !e->answered;
	/* What it asks for waits for the thread that serves it, however it asks. */
	if (e->server > 0 && e->server >= keep * t->server)
		device = true;
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
		part[PART_KERNEL + c] = share_of(times->kernel[c], all);
		part[PART_VMM + c] = share_of(times->vmm[c], all);
		rest -= times->kernel[c];
		left -= times->vmm[c];
		e->cause[c] = share_of(times->kernel[c] + times->vmm[c], e->busy);
	}
	/* What no reason accounts for. */
	part[PART_KERNEL_OTHER] += share_of(rest > 0 ? rest : 0, all);
	part[PART_VMM_OTHER] += share_of(left > 0 ? left : 0, all);
	part[PART_HOST] = share_of(times->host, all);
	part[PART_HELD] = e->held = share_of(times->held, all);
	part[PART_THROTTLED] = e->throttled = at_most(e->throttled, share_of(ready, all));
	part[PART_READY] = e->ready = share_of(ready, all) - e->throttled;
}

static void add_times(struct evidence *e, const struct window_guest *guest,
		      const struct detail *detail, const struct thresholds *t)
{
	const uint64_t *v = guest->sum.v;
	const double all = all_time(v), guest_ns = v[COL_guest_ns];
	const double timer = timer_share(detail, false), registers = timer_share(detail, true);
	const double device = at_most(share_of(v[COL_fault_mmio_num], v[COL_fault_num]), 1);
	double kernel = v[COL_kernel_ns], vmm = v[COL_user_ns], ready, own, rest;
	struct returns returns = { 0 };
	struct times times = { 0 };
	uint64_t waited = 0;
	const struct reason *r;

	e->ready_known = about_ready(guest->was, guest->now, &waited);
	e->ready_older = !guest->was && guest->now && guest->now->ready_older;
	ready = at_most(waited, kernel + vmm);
	/* A process that is older than its guest's counters has waited for longer. */
	if (e->beside.throttled_known)
		e->throttled = share_of(
			e->beside.throttled_ns * (waited > ready ? ready / waited : 1), all);
	/* The scheduler counts a wait when it is over. */
	if (!v[COL_exits] && !v[COL_guest_ns])
		ready = kernel;
	e->starving = share_of(ready, guest_ns + kernel + vmm);
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
	own = 1 - share_of(rest, kernel + vmm - times.held);
	for (enum cause c = 0; c < CAUSE_NR; c++) {
		times.kernel[c] *= own;
		times.vmm[c] *= own;
	}
	kernel *= own;
	vmm = (vmm - times.held) * own;
	e->busy = guest_ns + kernel + vmm;
	e->busy_share = share_of(e->busy, all);
	e->guest = share_of(guest_ns, e->busy);
	e->kernel = share_of(kernel, e->busy);
	e->user = share_of(vmm, e->busy);
	e->halted = share_of(v[COL_halted_ns], all);
	e->polled = share_of(v[COL_polled_ns], all);
	e->part[PART_GUEST] = share_of(guest_ns, all);
	set_parts(e, &times, kernel + times.host, vmm + times.held, ready, all);
	e->starving = share_of(ready, e->busy + ready);
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
		.too_late = guest->ended && !guest->key.boot,
		.exits = v[COL_exits] -
			 (v[COL_halt_num] < v[COL_exits] ? v[COL_halt_num] : v[COL_exits]),
		.seconds = all / 1e9,
	};
	beside_of(&e->beside, guest->was, guest->now, detail);
	if (e->beside.vhost.nr)
		e->server = e->beside.vhost.busy;
	if (e->beside.iothread.nr && e->beside.iothread.busy > e->server)
		e->server = e->beside.iothread.busy;
	detail_for_each(s, detail, TABLE_HOT)
		if (!strcmp(s->kind, "port") || !strcmp(s->kind, "mmio"))
			e->touched[device_find(detail->isa, s->kind, s->address).class] += s->count;
	devices = 1 - timer_share(detail, false);
	add_times(e, guest, detail, t);
	add_exits(e, detail, v);
	e->io_exits = share_of(v[COL_io_num], e->exits);
	e->mmio_exits = share_of(v[COL_mmio_num], e->exits);
	e->memory_exits = share_of(memory, e->exits);
	e->user_exits = share_of(v[COL_kvm_qemu_switch_num], e->exits);
	e->device_exits = share_of(touched * devices, e->exits);
	e->device_waits = share_of(touched * devices, v[COL_halt_num]);
	e->memory_waits = share_of(memory, v[COL_halt_num]);
	e->exit_rate = share_of((e->exit_rate + touched * (1 - devices)) * 1e9, e->busy);
	if (!e->detailed)
		e->fault_ns = share_of(e->memory_time * e->busy, memory);
	e->spin_rate = share_of(e->spin_exits * e->exits * 1e9, e->busy);
	add_vcpus(e, guest, detail, t, &least);
	e->device_rate = share_of(touched * devices, e->seconds / (e->vcpus ?: 1));
	divide_halted(e, t, again);
	e->room = least * share_of(e->part[PART_IDLE], e->halted);
	e->busy /= 1e9;
}
