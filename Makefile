# make run | demo | test | bench: each sets up what it needs on a fresh machine, and nothing twice.
# Needs Debian (or any Linux) with Python 3.11 or newer; `make test` also wants Chromium, and fetches it when root.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input
TEST_PROCESSES ?= 2
PYTEST_ARGS    ?=
KILLS          ?= 100

.DEFAULT_GOAL := help
.PHONY: help install install-dev chromium run demo test durability lint types screenshots bench bench-objects bench-associations bench-lists bench-index lock clean

help:
	@echo "make run      install and serve on http://127.0.0.1:8000 (data in instance/)"
	@echo "make demo     the same on throw-away data, with ready-made users and their sign-in links"
	@echo "make test     every test, browser tests included; PostgreSQL too when KARTOTEK_TEST_POSTGRES_URL is set"
	@echo "make durability KILLS=500   kill -9 that often while people write and search, and look for what is lost"
	@echo "make bench    measured runs; writes docs/benchmarks.md"
	@echo "make bench-objects   a million records of a custom object, on both databases; writes docs/benchmarks-custom-objects.md"
	@echo "make bench-associations   one activity on 10,000 records, on both databases; writes docs/benchmarks-associations.md"
	@echo "make bench-lists   a list of 100,000 among a million contacts; writes docs/benchmarks-lists.md"
	@echo "make bench-index   index pages of a million contacts beside SQL by hand; writes docs/benchmarks-index.md"
	@echo "make install  the virtual environment with the pinned packages, nothing more"

# --- Python -----------------------------------------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Kartotek needs Python 3.11 or newer; '$(PYTHON)' is not. Try: make PYTHON=python3.12 ..." >&2; exit 1; }
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing python3-venv"; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null; \
		else \
			echo "Python's venv is missing. On Debian: sudo apt-get install python3-venv" >&2; exit 1; \
		fi; \
	fi
	@rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt | $(BIN)/python
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

install: $(VENV)/installed

install-dev: $(VENV)/installed $(VENV)/installed-dev

chromium:
	@if [ -n "$$KARTOTEK_TEST_CHROMIUM" ] || command -v chromium-headless-shell >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing chromium-headless-shell"; \
		apt-get update -qq; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null || \
			command -v chromium >/dev/null || \
			apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	elif ! command -v chromium >/dev/null; then \
		echo "The browser tests need Chromium: sudo apt-get install chromium-headless-shell (or set KARTOTEK_TEST_CHROMIUM)" >&2; \
		exit 1; \
	fi

# --- Use --------------------------------------------------------------------------------------------------------

run: install
	@exec $(BIN)/python app.py

demo: install
	@exec $(BIN)/python -m crm.demo

# --- Prove ------------------------------------------------------------------------------------------------------

test: install-dev chromium lint
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal $(PYTEST_ARGS)

# kill -9 as often as wanted, while people write: make durability KILLS=500
durability: install-dev
	$(BIN)/python -m pytest tests/durability --kills $(KILLS) -rP $(PYTEST_ARGS)

lint: install-dev
	$(BIN)/ruff check .

types: install-dev
	$(BIN)/mypy

# The pictures of the README, from the sample data.
screenshots: install-dev chromium
	$(BIN)/python -m docs.screenshots

bench: install-dev
	$(BIN)/python -m benchmarks

# On PostgreSQL too when KARTOTEK_TEST_POSTGRES_URL is set: it makes a database there and drops it.
bench-objects: install-dev
	$(BIN)/python -m benchmarks.custom_objects

# The same: on PostgreSQL too when the variable is set.
bench-associations: install-dev
	$(BIN)/python -m benchmarks.associations

# How soon a list is true again after many records changed.
bench-lists: install-dev
	$(BIN)/python -m benchmarks.lists

# Index pages of a million contacts beside SQL written by hand, before and after a view is saved.
bench-index: install-dev
	$(BIN)/python -m benchmarks.index_pages

# New pins from requirements/*.in; wants the uv tool.
lock:
	@for part in main dev; do \
		target=requirements.txt; [ $$part = main ] || target=requirements-$$part.txt; \
		{ echo "# Made by \`make lock\` from requirements/$$part.in: exact pins with hashes. Edit that file, not this one."; \
		uv pip compile --quiet --no-header --generate-hashes --universal --python-version 3.11 requirements/$$part.in; \
		} > $$target.new && mv $$target.new $$target || exit 1; \
	done

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis .ci/report
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
