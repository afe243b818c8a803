// SPDX-License-Identifier: GPL-2.0
/*
 * guestwork KIND [DISK]: do for ever what guest-init's shell cannot do in a guest: "spin", as if
 * waiting for a lock whose holder does not run; "memory", touch page after page that the host
 * has not yet given to the guest; "walk", touch the same pages again and again; "cpuid", execute
 * CPUID; "timer", set a timer again and again; "light", compute for a fifth of the time;
 * "send", send frames to another guest; "write", write a disk block by block, uncached. Others do a
 * fixed amount of work, and end: "blocks DISK read|write SIZE N" reads or writes so many blocks, uncached;
 * "naps N US" sleeps so often, so long; "passes MIB" writes to each page of so much memory once for each line that it reads; "pages MIB"
 * does what each line says, which is "write SEED FROM N" or "read FROM N", to N pages of so much memory.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

/* Hardware lets some thousand PAUSEs pass between two VM exits; boot.sh --pause lets none pass. */
static void spin(void)
{
	volatile int i;

	for (;;) {
		for (i = 0; i < 3000; i++)
			;
		__builtin_ia32_pause();
	}
}

/* Touches all free memory of the guest except a spare part, once or for ever. */
static void memory(bool again)
{
	const size_t spare = 16 << 20, page = sysconf(_SC_PAGESIZE);
	struct sysinfo info;
	size_t size, at;
	char *bytes;

	sysinfo(&info);
	size = info.freeram * info.mem_unit - spare;
	bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bytes == MAP_FAILED)
		err(1, "mmap");
	madvise(bytes, size, MADV_NOHUGEPAGE);
	do {
		for (at = 0; at < size; at += page)
			bytes[at]++;
	} while (again);
}

static void cpuid(void)
{
	unsigned int a, b, c, d;

	for (;;)
		__cpuid(0, a, b, c, d);
}

/*
 * Sets the local APIC's timer to expire soon, again and again, as a guest with many timers does.
 * The kernel's own interface takes too long on an emulated processor.
 */
static void timer(void)
{
	const off_t deadline = 0x6e0; /* the MSR */
	uint64_t soon[64];
	int fd = open("/dev/cpu/0/msr", O_WRONLY);

	if (fd < 0)
		err(1, "/dev/cpu/0/msr");
	for (;;) {
		for (int i = 0; i < 64; i++)
			soon[i] = __builtin_ia32_rdtsc() + 10000000;
		if (pwrite(fd, soon, sizeof(soon), deadline) < 0)
			err(1, "/dev/cpu/0/msr");
	}
}

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec + at.tv_nsec / 1e9;
}

static void light(void)
{
	double until;

	for (;;) {
		for (until = now() + 0.02; now() < until;)
			;
		usleep(80000);
	}
}

/*
 * Sends large frames to everybody on the network, without a copy in the guest, so that who takes them
 * from the guest works longer than the guest. Other processes of the same kind queue more while one
 * waits for its own.
 */
static void send_frames(void)
{
	const struct tpacket_req ring = { .tp_block_size = 1 << 17,
					  .tp_block_nr = 8,
					  .tp_frame_size = 1 << 16,
					  .tp_frame_nr = 16 };
	const struct sockaddr_ll to = { .sll_family = AF_PACKET,
					.sll_protocol = 0xb588, /* of local experiments, 0x88b5 */
					.sll_ifindex = if_nametoindex("eth0"),
					.sll_halen = 6,
					.sll_addr = { 255, 255, 255, 255, 255, 255 } };
	const bool alone = fork() < 0 || fork() < 0;
	const int fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	char *frames;

	if (alone || fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_TX_RING, &ring, sizeof(ring)))
		err(1, "packet socket");
	frames = mmap(NULL, ring.tp_block_size * ring.tp_block_nr, PROT_READ | PROT_WRITE,
		      MAP_SHARED, fd, 0);
	if (frames == MAP_FAILED)
		err(1, "mmap");
	for (;;) {
		for (unsigned int i = 0; i < ring.tp_frame_nr; i++) {
			struct tpacket_hdr *frame = (void *)(frames + i * ring.tp_frame_size);

			frame->tp_len = 60000;
			frame->tp_status = TP_STATUS_SEND_REQUEST;
		}
		if (sendto(fd, NULL, 0, 0, (const struct sockaddr *)&to, sizeof(to)) < 0)
			err(1, "eth0");
	}
}

