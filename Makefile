# `make run` sets everything up and opens the program; `make test` sets everything up and passes the tests.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

JOBS ?= auto  # processes that the tests are spread over; 0: one, in which a debugger works
SPREAD := -n $(strip $(JOBS)) --dist worksteal

.PHONY: run test quick coverage lint lock docs diagrams translations screenshots clean
run: $(VENV)/.ready
	@packaging/qt-libraries.sh $(BIN)/python
	@$(BIN)/python main.py --demo

test: $(VENV)/.ready-dev
	@packaging/qt-libraries.sh $(BIN)/python
	QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/python -m pytest $(SPREAD)

# What needs no window, no other process and no time: while one works.
QUICK := -q -m "not slow and not servers" \
	tests/converters tests/docs tests/files tests/r4 tests/remote tests/store tests/sync tests/test_*.py
quick: $(VENV)/.ready-dev
	$(BIN)/python -m pytest $(SPREAD) $(QUICK)

# The same, and how much of the rooms behind the window they run: lines and branches.
coverage: $(VENV)/.ready-dev
	$(BIN)/python -m pytest $(SPREAD) $(QUICK) --cov --cov-report=term:skip-covered

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports
	$(BIN)/mypy --platform win32 -p fhirdesk -p ui --no-warn-unreachable --cache-dir .mypy_cache/win32  # no call that Windows lacks

# The site of docs/, in an environment of its own: neither the program nor its tests need what builds it.
docs: $(VENV)/.ready
	@packaging/site.sh $(BIN)/python $(VENV)-docs

# docs/images/*.svg, from the tables of the program; a test compares them.
diagrams: $(VENV)/.ready
	$(BIN)/python -m docs.build diagrams

translations: $(VENV)/.ready-dev
	BIN=$(BIN) packaging/translations.sh

screenshots: $(VENV)/.ready
	@packaging/qt-libraries.sh $(BIN)/python
	QT_QPA_PLATFORM=offscreen $(BIN)/python packaging/screenshots.py

# Nothing is installed but what the locks name, by its hash; the program itself is built with what is in them.
$(VENV)/.ready: pyproject.toml requirements.lock
	@echo "Setting up $(VENV) (once, a minute or two)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# The newest versions that pyproject.toml allows, for every Python and system of ours. Then: make test, and look at the diff.
LOCK := $(VENV)-lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --upgrade --quiet --no-header \
	--no-annotate
lock:
	@$(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip --quiet install --require-hashes -r packaging/uv.txt
	$(LOCK) pyproject.toml --extra build -o requirements.lock
	$(LOCK) pyproject.toml --extra dev --constraint requirements.lock -o requirements-dev.lock
	$(LOCK) docs/requirements.in -o docs/requirements.lock

clean:
	rm -rf $(VENV) $(VENV)-lock $(VENV)-docs build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
