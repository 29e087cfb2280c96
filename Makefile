# Safe Code Executor.  `make help` lists what there is.
#
# One Makefile, no recursion into folders.  Each variant (SAN=...) has its own
# tree under build/, so they never mix.  A folder is a process of the one
# binary; the runner is a static binary of its own, for the containers.

.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory
SHELL     := /bin/bash
comma     := ,
Q         := $(if $(V),,@)

SAN     ?=
BUILD   := build/$(if $(SAN),$(subst $(comma),+,$(SAN)),release)
PROGRAM := $(BUILD)/safe-code-executor
RUNNER  := build/runner/sce-runner
UNIT    := $(BUILD)/unit-tests
ATTACKS := build/attacks
CATALOG := build/attacks.json

PREFIX  ?= /usr/local
DESTDIR ?=
STATE   ?= /var/lib/safe-code-executor
UNITS   ?= /lib/systemd/system

WARN := -Wall -Wextra -Wswitch-enum -Wconversion -Wno-sign-conversion \
        -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
        -Wvla -Wundef -Wformat=2
HARDEN := -fstack-protector-strong -fstack-clash-protection -fPIE \
          $(if $(SAN),,-D_FORTIFY_SOURCE=2)
PACKAGES := libevent_core libcurl jansson inih libseccomp
# Asked for when first used: on a fresh machine pkg-config is not there yet.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PACKAGES)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PACKAGES)) -lhttp_parser)$(PKG_LIBS)

CFLAGS   ?= -O2 -g
ALL_CFLAGS = -std=gnu11 $(WARN) $(HARDEN) -MMD -MP -I. -I$(BUILD) \
             -DSETTINGS_LANGUAGES_DIR='"$(STATE)/languages"' $(PKG_CFLAGS) \
             $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now $(if $(SAN),-fsanitize=$(SAN)) $(LDFLAGS)

