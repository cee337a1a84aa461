"""Pages of docs/ that tests read: their text, and their Python run as a reader would type it."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"


def page(name: str) -> str:
    """The text of a page."""
    return (DOCS / name).read_text(encoding="utf-8")


def run_python_of(name: str) -> tuple[int, dict[str, object]]:
    """Run a page's blocks of Python one after the other: how many there are, and the names that they leave."""
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", page(name), flags=re.S)
    for block in blocks:
        exec(compile(block, f"docs/{name}", "exec"), names)
    return len(blocks), names
