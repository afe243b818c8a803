// SPDX-License-Identifier: GPL-2.0
/*
 * Parses and writes times.
 */
#define _GNU_SOURCE
#include "data/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data/nsec.h"

/* A century is longer than any recording, and far from overflow. */
#define MAX_SECONDS 3155760000.0

static bool parse_seconds(const char *text, bool units, int64_t *ns)
{
	char *end;
	double seconds = strtod(text, &end);

	if (text[0] < '0' || text[0] > '9' || text[strspn(text, "0123456789.smh")])
		return false;
	if (units && !strcmp(end, "m"))
		seconds *= 60;
	else if (units && !strcmp(end, "h"))
		seconds *= 3600;
	else if (*end && !(units && !strcmp(end, "s")))
		return false;
	if (seconds > MAX_SECONDS)
		return false;
	*ns = (int64_t)(seconds * NSEC_PER_SEC);
	return true;
}

bool when_parse(const char *text, int64_t first_ns, int64_t *ns)
{
	static const struct {
		const char *format;
		time_t step; /* of a time of day: its unit, in seconds */
		bool utc;
	} forms[] = {
		{ "%Y-%m-%d %H:%M:%S", 0, false },
		{ "%Y-%m-%d %H:%M", 0, false },
		{ "%Y-%m-%dT%H:%M:%S", 0, false },
		{ "%Y-%m-%dT%H:%M:%SZ", 0, true },
		{ "%Y-%m-%d", 0, false },
		{ "%H:%M:%S", 1, false },
		{ "%H:%M", 60, false },
	};
	const time_t first = first_ns / NSEC_PER_SEC;

	if (*text == '@')
		return parse_seconds(text + 1, false, ns);
	if (*text == '+') {
		if (!parse_seconds(text + 1, true, ns))
			return false;
		/* A time that does not fit is the last one that does. */
		if (__builtin_add_overflow(*ns, first_ns, ns))
			*ns = INT64_MAX;
		return true;
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct tm tm;
		time_t at;
		char *end;

		localtime_r(&first, &tm);
		tm.tm_sec = 0;
		if (!strcmp(forms[i].format, "%Y-%m-%d"))
			tm.tm_hour = tm.tm_min = 0;
		tm.tm_isdst = -1;
		end = strptime(text, forms[i].format, &tm);
		if (!end || *end)
			continue;
		at = forms[i].utc ? timegm(&tm) : mktime(&tm);
		if (forms[i].step && at + forms[i].step <= first) {
			tm.tm_mday++;
			tm.tm_isdst = -1;
			at = mktime(&tm);
		}
		if (__builtin_mul_overflow(at, NSEC_PER_SEC, ns))
			*ns = tm.tm_year < 70 ? INT64_MIN : INT64_MAX;
		return true;
	}
	return false;
}

void when_format(char *buf, size_t size, int64_t ns)
{
	const time_t seconds = ns / NSEC_PER_SEC;
	struct tm tm;

	if (!ns || !localtime_r(&seconds, &tm) || !strftime(buf, size, "%F %T", &tm))
		snprintf(buf, size, "?");
}
