// SPDX-License-Identifier: GPL-2.0
/*
 * kvmtune changes how KVM guests are scheduled, and puts it back.
 */
#include <locale.h>
#include <stdlib.h>

#include "text/output.h"
#include "tune/orders.h"

int main(int argc, char **argv)
{
	struct orders orders;
	const struct task *task;
	enum status status;

	/* Names of guests need the locale. Numbers stay those of the C locale. */
	setlocale(LC_CTYPE, "");
	status_program = "kvmtune";
	output_guard();
	task = orders_parse(&orders, argc, argv);
	status = task->run(&orders);
	orders_free(&orders);
	return status;
}
