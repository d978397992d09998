# Every target makes .venv itself. Only Python 3.11 or newer, make and a package index are needed.
.PHONY: help run setup quick test check

environment = python=$$(sh portal/starting/python.sh) && "$$python" portal/starting/environment.py

help:
	@echo "make run     the whole portal on this machine, with made-up people and data; Ctrl-C stops it"
	@echo "make setup   only the environment in .venv"
	@echo "make quick   the quick tests alone, in a few minutes"
	@echo "make test    the tests, with a browser where there is one"
	@echo "make check   everything that a change must pass: tests on both databases, types, style, imports"

run:
	@$(environment) run && exec .venv/bin/python -m portal.starting

setup:
	@$(environment) run

quick:
	@$(environment) test && exec .venv/bin/python -m portal.starting.testing quick

test:
	@$(environment) test && exec .venv/bin/python -m portal.starting.testing

check:
	@exec bash .ci/run
