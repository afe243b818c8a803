// SPDX-License-Identifier: GPL-2.0
/*
 * Reads a process' io and net/dev, and finds its devices by its descriptors.
 */
#define _GNU_SOURCE
#include "data/traffic.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/memory.h"
#include "data/tree.h"

/* The texts are read when they are first needed. */
struct taking {
	const char *root;
	uint64_t pid;
	struct detail *detail;
	char *interfaces, *interrupts;
};

static struct traffic *add_row(struct taking *taking, const char *kind, const char *name)
{
	struct rows *rows = &taking->detail->table[TABLE_TRAFFIC];
	char clean[DETAIL_TEXT_SIZE];
	struct traffic *row;

	detail_clean_text(clean, sizeof(clean), name);
	detail_for_each(row, taking->detail, TABLE_TRAFFIC)
		if (!strcmp(row->kind, kind) && !strcmp(row->name, clean))
			return NULL;
	row = detail_new_row(&detail_form[TABLE_TRAFFIC], rows);
	if (row) {
		strcpy(row->kind, kind);
		strcpy(row->name, clean);
	}
	return row;
}

static void take_storage(struct taking *taking)
{
	char *text = tree_read(NULL, "%s/proc/%" PRIu64 "/io", taking->root, taking->pid);
	struct traffic *row;

	if (!text) {
		detail_miss(taking->detail, "block I/O", strerror(errno));
		return;
	}
	row = add_row(taking, TRAFFIC_STORAGE, "process");
	tree_number(text, "syscr", &row->in);
	tree_number(text, "syscw", &row->out);
	tree_number(text, "read_bytes", &row->in_bytes);
	tree_number(text, "write_bytes", &row->out_bytes);
	free(text);
}

/* Returns what is behind the name of an interface in /proc/PID/net/dev, or NULL. */
static const char *find_interface(const char *text, const char *name)
{
	const size_t len = strlen(name);

	for (const char *line = text; line && *line; line += *line == '\n') {
		line += strspn(line, " ");
		if (!strncmp(line, name, len) && line[len] == ':')
			return line + len + 1;
		line = strchrnul(line, '\n');
	}
	return NULL;
}

/* What a tap device receives comes from the guest. Its interface is where the process is. */
static void add_interface(struct taking *taking, const char *name)
{
	struct traffic *row = add_row(taking, TRAFFIC_NETWORK, name);
	const char *counters;

	if (!row)
		return;
	if (!taking->interfaces)
		taking->interfaces =
			tree_read(NULL, "%s/proc/%" PRIu64 "/net/dev", taking->root, taking->pid);
	counters = find_interface(taking->interfaces, name);
	if (!counters ||
	    sscanf(counters, "%" SCNu64 " %" SCNu64 " %*u %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64,
		   &row->out_bytes, &row->out, &row->in_bytes, &row->in) != 4)
		detail_miss(taking->detail, "packets",
			    "an interface is not in the network namespace of the process");
}

/* A descriptor that is closed in the meantime, or has no interface yet, is left out. */
static void take_tap(struct taking *taking, uint64_t fd)
{
	char *info = tree_read(NULL, "%s/proc/%" PRIu64 "/fdinfo/%" PRIu64, taking->root,
			       taking->pid, fd);
	char *name;

	if (!info && errno != ENOENT)
		detail_miss(taking->detail, "packets", strerror(errno));
	name = tree_text(info, "iff");
	if (name && *name)
		add_interface(taking, name);
	free(name);
	free(info);
}

