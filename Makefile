# A workbook on convolutional networks. "make" lists what can be done.

PYTHON ?= $(shell for p in python3.12 python3.13 python3.11 python3 python; do \
  if $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
  then echo $$p; break; fi; done)
PY := .venv/bin/python
PORT ?= 8888
JOBS ?= 2# tests that run at once; a worker takes about 3 GB towards the end

# Tests keep away from the learner's own record and data.
QUIET_HOME := env -u WORKBOOK_DATA WORKBOOK_HOME="$(CURDIR)/build/home" PYTHONHASHSEED=0 TF_CPP_MIN_LOG_LEVEL=3

# Tests that run side by side take one thread each: threads that share a core cost a tenth.
ONE_THREAD := TF_NUM_INTRAOP_THREADS=1 OMP_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help lab update site setup test unit notebooks lint format release backbone bench mutants clean

help:  ## List these targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

lab: setup  ## Set up, then open the workbook in JupyterLab
	@$(PY) -m workbook mine
	@mkdir -p build; nice $(PY) -m workbook prepare >build/prepare.log 2>&1 & # pictures, and what checks compare with
	@echo "JupyterLab opens in your browser. To stop it, press Ctrl-C twice here."
	@PATH="$(CURDIR)/.venv/bin:$$PATH" JUPYTER_CONFIG_PATH="$(CURDIR)/workbook/jupyter" \
	  $(PY) -m jupyterlab --port=$(PORT) --ServerApp.root_dir="$(CURDIR)" \
	  --LabApp.default_url="/lab/tree/$$($(PY) -m workbook mine --next)" $(LAB)

update: setup  ## Take a newer release; your answers stay
	@$(PY) -m workbook update

setup: .venv/ready  ## Make the environment .venv from requirements.txt (quick when it is there)

.venv/ready: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found. Install one, or name it: make lab PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version). This takes a few minutes the first time."
	@if command -v uv >/dev/null 2>&1; then \
	  { $(PY) -c pass 2>/dev/null || uv venv -q --clear --seed --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv; } && \
	  VIRTUAL_ENV="$(CURDIR)/.venv" uv pip install -r requirements.txt && \
	  VIRTUAL_ENV="$(CURDIR)/.venv" uv pip install -q --no-deps --no-build-isolation -e . ; \
	else \
	  { $(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv; } && \
	  $(PY) -m pip install --disable-pip-version-check -r requirements.txt && \
	  $(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi || { echo "The set-up did not finish. Run the same command again: it goes on where it stopped."; exit 1; }
	@$(PY) -m workbook --help >/dev/null
	@touch .venv/ready

test: setup lint unit notebooks  ## Everything that CI runs: lint, tests, and every solved notebook replayed

unit: setup  ## The tests of the engine, the exercises, the data and the tools
	@mkdir -p build/home
	$(QUIET_HOME) $(ONE_THREAD) $(PY) -m pytest -n $(JOBS) --dist worksteal tests

notebooks: setup  ## Replay the solved notebooks and compare what they print
	@mkdir -p build/home
	$(QUIET_HOME) $(ONE_THREAD) $(PY) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --nbval --nbval-current-env \
	  --nbval-cell-timeout=900 -p no:cacheprovider $(foreach week,2 3 4 1,week$(week)/solutions/*.ipynb) # long ones first

lint: setup  ## Check style: scripts and notebooks alike
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

format: setup  ## Put scripts and notebooks into the common style
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

release: setup  ## Write the notebooks of each lesson whose source has changed
	@$(PY) -m workbook release

site: .venv/site  ## Build the reading site from the solved notebooks: build/site
	@$(QUIET_HOME) $(PY) -m workbook.site

.venv/site: .venv/ready workbook/site/requirements.txt
	@if command -v uv >/dev/null 2>&1; then \
	  VIRTUAL_ENV="$(CURDIR)/.venv" uv pip install -q -r workbook/site/requirements.txt; \
	else $(PY) -m pip install -q --disable-pip-version-check -r workbook/site/requirements.txt; fi
	@touch .venv/site

backbone: setup  ## Train the small pretrained network that ships, anew (see datasets/weights/README.md)
	@KERAS_BACKEND=$${KERAS_BACKEND:-tensorflow} TF_CPP_MIN_LOG_LEVEL=3 $(PY) -m workbook.backbone

bench: setup  ## Measure how long a check takes; bench/ holds more
	@$(QUIET_HOME) $(PY) bench/check_latency.py

mutants: setup  ## Change each solution in many small ways and see whether its check notices
	@$(QUIET_HOME) $(PY) -m bench.mutants

clean:  ## Remove what was built, the environment too; your notebooks and your record stay
	rm -rf build .venv .pytest_cache .ruff_cache
