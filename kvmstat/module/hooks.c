// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching to KVM's tracepoints, and to the creation of its vCPUs and the end of its VMs, by
 * name: no KVM symbol is imported, so KVM may come, go and come back while kvmstat is loaded.
 *
 * attach() and detach() run at init and exit, from the tracepoint module notifier, where the
 * timing parameter is written, and where kprobes turn out to be disarmed: hooks_mutex orders
 * them.
 */
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include "clock.h"
#include "compat.h"
#include "hooks.h"
#include "racy.h"
#include "table.h"

#define RECHECK (2 * HZ)

static const struct kvmstat_hook_group *groups;
static unsigned int nr_groups;

#define for_each_hook(g, h)                   \
	for ((g) = 0; (g) < nr_groups; (g)++) \
		for ((h) = groups[g].hooks; (h) < groups[g].hooks + groups[g].nr; (h)++)

/**
 * struct call - what a kprobe calls out of an NMI
 * @work: runs in an interrupt
 * @function: to be called
 * @arg: its argument
 */
struct call {
	struct irq_work work;
	void (*function)(void *arg);
	void *arg;
};
static DEFINE_PER_CPU(struct call, calls);

static void call_now(struct irq_work *work)
{
	struct call *call = container_of(work, struct call, work);

	call->function(call->arg);
}

/*
 * A kprobe that is a breakpoint, as on x86 where the kernel has no function tracer, runs as in an
 * NMI, which may take no lock. The interrupt comes before the probed function goes on.
 */
static int call_from_kprobe(void (*function)(void *arg), void *arg)
{
	struct call *call = this_cpu_ptr(&calls);

	if (!in_nmi()) {
		function(arg);
		return 0;
	}
	call->function = function;
	call->arg = arg;
	irq_work_queue(&call->work);
	return 0;
}

static void init_calls(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(calls, cpu).work = IRQ_WORK_INIT_HARD(call_now);
}

/* Each kprobe is unregistered. */
static void end_calls(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		irq_work_sync(&per_cpu(calls, cpu).work);
}

static void vm_ends(void *kvm)
{
	kvmstat_table_vm_end(kvm);
}

static void vcpu_is_created(void *vcpu)
{
	kvmstat_table_vcpu_create(vcpu);
}

/* The end of a VM has no tracepoint; the function is global on every version. */
static int on_destroy_vm(struct kprobe *p, struct pt_regs *regs)
{
	return call_from_kprobe(vm_ends, (void *)regs_get_kernel_argument(regs, 0));
}

/* Nor has the creation of a vCPU. */
static int on_vcpu_create(struct kprobe *p, struct pt_regs *regs)
{
	return call_from_kprobe(vcpu_is_created, (void *)regs_get_kernel_argument(regs, 0));
}

/*
 * Kprobes register, but do not fire, while they are disarmed (kprobes/enabled in debugfs) or
 * kernel.ftrace_enabled is 0: only a hit on a function of our own shows whether they do.
 */
static atomic_t tried = ATOMIC_INIT(0);

static int on_try(struct kprobe *p, struct pt_regs *regs)
{
	atomic_inc(&tried);
	return 0;
}

static noinline void try_kprobe(void)
{
	asm volatile("");
}

static bool kprobes_fire(void)
{
	int before = atomic_read(&tried);

	try_kprobe();
	return atomic_read(&tried) != before;
}

/**
 * struct function - a function that a kprobe is on
 * @name: of the function; NULL: try_kprobe()
 * @handler: called where it is entered
 * @kprobe: made anew for each attachment
 * @optional: counting goes on without it
 * @error: why it is not attached, 0 if it is
 */
struct function {
	const char *name;
	kprobe_pre_handler_t handler;
	struct kprobe kprobe;
	bool optional;
	int error;
};

static struct function functions[] = {
	{ .handler = on_try },
	{ .name = "kvm_arch_destroy_vm", .handler = on_destroy_vm },
	{ .name = "kvm_arch_vcpu_create", .handler = on_vcpu_create, .optional = true },
};

#define for_each_function(f) for ((f) = functions; (f) < functions + ARRAY_SIZE(functions); (f)++)

