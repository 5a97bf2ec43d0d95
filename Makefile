# The two commands of the README are `make run` and `make test`. Nothing to install first but python3, python3-venv and make.
# CORE holds what `run` needs; DEV adds the tests, the linters and the notebooks, so that a first `make run` is quick.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CORE   := $(VENV)/core.stamp
DEV    := $(VENV)/dev.stamp
NOTEBOOKS := $(VENV)/notebooks.stamp
ALONE  := tests/experiment tests/peers
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
export PIP_CONSTRAINT := constraints.txt     # by the environment, so that it pins the build's own needs too

.PHONY: run test test-all lint format bench notebooks clean
.DEFAULT_GOAL := run

run: $(CORE)
	$(BIN)/benchkit run scenarios/quickstart.toml

# What measures runs alone, one test after the other; everything else on all cores. The hash seed makes all processes collect alike.
test: $(DEV)
	PYTHONHASHSEED=0 $(BIN)/python -m pytest --numprocesses=logical --dist=worksteal $(addprefix --ignore=,$(ALONE))
	$(BIN)/python -m pytest $(ALONE)

test-all: lint test run

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV)
	$(BIN)/python -m benchmarks

# opens notebooks/ in a browser; each shows the newest run that suits, or a sample
notebooks: $(NOTEBOOKS)
	$(BIN)/jupyter lab notebooks

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "benchkit needs Python 3.11 or newer; name one with: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "this Python cannot make a virtual environment: apt install python3-venv" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 2; }

$(CORE): $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "installing benchkit into $(VENV) ..." >&2
	@$(PIP) install --editable .
	@touch $@

$(NOTEBOOKS): $(CORE) constraints.txt
	@echo "installing Jupyter, polars, pandas and DuckDB into $(VENV) ..." >&2
	@$(PIP) install --editable '.[notebooks]'
	@touch $@

$(DEV): $(CORE) constraints.txt
	@echo "installing the tests' and notebooks' needs into $(VENV) ..." >&2
	@$(PIP) install --editable '.[dev,notebooks]'
	@touch $@
