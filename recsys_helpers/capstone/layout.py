"""The four files of a capstone, laid out in a folder: notebook, report, checklist, rubric; all of them or none.

It overwrites nothing and fills in nothing: what stands in the notebook is in ``files/``.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from recsys_helpers.capstone.checklist import as_markdown as checklist_page
from recsys_helpers.capstone.questions import QUESTIONS
from recsys_helpers.capstone.report import template
from recsys_helpers.capstone.rubric import as_markdown as rubric_page
from recsys_helpers.files import create

FILES = Path(__file__).parent / "files"
OWN = "own"
NAMES = ("capstone.ipynb", "report.md", "checklist.md", "rubric.md")
FENCE = re.compile(
    r"^```\{code-cell\} ipython3\n(?::tags: \[(.*?)\]\n\n?)?(.*?)^```$", re.MULTILINE | re.DOTALL
)
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def lay_out(folder: str | os.PathLike[str], question: str = OWN) -> list[Path]:
    """Write the files of a capstone into a folder, which is made if it is not there; returns their paths.

    question : "own" for a table of one's own, else one of ``QUESTIONS``. Raises ValueError where a file is there
    already, and then writes none; if something goes wrong on the way, those that were written are taken away again.
    """
    texts = contents(question)
    target = Path(folder).expanduser()
    if target.exists() and not target.is_dir():
        raise ValueError(f"{target} is a file. Give a folder, or a name that is not taken.")
    there = [name for name in NAMES if os.path.lexists(target / name)]
    if there:
        raise ValueError(
            f"{target} holds {', '.join(there)} already, and nothing is overwritten. Give another folder: python -m "
            "recsys_helpers capstone NAME"
        )
    target.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    try:
        for name, text in texts.items():
            if not create(target / name, text):
                raise ValueError(
                    f"{target / name} has come meanwhile. Nothing was written; give another folder."
                )
            written.append(target / name)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return written


def contents(question: str = OWN) -> dict[str, str]:
    """Name -> text of each file; ValueError for a question that there is not."""
    if question not in (OWN, *QUESTIONS):
        raise ValueError(f"There is no question {question!r}: choose among {', '.join((OWN, *QUESTIONS))}.")
    source = _file("notebook.md").replace("%% data %%\n", _file(f"data_{question}.md"))
    return dict(zip(NAMES, (notebook(source), template(), checklist_page(), rubric_page()), strict=True))


def _file(name: str) -> str:
    return (FILES / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def notebook(source: str) -> str:
    """The JSON of a notebook from MyST text as lessons are written in: ``+++`` between cells of prose, fenced code.

    >>> made = json.loads(notebook("# A\\n\\n+++\\n\\nB\\n\\n```{code-cell} ipython3\\n1 + 1\\n```\\n"))
    >>> [(cell["cell_type"], "".join(cell["source"])) for cell in made["cells"]]
    [('markdown', '# A'), ('markdown', 'B'), ('code', '1 + 1')]
    """
    body = re.sub(r"\A---\n.*?\n---\n", "", source, flags=re.DOTALL)
    cells: list[dict[str, Any]] = []
    at = 0
    for found in FENCE.finditer(body):
        cells += _prose(body[at : found.start()])
        tags = [one.strip() for one in (found[1] or "").split(",") if one.strip()]
        code: dict[str, Any] = {"cell_type": "code", "execution_count": None, "outputs": []}
        cells.append(
            code | {"metadata": {"tags": tags} if tags else {}, "source": _lines(found[2].strip("\n"))}
        )
        at = found.end()
    cells += _prose(body[at:])
    for number, cell in enumerate(cells):
        cell["id"] = f"capstone-{number}"
    whole = {"cells": cells, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _prose(text: str) -> list[dict[str, Any]]:
    parts = [part.strip("\n") for part in re.split(r"^\+\+\+.*$", text, flags=re.MULTILINE)]
    return [
        {"cell_type": "markdown", "metadata": {}, "source": _lines(part)} for part in parts if part.strip()
    ]


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
