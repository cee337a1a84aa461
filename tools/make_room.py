"""Write one folder from which the course is installed without a network, for one system and one Python.

It installs nothing: in the folder, install.py does, and SET-UP.txt says how on one page.

    python tools/make_room.py                              for this computer, into room/
    python tools/make_room.py windows 3.12                 or mac-intel, mac-arm, linux; 3.11 to 3.13
    python tools/make_room.py windows 3.12 deep            the packages of an extra, as a folder of their own
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from recsys_helpers.extras import EXTRAS
from tools import room_extra

ROOT = Path(__file__).resolve().parents[1]
PARTS = Path(__file__).parent / "room"
PYTHONS = ("3.11", "3.12", "3.13")


@dataclass(frozen=True)
class Target:
    """A system: what markers in the lock say of it, and which wheels it takes."""

    name: str
    computers: tuple[tuple[str, str], ...]  # what Python's platform.system() and machine().lower() say there
    markers: dict
    platforms: tuple[str, ...]

    def environment(self, python: str) -> dict[str, str]:
        """What the markers of a requirement are evaluated against."""
        return {
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "implementation_version": f"{python}.0",
            "python_version": python,
            "python_full_version": f"{python}.0",
            "platform_release": "",
            "platform_version": "",
            "extra": "",
            **self.markers,
        }


def _markers(os_name: str, sys_platform: str, system: str, machine: str) -> dict:
    return {
        "os_name": os_name,
        "sys_platform": sys_platform,
        "platform_system": system,
        "platform_machine": machine,
    }


GLIBC = tuple(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1))
TARGETS = {
    "windows": Target(
        "Windows (64 bit)",
        (("Windows", "amd64"),),
        _markers("nt", "win32", "Windows", "AMD64"),
        ("win_amd64",),
    ),
    "mac-intel": Target(
        "Macs with an Intel processor, macOS 12 or later",
        (("Darwin", "x86_64"),),
        _markers("posix", "darwin", "Darwin", "x86_64"),
        ("macosx_12_0_x86_64",),
    ),
    "mac-arm": Target(
        "Macs with an Apple processor (M1 and later), macOS 12 or later",
        (("Darwin", "arm64"),),
        _markers("posix", "darwin", "Darwin", "arm64"),
        ("macosx_12_0_arm64",),
    ),
    "linux": Target(
        "Linux (x86_64, glibc 2.28 or later)",
        (("Linux", "x86_64"),),
        _markers("posix", "linux", "Linux", "x86_64"),
        (*GLIBC, "manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "linux_x86_64"),
    ),
}


def this_computer() -> tuple[str, str]:
    """(target, Python) of the computer that this runs on; ValueError where there is no such target."""
    here = platform.system(), platform.machine().lower()
    found = [name for name, target in TARGETS.items() if here in target.computers]
    if not found:
        raise ValueError(f"There is no target for {here[0]} on {here[1]}. There are: {', '.join(TARGETS)}.")
    return found[0], ".".join(map(str, sys.version_info[:2]))


def needed(lock: str, target: Target, python: str) -> str:
    """The lock with only what a target needs: its markers evaluated, and taken out; hashes stay."""
    blocks = re.findall(r"^[a-z0-9][^\n]*(?:\n    --hash[^\n]*)+", lock, re.MULTILINE)
    environment, kept = target.environment(python), []
    for block in blocks:
        head, _, hashes = block.partition("\n")
        pin, _, marker = head.removesuffix("\\").strip().partition(" ; ")
        if not marker or Marker(marker).evaluate(environment):
            kept.append(f"{pin} \\\n{hashes}")
    return "\n".join(kept) + "\n"


def download(
    requirements: Path, target: Target, python: str, into: Path, platforms: tuple[str, ...] = ()
) -> None:
    """Fetch a wheel for each pin; ValueError with pip's own words where one is not to be had."""
    short = python.replace(".", "")
    words = ["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    words += ["--only-binary", ":all:", "--implementation", "cp", "--python-version", python]
    words += [word for abi in (f"cp{short}", "abi3", "none") for word in ("--abi", abi)]
    words += [word for one in platforms or target.platforms for word in ("--platform", one)]
    done = _run(sys.executable, "-m", "pip", *words, "-d", into, "-r", requirements)
    if done.returncode:
        raise ValueError(f"Not every package could be fetched:\n{done.stdout.strip()}")


def copy_course(into: Path, root: Path = ROOT) -> None:
    """Write the course as it was last committed; ValueError where it is no git checkout.

    What lies about in the folder (a learner's work, grades, half an edit) stays out.
    """
    with tempfile.TemporaryDirectory() as scratch:
        archive = Path(scratch) / "course.tar"
        done = _run("git", "-C", root, "archive", "--format=tar", "-o", archive, "HEAD")
        if done.returncode:
            raise ValueError(
                "The course is not a git checkout here, so what belongs to it is not known. Clone it."
            )
        with tarfile.open(archive) as tar:
            safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # older 3.11 has none
            tar.extractall(into, **safe)


def _run(*words: str | Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(word) for word in words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )


def sheet(target: Target, python: str, wheels: int) -> str:
    """The set-up sheet, in the words of one system."""
    windows = target.markers["os_name"] == "nt"
    start = r".venv\Scripts\python" if windows else ".venv/bin/python"
    line = "{} -m recsys_helpers lab"
    shared = "RECSYS_WORK=~/my_lessons " + line.format("PLACE/.venv/bin/python")
    if windows:
        shared = (
            "set RECSYS_WORK=%USERPROFILE%\\my_lessons        (in the command prompt)\n       "
            + line.format(r"PLACE\.venv\Scripts\python")
        )
    return (
        (PARTS / "SET-UP.txt")
        .read_text(encoding="utf-8")
        .format(
            name=target.name,
            python=python,
            wheels=wheels,
            command=f"py -{python}" if windows else f"python{python}",
            terminal="PowerShell or the command prompt" if windows else "a terminal",
            python_from="the teacher has its installer from python.org"
            if target.markers["sys_platform"] != "linux"
            else f"on Debian and Ubuntu, sudo apt install python{python}-venv",
            start=start,
            shared=shared,
        )
    )


def write_sums(folder: Path) -> None:
    """A SHA-256 for each file of the folder, in the form that sha256sum reads."""
    lines = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        lines.append(
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        )
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


def write(out: Path, name: str, python: str, extra: str = "") -> Path:
    """Write the folder of a target, whole or not at all; ValueError says what is in the way.

    With an extra it is a folder of that extra's packages, to be installed into a course that is there.
    """
    if name not in TARGETS or python not in PYTHONS:
        raise ValueError(f"There are the targets {', '.join(TARGETS)}, each for Python {', '.join(PYTHONS)}.")
    if extra and (why := room_extra.refused(extra, name)):
        raise ValueError(why)
    target, final = TARGETS[name], out / "-".join(filter(None, (name, f"python{python}", extra)))
    if final.exists():
        raise ValueError(f"{final} is there already. Delete it to have it written anew.")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".") as scratch:
        folder = Path(scratch) / "room"
        (folder / "wheels").mkdir(parents=True)
        if extra:
            _fill_with_an_extra(folder, name, python, extra)
            text = sheet_of_an_extra(target, python, extra)
        else:
            _fill_with_the_course(folder, target, python)
            text = sheet(target, python, len(list((folder / "wheels").iterdir())))
        shutil.copyfile(PARTS / "install.py", folder / "install.py")
        about = {"name": target.name, "python": python, "computers": target.computers}
        about |= {"extra": extra, "first": room_extra.first(extra)} if extra else {}
        (folder / "target.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
        # Notepad of older Windows shows one long line without carriage returns.
        (folder / "SET-UP.txt").write_text(
            text, encoding="utf-8", newline="\r\n" if name == "windows" else "\n"
        )
        write_sums(folder)
        os.replace(folder, final)
    return final


def _fill_with_the_course(folder: Path, target: Target, python: str) -> None:
    copy_course(folder / "course")
    lock = (folder / "course" / "requirements.lock").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        pins = Path(scratch) / "needed.txt"
        pins.write_text(needed(lock, target, python), encoding="utf-8")
        download(pins, target, python, folder / "wheels")
    _wheel_of_the_course(folder)


def _fill_with_an_extra(folder: Path, name: str, python: str, extra: str) -> None:
    """The wheels of an extra and the list that pip installs them by: all that its hashes name, and nothing else."""
    target = TARGETS[name]
    course = needed((ROOT / "requirements.lock").read_text(encoding="utf-8"), target, python)
    wanted = room_extra.pins(extra, name, python, course)
    pins = folder / "requirements.txt"
    built = set(room_extra.SOURCES) & room_extra.names(wanted)
    pins.write_text(room_extra.without(wanted, built), encoding="utf-8")
    newer = ("macosx_14_0_arm64",) if name == "mac-arm" else ()
    download(pins, target, python, folder / "wheels", newer)
    pins.write_text(room_extra.made_here(wanted, folder / "wheels"), encoding="utf-8")


def sheet_of_an_extra(target: Target, python: str, extra: str) -> str:
    """The sheet that lies in an extra's folder."""
    windows = target.markers["os_name"] == "nt"
    first = "".join(f"Install the folder of {name} before this one.\n\n" for name in EXTRAS[extra].also)
    java = "Spark itself needs Java 17 or later on each computer: copy its installer too.\n\n"
    return (
        (PARTS / "EXTRA.txt")
        .read_text(encoding="utf-8")
        .format(
            brings=EXTRAS[extra].brings,
            name=target.name,
            python=python,
            first=first + (java if extra == "large" else ""),
            command=f"py -{python}" if windows else f"python{python}",
        )
    )


def _wheel_of_the_course(folder: Path) -> None:
    """The package as a wheel too, for who wants the helpers without the lessons: built by the folder's own flit."""
    flit = [
        str(path) for path in (folder / "wheels").glob("flit_core-*.whl")
    ]  # Python imports from a wheel as it is
    words = ["-m", "flit_core.wheel", folder / "course", "--outdir", folder / "wheels"]
    done = _run(sys.executable, *words, environment={**os.environ, "PYTHONPATH": os.pathsep.join(flit)})
    if done.returncode:
        raise ValueError(f"The course's own wheel could not be built:\n{done.stdout.strip()}")


def main(argv: list[str] | None = None) -> int:
    """Write the folder that was asked for; 0 if all went well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", nargs="?", help=f"{', '.join(TARGETS)}; this computer if none is given")
    parser.add_argument("python", nargs="?", help=f"{', '.join(PYTHONS)}; this Python if none is given")
    parser.add_argument("extra", nargs="?", default="", help=f"an extra: {', '.join(room_extra.EXTRA_NAMES)}")
    parser.add_argument("--out", type=Path, default=Path("room"), help="where to (default: room)")
    options = parser.parse_args(argv)
    try:
        here = (
            options.target or this_computer()[0],
            options.python or ".".join(map(str, sys.version_info[:2])),
        )
        folder = write(options.out, *here, options.extra)
    except (ValueError, OSError) as error:
        print(f"make_room: {error}", file=sys.stderr)
        return 1
    files = [path for path in folder.rglob("*") if path.is_file()]
    print(f"{folder}: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB.")
    if _run("git", "-C", ROOT, "status", "--porcelain", "--untracked-files=no").stdout.strip():
        print("It holds the course as last committed: what you changed since then is not in it.")
    print("Copy it to a stick or a shared disk; SET-UP.txt in it says the rest on one page.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
