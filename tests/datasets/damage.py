"""Ways to damage a file of a data set, for the tests of what a loader says then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Damage = Callable[[Path], object]


def edit(name: str, old: bytes, new: bytes) -> Damage:
    """The first ``old`` of a file becomes ``new``."""

    def damage(folder: Path) -> None:
        path = folder / name
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new, 1))

    return damage


def append(name: str, line: bytes) -> Damage:
    """A line more at a file's end."""
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + line)
