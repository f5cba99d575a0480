# The two commands: `make rehearse` runs the main job on embedded parts, `make test` passes the tests.
# Both make the virtual environment they need.

PYTHON ?= $(shell command -v python3.13 python3.12 python3.11 python3 2>/dev/null | while read -r p; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: help rehearse test lint bench clean lock
help:
	@echo "make rehearse   deploy the private topology on embedded parts, verify it, report"
	@echo "make test       every test: units, golden files, properties, the real engine end to end"
	@echo "make lint       ruff, mypy --strict, import contracts"
	@echo "make bench      each figure beside its budget"

$(VENV)/run.stamp: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Planewright needs Python 3.11 or later: install it, or say make PYTHON=/path/to/python3"; exit 2; }
	"$(PYTHON)" -m venv $(VENV)
	$(PIP) install -c constraints.txt -e '.[rehearsal]'
	touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	$(PIP) install -c constraints.txt -e '.[rehearsal,dev]'
	touch $@

rehearse: $(VENV)/run.stamp
	$(BIN)/planewright rehearse --topology private $(ARGS)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/python -m pytest $(ARGS)

bench: $(VENV)/dev.stamp
	$(BIN)/python -m tests.bench $(ARGS)

# The versions that are tested. Anew after a change of pyproject.toml.
lock:
	rm -rf $(VENV)/lock && "$(PYTHON)" -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install -q -e '.[rehearsal,dev]'
	$(VENV)/lock/bin/python -m pip freeze --exclude-editable > constraints.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .cache
