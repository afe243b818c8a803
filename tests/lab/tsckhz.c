// SPDX-License-Identifier: GPL-2.0
/*
 * tsckhz: print how many thousand times a second this host's TSC counts, by CLOCK_MONOTONIC.
 * QEMU's emulator makes both of them the clocks of its machines.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

/* Both clocks at one moment: of many readings, the one that took least. */
static uint64_t tsc_at(double *ms)
{
	uint64_t tsc = 0, least = UINT64_MAX;

	for (int i = 0; i < 100; i++) {
		const uint64_t before = __rdtsc();
		struct timespec now;
		uint64_t took;

		clock_gettime(CLOCK_MONOTONIC, &now);
		took = __rdtsc() - before;
		if (took >= least)
			continue;
		least = took;
		tsc = before + took / 2;
		*ms = now.tv_sec * 1e3 + now.tv_nsec / 1e6;
	}
	return tsc;
}

int main(void)
{
	double ms, ms_before;
	const uint64_t before = tsc_at(&ms_before);

	usleep(100000);
	printf("%.0f\n", (tsc_at(&ms) - before) / (ms - ms_before));
}
