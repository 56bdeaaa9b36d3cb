# One door for the developer: `make help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
# Tests run in so many processes at once, each with a database and a Redis of its own.
TEST_PROCESSES ?= 2
export PORT

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench stop clean install install-dev

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(VENV)/.installed ## Make .venv with everything Kindred runs on
install-dev: $(VENV)/.installed-dev ## The same, with what tests and checks need

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Kindred needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check "$$(grep '^torch==' requirements.txt)"
	@touch $@

$(VENV)/.installed: $(VENV)/.python requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

demo: install ## Start everything with the demo shop (PORT=8000)
	@exec $(BIN)/python -u manage.py demo

lint: install-dev ## ruff, mypy, import contracts, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy config catalog embeddings recommender
	$(BIN)/lint-imports
	KINDRED_HOME=.kindred-test $(BIN)/python manage.py makemigrations --check --dry-run

test: lint ## All checks, then the whole test suite
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal

bench: install-dev ## Measure; writes tests/benchmarks/results/*.json
	$(BIN)/python -m tests.benchmarks

stop: ## Stop the demo and its services
	@if [ -x $(BIN)/python ]; then $(BIN)/python manage.py demo --stop; else echo "Nothing is installed."; fi

clean: stop ## Stop, then delete the environment and all local data
	rm -rf $(VENV) .kindred .kindred-test .kindred-bench
