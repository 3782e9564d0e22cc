# Two commands do everything: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint

$(VENV)/ready: requirements.txt requirements-dev.txt requirements-postgres.txt
	@echo "Setting up the virtual environment (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --require-hashes -r requirements.txt -r requirements-dev.txt
	@$(BIN)/python -m campaign.postgres.programs 2>/dev/null || $(BIN)/pip install --quiet --require-hashes -r requirements-postgres.txt
	@touch $@

test: $(VENV)/ready
	@$(BIN)/pytest

lint: $(VENV)/ready
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@DEBUG=1 $(BIN)/mypy campaign pledges reports
