// SPDX-License-Identifier: GPL-2.0
/*
 * kvmstat: shows the VM exits of KVM guests that the kvmstat module counts.
 */
#include <locale.h>

#include "options.h"
#include "output.h"
#include "watch.h"

int main(int argc, char **argv)
{
	struct options options;

	/* For the names of guests; numbers stay those of the C locale. */
	setlocale(LC_CTYPE, "");
	output_guard();
	options_parse(&options, argc, argv);
	return watch(&options);
}
