"""Where a public data set lies, and how one of its text files becomes a table without losing a row.

It is not a cleaner: a file that is not as published is refused with the line that is wrong, never mended.
"""

from __future__ import annotations

import csv
import io
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

TEXT = "text"
ID = (0, None)
WHOLE = re.compile(r"\s*[+-]?[0-9]{1,18}\s*")


@dataclass(frozen=True)
class Source:
    """A public data set: its files, the folder they go to, and the zip they come from (``sha256`` of that zip)."""

    title: str
    folder: str
    url: str
    sha256: str
    files: tuple[str, ...]
    extras: tuple[str, ...] = ()

    @property
    def archive(self) -> str:
        return self.url.rsplit("/", 1)[-1]


# ---- where the files are --------------------------------------------------------------------------------------


def course_folder() -> Path:
    """The folder of the course: the checkout this file belongs to, else the nearest one above the working folder."""
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file():
        return checkout
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "notebooks").is_dir() and (folder / "recsys_helpers").is_dir():
            return folder
    return here


def cache_folder() -> Path:
    """Where downloads go: ``data/cache`` of the course."""
    return course_folder() / "data" / "cache"


def places() -> list[Path]:
    """The folders that are looked through, in order: ``$RECSYS_DATA`` where it is set, then the course's cache."""
    named = os.environ.get("RECSYS_DATA", "").strip()
    return [Path(named).expanduser(), cache_folder()] if named else [cache_folder()]


def inside(source: Source, place: Path) -> Path | None:
    """The folder at or just under ``place`` that holds the files, or None; raises ValueError if some are missing."""
    named = place / source.folder
    for folder in (named, named / source.folder, place / Path(source.archive).stem, place):
        try:
            missing = [name for name in source.files if not _is_file(folder / name)]
        except OSError as error:
            raise ValueError(
                f"{folder} cannot be read ({error.strerror}): ask its owner for access."
            ) from None
        if not missing:
            return folder
        if len(missing) < len(source.files):
            raise ValueError(
                f"{folder} holds some files of {source.title} but lacks {', '.join(missing)}. "
                f"Unpack {source.url} there whole, or remove the folder."
            )
    return None


