# Everything that a newcomer needs is one of these. `setup` runs by itself where something is missing.
# `make demo ENGINE=llama MODEL=FILE.gguf` goes on with a language model.
.PHONY: sandbox-root demo test test-slow lint ui bench clean lock setup
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
ALCHEMY := $(BIN)/alchemy
DEMO := workspaces/demo
# Two at a time: many tests measure processes, and would disturb each other.
PYTEST := $(BIN)/python -m pytest -q -n 2 --dist worksteal

demo: setup
	$(ALCHEMY) run --path examples/corpus --workspace $(DEMO) --shards 2 --held-out 0.1 \
	  --benchmark examples/benchmark.jsonl
	$(if $(ENGINE),$(ALCHEMY) generate --workspace $(DEMO) --engine $(ENGINE) --model $(MODEL))

test: setup
	$(PYTEST) -m "not slow"

test-slow: setup
	$(PYTEST)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

ui: setup
	$(ALCHEMY) ui --workspace $(DEMO)

bench: setup
	$(BIN)/python -m bench $(FOLDER) $(if $(DATATROVE),--datatrove $(DATATROVE)) $(if $(BENCHMARK),--benchmark $(BENCHMARK))

# A system with the toolchains of all languages (minutes, gigabytes, needs root). The tests use it where
# ALCHEMY_SANDBOX__ROOT names it, else this machine's own toolchains.
sandbox-root: setup
	$(ALCHEMY) sandbox build-root .sandbox-root

clean:
	rm -rf .sandbox-root .sandbox-root.partial .venv workspaces dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Needs uv. Extras stay in the lock: pip asks for them by name when it checks hashes.
lock:
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-annotate --no-strip-extras \
	  --no-header --python-version 3.11 --universal -o requirements.lock -q

setup: .venv/installed

.venv/installed: requirements.lock pyproject.toml tools/setup
	PYTHON=$(PYTHON) tools/setup
