"""What can be saved of a lesson's file that is no whole notebook: cut short, or with two versions merged into it.

It decides nothing about other lessons, and it throws nothing away: the damaged file is kept beside the mended one.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from recsys_helpers.files import COURSE, create, learner_copy, work_folder, write_whole

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
OLD_VERSIONS = 20  # that are looked through for a whole one


def command() -> str:
    """What a learner types, from the folder of the course, to have damaged lessons mended."""
    python = Path(sys.executable)
    own = python.relative_to(COURSE) if python.is_relative_to(COURSE) else python
    return f"{own} -m recsys_helpers lessons --mend"


def ailment(text: str) -> str:
    """What is wrong with a notebook's text, or "" where nothing is.

    >>> print(ailment('{"cells": [{"cell_ty'))
    it is cut short or damaged
    >>> print(ailment('{\\n<<<<<<< HEAD\\n"cells": []\\n=======\\n"cells": 3\\n>>>>>>> other\\n}'))
    a merge left two versions in it
    """
    try:
        learner_copy(text)
        return ""
    except (ValueError, KeyError, TypeError, AttributeError):
        return "a merge left two versions in it" if merged(text) else "it is cut short or damaged"


def merged(text: str) -> bool:
    """Whether git's marks of a conflict stand in a text."""
    return bool(re.search(r"^<{7}( |$)", text, re.MULTILINE) and re.search(r"^={7}$", text, re.MULTILINE))


def sides(text: str) -> list[str]:
    """The two versions that a merge left in a text, the upper one first.

    >>> sides("a\\n<<<<<<< HEAD\\nb\\n=======\\nc\\n>>>>>>> other\\nd\\n")
    ['a\\nb\\nd\\n', 'a\\nc\\nd\\n']
    """
    made: list[list[str]] = [[], []]
    wanted: tuple[int, ...] = (0, 1)
    for line in text.splitlines(keepends=True):
        if re.match(r"<{7}( |$)", line):
            wanted = (0,)
        elif re.match(r"\|{7}( |$)", line):  # the common ancestor, in the style diff3
            wanted = ()
        elif line.rstrip("\r\n") == "=======":
            wanted = (1,)
        elif re.match(r">{7}( |$)", line):
            wanted = (0, 1)
        else:
            for side in wanted:
                made[side].append(line)
    return ["".join(lines) for lines in made]


def whole_cells(text: str) -> list[dict[str, object]]:
    """The cells of a notebook that was cut short, up to the first that is not whole."""
    begin = re.search(r'"cells"\s*:\s*\[', text)
    if not begin:
        return []
    decoder, place = json.JSONDecoder(), begin.end()
    cells: list[dict[str, object]] = []
    while True:
        place += len(text[place:]) - len(text[place:].lstrip(" \t\r\n,"))
        try:
            cell, place = decoder.raw_decode(text, place)
        except ValueError:
            return cells
        if not isinstance(cell, dict) or not {"cell_type", "source"} <= set(cell):
            return cells
        cells.append(cell)


def saved(text: str) -> tuple[str, str] | None:
    """(a whole notebook, what it is) from a damaged one; None where nothing can be saved."""
    if merged(text):
        for name, side in zip(("upper", "lower"), sides(text), strict=True):
            if not ailment(side):
                return side, f"the {name} of the two versions"
    if cells := whole_cells(text):
        notebook = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
        made = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        return (made, f"its first {len(cells)} cells") if not ailment(made) else None
    return None


def damaged(folder: Path) -> dict[Path, str]:
    """The lessons of a folder that are no whole notebooks, and what is wrong with each."""
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        if what := ailment(path.read_text(encoding="utf-8", errors="replace")):
            found[path] = what
    return found


def git(*words: str) -> str:
    """What git prints in the folder of the course; OSError where there is no git, CalledProcessError where it fails."""
    done = subprocess.run(
        ["git", "-C", str(COURSE), *words], capture_output=True, text=True, encoding="utf-8", check=True
    )
    return done.stdout


def committed(path: Path) -> tuple[str, str] | None:
    """(the newest whole version of a shipped lesson that git remembers, what is left to do); None without one."""
    name = path.relative_to(COURSE).as_posix()
    try:
        waits = git("ls-files", "--unmerged", "--", name)
        for version in ["HEAD", *git("log", f"-{OLD_VERSIONS}", "--format=%H", "--", name).split()]:
            if not ailment(text := git("show", f"{version}:{name}")):
                return text, f" To end the merge, tell git: git add {name}" if waits else ""
    except (OSError, subprocess.CalledProcessError, UnicodeDecodeError):
        pass
    return None


def mend_copies(mine: Path | None = None, shipped: Path | None = None) -> list[str]:
    """Mend the learner's damaged copies, one line for each: what is whole in them stays, else a new copy comes.

    The damaged file is kept beside it as ``NN_name.damaged.txt``.
    """
    mine, shipped = mine or work_folder(), shipped or COURSE / "notebooks"
    said = []
    for path, what in damaged(mine).items():
        text = path.read_text(encoding="utf-8", errors="replace")
        found = saved(text)
        if found is None and not (shipped / path.name).is_file():
            said.append(
                f"{path.name}: {what}, and nothing in it can be saved. Open it as text, or delete it."
            )
            continue
        kept = _set_aside(path)
        if found is None:
            fresh = (shipped / path.name).read_text(encoding="utf-8", errors="replace")
            if ailment(fresh):
                said.append(f"{path.name}: {what}. It is now {kept}; the shipped lesson is damaged too.")
                continue
            found = learner_copy(fresh), "a new copy of the lesson"
        write_whole(path, found[0])
        said.append(f"{path.name}: {what}. It holds {found[1]} now; the damaged file is beside it as {kept}.")
    return said


def mend_shipped(shipped: Path | None = None) -> list[str]:
    """Mend the damaged lessons of the course, one line for each: from git, else from a version that is whole in it."""
    said = []
    for path, what in damaged(shipped or COURSE / "notebooks").items():
        text = path.read_text(encoding="utf-8", errors="replace")
        old = committed(path) if path.is_relative_to(COURSE) else None
        side = saved(text) if merged(text) else None
        if old is not None:
            write_whole(path, old[0])
            said.append(f"{path.name}: {what}. It is again as it was last committed.{old[1]}")
        elif side is not None:
            write_whole(path, side[0])
            said.append(f"{path.name}: {what}. It holds {side[1]} now.")
        else:
            said.append(
                f"{path.name}: {what}, and there is no whole version of it here. "
                f"Copy notebooks/{path.name} from a new download of the course."
            )
    return said


def _set_aside(path: Path) -> str:
    """Keep a file's bytes under a new name beside it; the name."""
    number = 1
    while True:
        name = f"{path.stem}.damaged{'' if number == 1 else f'-{number}'}.txt"
        if create(path.with_name(name), path.read_bytes()):
            return name
        number += 1
