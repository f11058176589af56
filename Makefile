# Everything runs in .venv, which `make install` makes; each target installs first what is missing.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCKS := $(addprefix deploy/locks/,runtime.txt build.txt dev.txt torch-cpu.txt torch-cuda.txt)
# What makes the locks, the audit and the SBOM, apart from what they are made of.
TOOLS := .venv-tools
TOOLS_STAMP := $(TOOLS)/.installed
# What reads JavaScript and CSS; nothing of it is shipped.
NODE := node_modules
NODE_STAMP := $(NODE)/.installed

.PHONY: install run test fuzz coverage check format faults soak bench bench-scale peers eval docs shots image-steps browser clients wheel space model constraints tools lock audit sbom release clean

install: $(STAMP)

# From deploy/locks where they fit this machine, else resolved by constraints.txt (docs/deploy.md).
$(STAMP): pyproject.toml constraints.txt $(LOCKS)
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: install it, or say PYTHON=/path/to/python3.11."; exit 1; }
	@echo "Installing into $(VENV)."
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m deploy.supply.install
	touch $(STAMP)

run: install
	$(BIN)/paperbacked serve

test: install
	$(BIN)/python -m pytest -n 2 --dist loadfile

# Broken files for the readers for MINUTES, then chains of requests for as long; what is found stays in fuzz-findings.
fuzz: MINUTES ?= 30
fuzz: install
	$(BIN)/python -m benchmarks.fuzz_readers --minutes $(MINUTES)
	$(BIN)/python -m benchmarks.fuzz_api --minutes $(MINUTES)

# Prints the files of which less than 90 % is run by the default tests. `make test` judges them: measuring makes
# Python slower, so what fails here alone is a limit on time.
coverage: install
	-$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report= -q
	$(BIN)/coverage report > .coverage.txt
	awk 'NR < 3 || /^TOTAL/ || $$NF + 0 < 90' .coverage.txt

check: install $(NODE_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(NODE)/.bin/biome ci --error-on-warnings
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

# Mends what can be mended without a decision.
format: install $(NODE_STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NODE)/.bin/biome check --write

$(NODE_STAMP): package.json package-lock.json
	@command -v npm >/dev/null || { echo "npm is needed to check JavaScript and CSS: install Node.js 20 or newer, then run this again."; exit 1; }
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $(NODE_STAMP)

model: install
	$(BIN)/python -m pytest -m model

browser: install
	$(BIN)/python -m pytest -m browser

# Open WebUI in .venv-clients, driven in Chromium (docs/clients.md); CLIENT_SHOTS=DIR leaves a picture.
clients: install
	$(if $(CLIENT_SHOTS),CLIENT_SHOTS=$(CLIENT_SHOTS)) $(BIN)/python -m pytest -m clients

wheel: install
	$(BIN)/python -m pytest -m wheel

# Breaks whatever can break, with KILLS kills of each kind, and writes what was seen into docs/faults.md.
KILLS ?= 20
faults: install
	KILLS=$(KILLS) $(BIN)/python -m tests.faults.page

# Readers of every surface on one server for MINUTES; fails where it does not stay as it was (docs/faults.md).
soak: MINUTES ?= 60
soak: install
	$(BIN)/python -m benchmarks.soak --minutes $(MINUTES) --write docs/faults.md --picture docs/images/soak.png

bench: install
	$(BIN)/python -m benchmarks --write docs/results.md

# What a collection costs as it grows, up to SIZE abstracts (docs/scale.md). With SCIFACT=DIR they are made of those of
# that BEIR folder, with REAL=1 the real model is measured too, with KEEP=1 what was built before is taken as it is.
SIZE ?= 100000
bench-scale: install
	$(BIN)/python -m benchmarks.scale --size $(SIZE) --write docs/results.md \
		$(if $(SCIFACT),--scifact $(SCIFACT)) $(if $(REAL),--real) $(if $(KEEP),--keep)

# paperbacked beside its peers, each in an environment of its own (docs/peers.md). With SCIFACT=DIR also on that BEIR
# folder, with READING=DIR on the papers of its answer_selection.jsonl; KEEP=1 takes environments that are there.
peers: install
	$(BIN)/python -m benchmarks.peers --write docs/peers.md $(if $(SCIFACT),--scifact $(SCIFACT)) \
		$(if $(READING),--reading $(READING)) $(if $(PAPERS),--papers $(PAPERS)) $(if $(ASKED),--asked $(ASKED)) \
		$(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ONLY),--only $(ONLY)) $(if $(KEEP),--keep)

# The folder to push to a Hugging Face Space: dist/space (docs/deploy.md). GPU=1 for a ZeroGPU.
space: install
	$(BIN)/python -m deploy.space $(if $(GPU),--gpu)

# With BEIR=DIR also on that BEIR folder, with CLAIMS=DIR on the claims of that one.
eval: install
	$(BIN)/python -m benchmarks.evaluation $(if $(BEIR),--beir $(BEIR))
	$(BIN)/python -m benchmarks.reading $(if $(BEIR),--scifact $(BEIR)) $(if $(CLAIMS),--claims $(CLAIMS))

docs: install
	$(BIN)/python -m benchmarks.docs
	$(BIN)/python -m benchmarks.readme

shots: install
	$(BIN)/python -m benchmarks.shots
	$(BIN)/python -m benchmarks.foreign_shots

# The Dockerfile's steps in roots made by debootstrap, where there is no container engine (docs/deploy.md). Needs root;
# with TORCH=cuda the torch that drives a GPU, which every index has.
image-steps: install
	$(BIN)/python -m deploy.without_engine $(if $(TORCH),--torch $(TORCH))

# Pins every package to what is installed now; the newest that fit: rm -r .venv constraints.txt; touch constraints.txt; make install constraints
constraints: install
	$(BIN)/python -m pip freeze --all --exclude-editable | sed -E 's/\+cpu$$//; /^pip[= ]/d; /@ file/d' > constraints.new && mv constraints.new constraints.txt

tools: $(TOOLS_STAMP)

$(TOOLS_STAMP): deploy/locks/tools.txt
	test -x $(TOOLS)/bin/python || $(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r deploy/locks/tools.txt
	touch $(TOOLS_STAMP)

# Writes deploy/locks from pyproject.toml and constraints.txt; with UPGRADE=1 the newest tools and build packages too.
lock: tools
	$(TOOLS)/bin/python -m deploy.supply.lock $(if $(UPGRADE),--upgrade)

# Known vulnerabilities of what is locked; with MUST=1 it is a failure too when nobody can be asked.
audit: tools
	$(TOOLS)/bin/python -m deploy.supply.audit $(if $(MUST),--must-look)

# dist/sbom.json: what an image runs, in CycloneDX, with hashes and licences.
sbom: install tools
	$(BIN)/python -m deploy.supply.sbom $(TOOLS)/bin dist/sbom.json

# Builds what is committed, checks it and leaves it in dist (docs/releasing.md); TAG=1 makes the tag too, REHEARSAL=1
# builds though version, changelog or tag disagree, MUST=1 as for the audit, PYTHONS="…" says what it is installed for.
release: install tools
	$(BIN)/python -m deploy.release $(TOOLS)/bin $(if $(REHEARSAL),--rehearsal) $(if $(TAG),--tag) \
		$(if $(MUST),--must-audit) $(if $(PYTHONS),--pythons $(PYTHONS))

clean:
	rm -rf $(VENV) .venv-peers .venv-clients $(TOOLS) $(NODE) dist .coverage .pytest_cache .ruff_cache .hypothesis
