/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vmm's guests on arm64: EL1, MMU off, with the memory of a device that does not exist. These words
 * have a meaning on every architecture: out, in (a device that only userspace has), cpuid
 * (a trap that KVM handles), rdmsr, hlt, mmiow, mmior, mmiox, mmion, spin. arm64 adds hvc,
 * smc, wfe.
 */
#include <sys/syscall.h>

#define CODE 0x1000
#define DEVICE 0x50000 /* guest physical: no memory there */
#define DEVICE_END (DEVICE + 0xf00) /* written at the end */

/* For each word, a loop of x19 turns; x20 is DEVICE, because a call changes x0 to x3. */
#define INSN(n) (n) & 0xff, (n) >> 8 & 0xff, (n) >> 16 & 0xff, (n) >> 24
/* mov w0, #0x84000000 (PSCI_VERSION); hvc #0 */
#define HVC { INSN(0x52b08000u), INSN(0xd4000002u) }, 8
#define STRB(offset) { INSN(0x39000280u | (offset) << 10) }, 4 /* strb w0, [x20, #offset] */
#define LDRB(offset) { INSN(0x39400280u | (offset) << 10) }, 4 /* ldrb w0, [x20, #offset] */

static const struct op ops[] = {
	{ "out", STRB(0x234) },
	{ "in", LDRB(0x235) },
	{ "cpuid", HVC },
	{ "hvc", HVC },
	{ "smc", { INSN(0x52b08000u), INSN(0xd4000003u) }, 8 }, /* the same number, then smc #0 */
	{ "rdmsr", { INSN(0xd5380604u) }, 4 }, /* mrs x4, id_aa64isar0_el1 */
	{ "hlt", { INSN(0xd503207fu) }, 4 }, /* wfi */
	{ "wfe", { INSN(0xd503205fu) }, 4 }, /* wfe, which traps or does nothing */
	{ "mmiow", STRB(0x100) },
	{ "mmior", LDRB(0x100) },
	{ "mmiox", STRB(0x101) },
	/* and x2, x19, #63; strb w0, [x20, x2] */
	{ "mmion", { INSN(0x92401662u), INSN(0x38226a80u) }, 8 },
	/* mov x3, #0x100000; 1: subs x3, x3, #1; b.ne 1b */
	{ "spin", { INSN(0xd2a00203u), INSN(0xf1000463u), INSN(0x54ffffe1u) }, 12 },
};

static uint8_t *emit_insn(uint8_t *p, uint32_t insn)
{
	return emit(p, &insn, sizeof(insn));
}

static uint8_t *guest_begin(uint8_t *memory)
{
	return emit_insn(memory + CODE, 0xd2a00014 | DEVICE >> 16 << 5); /* mov x20, #DEVICE */
}

static uint8_t *guest_loop(uint8_t *p, const struct op *op, uint32_t turns)
{
	uint8_t *start;

	p = emit_insn(p, 0xd2800013 | (turns & 0xffff) << 5); /* mov x19, #turns */
	p = emit_insn(p, 0xf2a00013 | turns >> 16 << 5); /* movk x19, #turns, lsl #16 */
	start = p;
	p = emit(p, op->code, op->size);
	p = emit_insn(p, 0xf1000673); /* subs x19, x19, #1 */
	return emit_insn(p, 0x54000001 | ((start - p) / 4 & 0x7ffff) << 5); /* b.ne start */
}

static void guest_end(uint8_t *p)
{
	p = emit_insn(p, 0x39000280 | (DEVICE_END - DEVICE) << 10); /* strb w0, [x20, #...] */
	emit_insn(p, 0x17ffffff); /* b to it */
}

static void guest_check(const struct vcpu *v)
{
	(void)v;
}

static bool guest_is_done(const struct kvm_run *run)
{
	return run->exit_reason == KVM_EXIT_MMIO && run->mmio.phys_addr == DEVICE_END;
}

/* A halt always stays in the kernel here, so somebody must wake the vCPU. */
static void guest_vm(struct vm *vm)
{
	(void)vm;
	if (!opt.wake && strstr(opt.program, "hlt"))
		opt.wake = 1000;
}

static void guest_vcpu(struct vcpu *v, int n)
{
	uint64_t pc = CODE;
	struct kvm_vcpu_init init;
	struct kvm_one_reg reg = { .id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
					 KVM_REG_ARM_CORE_REG(regs.pc),
				   .addr = (uintptr_t)&pc };

	(void)n;
	if (ioctl(v->vm->fd, KVM_ARM_PREFERRED_TARGET, &init) ||
	    ioctl(v->fd, KVM_ARM_VCPU_INIT, &init) || ioctl(v->fd, KVM_SET_ONE_REG, &reg))
		err(1, "KVM_ARM_VCPU_INIT, KVM_SET_ONE_REG");
}

/* A signal to the thread that runs the vCPU ends the halt, and KVM_RUN returns. */
static void guest_wake(struct vcpu *v)
{
	pid_t runner = __atomic_load_n(&v->runner, __ATOMIC_RELAXED);

	if (runner)
		syscall(SYS_tgkill, getpid(), runner, SIGUSR1);
}

static void guest_inject(struct vcpu *v)
{
	(void)v;
	errx(2, "--inject: on x86 only");
}
