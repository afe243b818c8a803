// SPDX-License-Identifier: GPL-2.0
/* This must compile on every kernel that kvmstat supports. Otherwise no probe means anything. */
#include <linux/kvm_host.h>
#include <linux/tracepoint.h>

int sanity(struct kvm_vcpu *vcpu);
int sanity(struct kvm_vcpu *vcpu)
{
	return vcpu->vcpu_id;
}
