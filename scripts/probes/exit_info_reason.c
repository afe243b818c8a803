// SPDX-License-Identifier: GPL-2.0
/*
 * Upstream 0a62a0319abb ("KVM: x86: Get exit reason via kvm_x86_ops", v5.16). The
 * callback got the reason as an argument, and the kvm_exit event lost that argument.
 */
#include <linux/kvm_host.h>

void probe(struct kvm_x86_ops *ops, struct kvm_vcpu *vcpu);
void probe(struct kvm_x86_ops *ops, struct kvm_vcpu *vcpu)
{
	u32 reason, info, error;
	u64 info1, info2;

	ops->get_exit_info(vcpu, &reason, &info1, &info2, &info, &error);
}
