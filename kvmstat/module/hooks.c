// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching to KVM's tracepoints and to the end of its VMs, by name: no KVM symbol
 * is imported, so KVM may come, go and come back while kvmstat is loaded.
 *
 * attach() and detach() run at init and exit, from the tracepoint module notifier, and
 * where the timing parameter is written: hooks_mutex orders them.
 */
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "hooks.h"
#include "table.h"
#include "time.h"

static const struct kvmstat_hook_group *groups;
static unsigned int nr_groups;

#define for_each_hook(g, h)                   \
	for ((g) = 0; (g) < nr_groups; (g)++) \
		for ((h) = groups[g].hooks; (h) < groups[g].hooks + groups[g].nr; (h)++)

#define DESTROY_VM "kvm_arch_destroy_vm"

/* The end of a VM has no tracepoint; the function is global on every version. */
static int on_destroy_vm(struct kprobe *p, struct pt_regs *regs)
{
	kvmstat_table_vm_end((struct kvm *)regs_get_kernel_argument(regs, 0), kvmstat_time_stop,
			     kvmstat_clock());
	return 0;
}

static struct kprobe destroy_vm;
static int destroy_vm_error = -ENOENT;

/*
 * Kprobes register, but don't fire, while they are disarmed (kprobes/enabled in debugfs) or
 * kernel.ftrace_enabled is 0: only a hit on a function of our own tells.
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

static struct kprobe try_it;

static bool kprobes_fire(void)
{
	int before = atomic_read(&tried);

	try_kprobe();
	return atomic_read(&tried) != before;
}

/* Both or none. */
static int attach_kprobes(void)
{
	int ret;

	destroy_vm = (struct kprobe){ .symbol_name = DESTROY_VM,
				      .offset = KVMSTAT_KPROBE_OFFSET,
				      .pre_handler = on_destroy_vm };
	try_it = (struct kprobe){ .addr = (void *)try_kprobe + KVMSTAT_KPROBE_OFFSET,
				  .pre_handler = on_try };
	ret = register_kprobe(&try_it);
	if (ret)
		return ret;
	ret = kprobes_fire() ? register_kprobe(&destroy_vm) : -EOPNOTSUPP;
	if (ret)
		unregister_kprobe(&try_it);
	return ret;
}

static bool kvm_found;

/*
 * Every required hook is attached. Until then returns to userspace are not counted,
 * as their exits were not.
 */
bool kvmstat_hooks_live;

static DEFINE_MUTEX(hooks_mutex);

/* As the parameter has it; kvmstat_time_how is whether it is so. */
static bool timing_wanted = true;

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

	u64 now = kvmstat_clock();

	WRITE_ONCE(kvmstat_time_how, KVMSTAT_TIMING_OFF);
	for_each_hook(g, h)
		if (h->timing)
			unregister_hook(h);
	/* Probes run in the one or, on some kernels, in the other. */
	tracepoint_synchronize_unregister();
	synchronize_rcu();
	kvmstat_table_for_each(kvmstat_time_stop, now);
}

static void timing_on(void)
{
	struct kvmstat_hook *h;
	int error = 0;
	unsigned int g;

	for_each_hook(g, h)
		if (h->timing) {
			h->error = h->tp ? tracepoint_probe_register(h->tp, h->probe, NULL) :
					   -ENOENT;
			error = error ?: h->error;
		}
	if (error)
		timing_off();
	else
		WRITE_ONCE(kvmstat_time_how,
			   kvmstat_clock_is_fast() ? KVMSTAT_TIMING_FAST : KVMSTAT_TIMING_SLOW);
}

static int set_timing(const char *val, const struct kernel_param *kp)
{
	bool on;

	if (kstrtobool(val, &on)) {
		pr_err("timing=%.*s: give Y or N\n", (int)strcspn(val, "\n"), val);
		return -EINVAL;
	}
	mutex_lock(&hooks_mutex);
	if (kvmstat_hooks_live && on != !!kvmstat_time_how) {
		if (on)
			timing_on();
		else
			timing_off();
	}
	timing_wanted = on;
	mutex_unlock(&hooks_mutex);
	return 0;
}

static const struct kernel_param_ops timing_ops = { .set = set_timing, .get = param_get_bool };
module_param_cb(timing, &timing_ops, &timing_wanted, 0644);
MODULE_PARM_DESC(timing,
		 "time what is counted; N leaves counts only, at less than half the cost (Y)");

