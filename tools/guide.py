"""The instructor guide, docs/instructor.md: what is counted and generated in it, and what slides take from it.

It holds no advice itself: that is written by hand, in the guide.
"""

from __future__ import annotations

import re
from pathlib import Path

from tools.lessons import ROOT

GUIDE = ROOT / "docs" / "instructor.md"


def notes(number: str, path: Path = GUIDE) -> dict[str, list[str]]:
    """What the guide says at a section of a lesson, as HTML, by the section's heading.

    In the guide such a line begins with «At "heading":» in bold, in the part of the lesson.
    """
    import html

    text = path.read_text(encoding="utf-8") if path.exists() else ""
    part = re.search(rf"^### Lesson {number}\b.*?(?=^##[ #]|\Z)", text, re.MULTILINE | re.DOTALL)
    found: dict[str, list[str]] = {}
    for heading, says in re.findall(
        r'^- \*\*At "([^"]+)":\*\* (.+(?:\n  .+)*)', part.group() if part else "", re.M
    ):
        plain = re.sub(r"[*`]", "", re.sub(r"\s+", " ", says))
        found.setdefault(heading, []).append(f"<p>{html.escape(plain)}</p>")
    return found
