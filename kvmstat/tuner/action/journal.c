// SPDX-License-Identifier: GPL-2.0
/*
 * A line of JSON for each thing that happens. A line without an end was never written whole, so
 * nothing was done after it.
 */
#define _GNU_SOURCE
#include "action/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "data/jsonl.h"
#include "data/live.h"
#include "data/memory.h"
#include "data/thread.h"
#include "data/tree.h"

#define DIRECTORY "/run/kvmtune"
#define WAIT_NS 50000000
#define WAIT_TRIES 100

/* The keys of a subject's numbers and texts. */
static const struct {
	const char *key;
	size_t at;
} numbers[] = {
	{ "pid", offsetof(struct subject, pid) },
	{ "pid_start", offsetof(struct subject, pid_start) },
	{ "tid", offsetof(struct subject, tid) },
	{ "tid_start", offsetof(struct subject, tid_start) },
}, texts[] = {
	{ "guest", offsetof(struct subject, guest) },	{ "role", offsetof(struct subject, role) },
	{ "thread", offsetof(struct subject, thread) }, { "file", offsetof(struct subject, file) },
	{ "unit", offsetof(struct subject, unit) },
};
#define NUMBERS_NR (sizeof(numbers) / sizeof(*numbers))
#define TEXTS_NR (sizeof(texts) / sizeof(*texts))

static const char *const owners[] = {
	[MANAGER_NONE] = "none",	  [MANAGER_LIBVIRT] = "libvirt",
	[MANAGER_PROXMOX] = "Proxmox VE", [MANAGER_KUBERNETES] = "Kubernetes",
	[MANAGER_SYSTEMD] = "systemd",
};
#define OWNERS_NR (sizeof(owners) / sizeof(*owners))

static uint64_t *number_at(const struct subject *subject, size_t i)
{
	return (uint64_t *)((char *)subject + numbers[i].at);
}

static const char **text_at(const struct subject *subject, size_t i)
{
	return (const char **)((char *)subject + texts[i].at);
}

static void copy_subject(struct subject *to, const struct subject *from)
{
	*to = *from;
	for (size_t i = 0; i < TEXTS_NR; i++)
		*text_at(to, i) = xstrdup(*text_at(from, i) ?: "");
}

static void free_change(struct change *change)
{
	for (size_t i = 0; i < TEXTS_NR; i++)
		free((char *)*text_at(&change->subject, i));
	free(change->old);
	free(change->new);
	free(change->how);
}

static void free_action(struct action *action)
{
	for (char **word = action->words; word && *word; word++)
		free(*word);
	free(action->words);
	free(action->user);
	free(action->command);
}

static void forget(struct journal *journal)
{
	for (size_t i = 0; i < journal->nr_changes; i++)
		free_change(&journal->change[i]);
	for (size_t i = 0; i < journal->nr_actions; i++)
		free_action(&journal->action[i]);
	free(journal->change);
	free(journal->action);
	journal->change = NULL;
	journal->action = NULL;
	journal->nr_changes = journal->nr_actions = 0;
}

static struct action *add_action(struct journal *journal, const struct action *action)
{
	journal->action = xreallocarray(journal->action, journal->nr_actions + 1, sizeof(*action));
	journal->action[journal->nr_actions] = *action;
	return &journal->action[journal->nr_actions++];
}

static struct change *add_change(struct journal *journal, const struct change *change)
{
	journal->change = xreallocarray(journal->change, journal->nr_changes + 1, sizeof(*change));
	journal->change[journal->nr_changes] = *change;
	return &journal->change[journal->nr_changes++];
}

struct action *journal_find(const struct journal *journal, uint64_t action)
{
	for (size_t i = 0; i < journal->nr_actions; i++)
		if (journal->action[i].nr == action)
			return &journal->action[i];
	return NULL;
}

const struct change *journal_first(const struct journal *journal, uint64_t action)
{
	for (size_t i = 0; i < journal->nr_changes; i++)
		if (journal->change[i].action == action)
			return &journal->change[i];
	return NULL;
}

static struct change *find_change(const struct journal *journal, uint64_t nr)
{
	for (size_t i = 0; i < journal->nr_changes; i++)
		if (journal->change[i].nr == nr)
			return &journal->change[i];
	return NULL;
}

