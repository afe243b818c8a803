/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vmm's guests on x86: real mode, with the memory and ports of a device that does not exist.
 */
#define CODE 0x1000
#define UD_HANDLER 0x800
#define NMI_HANDLER 0x810
#define VECTOR 0x40
#define LOST 0x900 /* there an interrupt ends that no handler is for, each at a place of its own */
#define DEVICE_SEGMENT 0x5000 /* guest physical 0x50000: no memory there */

/* For each word, a loop of %edi turns around its instructions. */
static const struct op ops[] = {
	{ "out", { 0xba, 0x34, 0x12, 0xee }, 4 }, /* mov $0x1234,%dx; out %al,%dx */
	{ "in", { 0xba, 0x35, 0x12, 0xec }, 4 }, /* mov $0x1235,%dx; in %dx,%al */
	{ "cpuid", { 0x66, 0x31, 0xc0, 0x0f, 0xa2 }, 5 }, /* xor %eax,%eax; cpuid */
	/* mov $0x8b,%ecx (microcode level); rdmsr */
	{ "rdmsr", { 0x66, 0xb9, 0x8b, 0, 0, 0, 0x0f, 0x32 }, 8 },
	{ "vmcall", { 0x66, 0xb8, 0x99, 0, 0, 0, 0x0f, 0x01, 0xc1 }, 9 },
	{ "vmmcall", { 0x66, 0xb8, 0x99, 0, 0, 0, 0x0f, 0x01, 0xd9 }, 9 },
	{ "hlt", { 0xf4 }, 1 },
	{ "mmiow", { 0xa2, 0x00, 0x01 }, 3 }, /* mov %al,0x100 */
	{ "mmior", { 0xa0, 0x00, 0x01 }, 3 }, /* mov 0x100,%al */
	{ "mmiox", { 0x66, 0xa3, 0xfe, 0x0f }, 4 }, /* mov %eax,0xffe: two pages, two returns */
	/* mov %di,%dx; and $63,%dx; or $0x20,%dh; out %al,%dx: ports 0x2000 to 0x203f in turn */
	{ "outn", { 0x89, 0xfa, 0x83, 0xe2, 0x3f, 0x80, 0xce, 0x20, 0xee }, 9 },
	/* mov %di,%bx; and $63,%bx; mov %al,(%bx): device addresses 0x50000 to 0x5003f */
	{ "mmion", { 0x89, 0xfb, 0x83, 0xe3, 0x3f, 0x88, 0x07 }, 7 },
	{ "ud2", { 0x0f, 0x0b }, 2 },
	/* loop 2M times, then out */
	{ "step", { 0x66, 0xb9, 0, 0, 0x20, 0, 0x67, 0xe2, 0xfd, 0xba, 0x34, 0x12, 0xee }, 13 },
	{ "spin", { 0x66, 0xb9, 0, 0, 0x10, 0, 0x67, 0xe2, 0xfd }, 9 }, /* loop 1M times */
};

static uint8_t *guest_loop(uint8_t *p, const struct op *op, uint32_t turns)
{
	uint8_t *start;

	p = emit(p, "\x66\xbf", 2); /* mov $turns,%edi */
	p = emit(p, &turns, 4);
	start = p;
	p = emit(p, op->code, op->size);
	p = emit(p, "\x66\x4f\x75", 3); /* dec %edi; jnz start */
	*p = start - (p + 1);
	return p + 1;
}

static uint8_t *guest_begin(uint8_t *memory)
{
	/* Vector 6: step over the 2 bytes of ud2. */
	static const uint8_t ud[] = { 0x55, 0x89, 0xe5, 0x83, 0x46, 0x02, 0x02, 0x5d, 0xcf };
	int vector;

	/* A guest that leaves its program halts, see guest_check(). A nested one's VMCB is zeros. */
	if (!opt.nested)
		memset(memory + LOST, 0xf4, MEMORY - LOST);
	for (vector = 0; vector < 256; vector++)
		emit(memory + vector * 4, (uint16_t[]){ LOST + vector, 0 }, 4);
	emit(memory + UD_HANDLER, ud, sizeof(ud));
	emit(memory + 6 * 4, (uint16_t[]){ UD_HANDLER, 0 }, 4);
	emit(memory + NMI_HANDLER, "\xcf", 1); /* iret */
	emit(memory + 2 * 4, (uint16_t[]){ NMI_HANDLER, 0 }, 4);
	emit(memory + VECTOR * 4, (uint16_t[]){ NMI_HANDLER, 0 }, 4);
	/* mov $0x5000,%ax; mov %ax,%ds; sti */
	return emit(memory + CODE, "\xb8\x00\x50\x8e\xd8\xfb", 6);
}

