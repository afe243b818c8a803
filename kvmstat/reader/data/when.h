/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Times of day as people give and read them.
 */
#ifndef WHEN_H
#define WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Parses '2026-11-21 14:00[:30]', '14:00[:30]' (of the day of @first_ns), both local
 * time, '@SECONDS' since 1970, or '+90s', '+5m', '+2h' after @first_ns. Returns false if
 * @text is none of these. Nanoseconds since 1970.
 */
bool when_parse(const char *text, int64_t first_ns, int64_t *ns);

/* Writes local time, "2026-11-21 14:00:30". */
void when_format(char *buf, size_t size, int64_t ns);

#endif
