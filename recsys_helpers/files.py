"""Where the course and a learner's folder are, and files that are written whole or not at all.

It decides nothing about lessons (``workspace`` does) and mends none (see ``rescue``).
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

COURSE = Path(__file__).resolve().parents[1]


def work_folder() -> Path:
    """The learner's folder: ``$RECSYS_WORK`` where it is set (a shared course is read-only), else ``my_lessons``."""
    named = os.environ.get("RECSYS_WORK", "").strip()
    return Path(named).expanduser().resolve() if named else COURSE / "my_lessons"


def learner_copy(text: str, links: str = "") -> str:
    """A notebook's JSON without outputs and execution counts: an answer must not stand under its question.

    links : Markdown for a cell at its end, such as the way to the next lesson.

    >>> cell = {"cell_type": "code", "source": "1 + 1", "outputs": [{"text": "2"}], "execution_count": 7}
    >>> print(json.loads(learner_copy(json.dumps({"cells": [cell]})))["cells"])
    [{'cell_type': 'code', 'source': '1 + 1', 'outputs': [], 'execution_count': None}]
    """
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
            cell.get("metadata", {}).pop("execution", None)
    if links:
        notebook["cells"].append({"cell_type": "markdown", "id": "way-on", "metadata": {}, "source": [links]})
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


@contextlib.contextmanager
def _written_beside(path: Path, text: str | bytes) -> Iterator[Path]:
    """A finished temporary file in the same folder, removed again if it was not moved to its place."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with open(handle, "wb") as file:
            file.write(text.encode("utf-8") if isinstance(text, str) else text)
        if os.name == "posix":  # mkstemp lets nobody else read; a notebook is an ordinary file
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def create(path: Path, text: str | bytes) -> bool:
    """Write a file that is not there yet, whole or not at all; False if somebody else was first."""
    if path.exists():
        return False
    with _written_beside(path, text) as temporary:
        try:
            os.link(temporary, path)  # unlike a rename, refuses to replace a file that has come meanwhile
        except FileExistsError:
            return False
        except OSError:  # a file system without links, such as exFAT on a stick
            if path.exists():
                return False
            temporary.replace(path)
    return True


def write_whole(path: Path, text: str) -> None:
    """Write a file anew, whole or not at all."""
    with _written_beside(path, text) as temporary:
        temporary.replace(path)
