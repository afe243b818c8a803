/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Times as people write and read them.
 */
#ifndef WHEN_H
#define WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Parses the local times '2026-11-21 14:00[:30]' and '14:00[:30]' (the first such time that is
 * not over at @first_ns), '2026-11-21T14:00:30Z' in UTC, '@SECONDS' since 1970, and '+90s', '+5m', '+2h' after @first_ns. Writes nanoseconds since
 * 1970 to @ns. Returns false if @text is none of these.
 */
bool when_parse(const char *text, int64_t first_ns, int64_t *ns);

/* Writes @ns, since 1970, as local time, "2026-11-21 14:00:30". */
void when_format(char *buf, size_t size, int64_t ns);

#endif
