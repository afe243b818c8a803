// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of devices. Ranges are sorted by their first address, one within another comes
 * after it, and none overlaps otherwise.
 */
#include "device.h"

#include <string.h>

#define RANGE(first, last, class, name)      \
	{                                    \
		first, last,                 \
		{                            \
			name, DEVICE_##class \
		}                            \
	}
#define AT(address, class, name) RANGE(address, address, class, name)

#define PCI_PORTS "a PCI device's ports (IDE's DMA, legacy virtio's queues)"
#define PCI_MEMORY "a PCI device's memory (virtio's queues, if it is virtio)"
#define PCI_MEMORY_64 "a PCI device's memory (64-bit; virtio's queues, if it is virtio)"
#define PCI_CONFIG_OR_MEMORY "PCI configuration (MMCFG), or a PCI device's memory"
#define VIRTIO_OR_PCI(vmm) "virtio-mmio (" vmm "), or a PCI device's memory"

/*
 * QEMU's are those of "info mtree" of its machines pc and q35 with SeaBIOS. Cloud
 * Hypervisor's (device_manager.rs), crosvm's (x86_64/src/lib.rs) and Firecracker's
 * (device_manager/legacy.rs) are a part of these, at the same places; but crosvm has ACPI's
 * among the I/O BARs, from 0xc000.
 */
