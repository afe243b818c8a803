#!/bin/sh
# probe.sh OUT DIR CC...: compile each DIR/*.c against the kernel with CC and its flags, and write
# a KVMSTAT_HAVE_<NAME> to OUT for each file that compiles. sanity.c must compile.
set -eu
out=$1 dir=$2
shift 2
log=$out.log
: >"$log"
{
	echo "/* Made by probe.sh; what each means is in $(basename "$dir")/. */"
	for c in "$dir"/*.c; do
		name=$(basename "$c" .c)
		echo "== $name" >>"$log"
		if "$@" -Werror -c -o "$out.o" "$c" >>"$log" 2>&1; then
			echo "#define KVMSTAT_HAVE_$(echo "$name" | tr '[:lower:]' '[:upper:]') 1"
		elif [ "$name" = sanity ]; then
			cat "$log" >&2
			echo "kvmstat: $1 cannot compile for this kernel, so nothing about it can be probed; see above, and use the compiler and headers that belong to it" >&2
			exit 1
		fi
	done
} >"$out.tmp"
rm -f "$out.o"
mv "$out.tmp" "$out"
