"""The command `capstone`: the files of a project of one's own, laid out in a folder.

It holds no text of theirs: that is in ``files/``, ``checklist`` and ``rubric``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from recsys_helpers.capstone.layout import OWN, lay_out
from recsys_helpers.capstone.questions import QUESTIONS
from recsys_helpers.files import work_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "folder", nargs="?", type=Path, help="where they go; capstone/ in your lessons unless given"
    )
    parser.add_argument(
        "--question",
        choices=(OWN, *QUESTIONS),
        default=OWN,
        help="own: a table of yours; else one that lesson 24 gives: " + ", ".join(QUESTIONS),
    )


def run(arguments: argparse.Namespace) -> int:
    """Lay the files out and say what each is for."""
    folder = work_folder() / "capstone" if arguments.folder is None else arguments.folder
    says = (
        "to work in, from the top",
        "your page, which the notebook writes",
        "a line a lesson",
        "for your peer",
    )
    written = lay_out(folder, arguments.question)
    print(f"In {folder}:")
    for path, what in zip(written, says, strict=True):
        print(f"  {path.name:<16}{what}")
    return 0
