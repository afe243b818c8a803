#!/bin/bash
# klog-check.sh FILE: fail, and show the lines, if the kernel's log of a lab machine
# reports trouble since its init began, or is not complete.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"

bad='BUG[: ]|WARNING:|Oops|lockup|leaked|unreferenced object|KASAN|UBSAN|rcu.*stall|blocked for more than|Call Trace:|general protection'
grep -q '^lab: dmesg end' "$1" || die "the kernel's log $1 has no end, so it cannot be judged; see what ended the machine"
# 6.12 warns about Bochs's processor before any code of ours runs.
began=$(sed -n 's/^\[ *\([0-9.]*\)\] lab: init.*/\1/p' "$1" | head -n 1)
# An allocation that fails because failnth has it fail is traced by the kernel.
! awk -v began="${began:-0}" '/ ?failnth: (vmalloc error|page allocation failure)/ { failed = 1 }
	failed && /Call Trace:/ { failed = 0; next }
	!match($0, /^\[ *[0-9.]+\]/) || substr($0, 2, RLENGTH - 2) + 0 >= began + 0' "$1" |
	grep -E "$bad" >&2 || die "the kernel's log $1 has the lines above"
