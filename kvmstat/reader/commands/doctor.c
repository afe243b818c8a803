// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat doctor: is all in order, from the kernel to the reader's permissions? Each
 * line is ok, or says what is wrong and what to do.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "commands/options.h"
#include "data/live.h"
#include "data/memory.h"
#include "data/name.h"
#include "text/grid.h"
#include "text/output.h"
#include "text/wrap.h"

static const struct grid_column columns[] = {
	{ "check", "CHECK", UNIT_TEXT, 0, 0 },
	{ "state", "STATE", UNIT_TEXT, 0, 0 },
	{ "what", "WHAT", UNIT_TEXT, 0, 0 },
	{ "advice", "ADVICE", UNIT_TEXT, 0, 0 },
};

enum state { STATE_OK, STATE_NOTE, STATE_FIX };

struct doctor {
	const char *root;
	struct grid grid;
	char *info; /* the module's; NULL: could not be read */
	unsigned int fixes;
};

/* Adds a line; @advice NULL or empty: none. */
__attribute__((format(printf, 5, 6))) static void say(struct doctor *doctor, const char *check,
						      enum state state, const char *advice,
						      const char *what, ...)
{
	static const char *const word[] = { "ok", "note", "FIX" };
	struct cell *cell = grid_row(&doctor->grid);
	char text[512], clean[NAME_SIZE];
	va_list args;

	va_start(args, what);
	vsnprintf(text, sizeof(text), what, args);
	va_end(args);
	name_clean(clean, text, true);
	*cell++ = cell_text(check);
	*cell++ = cell_text(word[state]);
	*cell++ = cell_text(clean);
	*cell++ = cell_text(advice ?: "");
	doctor->fixes += state == STATE_FIX;
}

__attribute__((format(printf, 2, 3))) static char *path_to(const struct doctor *doctor,
							   const char *format, ...)
{
	va_list args;
	char rest[400];

	va_start(args, format);
	vsnprintf(rest, sizeof(rest), format, args);
	va_end(args);
	return xasprintf("%s%s", doctor->root, rest);
}

