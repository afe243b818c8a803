// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the counters: port I/O over half of the exits is an I/O-bound guest;
 * the more exits the kernel handles itself, the closer to the bare machine.
 */
#include "verdict.h"

#include <inttypes.h>

#include "share.h"

#define PERCENT_SIZE 32

const char verdict_blind_spot[] =
	"Port I/O is not all I/O: kicks of virtio, vhost and ioeventfd are none, so a guest "
	"that is not I/O-bound by it need not be a computing one.";

static bool notable(uint64_t part, uint64_t total)
{
	return part >= total / VERDICT_NOTABLE + !!(total % VERDICT_NOTABLE);
}

static bool over_half(uint64_t part, uint64_t total)
{
	return part > total / 2;
}

enum verdict verdict_of(const struct counts *guest)
{
	uint64_t total = share_total(guest);

	if (total < VERDICT_MIN_EXITS)
		return VERDICT_FEW_EXITS;
	return over_half(guest->v[COL_io_num], total) ? VERDICT_IO_BOUND : VERDICT_NOT_IO_BOUND;
}

const char *verdict_word(enum verdict verdict)
{
	static const char *const word[] = {
		[VERDICT_FEW_EXITS] = "few exits",
		[VERDICT_IO_BOUND] = "I/O-bound",
		[VERDICT_NOT_IO_BOUND] = "not I/O-bound",
	};

	return word[verdict];
}

static void explain_io(char *text, const struct counts *guest, const char *io, const char *vm,
		       const char *vmm)
{
	uint64_t total = share_total(guest);

	if (notable(guest->v[COL_kvm_qemu_switch_num], total))
		snprintf(text, VERDICT_TEXT_SIZE,
			 "%s%% of %" PRIu64 " exits are port I/O, over half, and %s%% of all go to "
			 "the VMM: virtio, passthrough or SR-IOV would help",
			 io, total, vmm);
	else
		snprintf(text, VERDICT_TEXT_SIZE,
			 "%s%% of %" PRIu64 " exits are port I/O, over half, but the kernel "
			 "handles %s%% of all: legacy virtio, timer or interrupt controller "
			 "rather than an emulated disk; modern virtio, passthrough or SR-IOV "
			 "would help",
			 io, total, vm);
}

static void explain_not_io(char *text, const struct counts *guest, uint32_t has, const char *io,
			   const char *vm, const char *vmm)
{
	uint64_t to_vmm = guest->v[COL_kvm_qemu_switch_num];
	uint64_t ports = guest->v[COL_io_num];
	uint64_t total = share_total(guest);
	char part[PERCENT_SIZE];
	int len;

	if (ports > to_vmm)
		ports = to_vmm;
	if (!notable(to_vmm, total)) {
		len = snprintf(text, VERDICT_TEXT_SIZE,
			       "%s%% of %" PRIu64 " exits are port I/O; the kernel handles %s%% of "
			       "all: close to the bare machine",
			       io, total, vm);
	} else if (over_half(to_vmm - ports, to_vmm)) {
		/* What port I/O cannot account for even if all of it went there. */
		share_percent(part, sizeof(part), to_vmm - ports, to_vmm, 2);
		len = snprintf(text, VERDICT_TEXT_SIZE,
			       "%s%% of %" PRIu64 " exits are port I/O, but %s%% of all go to the "
			       "VMM, at least %s%% of these for other reasons: look at emulated "
			       "devices in memory (video, network, timers)",
			       io, total, vmm, part);
	} else {
		share_percent(part, sizeof(part), ports, to_vmm, 2);
		len = snprintf(text, VERDICT_TEXT_SIZE,
			       "%s%% of %" PRIu64 " exits are port I/O, but %s%% of all go to the "
			       "VMM, up to %s%% of these for port I/O: virtio, passthrough or "
			       "SR-IOV would help with those",
			       io, total, vmm, part);
	}
	if (has & COL_BIT(COL_mmio_num) && notable(guest->v[COL_mmio_num], total)) {
		share_percent(part, sizeof(part), guest->v[COL_mmio_num], total, 2);
		snprintf(text + len, VERDICT_TEXT_SIZE - len,
			 "; %s%% touch device memory: it may do its I/O there", part);
	}
}

void verdict_explain(char text[VERDICT_TEXT_SIZE], const struct counts *guest, uint32_t has)
{
	char io[PERCENT_SIZE], vm[PERCENT_SIZE], vmm[PERCENT_SIZE];
	uint64_t total = share_total(guest);

	share_percent(io, sizeof(io), guest->v[COL_io_num], total, 2);
	share_percent(vm, sizeof(vm), guest->v[COL_kvm_vm_switch_num], total, 2);
	share_percent(vmm, sizeof(vmm), guest->v[COL_kvm_qemu_switch_num], total, 2);

	switch (verdict_of(guest)) {
	case VERDICT_FEW_EXITS:
		snprintf(text, VERDICT_TEXT_SIZE,
			 "%" PRIu64 " seen, a reading needs %d: it is idle, or was watched for "
			 "too short a time",
			 total, VERDICT_MIN_EXITS);
		break;
	case VERDICT_IO_BOUND:
		explain_io(text, guest, io, vm, vmm);
		break;
	case VERDICT_NOT_IO_BOUND:
		explain_not_io(text, guest, has, io, vm, vmm);
		break;
	}
}
