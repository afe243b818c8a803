// SPDX-License-Identifier: GPL-2.0
/*
 * Spare records, kept ready by a work so that a probe, which must not allocate, can take one
 * for a VM or vCPU that is new, or for a CPU on which a VM has not run yet.
 */
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "pool.h"
#include "racy.h"
#include "record.h"

/* The most vCPUs are so many for each VM of the cap, or what a part of the memory has room for. */
#define VCPUS_PER_VM 32u
#define VCPUS_AT_LEAST 32768u
#define VCPUS_PART_OF_MEMORY 64u

/* Spares in quiet times; each time they run out there are twice as many, up to the bytes. */
#define SPARE_VMS 16u
#define SPARE_VCPUS 32u
#define SPARE_ROWS 64u
#define SPARE_BYTES_MAX SZ_1M /* of each kind */
#define QUIET (10 * HZ) /* after this they are halved */
#define RETRY HZ /* where memory was short */

/* No process may be killed for spares. */
#define SPARE_GFP (GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN)

/* What kmalloc() takes for it. */
#define VCPU_BYTES roundup_pow_of_two(sizeof(struct kvmstat_vcpu))

static unsigned int max_vms = 1000;
module_param(max_vms, uint, 0444);
MODULE_PARM_DESC(max_vms,
		 "VMs counted one by one, 1 to 65536; those past it are counted together (1000)");

/* Guards all below; taken within the table's. */
static DEFINE_RAW_SPINLOCK(pool_lock);
static LIST_HEAD(spare_vms);
static LIST_HEAD(spare_vcpus);
static struct kvmstat_cpu_row *spare_rows;
static unsigned int nr_spare_vms;
static unsigned int nr_spare_vcpus;
static unsigned int nr_spare_rows;
static unsigned int want_vms = SPARE_VMS;
static unsigned int want_vcpus = SPARE_VCPUS;
static unsigned int want_rows = SPARE_ROWS;
static unsigned int nr_own; /* with rows of their own: VMs that have not ended, spares, others */
static unsigned int nr_vcpus; /* spares included */
static unsigned int nr_rows; /* likewise; those in vCPUs' records are not */
static u64 record_bytes; /* of VMs, all */
static bool taken; /* since the last time that it was asked */

/* What ran while there was no spare row; in no file's rows. */
static DEFINE_PER_CPU(struct kvmstat_cpu_row, unplaced);

/* The VMs past the cap, together: their rows. */
struct kvmstat_vm *kvmstat_pool_others;

static void refill_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(refill, refill_work);

/**
 * kvmstat_pool_vm_bytes - what a VM's record takes, without its rows and vCPUs
 */
size_t kvmstat_pool_vm_bytes(void)
{
	return sizeof(struct kvmstat_vm) + nr_cpu_ids * sizeof(struct kvmstat_cpu_row *);
}

/**
 * kvmstat_pool_refill - see to it that there are spares
 *
 * The worker is bound to no CPU, as a real-time vCPU may hold one for ever.
 *
 * Context: any but NMI. Never waits.
 */
void kvmstat_pool_refill(void)
{
	mod_delayed_work(system_dfl_wq, &refill, 0);
}

/**
 * kvmstat_pool_has_vm - whether there is a spare record for a VM
 */
bool kvmstat_pool_has_vm(void)
{
	return kvmstat_racy_read(nr_spare_vms);
}

/**
 * kvmstat_pool_has_vcpu - whether there is a spare record for a vCPU
 */
bool kvmstat_pool_has_vcpu(void)
{
	return kvmstat_racy_read(nr_spare_vcpus);
}

/**
 * kvmstat_pool_take_vm - take a VM's record, zeroed, with rows
 *
 * Context: any but NMI, IRQs off.
 * Return: NULL if there is none; a shared record is for a VM past the cap.
 */
struct kvmstat_vm *kvmstat_pool_take_vm(void)
{
	struct kvmstat_vm *vm;

	raw_spin_lock(&pool_lock);
	vm = list_first_entry_or_null(&spare_vms, struct kvmstat_vm, link);
	if (vm) {
		list_del_init(&vm->link);
		if (!--nr_spare_vms)
			want_vms = clamp_t(unsigned int, SPARE_BYTES_MAX / kvmstat_pool_vm_bytes(),
					   want_vms, want_vms * 2);
		taken = true;
	}
	raw_spin_unlock(&pool_lock);
	return vm;
}

/**
 * kvmstat_pool_take_vcpu - take a vCPU's record, zeroed
 *
 * Context: any but NMI, IRQs off.
 * Return: NULL if there is none.
 */
struct kvmstat_vcpu *kvmstat_pool_take_vcpu(void)
{
	struct kvmstat_vcpu *v;

