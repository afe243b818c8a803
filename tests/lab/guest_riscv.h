/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vmm's guests on riscv64: VS-mode, no paging, with the memory of a device that does not exist.
 * These words have a meaning on every architecture: out, in (a device that only userspace
 * has), cpuid (a trap that KVM handles), rdmsr, hlt, mmiow, mmior, mmiox, mmion, spin. riscv64 adds
 * sbi (a call that KVM handles) and sbiu (a call that userspace handles).
 */
#include <sys/syscall.h>

#define CODE 0x1000
#define DEVICE 0x50000 /* guest physical: no memory there */
#define DEVICE_END (DEVICE + 0x700) /* written at the end */

/* For each word, a loop of s3 turns around its instructions; t1 is DEVICE. */
#define INSN(n) (n) & 0xff, (n) >> 8 & 0xff, (n) >> 16 & 0xff, (n) >> 24
/* li a7, 0x10; li a6, 0; ecall: SBI_EXT_BASE, get the version */
#define SBI { INSN(0x01000893u), INSN(0x00000813u), INSN(0x00000073u) }, 12
/* sb t0, offset(t1); lb t0, offset(t1) */
#define SB(offset) { INSN(0x00530023u | ((offset)&31) << 7 | (offset) >> 5 << 25) }, 4
#define LB(offset) { INSN(0x00030283u | (offset) << 20) }, 4

static const struct op ops[] = {
	{ "out", SB(0x234u) },
	{ "in", LB(0x235u) },
	{ "cpuid", SBI },
	{ "sbi", SBI },
	/* li a7, 1; li a6, 0; li a0, 0x2e; ecall: SBI_EXT_0_1_CONSOLE_PUTCHAR */
	{ "sbiu",
	  { INSN(0x00100893u), INSN(0x00000813u), INSN(0x02e00513u), INSN(0x00000073u) },
	  16 },
	{ "rdmsr", { INSN(0xc00022f3u) }, 4 }, /* rdcycle t0 */
	{ "hlt", { INSN(0x10500073u) }, 4 }, /* wfi */
	{ "mmiow", SB(0x100u) },
	{ "mmior", LB(0x100u) },
	{ "mmiox", SB(0x101u) },
	/* andi t2, s3, 63; add t2, t2, t1; sb t0, 0(t2) */
	{ "mmion", { INSN(0x03f9f393u), INSN(0x006383b3u), INSN(0x00538023u) }, 12 },
	/* lui t3, 0x100; 1: addi t3, t3, -1; bne t3, zero, 1b */
	{ "spin", { INSN(0x00100e37u), INSN(0xfffe0e13u), INSN(0xfe0e1ee3u) }, 12 },
};

static uint8_t *emit_insn(uint8_t *p, uint32_t insn)
{
	return emit(p, &insn, sizeof(insn));
}

static uint8_t *guest_begin(uint8_t *memory)
{
	return emit_insn(memory + CODE, 0x00000337 | DEVICE); /* lui t1, DEVICE */
}

static uint8_t *guest_loop(uint8_t *p, const struct op *op, uint32_t turns)
{
	uint8_t *start;
	uint32_t low = turns & 0xfff, back;

	/* lui s3, ...; addi s3, s3, ..., which is signed */
	p = emit_insn(p, 0x000009b7 | ((turns + 0x800) & ~0xfffu));
	p = emit_insn(p, 0x00098993 | low << 20);
	start = p;
	p = emit(p, op->code, op->size);
	p = emit_insn(p, 0xfff98993); /* addi s3, s3, -1 */
	back = start - p; /* bne s3, zero, start */
	return emit_insn(p, 0x00099063 | (back >> 12 & 1) << 31 | (back >> 5 & 63) << 25 |
				    (back >> 1 & 15) << 8 | (back >> 11 & 1) << 7);
}

static void guest_end(uint8_t *p)
{
	p = emit_insn(p, 0x00530023 | ((DEVICE_END - DEVICE) & 31) << 7 |
				 (uint32_t)(DEVICE_END - DEVICE) >> 5 << 25);
	emit_insn(p, 0xffdff06f); /* j to it */
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
	struct kvm_one_reg reg = { .id = KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_CORE |
					 KVM_REG_RISCV_CORE_REG(regs.pc),
				   .addr = (uintptr_t)&pc };

	(void)n;
	if (ioctl(v->fd, KVM_SET_MP_STATE, &(struct kvm_mp_state){ KVM_MP_STATE_RUNNABLE }) ||
	    ioctl(v->fd, KVM_SET_ONE_REG, &reg))
		err(1, "KVM_SET_MP_STATE, KVM_SET_ONE_REG");
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
