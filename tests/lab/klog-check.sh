#!/bin/bash
# klog-check.sh FILE: fail, and show the lines, if the kernel's log of a lab machine
# reports trouble since its init began, or is not complete. A data race that KCSAN reports is trouble if
# kvmstat takes part in it; the kernel has some of its own.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"

bad='BUG[: ]|WARNING:|Oops|lockup|leaked|unreferenced object|KASAN|UBSAN|rcu.*stall|blocked for more than|Call Trace:|general protection|\[kvmstat\] enqueued on deprecated'
grep -q '^lab: dmesg end' "$1" || die "the kernel's log $1 has no end, so it cannot be judged; see what ended the machine"
grep -qE '^(\[.*\] )?lab: init' "$1" || die "the kernel's log $1 has lost its beginning, so it cannot be judged; a larger log_buf_len keeps it"
# Our debug kernels have no times; of them the whole log counts.
# 6.12 warns about Bochs's processor before any code of ours runs.
began=$(sed -n 's/^\[ *\([0-9.]*\)\] lab: init.*/\1/p' "$1" | head -n 1)

# races: print the log without KCSAN's reports, but for those with a frame of kvmstat's. What an interrupt came
# upon does not take part.
races() {
	awk '/BUG: KCSAN: / { report = $0; ours = interrupted = 0; next }
		report == "" { print; next }
		{ report = report "\n" $0 }
		/ by (task|interrupt)|^(\[[^]]*\])? *$/ { interrupted = 0 }
		/ (asm_)?(sysvec_|exc_|common_interrupt)/ { interrupted = 1 }
		/ \[kvmstat\]/ && !interrupted { ours = 1 }
		/=====/ { if (ours) print report; report = "" }
		END { if (report != "") print report }' "$1"
}
# An allocation that fails because failnth has it fail is traced by the kernel.
! awk -v began="${began:-0}" '/ ?failnth: (vmalloc error|page allocation failure)/ { failed = 1 }
	failed && /Call Trace:/ { failed = 0; next }
	!match($0, /^\[ *[0-9.]+\]/) || substr($0, 2, RLENGTH - 2) + 0 >= began + 0' <(races "$1") |
	grep -E "$bad" >&2 || die "the kernel's log $1 has the lines above"