static void set_errors(int error)
{
	struct function *f;

	for_each_function(f) f->error = error;
}

static int attach_kprobe(struct function *f)
{
	f->kprobe = (struct kprobe){ .pre_handler = f->handler, .offset = KVMSTAT_KPROBE_OFFSET };
	if (f->name)
		f->kprobe.symbol_name = f->name;
	else
		f->kprobe.addr = (void *)try_kprobe;
	return register_kprobe(&f->kprobe);
}

static void detach_kprobes(int error)
{
	struct function *f;

	for_each_function(f) if (!f->error)
	{
		unregister_kprobe(&f->kprobe);
		f->error = error;
	}
	end_calls();
}

/* All that are not optional, or none. */
static int attach_kprobes(void)
{
	struct function *f;
	int ret = 0;

	set_errors(-ECANCELED);
	for_each_function(f)
	{
		f->error = attach_kprobe(f);
		if (!f->error && !f->name && !kprobes_fire())
			ret = -EOPNOTSUPP;
		else if (f->error && !f->optional)
			ret = f->error;
		if (ret)
			break;
	}
	if (ret) {
		detach_kprobes(-ECANCELED);
		f->error = ret;
	}
	if (ret == -EOPNOTSUPP)
		set_errors(ret);
	return ret;
}

static bool kvm_found;
static struct module *kvm_module; /* NULL if KVM is built in */

static bool live; /* every required hook is attached */

static DEFINE_MUTEX(hooks_mutex);

/* As the parameter has it; kvmstat_table_is_timed() is whether it is so. */
static bool timing_wanted = true;

static int register_hook(struct kvmstat_hook *h)
{
	h->error = h->tp ? tracepoint_probe_register(h->tp, h->probe, NULL) : -ENOENT;
	return h->error;
}

static void unregister_hook(struct kvmstat_hook *h)
{
	if (!h->error) {
		tracepoint_probe_unregister(h->tp, h->probe, NULL);
		h->error = -ECANCELED;
	}
}

static void timing_off(void)
{
	struct kvmstat_hook *h;
	unsigned int g;

	if (kvmstat_table_is_timed())
		kvmstat_table_set_timed(false);
	for_each_hook(g, h)
		if (h->timing)
			unregister_hook(h);
}

static void timing_on(void)
{
	struct kvmstat_hook *h;
	int error = 0;
	unsigned int g;

	for_each_hook(g, h)
		if (h->timing)
			error = register_hook(h) ?: error;
	if (error) {
		timing_off();
		return;
	}
	tracepoint_synchronize_unregister(); /* no vCPU is timed while the others run */
	kvmstat_table_set_timed(true);
}

static int set_timing(const char *val, const struct kernel_param *kp)
{
	bool on;

	if (kstrtobool(val, &on)) {
		pr_err("timing=%.*s: give Y or N\n", (int)strcspn(val, "\n"), val);
		return -EINVAL;
	}
	mutex_lock(&hooks_mutex);
	if (live && on != kvmstat_table_is_timed()) {
		if (on)
			timing_on();
		else
			timing_off();
	}
	WRITE_ONCE(timing_wanted, on);
	mutex_unlock(&hooks_mutex);
	return 0;
}

static const struct kernel_param_ops timing_ops = { .set = set_timing, .get = param_get_bool };
module_param_cb(timing, &timing_ops, &timing_wanted, 0644);
MODULE_PARM_DESC(timing,
		 "time what is counted; N leaves counts only, at less than half the cost (Y)");

static void recheck_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(retry, recheck_work); /* until kprobes fire */
static DECLARE_DEFERRABLE_WORK(watch, recheck_work); /* while live; it wakes no idle CPU */

/* @error is said of the kprobes. Where they do not fire, they are tried again. */
static void detach(int error)
{
	struct kvmstat_hook *h;
	unsigned int g;

	WRITE_ONCE(live, false);
	timing_off();
	for_each_hook(g, h)
		unregister_hook(h);
	tracepoint_synchronize_unregister();
	detach_kprobes(error);
	kvmstat_table_end_all();
	if (error == -EOPNOTSUPP)
		queue_delayed_work(system_dfl_wq, &retry, RECHECK);
}

