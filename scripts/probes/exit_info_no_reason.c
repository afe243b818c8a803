// SPDX-License-Identifier: GPL-2.0
/*
 * The opposite of exit_info_reason, for kernels up to v5.15. If neither compiles, the kernel
 * has a change that kvmstat does not know.
 */
#include <linux/kvm_host.h>

void probe(struct kvm_x86_ops *ops, struct kvm_vcpu *vcpu);
void probe(struct kvm_x86_ops *ops, struct kvm_vcpu *vcpu)
{
	u64 info1, info2;
	u32 info, error;

	ops->get_exit_info(vcpu, &info1, &info2, &info, &error);
}