	raw_spin_lock(&pool_lock);
	v = list_first_entry_or_null(&spare_vcpus, struct kvmstat_vcpu, link);
	if (v) {
		list_del(&v->link);
		if (!--nr_spare_vcpus)
			want_vcpus = clamp_t(unsigned int, SPARE_BYTES_MAX / VCPU_BYTES, want_vcpus,
					     want_vcpus * 2);
		taken = true;
	}
	raw_spin_unlock(&pool_lock);
	return v;
}

static struct kvmstat_cpu_row *take_row(void)
{
	struct kvmstat_cpu_row *row;
	unsigned long flags;

	raw_spin_lock_irqsave(&pool_lock, flags);
	row = spare_rows;
	if (row) {
		spare_rows = row->next;
		if (!--nr_spare_rows)
			want_rows = clamp_t(unsigned int, SPARE_BYTES_MAX / sizeof(*row), want_rows,
					    want_rows * 2);
		taken = true;
	}
	raw_spin_unlock_irqrestore(&pool_lock, flags);
	kvmstat_pool_refill();
	return row;
}

/**
 * kvmstat_pool_row - this CPU's row of a vCPU's VM
 * @v: the vCPU
 *
 * Context: any but NMI, preemption off.
 * Return: the row; if there is none to be had, one that is all VMs' and in no file.
 */
notrace struct kvmstat_cpu_row *kvmstat_pool_row(struct kvmstat_vcpu *v)
{
	struct kvmstat_vm *vm = v->vm->shared ? kvmstat_pool_others : v->vm;
	struct kvmstat_cpu_row **rows = &vm->rows[smp_processor_id()];
	struct kvmstat_cpu_row *row = *rows;

	if (likely(row))
		return row;
	/* The record lives as long as its VM, but the others live longer. */
	row = vm == v->vm ? xchg(&v->spare_row, NULL) : NULL;
	if (!row)
		row = take_row();
	if (!row)
		return this_cpu_ptr(&unplaced);
	smp_store_release(rows, row); /* it is zeroed; pairs with kvmstat_sum_cpu() */
	return row;
}

/**
 * kvmstat_pool_unplaced - the exits of which no file says on which CPU they were
 */
u64 kvmstat_pool_unplaced(void)
{
	unsigned int class;
	u64 exits = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		for (class = 0; class < KVMSTAT_NR_CLASSES; class ++)
			exits += kvmstat_racy_read(per_cpu(unplaced, cpu).exits[class]);
	return exits;
}

/* Returns how many it freed. */
static unsigned int free_rows(struct kvmstat_vm *vm)
{
	unsigned int n = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		if (vm->rows[cpu] && !vm->rows[cpu]->of_vcpu) {
			kfree(vm->rows[cpu]);
			n++;
		}
	}
	kfree(vm->rows);
	return n;
}

static size_t bytes_of(const struct kvmstat_vm *vm)
{
	return vm->shared ? sizeof(*vm) : kvmstat_pool_vm_bytes();
}

static struct kvmstat_vm *alloc_vm(bool shared, gfp_t gfp)
{
	struct kvmstat_vm *vm = kzalloc(sizeof(*vm), gfp);
	unsigned long flags;

	if (!vm)
		return NULL;
	INIT_LIST_HEAD(&vm->link);
	INIT_LIST_HEAD(&vm->vcpus);
	INIT_LIST_HEAD(&vm->created);
	vm->shared = shared;
	if (!shared) {
		vm->rows = kcalloc(nr_cpu_ids, sizeof(*vm->rows), gfp);
		if (!vm->rows) {
			kfree(vm);
			return NULL;
		}
	}
	raw_spin_lock_irqsave(&pool_lock, flags);
	record_bytes += bytes_of(vm);
	nr_own += !shared;
	raw_spin_unlock_irqrestore(&pool_lock, flags);
	return vm;
}

static struct kvmstat_vcpu *alloc_vcpu(gfp_t gfp)
{
	struct kvmstat_vcpu *v = kzalloc(sizeof(*v), gfp);
	unsigned int kind;

	if (!v)
		return NULL;
	v->place = kvmstat_record_place(KVMSTAT_CELL_NONE, KVMSTAT_CLASS_OTHER);
	v->place.hist = offsetof(struct kvmstat_vcpu, t.hist[KVMSTAT_CLASS_HALT]);
	for (kind = 0; kind < KVMSTAT_NR_SPOT_KINDS; kind++)
		kvmstat_spots_init(&v->spots[kind]);
	v->nr_cells = KVMSTAT_CELL_NONE + 1;
	v->row.of_vcpu = true;
	v->spare_row = &v->row;
	return v;
}