def _is_file(path: Path) -> bool:
    """As ``Path.is_file``, but an error other than "not there" is raised in every version of Python."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def locate(source: Source, path: str | os.PathLike[str] | None = None) -> Path | None:
    """The folder of a data set under ``path``, else under the first of ``places()`` that has it, else None.

    Raises ValueError if ``path`` is given and does not hold the files.
    """
    if path is None:
        return next((folder for place in places() if (folder := inside(source, place))), None)
    place = Path(path).expanduser()
    wanted = f"Give the folder that holds {', '.join(source.files)} of {source.title}."
    if os.path.isfile(place):
        raise ValueError(f"{place} is a file. {wanted}")
    if not os.path.isdir(place):
        raise ValueError(f"There is no folder {place}. {wanted}")
    folder = inside(source, place)
    if folder is None:
        raise ValueError(f"{place} holds none of the files. {wanted}")
    return folder


# ---- from a file to a checked table ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """How one file of a data set is laid out, and how many rows of it were published.

    ``columns`` maps each column, in the file's order, to ``TEXT`` or to the least and greatest whole number it may
    hold (None: no bound). No two rows share their first ``key`` columns. ``header`` is the first line, if the file
    has one. Text is UTF-8, with or without a byte order mark; with ``latin1`` a file that is not UTF-8 is read as
    Latin-1. Lines end in LF or CRLF, the last one may have no end. Quotes mean nothing, and no word means "missing".
    """

    file: str
    rows: int
    columns: dict[str, Any]
    key: int = 1
    header: str | None = None
    sep: str = "\t"
    latin1: bool = False

    def read(self, folder: Path) -> pd.DataFrame:
        """A row for each line, in the file's order; raises ValueError that names the file and the line."""
        text = self._text(folder / self.file).replace("\r\n", "\n").rstrip("\n")
        if self.header is not None:
            head, _, text = text.partition("\n")
            if head.rstrip("\r") != self.header:
                names = ", ".join(self.header.split(self.sep))
                raise ValueError(f"{self.file} starts with {_short(head)}; its columns should be {names}.")
        lines = text.split("\n") if text else []
        for at, line in enumerate(lines):
            if line.count(self.sep) != len(self.columns) - 1:
                n_fields = line.count(self.sep) + 1
                raise ValueError(f"{self.line(at)}: {n_fields} fields instead of {len(self.columns)}.")
        frame = self._parse(text, lines)
        for name, kind in self.columns.items():
            if kind != TEXT:
                self._check_range(frame[name], *kind)
        again = frame.duplicated(by := list(self.columns)[: self.key])
        if again.any():
            at = int(again.idxmax())
            before = int((frame[by] == frame.loc[at, by]).all(axis=1).idxmax())
            shown = ", ".join(f"{name} {frame.loc[at, name]}" for name in by)
            raise ValueError(f"{self.line(at)}: {shown} stands in line {self._number(before)} already.")
        return frame

    def line(self, at: int) -> str:
        """The file and the line that row ``at`` (from 0) came from, as messages name them."""
        return f"{self.file}, line {self._number(at)}"

    def check_known(self, values: pd.Series, other: Table, known: pd.Series) -> None:
        """Raises ValueError that names the first of ``values`` that is not among the ``known`` ids of another file."""
        unknown = ~values.isin(known)
        if unknown.any():
            at = int(unknown.idxmax())
            raise ValueError(f"{self.line(at)}: {values.name} {values[at]} is not in {other.file}.")

    def _number(self, at: int) -> int:
        return at + (1 if self.header is None else 2)

    def _text(self, path: Path) -> str:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ValueError(f"{self.file} cannot be read ({error.strerror}).") from None
        if b"\0" in data:
            raise ValueError(
                f"{self.file} holds zero bytes: it is damaged, or was saved anew in another encoding."
            )
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if self.latin1:
                return data.decode("latin-1")
            number = data[: error.start].count(b"\n") + 1
            raise ValueError(
                f"{self.file}, line {number}: not UTF-8 text; it was saved anew in another encoding."
            ) from None

    def _parse(self, text: str, lines: list[str]) -> pd.DataFrame:
        kinds = {name: "str" if kind == TEXT else "int64" for name, kind in self.columns.items()}
        if not lines:
            return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
        try:
            with np.errstate(invalid="raise"):  # else an infinity becomes some number
                frame = pd.read_csv(
                    io.StringIO(text),
                    sep=self.sep,
                    header=None,
                    names=list(kinds),
                    dtype=kinds,
                    quoting=csv.QUOTE_NONE,
                    na_filter=False,
                    lineterminator="\n",
                )
            if len(frame) == len(lines):
                return frame
        except (ValueError, ArithmeticError):
            pass  # pandas does not say where; the slow way does
        for at, line in enumerate(lines):
            for name, field in zip(kinds, line.split(self.sep), strict=True):
                if kinds[name] == "int64" and not WHOLE.fullmatch(field):
                    raise ValueError(
                        f"{self.line(at)}: {name} is {_short(field)}, and should be a whole number."
                    )
        raise ValueError(f"{self.file} could not be read as a table of {', '.join(kinds)}.")

    def _check_range(self, values: pd.Series, least: int, most: int | None) -> None:
        wrong = (values < least) | (values > (most if most is not None else values.max()))
        if wrong.any():
            at = int(wrong.idxmax())
            bounds = f"at least {least}" if most is None else f"from {least} to {most}"
            raise ValueError(f"{self.line(at)}: {values.name} is {values[at]}, and should be {bounds}.")


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def check_count(file: str, found: int, published: int, what: str = "rows") -> list[str]:
    """A note if a count is off by at most 1 in 1,000, none if it is exact; raises ValueError if it is further off.

    >>> check_count("plays.dat", 92_834, 92_834)
    []
    >>> check_count("plays.dat", 92_833, 92_834)
    ['plays.dat holds 92,833 rows; 92,834 were published.']
    """
    if found == published:
        return []
    says = f"{file} holds {found:,} {what}; {published:,} were published."
    if abs(found - published) * 1000 > published:
        raise ValueError(f"{says} It is cut short or not the published file.")
    return [says]


def describe(title: str, counts: dict[str, int], notes: Iterable[str]) -> str:
    """What a data set's ``repr`` shows: one line of counts, then its notes."""
    shown = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    return "\n".join([f"{title}: {shown}", *(f"Note: {note}" for note in notes)])
