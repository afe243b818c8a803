// SPDX-License-Identifier: GPL-2.0
/*
 * Upstream f1c6366e3043 ("KVM: SVM: Add required changes to support intercepts under
 * SEV-ES", v5.11). KVM marks the guests whose state it cannot see;
 * since v6.16, it also marks TDX guests.
 */
#include <linux/kvm_host.h>

bool probe(struct kvm_vcpu *vcpu);
bool probe(struct kvm_vcpu *vcpu)
{
	return vcpu->arch.guest_state_protected;
}
