// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the name of a guest in the command line of its VMM, and cleans names.
 */
#define _GNU_SOURCE
#include "data/name.h"

#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

/*
 * The argument of -name is a list of key=value, separated by commas. A first item without
 * '=' is the guest's name; ",," is a comma in a value; the last guest= wins.
 */
static void name_from_option(const char *at, char name[NAME_SIZE])
{
	for (const char *start = at; *at;) {
		size_t key = strcspn(at, "=,");
		bool is_name = at == start;
		size_t len = 0;

		if (at[key] == '=') {
			is_name = key == 5 && !strncmp(at, "guest", key);
			at += key + 1;
		}
		for (; *at && (*at != ',' || at[1] == ','); at++) {
			if (*at == ',')
				at++;
			if (is_name && len < NAME_SIZE - 1)
				name[len++] = *at;
		}
		if (is_name && len)
			name[len] = '\0';
		if (*at)
			at++;
	}
}

static bool option_is(const char *arg, const char *option)
{
	return !strcmp(arg, option) || (arg[0] == '-' && !strcmp(arg + 1, option));
}

/* Returns the value of @option at *@argv, which is the next argument or follows a '='. */
static const char *option_value(char *const *argv, const char *option)
{
	size_t len = strlen(option);

	if (!strcmp(*argv, option))
		return argv[1];
	return !strncmp(*argv, option, len) && (*argv)[len] == '=' ? *argv + len + 1 : NULL;
}

static void set_name(char name[NAME_SIZE], const char *from, size_t len)
{
	if (len > NAME_SIZE - 1)
		len = NAME_SIZE - 1;
	memcpy(name, from, len);
	name[len] = '\0';
}

/*
 * Takes the name from the path of a socket, /run/web1.sock or web1-socket. If the file has a
 * generic name, its folder has the guest's.
 */
static void name_from_socket(const char *path, char name[NAME_SIZE])
{
	static const char *const generic[] = { "api", "clh-api",	  "clh",
					       "ch",  "cloud-hypervisor", "crosvm" };
	const char *end = path + strlen(path);
	const char *base, *stop;

	base = memrchr(path, '/', end - path);
	base = base ? base + 1 : path;
	stop = memrchr(base, '.', end - base);
	if (!stop || stop == base)
		stop = strstr(base, "-socket");
	if (!stop || stop > end)
		stop = end;
	for (size_t i = 0; i < sizeof(generic) / sizeof(*generic); i++)
		if (strlen(generic[i]) == (size_t)(stop - base) &&
		    !strncmp(generic[i], base, stop - base) && base > path + 1) {
			stop = base - 1;
			base = memrchr(path, '/', stop - path);
			base = base ? base + 1 : path;
			break;
		}
	set_name(name, base, stop - base);
}

static const struct vmm {
	const char *name;
	const char *program[3]; /* the beginnings of its file's name */
	const char *option[2]; /* options whose value is the name */
	const char *socket[2]; /* options whose value is a path with the name */
} vmms[] = {
	{ "qemu", { "qemu", "kvm" }, { 0 }, { 0 } },
	{ "firecracker", { "firecracker" }, { "--id" }, { 0 } },
	{ "cloud-hypervisor", { "cloud-hypervisor" }, { 0 }, { "--api-socket" } },
	{ "crosvm", { "crosvm" }, { "--name" }, { "--socket", "-s" } },
	{ "kvmtool", { "lkvm", "kvmtool" }, { "--name" }, { 0 } },
};

static const struct vmm *find_vmm(const char *program)
{
	const char *slash = strrchr(program, '/');

	if (slash)
		program = slash + 1;
	/* Search from the end, as "kvmtool" also begins with "kvm". */
	for (size_t i = sizeof(vmms) / sizeof(*vmms); i--;)
		for (const char *const *p = vmms[i].program; *p; p++)
			if (!strncmp(program, *p, strlen(*p)))
				return &vmms[i];
	return NULL;
}

