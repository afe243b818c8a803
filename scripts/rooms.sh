#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# rooms.sh DIR ROOM...: refuse includes that go upwards, or in a circle. The rooms are
# folders of DIR, the lowest first. A file includes headers of its own room and of lower rooms,
# with the room's name ("data/window.h"); a file beside the rooms is above all of them. NAME.c,
# NAME.h and NAME_*.[ch] are one unit; no unit includes itself through others.
set -eu
cd "$1"
shift
find . -name '*.[ch]' -exec grep -n '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' /dev/null {} + |
	LC_ALL=C sort | awk -F: -v rooms="$*" '
function wrong(what) {
	print "rooms: " what >"/dev/stderr"
	failed = 1
}
function exists(path, line) {
	found = (getline line <path) >= 0
	close(path)
	return found
}
function room_of(path) {
	return path ~ "/" ? substr(path, 1, index(path, "/") - 1) : ""
}
function unit_of(path) {
	sub(/\.[ch]$/, "", path)
	sub(/_[^\/]*$/, "", path)
	return path
}
function visit(unit, path, next_unit, list, n, i) {
	state[unit] = "open"
	n = split(includes[unit], list, " ")
	for (i = 1; i <= n; i++) {
		next_unit = list[i]
		if (state[next_unit] == "open")
			wrong("a circle: " substr(path, index(path, next_unit " ")) "includes " next_unit)
		else if (!state[next_unit])
			visit(next_unit, path "includes " next_unit " ")
	}
	state[unit] = "done"
}
BEGIN {
	n = split(rooms, name, " ")
	order = name[1]
	for (i = 1; i <= n; i++) {
		floor[name[i]] = i
		order = i > 1 ? order " < " name[i] : order
	}
}
{
	from = substr($1, 3)
	at = from ":" $2
	split($0, quoted, "\"")
	to = quoted[2]
	room = room_of(from)
	if (room && !(room in floor)) {
		wrong(from ": its folder is none of the rooms " order)
		next
	}
	if (!room_of(to)) {
		if (exists(room ? room "/" to : to))
			wrong(at ": \"" to "\" does not name its room")
		next
	}
	if (!(room_of(to) in floor))
		wrong(at ": \"" to "\" is in none of the rooms " order)
	else if (room && floor[room_of(to)] > floor[room])
		wrong(at ": \"" to "\" is above " room " (" order ")")
	unit = unit_of(from)
	if (unit == unit_of(to))
		next
	if (!(unit in includes))
		units[++nr_units] = unit
	includes[unit] = includes[unit] " " unit_of(to)
}
END {
	for (i = 1; i <= nr_units; i++)
		if (!state[units[i]])
			visit(units[i], units[i] " ")
	exit failed
}'
