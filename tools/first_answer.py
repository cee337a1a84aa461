"""From a fresh clone to the first right answer: what of the ten minutes that the README promises a machine takes.

    python tools/first_answer.py

It clones the course into an empty folder with an empty HOME, installs it (told apart), starts JupyterLab until its page
answers, and runs lesson 00 up to its first question, answered right. Reading and thinking are estimated by the
instructor guide's formula: 150 words a minute, half a minute a code cell, two minutes a question. It needs the
network for the installation.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import lessons, plans

ROOT = Path(__file__).resolve().parents[1]
LESSON = "00"
MOST = 10  # minutes
RUN = """
import nbformat, re
from nbclient import NotebookClient
from recsys_helpers.exercises.registry import load_all
notebook = nbformat.read({path!r}, as_version=4)
asked = re.compile(r'^check\\("(\\w+)", [.]{{3}}[)]', re.M)
at = next(n for n, cell in enumerate(notebook.cells) if cell.cell_type == "code" and asked.search(cell.source))
name = asked.search(notebook.cells[at].source).group(1)
answer = next(one for one in load_all() if one.name == name).reference()
notebook.cells = [*notebook.cells[:at], nbformat.v4.new_code_cell(f"check({{name!r}}, {{answer!r}})")]
NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
said = str(notebook.cells[-1].outputs)
assert "✓" in said or "right" in said.lower(), said
"""


def timed(words: list[str], **settings) -> float:
    """Seconds that a command takes; an error, with what it said, if it fails."""
    begun = time.perf_counter()
    done = subprocess.run(words, capture_output=True, encoding="utf-8", errors="replace", **settings)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)[:80]} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return time.perf_counter() - begun


def started(course: Path, environment: dict[str, str]) -> float:
    """Seconds from `make lab` until its page answers."""
    begun = time.perf_counter()
    lab = subprocess.Popen(
        ["make", "lab"],
        cwd=course,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        for line in lab.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+/lab/\S+", line)
            if found:
                direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                while True:
                    try:
                        direct.open(found.group(), timeout=60).read()
                        return time.perf_counter() - begun
                    except ConnectionError:
                        time.sleep(0.1)
                    except urllib.error.URLError as error:
                        if not isinstance(error.reason, ConnectionRefusedError):
                            raise
                        time.sleep(0.1)
        raise RuntimeError("make lab ended without an address.")
    finally:
        os.killpg(lab.pid, signal.SIGTERM)
        lab.wait()


def minutes_of_reading() -> float:
    """Minutes to read lesson 00 up to its first question and to answer it, by the guide's formula."""
    (lesson,) = lessons.choose([LESSON])
    at = next(n for n, cell in enumerate(lesson.cells) if cell.kind == "code" and cell.asks)
    before = lesson.cells[:at]
    words = sum(lessons.words(cell.source) for cell in before if cell.kind == "markdown")
    code = sum(cell.kind == "code" for cell in before)
    return words / plans.WORDS + plans.CELL * code + plans.QUESTION


def main() -> int:
    """Measure and print; 0 if it is done within the minutes promised."""
    with tempfile.TemporaryDirectory() as folder:
        course, home = Path(folder) / "course", Path(folder) / "home"
        home.mkdir()
        keep = {
            name: text
            for name, text in os.environ.items()
            if re.match(r"PIP_|SSL_|REQUESTS_|.*_proxy$", name, re.I)
        }
        bare = {
            **keep,
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "BROWSER": "no-such-browser",
            "LANG": "C.UTF-8",
        }
        timed(["git", "clone", "--quiet", str(ROOT), str(course)])
        install = timed(["make", ".venv/learner.stamp"], cwd=course, env=bare)
        start = started(course, bare)
        python = course / ".venv" / "bin" / "python"
        copy = course / "my_lessons" / "00_start_here.ipynb"
        solve = timed([str(python), "-c", RUN.format(path=str(copy))], cwd=copy.parent, env=bare)
    read = minutes_of_reading()
    total = (start + solve) / 60 + read
    for what, minutes in (
        ("installation, apart", install / 60),
        ("make lab until its page answers", start / 60),
        ("a kernel, the cells before and the check", solve / 60),
        ("reading and solving, estimated", read),
        ("clone to right answer without the installation", total),
    ):
        print(f"{what:<50}{minutes:6.1f} minutes")
    print(f"at most {MOST} minutes: {'met' if total <= MOST else 'missed'}")
    return int(total > MOST)


if __name__ == "__main__":
    sys.exit(main())
