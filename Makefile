# For people; the kernel's build reads Kbuild. "make help" lists the targets.
PREFIX ?= /usr/local
SYSTEMD ?= $(PREFIX)/lib/systemd/system
CFLAGS ?= -O2 -g
VERSION := $(shell sed -n 's/.*KVMSTAT_VERSION[[:space:]]*"\(.*\)"/\1/p' include/kvmstat.h)

# Only a compiler named on the command line is also for the module. Otherwise the kernel's build
# uses the compiler that belongs to the kernel.
kernel-cc := $(if $(filter command line,$(origin CC)),$(CC))
kdir = eval "$$(scripts/kdir.sh '$(KVER)' '$(KDIR)' '$(kernel-cc)' || echo exit 1)"

# Where the two commands are built; scripts/cross-reader.sh sets another folder.
READER = build/kvmstat
TUNER = $(dir $(READER))kvmtune

# ncursesw for the screen, libproc2 for processes, jansson for JSON, inih for the
# configuration file, zlib for recordings that are compressed, libelf for a guest's vmlinux.
tuner-libs := -lproc2 -ljansson -linih -lz
reader-libs := -lncursesw -lelf $(tuner-libs)
reader-files := $(wildcard kvmstat/reader/*.c kvmstat/reader/*/*.[ch])
tuner-files := $(wildcard kvmstat/tuner/*.c kvmstat/tuner/*/*.[ch] \
	$(foreach room,data verdict text,kvmstat/reader/$(room)/*.[ch]))

# The rooms of the commands, from the bottom to the top. No room includes files of a higher room.
# The lowest ones of kvmtune are kvmstat's.
reader-rooms := scripts/rooms.sh kvmstat/reader data verdict text screen commands
tuner-rooms := scripts/rooms.sh kvmstat/tuner data verdict text action plan tune

# The sources of the module, and the folder where DKMS looks for them.
module-files = dkms.conf Kbuild Makefile include/kvmstat.h $(wildcard scripts/probes/*.c) \
	$(shell find kvmstat/module -name '*.[chS]' ! -name kvmstat_probes.h)
dkms-source = $(DESTDIR)/usr/src/kvmstat-$(VERSION)

all: modules reader ## build the module and the command

modules: ## build kvmstat.ko (KVER=release KDIR=headers CC=compiler: another kernel; W=1 C=1: checks)
	@$(kdir); $(MAKE) -C "$$KDIR" M="$(CURDIR)" $(if $(kernel-cc),CC='$(kernel-cc)') $$cross modules

reader: $(READER) $(TUNER) ## build the commands, build/kvmstat and build/kvmtune

$(READER): $(reader-files) include/kvmstat.h
	@$(reader-rooms)
	@mkdir -p $(@D)
	@printf '#include <%s>\n' ncurses.h libproc2/pids.h jansson.h ini.h zlib.h gelf.h | $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 || { \
		echo "kvmstat: the command needs libraries: sudo apt install" \
			"libncurses-dev libproc2-dev libjansson-dev libinih-dev zlib1g-dev libelf-dev" >&2; exit 1; }
	$(CC) -std=gnu11 -Wall -Wextra $(CPPFLAGS) $(CFLAGS) -Iinclude -iquote kvmstat/reader $(LDFLAGS) -o $@ \
		$(filter %.c,$^) $(reader-libs) $(LDLIBS)

# After kvmstat, which says what libraries are missing.
$(TUNER): $(tuner-files) include/kvmstat.h $(READER)
	@$(tuner-rooms)
	$(CC) -std=gnu11 -Wall -Wextra $(CPPFLAGS) $(CFLAGS) -Iinclude -iquote kvmstat/reader -iquote kvmstat/tuner \
		$(LDFLAGS) -o $@ $(filter %.c,$^) $(tuner-libs) $(LDLIBS)

demo: ## see it work: real guests on real KVM in an emulated machine
	@tests/demo/demo.sh

check: ## every test, on one kernel (CASE="NAME...": only these of tests/cases; MINUTES=n: and check-matrix)
	@MINUTES='$(MINUTES)' tests/check.sh $(CASE)

check-debug: ## the cells of check-matrix with KASAN, lockdep, kmemleak, and with KCSAN (builds the kernels: ten minutes each, once)
	@KERNELS='6.1-debug 6.1-kcsan' CASE='$(CASE)' tests/matrix.sh

soak: ## everything at once for MINUTES=10, with ftrace as the oracle
	@MINUTES=$${MINUTES:-10} tests/check.sh soak

check-matrix: ## every kernel of scripts/kernels in each of its machines (KERNELS="NAME...", CASE="NAME...", MINUTES=n: begin none later)
	@KERNELS='$(KERNELS)' CASE='$(CASE)' tests/matrix.sh $(MINUTES)

check-others: ## kvm-unit-tests and kvmtool, without and with kvmstat; SOURCES="FOLDER..." has the sources of either
	@tests/check.sh others $(SOURCES)

check-fresh: ## make demo and make check in bare Debian roots (downloads much; an hour and more)
	@tests/fresh.sh

fuzz: ## fuzz what the command reads, for FUZZ_SECONDS=600; what it learns stays in build/fuzz
	@FUZZ_SECONDS=$${FUZZ_SECONDS:-600} tests/unit/fuzz.sh build/fuzz

bench: ## instructions that kvmstat adds to a VM exit
	@tests/bench/bench.sh

experiments: ## the theses' experiments on a stock kernel, and docs/experiments.md (experiments NAME="NAME...": only these)
	@tests/experiments/experiments.sh $(NAME)

install: all install-reader install-tuner ## install the module, the command and its units (DESTDIR, PREFIX, SYSTEMD)
	@$(kdir); set -ex; \
	install -D -m 644 kvmstat.ko "$(DESTDIR)/lib/modules/$$KVER/updates/kvmstat.ko"; \
	$(if $(DESTDIR),:,depmod -a "$$KVER")

install-reader: reader
	@set -ex; \
	install -D -m 755 $(READER) "$(DESTDIR)$(PREFIX)/bin/kvmstat"; \
	install -D -m 644 docs/kvmstat.1 "$(DESTDIR)$(PREFIX)/share/man/man1/kvmstat.1"; \
	install -D -m 644 completion/kvmstat.bash \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/kvmstat"; \
	install -D -m 644 -t "$(DESTDIR)$(SYSTEMD)" systemd/kvmstat-*; \
	sed -i 's|^ExecStart=kvmstat |ExecStart=$(PREFIX)/bin/kvmstat |' \
		"$(DESTDIR)$(SYSTEMD)/kvmstat-export.service" "$(DESTDIR)$(SYSTEMD)/kvmstat-record.service"

install-tuner: reader
	@set -ex; \
	install -D -m 755 $(TUNER) "$(DESTDIR)$(PREFIX)/bin/kvmtune"; \
	install -D -m 644 docs/kvmtune.1 "$(DESTDIR)$(PREFIX)/share/man/man1/kvmtune.1"; \
	install -D -m 644 completion/kvmtune.bash \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/kvmtune"; \
	install -D -m 644 -t "$(DESTDIR)$(SYSTEMD)" systemd/kvmtune.*; \
	sed -i 's|^ExecStart=kvmtune |ExecStart=$(PREFIX)/bin/kvmtune |' \
		"$(DESTDIR)$(SYSTEMD)/kvmtune.service"

uninstall: ## undo install, for all kernels
	@set -x; \
	rm -f "$(DESTDIR)$(PREFIX)/bin/kvmstat" \
		"$(DESTDIR)$(PREFIX)/share/man/man1/kvmstat.1" \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/kvmstat" \
		"$(DESTDIR)$(SYSTEMD)/kvmstat-export.service" \
		"$(DESTDIR)$(SYSTEMD)/kvmstat-export.timer" "$(DESTDIR)$(SYSTEMD)/kvmstat-record.service" \
		"$(DESTDIR)$(PREFIX)/bin/kvmtune" "$(DESTDIR)$(PREFIX)/share/man/man1/kvmtune.1" \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/kvmtune" \
		"$(DESTDIR)$(SYSTEMD)/kvmtune.service" "$(DESTDIR)$(SYSTEMD)/kvmtune.timer"
	@for module in "$(DESTDIR)"/lib/modules/*/updates/kvmstat.ko; do \
		[ -e "$$module" ] || continue; \
		(set -x; rm "$$module"); \
		release=$${module%/updates/*}; \
		$(if $(DESTDIR),:,(set -x; depmod -a "$${release##*/}")); \
	done

# The sources from which DKMS builds the module.
install-source:
	install -D -m 755 -t "$(dkms-source)/scripts" scripts/kdir.sh scripts/probe.sh
	@set -e; for file in $(module-files); do install -D -m 644 "$$file" "$(dkms-source)/$$file"; done

dkms-install: ## have DKMS build the module, for this kernel and those to come
	@scripts/dkms.sh remove
	@$(MAKE) install-source DESTDIR=
	@$(kdir); scripts/dkms.sh install $(VERSION) "$$KVER"

dkms-remove: ## undo dkms-install
	@scripts/dkms.sh remove

deb: ## build the Debian packages, in build/deb
	@scripts/deb.sh

style: ## hold the C files against .clang-format, the scripts against shellcheck, includes against the rooms
	@$(reader-rooms)
	@$(tuner-rooms)
	@scripts/tower.sh
	@scripts/style.sh

clean: ## remove what was built
	@if $(kdir) 2>/dev/null; then $(MAKE) -s -C "$$KDIR" M="$(CURDIR)" clean; fi
	rm -rf build kvmstat/module/kvmstat_probes.h*

version: ## print the version
	@echo $(VERSION)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r t w; do printf '  %-12s %s\n' "$$t" "$$w"; done

.PHONY: all modules reader demo check check-debug soak check-matrix check-others check-fresh fuzz bench experiments install install-reader install-tuner install-source \
	uninstall dkms-install dkms-remove deb style clean version help
