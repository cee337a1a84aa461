"""A page of docs/ part of which is written from the code: what stands between two comments.

It knows no page: each has a tool of its own, which `make guide` calls.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from recsys_helpers.workspace import write_whole


def between(page: str, begin: str, end: str, name: str, write: Callable[[str], str]) -> str:
    """The page with ``write(what stands there now)`` between its comments; ValueError where one is missing."""
    before, first, rest = page.partition(begin)
    inside, last, after = rest.partition(end)
    if not first or not last:
        raise ValueError(f"docs/{name} has lost one of the comments that its table stands between.")
    return f"{before}{first}\n{write(inside)}\n{last}{after}"


def renew(path: Path, with_table: Callable[[str], str], of: str, about: str, argv: list[str] | None) -> int:
    """Write the page anew, or with ``--check`` only say whether it agrees; the exit code."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    options = parser.parse_args(argv)
    old = path.read_text(encoding="utf-8")
    new = with_table(old)
    if new != old and not options.check:
        write_whole(path, new)
    says = "run `make guide`" if options.check else "is written anew"
    print(f"docs/{path.name}: {f'agrees with the {of}' if new == old else says}")
    return int(new != old and options.check)