/*
 * The end of VMs first: a VM whose end went unseen would lend its address, and its
 * counters, to another. All required hooks or none.
 */
static void attach(void)
{
	struct kvmstat_hook *h;
	bool failed;
	unsigned int g;
	int error;

	error = attach_kprobes();
	failed = error;
	for_each_hook(g, h) {
		if (h->tp && (failed || h->timing))
			h->error = -ECANCELED;
		else
			register_hook(h);
		failed |= h->error && h->required;
	}
	if (failed) {
		detach(error ?: -ECANCELED);
		return;
	}
	WRITE_ONCE(live, true);
	queue_delayed_work(system_dfl_wq, &watch, RECHECK);
	if (timing_wanted)
		timing_on();
}

static void check(void)
{
	if (kprobes_fire())
		queue_delayed_work(system_dfl_wq, &watch, RECHECK);
	else
		detach(-EOPNOTSUPP);
}

/* Detach when kprobes no longer fire, attach again when they do. */
static void recheck_work(struct work_struct *work)
{
	mutex_lock(&hooks_mutex);
	if (live)
		check();
	else if (kvm_found)
		attach();
	mutex_unlock(&hooks_mutex);
}

/**
 * kvmstat_hooks_check - stop counting if kprobes have been disarmed
 *
 * The end of a VM would be missed, and the next VM at its address would count for it.
 *
 * Context: may sleep.
 */
void kvmstat_hooks_check(void)
{
	mutex_lock(&hooks_mutex);
	if (live)
		check();
	mutex_unlock(&hooks_mutex);
}

/* KVM's events are all in one place. Whoever has this one is KVM; others may have its names. */
static bool is_kvm(const struct tracepoint *tp)
{
	return !strcmp(tp->name, "kvm_exit");
}

static void take(struct tracepoint *tp)
{
	struct kvmstat_hook *h;
	unsigned int g;

	for_each_hook(g, h)
		if (!strcmp(h->name, tp->name))
			h->tp = tp;
}

static void take_builtin(struct tracepoint *tp, void *unused)
{
	if (is_kvm(tp))
		WRITE_ONCE(kvm_found, true);
	take(tp);
}

static void forget_tracepoints(void)
{
	struct kvmstat_hook *h;
	unsigned int g;

	for_each_hook(g, h) {
		h->tp = NULL;
		h->error = -ENOENT;
	}
	set_errors(-ENOENT);
	kvm_module = NULL;
	WRITE_ONCE(kvm_found, false);
}

/* Built-in KVM never goes away; then kvmstat does. */
static void stop(void)
{
	mutex_lock(&hooks_mutex);
	if (kvm_found) {
		detach(-ECANCELED);
		forget_tracepoints();
	}
	mutex_unlock(&hooks_mutex);
	cancel_delayed_work_sync(&watch);
	cancel_delayed_work_sync(&retry);
}

static void module_comes(struct module *mod)
{
	bool kvm = false;
	int i;

	for (i = 0; i < mod->num_tracepoints; i++)
		kvm |= is_kvm(tracepoint_ptr_deref(&mod->tracepoints_ptrs[i]));
	if (!kvm || kvm_found)
		return;
	for (i = 0; i < mod->num_tracepoints; i++)
		take(tracepoint_ptr_deref(&mod->tracepoints_ptrs[i]));
	kvm_module = mod;
	WRITE_ONCE(kvm_found, true);
	attach();
}

static int on_module(struct notifier_block *nb, unsigned long action, void *data)
{
	struct module *mod = ((struct tp_module *)data)->mod;

	mutex_lock(&hooks_mutex);
	if (action == MODULE_STATE_COMING) {
		module_comes(mod);
	} else if (action == MODULE_STATE_GOING && mod == kvm_module) {
		detach(-ECANCELED);
		forget_tracepoints();
	}
	mutex_unlock(&hooks_mutex);
	return NOTIFY_OK;
}

static struct notifier_block module_nb = { .notifier_call = on_module };

