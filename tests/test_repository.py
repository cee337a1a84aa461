"""The repository as a whole: files that must agree do, links lead somewhere, and nothing private or odd slipped in."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import recsys_helpers
from recsys_helpers.doctor import locked
from tests.other_versions import LEFT_OUT, TRIED, is_tried
from tests.processes import run

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-dev.lock")
}
CONDA_NAMES = {"matplotlib-base": "matplotlib", "flit-core": "flit-core"}
PLATFORMS = ["windows", "x86_64-apple-darwin", "aarch64-apple-darwin", "x86_64-unknown-linux-gnu"]
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]


def tracked() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        pytest.skip("not a git checkout, so there is no list of its files")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def is_text(path: Path) -> bool:
    return b"\0" not in path.read_bytes()[:8000] and path.suffix not in {".gz", ".png", ".npz"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(*extras: str) -> dict[str, SpecifierSet]:
    project = PYPROJECT["project"]
    lines = [
        *project["dependencies"],
        *(line for e in extras for line in project["optional-dependencies"][e]),
    ]
    return {normal(one.name): one.specifier for one in map(Requirement, lines)}


def conda() -> dict[str, SpecifierSet]:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    lines = re.findall(r"^  - ([\w-]+)(?: (\S+))?$", text.partition("dependencies:")[2], re.MULTILINE)
    return {normal(CONDA_NAMES.get(name, name)): SpecifierSet(bound) for name, bound in lines}


# ---- packages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ["test"]), ("requirements-dev.lock", ["test", "dev"])]
)
def test_a_lock_holds_what_pyproject_asks_for(lock, extras):
    pins = {normal(name): version for name, (version, _) in locked(LOCKS[lock]).items()}
    for name, bound in wanted(*extras).items():
        assert name in pins, f"{name} is in pyproject.toml and not in {lock}: run `make lock`"
        assert Version(pins[name]) in bound, f"{name} {pins[name]} in {lock}, pyproject.toml asks for {bound}"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_hashed_has_one_version_of_each_and_names_no_place(lock):
    lines = [line for line in LOCKS[lock].splitlines() if line and not line.lstrip().startswith("#")]
    assert all(re.match(r"    --hash=sha256:[0-9a-f]{64}( \\)?$", line) or "==" in line for line in lines)
    pins = [line for line in lines if "==" in line and not line.startswith(" ")]
    names = [line.split("==")[0] for line in pins]
    assert len(names) == len(set(names)), "one version for all systems: see --fork-strategy in the Makefile"
    assert len(pins) == len(locked(LOCKS[lock]))
    for number, line in enumerate(lines[:-1]):
        if "==" in line and not line.startswith(" "):
            assert lines[number + 1].startswith("    --hash="), f"{line} has no hash"
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links|/opt/", LOCKS[lock])


def test_the_developers_lock_holds_the_learners():
    learner, developer = (locked(text) for text in LOCKS.values())
    assert learner.items() <= developer.items()
    assert {"jupytext", "hypothesis", "ruff", "uv", "playwright"} <= set(developer) - set(learner)


def test_conda_gets_the_same_packages_and_bounds():
    ours, theirs = wanted("test"), conda()
    assert theirs.pop("python") == SpecifierSet(PYPROJECT["project"]["requires-python"])
    theirs.pop("pip")
    assert theirs == ours


def test_one_version_everywhere():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert PYPROJECT["project"]["version"] == recsys_helpers.__version__
    assert f"\nversion: {recsys_helpers.__version__}\n" in citation


def uv(*words: str) -> subprocess.CompletedProcess:
    local = {"PIP_FIND_LINKS", "UV_FIND_LINKS", "UV_OFFLINE"}
    clean = {name: value for name, value in os.environ.items() if name not in local}
    return run(
        sys.executable, "-m", "uv", *words, seconds=120, environment={**clean, "UV_SYSTEM_CERTS": "true"}
    )


@pytest.mark.network
@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_installs_from_wheels_on_every_system(lock, platform, registry, tmp_path):
    for python in PYTHONS:
        words = [
            "--dry-run",
            "--no-deps",
            "--require-hashes",
            "--only-binary",
            ":all:",
            "--target",
            str(tmp_path / "x"),
        ]
        words += ["--python-platform", platform, "--python-version", python, "-r", lock]
        done = uv("pip", "install", *words)
        assert done.returncode == 0, f"{lock} on {platform}, Python {python}:\n{done.stdout}"
        assert " + numpy==" in done.stdout, done.stdout


@pytest.mark.network
def test_a_package_without_a_wheel_would_be_noticed(registry, tmp_path):
    """argon2-cffi-bindings 26 has none for Intel Macs, which is why constraints.txt names it."""
    words = ["--dry-run", "--no-deps", "--only-binary", ":all:", "--target", str(tmp_path / "x")]
    words += [
        "--python-platform",
        "x86_64-apple-darwin",
        "--python-version",
        "3.11",
        "argon2-cffi-bindings==26.2.0",
    ]
    done = uv("pip", "install", *words)
    assert done.returncode != 0


# ---- tests --------------------------------------------------------------------------------------------------------


def test_every_test_is_tried_on_other_versions_or_left_out_with_a_reason():
    files = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "tests").rglob("test_*.py"))]
    tried = [path for path in files if is_tried(path)]
    assert 20 < len(tried) < len(files)
    assert all((ROOT / name).exists() for name in (*TRIED, *LEFT_OUT)), "a name that is no file says nothing"
    assert not set(TRIED) & set(LEFT_OUT) and all(LEFT_OUT.values())


def test_what_is_tried_on_other_versions_imports_none_of_the_maintainers_tools():
    tools = {"jupytext", "mypy", "playwright", "nbgrader", "mutmut"}
    with_tools = {"tests.notebooks.lessons", "tools.build_notebooks"}  # they build lessons
    found = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if not is_tried(path.relative_to(ROOT).as_posix()):
            continue
        for node in ast.parse(
            path.read_text(encoding="utf-8")
        ).body:  # inside a test an importorskip can stand
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [
                f"{path.name}: {one}" for one in names if one.split(".")[0] in tools or one in with_tools
            ]
    assert not found


# ---- text ---------------------------------------------------------------------------------------------------------


def test_text_files_are_utf8_with_unix_line_ends():
    odd = []
    for path in tracked():
        if path.is_relative_to(ROOT / "data") or not is_text(path):
            continue
        data = path.read_bytes()
        data.decode("utf-8")
        if b"\r" in data or (data and not data.endswith(b"\n")):
            odd.append(path.relative_to(ROOT).as_posix())
    assert not odd, "carriage returns, or no newline at the end"


def test_no_file_is_large_and_the_data_stays_under_10_mb():
    sizes = {path.relative_to(ROOT).as_posix(): path.stat().st_size for path in tracked()}
    assert not [name for name, size in sizes.items() if size > 8_000_000]
    assert sum(size for name, size in sizes.items() if name.startswith("data/murmur/")) < 10_000_000


# Spelt in pieces, or this file would be its own finding.
MACHINE = re.compile(
    "|".join(["/wo" + "rk/", "/ro" + "ot/", "/home/[a-z]+/", r"/Users/[a-z]+/", "bash" + "_jobs"])
)
REGISTRY = re.compile(r"https?://[\w.-]*(pypi|npmjs|pythonhosted|debian)\.")


def test_no_file_names_a_machine_or_a_registry():
    found = []
    for path in tracked():
        if not is_text(path):
            continue
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        ):
            if MACHINE.search(line) or REGISTRY.search(line):
                found.append(f"{path.relative_to(ROOT).as_posix()}:{number}: {line.strip()[:100]}")
    allowed = ("tests/notebooks/test_lessons.py",)  # its examples of what must not be in an output
    assert not [line for line in found if not line.startswith(allowed)]


CLOCK = re.compile(r"\b(perf_counter(_ns)?|monotonic(_ns)?|timeit)\(|\btime\.time\(\) *-|\) *- *start *<")


def test_no_test_asserts_a_duration_of_the_clock():
    """A machine that is busy with something else is no fault: count seconds of the processor, or wait with `until`."""
    lines = [
        f"{path.relative_to(ROOT).as_posix()}:{number}: {line.strip()}"
        for path in tracked()
        if path.is_relative_to(ROOT / "tests")
        and path.suffix == ".py"
        and path != ROOT / "tests" / "processes.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if CLOCK.search(line) and "test_repository" not in path.name and "process_time" not in line
    ]
    assert not [line for line in lines if not line.startswith("tests/exercises/")]


def markdown() -> list[Path]:
    places = [
        ROOT,
        ROOT / "docs",
        ROOT / "data" / "murmur",
        ROOT / "benchmarks",
        ROOT / "notebooks" / "source",
    ]
    return sorted(path for place in places for path in place.glob("*.md"))


def anchors(text: str) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", markdown(), ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("path", markdown(), ids=lambda path: path.name)
def test_a_picture_says_in_words_what_it_shows_and_loads_quickly(path):
    for words, file in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        assert len(words.split()) >= 8, file
        assert (path.parent / file).stat().st_size < 200_000, file


def test_the_readme_lists_the_lessons_that_are_there_and_no_other():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    there = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert set(re.findall(r"^\| \[[^\]]+\]\(notebooks/([^)]+)\) \|", readme, re.MULTILINE)) == there
    rows = [line for line in readme.splitlines() if re.match(r"\| \[?\d\d ", line)]
    assert len(rows) >= 9
    for row in rows:
        assert row.endswith("in preparation |") != ("](notebooks/" in row), row


def test_the_readme_names_only_commands_that_make_knows():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {one for line in re.findall(r"^([a-z -]+):", makefile, re.MULTILINE) for one in line.split()}
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        named = set(re.findall(r"`(?:\w+=\S+ )?make ([a-z-]+)", path.read_text(encoding="utf-8")))
        assert named <= targets, path.name


def test_the_licences_are_there():
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "CC BY 4.0" in (ROOT / "LICENSE-docs").read_text(encoding="utf-8")
