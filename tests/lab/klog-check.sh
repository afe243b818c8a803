#!/bin/bash
# klog-check.sh FILE: fail, and show the lines, if the kernel's log of a lab machine
# tells of trouble, or is not whole.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"

bad='BUG[: ]|WARNING:|Oops|lockup|leaked|unreferenced object|KASAN|UBSAN|rcu.*stall|blocked for more than|Call Trace:|general protection'
grep -q '^lab: dmesg end' "$1" || die "the kernel's log $1 has no end, so it cannot be judged; see what ended the machine"
! grep -nE "$bad" "$1" >&2 || die "the kernel's log $1 has the lines above"
