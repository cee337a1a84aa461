"""The contents page of a learner's folder: each lesson's question and minutes, and how much of it is solved.

It writes no lesson and judges no answer; the questions stand in ``notebooks/contents.md``, which everybody can read.
"""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

from recsys_helpers.exercises.registry import names
from recsys_helpers.workspace import COURSE, work_folder, write_whole

PAGE = "contents.md"
ROW = re.compile(r"^\| \[(\d\d) [^|]*\|.*\|$", re.MULTILINE)


def solved(folder: Path) -> set[str]:
    """The names of what is solved, as noted in a learner's folder; a file that is missing or damaged adds nothing."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        text = (folder / ".progress.json").read_text(encoding="utf-8")
        return {name for name in json.loads(text)["solved"] if isinstance(name, str)}
    return set()


def with_progress(page: str, done: set[str]) -> str:
    """The page with one column more: how many of a lesson's exercises are solved.

    >>> print(with_progress("| lesson | its question |\\n|---|---|\\n| [99 None](x.ipynb) | Why? |", set()))
    | lesson | its question | solved |
    |---|---|---|
    | [99 None](x.ipynb) | Why? | 0 of 0 |
    """
    asked = names()

    def counted(found: re.Match[str]) -> str:
        written = asked.get(found[1], [])
        return f"{found[0]} {len(done.intersection(written))} of {len(written)} |"

    page = re.sub(r"^\| lesson \|.*\|$", r"\g<0> solved |", page, flags=re.MULTILINE)
    page = re.sub(r"^\|(?:---\|)+$", r"\g<0>---|", page, flags=re.MULTILINE)
    return ROW.sub(counted, page)


def renew(done: set[str] | None = None, source: Path | None = None, target: Path | None = None) -> bool:
    """Write the page into the learner's folder as it is now; False where the course has none.

    done : names of what is solved; what the folder has noted unless given. source, target : the folder of the shipped
        lessons and the learner's, as in ``copy_lessons``.
    """
    source = COURSE / "notebooks" if source is None else source
    target = work_folder() if target is None else target
    try:
        page = (source / PAGE).read_text(encoding="utf-8")
    except OSError:
        return False
    page = with_progress(page, solved(target) if done is None else done)
    with contextlib.suppress(OSError):
        if (target / PAGE).read_text(encoding="utf-8") == page:
            return True
    write_whole(target / PAGE, page)
    return True
