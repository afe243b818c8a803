// SPDX-License-Identifier: GPL-2.0
/*
 * A process with the threads and the memory of a VMM: threads [-name NAME...] -- NAME... makes a
 * thread of each name and prints their tids in a line, the main thread's first. A line "memory" from
 * standard input makes it touch 16 MiB in small pages, and "sum" prints a sum of their content; any
 * other line is the name of one more thread. It ends with its input.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define MEMORY (16 << 20)

static sem_t made;
static pid_t tid;
static uint32_t *memory;

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

/* Without this the kernel could give it huge pages at once. */
static void touch(void)
{
	memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return;
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	for (uint32_t i = 0; i < MEMORY / sizeof(*memory); i++)
		memory[i] = i * 2654435761u;
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	printf(" touched");
}

static void sum(void)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < MEMORY / sizeof(*memory); i++)
		all += (uint64_t)memory[i] * (i + 1);
	printf(" %llx", (unsigned long long)all);
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
		if (!strcmp(line, "memory"))
			touch();
		else if (!strcmp(line, "sum"))
			sum();
		else
			make(line);
		putchar('\n');
		fflush(stdout);
	}
	return 0;
}
