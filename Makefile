# `make lab` to learn, `make test` to check; `make help` lists the rest.
# Written for GNU make 3.81 (macOS) and for folders with a space in their name: all paths are relative or quoted.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(VENV)/bin/pip
PIP_INSTALL = $(PY) -m pip install --disable-pip-version-check
ARGS ?=

# Byte code is kept, or each process that the tests start would compile them anew.
unexport PYTHONDONTWRITEBYTECODE

# As root in a container, pip need not warn; with an empty HOME, Python asks the system for the home folder.
export PIP_ROOT_USER_ACTION := ignore
ifeq ($(HOME),)
unexport HOME
endif

# The environment points at this folder. If the folder was moved or copied, the packages are looked at again.
ifneq ($(shell cat $(VENV)/course-folder 2>/dev/null),$(CURDIR))
MOVED := moved
endif

.PHONY: help lab test test-all deep large text labs slides site room teach arena serve guide pictures notebooks bench online mutants lint format lock doctor clean moved
.DEFAULT_GOAL := help

help:
	@echo "make lab        put the lessons into my_lessons/ and open JupyterLab there"
	@echo "make test       check everything that is quick: at most 15 minutes, no network needed once installed"
	@echo "make test-all   the heavy rest: other versions, other machines, a browser; at most 35 minutes"
	@echo "make doctor     say what works on this machine and what mends the rest"
	@echo "make deep       install PyTorch, without CUDA, for the cells on networks: about 0.8 GB"
	@echo "make large      install DuckDB, Spark and voyager, for the cells on large data: about 0.6 GB; Spark needs Java 17"
	@echo "make serve      serve lists of a fitted model to this machine, and keep what is played"
	@echo "make text       install a sentence model, for the cells on text: about 0.3 GB, and PyTorch"
	@echo ""
	@echo "For those who teach it (docs/instructor.md says how):"
	@echo "make labs       write an nbgrader course folder into labs/ (ARGS=\"01 03\": these lessons; ARGS=--whole: all of each)"
	@echo "make teach      install nbgrader, to hand out, collect and grade them"
	@echo "make slides     write the workshop's slides into slides/ (ARGS=02: another lesson)"
	@echo "make site       write all lessons and docs as pages into site/, to be read without a server or a network"
	@echo "make arena      serve a competition between platforms to this machine (ARGS=--class: to the room); docs/arena.md"
	@echo "make room       write a folder to install from without a network (ARGS=\"windows 3.12\"; or an extra's: ARGS=\"windows 3.12 deep\")"
	@echo ""
	@echo "For those who change the course:"
	@echo "make notebooks  build notebooks/ from notebooks/source/ (ARGS=--all: all of them, ARGS=--check: only compare)"
	@echo "make guide      write the tables of docs/ anew that are counted from lessons, metrics and models"
	@echo "make pictures   draw the pictures of README.md and docs/architecture.md anew (needs Chromium)"
	@echo "make bench      measure speed and accuracy beside the peers (PEERS=all: all of them)"
	@echo "make online     serve every model to simulated listeners and write data/measured/online.csv: 5 to 20 minutes"
	@echo "make mutants    break the code in small places and print what no test notices (ARGS=evaluation: one part)"
	@echo "make lint       look at the code with ruff and its types with mypy; make format mends what it can"
	@echo "make lock       resolve requirements.lock and requirements-dev.lock anew"
	@echo "make clean      remove .venv and what the tests leave behind; never my_lessons/"

# ---- the environment: made once, then only looked at again when what it is made from has changed ---------------

# pip comes last when an environment is made: where it is, the environment is whole.
$(PIP):
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	  echo "There is no $(PYTHON) here. Install Python 3.11 or later (python.org), or name yours: PYTHON=python3.12 make lab"; \
	  exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is older than Python 3.11, which this course needs. Install a newer one (python.org), or name yours: PYTHON=python3.12 make lab"; \
	  exit 1; }
	@echo "Making $(VENV): once, about 750 MB and one to five minutes."
	@"$(PYTHON)" -m venv "$(VENV)" || { \
	  rm -rf "$(VENV)"; \
	  echo "$(PYTHON) could not make an environment. On Debian and Ubuntu: sudo apt install python3-venv"; \
	  exit 1; }

