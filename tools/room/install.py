"""Install the course from this folder, without a network: `python install.py`, or `python install.py --to FOLDER`.

It needs nothing but the Python that the folder was made for, looks at every file before it begins, and copies the
course, so that the folder itself (a stick, a shared disk) is only read.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def unfit(target, version, system, machine):
    """Why this computer is not what the folder was made for, or an empty string."""
    asked = target["python"]
    if version != asked:
        return f"This is Python {version}, and the folder is for Python {asked}. Run it with that one."
    if (system, machine.lower()) not in [tuple(one) for one in target["computers"]]:
        return f"This is {system} on {machine}, and the folder is for {target['name']}. Ask for the right folder."
    return ""


def damaged(folder):
    """The files that are missing, or not as they were when the folder was made."""
    found = []
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        wanted, name = line.split("  ", 1)
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            found.append(name)
    return found


def install(folder, to):
    """Copy the course, make its environment, and install the packages of the folder into it."""
    shutil.copytree(folder / "course", to, dirs_exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", str(to / ".venv")], check=True)
    python = to / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-index", "--quiet"]
    pip += ["--find-links", str(folder / "wheels")]
    subprocess.run([*pip, "--require-hashes", "-r", str(to / "requirements.lock")], check=True, cwd=to)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", "."], check=True, cwd=to)
    # `make lab` finds what it would have made, and asks no network either.
    (to / ".venv" / "course-folder").write_text(f"{to}\n", encoding="utf-8")
    (to / ".venv" / "learner.stamp").touch()
    return python


def add(folder, to, first):
    """Install the packages of an extra into the course that is there; what is in the way, or an empty string."""
    python = to / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        return f"There is no course in {to}. Install the course's own folder first, or name its place: --to"
    for module in first:
        if subprocess.run([str(python), "-c", f"import {module}"], capture_output=True).returncode:
            return (
                f"This extra stands on {module}, which is not there. Install the folder that brings it first."
            )
    pip = [
        str(python),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-index",
        "--quiet",
        "--no-deps",
    ]
    pip += [
        "--find-links",
        str(folder / "wheels"),
        "--require-hashes",
        "-r",
        str(folder / "requirements.txt"),
    ]
    subprocess.run(pip, check=True, cwd=to)
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--to", type=Path, default=Path.home() / "recommender-course", help="the course's new place"
    )
    to = parser.parse_args().to.expanduser().resolve()
    target = json.loads((HERE / "target.json").read_text(encoding="utf-8"))
    version = ".".join(map(str, sys.version_info[:2]))
    problem = unfit(target, version, platform.system(), platform.machine())
    if problem:
        return problem
    if (to / ".venv").exists() and "extra" not in target:
        return f"There is a course in {to} already. Delete its folder .venv to install it anew, or name another: --to"
    print("Looking at the files ...", flush=True)
    bad = damaged(HERE)
    if bad:
        return f"{len(bad)} files are missing or damaged, such as {bad[0]}. Copy the folder again."
    print(f"Installing into {to}: one to three minutes ...", flush=True)
    if "extra" in target:
        problem = add(HERE, to, target["first"])
        if not problem:
            print(
                f"Done: {target['extra']} is there. The cells that need it run from the next start of a lesson."
            )
        return problem or 0
    python = install(HERE, to)
    print(f"Done. To begin, now and every time:\n  cd {to}\n  {python.relative_to(to)} -m recsys_helpers lab")
    return 0


if __name__ == "__main__":
    sys.exit(main())
