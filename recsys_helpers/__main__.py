"""One command line for the course: ``python -m recsys_helpers COMMAND``.

It holds no work of its own: each command is a module with ``add_arguments(parser)`` and ``run(arguments)``, and a
module is imported only when its command is called, so that ``doctor`` runs where nothing else is installed.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import sys
from pathlib import Path
from typing import Any, NoReturn

COMMANDS = {
    "doctor": ("recsys_helpers.doctor", "look at this machine: what works, what does not, what mends it"),
    "lessons": ("recsys_helpers.workspace", "copy the lessons that are missing into your own folder"),
    "lab": ("recsys_helpers.lab", "copy the lessons that are missing, then open JupyterLab on them"),
    "add": ("recsys_helpers.extras", "install optional packages: deep, large, text or teach"),
    "capstone": ("recsys_helpers.capstone.cli", "lay out the files of a project of your own"),
    "arena": ("recsys_helpers.arena.cli", "serve a competition between learners' platforms"),
    "serve": (
        "recsys_helpers.service.cli",
        "serve lists of a fitted model to this machine, and keep what is played",
    ),
    "simulate": ("recsys_helpers.simulator.cli", "write the data of a Murmur of any size"),
}


class Parser(argparse.ArgumentParser):
    """An argument parser that complains in one line instead of a page."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. `{self.prog} --help` shows the usage.\n")


def available() -> dict[str, tuple[str, str]]:
    """The commands whose module is there; found by file, so that nothing is imported."""
    package = Path(__file__).parent
    return {
        name: (module, says)
        for name, (module, says) in COMMANDS.items()
        if package.joinpath(*module.split(".")[1:]).with_suffix(".py").is_file()
    }


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 well, 1 failed, 2 called wrongly."""
    if sys.version_info < (3, 11):  # noqa: UP036 (somebody may call it with any Python)
        print(
            f"This course needs Python 3.11 or later, and this is {sys.version.split()[0]}. "
            "Install a newer one from python.org."
        )
        return 1
    for stream in (sys.stdout, sys.stderr):  # a Windows console may speak cp936 or cp1252
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    argv = sys.argv[1:] if argv is None else argv
    chosen = next((word for word in argv if not word.startswith("-")), None)
    commands = available()
    parser = Parser(prog="python -m recsys_helpers", description=__doc__.splitlines()[0])
    choices = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    module: Any = None  # argparse lets only a command of ours through
    for name, (path, says) in commands.items():
        command = choices.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".")
        if name == chosen:
            module = importlib.import_module(path)
            module.add_arguments(command)
    arguments, others = parser.parse_known_args(argv)
    if others and not hasattr(module, "PASSED_ON"):
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    arguments.others = others
    try:
        return module.run(arguments) or 0
    except ValueError as error:
        print(f"python -m recsys_helpers {chosen}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"python -m recsys_helpers {chosen}: {_said(error)}", file=sys.stderr)
        return 1


def _said(error: OSError) -> str:
    """What the system refused, in a sentence that says how to go on where we know."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):  # Windows knows no quota
        return (
            f"{error.strerror or 'no space left'}. Nothing is half-written: free some space, or let RECSYS_WORK name a "
            "folder on another disk, and run the same command again; it goes on where it stopped."
        )
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
