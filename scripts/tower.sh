#!/bin/sh
# tower.sh: compare the module's includes with its tower. A file may include only its own header
# and files on lower floors, so there is no circle. Prints each wrong include.
# shellcheck disable=SC2016 # it is awk's
set -eu
cd "$(dirname "$0")/../kvmstat/module"

# The first line is the lowest floor. Files on the same line do not include each other.
tower='
	kvmstat_probes
	compat class racy
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
