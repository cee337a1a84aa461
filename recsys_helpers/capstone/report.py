"""A report of one page: nine rows, none of them empty, written as Markdown.

It does not judge what a row says: a peer does, by the rubric.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from recsys_helpers.evaluation import Interval
from recsys_helpers.files import create, write_whole

#: The rows of a report, in its order, each with what it has to say.
ROWS = {
    "question": "What is asked, of whom, and which answer would change what is done?",
    "data": "Which table, how many rows, people and items, what was left out and why?",
    "split": "What may be known when the list is made, and what grades it?",
    "baseline": "What would be done without any of this, and how good is it on the same people?",
    "model": "What is compared, with which settings, how many tries for each side, chosen where?",
    "interval": "The difference with its interval, over what it runs, for how many.",
    "null": "What the same steps give where there is nothing to be found.",
    "cost": "What it takes to run: memory, multiplications, people, delay.",
    "harm": "Who gets less, by group, and who is harmed if it is wrong.",
}
MOST_WORDS = 500  # what a page holds
MARK = re.compile(r"\n<!-- capstone report ([0-9a-f]{16}) -->\n\Z")


class Report:
    """Nine rows that a notebook fills, and one page of them; a cell that ends in it shows the page.

    title : the claim, in one sentence.

    >>> report = Report("Two weeks of plays are enough")
    >>> report["question"] = "How many weeks must be kept?"
    >>> report.missing()[:2]
    ['data', 'split']
    >>> report["score"] = "9"
    Traceback (most recent call last):
    ValueError: 'score' is no row of a report: question, data, split, baseline, model, interval, null, cost, harm.
    """

    def __init__(self, title: str = "") -> None:
        self.title = title
        self._rows: dict[str, str] = {}

    def __setitem__(self, row: str, says: object) -> None:
        """Fill a row: a sentence or two, or an Interval, which says over what it runs; ``...`` leaves it empty."""
        if row not in ROWS:
            raise ValueError(f"{row!r} is no row of a report: {', '.join(ROWS)}.")
        if says is ... or says is None:
            self._rows.pop(row, None)
            return
        if not isinstance(says, (str, Interval)):
            raise ValueError(f"The row {row!r} takes a sentence or an Interval, not {type(says).__name__}.")
        self._rows[row] = " ".join(str(says).split())

    def __getitem__(self, row: str) -> str:
        if row not in ROWS:
            raise ValueError(f"{row!r} is no row of a report: {', '.join(ROWS)}.")
        return self._rows.get(row, "")

    def missing(self) -> list[str]:
        """The rows that say nothing yet."""
        return [row for row in ROWS if not re.search(r"\w", self._rows.get(row, ""))]

    def words(self) -> int:
        """Words of the page; two signs of Chinese, Japanese or Korean count as one."""
        text = " ".join([self.title, *self._rows.values()])
        dense = len(re.findall(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", text))
        return len(re.findall(r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+", text)) + (dense + 1) // 2

    def page(self) -> str:
        """The page as Markdown; ValueError where the title or a row is empty, and where it is more than a page."""
        if not re.search(r"\w", self.title):
            raise ValueError("The report has no title: say the claim in one sentence, Report('…').")
        missing = self.missing()
        if missing:
            first = missing[0]
            raise ValueError(
                f"The report says nothing yet under {', '.join(missing)}. Fill in report[{first!r}]: {ROWS[first]}"
            )
        if self.words() > MOST_WORDS:
            raise ValueError(
                f"The report has {self.words()} words, and a page holds {MOST_WORDS}: cut "
                f"{self.words() - MOST_WORDS}. The longest row is {max(ROWS, key=lambda one: len(self[one]))!r}."
            )
        return self._text()

    def _text(self) -> str:
        lines = [f"# {self.title or 'No title yet'}", ""]
        lines += ["| | |", "|---|---|"]
        lines += [f"| **{row}** | {_cell(self[row]) or f'*{ask}*'} |" for row, ask in ROWS.items()]
        return "\n".join(lines) + "\n"

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, whole or not at all, in place of an earlier one that nobody changed by hand.

        Raises ValueError where ``page`` does, and where the file holds anything else than what this wrote.
        """
        text = self.page()
        target = Path(path).expanduser()
        if target.suffix.lower() != ".md":
            raise ValueError(f"{target.name}: the report is Markdown, so its name ends in .md.")
        if not target.parent.is_dir():
            raise ValueError(f"There is no folder {target.parent}: make it first.")
        if not create(target, stamped(text)):
            if not _ours(target):
                raise ValueError(
                    f"{target} holds what this notebook did not write, or was changed by hand. It stays as it is: "
                    "rename it, or write the report under another name."
                )
            write_whole(target, stamped(text))
        return target

    def _repr_markdown_(self) -> str:
        return self._text()

    def __repr__(self) -> str:
        return self._text()


def template() -> str:
    """An empty report, with what each row has to say: the notebook may write over it."""
    return stamped(Report()._text())


def stamped(text: str) -> str:
    """The text with a line that tells whether somebody changed it since."""
    return f"{text}\n<!-- capstone report {_hash(text)} -->\n"


def _ours(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    found = MARK.search(text)
    return found is not None and _hash(text[: found.start()]) == found[1]


def _hash(text: str) -> str:
    return hashlib.sha256(text.replace("\r\n", "\n").encode("utf-8")).hexdigest()[:16]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
