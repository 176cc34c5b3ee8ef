# Everything that is needed: make, git and Python 3.11 or later. `make` lists the targets.
PYTHON ?= python3
VENV ?= .venv
CORES ?= all
# More targets or options for Snakemake: make smoke ARGS="fig_7 --dry-run"
ARGS ?=
# make audit AUDIT_OPTIONS=--must-check fails where the advisory service does not answer
AUDIT_OPTIONS ?=

ifneq ($(words $(VENV)),1)
$(error VENV: expected a path without spaces, such as .venv; the folder that it stands in may have them)
endif

BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
AUDIT := $(VENV)/audit
PEERS := $(VENV)/peers
PIP := $(BIN)/python -m pip --quiet --quiet --no-input --disable-pip-version-check
# A third of the time, where there is one and it reaches the packages.
UV := uv pip install --quiet --require-hashes --no-deps --compile-bytecode --python $(BIN)/python
SNAKEMAKE = $(BIN)/python -P -m snakemake $(ARGS) --cores $(CORES)
# The Python that was asked for by name (make PYTHON=python3.13); whatever .venv has, if none was.
ASKED := $(if $(filter file,$(origin PYTHON)),$(BIN)/python,$(PYTHON))
VERSION := -c 'import sys; print(sys.version_info[:2])'
SAME := test "`$(BIN)/python $(VERSION) 2>&1`" = "`$(ASKED) $(VERSION) 2>&1`"
# Whether .venv is whole, this checkout's, and where it was made: a folder that was renamed or copied heals.
USABLE := $(shell $(SAME) && env -u PYTHONPATH $(BIN)/python -m bornscape.run.installed --check 2>/dev/null && echo yes)

# Processes beat threads at these sizes: one job a core, one thread a job.
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export MKL_NUM_THREADS = 1
# Names of files are UTF-8 whatever the locale (LC_ALL=C).
export PYTHONUTF8 = 1
# Hundreds of processes start: what Python compiles of a module is kept, whatever the default of the machine.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help environment quick reproduce smoke paper verify lint test test-unit test-workflow test-faults test-slurm audit docs reference numbers benchmark lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@if test ! -e $(STAMP); then echo "Next: make environment, some minutes"; \
	elif test -e results/default/report.html; then echo "Next: open file://$$PWD/results/default/report.html"; \
	elif test -e results/quick/models/ring/report.html; then echo "Next: make reproduce, everything"; \
	else echo "Next: make quick, a first answer in a minute"; fi

environment: $(STAMP) ## Create or update the Python environment in .venv from requirements.lock

quick: $(STAMP) ## A first answer in a minute: Figs. 5 and 6a, a part of the table, the verdict on one model
	$(SNAKEMAKE) fig_5 fig_6 trainability_table my_model --configfile config/quick.yaml

reproduce: $(STAMP) ## Run the whole workflow at the default scale, into results/default
	$(SNAKEMAKE)

smoke: $(STAMP) ## Run the whole workflow at the smallest scale, into results/smoke
	$(SNAKEMAKE) --configfile config/smoke.yaml

paper: $(STAMP) ## Run the whole workflow at the paper's scale, into results/paper (hours)
	$(SNAKEMAKE) --configfile config/paper.yaml

verify: $(STAMP) ## Fail if a claim of the default scale is contradicted that no kept run contradicts
	$(SNAKEMAKE) verify

lint: $(STAMP) ## Check style, types and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/mypy src
	$(BIN)/codespell benchmarks config docs examples notebooks src workflow *.md Snakefile Makefile

# Two processes, and the slowest tests are printed. A unit test's file stays in one process: what it makes and compiles is
# made once. Whole programs are handed out one at a time.
PYTEST = $(BIN)/python -m pytest -n 2 --durations 20

test: lint test-unit test-workflow ## Check style and types, then run all tests

test-unit: $(STAMP) ## Run the tests that start no whole program
	$(PYTEST) --dist loadfile --no-loadscope-reorder --ignore tests/workflow

test-workflow: $(STAMP) ## Run the tests that start Snakemake, the benchmarks or the largest jobs
	$(PYTEST) --dist load --maxschedchunk 1 tests/workflow

test-faults: $(STAMP) ## Kill the smoke run 20 times and compare its tables (10 minutes)
	$(BIN)/python -m pytest -m faults

