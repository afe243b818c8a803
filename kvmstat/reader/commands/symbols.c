// SPDX-License-Identifier: GPL-2.0
/*
 * Reads symbols. The guest's owner wrote them, so that names are cleaned.
 */
#include "commands/symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/memory.h"
#include "data/name.h"

/* No function is larger, so that an address further behind a symbol belongs to something else. */
#define FUNCTION_MAX (1 << 20)

static void add(struct symbols *symbols, uint64_t address, const char *name)
{
	char clean[NAME_SIZE];

	if (symbols->nr == SYMBOLS_MAX)
		return;
	name_clean(clean, name, false);
	symbols->symbol = xgrow(symbols->symbol, symbols->nr, sizeof(*symbols->symbol));
	symbols->symbol[symbols->nr++] = (struct symbol){ address, xstrdup(clean) };
}

static int compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->address == y->address ? strcmp(x->name, y->name) :
	       x->address < y->address	? -1 :
					  1;
}

static void sort(struct symbols *symbols)
{
	if (symbols->nr)
		qsort(symbols->symbol, symbols->nr, sizeof(*symbols->symbol), compare);
}

size_t symbols_read(struct symbols *symbols, FILE *file)
{
	char *line = NULL, name[NAME_SIZE], kind;
	size_t room = 0, hidden = 0;
	uint64_t address;

	while (getline(&line, &room, file) > 0) {
		if (sscanf(line, "%" SCNx64 " %c %255[^\n\t ]", &address, &kind, name) != 3 ||
		    !strchr("tTwW", kind))
			continue;
		if (address)
			add(symbols, address, name);
		else
			hidden++;
	}
	free(line);
	sort(symbols);
	return hidden;
}

/* Adds the symbols of a table of an ELF file, those of code. */
static void add_table(struct symbols *symbols, Elf *elf, Elf_Scn *section, const GElf_Shdr *table)
{
	Elf_Data *data = elf_getdata(section, NULL);
	const size_t nr = data && table->sh_entsize ? data->d_size / table->sh_entsize : 0;

	for (size_t i = 0; i < nr; i++) {
		GElf_Shdr of;
		GElf_Sym sym;
		const char *name;

		if (!gelf_getsym(data, i, &sym) || !sym.st_value ||
		    !gelf_getshdr(elf_getscn(elf, sym.st_shndx), &of) ||
		    !(of.sh_flags & SHF_EXECINSTR) || GELF_ST_TYPE(sym.st_info) > STT_FUNC ||
		    GELF_ST_TYPE(sym.st_info) == STT_OBJECT)
			continue;
		name = elf_strptr(elf, table->sh_link, sym.st_name);
		if (name && *name)
			add(symbols, sym.st_value, name);
	}
}

static void read_elf(struct symbols *symbols, int fd)
{
	Elf *elf = elf_version(EV_CURRENT) ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
	Elf_Scn *section = NULL;

	while (elf && (section = elf_nextscn(elf, section))) {
		GElf_Shdr shdr;

		if (gelf_getshdr(section, &shdr) && shdr.sh_type == SHT_SYMTAB)
			add_table(symbols, elf, section, &shdr);
	}
	elf_end(elf);
	sort(symbols);
}

enum status symbols_load(struct symbols *symbols, const char *path)
{
	FILE *file = fopen(path, "re");
	char magic[SELFMAG] = "";
	size_t hidden = 0;

	*symbols = (struct symbols){ 0 };
	if (!file || pread(fileno(file), magic, SELFMAG, 0) < 0) {
		fprintf(stderr, "kvmstat: cannot read %s: %s\n", path, strerror(errno));
		if (file)
			fclose(file);
		return STATUS_NO_DATA;
	}
	if (!memcmp(magic, ELFMAG, SELFMAG))
		read_elf(symbols, fileno(file));
	else
		hidden = symbols_read(symbols, file);
	fclose(file);
	if (symbols->nr)
		return STATUS_OK;
	fprintf(stderr, "kvmstat: %s %s\n", path,
		hidden ?
			"has no addresses; copy the guest's /proc/kallsyms as its root" :
			"has no symbols of code; give a copy of the guest's /proc/kallsyms, or its "
			"vmlinux");
	return STATUS_BAD;
}

char *symbols_name(const struct symbols *symbols, uint64_t address)
{
	size_t low = 0, high = symbols->nr;

	/* The last one that does not begin behind the address. */
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (symbols->symbol[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address - symbols->symbol[low - 1].address >= FUNCTION_MAX)
		return NULL;
	return xasprintf("%s+0x%" PRIx64, symbols->symbol[low - 1].name,
			 address - symbols->symbol[low - 1].address);
}

void symbols_free(struct symbols *symbols)
{
	for (size_t i = 0; i < symbols->nr; i++)
		free(symbols->symbol[i].name);
	free(symbols->symbol);
	*symbols = (struct symbols){ 0 };
}
