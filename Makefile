# The two commands: `make rehearse` runs the main job on embedded parts, `make test` passes the tests.
# Both make the virtual environment they need.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && command -v "$$p" && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
# Compiled once for all the processes that a rehearsal and the tests start, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: help rehearse practise test suite fuzz lint style types bench pictures walk screenshots boot clean lock
help:
	@echo "make rehearse   deploy the private topology on embedded parts, verify it, report"
	@echo "make practise   the same on the screens, with you as the operator"
	@echo "make test       every test: units, golden files, properties, the real engine end to end"
	@echo "make fuzz       the properties with examples that nobody has seen yet"
	@echo "make lint       ruff, mypy --strict, import contracts"
	@echo "make bench      each figure beside its budget"
	@echo "make pictures   the screens' snapshots anew, to be looked at"
	@echo "make walk       the screens by keyboard alone in a real terminal (tmux), from start to report"
	@echo "make screenshots  the pictures of docs/screens, taken of a rehearsal"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Planewright needs Python 3.11 or later: install it, or say make PYTHON=/path/to/python3"; exit 2; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/run.stamp: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install -c constraints.txt -e '.[rehearsal]'
	touch $@

$(VENV)/dev.stamp: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install -c constraints.txt -e '.[rehearsal,dev]'
	touch $(VENV)/run.stamp $@

rehearse: $(VENV)/run.stamp
	$(BIN)/planewright rehearse --topology private $(ARGS)

practise: $(VENV)/run.stamp
	$(BIN)/planewright rehearse --screens $(ARGS)

lint: style types

style: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy
	$(BIN)/lint-imports

# What takes a moment first; the types are looked at while the first workers wait for their worlds.
test: style
	$(MAKE) --no-print-directory -j 2 types suite

# Two of the four workers mostly wait for the worlds of tests/e2e, and so does the engine for its provider. Which groups
# begin first is said in tests/conftest.py; xdist would begin with those of the most tests. Worlds of processes on a busy
# machine: what fails is run once more, and the summary tells what needed that.
# The engine and its provider live for seconds: collecting their garbage less often saves a seventh of a plan.
suite: export GOGC ?= 400
suite: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n 4 --dist loadgroup --no-loadscope-reorder --durations 15 --reruns 1 -raR $(ARGS)

# The properties with new examples: those of `make test` are always the same.
fuzz: $(VENV)/dev.stamp
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -n 2 --dist loadgroup -m hypothesis $(ARGS)

# The screens' snapshots, taken anew: look at what changed before it is committed.
pictures: $(VENV)/dev.stamp
	-$(BIN)/python -m pytest tests/screens -q -n 4 --snapshot-update -k "look or on_screen" $(ARGS)
	git status --short tests/screens/__snapshots__

bench: $(VENV)/dev.stamp
	$(BIN)/python -m tests.bench $(ARGS)

walk: $(VENV)/dev.stamp
	$(BIN)/python -m tests.tools.tmux_walk $(ARGS)

screenshots: $(VENV)/dev.stamp
	$(BIN)/python -m tests.tools.screenshots

# Nodes get the boot program packed, in bytes that no compressor's release can change under them.
boot:
	"$(PYTHON)" -c "import base64, lzma, pathlib; p = pathlib.Path('assets/boot/boot.py'); \
		how = {'id': lzma.FILTER_LZMA2, 'preset': 9 | lzma.PRESET_EXTREME, 'pb': 0, 'nice_len': 64}; \
		packed = lzma.compress(p.read_bytes(), check=lzma.CHECK_CRC32, filters=[how]); \
		p.with_suffix('.py.xz.b85').write_bytes(base64.b85encode(packed))"

# The versions that are tested. Anew after a change of pyproject.toml.
lock:
	rm -rf $(VENV)/lock && "$(PYTHON)" -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install -q -e '.[rehearsal,dev]'
	$(VENV)/lock/bin/python -m pip freeze --exclude-editable > constraints.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .cache
