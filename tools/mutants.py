"""Mutation testing: break the code in one small place at a time, and see whether a test notices.

It is no test itself and no part of `make test`: it takes from ten minutes (interactions) to hours (models).

    python tools/mutants.py evaluation              the survivors of one part, each as a diff; without a name: of all
    python tools/mutants.py models --sample 60      of as many mutants of each module, drawn with a fixed seed
    python tools/mutants.py models --only "*.als.*" of some modules or functions, by mutmut's names
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(1, str(ROOT))
from recsys_helpers.extras import missing  # noqa: E402

BUILD = ROOT / "build" / "mutants"
MUTMUT = "mutmut==3.8.1"
ENGINE = "block compare diagnosis engine judge limits reading registry sandbox trial".split()
PLAYED = (
    "final house lists match rules score".split()
)  # the rest of the room is processes, files and addresses
SERVING = (
    "accounts asking behaviour chances market past policies saved serving setting shelves strengths visits weekly"
).split()
SERVED = (  # what notices most comes first
    "golden asking impressions visits market saved later_effects charts serve log_type random_streams guide"
).split()
HURRIED = [  # they start processes or wait for an alarm, and fail on a busy machine whatever the code does
    "--deselect=tests/exercises/test_check.py::test_texts_are_the_same_in_every_process",
    "--deselect=tests/exercises/test_limits.py::test_an_alarm_never_comes_late",
    "--deselect=tests/exercises/test_limits.py::test_many_ends_near_the_limit_raise_nothing",
    "--deselect=tests/exercises/test_block.py::test_ipython_is_not_imported_where_there_is_none",
    "--deselect=tests/exercises/test_hostile.py::test_no_warning_of_a_coroutine_that_nobody_awaited",
    "--deselect=tests/exercises/test_registry.py::test_the_first_check_imports_the_part_that_is_asked_for_and_no_other",
    "--deselect=tests/exercises/test_registry.py::test_no_exercise_brings_what_takes_long_to_import",
    "--deselect=tests/exercises/test_registry.py::test_progress_and_a_wrong_name_import_no_lesson",
]
# Part: what is mutated, and the quick tests that are to notice.
PARTS = {
    "acting": (["recsys_helpers/acting/*"], ["tests/acting"]),
    "arena": (
        [f"recsys_helpers/arena/{name}.py" for name in PLAYED],
        [f"tests/arena/test_{name}.py" for name in "rules lists score match game final".split()],
    ),
    "capstone": (["recsys_helpers/capstone/*"], ["tests/capstone"]),
    "evaluation": (["recsys_helpers/evaluation/*"], ["tests/evaluation"]),
    "deep": (["recsys_helpers/deep/*"], ["tests/deep"]),
    "columns": (
        ["recsys_helpers/columns.py", "recsys_helpers/storage.py"],
        ["tests/test_columns.py", "tests/test_storage.py", "tests/test_interactions.py"],
    ),
    "events": (["recsys_helpers/events/*"], ["tests/events"]),
    "features": (["recsys_helpers/features.py"], ["tests/test_features.py"]),
    "interactions": (["recsys_helpers/interactions.py"], ["tests/test_interactions.py"]),
    "models": (["recsys_helpers/models/*"], ["tests/models"]),
    "modalities": (["recsys_helpers/modalities/*"], ["tests/modalities"]),
    "scale": (
        [f"recsys_helpers/scale/{name}.py" for name in ("columns", "search", "yambda")],
        [f"tests/scale/test_{name}.py" for name in ("columns", "search", "yambda")],
    ),
    "sequence": (["recsys_helpers/models/sequence/*"], ["tests/models/test_sequence.py"]),
    "service": (
        ["recsys_helpers/service/*"],
        [f"tests/service/test_{name}.py" for name in ("database", "shelf", "server", "cli")],
    ),
    "spark": (
        ["recsys_helpers/scale/spark.py"],
        ["tests/scale/test_spark.py"],
    ),
    "trust": (["recsys_helpers/trust/*"], ["tests/trust"]),
    "simulator": (
        [f"recsys_helpers/simulator/{name}.py" for name in SERVING],
        [f"tests/simulator/test_{name}.py" for name in SERVED],
    ),
    "engine": (
        [f"recsys_helpers/exercises/{name}.py" for name in ENGINE],
        [f"tests/exercises/test_{name}.py" for name in "check compare block hostile registry limits".split()]
        + HURRIED,
    ),
}
# Part: the optional packages of its tests, which are taken from where this runs.
EXTRAS = {"deep": "deep", "scale": "large", "spark": "spark"}
SLOW = {"spark": ["-m", "slow"]}  # Part: how to ask for tests that are not quick
# They look at the frame of their caller, whose place mutmut's wrapper takes: these two stay as they are.
UNTOUCHED = re.compile(r"^(def (?:check|question)\(.*:)$", re.MULTILINE)
SURVIVED, KILLED = (0, 5, 33), (1, 3)  # exit codes: tests passed, or there were none; a test failed


def installed() -> Path:
    """mutmut, which no lock holds, in an environment with the developer's packages."""
    folder = BUILD / "environment"
    mutmut = folder / "bin" / "mutmut"
    uv = [sys.executable, "-m", "uv"]
    if not mutmut.exists():
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        wanted = ["-r", ROOT / "requirements-dev.lock", MUTMUT]
        subprocess.run([*uv, "pip", "install", "--quiet", "--python", folder, *wanted], check=True)
    return mutmut