static const struct device_range ports[] = {
	RANGE(0x00, 0x0f, UNKNOWN, "ISA DMA"),
	RANGE(0x20, 0x21, INTERRUPTS, "interrupt controller (PIC)"),
	RANGE(0x40, 0x43, TIMER, "timer (PIT)"),
	AT(0x60, INPUT, "keyboard and mouse (PS/2): data"),
	AT(0x61, TIMER, "timer (PIT): gate, speaker"),
	AT(0x64, INPUT, "keyboard and mouse (PS/2): control, reset"),
	RANGE(0x70, 0x71, TIMER, "clock and CMOS (RTC)"),
	RANGE(0x7e, 0x7f, HYPERVISOR, "QEMU's TPR patching (kvmvapic)"), /* hw/i386/kvmvapic.c */
	AT(0x80, FIRMWARE, "POST code, I/O delay"),
	RANGE(0x81, 0x8f, UNKNOWN, "ISA DMA: pages"),
	AT(0x92, POWER, "A20 gate, fast reset"),
	RANGE(0xa0, 0xa1, INTERRUPTS, "interrupt controller (PIC 2)"),
	RANGE(0xb2, 0xb3, FIRMWARE, "SMI (APM)"),
	RANGE(0xc0, 0xdf, UNKNOWN, "ISA DMA 2"),
	AT(0xe9, CONSOLE, "debug console"),
	AT(0xed, UNKNOWN, "I/O delay"), /* Linux: io_delay=0xed */
	AT(0xf0, CPU, "FPU error"),
	RANGE(0x170, 0x177, DISK, "IDE, second channel"),
	RANGE(0x1ce, 0x1d1, VIDEO, "VGA (Bochs VBE)"),
	RANGE(0x1f0, 0x1f7, DISK, "IDE, first channel"),
	RANGE(0x278, 0x27f, UNKNOWN, "parallel port 2"),
	RANGE(0x2e8, 0x2ef, CONSOLE, "serial port 4"),
	RANGE(0x2f8, 0x2ff, CONSOLE, "serial port 2"),
	RANGE(0x370, 0x375, DISK, "floppy disk 2"),
	AT(0x376, DISK, "IDE, second channel: control"),
	AT(0x377, DISK, "floppy disk 2"),
	RANGE(0x378, 0x37f, UNKNOWN, "parallel port"),
	RANGE(0x3b0, 0x3df, VIDEO, "VGA"),
	RANGE(0x3bc, 0x3be, UNKNOWN, "parallel port (MDA's)"),
	RANGE(0x3e8, 0x3ef, CONSOLE, "serial port 3"),
	RANGE(0x3f0, 0x3f5, DISK, "floppy disk"),
	AT(0x3f6, DISK, "IDE, first channel: control"),
	AT(0x3f7, DISK, "floppy disk"),
	RANGE(0x3f8, 0x3ff, CONSOLE, "serial port 1"),
	AT(0x402, CONSOLE, "firmware's debug console"),
	RANGE(0x4d0, 0x4d1, INTERRUPTS, "interrupt controller (ELCR)"),
	RANGE(0x501, 0x502, POWER, "QEMU's debug exit"),
	AT(0x505, HYPERVISOR, "panic notice (pvpanic)"),
	RANGE(0x510, 0x51b, FIRMWARE, "QEMU's firmware configuration (fw_cfg)"),
	/* PMBASE: SeaBIOS's on pc and q35, OVMF's on q35; Cloud Hypervisor's power off, timer. */
	RANGE(0x600, 0x607, POWER, "ACPI power management"),
	RANGE(0x608, 0x60b, TIMER, "ACPI timer"),
	RANGE(0x620, 0x62f, POWER, "ACPI events (GPE)"), /* q35 */
	RANGE(0x630, 0x637, FIRMWARE, "SMI enable"),
	RANGE(0x660, 0x67f, TIMER, "watchdog (TCO)"),
	RANGE(0x700, 0x73f, UNKNOWN, "SMBus"),
	RANGE(0xa00, 0xa17, POWER, "memory hotplug"), /* hw/acpi/memory_hotplug.c */
	RANGE(0xa18, 0xa1b, UNKNOWN, "NVDIMM"),
	RANGE(0xcc0, 0xcd7, POWER, "PCI hotplug"), /* q35 */
	RANGE(0xcd8, 0xcf7, POWER, "CPU hotplug"),
	RANGE(0xcf8, 0xcfb, PCI, "PCI configuration: address"),
	AT(0xcf9, POWER, "reset"),
	RANGE(0xcfc, 0xcff, PCI, "PCI configuration: data"),
	/* I/O BARs: SeaBIOS's from 0xc000, from 0x1000 where these do not do; OVMF's anywhere. */
	RANGE(0x1000, 0xffff, PCI, PCI_PORTS),
	RANGE(0x5658, 0x5659, HYPERVISOR, "VMware's backdoor (vmport)"),
	RANGE(0xae00, 0xae17, POWER, "PCI hotplug"), /* pc */
	RANGE(0xaf00, 0xaf1f, POWER, "CPU hotplug"),
	RANGE(0xafe0, 0xafe3, POWER, "ACPI events (GPE)"),
	/* OVMF's PMBASE on pc (OvmfPlatforms.h), but a BAR elsewhere. */
	RANGE(0xb000, 0xb007, POWER, "ACPI power management, or a PCI device's ports"),
	RANGE(0xb008, 0xb00b, TIMER, "ACPI timer, or a PCI device's ports"),
};

/*
 * QEMU's are those of "info mtree". Windows for PCI's memory, by VMM:
 *   QEMU pc, q35      up to 0xfebfffff from the top down; q35's MMCFG is 0xb0000000 (SeaBIOS,
 *                     src/fw/dev-q35.h) or 0xe0000000 (OVMF)
 *   QEMU microvm      0xc0000000, MMCFG 0xe0000000, virtio-mmio 0xfeb00000
 *   Cloud Hypervisor  0xc0000000, MMCFG 0xe8000000 (arch/src/x86_64/layout.rs)
 *   crosvm            0xd0000000, MMCFG 0xf4000000 (x86_64/src/lib.rs)
 *   Firecracker       0xc0000000, before MMIO32_MEM_SIZE was 1 GiB 0xd0000000, virtio-mmio
 *                     first; MMCFG 0xeec00000 (src/vmm/src/arch/x86_64/layout.rs)
 */
