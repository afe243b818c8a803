// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat doctor checks whether all is in order, from the kernel to the permissions of the
 * user. Each line is ok, or says what is wrong and what to do.
 */
#define _GNU_SOURCE
#include <dirent.h>
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
#include "data/tree.h"
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
	char *info; /* the module's info file; NULL if it could not be read */
	unsigned int fixes;
};

/* Adds a line. @advice is NULL or empty if there is nothing to do. */
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

/* Returns the first line of a file, or NULL with errno. The caller frees it. */
static char *first_line(const struct doctor *doctor, const char *file)
{
	char *path = path_to(doctor, "%s", file), *text;

	text = tree_read(NULL, "%s", path);
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

/* Returns whether depmod knows the module for this kernel. */
static bool is_installed(const struct doctor *doctor, const char *release)
{
	char *path = path_to(doctor, "/lib/modules/%s/modules.dep", release);
	char *text = tree_read(NULL, "%s", path);
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

/* Only the headers of a kernel let the module be built for it. */
static void check_headers(struct doctor *doctor, const char *release)
{
	char *path = path_to(doctor, "/lib/modules/%s/build", release), *advice;

	if (access(path, F_OK)) {
		advice = xasprintf("install the package linux-headers-%s (Debian) or "
				   "kernel-devel-%s (RPM)",
				   release, release);
		say(doctor, "headers", STATE_FIX, advice,
		    "the headers of Linux %s are not installed, so the module cannot be built",
		    release);
		free(advice);
	}
	free(path);
}

static void check_module(struct doctor *doctor, const char *release)
{
	char *version;

	if (!exists(doctor, "/sys/module/kvmstat")) {
		const bool installed = is_installed(doctor, release);

		if (!installed)
			check_headers(doctor, release);
		say(doctor, "module", STATE_FIX,
		    installed ?
			    "sudo modprobe kvmstat" :
			    "install it for this kernel with 'sudo make install', or with 'sudo dkms "
			    "autoinstall' if DKMS has it; then sudo modprobe kvmstat",
		    "the module is not loaded, and is %sinstalled for Linux %s",
		    installed ? "" : "not ", release);
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
		    "a container needs the host's /proc, see --root",
		    "/proc/" KVMSTAT_PROC_NAME " cannot be read: %s", strerror(errno));
	free(line);
}

static void check_lockdown(struct doctor *doctor)
{
	char *line = first_line(doctor, "/sys/kernel/security/lockdown");
	const char *mode = line ? strchr(line, '[') : NULL;

	if (mode && !strncmp(mode, "[confidentiality]", 17))
		say(doctor, "lockdown", STATE_NOTE,
		    "boot with lockdown=integrity to run kvmstat trace",
		    "the kernel is locked down for confidentiality: tracing is closed");
	else if (mode && !strncmp(mode, "[integrity]", 11))
		say(doctor, "lockdown", STATE_OK, NULL,
		    "the kernel is locked down for integrity: kvmstat's files stay readable");
	else
		say(doctor, "lockdown", STATE_OK, NULL, "the kernel is not locked down");
	free(line);
}

/* The variable has 4 bytes of attributes before its value (UEFI 2.10, 3.3). */
static void check_secure_boot(struct doctor *doctor)
{
	char *path = path_to(doctor, "/sys/firmware/efi/efivars/"
				     "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");
	size_t len;
	char *value = tree_read(&len, "%s", path);
	bool on = value && len > 4 && value[4] == 1;

	if (on && !exists(doctor, "/sys/module/kvmstat"))
		say(doctor, "secure boot", STATE_NOTE,
		    "sign kvmstat.ko with a key that is enrolled (mokutil --import); DKMS signs with "
		    "its own key",
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

/* Where debugfs is not mounted, its folder is empty. */
static bool is_mounted(const struct doctor *doctor)
{
	char *path = path_to(doctor, "/sys/kernel/debug");
	DIR *folder = opendir(path);
	int entries = 0;

	while (folder && readdir(folder))
		entries++;
	if (folder)
		closedir(folder);
	free(path);
	return entries > 2;
}

/* Returns false if the kernel says that it has no debugfs, as with debugfs=off. */
static bool has_debugfs(const struct doctor *doctor)
{
	char *path = path_to(doctor, "/proc/filesystems");
	char *text = tree_read(NULL, "%s", path);
	bool has = !text || strstr(text, "\tdebugfs\n");

	free(text);
	free(path);
	return has;
}

static void check_debugfs(struct doctor *doctor)
{
	const bool loaded = exists(doctor, "/sys/module/kvmstat");
	int error;

	doctor->info = live_info(doctor->root);
	error = errno;
	if (doctor->info)
		say(doctor, "debugfs", STATE_OK, NULL, "debugfs is mounted and can be read");
	else if (error == EACCES || error == EPERM)
		say(doctor, "debugfs", STATE_NOTE,
		    "run as root for reasons, devices, vCPUs and ready time",
		    "debugfs cannot be read: %s", strerror(error));
	else if (is_mounted(doctor) && !loaded)
		say(doctor, "debugfs", STATE_OK, NULL,
		    "debugfs is mounted; the module makes its folder there");
	else if (is_mounted(doctor))
		say(doctor, "debugfs", STATE_FIX, "sudo modprobe -r kvmstat; sudo modprobe kvmstat",
		    "debugfs is mounted, but the module could not make its folder there");
	else if (!has_debugfs(doctor))
		say(doctor, "debugfs", STATE_NOTE,
		    "boot without debugfs=off for reasons, devices, vCPUs and ready time",
		    "this kernel was booted or built without debugfs");
	else
		say(doctor, "debugfs", loaded ? STATE_FIX : STATE_NOTE,
		    "sudo mount -t debugfs debugfs /sys/kernel/debug",
		    "kvmstat's folder in debugfs is not there: %s", strerror(error));
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

		/* Without timing, the hooks for times are not attached. */
		if (len < tail || !strncmp(line + 1 + len - tail, attached, tail) ||
		    memmem(line + 1, len, "timing", 6))
			continue;
		say(doctor, "hooks", STATE_NOTE,
		    memmem(line + 1, len, "disarmed", 8) ?
			    "echo 1 > /sys/kernel/debug/kprobes/enabled, sysctl "
			    "kernel.ftrace_enabled=1" :
			    "figures that need it are left out; see 'dmesg | grep kvmstat'",
		    "%.*s", (int)(len < 200 ? len : 200), line + 1);
		bad = true;
	}
	if (!bad)
		say(doctor, "hooks", STATE_OK, NULL, "every event of KVM that it needs is hooked");
	if (live_info_value(doctor->info, "timing", value) && strcmp(value, "on") != 0)
		say(doctor, "timing", STATE_NOTE,
		    "echo Y > /sys/module/kvmstat/parameters/timing, if you want times",
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
			    "these exits count as 'unknown'; please report this with the kernel's "
			    "release",
			    "%s: %" PRIu64, faults[i], info_number(doctor, faults[i]));
			bad = true;
		}
	if (!bad)
		say(doctor, "reasons", STATE_OK, NULL, "exit reasons are read and verified");
	if (info_number(doctor, "protected_vcpus"))
		say(doctor, "protected", STATE_NOTE, NULL,
		    "the hardware hides the state of %" PRIu64
		    " vCPUs (SEV-ES, SNP, TDX): kvmstat does not see for which ports, MSRs and halts "
		    "they exit, so verdicts on their guests miss I/O",
		    info_number(doctor, "protected_vcpus"));
	if (info_number(doctor, "vms_past_cap"))
		say(doctor, "cap", STATE_NOTE, "load the module with a higher max_vms",
		    "%" PRIu64 " VMs are past max_vms and counted together",
		    info_number(doctor, "vms_past_cap"));
	if (info_number(doctor, "exits_unattributed"))
		say(doctor, "unattributed", STATE_NOTE, NULL,
		    "%" PRIu64 " of %" PRIu64 " exits could not be attributed to a VM",
		    info_number(doctor, "exits_unattributed"), info_number(doctor, "exits"));
	else
		say(doctor, "unattributed", STATE_OK, NULL, "every exit was attributed to its VM");
}

static void check_schedstat(struct doctor *doctor)
{
	if (exists(doctor, "/proc/self/schedstat"))
		say(doctor, "ready time", STATE_OK, NULL,
		    "the kernel has schedstat, so ready time is known");
	else
		say(doctor, "ready time", STATE_NOTE, "a kernel with CONFIG_SCHED_INFO",
		    "the kernel has no schedstat, so ready time is not known, and looks like work");
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
		output_json(grid_json(&doctor.grid, NULL), stdout);
	else
		print_text(&doctor);
	grid_free(&doctor.grid);
	free(doctor.info);
	return doctor.fixes ? STATUS_NO_DATA : STATUS_OK;
}
