// SPDX-License-Identifier: GPL-2.0
/*
 * Computes evidence from what a guest did in a window.
 */
#include "verdict/evidence.h"

#include <string.h>

/* What an exit reason means. */
enum kind { KIND_OTHER, KIND_PORT, KIND_DEVICE_MEMORY, KIND_FAULT, KIND_PAUSE };

static enum kind kind_of(const char *reason)
{
	static const struct {
		const char *reason;
		enum kind kind;
	} kinds[] = {
		{ "io", KIND_PORT },
		{ "IO_INSTRUCTION", KIND_PORT },
		{ "EPT_MISCONFIG", KIND_DEVICE_MEMORY },
		{ "npf", KIND_FAULT },
		{ "EPT_VIOLATION", KIND_FAULT },
		{ "DABT_LOW", KIND_FAULT },
		{ "IABT_LOW", KIND_FAULT },
		{ "INST_GUEST_PAGE_FAULT", KIND_FAULT },
		{ "LOAD_GUEST_PAGE_FAULT", KIND_FAULT },
		{ "STORE_GUEST_PAGE_FAULT", KIND_FAULT },
		{ "pause", KIND_PAUSE },
		{ "PAUSE_INSTRUCTION", KIND_PAUSE },
		{ "WFE", KIND_PAUSE },
		{ "WRS", KIND_PAUSE },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(reason, kinds[i].reason))
			return kinds[i].kind;
	return KIND_OTHER;
}

static double share(double part, double of)
{
	return of > 0 ? part / of : 0;
}

/*
 * Memory faults and device accesses can share a reason. Their time in the kernel is divided
 * by their numbers, which underrates devices, as their exits take longer. Their time in
 * userspace is all for devices. Ready time is subtracted from every reason in proportion:
 * @own is the share of the time in the kernel and in userspace that is not ready time.
 */
static void add_times(struct evidence *e, const struct detail *detail, const uint64_t *v,
		      double own)
{
	const double device = share(v[COL_fault_mmio_num], v[COL_fault_num]);
	const struct reason *r;

	detail_for_each(r, detail, TABLE_REASONS) {
		const double kernel = r->kernel_ns * own, user = r->user_ns * own;

		switch (kind_of(r->reason)) {
		case KIND_PORT:
		case KIND_DEVICE_MEMORY:
			e->io_time += share(kernel + user, e->busy);
			break;
		case KIND_FAULT:
			e->io_time += share(device * kernel + user, e->busy);
			e->memory_time += share((1 - device) * kernel, e->busy);
			break;
		case KIND_PAUSE:
			e->spin_exits += share(r->exits, e->exits);
			e->spin_rate += share(r->exits * 1e9, e->busy);
			break;
		default:
			break;
		}
	}
}

/* The share of devices in what ports and device memory are touched for. */
static double device_share(const struct evidence *e)
{
	double touched = 0;

	for (enum device_class c = 0; c < DEVICE_NR_CLASSES; c++)
		touched += e->touched[c];
	return 1 - share(e->touched[DEVICE_TIMER] + e->touched[DEVICE_INTERRUPTS], touched);
}

void evidence_of(struct evidence *e, const struct window_guest *guest, const struct detail *detail,
		 uint32_t has)
{
	const uint64_t *v = guest->sum.v;
	const double all = counts_time(&guest->sum);
	const double left = v[COL_kernel_ns] + v[COL_user_ns];
	uint64_t ready = 0, memory;
	const struct spot *s;
	double own, devices;

	about_ready(guest->was, guest->now, &ready);
	if (ready > left)
		ready = left;
	memory = v[COL_fault_num] - (v[COL_fault_mmio_num] < v[COL_fault_num] ?
					     v[COL_fault_mmio_num] :
					     v[COL_fault_num]);
	*e = (struct evidence){
		.timed = has & COL_BIT(COL_guest_ns) && all > 0,
		.detailed = detail->table[TABLE_REASONS].known,
		.exits = v[COL_exits] -
			 (v[COL_halt_num] < v[COL_exits] ? v[COL_halt_num] : v[COL_exits]),
		.busy = v[COL_guest_ns] + v[COL_kernel_ns] + v[COL_user_ns] - ready,
	};
	detail_for_each(s, detail, TABLE_HOT)
		if (!strcmp(s->kind, "port") || !strcmp(s->kind, "mmio"))
			e->touched[device_find(detail->isa, s->kind, s->address).class] += s->count;
	devices = device_share(e);
	e->halted = share(v[COL_halted_ns], all);
	e->polled = share(v[COL_polled_ns], all);
	e->ready = share(ready, all);
	e->guest = share(v[COL_guest_ns], e->busy);
	own = share(left - ready, left);
	e->kernel = share(v[COL_kernel_ns] * own, e->busy);
	e->user = share(v[COL_user_ns] * own, e->busy);
	e->io_exits = share(v[COL_io_num], e->exits);
	e->mmio_exits = share(v[COL_mmio_num], e->exits);
	e->memory_exits = share(memory, e->exits);
	e->user_exits = share(v[COL_kvm_qemu_switch_num], e->exits);
	e->device_exits = share((v[COL_io_num] + v[COL_mmio_num]) * devices, e->exits);
	e->device_waits = share((v[COL_io_num] + v[COL_mmio_num]) * devices, v[COL_halt_num]);
	if (e->detailed)
		add_times(e, detail, v, own);
	else
		e->io_time = e->user; /* a VMM does little else */
	e->seconds = all / 1e9;
	e->busy /= 1e9;
}
