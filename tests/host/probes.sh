#!/bin/bash
# probes.sh: test scripts/probes on kernels that mix changes that upstream made at different times,
# as distributions' kernels do. The kernels are 5.10's headers with patches of later changes, and
# with one change that kvmstat does not know. Prints ok lines.
# shellcheck disable=SC2034,SC2154 # step is lib.sh's; kernel_files sets much
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=scripts/lib.sh
. "$top/scripts/lib.sh"
# shellcheck source=tests/lib.sh
. "$top/tests/lib.sh"
step=probes
kernel_files 5.10-cloud
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top"
common=${headers%-cloud-*}-common

# Link all headers except the file that is to differ.
file=arch/x86/include/asm/kvm_host.h
cp -rs "$headers" "$work/headers"
cp -rs "$common" "$work/common"
rm "$work/headers/Makefile" "$work/common/$file"
sed "s|$headers|$work/headers|; s|$common|$work/common|" "$headers/Makefile" >"$work/headers/Makefile"

# mix SED-EXPRESSION...: make headers from 5.10's with each of these changes.
mix() {
	local edit before
	cp "$common/$file" "$work/common/$file"
	for edit; do
		before=$(cksum <"$work/common/$file")
		sed -i "$edit" "$work/common/$file"
		[ "$(cksum <"$work/common/$file")" != "$before" ] || return 1
	done
}
build() { make KVER="$release" KDIR="$work/headers" CC="$compiler" modules >"$work/log" 2>&1; }
# found: print the probes' answers.
found() { sed -n 's/^#define KVMSTAT_HAVE_\(.*\) 1/\1/p' kvmstat/module/kvmstat_probes.h | tr '[:upper:]' '[:lower:]' | xargs; }
# answers WHAT "PROBE..."
answers() {
	if [ "$(found)" = "$2" ]; then ok "$1: $2"; else not_ok "$1: has '$(found)', wanted '$2'"; fi
}

make -s -C "$headers" M="$top" clean 2>/dev/null || :
reason='s/(\*get_exit_info)(struct kvm_vcpu \*vcpu, u64 \*info1/(*get_exit_info)(struct kvm_vcpu *vcpu, u32 *reason, u64 *info1/'
entry='s/(\*run)(struct kvm_vcpu \*vcpu)/(*vcpu_run)(struct kvm_vcpu *vcpu, bool force_immediate_exit)/'

yes "5.10 as it is" mix
yes "it builds" build
answers "its answers" "exit_info_no_reason sanity tracepoint_preempt_off"

# RHEL 8 has this change since 4.18.0-425. No clean is needed in between, because other headers give new answers.
yes "5.10 with the reason in get_exit_info (0a62a0319abb, v5.16)" mix "$reason"
yes "it builds" build
answers "its answers, found anew" "exit_info_reason sanity tracepoint_preempt_off"

yes "and with kvm_entry's second argument (9c9025ea003a, v6.9)" mix "$reason" "$entry"
yes "it builds" build
answers "its answers" "entry_immediate_exit exit_info_reason sanity tracepoint_preempt_off"

yes "5.10 with guests whose state is hidden (f1c6366e3043, v5.11)" mix 's/^struct kvm_vcpu_arch {/&\nbool guest_state_protected;/'
yes "it builds" build
answers "its answers" "exit_info_no_reason guest_state_protected sanity tracepoint_preempt_off"

yes "5.10 with a get_exit_info that no kernel had" mix 's/(\*get_exit_info)(struct kvm_vcpu \*vcpu/&, int what/'
if build; then
	not_ok "it was built"
elif grep -q 'kvmstat does not know what this kernel.s kvm_exit event looks like' "$work/log"; then
	ok "the build stops, and says why"
else
	tail -n 5 "$work/log"
	not_ok "the build stops without saying why"
fi

# If the headers do not compile at all, the build ends with the compiler's words, and no probe answers no.
yes "5.10 with a broken header" mix 's/^struct kvm_vcpu_arch {/struct kvm_vcpu_arch { oops/'
if build; then
	not_ok "it was built"
elif grep -q 'nothing about it can be probed' "$work/log" && grep -q 'error:.*oops' "$work/log"; then
	ok "the build stops, with the compiler's log"
else
	tail -n 5 "$work/log"
	not_ok "the build stops without the compiler's log"
fi
make -s -C "$headers" M="$top" clean 2>/dev/null || :
