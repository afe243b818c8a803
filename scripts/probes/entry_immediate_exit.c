// SPDX-License-Identifier: GPL-2.0
/*
 * Upstream 9c9025ea003a ("KVM: x86: Plumb "force_immediate_exit" into kvm_entry()
 * tracepoint", v6.9, later backported to 6.1.y). The callback that enters the guest
 * and the kvm_entry event got that argument together.
 */
#include <linux/kvm_host.h>

void probe(struct kvm_x86_ops *ops, struct kvm_vcpu *vcpu);
void probe(struct kvm_x86_ops *ops, struct kvm_vcpu *vcpu)
{
	ops->vcpu_run(vcpu, 0);
}