static const struct device_range mmio[] = {
	RANGE(0xa0000, 0xbffff, VIDEO, "VGA memory"),
	RANGE(0xc0000, 0xfffff, FIRMWARE, "BIOS and option ROMs"),
	RANGE(0x80000000, 0xfebfffff, PCI, PCI_MEMORY),
	RANGE(0xb0000000, 0xbfffffff, PCI, PCI_CONFIG_OR_MEMORY),
	RANGE(0xc0000000, 0xc00fffff, VIRTIO, VIRTIO_OR_PCI("Firecracker")),
	RANGE(0xd0000000, 0xd00fffff, VIRTIO, VIRTIO_OR_PCI("Firecracker")),
	RANGE(0xe0000000, 0xf7ffffff, PCI, PCI_CONFIG_OR_MEMORY),
	RANGE(0xfeb00000, 0xfeb02fff, VIRTIO, VIRTIO_OR_PCI("microvm")),
	/* Intel 82093AA I/O APIC, 3.1; its EOI register came with version 0x20. */
	RANGE(0xfec00000, 0xfec00fff, INTERRUPTS, "I/O APIC"),
	RANGE(0xfec00000, 0xfec0000f, INTERRUPTS, "I/O APIC: select"),
	RANGE(0xfec00010, 0xfec0001f, INTERRUPTS, "I/O APIC: data"),
	RANGE(0xfec00040, 0xfec0004f, INTERRUPTS, "I/O APIC: EOI"),
	RANGE(0xfec10000, 0xfec10fff, INTERRUPTS, "I/O APIC 2"), /* microvm */
	RANGE(0xfed00000, 0xfed003ff, TIMER, "timer (HPET)"),
	RANGE(0xfed000f0, 0xfed000f7, TIMER, "timer (HPET): counter"),
	RANGE(0xfed1c000, 0xfed1ffff, UNKNOWN, "chipset (RCRB)"), /* q35 */
	RANGE(0xfed40000, 0xfed453ff, UNKNOWN, "TPM"), /* include/hw/acpi/tpm.h: TIS or CRB, PPI */
	RANGE(0xfed80000, 0xfed83fff, PCI, "IOMMU (AMD)"),
	RANGE(0xfed90000, 0xfed90fff, PCI, "IOMMU (VT-d)"),
	/* Intel SDM 3, table "Local APIC Register Address Map"; msrs uses it for the x2APIC. */
	RANGE(0xfee00000, 0xfee00fff, INTERRUPTS, "local APIC"),
	RANGE(0xfee00020, 0xfee0002f, INTERRUPTS, "local APIC: id"),
	RANGE(0xfee00030, 0xfee0003f, INTERRUPTS, "local APIC: version"),
	RANGE(0xfee00080, 0xfee0008f, INTERRUPTS, "local APIC: task priority (TPR)"),
	RANGE(0xfee000a0, 0xfee000af, INTERRUPTS, "local APIC: processor priority (PPR)"),
	RANGE(0xfee000b0, 0xfee000bf, INTERRUPTS, "local APIC: end of interrupt (EOI)"),
	RANGE(0xfee000d0, 0xfee000df, INTERRUPTS, "local APIC: logical destination (LDR)"),
	RANGE(0xfee000e0, 0xfee000ef, INTERRUPTS, "local APIC: destination format (DFR)"),
	RANGE(0xfee000f0, 0xfee000ff, INTERRUPTS, "local APIC: spurious vector (SVR)"),
	RANGE(0xfee00100, 0xfee0017f, INTERRUPTS, "local APIC: in service (ISR)"),
	RANGE(0xfee00180, 0xfee001ff, INTERRUPTS, "local APIC: trigger mode (TMR)"),
	RANGE(0xfee00200, 0xfee0027f, INTERRUPTS, "local APIC: requests (IRR)"),
	RANGE(0xfee00280, 0xfee0028f, INTERRUPTS, "local APIC: errors (ESR)"),
	RANGE(0xfee002f0, 0xfee002ff, INTERRUPTS, "local APIC: CMCI vector"),
	RANGE(0xfee00300, 0xfee0030f, INTERRUPTS, "local APIC: send an IPI (ICR)"),
	RANGE(0xfee00310, 0xfee0031f, INTERRUPTS, "local APIC: IPI's destination (ICR2)"),
	RANGE(0xfee00320, 0xfee0032f, TIMER, "local APIC: timer's vector (LVTT)"),
	RANGE(0xfee00330, 0xfee0033f, INTERRUPTS, "local APIC: thermal vector"),
	RANGE(0xfee00340, 0xfee0034f, INTERRUPTS, "local APIC: counters' vector (LVTPC)"),
	RANGE(0xfee00350, 0xfee0035f, INTERRUPTS, "local APIC: LINT0"),
	RANGE(0xfee00360, 0xfee0036f, INTERRUPTS, "local APIC: LINT1"),
	RANGE(0xfee00370, 0xfee0037f, INTERRUPTS, "local APIC: error vector"),
	RANGE(0xfee00380, 0xfee0038f, TIMER, "local APIC: set the timer (TMICT)"),
	RANGE(0xfee00390, 0xfee0039f, TIMER, "local APIC: read the timer (TMCCT)"),
	RANGE(0xfee003e0, 0xfee003ef, TIMER, "local APIC: timer's divider (TDCR)"),
	RANGE(0xfee003f0, 0xfee003ff, INTERRUPTS, "local APIC: IPI to itself (SELF_IPI)"),
	RANGE(0xfee01000, 0xfeefffff, INTERRUPTS, "interrupt messages (MSI)"),
	RANGE(0xff000000, 0xffffffff, FIRMWARE, "firmware's flash"),
	RANGE(0x100000000, INT64_MAX, PCI, PCI_MEMORY_64),
};