/* Adds up the lines of /proc/interrupts like "45: 0 7 IR-PCI-MSI vfio-msix[0](0000:01:00.0)". */
static uint64_t count_interrupts(const char *text, const char *device)
{
	char *sign = xasprintf("(%s)", device);
	uint64_t sum = 0;

	for (const char *line = text; *line; line += *line == '\n') {
		const char *stop = strchrnul(line, '\n');
		const char *vfio = memmem(line, stop - line, "vfio-", strlen("vfio-"));
		char *at = memchr(line, ':', stop - line), *end;

		if (at && vfio && memmem(vfio, stop - vfio, sign, strlen(sign)))
			for (at++;; at = end) {
				const uint64_t number = strtoull(at, &end, 10);

				if (end == at || *end != ' ')
					break;
				sum += number;
			}
		line = stop;
	}
	free(sign);
	return sum;
}

static void add_device(struct taking *taking, const char *name)
{
	struct traffic *row = add_row(taking, TRAFFIC_PASSTHROUGH, name);
	unsigned int n;

	/* Others than PCI devices have no interrupts of their own there. */
	if (!row || sscanf(name, "%x:%x:%x.%x", &n, &n, &n, &n) != 4)
		return;
	if (!taking->interrupts)
		taking->interrupts = tree_read(NULL, "%s/proc/interrupts", taking->root);
	if (taking->interrupts)
		row->interrupts = count_interrupts(taking->interrupts, name);
	else
		detail_miss(taking->detail, "interrupts of passed-through devices",
			    strerror(errno));
}

/* Bridges stay with the host. */
static bool is_passed(const struct taking *taking, const char *group, const char *device)
{
	char *driver = tree_link("%s/sys/kernel/iommu_groups/%s/devices/%s/driver", taking->root,
				 group, device);
	const bool passed = driver && !strstr(driver, "/pcieport") && !strstr(driver, "/pci-stub");

	free(driver);
	return passed;
}

static void add_group(struct taking *taking, const char *group)
{
	char *path = xasprintf("%s/sys/kernel/iommu_groups/%s/devices", taking->root, group);
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool any = false;
	char name[64];

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && is_passed(taking, group, entry->d_name)) {
			add_device(taking, entry->d_name);
			any = true;
		}
	if (dir)
		closedir(dir);
	if (!any) {
		snprintf(name, sizeof(name), "group %s", group);
		add_device(taking, name);
	}
	free(path);
}

/* Looks at a descriptor by what it is open for. */
static void look_at(void *data, uint64_t fd)
{
	struct taking *taking = data;
	char *target = tree_link("%s/proc/%" PRIu64 "/fd/%" PRIu64, taking->root, taking->pid, fd);
	char *device;
	uint64_t group;
	int end = 0;

	if (!target)
		return;
	if (!strcmp(target, "/dev/net/tun")) {
		take_tap(taking, fd);
	} else if (!strncmp(target, "/dev/tap", strlen("/dev/tap"))) {
		detail_miss(taking->detail, "packets",
			    "a descriptor of macvtap does not tell its interface");
	} else if (sscanf(target, "/dev/vfio/%" SCNu64 "%n", &group, &end) == 1 && !target[end]) {
		add_group(taking, target + strlen("/dev/vfio/"));
	} else if (!strncmp(target, "/dev/vfio/devices/", strlen("/dev/vfio/devices/"))) {
		device = tree_link("%s/sys/class/vfio-dev/%s/device", taking->root,
				   basename(target));
		add_device(taking, basename(device ?: target));
		free(device);
	} else if (!strncmp(target, "/dev/vhost-vdpa-", strlen("/dev/vhost-vdpa-"))) {
		add_device(taking, basename(target));
	}
	free(target);
}

void traffic_take(const char *root, uint64_t pid, struct detail *detail)
{
	struct taking taking = { .root = root, .pid = pid, .detail = detail };
	char *fds = xasprintf("%s/proc/%" PRIu64 "/fd", root, pid);

	take_storage(&taking);
	if (!tree_numbers(fds, look_at, &taking))
		detail_miss(detail, "packets, passed-through devices", strerror(errno));
	detail->table[TABLE_TRAFFIC].known = true;
	free(taking.interfaces);
	free(taking.interrupts);
	free(fds);
}
