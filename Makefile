# The few verbs of the project. `make` alone lists them.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
# Compiled at once: where nothing may be written, each start would compile anew.
UV := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python
ASSIGNMENT ?= convolution
LOCK ?= requirements.txt
# Notebook kernels and tests must not depend on the machine's core count; see book/convolution.ipynb's outputs.
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help book serve execute exercises student grade leaderboard test bench lock clean

help: ## list the verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# --- what is installed -------------------------------------------------------------------------------
# Stamps name what was installed from which lock; touching a stamp last makes an interrupted set-up start again.
.venv/uv.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; %s is %s. Set PYTHON=…" % (sys.executable, sys.version.split()[0]))'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/book.stamp: .venv/uv.stamp requirements.txt pyproject.toml
	@echo "Setting up what the site needs (no torch) …"
	@$(UV) --group book --constraint requirements.txt
	@touch $@

.venv/all.stamp: .venv/book.stamp
	@echo "Setting up everything: torch and its libraries are about 5 GB, so the first time takes minutes …"
	@$(UV) --requirement requirements.txt
	@$(UV) --no-deps --editable .
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json .venv/book.stamp
	@$(BIN)/npm ci --silent --no-audit --no-fund
	@touch $@

# --- the site ----------------------------------------------------------------------------------------
book: .venv/book.stamp node_modules/.package-lock.json ## set up and build the site
	@$(BIN)/python book/_ext/make_site.py

serve: book ## build and serve the site on this machine
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

execute: .venv/all.stamp ## run the chapters again and store their outputs
	@$(ONE_THREAD) $(BIN)/python book/_ext/execute.py

# --- the exercises -----------------------------------------------------------------------------------
exercises: .venv/all.stamp ## make the student release from solutions/
	@$(BIN)/python -m autograder release --all

student: .venv/all.stamp ## assemble what students get: make student OUT=folder
	@$(BIN)/python -m autograder student-branch $(OUT) --repository "$$($(BIN)/python book/_ext/repository.py)"

grade: .venv/all.stamp ## grade autograder/submitted: make grade ASSIGNMENT=convolution
	@$(BIN)/python -m autograder grade $(ASSIGNMENT)

leaderboard: .venv/all.stamp ## score the challenge: make leaderboard INBOX=folder ROSTER=class.csv
	@$(BIN)/python -m autograder leaderboard $(INBOX) $(if $(ROSTER),--roster $(ROSTER))

# --- quality -----------------------------------------------------------------------------------------
test: .venv/all.stamp node_modules/.package-lock.json ## set up and run every test
	@bash tests/run

bench: .venv/all.stamp ## print the benchmarks' ratios
	@for benchmark in bench/*.py; do $(BIN)/python $$benchmark || exit 1; done

lock: .venv/uv.stamp ## make requirements.txt again from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --all-extras --group book --group grade --group test --universal \
		--python-version 3.11 --quiet --custom-compile-command "make lock" --output-file $(LOCK)

clean: ## remove what was built (the environment stays)
	@rm -rf _build
