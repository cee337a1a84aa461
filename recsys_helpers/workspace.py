"""The learner's own copy of the lessons: never overwritten once they wrote into it, told about what changed.

It is not where lessons are written (``notebooks/source``) nor run as shipped (``notebooks``): ``git pull`` and the
tests touch only those two, and a learner touches only the copy.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from recsys_helpers import rescue
from recsys_helpers.files import COURSE, create, learner_copy, work_folder, write_whole

__all__ = ["COURSE", "copy_lessons", "learner_copy", "locked", "work_folder", "write_whole"]

RECORD = ".lessons.json"  # name -> hash of the lesson that was handed out last


def locked(lock: str) -> dict[str, tuple[str, str]]:
    """Package name -> (version, marker or "") from the text of a lock file.

    >>> print(locked("numpy==2.4.6 \\\\\\n    --hash=sha256:00\\npywinpty==3.0 ; os_name == 'nt' \\\\\\n"))
    {'numpy': ('2.4.6', ''), 'pywinpty': ('3.0', "os_name == 'nt'")}
    """
    line = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(?:;\s*(.*?))?\s*\\?$", re.MULTILINE)
    return {name: (version, marker) for name, version, marker in line.findall(lock)}


def copy_lessons(source: Path | None = None, target: Path | None = None) -> list[str]:
    """Bring the learner's folder up to date and say what was done, one line a lesson.

    A missing lesson is copied. One that is there stays as it is; if the shipped lesson changed since it was handed
    out, the new one takes the place of a copy that nobody touched, else it arrives beside it as
    ``NN_name.new.ipynb``. Only text and code of the shipped lesson count: when it was merely run again it has not
    changed. A lesson that is no whole notebook, shipped or copied, is passed over and named.

    Parameters
    ----------
    source : the folder of the shipped lessons; the course's ``notebooks`` unless given.
    target : the learner's folder; ``work_folder()`` unless given.

    Raises
    ------
    ValueError : there are no lessons in ``source``, or none of them is a whole notebook.
    OSError : the target cannot be written.
    """
    source = COURSE / "notebooks" if source is None else Path(source)
    target = work_folder() if target is None else Path(target)
    lessons = sorted(source.glob("*.ipynb"))
    if not lessons:
        raise ValueError(f"There are no lessons in {source}. Run this from a whole copy of the course.")
    target.mkdir(parents=True, exist_ok=True)
    record = _read_record(target / RECORD)
    said, damaged = [], []
    for lesson in lessons:
        try:
            text = learner_copy(lesson.read_text(encoding="utf-8"), way_on(lesson, lessons))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            damaged.append(lesson)
            continue
        now = _hash(text)
        known = record.get(lesson.name)
        if create(target / lesson.name, text):
            said.append(f"{lesson.name}: copied to {target}")
        elif (
            known is not None and known["lesson"] != now and _untouched(target / lesson.name, known["lesson"])
        ):
            write_whole(target / lesson.name, text)
            said.append(
                f"{lesson.name} has changed, and so has your copy, into which you had written nothing"
            )
        elif known is not None and known["lesson"] != now:
            newer = _deliver(target, lesson.stem, text, known.get("beside", {}))
            said.append(f"{lesson.name} has changed since your copy: the new one is beside it as {newer}")
            beside = {**known.get("beside", {}), newer: _hash(text)}
            record[lesson.name] = {"lesson": now, "beside": beside}
            continue
        elif known is not None:
            continue
        record[lesson.name] = {"lesson": now}
    if record != _read_record(target / RECORD):
        write_whole(target / RECORD, json.dumps(record, indent=1, sort_keys=True) + "\n")
    return said + _about_damage(damaged, lessons, target)


def way_on(lesson: Path, lessons: list[Path]) -> str:
    """Links from a lesson's copy to the one before it, the contents and the one after; "" where there are no contents.

    >>> way_on(Path("02_b.ipynb"), [Path("01_a.ipynb"), Path("02_b.ipynb")])
    ''
    """
    if not (lesson.parent / "contents.md").is_file():
        return ""
    at = lessons.index(lesson)
    before = [f"← [lesson {one.stem[:2]}]({one.name})" for one in lessons[max(at - 1, 0) : at]]
    after = [f"[lesson {one.stem[:2]}]({one.name}) →" for one in lessons[at + 1 : at + 2]]
    return " · ".join([*before, "[contents](contents.md)", *after])


def _about_damage(damaged: list[Path], lessons: list[Path], target: Path) -> list[str]:
    """A line for each lesson, shipped or a learner's copy, that no notebook program could open."""
    mend = f"To mend it: {rescue.command()}"
    said = [
        f"{path.name} in {path.parent} is no whole notebook and is passed over. {mend}" for path in damaged
    ]
    if len(damaged) == len(lessons):
        raise ValueError("\n".join(said))
    for path, what in rescue.damaged(target).items():
        said.append(f"{path.name} in {target} cannot be opened: {what}. {mend}")
    return said


def _deliver(target: Path, stem: str, text: str, handed_out: dict[str, str]) -> str:
    """Put a newer lesson beside the learner's copy; an earlier newer one gives way only if nobody touched it."""
    number = 1
    while True:
        name = f"{stem}.new.ipynb" if number == 1 else f"{stem}.new-{number}.ipynb"
        path = target / name
        if create(path, text):
            return name
        if _hash(path.read_text(encoding="utf-8", errors="replace")) in (handed_out.get(name), _hash(text)):
            write_whole(path, text)
            return name
        number += 1


def _untouched(path: Path, handed_out: str) -> bool:
    """Whether a copy is still, byte for byte, what was handed out: neither written into nor run and saved."""
    return _hash(path.read_text(encoding="utf-8", errors="replace")) == handed_out


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _read_record(path: Path) -> dict[str, dict[str, Any]]:
    """What was handed out; a record that is missing or damaged counts as empty, which loses a notice and no work."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return {name: entry for name, entry in record.items() if isinstance(entry["lesson"], str)}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command ``lessons``: the folder is ``$RECSYS_WORK`` or ``my_lessons``."""
    parser.add_argument(
        "--mend",
        action="store_true",
        help="mend lessons that are cut short, or hold two versions after a merge",
    )


def run(arguments: argparse.Namespace) -> int:
    """The command ``lessons``; 1 if a lesson is damaged and stays so."""
    mended = rescue.mend_shipped() + rescue.mend_copies() if arguments.mend else []
    said = mended + copy_lessons()
    print("\n".join(said) if said else f"Your lessons in {work_folder()} are up to date.")
    return int(bool(rescue.damaged(COURSE / "notebooks") or rescue.damaged(work_folder())))
