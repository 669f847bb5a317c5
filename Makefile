# make demo   the main job on a real Kubernetes API server on this machine; ARGS=--once ends after the show
# make test   everything that a change must pass; ARGS go to pytest
# make equivalence   with Argo's controller: Workflows run the same with references and without; some minutes
# make admitted      with Argo's controller: pods of Argo's own files under a quota and Pod Security; some minutes
# make pods          with Argo's controller: its pods and their number against what was projected; some minutes
# make steps         with Argo's controller: a Workflow of 1,000 steps, and which of its writes came by us; 10 minutes
# make soak   certificates rolled and replicas replaced and killed for minutes, while people work; ARGS=--help says how
# make chart-readme   what is generated of the chart: its table of values and the schema of its configuration
# make sbom           what the image is made of, as CycloneDX, in build/sbom.json
# make image-check    the steps of the Dockerfile without a container engine; 40 s, needs the package registry
#
# All make what they need: .venv from requirements.lock, and the control plane from the Go modules in
# tests/controlplane, which is kept in ~/.cache/argo-admission (or ARGO_ADMISSION_CACHE).

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
WORKERS ?= 2
ARGS ?=

bin := .venv/bin
made := .venv/.made
pip := $(bin)/python -m pip --disable-pip-version-check --no-input install

.PHONY: help demo test equivalence admitted pods steps environment lint types controlplane lock soak chart-readme sbom image-check clean

help:
	@sed -n 's/^# \{0,1\}//p;/^$$/q' Makefile

demo: $(made)
	@$(bin)/argo-admission demo $(ARGS)

test: lint types controlplane
	@$(bin)/python -m pytest -q -n $(WORKERS) --dist loadfile $(ARGS)

equivalence: $(made) controlplane
	@EQUIVALENCE=all $(bin)/python -m pytest -q tests/equivalence $(ARGS)

admitted: $(made) controlplane
	@ADMITTED=all $(bin)/python -m pytest -q tests/e2e/test_admitted.py $(ARGS)

pods: $(made) controlplane
	@PODS=all $(bin)/python -m pytest -q -s tests/e2e/test_pods.py $(ARGS)

steps: $(made) controlplane
	@STEPS=1000 $(bin)/python -m pytest -q -s tests/e2e/test_steps.py $(ARGS)

environment: $(made)

lint: $(made)
	@$(bin)/ruff check --quiet . && $(bin)/ruff format --check --quiet . && echo "✓ lint and format"

types: $(made)
	@$(bin)/mypy --no-error-summary && echo "✓ types"

# Where everything is kept already this takes a moment.
controlplane: $(made)
	@$(bin)/python -m admission.cli.demo.go > /dev/null && echo "✓ control plane, Argo's controller and helm"

$(made): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	@test -x $(bin)/python || $(PYTHON) -m venv .venv
	@echo "… .venv from requirements.lock"
	@$(pip) --require-hashes -r requirements.lock | awk '/^Collecting/ { printf "  %s\n", $$2; fflush() }'
	@$(pip) --quiet --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "✓ .venv"

# The newest versions that pyproject.toml allows, for every platform and Python, with hashes.
lock: $(made)
	@$(pip) --quiet uv
	@$(bin)/uv pip compile --quiet --upgrade --universal --group dev --generate-hashes --no-header \
		--no-emit-index-url --output-file requirements.lock pyproject.toml

soak: $(made)
	@PYTHONPATH=tests $(bin)/python tests/cluster/soaking.py $(ARGS)

chart-readme: $(made)
	@$(bin)/python scripts/chart_readme.py && $(bin)/python scripts/chart_schema.py

sbom: $(made)
	@mkdir -p build && $(bin)/python scripts/sbom.py > build/sbom.json && echo "✓ build/sbom.json"

image-check: $(made)
	@$(bin)/python tests/chart/image_steps.py

clean:
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