/* The kernel's asm/msr-index.h, asm/kvm_para.h and asm/hyperv-tlfs.h. */
static const struct device_range msrs[] = {
	RANGE(0x0, 0x1, CPU, "machine check (P5)"),
	AT(0x10, TIMER, "TSC"),
	AT(0x11, HYPERVISOR, "KVM clock: wall clock (old)"),
	AT(0x12, HYPERVISOR, "KVM clock: system time (old)"),
	AT(0x17, CPU, "PLATFORM_ID"),
	AT(0x1b, INTERRUPTS, "local APIC: base (APIC_BASE)"),
	AT(0x33, CPU, "TEST_CTRL (split locks)"),
	AT(0x34, CPU, "SMI_COUNT"),
	AT(0x3a, CPU, "FEAT_CTL"),
	AT(0x3b, TIMER, "TSC_ADJUST"),
	AT(0x48, CPU, "SPEC_CTRL (Spectre)"),
	AT(0x49, CPU, "PRED_CMD (Spectre)"),
	AT(0x79, CPU, "microcode update"),
	AT(0x8b, CPU, "microcode revision (UCODE_REV)"),
	RANGE(0x8c, 0x8f, CPU, "SGX key hash"),
	AT(0x9b, CPU, "SMM_MONITOR_CTL"),
	AT(0x9e, CPU, "SMBASE"),
	RANGE(0xc1, 0xc8, CPU, "performance counter"),
	AT(0xce, CPU, "PLATFORM_INFO"),
	AT(0xcf, CPU, "CORE_CAPS"),
	AT(0xe1, CPU, "UMWAIT_CONTROL"),
	AT(0xe2, POWER, "C-states (PKG_CST_CONFIG_CONTROL)"),
	RANGE(0xe7, 0xe8, POWER, "actual frequency (MPERF, APERF)"),
	AT(0xfe, CPU, "MTRR capabilities"),
	AT(0x10a, CPU, "ARCH_CAPABILITIES"),
	AT(0x10b, CPU, "FLUSH_CMD (L1TF)"),
	AT(0x10f, CPU, "TSX_FORCE_ABORT"),
	AT(0x122, CPU, "TSX_CTRL"),
	AT(0x123, CPU, "MCU_OPT_CTRL"),
	AT(0x140, CPU, "MISC_FEATURES_ENABLES"),
	RANGE(0x174, 0x176, CPU, "SYSENTER"),
	RANGE(0x179, 0x17b, CPU, "machine check"),
	RANGE(0x186, 0x18d, CPU, "performance counter: event select"),
	RANGE(0x198, 0x199, POWER, "frequency (PERF_STATUS, PERF_CTL)"),
	RANGE(0x19a, 0x19d, POWER, "thermal"),
	AT(0x1a0, CPU, "MISC_ENABLE"),
	AT(0x1a2, POWER, "thermal: target"),
	AT(0x1a4, CPU, "MISC_FEATURE_CONTROL (prefetchers)"),
	RANGE(0x1a6, 0x1a7, CPU, "performance counter: off-core"),
	RANGE(0x1ad, 0x1af, POWER, "turbo limits"),
	AT(0x1b0, POWER, "ENERGY_PERF_BIAS"),
	RANGE(0x1b1, 0x1b2, POWER, "thermal: package"),
	RANGE(0x1c4, 0x1c5, CPU, "XFD"),
	RANGE(0x1c8, 0x1c9, CPU, "last branches (LBR)"),
	AT(0x1d9, CPU, "DEBUGCTL"),
	RANGE(0x1db, 0x1de, CPU, "last branches (LBR)"),
	AT(0x1fc, POWER, "POWER_CTL"),
	RANGE(0x200, 0x21f, CPU, "MTRR"),
	RANGE(0x250, 0x26f, CPU, "MTRR"),
	AT(0x277, CPU, "PAT"),
	RANGE(0x280, 0x29f, CPU, "machine check (CTL2)"),
	AT(0x2ff, CPU, "MTRR"),
	RANGE(0x309, 0x30c, CPU, "performance counter, fixed"),
	AT(0x345, CPU, "PERF_CAPABILITIES"),
	RANGE(0x38d, 0x390, CPU, "performance counters: control"),
	RANGE(0x3f1, 0x3f2, CPU, "performance counters: PEBS"),
	RANGE(0x3f6, 0x3f7, CPU, "performance counters: PEBS"),
	RANGE(0x3f8, 0x3ff, POWER, "C-state residency"),
	RANGE(0x400, 0x47f, CPU, "machine check bank"),
	RANGE(0x480, 0x491, CPU, "VT-x capabilities"),
	RANGE(0x4c1, 0x4c8, CPU, "performance counter"),
	AT(0x4d0, CPU, "machine check (MCG_EXT_CTL)"),
	RANGE(0x560, 0x587, CPU, "processor trace"),
	AT(0x600, CPU, "performance counters: DS_AREA"),
	RANGE(0x606, 0x60c, POWER, "power limits, energy (RAPL), C-states"),
	AT(0x60d, POWER, "C-state residency"),
	RANGE(0x610, 0x61c, POWER, "energy (RAPL)"),
	RANGE(0x630, 0x635, POWER, "C-state residency"),
	RANGE(0x638, 0x642, POWER, "energy (RAPL)"),
	RANGE(0x680, 0x69f, CPU, "last branches (LBR)"),
	RANGE(0x6a0, 0x6a8, CPU, "shadow stack (CET)"),
	RANGE(0x6c0, 0x6df, CPU, "last branches (LBR)"),
	AT(0x6e0, TIMER, "TSC deadline timer"),
	RANGE(0x770, 0x777, POWER, "frequency (HWP)"),
	AT(0xd90, CPU, "BNDCFGS (MPX)"),
	AT(0xd93, CPU, "PASID"),
	AT(0xda0, CPU, "XSS"),
	RANGE(0xdc0, 0xddf, CPU, "last branches (LBR)"),
	RANGE(0x14ce, 0x14cf, CPU, "last branches (LBR)"),
	RANGE(0x40000000, 0x4000ffff, HYPERVISOR, "Hyper-V"),
	AT(0x40000000, HYPERVISOR, "Hyper-V: guest's OS"),
	AT(0x40000001, HYPERVISOR, "Hyper-V: hypercall page"),
	AT(0x40000002, HYPERVISOR, "Hyper-V: vCPU's index"),
	AT(0x40000003, POWER, "Hyper-V: reset"),
	AT(0x40000010, HYPERVISOR, "Hyper-V: vCPU's run time"),
	AT(0x40000020, TIMER, "Hyper-V: time (TIME_REF_COUNT)"),
	AT(0x40000021, TIMER, "Hyper-V: TSC page"),
	RANGE(0x40000022, 0x40000023, TIMER, "Hyper-V: frequencies"),
	AT(0x40000070, INTERRUPTS, "Hyper-V: end of interrupt (EOI)"),
	AT(0x40000071, INTERRUPTS, "Hyper-V: send an IPI (ICR)"),
	AT(0x40000072, INTERRUPTS, "Hyper-V: task priority (TPR)"),
	AT(0x40000073, HYPERVISOR, "Hyper-V: assist page"),
	AT(0x40000080, INTERRUPTS, "Hyper-V: SynIC control"),
	AT(0x40000081, INTERRUPTS, "Hyper-V: SynIC version"),
	AT(0x40000082, INTERRUPTS, "Hyper-V: event page (SIEFP)"),
	AT(0x40000083, INTERRUPTS, "Hyper-V: message page (SIMP)"),
	AT(0x40000084, INTERRUPTS, "Hyper-V: end of message (EOM)"),
	RANGE(0x40000090, 0x4000009f, INTERRUPTS, "Hyper-V: interrupt source (SINT)"),
	RANGE(0x400000b0, 0x400000b7, TIMER, "Hyper-V: timer (STIMER)"),
	AT(0x400000f0, HYPERVISOR, "Hyper-V: idle"),
	RANGE(0x40000100, 0x40000105, HYPERVISOR, "Hyper-V: crash notice"),
	RANGE(0x40000106, 0x40000108, TIMER, "Hyper-V: TSC emulation"),
	AT(0x40000118, TIMER, "Hyper-V: invariant TSC"),
	RANGE(0x4b564d00, 0x4b564dff, HYPERVISOR, "KVM"),
	AT(0x4b564d00, HYPERVISOR, "KVM clock: wall clock"),
	AT(0x4b564d01, HYPERVISOR, "KVM clock: system time"),
	AT(0x4b564d02, HYPERVISOR, "KVM: async page faults"),
	AT(0x4b564d03, HYPERVISOR, "KVM: steal time"),
	AT(0x4b564d04, HYPERVISOR, "KVM: EOI without exits (PV EOI)"),
	AT(0x4b564d05, HYPERVISOR, "KVM: halt polling (POLL_CONTROL)"),
	RANGE(0x4b564d06, 0x4b564d07, HYPERVISOR, "KVM: async page faults"),
	AT(0x4b564d08, HYPERVISOR, "KVM: migration"),
	AT(0xc0000080, CPU, "EFER"),
	RANGE(0xc0000081, 0xc0000084, CPU, "SYSCALL (STAR ...)"),
	RANGE(0xc0000100, 0xc0000102, CPU, "FS and GS bases"),
	AT(0xc0000103, CPU, "TSC_AUX"),
	AT(0xc0000104, TIMER, "TSC ratio"),
	RANGE(0xc0000300, 0xc0000302, CPU, "performance counters: control"),
	RANGE(0xc0010000, 0xc0010007, CPU, "performance counter (AMD K7)"),
	AT(0xc0010010, CPU, "SYSCFG"),
	AT(0xc0010015, CPU, "HWCR"),
	RANGE(0xc001001a, 0xc001001d, CPU, "TOP_MEM"),
	AT(0xc001001f, CPU, "NB_CFG"),
	AT(0xc0010020, CPU, "microcode update"),
	AT(0xc0010055, INTERRUPTS, "interrupt pending message"),
	AT(0xc0010058, PCI, "PCI configuration: MMCFG's base"),
	RANGE(0xc0010062, 0xc001006b, POWER, "frequency (P-states)"),
	RANGE(0xc0010112, 0xc0010113, FIRMWARE, "SMM's memory (TSEG)"),
	RANGE(0xc0010114, 0xc0010117, CPU, "AMD-V (VM_CR, VM_HSAVE_PA)"),
	AT(0xc001011b, INTERRUPTS, "AVIC doorbell"),
	AT(0xc001011e, CPU, "SEV: page flush"),
	AT(0xc001011f, CPU, "VIRT_SPEC_CTRL (Spectre)"),
	RANGE(0xc0010130, 0xc0010131, CPU, "SEV (GHCB, status)"),
	RANGE(0xc0010140, 0xc0010141, CPU, "errata (OSVW)"),
	RANGE(0xc0010200, 0xc001020b, CPU, "performance counter (AMD)"),
	RANGE(0xc0010230, 0xc0010247, CPU, "performance counter (AMD, uncore)"),
	RANGE(0xc0010299, 0xc001029b, POWER, "energy (RAPL)"),
	RANGE(0xc00102b0, 0xc00102b4, POWER, "frequency (CPPC)"),
	RANGE(0xc0011000, 0xc00110ff, CPU, "AMD's CPU configuration"),
	AT(0xc0011029, CPU, "DE_CFG"),
	RANGE(0xc0011030, 0xc001103d, CPU, "performance counters: IBS"),
};