$(VENV)/learner.stamp: requirements.lock pyproject.toml $(MOVED) | $(PIP)
	$(PIP_INSTALL) --require-hashes -r requirements.lock
	$(PIP_INSTALL) --quiet --no-deps --no-build-isolation -e .
	@pwd -P > $(VENV)/course-folder
	@touch $@

# The developer's lock holds all of the learner's, so one environment serves both.
$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml $(MOVED) | $(PIP)
	$(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	$(PIP_INSTALL) --quiet --no-deps --no-build-isolation -e .
	@pwd -P > $(VENV)/course-folder
	@touch $(VENV)/learner.stamp $@

# ---- for learners -------------------------------------------------------------------------------------------------

lab: $(VENV)/learner.stamp
	@$(PY) -m recsys_helpers lab $(ARGS)

serve: $(VENV)/learner.stamp
	@$(PY) -m recsys_helpers serve $(ARGS)

doctor: $(VENV)/learner.stamp
	@$(PY) -m recsys_helpers doctor

# Optional packages, with the lock's versions as bounds, so that what learners use stays as it is.
deep large text teach: $(VENV)/learner.stamp
	@$(PY) -m recsys_helpers add $@

# ---- for everybody who wants to know whether it works -------------------------------------------------------------

# Two at a time: what most machines can carry beside the notebooks' own processes.
test: lint
	$(PY) -m pytest -n 2 --dist worksteal $(ARGS)

test-all: $(VENV)/dev.stamp
	$(PY) -m pytest -m "slow or network or browser" -n 2 --dist loadgroup --durations=30 $(ARGS)

lint: $(VENV)/dev.stamp
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy

# ---- for those who teach ------------------------------------------------------------------------------------------

labs: $(VENV)/learner.stamp
	$(PY) tools/make_labs.py $(ARGS)

slides: $(VENV)/learner.stamp
	$(PY) tools/make_slides.py $(ARGS)

site: $(VENV)/dev.stamp
	$(PY) tools/make_site.py $(ARGS)

room: $(VENV)/learner.stamp
	$(PY) tools/make_room.py $(ARGS)

arena: $(VENV)/learner.stamp
	@$(PY) -m recsys_helpers arena $(ARGS)

# ---- for those who change the course ------------------------------------------------------------------------------

format: $(VENV)/dev.stamp
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

notebooks: $(VENV)/dev.stamp
	$(PY) tools/build_notebooks.py $(ARGS)

guide: $(VENV)/learner.stamp
	$(PY) tools/guide.py $(ARGS)
	$(PY) tools/metrics_page.py $(ARGS)
	$(PY) tools/abilities.py $(ARGS)

# The last is JupyterLab as the browser test sees it, which otherwise keeps its picture to itself.
pictures: $(VENV)/dev.stamp
	$(PY) tools/readme_picture.py
	$(PY) tools/event_picture.py
	$(PY) tools/rooms.py
	$(PY) tools/board_picture.py
	RECSYS_PICTURE=docs/images/lab.png $(PY) -m pytest -m browser tests/browser

bench: $(VENV)/dev.stamp
	$(PY) benchmarks/run.py $(ARGS)
	$(if $(ARGS),,$(PY) benchmarks/arena.py --cost)

online: $(VENV)/dev.stamp
	$(PY) benchmarks/online.py $(ARGS)

mutants: $(VENV)/dev.stamp
	$(PY) tools/mutants.py $(ARGS)

# `fewest`: one version of each package for all Pythons. Settings of this machine (local indexes, folders of wheels)
# must not reach the files, so they are put aside.
LOCK = env -u PIP_FIND_LINKS -u UV_FIND_LINKS -u UV_EXTRA_INDEX_URL -u UV_INDEX UV_SYSTEM_CERTS=true \
  $(PY) -m uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
  --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -c constraints.txt

lock: $(VENV)/dev.stamp
	$(LOCK) --extra test -o requirements.lock
	$(LOCK) --extra test --extra dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist benchmarks/.venvs
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
