# `make run` sets everything up and opens the program; `make test` sets everything up and passes the tests.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run test lint translations screenshots clean
run: $(VENV)/.ready
	@packaging/qt-libraries.sh $(BIN)/python
	@$(BIN)/python main.py --demo

test: $(VENV)/.ready-dev
	@packaging/qt-libraries.sh $(BIN)/python
	QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/python -m pytest

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports
	$(BIN)/mypy --platform win32 --no-warn-unreachable --cache-dir .mypy_cache/win32  # no call that Windows lacks

translations: $(VENV)/.ready
	BIN=$(BIN) packaging/translations.sh

screenshots: $(VENV)/.ready
	@packaging/qt-libraries.sh $(BIN)/python
	QT_QPA_PLATFORM=offscreen $(BIN)/python packaging/screenshots.py

$(VENV)/.ready: pyproject.toml
	@echo "Setting up $(VENV) (once, a minute or two)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
