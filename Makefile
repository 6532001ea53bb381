# The few verbs of the project. `make` alone lists them.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
# Compiled at once: where nothing may be written, each start would compile anew.
UV := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python
# Which build of PyTorch: empty for PyPI's, which has CUDA's libraries on Linux; cpu, or another name that uv knows.
TORCH ?=
ASSIGNMENT ?= convolution
PORT ?= 8000
LOCK ?= requirements.txt
OUT ?= _build/publish
# Notebook kernels and tests must not depend on the machine's core count; see book/convolution.ipynb's outputs.
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help book serve execute setup exercises student publish-dry-run grade leaderboard check test test-all bench lock hooks clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-18s%s\n", $$1, $$2}' Makefile

# --- what is installed -------------------------------------------------------------------------------
# Stamps name what was installed from which lock; touching a stamp last makes an interrupted set-up start again.
define CHECK_PYTHON
import sys
found = "%d.%d" % sys.version_info[:2]
if sys.version_info < (3, 11):
    sys.exit("Python 3.11, 3.12 or 3.13 is needed, but %s is %s; name another one, such as: make book PYTHON=python3.13" % (sys.executable, found))
if sys.version_info >= (3, 14):
    sys.stderr.write("Python %s is newer than the ones tried (3.11 to 3.13); if something fails, name another one, such as: make book PYTHON=python3.13\n" % found)
endef
export CHECK_PYTHON

# Asked for another Python than .venv has, go on with neither silently.
ifeq ($(origin PYTHON),command line)
ifneq ($(wildcard .venv/uv.stamp),)
VERSION := -c 'import sys; print("%d.%d" % sys.version_info[:2])'
ifneq ($(shell $(PYTHON) $(VERSION)),$(shell $(BIN)/python $(VERSION)))
$(error The folder .venv has Python $(shell $(BIN)/python $(VERSION)); remove it to use $(PYTHON))
endif
endif
endif

.venv/uv.stamp:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here; install Python 3.11, 3.12 or 3.13, or name one, such as: make book PYTHON=/path/to/python3.13" >&2; exit 1; }
	@$(PYTHON) -c "$$CHECK_PYTHON"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/book.stamp: .venv/uv.stamp requirements.txt pyproject.toml
	@echo "Setting up what the site needs (no torch) …"
	@$(UV) --group book --constraint requirements.txt
	@touch $@

# The lock as a constraint: a CPU build of torch then needs none of the CUDA packages that the lock names.
.venv/all.stamp: .venv/book.stamp
	@echo "Setting up everything ($(if $(TORCH),with PyTorch's $(TORCH) build,about 6 GB with torch)); the first time takes minutes …"
	@$(UV) $(if $(TORCH),--torch-backend=$(TORCH)) --constraint requirements.txt --group book --group grade --group test \
		--editable ".[notebook,challenge]"
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json .venv/book.stamp
	@$(BIN)/npm ci --silent --no-audit --no-fund
	@touch $@

# --- the site ----------------------------------------------------------------------------------------
book: .venv/book.stamp node_modules/.package-lock.json ## set up and build the site
	@$(BIN)/python book/_ext/make_site.py

serve: book ## build and serve the site on this machine
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

execute: .venv/all.stamp ## run the chapters again and store their outputs; one of them: make execute SLUG=pooling
	@$(ONE_THREAD) $(BIN)/python book/_ext/execute.py $(if $(SLUG),book/$(SLUG).ipynb)

setup: .venv/all.stamp node_modules/.package-lock.json ## set up everything: for grading, tests and authors

# --- the exercises -----------------------------------------------------------------------------------
exercises: .venv/all.stamp ## make the student release from solutions/, and the lists of chapters
	@$(ONE_THREAD) $(BIN)/python -m autograder release --all
	@$(BIN)/python -m autograder lists

student: .venv/all.stamp ## assemble what students get: make student OUT=folder
	@$(BIN)/python -m autograder student-branch $(OUT) --repository "$$($(BIN)/python book/_ext/repository.py)"

publish-dry-run: setup ## make all that the workflow would publish, and check it for leaks: make publish-dry-run OUT=folder
	@bash .ci/publish $(OUT)

grade: .venv/all.stamp ## grade autograder/submitted: make grade ASSIGNMENT=convolution
	@$(BIN)/python -m autograder grade $(ASSIGNMENT)

leaderboard: .venv/all.stamp ## score the challenge: make leaderboard INBOX=folder ROSTER=class.csv
	@$(BIN)/python -m autograder leaderboard $(INBOX) $(if $(ROSTER),--roster $(ROSTER))

# --- quality -----------------------------------------------------------------------------------------
check: .venv/all.stamp ## test one chapter with its assignment, in minutes: make check SLUG=pooling
	@bash tests/check $(SLUG)

test: .venv/all.stamp node_modules/.package-lock.json ## set up and run every test
	@bash tests/run

test-all: .venv/all.stamp node_modules/.package-lock.json ## the same, and what CI runs weekly only
	@EVERYTHING=1 bash tests/run

bench: .venv/all.stamp ## print the benchmarks' ratios
	@for benchmark in bench/*.py; do $(BIN)/python $$benchmark || exit 1; done

lock: .venv/uv.stamp ## make requirements.txt again from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --all-extras --group book --group grade --group test --universal \
		--python-version 3.11 --quiet --custom-compile-command "make lock" --output-file $(LOCK)

hooks: .venv/all.stamp ## let git run .pre-commit-config.yaml before each commit
	@$(BIN)/pre-commit install

clean: ## remove what was built (the environment stays)
	@rm -rf _build