static void find_in_option(const struct vmm *vmm, char *const *argv, char name[NAME_SIZE])
{
	const char *value;

	for (size_t i = 0; i < 2; i++) {
		value = vmm->option[i] ? option_value(argv, vmm->option[i]) : NULL;
		if (value)
			set_name(name, value, strlen(value));
		value = vmm->socket[i] && !name[0] ? option_value(argv, vmm->socket[i]) : NULL;
		if (value)
			name_from_socket(strncmp(value, "path=", 5) ? value : value + 5, name);
	}
}

void name_find(char *const *argv, struct name_found *found)
{
	const struct vmm *vmm = *argv ? find_vmm(*argv) : NULL;

	*found = (struct name_found){ .vmm = vmm ? vmm->name : NULL };
	if (!*argv)
		return;
	while (*++argv) {
		if (vmm && vmm != vmms) {
			find_in_option(vmm, argv, found->name);
		} else if (option_is(*argv, "-name") && argv[1]) {
			/* A QEMU can have any file name. */
			found->vmm = vmms[0].name;
			name_from_option(*++argv, found->name);
		} else if (option_is(*argv, "-uuid") && argv[1]) {
			++argv;
			set_name(found->uuid, *argv, strlen(*argv));
		}
	}
}

/*
 * Looks at the first character of @from. Returns its length if the current locale prints it
 * and it has a width, or else 0. Writes to @columns how many columns it takes, as \xNN if
 * need be.
 */
static size_t printed(const char *from, mbstate_t *state, int *columns)
{
	wchar_t wide;
	size_t len = mbrtowc(&wide, from, strlen(from), state);

	/* A character without a width could change its neighbours. */
	if (len && len <= MB_LEN_MAX && iswprint(wide) && wcwidth(wide) > 0) {
		*columns = wcwidth(wide);
		return len;
	}
	*state = (mbstate_t){ 0 };
	*columns = strlen("\\x00");
	return 0;
}

static char *put(char *to, const char *from, size_t len)
{
	if (len)
		return mempcpy(to, from, len);
	return to + sprintf(to, "\\x%02x", (unsigned char)*from);
}

void name_clean(char out[NAME_SIZE], const char *raw, bool again)
{
	static locale_t utf8;
	mbstate_t state = { 0 };
	locale_t before;
	char *to = out;

	/* The user's locale does not matter: clean names are the same for everybody. */
	if (!utf8)
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	before = uselocale(utf8);
	while (*raw) {
		int columns;
		size_t len = printed(raw, &state, &columns);

		/* A spreadsheet takes a first =, +, - or @ for a formula if more follows. */
		if ((*raw == '\\' && !again) || (to == out && raw[1] && strchr("=+-@", *raw)))
			len = 0;
		/* Leave room for this character and for the mark. */
		if (to - out + (len ? len : 4) > NAME_SIZE - 2) {
			*to++ = '+';
			break;
		}
		to = put(to, raw, len);
		raw += len ? len : 1;
	}
	*to = '\0';
	uselocale(before);
}

int name_show(char out[NAME_SHOWN_SIZE], const char *name, int width)
{
	int used = 0, kept_used = 0;
	char *to = out, *kept = out;
	mbstate_t state = { 0 };

	while (*name) {
		int columns;
		size_t len = printed(name, &state, &columns);

		if (used + columns > width) {
			/* *kept leaves a column for the mark. */
			*kept = '+';
			kept[1] = '\0';
			return kept_used + 1;
		}
		to = put(to, name, len);
		name += len ? len : 1;
		used += columns;
		if (used < width) {
			kept = to;
			kept_used = used;
		}
	}
	*to = '\0';
	return used;
}

bool name_means(const char *text, const char *name)
{
	char clean[NAME_SIZE];

	name_clean(clean, text, false);
	return !strcmp(text, name) || !strcmp(clean, name);
}