static void add_spare_vcpu(struct kvmstat_vcpu *v)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&pool_lock, flags);
	list_add_tail(&v->link, &spare_vcpus);
	nr_vcpus++;
	nr_spare_vcpus++;
	raw_spin_unlock_irqrestore(&pool_lock, flags);
}

/* Those with rows of their own are first. */
static void add_spare_vm(struct kvmstat_vm *vm)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&pool_lock, flags);
	if (vm->shared)
		list_add_tail(&vm->link, &spare_vms);
	else
		list_add(&vm->link, &spare_vms);
	nr_spare_vms++;
	raw_spin_unlock_irqrestore(&pool_lock, flags);
}

static bool vcpus_left(void)
{
	u64 by_memory = (u64)totalram_pages() * PAGE_SIZE / VCPUS_PART_OF_MEMORY / VCPU_BYTES;

	return kvmstat_racy_read(nr_vcpus) <
	       max3((u64)max_vms * VCPUS_PER_VM, by_memory, (u64)VCPUS_AT_LEAST);
}

/**
 * kvmstat_pool_prepare - if there are no spares, try to make some at once
 *
 * The vCPU that is being created may run before the work does.
 *
 * Context: where a vCPU is created, preemption off perhaps, no lock held; not NMI.
 */
void kvmstat_pool_prepare(void)
{
	const gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN;
	struct kvmstat_vcpu *v;
	struct kvmstat_vm *vm;

	/* There, the allocators' locks sleep. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return;
	if (!kvmstat_pool_has_vcpu() && vcpus_left()) {
		v = alloc_vcpu(gfp);
		if (v)
			add_spare_vcpu(v);
	}
	if (!kvmstat_pool_has_vm()) {
		vm = alloc_vm(kvmstat_racy_read(nr_own) > max_vms, gfp);
		if (vm)
			add_spare_vm(vm);
	}
}

/**
 * kvmstat_pool_ended - a VM has ended: there is room below the cap
 * @vm: the VM, not marked so yet
 *
 * Context: any but NMI, IRQs off.
 */
void kvmstat_pool_ended(const struct kvmstat_vm *vm)
{
	raw_spin_lock(&pool_lock);
	nr_own -= !vm->shared;
	raw_spin_unlock(&pool_lock);
}

static unsigned int free_vcpus(struct list_head *vcpus)
{
	struct kvmstat_vcpu *v, *next;
	unsigned int n = 0;

	list_for_each_entry_safe(v, next, vcpus, link) {
		kfree(v);
		n++;
	}
	return n;
}

/**
 * kvmstat_pool_free_vm - free a VM's record, its rows and its vCPUs
 * @vm: the VM; no probe and no reader may hold it
 *
 * Context: may sleep.
 */
void kvmstat_pool_free_vm(struct kvmstat_vm *vm)
{
	unsigned int rows = vm->shared ? 0 : free_rows(vm);
	unsigned int n = free_vcpus(&vm->vcpus) + free_vcpus(&vm->created);

	raw_spin_lock_irq(&pool_lock);
	nr_rows -= rows;
	nr_vcpus -= n;
	record_bytes -= bytes_of(vm);
	nr_own -= !vm->shared && !vm->ended;
	raw_spin_unlock_irq(&pool_lock);
	put_pid(vm->pid);
	kfree(vm);
}

/*
 * Spares have rows of their own up to the cap; past it, or where memory is short, they share
 * the others'. These give way when there is room. Returns false if memory is short.
 */
static bool refill_vms(void)
{
	struct kvmstat_vm *vm, *last;
	bool own, want, ok = true;

	for (;;) {
		raw_spin_lock_irq(&pool_lock);
		own = ok && nr_own <= max_vms;
		want = nr_spare_vms < want_vms;
		last = NULL;
		if (!want && own && nr_spare_vms)
			last = list_last_entry(&spare_vms, struct kvmstat_vm, link);
		if (last && last->shared) {
			list_del(&last->link);
			nr_spare_vms--;
			want = true;
		} else {
			last = NULL;
		}
		raw_spin_unlock_irq(&pool_lock);
		if (last)
			kvmstat_pool_free_vm(last);
		if (!want)
			return ok;

		vm = alloc_vm(!own, SPARE_GFP);
		if (!vm && !own)
			return false;
		if (vm)
			add_spare_vm(vm);
		else
			ok = false;
	}
}

static bool refill_vcpus(void)
{
	struct kvmstat_vcpu *v;

	while (kvmstat_racy_read(nr_spare_vcpus) < kvmstat_racy_read(want_vcpus) && vcpus_left()) {
		v = alloc_vcpu(SPARE_GFP);
		if (!v)
			return false;
		add_spare_vcpu(v);
	}
	return true;
}

static bool refill_rows(void)
{
	struct kvmstat_cpu_row *row;

	while (kvmstat_racy_read(nr_spare_rows) < kvmstat_racy_read(want_rows)) {
		row = kzalloc(sizeof(*row), SPARE_GFP);
		if (!row)
			return false;
		raw_spin_lock_irq(&pool_lock);
		row->next = spare_rows;
		spare_rows = row;
		nr_rows++;
		nr_spare_rows++;
		raw_spin_unlock_irq(&pool_lock);
	}
	return true;
}

static void free_spare_rows(unsigned int left)
{
	struct kvmstat_cpu_row *row;

	do {
		raw_spin_lock_irq(&pool_lock);
		row = nr_spare_rows > left ? spare_rows : NULL;
		if (row) {
			spare_rows = row->next;
			nr_spare_rows--;
			nr_rows--;
		}
		raw_spin_unlock_irq(&pool_lock);
		kfree(row);
	} while (row);
}

/* Fewer spares are wanted when none was taken for a while. Returns whether that goes on. */
static bool shrink(void)
{
	struct kvmstat_vcpu *v = NULL;
	struct kvmstat_vm *vm = NULL;
	bool more;

	raw_spin_lock_irq(&pool_lock);
	if (!taken) {
		want_vms = max(want_vms / 2, SPARE_VMS);
		want_vcpus = max(want_vcpus / 2, SPARE_VCPUS);
		want_rows = max(want_rows / 2, SPARE_ROWS);
	}
	taken = false;
	more = want_vms > SPARE_VMS || want_vcpus > SPARE_VCPUS || want_rows > SPARE_ROWS;
	raw_spin_unlock_irq(&pool_lock);
	free_spare_rows(kvmstat_racy_read(want_rows));
	do {
		raw_spin_lock_irq(&pool_lock);
		v = nr_spare_vcpus > want_vcpus ?
			    list_last_entry(&spare_vcpus, struct kvmstat_vcpu, link) :
			    NULL;
		if (v) {
			list_del(&v->link);
			nr_spare_vcpus--;
			nr_vcpus--;
		}
		vm = nr_spare_vms > want_vms ?
			     list_last_entry(&spare_vms, struct kvmstat_vm, link) :
			     NULL;
		if (vm) {
			list_del(&vm->link);
			nr_spare_vms--;
		}
		raw_spin_unlock_irq(&pool_lock);
		kfree(v);
		if (vm)
			kvmstat_pool_free_vm(vm);
	} while (v || vm);
	return more;
}

static void refill_work(struct work_struct *work)
{
	bool ok = refill_vms(), more;

	ok &= refill_vcpus();
	ok &= refill_rows();
	more = shrink();
	if (!ok)
		queue_delayed_work(system_dfl_wq, &refill, RETRY);
	else if (more)
		queue_delayed_work(system_dfl_wq, &refill, QUIET);
}

/**
 * kvmstat_pool_memory - what the records take, in bytes
 */
u64 kvmstat_pool_memory(void)
{
	u64 bytes;

	raw_spin_lock_irq(&pool_lock);
	bytes = record_bytes + (u64)nr_vcpus * VCPU_BYTES +
		(u64)nr_rows * sizeof(struct kvmstat_cpu_row);
	raw_spin_unlock_irq(&pool_lock);
	return bytes;
}

/**
 * kvmstat_pool_init - check the parameter, prepare the spares
 *
 * Context: module init, before the hooks.
 * Return: 0 or -errno.
 */
int kvmstat_pool_init(void)
{
	if (!max_vms || max_vms > 65536) {
		pr_err("max_vms=%u: give a number from 1 to 65536\n", max_vms);
		return -EINVAL;
	}
	kvmstat_pool_others = alloc_vm(false, GFP_KERNEL);
	if (!kvmstat_pool_others)
		return -ENOMEM;
	strscpy(kvmstat_pool_others->comm, "(others)", sizeof(kvmstat_pool_others->comm));
	if (!refill_vms() || !refill_vcpus() || !refill_rows()) {
		kvmstat_pool_exit();
		return -ENOMEM;
	}
	return 0;
}

/**
 * kvmstat_pool_stop - stop refilling
 *
 * Context: module exit, after the hooks are gone and every probe has returned.
 */
void kvmstat_pool_stop(void)
{
	cancel_delayed_work_sync(&refill);
}

/**
 * kvmstat_pool_exit - free the spares and the others
 *
 * Context: after kvmstat_pool_stop() and the end of every reader.
 */
void kvmstat_pool_exit(void)
{
	struct kvmstat_vm *vm, *next;

	list_for_each_entry_safe(vm, next, &spare_vms, link)
		kvmstat_pool_free_vm(vm);
	free_vcpus(&spare_vcpus);
	free_spare_rows(0);
	kvmstat_pool_free_vm(kvmstat_pool_others);
}
