// SPDX-License-Identifier: GPL-2.0
/*
 * The opposite of exit_info_reason, up to v5.15: where neither compiles, there is a change
 * that kvmstat does not know.
 */
#include <linux/kvm_host.h>

void probe(struct kvm_x86_ops *ops, struct kvm_vcpu *vcpu);
void probe(struct kvm_x86_ops *ops, struct kvm_vcpu *vcpu)
{
	u64 info1, info2;
	u32 info, error;

	ops->get_exit_info(vcpu, &info1, &info2, &info, &error);
}