/* Writes port 0xf0, then loops on that write for ever. */
static void guest_end(uint8_t *p)
{
	emit(p, "\xe6\xf0\xeb\xfc", 4);
}

/* An emulator may take a guest out of its program, which would then run for ever. */
static void guest_check(const struct vcpu *v)
{
	struct kvm_sregs s;
	struct kvm_regs r;
	unsigned long ip;

	if (v->run->exit_reason != KVM_EXIT_HLT || ioctl(v->fd, KVM_GET_REGS, &r) ||
	    ioctl(v->fd, KVM_GET_SREGS, &s))
		return;
	ip = r.rip - 1;
	if (ip >= CODE && v->vm->memory[ip] == 0xf4 && v->vm->memory[ip + 1] != 0xf4)
		return;
	errx(3,
	     "lost: vCPU %d halts at %#lx, after vector %ld at %#x; registers ax %#llx bx %#llx "
	     "cx %#llx dx %#llx di %#llx sp %#llx flags %#llx cs %#llx ds %#llx ss %#llx "
	     "cr0 %#llx cr3 %#llx cr4 %#llx efer %#llx",
	     v->id, ip, ip < LOST + 256 ? (long)(ip - LOST) : -1l,
	     *(uint16_t *)(v->vm->memory + (uint16_t)r.rsp), r.rax, r.rbx, r.rcx, r.rdx, r.rdi,
	     r.rsp, r.rflags, s.cs.base, s.ds.base, s.ss.base, s.cr0, s.cr3, s.cr4, s.efer);
}

static bool guest_is_done(const struct kvm_run *run)
{
	return run->exit_reason == KVM_EXIT_IO && run->io.port == 0xf0;
}

/* With an interrupt controller, the vCPU does not wait to be started, and interrupts reach it. */
static void let_be_woken(int fd)
{
	struct kvm_lapic_state apic;

	if (ioctl(fd, KVM_SET_MP_STATE, &(struct kvm_mp_state){ KVM_MP_STATE_RUNNABLE }) ||
	    ioctl(fd, KVM_GET_LAPIC, &apic) || ioctl(fd, KVM_SET_LAPIC, &apic))
		err(1, "KVM_SET_MP_STATE, KVM_SET_LAPIC");
}

/* The addresses that a nested guest's hypervisor uses. */
#define PAGE_DIRECTORY 0x9000
#define VMCB 0xa000
#define HOST_SAVE 0xb000
#define NESTED_CODE 0x1800

/*
 * AMD-V: the guest runs a guest of its own, whose only instruction is CPUID, N times. Each
 * turn makes an exit for VMRUN and one from the nested guest (APM vol. 2, chapter 15 and
 * appendix B). The guest uses 32 bits and paging with one 4 MiB page.
 */
