// SPDX-License-Identifier: GPL-2.0
/* Compiles on every kernel that kvmstat is for: if not, no probe means anything. */
#include <linux/kvm_host.h>
#include <linux/tracepoint.h>

int sanity(struct kvm_vcpu *vcpu);
int sanity(struct kvm_vcpu *vcpu)
{
	return vcpu->vcpu_id;
}