/* The first line of a file, to be freed; NULL with errno. */
static char *first_line(const struct doctor *doctor, const char *file)
{
	char *path = path_to(doctor, "%s", file), *text;
	size_t len;

	text = live_read(path, &len);
	free(path);
	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

static bool exists(const struct doctor *doctor, const char *file)
{
	char *path = path_to(doctor, "%s", file);
	bool there = !access(path, F_OK);

	free(path);
	return there;
}

/* Whether depmod knows the module for this kernel. */
static bool is_installed(const struct doctor *doctor, const char *release)
{
	char *path = path_to(doctor, "/lib/modules/%s/modules.dep", release);
	size_t len;
	char *text = live_read(path, &len);
	bool found = text && strstr(text, "/kvmstat.ko");

	free(text);
	free(path);
	return found;
}

static void check_kvm(struct doctor *doctor)
{
	if (exists(doctor, "/sys/module/kvm_intel") || exists(doctor, "/sys/module/kvm_amd"))
		say(doctor, "kvm", STATE_OK, NULL, "KVM is loaded");
	else if (exists(doctor, "/sys/module/kvm") || exists(doctor, "/dev/kvm"))
		say(doctor, "kvm", STATE_OK, NULL, "KVM is there");
	else
		say(doctor, "kvm", STATE_NOTE,
		    "modprobe kvm-intel or kvm-amd; if that fails, switch virtualization on in the "
		    "firmware's setup",
		    "KVM is not loaded: there is nothing to count yet");
}

static void check_module(struct doctor *doctor, const char *release)
{
	char *version;

	if (!exists(doctor, "/sys/module/kvmstat")) {
		say(doctor, "module", STATE_FIX,
		    is_installed(doctor, release) ?
			    "sudo modprobe kvmstat" :
			    "install it for this kernel: 'sudo make install', or with DKMS 'sudo "
			    "dkms autoinstall'; then sudo modprobe kvmstat",
		    "the module is not loaded, and is %sinstalled for Linux %s",
		    is_installed(doctor, release) ? "" : "not ", release);
		return;
	}
	version = first_line(doctor, "/sys/module/kvmstat/version");
	if (version && strcmp(version, KVMSTAT_VERSION) != 0)
		say(doctor, "module", STATE_NOTE, "install both from one release",
		    "the module is version %s, this command " KVMSTAT_VERSION, version);
	else
		say(doctor, "module", STATE_OK, NULL, "the module is loaded, version %s",
		    version ?: "?");
	free(version);
}

static void check_proc(struct doctor *doctor)
{
	char *line = first_line(doctor, "/proc/" KVMSTAT_PROC_NAME);

	if (line)
		say(doctor, "permission", STATE_OK, NULL,
		    "/proc/" KVMSTAT_PROC_NAME " can be read");
	else if (errno == EACCES || errno == EPERM)
		say(doctor, "permission", STATE_FIX,
		    "run as root, or load the module with the parameters mode=0440 group=GID",
		    "/proc/" KVMSTAT_PROC_NAME " cannot be read: %s", strerror(errno));
	else if (exists(doctor, "/sys/module/kvmstat"))
		say(doctor, "permission", STATE_FIX,
		    "a container needs the host's /proc: see --root",
		    "/proc/" KVMSTAT_PROC_NAME " cannot be read: %s", strerror(errno));
	free(line);
}

static void check_lockdown(struct doctor *doctor)
{
	char *line = first_line(doctor, "/sys/kernel/security/lockdown");
	const char *mode = line ? strchr(line, '[') : NULL;

	if (mode && !strncmp(mode, "[confidentiality]", 17))
		say(doctor, "lockdown", STATE_NOTE,
		    "boot with lockdown=integrity for the figures of debugfs and for tracing",
		    "the kernel is locked down for confidentiality: debugfs is closed");
	else if (mode && !strncmp(mode, "[integrity]", 11))
		say(doctor, "lockdown", STATE_OK, NULL,
		    "the kernel is locked down for integrity: kvmstat's files stay readable");
	else
		say(doctor, "lockdown", STATE_OK, NULL, "the kernel is not locked down");
	free(line);
}

/* The variable: 4 bytes of attributes, then the value (UEFI 2.10, 3.3). */
static void check_secure_boot(struct doctor *doctor)
{
	char *path = path_to(doctor, "/sys/firmware/efi/efivars/"
				     "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");
	size_t len;
	char *value = live_read(path, &len);
	bool on = value && len > 4 && value[4] == 1;

	if (on && !exists(doctor, "/sys/module/kvmstat"))
		say(doctor, "secure boot", STATE_NOTE,
		    "sign kvmstat.ko with a key that is enrolled (mokutil --import); DKMS does it "
		    "with its own",
		    "Secure Boot is on: only signed modules load");
	else
		say(doctor, "secure boot", STATE_OK, NULL, "Secure Boot is %s",
		    on ? "on, and the module was loaded" : "off");
	free(value);
	free(path);
}

static void check_dkms(struct doctor *doctor, const char *release)
{
	char *path = path_to(doctor, "/var/lib/dkms/kvmstat/" KVMSTAT_VERSION "/%s", release);

	if (!exists(doctor, "/var/lib/dkms/kvmstat"))
		say(doctor, "dkms", STATE_NOTE, NULL,
		    "DKMS does not know kvmstat: a new kernel needs a new 'make install'");
	else if (access(path, F_OK))
		say(doctor, "dkms", STATE_FIX, "sudo dkms autoinstall",
		    "DKMS has not built version " KVMSTAT_VERSION " for Linux %s", release);
	else
		say(doctor, "dkms", STATE_OK, NULL, "DKMS has built the module for this kernel");
	free(path);
}

static uint64_t info_number(const struct doctor *doctor, const char *key)
{
	char value[NAME_SIZE];

	return live_info_value(doctor->info, key, value) ? strtoull(value, NULL, 10) : 0;
}

static void check_debugfs(struct doctor *doctor)
{
	doctor->info = live_info(doctor->root);
	if (doctor->info)
		say(doctor, "debugfs", STATE_OK, NULL, "debugfs is mounted and can be read");
	else if (errno == EACCES || errno == EPERM)
		say(doctor, "debugfs", STATE_NOTE,
		    "run as root for reasons, devices, vCPUs and ready time",
		    "debugfs cannot be read: %s", strerror(errno));
	else
		say(doctor, "debugfs",
		    exists(doctor, "/sys/module/kvmstat") ? STATE_FIX : STATE_NOTE,
		    "sudo mount -t debugfs debugfs /sys/kernel/debug",
		    "kvmstat's folder in debugfs is not there: %s", strerror(errno));
}

static void check_hooks(struct doctor *doctor)
{
	char value[NAME_SIZE];
	bool bad = false;

	if (!live_info_value(doctor->info, "state", value))
		return;
	if (strcmp(value, "counting") != 0) {
		say(doctor, "hooks", strcmp(value, "waiting for KVM") ? STATE_FIX : STATE_NOTE,
		    strcmp(value, "waiting for KVM") ? "see 'dmesg | grep kvmstat'" :
						       "it counts as soon as KVM is loaded",
		    "the module is %s", value);
		return;
	}
	for (const char *line = doctor->info; (line = strstr(line, "\nhook_")); line++) {
		const size_t len = strcspn(line + 1, "\n");
		const char *attached = ": attached";
		const size_t tail = strlen(attached);

		/* Without timing its own hooks are meant to be away. */
		if (len < tail || !strncmp(line + 1 + len - tail, attached, tail) ||
		    memmem(line + 1, len, "timing", 6))
			continue;
		say(doctor, "hooks", STATE_NOTE,
		    memmem(line + 1, len, "disarmed", 8) ?
			    "echo 1 > /sys/kernel/debug/kprobes/enabled, sysctl "
			    "kernel.ftrace_enabled=1" :
			    "what needs it is left out; see 'dmesg | grep kvmstat'",
		    "%.*s", (int)(len < 200 ? len : 200), line + 1);
		bad = true;
	}
	if (!bad)
		say(doctor, "hooks", STATE_OK, NULL, "every event of KVM that it needs is hooked");
	if (live_info_value(doctor->info, "timing", value) && strcmp(value, "on") != 0)
		say(doctor, "timing", STATE_NOTE,
		    "echo Y > /sys/module/kvmstat/parameters/timing, if times are wanted",
		    "timing is %s: counts only", value);
	else
		say(doctor, "timing", STATE_OK, NULL, "times are kept");
}

static void check_figures(struct doctor *doctor)
{
	static const char *const faults[] = {
		"reason_failed_vmcb_pointer", "reason_failed_vmcb_content",
		"reason_failed_vmread",	      "reason_failed_esr",
		"reason_failed_counters",     "reason_failed_registers",
		"layout_refused_events",
	};
	bool bad = false;

	if (!doctor->info)
		return;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		if (info_number(doctor, faults[i])) {
			say(doctor, "reasons", STATE_NOTE,
			    "exits of these count as 'unknown'; please report it with the kernel's "
			    "release",
			    "%s: %" PRIu64, faults[i], info_number(doctor, faults[i]));
			bad = true;
		}
	if (!bad)
		say(doctor, "reasons", STATE_OK, NULL, "exit reasons are read and verified");
	if (info_number(doctor, "protected_vcpus"))
		say(doctor, "protected", STATE_NOTE, NULL,
		    "the hardware hides the state of %" PRIu64
		    " vCPUs (SEV-ES, SNP, TDX): which ports, MSRs and halts they exit for is not "
		    "seen, so verdicts on their guests miss I/O",
		    info_number(doctor, "protected_vcpus"));
	if (info_number(doctor, "vms_past_cap"))
		say(doctor, "cap", STATE_NOTE, "load the module with a higher max_vms",
		    "%" PRIu64 " VMs are past max_vms and counted together",
		    info_number(doctor, "vms_past_cap"));
	if (info_number(doctor, "exits_unattributed"))
		say(doctor, "unattributed", STATE_NOTE, NULL,
		    "%" PRIu64 " of %" PRIu64 " exits could not be told to a VM",
		    info_number(doctor, "exits_unattributed"), info_number(doctor, "exits"));
	else
		say(doctor, "unattributed", STATE_OK, NULL, "every exit was told to its VM");
}

static void check_schedstat(struct doctor *doctor)
{
	if (exists(doctor, "/proc/self/schedstat"))
		say(doctor, "ready time", STATE_OK, NULL, "the kernel has schedstat: ready time");
	else
		say(doctor, "ready time", STATE_NOTE, "a kernel with CONFIG_SCHED_INFO",
		    "the kernel has no schedstat: waiting for a CPU cannot be told from work");
}

static void print_text(const struct doctor *doctor)
{
	for (size_t row = 0; row < doctor->grid.nr; row++) {
		const struct cell *cell = &doctor->grid.cell[row * doctor->grid.nr_columns];
		char head[32];

		snprintf(head, sizeof(head), "%-5s", cell[1].text);
		wrap(head, cell[2].text);
		wrap("       do: ", cell[3].text);
	}
	if (doctor->fixes)
		printf("\n%u to fix\n", doctor->fixes);
	else
		puts("\nall in order");
}

enum status run_doctor(const struct options *options)
{
	struct doctor doctor = { .root = options->request.root, .grid = GRID(columns) };
	struct utsname name;

	uname(&name);
	check_kvm(&doctor);
	check_module(&doctor, name.release);
	check_proc(&doctor);
	check_debugfs(&doctor);
	check_hooks(&doctor);
	check_figures(&doctor);
	check_lockdown(&doctor);
	check_secure_boot(&doctor);
	check_dkms(&doctor, name.release);
	check_schedstat(&doctor);
	if (options->look.format == FORMAT_JSON)
		output_json(grid_json(&doctor.grid), stdout);
	else
		print_text(&doctor);
	grid_free(&doctor.grid);
	free(doctor.info);
	return doctor.fixes ? STATUS_NO_DATA : STATUS_OK;
}