objects = $(patsubst %.c,$(BUILD)/%.o,$(sort $(foreach d,$(1),$(wildcard $(d)/*.c))))
ROLES  := supervisor web worker pool
OBJECTS = $(call objects,$(ROLES) common seccomp) $(BUILD)/web/embedded.o \
          $(BUILD)/web/attacks_data.o

.DEFAULT_GOAL := all
.PHONY: all
all: $(PROGRAM) $(RUNNER) ## build the program and the runner

# ---- for people ----------------------------------------------------------

LANGUAGES ?= python javascript bash
IMAGES    := build/languages
# What follows `make run ARGS="..."` goes to the program.
ARGS      ?=

.PHONY: run
run: setup ## set up what is missing and serve at http://127.0.0.1:5000
	@echo "run: starting the service"
	@exec scripts/as-root $(PROGRAM) --languages-dir=$(IMAGES) $(ARGS)

.PHONY: setup
setup: engine ## packages, Docker engine, program and images, without serving
	@scripts/as-root scripts/load-apparmor
	@scripts/install-packages build images
	@$(MAKE) -j"$$(nproc)" $(PROGRAM) $(RUNNER)
	@$(MAKE) images

.PHONY: engine
engine: ## start a Docker engine if none answers
	@scripts/as-root scripts/start-engine

.PHONY: images
images: $(RUNNER) ## build the images of LANGUAGES="..."; none twice
	@scripts/as-root images/build --runner $(RUNNER) --out $(IMAGES) \
	    $(LANGUAGES)

.PHONY: test
test: ## set up, and run every test (SAN=address,undefined: with sanitizers)
	@scripts/install-packages build images test
	@$(MAKE) setup
	@$(MAKE) $(UNIT) $(ATTACKS)
	@scripts/as-root tests/run $(PROGRAM) $(RUNNER) $(UNIT) $(IMAGES) \
	    $(ATTACKS)

.PHONY: test-vm
test-vm: ## the same on a stock Debian machine in qemu; takes hours
	@scripts/install-packages build images test vm \
	    "vm-$$(dpkg --print-architecture)"
	@$(MAKE) setup
	@$(MAKE) $(UNIT) $(ATTACKS)
	@scripts/as-root tests/vm/run $(IMAGES) tests/run $(PROGRAM) $(RUNNER) \
	    $(UNIT) $(IMAGES) $(ATTACKS)

.PHONY: lint
lint: ## formatter, linters, shape of functions
	@scripts/install-packages build test lint
	@$(MAKE) $(BUILD)/web/embedded.c
	@scripts/lint

.PHONY: format
format: ## let clang-format decide on all C files
	@scripts/install-packages lint
	@git ls-files '*.c' '*.h' | xargs clang-format -i

.PHONY: install
install: all ## install under DESTDIR/PREFIX, with a systemd unit
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/safe-code-executor
	install -d -m 755 $(DESTDIR)/etc $(DESTDIR)$(UNITS) \
	    $(DESTDIR)$(STATE)/languages
	test -e $(DESTDIR)/etc/safe-code-executor.conf || \
	    $(PROGRAM) --print-settings=sample \
	    > $(DESTDIR)/etc/safe-code-executor.conf
	sed 's|@PREFIX@|$(PREFIX)|' deploy/safe-code-executor.service \
	    > $(DESTDIR)$(UNITS)/safe-code-executor.service
	for l in $(IMAGES)/*.json; do [ ! -e "$$l" ] || install -m 644 "$$l" \
	    $(DESTDIR)$(STATE)/languages/; done
	scripts/load-apparmor --to $(DESTDIR)/etc/apparmor.d
	[ -n "$(DESTDIR)" ] || [ ! -d /run/systemd/system ] || \
	    systemctl daemon-reload

.PHONY: uninstall
uninstall: ## take away what install put there, but not the settings
	[ -n "$(DESTDIR)" ] || [ ! -d /run/systemd/system ] || \
	    systemctl disable --now safe-code-executor || true
	rm -f $(DESTDIR)$(PREFIX)/bin/safe-code-executor \
	    $(DESTDIR)$(UNITS)/safe-code-executor.service \
	    $(DESTDIR)/etc/apparmor.d/safe-code-executor
	rm -rf $(DESTDIR)$(STATE)/languages
	@[ ! -e $(DESTDIR)/etc/safe-code-executor.conf ] || \
	    echo "kept: $(DESTDIR)/etc/safe-code-executor.conf"

.PHONY: clean
clean: ## delete everything that was built here; images stay in Docker
	@scripts/as-root rm -rf build

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' \
	    Makefile

# ---- the program ---------------------------------------------------------

$(PROGRAM): $(OBJECTS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "build: $<"
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# The page and the examples are inside the binary.
EXAMPLES := infinite_loop memory_attack network_attack read_passwd \
            write_root write_tmp fork_bomb output_flood
EMBEDDED := $(sort $(wildcard web/ui/*)) $(EXAMPLES:%=tests/%.py)
$(BUILD)/web/embedded.c: web/embed $(EMBEDDED)
	@mkdir -p $(@D)
	$(Q)web/embed $(EMBEDDED) > $@

$(BUILD)/web/embedded.o: $(BUILD)/web/embedded.c Makefile
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# The attacks are too, for the self-test.
$(BUILD)/web/attacks_data.o: web/attacks_data.S $(CATALOG) $(ATTACKS) Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) -c -o $@ $<

# The runner: static, for it must run in any image.  It has no sanitizer
# build of its own in the images; tests/runner has one.
RUNNER_SOURCES := $(sort $(wildcard runner/*.c)) common/frames.c \
                  common/msgbuf.c common/err.c seccomp/table.c \
                  seccomp/filter.c
RUNNER_OBJECTS := $(RUNNER_SOURCES:%.c=build/runner/%.o)
RUNNER_CFLAGS  := -std=gnu11 -O2 $(WARN) -fstack-protector-strong -MMD -MP -I. \
                  -ffunction-sections
$(RUNNER): $(RUNNER_OBJECTS)
	@mkdir -p $(@D)
	$(Q)$(CC) -static -Wl,-z,relro,-z,now,--gc-sections -s -o $@ $^ \
	    -l:libseccomp.a

build/runner/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "build: $< (runner)"
	$(Q)$(CC) $(RUNNER_CFLAGS) -c -o $@ $<

# ---- tests ---------------------------------------------------------------

UNIT_SOURCES := $(sort $(wildcard tests/unit/*.c))
UNIT_OBJECTS := $(UNIT_SOURCES:%.c=$(BUILD)/%.o) \
                $(filter-out %/supervisor/main.o,$(OBJECTS)) \
                $(BUILD)/runner/program.o
$(UNIT): $(UNIT_OBJECTS)
	$(Q)$(CC) $(ALL_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc \
	    -o $@ $^ $(PKG_LIBS) -lcunit

$(CATALOG): tests/attacks/catalog $(wildcard tests/attacks/python/*.py) \
            $(wildcard tests/attacks/bash/*.sh) $(wildcard tests/attacks/c/*.c)
	@mkdir -p $(@D)
	$(Q)tests/attacks/catalog > $@

# The attacks in C: one static program, which is sent into the containers.
# Its table is made from the names of the files: they cannot disagree.
ATTACK_SOURCES := $(sort $(wildcard tests/attacks/c/*.c tests/attacks/lib/*.c))
ATTACK_OBJECTS := $(ATTACK_SOURCES:%.c=build/attack-objects/%.o)
ATTACK_TABLE   := build/attack-objects/table.def
ATTACK_CFLAGS  := -std=gnu11 -Os $(WARN) -MMD -MP -I. \
                  -ffunction-sections -fdata-sections
$(ATTACKS): $(ATTACK_OBJECTS)
	$(Q)$(CC) -static -Wl,--gc-sections -s -o $@ $^

build/attack-objects/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "build: $<"
	$(Q)$(CC) $(ATTACK_CFLAGS) -c -o $@ $<

# The folder is newer when a file came or went.
build/attack-objects/tests/attacks/lib/main.o: $(ATTACK_TABLE)
$(ATTACK_TABLE): tests/attacks/c Makefile
	@mkdir -p $(@D)
	$(Q)printf 'ATTACK(%s)\n' $(notdir $(basename \
	    $(filter tests/attacks/c/%,$(ATTACK_SOURCES)))) > $@

-include $(shell find build -name '*.d' 2>/dev/null)
