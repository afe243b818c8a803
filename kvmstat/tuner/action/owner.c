// SPDX-License-Identifier: GPL-2.0
/*
 * Words and runs virsh and systemctl.
 */
#define _GNU_SOURCE
#include "action/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data/memory.h"

/* A program that waits for its daemon must not keep kvmtune, and its lock, for ever. */
#define ANSWER_MS 60000

extern char **environ;

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* The number behind a word, as in "vCPU 12" and in "IO iothread1". */
static const char *number_of(const char *text)
{
	return text + strcspn(text, "0123456789");
}

static bool libvirt_command(struct owner_command *command, const struct subject *subject,
			    enum setting setting, const char *value)
{
	const char **argv = command->argv, *vcpu = thread_vcpu(subject->role);

	*argv++ = "virsh";
	if (setting == SETTING_WEIGHT) {
		command->text = xasprintf("cpu_shares=%s", value);
		*argv++ = "schedinfo";
		*argv++ = subject->unit;
		*argv++ = "--live";
		*argv++ = "--set";
		*argv = command->text;
		return true;
	}
	*argv++ = vcpu				       ? "vcpupin" :
		  !strcmp(subject->role, "I/O thread") ? "iothreadpin" :
							 "emulatorpin";
	*argv++ = subject->unit;
	if (vcpu)
		*argv++ = number_of(vcpu);
	else if (!strcmp(subject->role, "I/O thread"))
		*argv++ = number_of(subject->thread);
	*argv++ = value;
	*argv = "--live";
	return true;
}

bool owner_command(struct owner_command *command, const struct subject *subject,
		   enum setting setting, const char *value)
{
	*command = (struct owner_command){ 0 };
	if (subject->owner == MANAGER_LIBVIRT &&
	    (setting == SETTING_WEIGHT || setting == SETTING_CPUS))
		return libvirt_command(command, subject, setting, value);
	if (setting != SETTING_WEIGHT || subject->owner == MANAGER_NONE)
		return false;
	command->text = xasprintf("CPUWeight=%s", strcmp(value, OWNER_NO_WEIGHT) ? value : "");
	command->argv[0] = "systemctl";
	command->argv[1] = "set-property";
	command->argv[2] = "--runtime";
	command->argv[3] = "--";
	command->argv[4] = subject->unit;
	command->argv[5] = command->text;
	return true;
}

const char *owner_refuses(const struct subject *subject, enum setting setting)
{
	if (subject->owner != MANAGER_LIBVIRT || setting == SETTING_WEIGHT)
		return NULL;
	if (setting != SETTING_CPUS)
		return "libvirt owns it, and virsh cannot set this of a running guest; use weight=";
	if (!strcmp(subject->role, "vhost"))
		return "libvirt owns it, and its vhost threads go where virsh emulatorpin puts them";
	if (!strcmp(subject->role, "I/O thread") &&
	    (!begins(subject->thread, "IO iothread") || !*number_of(subject->thread)))
		return "libvirt owns it, and this is no I/O thread that virsh knows";
	return NULL;
}

static void set_why(char why[OWNER_WHY], const struct owner_command *command, const char *what)
{
	char clean[NAME_SIZE];

	name_clean(clean, what, false);
	snprintf(why, OWNER_WHY, "%s: %.200s", command->argv[0], clean);
}

/*
 * Keeps the first line, and reads on so that the writer does not stop. Returns false if the writer
 * neither writes nor ends.
 */
static bool read_line(int from, char line[OWNER_WHY])
{
	struct pollfd ready = { .fd = from, .events = POLLIN };
	char rest[512];
	size_t len = 0;
	ssize_t got = 1;
	int answer;

	while (got) {
		answer = poll(&ready, 1, ANSWER_MS);
		if (answer < 0 && errno == EINTR)
			continue;
		if (answer <= 0)
			break;
		got = read(from, rest, sizeof(rest));
		for (ssize_t i = 0; i < got && len < OWNER_WHY - 1; i++)
			line[len++] = rest[i];
	}
	line[len] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return !got;
}

/* Runs a command, and returns the first line that it writes to @stream. */
static bool run(const struct owner_command *command, int stream, char line[OWNER_WHY],
		char why[OWNER_WHY])
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	int ends[2], error, status = 0;
	bool answers = true;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC)) {
		set_why(why, command, strerror(errno));
		return false;
	}
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files,
					 stream == STDOUT_FILENO ? STDERR_FILENO : STDOUT_FILENO,
					 "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&files, ends[1], stream);
	/* The signals that we block while we wait are for the child to have. */
	posix_spawnattr_init(&attributes);
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	error = posix_spawnp(&pid, command->argv[0], &files, &attributes,
			     (char *const *)command->argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	close(ends[1]);
	if (!error) {
		answers = read_line(ends[0], line);
		if (!answers)
			kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	close(ends[0]);
	if (error || status)
		set_why(why, command,
			error				 ? strerror(error) :
			!answers			 ? "it did not answer for a minute" :
			stream == STDERR_FILENO && *line ? line :
							   "it failed");
	return !error && !status;
}

bool owner_run(const struct owner_command *command, char why[OWNER_WHY])
{
	char complaint[OWNER_WHY] = "";

	return run(command, STDERR_FILENO, complaint, why);
}

bool owner_has_weight(const struct subject *subject)
{
	return subject->owner == MANAGER_SYSTEMD || subject->owner == MANAGER_PROXMOX;
}

char *owner_weight(const struct subject *subject, char why[OWNER_WHY])
{
	const struct owner_command command = { .argv = { "systemctl", "show",
							 "--property=CPUWeight", "--value", "--",
							 subject->unit } };
	char line[OWNER_WHY] = "";

	if (!run(&command, STDOUT_FILENO, line, why))
		return NULL;
	return xstrdup(*line == '[' ? OWNER_NO_WEIGHT : line); /* "[not set]" */
}

bool owner_keeps_weight(const struct subject *subject)
{
	char why[OWNER_WHY];
	/* A thread has no file. */
	char *weight = *subject->file && owner_has_weight(subject) ? owner_weight(subject, why) :
								     NULL;
	const bool keeps = weight && strcmp(weight, OWNER_NO_WEIGHT) != 0;

	free(weight);
	return keeps;
}

/* Puts quotes around what a shell would not take as one word. */
static char *quoted(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_.,-@:/=";
	char *text;

	if (*word && strspn(word, plain) == strlen(word))
		return xstrdup(word);
	text = xstrdup("'");
	for (; *word; word++) {
		char *longer = *word == '\'' ? xasprintf("%s'\\''", text) :
					       xasprintf("%s%c", text, *word);

		free(text);
		text = longer;
	}
	text = xreallocarray(text, strlen(text) + 2, 1);
	return strcat(text, "'");
}

char *owner_shell(const struct owner_command *command)
{
	char *line = xstrdup("");

	for (const char *const *word = command->argv; *word; word++) {
		char *text = quoted(*word),
		     *longer = xasprintf("%s%s%s", line, *line ? " " : "", text);

		free(text);
		free(line);
		line = longer;
	}
	return line;
}

void owner_free(struct owner_command *command)
{
	free(command->text);
	*command = (struct owner_command){ 0 };
}
