#!/bin/bash
# reasons.sh KERNEL...: check that every exit reason of x86 which those kernels name has a class
# that somebody chose, in reasons.list, and that the module has the same class. Without KERNEL, check
# the kernels in the cache. Check that the command takes each reason of the list for the same. Prints
# ok lines.
# shellcheck disable=SC2034,SC2154 # step is lib.sh's; kernel_files sets the rest
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
# shellcheck source=tests/lib.sh
. "$top/tests/lib.sh"
step=reasons
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Print the class of each reason in reason.h: "svm hlt halt".
cat >"$work/print.c" <<'C'
#include <stdio.h>
#include <asm/kvm.h>
#include "reason.h"

static const char *const names[] = {
	[KVMSTAT_CLASS_IO] = "io", [KVMSTAT_CLASS_OTHER] = "other",
	[KVMSTAT_CLASS_FAULT] = "fault", [KVMSTAT_CLASS_MSR] = "msr",
	[KVMSTAT_CLASS_INTERRUPT] = "interrupt", [KVMSTAT_CLASS_EXCEPTION] = "exception",
	[KVMSTAT_CLASS_HALT] = "halt",
};
static const struct {
	unsigned long code;
	const char *name;
} svm[] = { SVM_EXIT_REASONS }, vmx[] = { VMX_EXIT_REASONS };

int main(void)
{
	size_t i;

	for (i = 0; i < sizeof(svm) / sizeof(*svm); i++)
		printf("svm %s: %s\n", svm[i].name, names[kvmstat_reason_class_svm(svm[i].code)]);
	for (i = 0; i < sizeof(vmx) / sizeof(*vmx); i++)
		printf("vmx %s: %s\n", vmx[i].name, names[kvmstat_reason_class_vmx(vmx[i].code)]);
	return 0;
}
C

# headers FOLDER: compare the reasons that they name with the list.
headers() {
	mkdir -p "$work/asm"
	cp "$1"/arch/x86/include/uapi/asm/{svm,vmx}.h "$work/asm/"
	gcc -Wall -Werror -o "$work/print" -I"$work" -I"$top/kvmstat/module" \
		-I"$top/kvmstat/module/arch/x86" "$work/print.c" 2>"$work/log" || {
		cat "$work/log"
		not_ok "${1##*/}: its reasons do not compile"
		return
	}
	"$work/print" | sort -u >"$work/has"
	sed '/^#/d' "$top/tests/host/reasons.list" | sort -u >"$work/wanted"
	comm -23 "$work/has" "$work/wanted" >"$work/wrong"
	sed 's/^/# not as decided: /' "$work/wrong"
	yes "${1##*/}: $(wc -l <"$work/has") reasons have the class that was decided" [ ! -s "$work/wrong" ]
}

# Print what the command takes each reason of standard input for, which has lines "svm hlt: halt",
# where that is not what the module counts it as.
cat >"$work/command.c" <<'C'
#include <stdio.h>
#include <string.h>
#include "verdict/reason.h"

/* The kinds that a class can be, and those that only a class of its own can be. */
static const struct {
	const char *class;
	unsigned int kinds;
} classes[] = {
	{ "io", 1 << KIND_DEVICE },
	{ "fault", 1 << KIND_FAULT | 1 << KIND_DEVICE },
	{ "msr", 1 << KIND_REGISTER },
	{ "interrupt", 1 << KIND_HOST },
	{ "exception", 1 << KIND_HOST | 1 << KIND_OTHER },
	{ "halt", 1 << KIND_HALT },
	{ "other", ~(1 << KIND_DEVICE | 1 << KIND_FAULT | 1 << KIND_REGISTER | 1 << KIND_HALT) },
};

int main(void)
{
	char line[128], name[64], class[16];

	while (fgets(line, sizeof(line), stdin)) {
		size_t i = 0;

		if (sscanf(line, "%*s %63[^:]: %15s", name, class) != 2)
			return 1;
		while (strcmp(classes[i].class, class))
			i++;
		if (!(classes[i].kinds & 1 << reason_kind(name)))
			printf("%s is %s, but of kind %d to the command\n", name, class, reason_kind(name));
	}
	return 0;
}
C
sed '/^#/d' "$top/tests/host/reasons.list" >"$work/list"
gcc -Wall -Werror -o "$work/command" -iquote "$top/kvmstat/reader" "$work/command.c" "$top/kvmstat/reader/verdict/reason.c"
"$work/command" <"$work/list" >"$work/wrong"
sed 's/^/# /' "$work/wrong"
yes "the command takes $(wc -l <"$work/list") reasons for what the module does" [ ! -s "$work/wrong" ]
# AMD-V's names alone are in lower case.
sed -n 's/^\t\t{ "\([a-z][a-z0-9_-]*\)", KIND_.*/\1/p' "$top/kvmstat/reader/verdict/reason.c" | sort -u |
	comm -23 - <(sed -n 's/^svm \(.*\): .*/\1/p' "$work/list" | sort -u) >"$work/wrong"
sed 's/^/# no kernel names it: /' "$work/wrong"
yes "the command names AMD-V's reasons as the kernels do" [ ! -s "$work/wrong" ]

found=
if [ $# = 0 ]; then
	for folder in "$(cache_dir)"/kernel/*/usr/src/linux-headers-*; do
		[ ! -e "$folder/arch/x86/include/uapi/asm/svm.h" ] || { headers "$folder"; found=1; }
	done
	[ -n "$found" ] || not_ok "there are no headers in the cache: scripts/kernel.sh fetches some"
	exit
fi
for kernel; do
	found=
	kernel_files "$kernel"
	for folder in "$kernel"/usr/src/linux-headers-*; do
		[ ! -e "$folder/arch/x86/include/uapi/asm/svm.h" ] || { headers "$folder"; found=1; }
	done
	[ -n "$found" ] || not_ok "$kernel has no svm.h with the names of reasons"
done
