# `make help` lists what there is to do. Every target makes the environment it needs: .venv, from the locks.
# Choose the interpreter with PYTHON=/path/to/python3.11; a mirror with the usual variables of pip (PIP_INDEX_URL) or uv.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?=
SAMPLE ?= sample
VENV := .venv
BIN := $(VENV)/bin

# uv reads its own variables only: hand it what pip is configured with.
UV := UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(BIN)/pip config get global.index-url 2>/dev/null || true)}}"; \
      if [ -n "$$UV_DEFAULT_INDEX" ]; then export UV_DEFAULT_INDEX; else unset UV_DEFAULT_INDEX; fi; VIRTUAL_ENV=$(VENV) $(BIN)/uv
COMPILE := $(UV) pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

# Debian packages that `make test-slow` installs for itself when it may; without them its tests say what they skip.
SLOW_PACKAGES := docker-compose
SERVER_PACKAGES := wordpress wordpress-l10n wordpress-theme-twentytwentythree mariadb-server php-cli php-mysql php-xml php-mbstring redis-server postgresql

.PHONY: help run up down notebook check test test-slow bench-nlp lock golden clean

help:  ## this list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' Makefile | expand -t 12

run: $(VENV)/.ready  ## listen to the sample (or SAMPLE=folder): its history, its last night through Airflow, the digest
	@$(BIN)/ouidire demo $(SAMPLE)

up: $(VENV)/.ready brands.yml  ## start Airflow and its UI in the background
	@$(BIN)/ouidire up

down: $(VENV)/.ready  ## stop Airflow, and whatever of it was left
	@$(BIN)/ouidire down

notebook: $(VENV)/.dev  ## open the published file in charts, as an app in the browser
	$(BIN)/marimo run notebooks/listening.py

check: $(VENV)/.dev  ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: $(VENV)/.dev  ## all tests that need only the package registries
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadscope

test-slow: $(VENV)/.dev debian-packages  ## real servers, a real scheduler, kills
	$(BIN)/pytest -m slow

lock: $(VENV)/.dev  ## renew the locks from the .in files
	$(COMPILE) --upgrade embedded.in -o embedded.lock
	$(COMPILE) --upgrade dev.in -o dev.lock
	$(COMPILE) --upgrade cluster.in -o cluster.lock
	sed -n '/^uv==/,/[^\\]$$/p' embedded.lock > bootstrap.lock

bench-nlp: $(VENV)/.dev  ## measure understanding on ../shared (or DATA=folder) and write docs/benchmarks.md
	$(BIN)/python -m bench.nlp --data $(or $(DATA),../shared) --out docs/benchmarks.md

golden: $(VENV)/.dev  ## write the generated documents again; read the diff before you keep it
	$(BIN)/python -m warehouse.document
	$(BIN)/python -m warehouse.cookbook_page  # reads what `make run` published
	git --no-pager diff --stat

clean:  ## remove the environment and caches; what was heard, in var/, stays
	if [ -x $(BIN)/ouidire ]; then $(BIN)/ouidire down; fi
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache *.egg-info
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

brands.yml:
	cp sample/brands.yml $@

# The environment. A stamp is newer than the locks it was made from, so that nothing is installed twice.

$(BIN)/uv: bootstrap.lock
	@python="$(PYTHON)"; \
	for candidate in $${python:-python3.11 python3 python}; do \
	  if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then found="$$candidate"; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo "No Python 3.11 with venv among: $${python:-python3.11, python3, python}." >&2; \
	  echo "Install it (Debian: apt-get install python3.11 python3.11-venv), or name one: make PYTHON=/path/to/python3.11 ..." >&2; \
	  exit 1; \
	fi; \
	echo "making $(VENV) with $$found"; \
	"$$found" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r bootstrap.lock
	@touch $@

$(VENV)/.ready: $(BIN)/uv embedded.lock pyproject.toml
	@echo "installing embedded.lock"
	@$(UV) pip install --quiet --require-hashes --compile-bytecode -r embedded.lock
	@$(UV) pip install --quiet --offline --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.ready dev.lock
	@echo "installing dev.lock"
	@$(UV) pip install --quiet --require-hashes -r dev.lock
	@touch $@

.PHONY: debian-packages
debian-packages:
	@wanted="$(SLOW_PACKAGES)"; \
	if [ -d ../shared/servers ]; then wanted="$$wanted $(SERVER_PACKAGES)"; fi; \
	missing=$$(for package in $$wanted; do dpkg-query -W -f '$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' || echo "$$package"; done); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then \
	  echo "not installed, and only root with apt-get may install them, so their tests are skipped:" $$missing >&2; exit 0; \
	fi; \
	echo "installing" $$missing; \
	export DEBIAN_FRONTEND=noninteractive; \
	{ apt-get update -q && apt-get install -q -y --no-install-recommends $$missing; } > var-apt.log 2>&1 \
	  || { tail -5 var-apt.log >&2; echo "their tests are skipped" >&2; }; \
	rm -f var-apt.log