/* The kernel's linux/kvm_para.h; those of other architectures have their numbers, too. */
static const struct device_range hypercalls[] = {
	AT(1, HYPERVISOR, "poll for an interrupt (VAPIC_POLL_IRQ)"),
	AT(2, HYPERVISOR, "page tables (MMU_OP)"),
	AT(3, HYPERVISOR, "FEATURES"),
	AT(5, HYPERVISOR, "wake a vCPU (KICK_CPU)"),
	AT(9, HYPERVISOR, "host's clock (CLOCK_PAIRING)"),
	AT(10, HYPERVISOR, "send IPIs (SEND_IPI)"),
	AT(11, HYPERVISOR, "yield to a vCPU (SCHED_YIELD)"),
	AT(12, HYPERVISOR, "share or encrypt memory (MAP_GPA_RANGE)"),
};

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *name;
	const struct device_range *ranges;
	size_t n;
} kinds[] = {
	{ "port", ports, ARRAY_SIZE(ports) },
	{ "mmio", mmio, ARRAY_SIZE(mmio) },
	{ "msr", msrs, ARRAY_SIZE(msrs) },
	{ "hypercall", hypercalls, ARRAY_SIZE(hypercalls) },
};

const struct device_range *device_ranges(const char *kind, size_t *n)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, kind)) {
			*n = kinds[i].n;
			return kinds[i].ranges;
		}
	*n = 0;
	return NULL;
}