def copy(part: str) -> Path:
    """A copy of the course for one part, beside which mutmut may lay its files."""
    folder, (mutate, tests) = BUILD / part, PARTS[part]
    shutil.rmtree(folder, ignore_errors=True)
    ignored = shutil.ignore_patterns("build", ".*", "my_lessons", "cache", "__pycache__")
    shutil.copytree(ROOT, folder, ignore=ignored)
    for path in (folder / "recsys_helpers" / "exercises").glob("*.py"):
        code = path.read_text(encoding="utf-8")
        path.write_text(UNTOUCHED.sub(r"\1  # pragma: no mutate block", code), encoding="utf-8")
    settings = {
        "source_paths": ["recsys_helpers/"],
        "only_mutate": mutate,
        "also_copy": ["data/", "docs/", "notebooks/", "tools/", "Makefile"],
        "pytest_add_cli_args": ["-p", "no:cacheprovider", *SLOW.get(part, [])],
        "pytest_add_cli_args_test_selection": tests,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    with open(folder / "pyproject.toml", "a", encoding="utf-8") as file:
        file.write("\n[tool.mutmut]\n" + "\n".join(lines) + "\n")
    return folder


def outcomes(folder: Path) -> dict[str, dict[str, int | None]]:
    """Module -> mutant -> exit code of its tests, None where it was not tried."""
    found = {}
    for path in sorted((folder / "mutants").rglob("*.py.meta")):
        codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        if codes:
            found[path.relative_to(folder / "mutants").as_posix().removesuffix(".meta")] = codes
    return found


def run(part: str, sample: int | None, only: list[str]) -> None:
    if part in EXTRAS and (lack := missing(EXTRAS[part])):
        print(f"{part}: not tried, since {lack}", flush=True)
        return
    mutmut, folder = installed(), copy(part)
    # OpenMP's threads do not survive a fork.
    variables = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    if part in EXTRAS:
        variables["PYTHONPATH"] = sysconfig.get_paths()["purelib"]
    words = [mutmut, "run", "--max-children", "1"]
    names = only
    if sample:
        subprocess.run([*words, "none"], cwd=folder, env=variables, stdout=subprocess.DEVNULL)
        names, rng = [], random.Random(0)
        for codes in outcomes(folder).values():
            there = sorted(name for name in codes if any(fnmatch(name, pattern) for pattern in only))
            names += rng.sample(there, min(sample, len(there)))
        if not names:
            sys.exit(f"There is no mutant {' or '.join(only)} in {part}.")
    subprocess.run([*words, *names], cwd=folder, env=variables, check=True)
    modules = {
        module: tried
        for module, codes in outcomes(folder).items()
        if (tried := {name: code for name, code in codes.items() if code is not None})
    }
    for codes in modules.values():
        for name in (name for name, code in codes.items() if code in SURVIVED):
            subprocess.run([mutmut, "show", name], cwd=folder)
    for module, codes in modules.items():
        killed, survived = (sum(code in kind for code in codes.values()) for kind in (KILLED, SURVIVED))
        late = len(codes) - killed - survived  # or crashed
        print(
            f"{module}: {len(codes)} mutants, {killed} killed, {late} out of time, {survived} survived: "
            f"{1 - survived / len(codes):.1%}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; none: all of them")
    parser.add_argument("--sample", type=int, help="as many mutants of each module, drawn with a fixed seed")
    parser.add_argument(
        "--only", nargs="+", default=["*"], help="mutants whose name matches one of these, such as '*.als.*'"
    )
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: not a part. There are {', '.join(PARTS)}.")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # some tests send it; a shell's & has it ignored
    for part in options.parts or PARTS:
        run(part, options.sample, options.only)


if __name__ == "__main__":
    main()
