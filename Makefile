# Every command of the project. All of them run from this folder and set up what they need first.

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python

# `PORT=8123 make run` is short for TANDEM_PORT, HOST likewise.
ifdef PORT
export TANDEM_PORT := $(PORT)
endif
ifdef HOST
export TANDEM_HOST := $(HOST)
endif

.DEFAULT_GOAL := help
.PHONY: help run demo test quick bench screenshots lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: ## set up and serve Tandem on http://127.0.0.1:8000 (PORT=8123 make run)
	@$(PYTHON) -m deploy.setup
	@exec .venv/bin/tandem run

demo: ## the same, with a sample team to sign in as
	@$(PYTHON) -m deploy.setup
	@exec .venv/bin/tandem demo

test: ## everything: format, lint, types, all tests; ends in go or NO-GO
	@$(PYTHON) -m deploy.setup --test
	@$(VENV_PYTHON) -m deploy.check

quick: ## the two-minute loop: format, lint, types, tests that need no server
	@$(PYTHON) -m deploy.setup --quick
	@$(VENV_PYTHON) -m deploy.check --quick

bench: ## measure: first paint, pushes into a long list, notifications; no part of make test
	@$(PYTHON) -m deploy.setup --test
	@$(VENV_PYTHON) -m bench

screenshots: ## take a picture of every page and state, and that of the README; 5 to 10 minutes
	@$(PYTHON) -m deploy.setup --test
	@$(VENV_PYTHON) -m e2e.screenshots

lock: ## pin all packages anew, after a change of pyproject.toml or package.json
	@$(PYTHON) -m deploy.lock

clean: ## remove what set-up and tests made; the data in var/ stays
	@rm -rf .venv node_modules static/vendor .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