struct device device_find(const char *kind, uint64_t address)
{
	struct device found = { "?", DEVICE_UNKNOWN };
	const struct device_range *ranges;
	size_t n;

	/* The x2APIC has the local APIC's registers, one an MSR (Intel SDM 3, "x2APIC"). */
	if (!strcmp(kind, "msr") && address >= 0x800 && address <= 0x8ff) {
		kind = "mmio";
		address = 0xfee00000 + ((address - 0x800) << 4);
	}
	ranges = device_ranges(kind, &n);
	for (size_t i = 0; i < n && ranges[i].first <= address; i++)
		if (address <= ranges[i].last)
			found = ranges[i].device;
	return found;
}

const char *device_class_name(enum device_class class)
{
	static const char *const names[] = {
		[DEVICE_UNKNOWN] = "other",
		[DEVICE_DISK] = "disk",
		[DEVICE_CONSOLE] = "console",
		[DEVICE_VIDEO] = "video",
		[DEVICE_NET] = "network",
		[DEVICE_INPUT] = "input",
		[DEVICE_TIMER] = "timer",
		[DEVICE_INTERRUPTS] = "interrupts",
		[DEVICE_PCI] = "PCI",
		[DEVICE_POWER] = "power",
		[DEVICE_FIRMWARE] = "firmware",
		[DEVICE_VIRTIO] = "virtio",
		[DEVICE_HYPERVISOR] = "hypervisor",
		[DEVICE_CPU] = "CPU",
	};

	return names[(unsigned int)class < DEVICE_NR_CLASSES ? class : DEVICE_UNKNOWN];
}
