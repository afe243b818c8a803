// SPDX-License-Identifier: GPL-2.0
/*
 * Tests that an exit is asked for by its code, and read with its code, on each architecture.
 */
#include "unit.h"

#include <string.h>

#include "commands/tracer.h"

static const struct {
	enum isa isa;
	uint64_t code; /* as in the module's file reasons */
	const char *filter, *fields;
	uint64_t read; /* the code that the event tells */
} cases[] = {
	{ ISA_X86, 0x7b, "(exit_reason==123)", "exit_reason=0x7b guest_rip=0x1234", 0x7b },
	{ ISA_X86, 0x80000021, "(exit_reason==2147483681)", "exit_reason=2147483681 guest_rip=4660",
	  0x80000021 },
	{ ISA_ARM64, 0x224, "(ret==2&&esr_ec==36)", "ret=2 esr_ec=0x24 vcpu_pc=0x1234", 0x224 },
	{ ISA_ARM64, 0x10201, "(ret==2&&esr_ec==1)", "ret=2 esr_ec=0x1 vcpu_pc=0x1234", 0x201 },
	{ ISA_ARM64, 0, "(ret==0)", "ret=0 esr_ec=0x3f vcpu_pc=0x1234", 0 },
	{ ISA_RISCV64, 0x80000005, "(scause==9223372036854775813)",
	  "sepc=0x1234 scause=0x8000000000000005 stval=0x0", 0x80000005 },
	{ ISA_RISCV64, 0x10016, "(scause==22)", "sepc=0x1234 scause=22 stval=0x0", 22 },
};

static void reads_what_it_asks_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char line[256], *filter = tracer_reason(cases[i].code, cases[i].isa);
		struct traced traced;
		FILE *report;

		snprintf(line, sizeof(line), " vmm-12 [000] 5.25: kvm_exit:   %s\n",
			 cases[i].fields);
		report = fmemopen(line, strlen(line), "r");
		tracer_parse(&traced, report, cases[i].isa);
		fclose(report);
		assert_string_equal(filter, cases[i].filter);
		assert_int_equal(traced.nr, 1);
		assert_int_equal(traced.exit[0].code, cases[i].read);
		assert_int_equal(traced.exit[0].address, 0x1234);
		free(traced.exit);
		free(filter);
	}
}

static void asks_for_ranges_of_threads(void **state)
{
	uint64_t tid[] = { 12, 7, 11, 10, 12 };
	char *filter = tracer_threads(tid, 5);

	(void)state;
	assert_string_equal(filter,
			    "(common_pid>=7&&common_pid<=7)||(common_pid>=10&&common_pid<=12)");
	free(filter);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(reads_what_it_asks_for),
	cmocka_unit_test(asks_for_ranges_of_threads),
};

UNIT_MAIN(tests)
