"""Figures that took longer to compute than a lesson may take, read from ``data/measured``, each with its command.

It measures nothing: the command that ``data/measured/index.json`` names for a file does.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd

from ._files import course_folder


def load_measured(name: str, path: str | os.PathLike[str] | None = None) -> pd.DataFrame:
    """The table ``data/measured/<name>.csv`` of the course, or the file at ``path``, as it stands in the file.

    ``data/measured/README.md`` says what each holds. Raises ValueError where there is no such table, with the command
    that writes it.

    >>> load_measured("als_cost").columns[:2].tolist()
    ['grows', 'interactions']
    >>> load_measured("als_costs")
    Traceback (most recent call last):
    ValueError: There is no measured table 'als_costs': choose among advertising, ...
    """
    folder = course_folder() / "data" / "measured"
    stem = name.removesuffix(".csv")
    commands = _commands(folder)
    if path is None and stem not in commands:
        known = ", ".join(sorted(commands)) or f"none, since the index in {folder} is not there"
        raise ValueError(f"There is no measured table {name!r}: choose among {known}.")
    file = folder / f"{stem}.csv" if path is None else Path(path).expanduser()
    mend = f"Take the shipped file again (`git checkout data/measured/{stem}.csv`)"
    mend += f", or measure anew: `{commands[stem]}`." if stem in commands else "."
    if not file.is_file():
        raise ValueError(f"There is no file {path or f'data/measured/{stem}.csv'}. {mend}")
    try:
        table = pd.read_csv(file, encoding="utf-8")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"{file.name} is no table ({error}). {mend}") from None
    except OSError as error:
        raise ValueError(f"{file.name} cannot be read ({error.strerror}). {mend}") from None
    if table.empty:
        raise ValueError(f"{file.name} is empty. {mend}")
    return table


def _commands(folder: Path) -> dict[str, str]:
    """Table -> the command that writes it; none where the folder or its index is not there or broken."""
    try:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        return {file.removesuffix(".csv"): str(entry["command"]) for file, entry in index.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
