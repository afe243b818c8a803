// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat shows the VM exits of KVM guests that the kvmstat module counts.
 */
#include <locale.h>

#include "commands/options.h"
#include "text/output.h"

int main(int argc, char **argv)
{
	const struct command *command;
	struct options options;

	/* Names of guests need the locale. Numbers stay those of the C locale. */
	setlocale(LC_CTYPE, "");
	output_guard();
	command = options_parse(&options, argc, argv);
	return command->run(&options);
}