static void load_nested(uint8_t *memory)
{
	/* mov $VMCB,%eax; mov $turns,%edi; 1: vmrun; dec %edi; jnz 1b; 2: out %al,$0xf0; jmp 2b */
	static const uint8_t code[] = { 0xb8, 0,    VMCB >> 8, 0,    0,	   0xbf, 0,
					0,    0,    0,	       0x0f, 0x01, 0xd8, 0x4f,
					0x75, 0xfa, 0xe6,      0xf0, 0xeb, 0xfc };
	static const uint8_t nested_code[] = { 0x0f, 0xa2 }; /* cpuid; it is never stepped over */
	static const struct {
		uint16_t at;
		uint32_t value;
	} vmcb[] = {
		{ 0x00c, 1u << 18 }, /* intercept CPUID */
		{ 0x010, 1 }, /* and VMRUN */
		{ 0x058, 1 }, /* ASID */
		{ 0x400, 0x0c93u << 16 },
		{ 0x404, ~0u }, /* ES: attributes, limit */
		{ 0x410, 0x0c9bu << 16 },
		{ 0x414, ~0u }, /* CS */
		{ 0x420, 0x0c93u << 16 },
		{ 0x424, ~0u }, /* SS */
		{ 0x430, 0x0c93u << 16 },
		{ 0x434, ~0u }, /* DS */
		{ 0x4d0, 1u << 12 }, /* EFER.SVME */
		{ 0x548, 0x10 }, /* CR4.PSE */
		{ 0x550, PAGE_DIRECTORY },
		{ 0x558, 0x80000011 }, /* CR0: PG, ET, PE */
		{ 0x560, 0x400 },
		{ 0x568, 0xffff0ff0 }, /* DR7, DR6 */
		{ 0x570, 2 }, /* RFLAGS */
		{ 0x578, NESTED_CODE }, /* RIP */
		{ 0x668, 0x00070406 },
		{ 0x66c, 0x00070406 }, /* PAT */
	};
	uint32_t directory_entry = 0x83;
	size_t i;

	memcpy(memory + CODE, code, sizeof(code));
	memcpy(memory + CODE + 6, &opt.nested, 4);
	memcpy(memory + NESTED_CODE, nested_code, sizeof(nested_code));
	memcpy(memory + PAGE_DIRECTORY, &directory_entry, 4);
	for (i = 0; i < sizeof(vmcb) / sizeof(*vmcb); i++)
		memcpy(memory + VMCB + vmcb[i].at, &vmcb[i].value, 4);
}

static void let_nest(int fd, struct kvm_sregs *sregs)
{
	struct kvm_segment data = { .limit = ~0u, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1 };
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 entries[100];
	} cpuid = { .head.nent = 100 };
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entry;
	} hsave = { .head.nmsrs = 1, .entry = { .index = 0xc0010117, .data = HOST_SAVE } };

	if (ioctl(kvm, KVM_GET_SUPPORTED_CPUID, &cpuid) || ioctl(fd, KVM_SET_CPUID2, &cpuid) ||
	    ioctl(fd, KVM_SET_MSRS, &hsave) != 1)
		err(1, "KVM_SET_CPUID2, KVM_SET_MSRS");
	sregs->ds = sregs->es = sregs->ss = data;
	sregs->cs = data;
	sregs->cs.type = 11;
	sregs->cr3 = PAGE_DIRECTORY;
	sregs->cr4 = 0x10;
	sregs->cr0 = 0x80000011;
	sregs->efer = 1 << 12;
}

static void guest_vm(struct vm *vm)
{
	if (opt.wake && ioctl(vm->fd, KVM_CREATE_IRQCHIP))
		err(1, "KVM_CREATE_IRQCHIP");
	ioctl(vm->fd, KVM_SET_TSS_ADDR, 0xfffbd000ul);
	ioctl(vm->fd, KVM_SET_IDENTITY_MAP_ADDR, &(uint64_t){ 0xfffbc000ul });
	if (opt.nested)
		load_nested(vm->memory);
}

static void guest_vcpu(struct vcpu *v, int n)
{
	struct kvm_regs regs = { .rip = CODE, .rflags = 2, .rsp = 0x8000 - 0x400 * n };
	struct kvm_sregs sregs;

	if (opt.wake)
		let_be_woken(v->fd);
	if (ioctl(v->fd, KVM_GET_SREGS, &sregs))
		err(1, "KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (opt.nested)
		let_nest(v->fd, &sregs);
	if (ioctl(v->fd, KVM_SET_SREGS, &sregs) || ioctl(v->fd, KVM_SET_REGS, &regs))
		err(1, "KVM_SET_REGS");
}

/* Wakes the vCPU with an NMI. */
static void guest_wake(struct vcpu *v)
{
	struct kvm_msi nmi = { .address_lo = 0xfee00000 | v->id << 12, .data = 0x400 };

	if (ioctl(v->vm->fd, KVM_SIGNAL_MSI, &nmi) < 0)
		err(1, "KVM_SIGNAL_MSI");
}

static void guest_inject(struct vcpu *v)
{
	if (!v->run->ready_for_interrupt_injection)
		return;
	if (ioctl(v->fd, KVM_INTERRUPT, &(struct kvm_interrupt){ VECTOR }))
		err(1, "KVM_INTERRUPT");
	v->injected++;
}