/* Writes the same MiB again and again, 4 KiB at a time. */
static void write_disk(const char *disk)
{
	const size_t block = 4096, size = 1 << 20;
	char *bytes = aligned_alloc(block, block);
	int fd = open(disk, O_WRONLY | O_DIRECT);
	size_t at;

	if (!bytes || fd < 0)
		err(1, "%s", disk);
	memset(bytes, 0, block);
	for (at = 0;; at = (at + block) % size)
		if (pwrite(fd, bytes, block, at) != (ssize_t)block)
			err(1, "%s", disk);
}

/* The first 64 MiB of the disk, again and again. */
static void blocks(const char *disk, bool write, size_t size, long n)
{
	char *bytes = aligned_alloc(4096, size);
	int fd = open(disk, O_RDWR | O_DIRECT);
	size_t at = 0;

	if (!bytes || fd < 0)
		err(1, "%s", disk);
	memset(bytes, 0, size);
	for (; n; n--, at = (at + size) % (64 << 20))
		if ((write ? pwrite(fd, bytes, size, at) : pread(fd, bytes, size, at)) !=
		    (ssize_t)size)
			err(1, "%s", disk);
}

static void naps(long n, long us)
{
	while (n--)
		usleep(us);
}

static char *small_pages(size_t size)
{
	char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (bytes == MAP_FAILED)
		err(1, "mmap");
	madvise(bytes, size, MADV_NOHUGEPAGE);
	return bytes;
}

/* Says that the work is done, and waits for what comes next. Returns false with the line "end", or without one. */
static bool next_line(char *line, int size)
{
	puts("done");
	fflush(stdout);
	return fgets(line, size, stdin) && strcmp(line, "end\n");
}

/* All pages are alike after each pass. */
static void passes(size_t size)
{
	char *bytes = small_pages(size);
	char line[80];
	size_t at;

	while (next_line(line, sizeof(line)))
		for (at = 0; at < size; at += 4096)
			bytes[at]++;
}

/* No two pages are alike, but those of two guests are that have the same seed. */
static void pages(size_t size)
{
	char *bytes = small_pages(size), line[80];
	size_t at, from, n;
	uint64_t seed;

	while (next_line(line, sizeof(line))) {
		if (sscanf(line, "write %" SCNu64 " %zu %zu", &seed, &from, &n) == 3) {
			for (at = from * 4096; at < size && at < (from + n) * 4096; at += 4096) {
				((volatile uint64_t *)(bytes + at))[0] = at + 1;
				((volatile uint64_t *)(bytes + at))[1] = ~seed;
			}
		} else if (sscanf(line, "read %zu %zu", &from, &n) == 2) {
			for (at = from * 4096; at < size && at < (from + n) * 4096; at += 4096)
				(void)*(volatile uint64_t *)(bytes + at);
		} else {
			errx(2, "pages: %s", line);
		}
	}
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "spin"))
		spin();
	else if (argc == 2 && !strcmp(argv[1], "memory"))
		memory(false);
	else if (argc == 2 && !strcmp(argv[1], "walk"))
		memory(true);
	else if (argc == 2 && !strcmp(argv[1], "cpuid"))
		cpuid();
	else if (argc == 2 && !strcmp(argv[1], "timer"))
		timer();
	else if (argc == 2 && !strcmp(argv[1], "light"))
		light();
	else if (argc == 2 && !strcmp(argv[1], "send"))
		send_frames();
	else if (argc == 3 && !strcmp(argv[1], "write"))
		write_disk(argv[2]);
	else if (argc == 6 && !strcmp(argv[1], "blocks"))
		return blocks(argv[2], !strcmp(argv[3], "write"), atol(argv[4]), atol(argv[5])), 0;
	else if (argc == 4 && !strcmp(argv[1], "naps"))
		return naps(atol(argv[2]), atol(argv[3])), 0;
	else if (argc == 3 && !strcmp(argv[1], "passes"))
		return passes(atol(argv[2]) << 20), 0;
	else if (argc == 3 && !strcmp(argv[1], "pages"))
		return pages(atol(argv[2]) << 20), 0;
	else
		errx(2,
		     "usage: guestwork spin|memory|walk|cpuid|timer|light|send|write DISK|naps N US|passes MIB|"
		     "pages MIB|"
		     "blocks DISK read|write SIZE N");
	/* There is no fresh memory left. */
	for (;;)
		pause();
}