/* A change that is handed on leaves what it found to the one that continues it. */
static void end_change(struct journal *journal, struct change *change, const char *how)
{
	const size_t len = strlen(JOURNAL_HANDED);
	struct change *next;

	change->state = CHANGE_OVER;
	free(change->how);
	change->how = xstrdup(how);
	if (strncmp(how, JOURNAL_HANDED, len) != 0)
		return;
	next = find_change(journal, strtoull(how + len, NULL, 10));
	if (next && next != change) {
		free(next->old);
		next->old = xstrdup(change->old);
	}
}

static bool get_number(const json_t *line, const char *key, uint64_t *number)
{
	const json_t *value = json_object_get(line, key);

	*number = json_integer_value(value);
	return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool get_text(const json_t *line, const char *key, char **text)
{
	const char *value = json_string_value(json_object_get(line, key));

	*text = value ? xstrdup(value) : NULL;
	return value;
}

/* Copies the words of an array, and joins them in @action->command. */
static bool read_words(struct action *action, const json_t *array)
{
	char *line = xstrdup(""), clean[NAME_SIZE];
	bool good = json_is_array(array);

	action->words = xcalloc(json_array_size(array) + 1, sizeof(*action->words));
	for (size_t i = 0; i < json_array_size(array) && good; i++) {
		const char *word = json_string_value(json_array_get(array, i));
		char *longer;

		good = word;
		if (!good)
			break;
		action->words[i] = xstrdup(word);
		longer = xasprintf("%s%s%s", line, i ? " " : "", word);
		free(line);
		line = longer;
	}
	name_clean(clean, line, false);
	action->command = xstrdup(clean);
	free(line);
	return good;
}

static bool read_action(struct journal *journal, const json_t *line, uint64_t nr)
{
	struct action action = { .nr = nr,
				 .lasting = json_is_true(json_object_get(line, "lasting")) };
	uint64_t seconds;

	if (!journal_find(journal, nr) && get_number(line, "pid", &action.pid) &&
	    get_number(line, "start", &action.start) && get_number(line, "time", &seconds) &&
	    get_text(line, "user", &action.user) &&
	    read_words(&action, json_object_get(line, "words"))) {
		action.seconds = seconds;
		add_action(journal, &action);
		return true;
	}
	free_action(&action);
	return false;
}

static bool read_change(struct journal *journal, const json_t *line, uint64_t nr)
{
	struct change change = { .nr = nr };
	char *setting = NULL, *owner = NULL;
	bool good = !find_change(journal, nr) && get_number(line, "action", &change.action) &&
		    journal_find(journal, change.action) && get_text(line, "old", &change.old) &&
		    get_text(line, "new", &change.new) && get_text(line, "setting", &setting) &&
		    get_text(line, "owner", &owner);

	for (size_t i = 0; i < NUMBERS_NR; i++)
		good = good && get_number(line, numbers[i].key, number_at(&change.subject, i));
	for (size_t i = 0; i < TEXTS_NR; i++)
		good = good && get_text(line, texts[i].key, (char **)text_at(&change.subject, i));
	if (good) {
		change.setting = subject_find_setting(setting, strlen(setting));
		while (change.subject.owner < OWNERS_NR &&
		       strcmp(owners[change.subject.owner], owner) != 0)
			change.subject.owner++;
		good = change.setting < SETTING_NR && change.subject.owner < OWNERS_NR;
	}
	if (good)
		add_change(journal, &change);
	else
		free_change(&change);
	free(setting);
	free(owner);
	return good;
}

/* Takes a line in. Returns false if it makes no sense. */
static bool read_line(struct journal *journal, const char *text, size_t len)
{
	json_t *line = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	struct action *action;
	struct change *change;
	char *how = NULL;
	uint64_t nr;
	bool good = false;

	if (get_number(line, "begin", &nr)) {
		good = read_action(journal, line, nr);
	} else if (get_number(line, "mean", &nr)) {
		good = read_change(journal, line, nr);
	} else if (get_number(line, "made", &nr)) {
		change = find_change(journal, nr);
		good = change && change->state == CHANGE_MEANT;
		if (good)
			change->state = CHANGE_MADE;
	} else if (get_number(line, "over", &nr)) {
		change = find_change(journal, nr);
		good = change && get_text(line, "how", &how);
		if (good)
			end_change(journal, change, how);
	} else if (get_number(line, "complete", &nr)) {
		action = journal_find(journal, nr);
		good = action;
		if (good)
			action->complete = true;
	}
	free(how);
	json_decref(line);
	return good;
}

/* Reads all whole lines. What was written before the last boot is forgotten. */
static enum status read_all(struct journal *journal, const char *text, size_t len, size_t *whole)
{
	const char *end;
	size_t nr = 1;
	char *boot;

	*whole = 0;
	for (const char *line = text; (end = memchr(line, '\n', text + len - line));
	     line = end + 1, nr++) {
		json_t *first = nr == 1 ? json_loadb(line, end - line, 0, NULL) : NULL;
		bool good = nr == 1 ? get_text(first, "boot", &boot) :
				      read_line(journal, line, end - line);

		json_decref(first);
		if (!good) {
			fprintf(stderr,
				"%s: %s: line %zu is damaged; undo by hand what it says, and "
				"remove it\n",
				status_program, journal->path, nr);
			return STATUS_BAD;
		}
		if (nr == 1) {
			good = !strcmp(boot, journal->boot);
			free(boot);
			if (!good)
				return STATUS_OK;
		}
		*whole = end + 1 - text;
	}
	return STATUS_OK;
}

static enum status complain(const struct journal *journal, const char *what, int error)
{
	fprintf(stderr, "%s: cannot %s %s: %s%s\n", status_program, what, journal->path,
		strerror(error), error == EACCES ? "; try sudo" : "");
	return STATUS_NO_DATA;
}

static bool write_all(struct journal *journal, const char *text, size_t len)
{
	while (len) {
		ssize_t done = write(journal->file, text, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		text += done;
		len -= done;
	}
	return !fdatasync(journal->file);
}

/* Writes a line, and drops the reference. Leaves no part of a line that cannot be written. */
static bool write_line(struct journal *journal, json_t *line)
{
	const off_t before = lseek(journal->file, 0, SEEK_END);
	char *text = line ? json_dumps(line, JSONL_FLAGS) : NULL, *whole = NULL;
	bool good = text;

	if (good) {
		whole = xasprintf("%s\n", text);
		good = write_all(journal, whole, strlen(whole));
	} else {
		errno = EILSEQ;
	}
	if (!good) {
		complain(journal, "write", errno);
		if (before >= 0 && ftruncate(journal->file, before))
			complain(journal, "write", errno);
	}
	free(text);
	free(whole);
	json_decref(line);
	return good;
}

static enum status lock(struct journal *journal, bool patient)
{
	const struct timespec moment = { .tv_nsec = WAIT_NS };

	for (int tries = 0; flock(journal->file, LOCK_EX | LOCK_NB); tries++) {
		if (errno != EWOULDBLOCK)
			return complain(journal, "lock", errno);
		if (tries == WAIT_TRIES) {
			fprintf(stderr, "%s: another kvmtune is at work%s\n", status_program,
				patient ? "; this one waits for it" : "");
			if (!patient)
				return STATUS_NO_DATA;
		}
		nanosleep(&moment, NULL);
	}
	return STATUS_OK;
}

static enum status load(struct journal *journal, bool write)
{
	size_t len, whole;
	char *text = tree_read(&len, "%s", journal->path);
	enum status status;

	if (!text)
		return complain(journal, "read", errno);
	if (len > TREE_MAX_BYTES) {
		free(text);
		return complain(journal, "read", EFBIG);
	}
	status = read_all(journal, text, len, &whole);
	free(text);
	if (status || !write)
		return status;
	if (whole != len && ftruncate(journal->file, whole))
		return complain(journal, "write", errno);
	if (!whole && !write_line(journal, json_pack("{s:s}", "boot", journal->boot)))
		return STATUS_NO_DATA;
	return STATUS_OK;
}

static enum status open_it(struct journal *journal, const char *root, bool write, bool patient)
{
	enum status status = STATUS_OK;
	struct moment now;
	char *dir;

	live_moment(&now);
	*journal =
		(struct journal){ .file = -1, .path = xasprintf("%s" DIRECTORY "/journal", root) };
	snprintf(journal->boot, sizeof(journal->boot), "%.63s", now.boot_id);
	if (write) {
		dir = xasprintf("%s" DIRECTORY, root);
		mkdir(dir, 0755);
		free(dir);
		journal->file = open(journal->path,
				     O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
		status = journal->file < 0 ? complain(journal, "write", errno) :
					     lock(journal, patient);
	}
	if (!status && (write || !access(journal->path, F_OK)))
		status = load(journal, write);
	if (status)
		journal_close(journal);
	return status;
}

enum status journal_open(struct journal *journal, const char *root, bool write)
{
	return open_it(journal, root, write, false);
}

enum status journal_wait(struct journal *journal, const char *root)
{
	return open_it(journal, root, true, true);
}

void journal_close(struct journal *journal)
{
	forget(journal);
	free(journal->path);
	journal->path = NULL;
	if (journal->file >= 0)
		close(journal->file);
	journal->file = -1;
}

/* Returns the name of who called sudo, or else of who runs kvmtune. */
static const char *user_name(void)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *user = sudo && *sudo ? NULL : getpwuid(getuid());

	return sudo && *sudo ? sudo : user ? user->pw_name : "?";
}

struct action *journal_begin(struct journal *journal, char *const *words, bool lasting)
{
	const size_t last = journal->nr_actions;
	struct action action = {
		.nr = last ? journal->action[last - 1].nr + 1 : 1,
		.seconds = time(NULL),
		.pid = getpid(),
		.lasting = lasting,
	};
	json_t *array = json_array(), *line;
	char user[NAME_SIZE];
	bool good = true;

	name_clean(user, user_name(), false);
	for (; *words; words++)
		good = !json_array_append_new(array, json_string(*words)) && good;
	thread_start("", action.pid, &action.start);
	line = good ? json_pack("{s:I, s:I, s:s, s:O, s:b, s:I, s:I}", "begin",
				(json_int_t)action.nr, "time", (json_int_t)action.seconds, "user",
				user, "words", array, "lasting", lasting, "pid",
				(json_int_t)action.pid, "start", (json_int_t)action.start) :
		      NULL;
	good = write_line(journal, line);
	if (good) {
		action.user = xstrdup(user);
		read_words(&action, array);
	}
	json_decref(array);
	return good ? add_action(journal, &action) : NULL;
}

struct change *journal_mean(struct journal *journal, uint64_t action, const struct subject *subject,
			    enum setting setting, const char *old, const char *new)
{
	const size_t last = journal->nr_changes;
	struct change change = {
		.nr = last ? journal->change[last - 1].nr + 1 : 1,
		.action = action,
		.setting = setting,
	};
	json_t *line = json_pack("{s:I, s:I, s:s, s:s, s:s, s:s}", "mean", (json_int_t)change.nr,
				 "action", (json_int_t)action, "setting",
				 subject_setting_name(setting), "old", old, "new", new, "owner",
				 owners[subject->owner]);

	bool good = line;

	for (size_t i = 0; i < NUMBERS_NR; i++)
		good = good && !json_object_set_new(line, numbers[i].key,
						    jsonl_number(*number_at(subject, i)));
	/* A text that is not UTF-8 is no JSON. */
	for (size_t i = 0; i < TEXTS_NR; i++)
		good = good && !json_object_set_new(line, texts[i].key,
						    json_string(*text_at(subject, i) ?: ""));
	if (!good) {
		json_decref(line);
		line = NULL;
	}
	if (!write_line(journal, line))
		return NULL;
	copy_subject(&change.subject, subject);
	change.old = xstrdup(old);
	change.new = xstrdup(new);
	return add_change(journal, &change);
}

bool journal_made(struct journal *journal, struct change *change)
{
	change->state = CHANGE_MADE;
	return write_line(journal, json_pack("{s:I}", "made", (json_int_t)change->nr));
}

bool journal_over(struct journal *journal, struct change *change, const char *how)
{
	char clean[NAME_SIZE];

	name_clean(clean, how, false);
	end_change(journal, change, clean);
	return write_line(journal,
			  json_pack("{s:I, s:s}", "over", (json_int_t)change->nr, "how", clean));
}

bool journal_complete(struct journal *journal, uint64_t action)
{
	journal_find(journal, action)->complete = true;
	return write_line(journal, json_pack("{s:I}", "complete", (json_int_t)action));
}

bool journal_is_held(const struct action *action)
{
	uint64_t start;

	return thread_start("", action->pid, &start) && start == action->start;
}
