#!/bin/sh
# tower.sh: holds the module's includes against its tower. A file may include what stands
# below it, and its own header; so there is no circle. Prints what is wrong.
# shellcheck disable=SC2016 # it is awk's
set -eu
cd "$(dirname "$0")/../kvmstat/module"

# From the bottom up. What stands on one line stands side by side: none includes another.
tower='
	kvmstat_probes
	compat class
	arch_exit reason
	arch
	clock spots
	record
	pool
	time
	table
	hot
	hooks
	count sum
	arch/loaded row
	exit roster
	proc debugfs
	tidy
	main
'

find . -name '*.[ch]' ! -name '*.mod.c' ! -name kvmstat_probes.h | sed 's|^\./||' | sort |
	xargs awk -v tower="$tower" '
BEGIN {
	floors = split(tower, lines, "\n")
	for (i = 1; i <= floors; i++)
		for (n = split(lines[i], names, " "); n; n--)
			floor[names[n]] = i
}
function name_of(path) {
	sub(/\.[ch]$/, "", path)
	if (path ~ /^arch\/[^\/]*\//)
		sub(/.*\//, "", path)
	return path
}
function wrong(what) {
	print FILENAME ":" FNR ": " what
	failed = 1
}
FNR == 1 {
	me = name_of(FILENAME)
	if (me != "log" && !(me in floor))
		wrong(me " has no floor in scripts/tower.sh")
}
/^#include "/ && !/"\.\.\/\.\.\/include\/kvmstat\.h"/ {
	split($0, part, "\"")
	it = name_of(part[2])
	if (!(it in floor))
		wrong(it " has no floor in scripts/tower.sh")
	else if (it != me && floor[it] >= floor[me])
		wrong(me " includes " it ", which does not stand below it")
}
END { exit failed }'
