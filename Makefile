# AI Scaling Office. 'make help' lists what there is to make.

PYTHON3 ?= python3
PORT ?= 8000
AISO_VAR ?= var
export PORT AISO_VAR

VENV := .venv/bin
UV := .uv/bin/uv
RUNTIME := .venv/.runtime
DEV := .venv/.dev
STATIC := static-built/staticfiles.json

# How a failed step says what to do: command || $(call advise,what to do)
advise = { echo "--> $(1)" >&2; exit 1; }

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test env check lint types imports templates migrations schema deploy compose fix bench lock upgrade

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "PORT=8001 and AISO_VAR=folder choose another port and another place for the data."

demo: $(RUNTIME) $(STATIC) ## Run the product with the demo portfolio, until Ctrl-C
	@AISO_STATIC_ROOT=static-built $(VENV)/python manage.py serve --demo

test: $(DEV) ## Run the whole test suite; ARGS="-k words" picks tests
	$(VENV)/python -m pytest -n auto --maxprocesses 8 $(ARGS)

env: $(DEV) ## Install everything into .venv

check: lint types imports templates migrations schema deploy compose ## Run every check that is not a test

lint: $(DEV)
	$(VENV)/ruff check . || $(call advise,'make fix' mends some of it; the rest is named above.)
	$(VENV)/ruff format --check . || $(call advise,Run 'make fix'.)

types: $(DEV)
	$(VENV)/mypy || $(call advise,Mend the types named above.)

imports: $(DEV)
	$(VENV)/lint-imports --no-logo || $(call advise,Imports go one way: see [tool.importlinter] in pyproject.toml.)

templates: $(DEV)
	find templates -name '*.html' -exec $(VENV)/djade --check {} + || $(call advise,Run 'make fix'.)

migrations: $(DEV)
	$(VENV)/python manage.py makemigrations --check --dry-run \
		|| $(call advise,A model has changed: run '$(VENV)/python manage.py makemigrations' and name the migration.)

schema: $(DEV)
	$(VENV)/python manage.py spectacular --validate --fail-on-warn --file /dev/null \
		|| $(call advise,Say what the endpoints named above take and give: see docs/api.md and aiso/api/operations.py.)

deploy: $(DEV)
	$(VENV)/python -m aiso.embedded env AISO_PRODUCTION=1 AISO_ALLOWED_HOSTS=aiso.example.org \
		AISO_SMTP_URL=smtp://mail.example.org \
		AISO_SECRET_KEY=only-for-this-check-it-opens-nothing-0123456789-abcdef \
		$(VENV)/python manage.py check --deploy --fail-level WARNING \
		|| $(call advise,Mend the production settings named above.)

compose: $(DEV)
	$(VENV)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml \
		|| $(call advise,Mend docker-compose.yml.)

fix: $(DEV) ## Mend what the linters can mend by themselves
	$(VENV)/ruff check --fix-only .
	$(VENV)/ruff format .
	-find templates -name '*.html' -exec $(VENV)/djade {} +

bench: $(DEV) ## Measure the pages on 10,000 and 100,000 initiatives
	$(VENV)/python -m tests.bench $(ARGS)

COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url $(UPGRADE)

lock: .uv/.made ## Compile the pins from pyproject.toml
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	echo uv | $(COMPILE) - -o requirements-uv.txt

upgrade: ## Compile the pins anew, with the newest versions
	$(MAKE) lock UPGRADE=--upgrade

# What follows makes files; each is a stamp that tells a second run that there is nothing to do.

# uv reads no pip settings: hand on the package index that this machine's pip is told to use, if any.
INSTALL = UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$(.uv/bin/pip config get global.index-url 2>/dev/null || true)}" \
	$(UV) pip install --quiet --compile-bytecode --python $(VENV)/python --require-hashes
offline = Packages could not be installed. Is the network up? What was fetched is kept: run make again.

.uv/.made: requirements-uv.txt
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| $(call advise,Python 3.11 or newer is needed as python3; or name one: make PYTHON3=/path/to/python3.)
	@df -Pk . | awk 'NR == 2 && $$4 < 1500000 { exit 1 }' \
		|| $(call advise,Less than 1.5 GB is free on this disk: make room first.)
	@echo "Installing uv"
	@$(PYTHON3) -m venv --clear .uv \
		|| $(call advise,Python cannot make environments here: install its venv module (Debian: apt-get install python3-venv).)
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt \
		|| $(call advise,$(offline))
	@touch $@

.venv/.made: .python-version | .uv/.made
	@echo "Making the environment for Python $$(cat .python-version)"
	@$(UV) venv --quiet --clear --no-project --python "$$(cat .python-version)" .venv \
		|| $(call advise,Python $$(cat .python-version) is neither here nor to be had by uv: install it and run make again.)
	@touch $@

$(RUNTIME): .venv/.made requirements.txt
	@echo "Installing what the product needs"
	@$(INSTALL) -r requirements.txt || $(call advise,$(offline))
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.txt
	@echo "Installing what tests and checks need"
	@$(INSTALL) -r requirements-dev.txt || $(call advise,$(offline))
	@touch $@

# Files that other names have taken over stay: a copy that is running still serves them.
$(STATIC): $(shell find static -type f 2>/dev/null) requirements.txt | $(RUNTIME)
	@echo "Collecting styles and scripts"
	@AISO_STATIC_ROOT=static-built $(VENV)/python manage.py collectstatic --noinput --verbosity 0
	@touch $@
