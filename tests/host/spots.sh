#!/bin/bash
# spots.sh: compile the module's sketch of hot spots for this machine, with the kernel's headers
# replaced by a few lines, and hold it against exact counts on random streams, also while it is
# read. Prints ok lines.
# shellcheck disable=SC2034 # step is lib.sh's
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/lib.sh
. "$top/tests/lib.sh"
step=spots
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/linux"
cat >"$work/linux/kernel.h" <<'C'
#pragma once
#include <stddef.h>
#include <stdint.h>
typedef uint8_t u8;
typedef uint64_t u64, __le64;
#define U64_MAX UINT64_MAX
#define BIT_ULL(n) (1ull << (n))
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define notrace
#define likely(x) (x)
#define unlikely(x) (x)
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define le64_to_cpu(x) (x)
#define __ffs64(x) ((unsigned long)__builtin_ctzll(x))
#define BUILD_BUG_ON(x) _Static_assert(!(x), "")
#define WRITE_ONCE(x, v) ((x) = (v))
#define smp_wmb() __asm__ volatile("" ::: "memory")
#define smp_rmb() smp_wmb()
/* The guest goes on between any two steps of a reader. */
void go_on(void);
#define READ_ONCE(x) (go_on(), (x))
#define data_race(x) (x)
C
mkdir "$work/asm"
for header in linux/{bitops,bits,build_bug,compiler,types} asm/{barrier,byteorder}; do
	echo '#include <linux/kernel.h>' >"$work/$header.h"
done
cat >"$work/test.c" <<'C'
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "spots.c"

#define KEYS 4096

static struct kvmstat_spots spots;
static u64 truth[KEYS], touches, untold;
static unsigned long seed;

/* xorshift64 */
static unsigned long next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	return seed ^= seed << 17;
}

/* Keys as guests have them: ports, MSRs, addresses and hypercalls; 0 is one. */
static u64 key_of(unsigned int i)
{
	switch (i % 4) {
	case 0:
		return (u64)(i / 4) << 16;
	case 1:
		return 0x40000000 + i;
	case 2:
		return KVMSTAT_SPOT_WRITE | (0xfee00000ull + i * 4096ull);
	default:
		return i;
	}
}

/* As count.c does it. */
static struct kvmstat_spot *other(u64 key)
{
	u8 tag = kvmstat_spots_tag(key);
	u64 low = kvmstat_spots_hits(spots.tags[0], tag);
	u64 high = kvmstat_spots_hits(spots.tags[1], tag);

	if (low | high || spots.spot[spots.hand].count > spots.floor)
		return kvmstat_spots_other(&spots, key, tag, low, high);
	return kvmstat_spots_take(&spots, spots.hand, key, tag);
}

/* As count.h does it. */
static void touch(unsigned int i)
{
	struct kvmstat_spot *spot = spots.last;

	if (spot->key == key_of(i))
		spot->count++;
	else
		spot = other(key_of(i));
	if (spot)
		spot->ticks++;
	truth[i]++;
	touches++;
}

static int wrong(const char *what, unsigned int i, unsigned int stream)
{
	printf("stream %u, key %#llx: %s\n", stream, (unsigned long long)key_of(i), what);
	return 1;
}

static int check(unsigned int stream)
{
	u64 ticks = 0;

	if (spots.floor > touches / (KVMSTAT_SPOTS + 1))
		return wrong("the floor is above its bound", 0, stream);
	for (unsigned int i = 0; i < KEYS; i++) {
		u64 least = 0;
		unsigned int places = 0;

		for (unsigned int n = 0; n < KVMSTAT_SPOTS; n++)
			if (spots.spot[n].key == key_of(i) && spots.spot[n].count > spots.floor) {
				least = spots.spot[n].count - spots.floor;
				places++;
				if (spots.spot[n].ticks > truth[i])
					return wrong("time of another", i, stream);
			}
		if (places > 1)
			return wrong("two places", i, stream);
		if (truth[i] < least || truth[i] > least + spots.floor)
			return wrong("out of its bounds", i, stream);
		if (!places && truth[i] > touches / (KVMSTAT_SPOTS + 1))
			return wrong("is missing", i, stream);
	}
	for (unsigned int n = 0; n < KVMSTAT_SPOTS; n++)
		ticks += spots.spot[n].ticks;
	untold += touches - ticks; /* of keys that were pushed out, or had no place */
	return ticks > touches ? wrong("more time than touches", 0, stream) : 0;
}

static bool is_read;
void go_on(void)
{
	/* Long enough, at times, for all keys to be pushed out. */
	for (unsigned long n = is_read ? next() % (next() % 8 ? 3 : 90) : 0; n; n--)
		touch(next() % (n % 3 ? 200 : 20));
}

static int check_read(unsigned int stream)
{
	static u64 before[KEYS], sum[KEYS];
	struct kvmstat_spot copy[KVMSTAT_SPOTS];
	u64 floor;

	memcpy(before, truth, sizeof(truth));
	memset(sum, 0, sizeof(sum));
	is_read = true;
	floor = kvmstat_spots_read(&spots, copy);
	is_read = false;
	for (unsigned int n = 0; n < KVMSTAT_SPOTS; n++)
		for (unsigned int i = 0; i < KEYS; i++)
			if (copy[n].key == key_of(i)) {
				sum[i] += copy[n].count;
				break;
			}
	for (unsigned int i = 0; i < KEYS; i++) {
		if (sum[i] > truth[i])
			return wrong("read twice", i, stream);
		if (sum[i] + floor < before[i])
			return wrong("read too low", i, stream);
	}
	return 0;
}

int main(void)
{
	for (unsigned int stream = 0; stream < 400; stream++) {
		unsigned int keys = 1 + stream * stream % KEYS, hot = stream % 40;

		memset(&spots, 0, sizeof(spots));
		memset(truth, 0, sizeof(truth));
		touches = 0;
		seed = 88172645463325252ul + stream;
		kvmstat_spots_init(&spots);
		for (unsigned int n = 0; n < 3000; n++) {
			/* In turn, at random, a few often beside many, each for a while. */
			switch (stream % 4) {
			case 0:
				touch(n % keys);
				break;
			case 1:
				touch(next() % keys);
				break;
			case 2:
				touch(hot && next() % 2 ? next() % hot : next() % keys);
				break;
			case 3:
				touch(n / (1 + stream % 50) * 7 % keys);
			}
			if (n % 50 == 0 && check(stream))
				return 1;
		}
		if (check(stream))
			return 1;
		for (unsigned int n = 0; n < 100; n++)
			if (check_read(stream) || check(stream))
				return 1;
	}
	return !untold;
}
C
gcc -O2 -Wall -Werror -fsanitize=undefined,address -fno-sanitize-recover=all -o "$work/test" -I"$work" -I"$top/kvmstat/module" \
	"$work/test.c"
is "400 streams of touches, within the bounds of exact counts" "$("$work/test" 2>&1 || echo failed)" ""