/**
 * kvmstat_hooks_list - the names of the hooks that are attached, or are not
 * @buf: filled: blanks between the names, "none" if there is none
 * @size: of @buf
 * @attached: which of both
 *
 * Context: any; a change in parallel may show in part.
 * Return: @buf.
 */
char *kvmstat_hooks_list(char *buf, size_t size, bool attached)
{
	struct kvmstat_hook *h;
	struct function *f;
	unsigned int g;
	size_t n = 0;

	for_each_hook(g, h)
		if (!kvmstat_racy_read(h->error) == attached)
			n += scnprintf(buf + n, size - n, "%s ", h->name);
	for_each_function(f) if (f->name && !kvmstat_racy_read(f->error) == attached)
		n += scnprintf(buf + n, size - n, "%s ", f->name);
	if (n)
		buf[n - 1] = '\0';
	else
		strscpy(buf, "none", size);
	return buf;
}

/**
 * kvmstat_hooks_state - whether events are being counted
 *
 * Context: any.
 * Return: a phrase.
 */
const char *kvmstat_hooks_state(void)
{
	if (READ_ONCE(live))
		return "counting";
	return READ_ONCE(kvm_found) ? "not counting, a required hook failed" : "waiting for KVM";
}

static const char *timing_state(void)
{
	if (kvmstat_table_is_timed())
		return "on";
	if (!READ_ONCE(timing_wanted))
		return "off";
	return READ_ONCE(live) ? "off, a hook that it needs failed" : "off, nothing is counted";
}

static void show_hook(struct seq_file *m, const char *name, int error)
{
	if (!error)
		seq_printf(m, "hook_%s: attached\n", name);
	else if (error == -ENOENT)
		seq_printf(m, "hook_%s: not found\n", name);
	else if (error == -ECANCELED)
		seq_printf(m, "hook_%s: not attached, %s\n", name,
			   READ_ONCE(live) ? "timing is off" : "another that is required failed");
	else if (error == -EOPNOTSUPP)
		seq_printf(m, "hook_%s: failed, kprobes are disarmed on this host\n", name);
	else
		seq_printf(m, "hook_%s: failed, error %d\n", name, error);
}

/**
 * kvmstat_hooks_info - the hooks' lines of the info file
 * @m: the file
 */
void kvmstat_hooks_info(struct seq_file *m)
{
	struct kvmstat_hook *h;
	struct function *f;
	unsigned int g;

	kvmstat_hooks_check();
	seq_printf(m, "state: %s\n", kvmstat_hooks_state());
	seq_printf(m, "timing: %s\n", timing_state());
	for_each_hook(g, h)
		show_hook(m, h->name, kvmstat_racy_read(h->error));
	for_each_function(f) if (f->name) show_hook(m, f->name, kvmstat_racy_read(f->error));
}

/**
 * kvmstat_hooks_init - attach to KVM if it is there, and whenever it comes
 * @first: the first of the groups of hooks, which are attached in their order
 * @nr: how many groups there are
 *
 * Context: module init, last.
 * Return: 0, also without KVM; -errno if its coming could not be seen.
 */
int kvmstat_hooks_init(const struct kvmstat_hook_group *first, unsigned int nr)
{
	struct kvmstat_hook *h;
	unsigned int g;
	int ret;

	init_calls();
	groups = first;
	nr_groups = nr;
	for_each_hook(g, h)
		if (h->any_clock && !kvmstat_clock_is_fast())
			h->probe = h->any_clock;
	mutex_lock(&hooks_mutex);
	forget_tracepoints();
	for_each_kernel_tracepoint(take_builtin, NULL);
	if (kvm_found)
		attach();
	else
		forget_tracepoints();
	mutex_unlock(&hooks_mutex);
	ret = register_tracepoint_module_notifier(&module_nb);
	if (ret)
		stop();
	return ret;
}

/**
 * kvmstat_hooks_exit - detach; no probe runs when it returns
 *
 * Context: module exit, first.
 */
void kvmstat_hooks_exit(void)
{
	/* Replays the going of kvm, if it is a module. */
	unregister_tracepoint_module_notifier(&module_nb);
	stop();
}