# Without a network this says that nothing was checked. A listed advisory: .ci/advisories.toml.
audit: ## Look up security advisories of the locked packages
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip --quiet --quiet --no-input --disable-pip-version-check \
		install --require-hashes --no-deps -r .ci/audit.lock || true
	@$(AUDIT)/bin/python .ci/audit.py $(AUDIT_OPTIONS) requirements.lock .ci/audit.lock

docs: $(STAMP) ## Build the documentation as a site, into site/
	$(BIN)/mkdocs build --quiet

test-slurm: $(STAMP) ## Run every rule through a SLURM cluster of this machine (installs slurm-wlm and munge)
	$(PYTEST) --dist load --maxschedchunk 1 -m cluster tests/workflow

reference: $(STAMP) ## Keep the tables of results/default that documents need in results/reference
	$(BIN)/python -m bornscape.run.reference results/default results/reference

numbers: $(STAMP) ## Fill the numbers of README.md, docs/findings.md and results/paper/README.md in from tables
	$(BIN)/python docs/fill_numbers.py

# Rivals have all of the processor, whatever the shell keeps from NumPy and OpenBLAS for equal numbers.
benchmark: $(PEERS)/.installed ## Time this project beside its peers, on one core (20 minutes); peak memory at 20 qubits
	env -u OPENBLAS_CORETYPE -u NPY_DISABLE_CPU_FEATURES PYTHONPATH=src $(PEERS)/bin/python -m benchmarks
	$(BIN)/python -m benchmarks.page
	$(BIN)/python benchmarks/memory.py

lock: ## Rebuild requirements.lock, .ci/audit.lock and benchmarks/requirements.lock (needs uv)
	uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --quiet -o requirements.lock
	uv pip compile --group audit --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --quiet -o .ci/audit.lock
	# Catalyst wants a JAX of its own, so that the benchmarks go without ours.
	sed -n '/^jax/d; /^[a-z]/s/ \\$$//p' requirements.lock > benchmarks/.constraints
	uv pip compile pyproject.toml benchmarks/requirements.in --extra experiments --extra hep --extra report \
		--extra workflow --constraint benchmarks/.constraints --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --quiet -o benchmarks/requirements.lock
	rm benchmarks/.constraints

clean: ## Delete caches, results/smoke, /default and /quick; keep results/paper, results/reference and .venv
	@test ! -e .snakemake/run.lock || $(PYTHON) -c 'import fcntl; fcntl.flock(open(".snakemake/run.lock", "a"), 6)' 2>/dev/null || \
		{ echo "Error: a run is going on in this folder; wait for it or stop it" >&2; exit 1; }
	rm -rf results/smoke results/default results/quick .pytest_cache .hypothesis .mypy_cache .ruff_cache
	find . -path ./$(VENV) -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +

# The stamp comes last: an interrupted installation is taken up again, and a half-made environment is made anew.
$(STAMP): requirements.lock pyproject.toml $(if $(filter yes,$(USABLE)),,unusable)
	@command -v $(PYTHON) >/dev/null || \
		{ echo "$(PYTHON) not found: install Python 3.11 or later, or say make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; $(PYTHON) is `$(PYTHON) --version 2>&1`." \
		"Say make PYTHON=python3.11, for example." >&2; exit 1; }
	@case "$$PWD" in *:*) echo "$$PWD: Python makes no environment below a folder with : in its name; rename it" >&2; \
		exit 1;; esac
	@rm -f $@
	@$(SAME) && $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Creating $(VENV) with `$(PYTHON) --version`"; $(PYTHON) -m venv --clear $(VENV); }
	@$(BIN)/python -m venv --without-pip $(VENV)
	@echo "Installing the packages of requirements.lock into $(VENV) (1.5 GB and some minutes when it is new)"
	@$(UV) -r requirements.lock 2>/dev/null || $(PIP) install --require-hashes --no-deps -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@env -u PYTHONPATH $(BIN)/python -m bornscape.run.installed --settle
	@$(BIN)/python -c 'import bornscape, sys; print("bornscape", bornscape.__version__, "is ready in", sys.prefix)'

# Never there.
unusable:

# The packages that benchmarks compare with, beside everything that this one needs: an environment of its own.
$(PEERS)/.installed: benchmarks/requirements.lock $(STAMP)
	@$(PYTHON) -m venv $(PEERS)
	@echo "Installing the packages of benchmarks/requirements.lock into $(PEERS) (3 GB and some minutes)"
	@$(PEERS)/bin/python -m pip --quiet --no-input --disable-pip-version-check install \
		--require-hashes --no-deps -r benchmarks/requirements.lock
	@touch $@
