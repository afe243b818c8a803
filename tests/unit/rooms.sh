#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tests that scripts/rooms.sh accepts includes that go downwards and refuses all others.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# tree FILE=INCLUDE[,INCLUDE]...: makes a new tree of these files with these includes.
tree() {
	rm -rf "$dir/tree"
	mkdir -p "$dir/tree/low" "$dir/tree/high"
	touch "$dir/tree/low/sea.h" "$dir/tree/high/sky.h"
	local file
	for file; do
		mkdir -p "$(dirname "$dir/tree/${file%%=*}")"
		tr , '\n' <<<"${file#*=}" | sed 's/.*/#include "&"/' >"$dir/tree/${file%%=*}"
	done
}

# is NAME STATUS WORDS: the script prints exactly these words about the tree, and ends with the status.
is() {
	local said status=0
	said=$("$top/scripts/rooms.sh" "$dir/tree" low high 2>&1) || status=$?
	if [ "$said" = "$3" ] && [ $status -eq "$2" ]; then
		echo "ok - $1"
	else
		printf 'not ok - %s\n#   status %d: %s\n' "$1" $status "$said"
	fi
}

tree main.c=high/sky.h,low/sea.h high/sky.c=high/sky.h,low/sea.h low/sea.c=low/sea.h,kvmstat.h
is "includes that go downwards" 0 ""

tree low/sea.c=low/sea.h,high/sky.h
is "one that goes upwards" 1 'rooms: low/sea.c:2: "high/sky.h" is above low (low < high)'

tree low/sea.h=main.h main.h=low/sea.h
touch "$dir/tree/low/main.h"
is "one without a room" 1 'rooms: low/sea.h:1: "main.h" does not name its room'

tree low/sea.h=../high/sky.h
is "one that leaves its room by .." 1 'rooms: low/sea.h:1: "../high/sky.h" is in none of the rooms low < high'

tree attic/box.c=low/sea.h
is "a folder that is no room" 1 'rooms: attic/box.c: its folder is none of the rooms low < high'

tree low/sea.c=low/sea.h,low/fish.h low/fish.h=low/net.h low/net.h=low/sea.h
is "a circle of three" 1 'rooms: a circle: low/fish includes low/net includes low/sea includes low/fish'

tree low/sea.c=low/sea.h,low/fish.h low/fish.c=low/fish.h,low/sea.h
is "a circle that only the C files make" 1 'rooms: a circle: low/fish includes low/sea includes low/fish'

tree low/sea.h=low/sea_salt.h low/sea_salt.c=low/sea_salt.h,low/sea.h
is "files of one unit may include each other" 0 ""

tree low/sea.c=low/sea.h,low/fish.h,low/net.h low/fish.h=low/net.h
is "two ways to one unit are no circle" 0 ""

cd "$top" || exit 1
for room in reader:kvmstat tuner:kvmtune; do
	if make -s -n style | grep -q "scripts/rooms.sh kvmstat/${room%:*}" &&
		make -s -n -B "build/${room#*:}" | grep -q "scripts/rooms.sh kvmstat/${room%:*}"; then
		echo "ok - make reader and make style look at the rooms of ${room#*:}"
	else
		echo "not ok - make reader and make style look at the rooms of ${room#*:}"
	fi
done
