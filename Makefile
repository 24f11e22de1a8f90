# Everything a person does with this project. `make` alone lists it. Needs python3 (3.11 or newer) and nothing else:
# no root, no running service. The environment is made in .venv from the locked, hashed requirements.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
JOBS ?= auto
TESTS ?= tests
COOLING_OFF ?= 3 days

RUN := $(VENV)/bin/python
RUN_STAMP := $(VENV)/.requirements
DEV_STAMP := $(VENV)/.requirements-dev
# -qq: only errors. Hashes: nothing is installed that was not locked.
INSTALL := $(RUN) -m pip install -qq --disable-pip-version-check --require-hashes
COMPILE := $(RUN) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --quiet \
	--exclude-newer '$(COOLING_OFF)' $(LOCK_FLAGS)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run worker test test-more soak test-fast check coverage bench openapi docs migration format lock clean

help: ## List what make can do
	@printf 'Simpul: make TARGET [NAME=value]\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# --- run ---

run: $(RUN_STAMP) ## Start web server and worker with the demonstration city (PORT=8000); Ctrl-C stops both
	@exec $(RUN) -c "$$IN_FOREGROUND" $(RUN) -m cms run --port $(PORT)

worker: $(RUN_STAMP) ## Start only the background worker
	@exec $(RUN) -c "$$IN_FOREGROUND" $(RUN) -m cms worker

# --- test ---

# Tests start this project as a process a hundred times, and every process of a run reads all tests: compiled code is kept
# (`make clean` removes it), whatever the environment says.
test test-more soak test-fast coverage: export PYTHONDONTWRITEBYTECODE =

test: $(DEV_STAMP) ## Lint, types, imports, OpenAPI, tests on SQLite and PostgreSQL; at the end what was not run
	@$(SECTIONS) $(CHECKS) \
	section 'Tests on SQLite' env TEST_DATABASE=sqlite $(RUN) -m pytest -n $(JOBS) $(TESTS); \
	section 'Tests on PostgreSQL' env TEST_DATABASE=postgresql $(RUN) -m pytest -n $(JOBS) --not-again $(TESTS); \
	finished; \
	$(RUN) -m tests.not_run

test-more: $(DEV_STAMP) ## Install other programs (nginx, Caddy, PHP: tests/more/packages.txt) and run the tests that need them
	@$(SECTIONS) \
	section 'Other programs' tests/more/install; \
	section 'Tests with other programs' $(RUN) -m pytest -n $(JOBS) -m more $(TESTS); \
	finished

soak: $(DEV_STAMP) ## Run what takes hours, by hand (TESTS=tests/soak/... for a part)
	@$(RUN) -m pytest -v -s -m soak $(TESTS)

test-fast: $(DEV_STAMP) ## Run the tests on SQLite without the slow ones (TESTS=tests/posts for a part)
	@TEST_DATABASE=sqlite $(RUN) -m pytest -n $(JOBS) -m 'not slow and not more and not soak' $(TESTS)

check: $(DEV_STAMP) ## Lint, types, imports and OpenAPI: a few seconds, before every commit
	@$(SECTIONS) $(CHECKS) finished

coverage: $(DEV_STAMP) ## Run the tests on SQLite and report which lines and branches none of them reached
	@TEST_DATABASE=sqlite $(RUN) -m pytest -n $(JOBS) --cov --cov-report=term $(TESTS)

bench: $(DEV_STAMP) ## Measure requests per second beside a bare WSGI application (BENCH_ITEMS=10000)
	@$(RUN) -m bench

# --- change ---

format: $(DEV_STAMP) ## Format the code and apply the linter's safe corrections
	@$(RUN) -m ruff check --fix-only --quiet .
	@$(RUN) -m ruff format .

openapi: $(RUN_STAMP) ## Write docs/openapi.json and docs/openapi-delivery.json from the schemas
	@$(RUN) -m cms openapi

docs: $(RUN_STAMP) ## Write the generated parts of docs/*.md: errors, settings, permissions, paths, states, tables
	@$(RUN) -m tools.docs

migration: $(RUN_STAMP) ## Write the next numbered migration from the models (MESSAGE="add alerts")
	@test -n "$(MESSAGE)" || { echo 'Say what it does: make migration MESSAGE="add alerts"' >&2; exit 2; }
	@number=$$(printf '%04d' $$(($$(ls migrations/versions | grep -c '^[0-9].*\.py$$') + 1))); \
	$(RUN) -m flask --app wsgi db migrate --rev-id "$$number" -m "$(MESSAGE)"

lock: $(DEV_STAMP) ## Compile requirements*.in into the pinned, hashed .txt (LOCK_FLAGS=--upgrade for newer versions)
	@$(COMPILE) requirements.in --output-file requirements.txt
	@$(COMPILE) --constraint requirements.txt requirements-dev.in --output-file requirements-dev.txt
	@$(COMPILE) tests/more/clients/requirements.in --output-file tests/more/clients/requirements.txt

clean: ## Remove the environment and the caches; instance/ (database, files, secrets) stays
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache .coverage .coverage.* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment ---

$(VENV)/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || \
		{ echo 'Simpul needs Python 3.11 or newer; "$(PYTHON)" was not found. Another one: make PYTHON=python3.12 ...' >&2; exit 1; }
	@$(PYTHON) -c 'import platform, sys; sys.version_info >= (3, 11) or sys.exit("Simpul needs Python 3.11 or newer; \
	$(PYTHON) is " + platform.python_version() + ". Another one: make PYTHON=python3.12 ...")'
	@echo 'Making the environment in $(VENV) with $(PYTHON) ...'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo 'Could not make $(VENV): this Python lacks its venv module. Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }

$(RUN_STAMP): requirements.txt | $(VENV)/pyvenv.cfg
	@echo 'Installing the locked requirements (half a minute the first time) ...'
	@$(INSTALL) -r requirements.txt
	@touch $@

# Holds everything of requirements.txt too, in the same versions.
$(DEV_STAMP): requirements-dev.txt requirements.txt | $(VENV)/pyvenv.cfg
	@echo 'Installing the locked development requirements (a minute the first time) ...'
	@$(INSTALL) -r requirements-dev.txt
	@touch $@ $(RUN_STAMP)

# --- pieces of the above ---

# Shell functions: `section TITLE COMMAND...` runs one part under a heading and stops everything when it fails.
SECTIONS = section() { \
		title=$$1; shift; began=$$(date +%s); printf '\n== %s\n' "$$title"; \
		"$$@" || { code=$$?; printf '\n== FAILED: %s (exit code %s)\n' "$$title" "$$code" >&2; exit 1; }; \
		printf '== %s: passed in %s s\n' "$$title" "$$(($$(date +%s) - began))"; \
	}; \
	finished() { printf '\n== Everything passed.\n'; };

CHECKS = section 'Lint (ruff check)' $(RUN) -m ruff check .; \
	section 'Format (ruff format)' $(RUN) -m ruff format --check --quiet .; \
	section 'Types (mypy)' $(RUN) -m mypy; \
	section 'Imports (import-linter)' $(RUN) $(VENV)/bin/lint-imports --no-logo; \
	section 'OpenAPI document' $(RUN) -m cms openapi --check;

# At a terminal, Ctrl-C goes to every process of the foreground group, make included, which then reports an interrupt.
# The server gets a group of its own in the foreground: only it is interrupted, and make ends with its exit code.
define IN_FOREGROUND
import os, signal, sys
if os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp():
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])
endef
export IN_FOREGROUND
