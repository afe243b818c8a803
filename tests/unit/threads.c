// SPDX-License-Identifier: GPL-2.0
/*
 * A process with the threads of a VMM: threads NAME... makes a thread of each name and prints their
 * tids in a line, the main thread's first. A line "NAME" from standard input makes one more. It ends
 * with its input.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static sem_t made;
static pid_t tid;

static void *sleep_on(void *name)
{
	pthread_setname_np(pthread_self(), name);
	tid = gettid();
	sem_post(&made);
	for (;;)
		pause();
	return NULL;
}

static void make(char *name)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, sleep_on, name))
		return;
	sem_wait(&made);
	printf(" %d", tid);
}

int main(int argc, char **argv)
{
	static char line[64];

	sem_init(&made, 0, 0);
	printf("%d", gettid());
	/* The arguments before -- are those of the VMM. */
	for (int i = 1, names = 0; i < argc; i++) {
		if (names)
			make(argv[i]);
		names |= !strcmp(argv[i], "--");
	}
	putchar('\n');
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		make(line);
		putchar('\n');
		fflush(stdout);
	}
	return 0;
}
