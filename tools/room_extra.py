"""The packages of one extra for a room without a network: which ones a target needs beyond the course's, fetched.

It writes no folder of its own: tools/make_room.py does, and calls this one for `make room ARGS="windows 3.12 deep"`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from recsys_helpers.extras import CPU_INDEX, EXTRAS, PINS, answers, requirements

UV_PLATFORMS = {
    "windows": "windows",
    "mac-intel": "x86_64-apple-darwin",
    "mac-arm": "aarch64-apple-darwin",
    "linux": "x86_64-unknown-linux-gnu",
}
MACOS = "14.0"  # the oldest that PyTorch's wheels for Apple processors are made for
SOURCES = ("pyspark",)  # published as source alone: made into a wheel here, which fits every system
EXTRA_NAMES = tuple(sorted({one.target for one in EXTRAS.values()}))


def refused(extra: str, target: str) -> str:
    """Why a target can never have an extra, or ""."""
    if extra not in EXTRA_NAMES:
        return f"There is no extra {extra!r}. There are: {', '.join(EXTRA_NAMES)}."
    wants_torch = extra == "deep" or "deep" in EXTRAS[extra].also
    if target == "mac-intel" and wants_torch:
        return "PyTorch is no longer made for Macs with an Intel processor: there is no such folder."
    return ""


def first(extra: str) -> tuple[str, ...]:
    """The modules that an extra stands on and another folder brings."""
    return tuple(module for name in EXTRAS[extra].also for module in EXTRAS[name].modules)


def names(pins: str) -> set[str]:
    """The packages of a requirements file, by their normalised names.

    >>> sorted(names("duckdb==2.0.1 \\\\\\n    --hash=sha256:0\\nPySpark==4.3.0\\n"))
    ['duckdb', 'pyspark']
    """
    return {one.lower().replace("_", "-") for one in re.findall(r"^([A-Za-z0-9._-]+)==", pins, re.MULTILINE)}


def without(pins: str, known: set[str]) -> str:
    """A requirements file less the packages that are known.

    >>> print(without("a==1 \\\\\\n    --hash=sha256:0\\nb==2 \\\\\\n    --hash=sha256:1\\n", {"a"}), end="")
    b==2 \\
        --hash=sha256:1
    """
    blocks = re.findall(r"^[A-Za-z0-9][^\n]*(?:\n    --hash[^\n]*)*\n?", pins, re.MULTILINE)
    return "".join(one for one in blocks if not names(one) <= known)


def pins(extra: str, target: str, python: str, course: str) -> str:
    """What a target needs for an extra beyond the course, with hashes; ValueError with uv's own words.

    course : the pins of the course itself for that target, which bound the extra's and are left out.
    """
    known = names(course)
    for name in EXTRAS[extra].also:
        known |= names(resolved(name, target, python, course))
    return without(resolved(extra, target, python, course), known)


def resolved(extra: str, target: str, python: str, course: str) -> str:
    """An extra, those that it stands on, and all that they need, as a requirements file with hashes."""
    if importlib.util.find_spec("uv") is None:
        raise ValueError("For an extra's folder uv must be there: pip install uv, in the course's .venv.")
    wanted = [line for name in (*EXTRAS[extra].also, extra) for line in requirements(name)]
    bounds = re.findall(r"^[^\s#]+==[^\s;\\]+", course, re.MULTILINE)
    bounds += re.findall(
        r"^[^\s#]+==\S+", (Path(__file__).parents[1] / PINS).read_text("utf-8"), re.MULTILINE
    )
    words = ["--python-platform", UV_PLATFORMS[target], "--python-version", python, "--generate-hashes"]
    words += ["--no-header", "--no-annotate", "--quiet"]
    if target == "linux" and any("torch" in line for line in wanted) and answers(CPU_INDEX):
        words += ["--extra-index-url", CPU_INDEX, "--index-strategy", "unsafe-best-match"]
    with tempfile.TemporaryDirectory() as scratch:
        asked, limits = Path(scratch) / "asked.in", Path(scratch) / "bounds.txt"
        asked.write_text("\n".join(wanted) + "\n", encoding="utf-8")
        limits.write_text("\n".join(bounds) + "\n", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "uv", "pip", "compile", str(asked), "-c", str(limits), *words],
            env={"UV_SYSTEM_CERTS": "true", **os.environ, "MACOSX_DEPLOYMENT_TARGET": MACOS},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
    if done.returncode:
        raise ValueError(f"What {extra} needs there could not be found out:\n{done.stderr.strip()}")
    return done.stdout


def made_here(asked: str, into: Path) -> str:
    """Build the wheels of packages that come as source alone; the requirements file with these wheels' hashes.

    Such a wheel holds no compiled code, so it fits every target; ValueError for one that would not.
    """
    blocks = []
    for block in re.findall(r"^[A-Za-z0-9][^\n]*(?:\n    --hash[^\n]*)*\n?", asked, re.MULTILINE):
        if not names(block) & set(SOURCES):
            blocks.append(block)
            continue
        pin = block.split()[0]
        with tempfile.TemporaryDirectory() as scratch:
            words = [
                sys.executable,
                "-m",
                "pip",
                "wheel",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
            ]
            done = subprocess.run(
                [*words, "--wheel-dir", scratch, pin], capture_output=True, encoding="utf-8", errors="replace"
            )
            built = list(Path(scratch).glob("*.whl"))
            if done.returncode or len(built) != 1:
                raise ValueError(f"{pin} comes as source, and could not be built:\n{done.stderr.strip()}")
            if not built[0].name.endswith("-none-any.whl"):
                raise ValueError(f"{built[0].name} fits this system alone; build it on the target's.")
            digest = hashlib.sha256(built[0].read_bytes()).hexdigest()
            shutil.move(str(built[0]), into / built[0].name)
        blocks.append(f"{pin} \\\n    --hash=sha256:{digest}\n")
    return "".join(blocks)