static void detach(void)
{
	struct kvmstat_hook *h;
	unsigned int g;

	WRITE_ONCE(kvmstat_hooks_live, false);
	timing_off();
	for_each_hook(g, h)
		unregister_hook(h);
	tracepoint_synchronize_unregister();
	if (!destroy_vm_error) {
		unregister_kprobe(&destroy_vm);
		unregister_kprobe(&try_it);
		destroy_vm_error = -ECANCELED;
	}
	kvmstat_table_end_all(kvmstat_time_stop, kvmstat_clock());
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

	destroy_vm_error = attach_kprobes();
	failed = destroy_vm_error;
	for_each_hook(g, h) {
		if (!h->tp)
			h->error = -ENOENT;
		else if (failed || h->timing)
			h->error = -ECANCELED;
		else
			h->error = tracepoint_probe_register(h->tp, h->probe, NULL);
		failed |= h->error && h->required;
	}
	if (failed) {
		detach();
		return;
	}
	WRITE_ONCE(kvmstat_hooks_live, true);
	if (timing_wanted)
		timing_on();
}

static void find(struct tracepoint *tp, void *found)
{
	struct kvmstat_hook *h;
	unsigned int g;

	for_each_hook(g, h)
		if (!strcmp(h->name, tp->name)) {
			h->tp = tp;
			*(bool *)found = true;
		}
}

static void forget(void)
{
	struct kvmstat_hook *h;
	unsigned int g;

	detach();
	for_each_hook(g, h) {
		h->tp = NULL;
		h->error = -ENOENT;
	}
	destroy_vm_error = -ENOENT;
	WRITE_ONCE(kvm_found, false);
}

/* Of KVM that is built in, there is no going. */
static void stop(void)
{
	mutex_lock(&hooks_mutex);
	if (kvm_found)
		forget();
	mutex_unlock(&hooks_mutex);
}

static bool is_ours(struct tracepoint *tp)
{
	struct kvmstat_hook *h;
	unsigned int g;

	for_each_hook(g, h)
		if (h->tp == tp)
			return true;
	return false;
}

/* All of KVM's tracepoints are in one module, whatever its name. */
static int on_module(struct notifier_block *nb, unsigned long action, void *data)
{
	struct module *mod = ((struct tp_module *)data)->mod;
	bool found = false;
	int i;

	for (i = 0; i < mod->num_tracepoints; i++)
		if (action == MODULE_STATE_COMING)
			find(tracepoint_ptr_deref(&mod->tracepoints_ptrs[i]), &found);
		else
			found |= is_ours(tracepoint_ptr_deref(&mod->tracepoints_ptrs[i]));
	if (!found)
		return NOTIFY_DONE;
	mutex_lock(&hooks_mutex);
	if (action == MODULE_STATE_COMING) {
		WRITE_ONCE(kvm_found, true);
		attach();
	} else if (action == MODULE_STATE_GOING) {
		forget();
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
	unsigned int g;
	size_t n = 0;

	for_each_hook(g, h)
		if (!h->error == attached)
			n += scnprintf(buf + n, size - n, "%s ", h->name);
	if (!destroy_vm_error == attached)
		n += scnprintf(buf + n, size - n, DESTROY_VM " ");
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
	if (READ_ONCE(kvmstat_hooks_live))
		return "counting";
	return READ_ONCE(kvm_found) ? "not counting, a required hook failed" : "waiting for KVM";
}

static const char *timing_state(void)
{
	if (READ_ONCE(kvmstat_time_how))
		return "on";
	if (!READ_ONCE(timing_wanted))
		return "off";
	return READ_ONCE(kvmstat_hooks_live) ? "off, a hook that it needs failed" :
					       "off, nothing is counted";
}

static void show_hook(struct seq_file *m, const char *name, int error)
{
	if (!error)
		seq_printf(m, "hook_%s: attached\n", name);
	else if (error == -ENOENT)
		seq_printf(m, "hook_%s: not found\n", name);
	else if (error == -ECANCELED)
		seq_printf(m, "hook_%s: not attached, %s\n", name,
			   READ_ONCE(kvmstat_hooks_live) ? "timing is off" :
							   "another that is required failed");
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
	unsigned int g;

	seq_printf(m, "state: %s\n", kvmstat_hooks_state());
	seq_printf(m, "timing: %s\n", timing_state());
	for_each_hook(g, h)
		show_hook(m, h->name, h->error);
	if (!destroy_vm_error && !kprobes_fire())
		seq_puts(m,
			 "hook_" DESTROY_VM ": disarmed, ended VMs stay and mix with new ones\n");
	else
		show_hook(m, DESTROY_VM, destroy_vm_error);
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

	groups = first;
	nr_groups = nr;
	for_each_hook(g, h)
		h->error = -ENOENT;
	mutex_lock(&hooks_mutex);
	for_each_kernel_tracepoint(find, &kvm_found);
	if (kvm_found)
		attach();
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
