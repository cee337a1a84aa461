"""JupyterLab on the learner's own lessons, without the questions it asks on its first start.

It is not a configuration of JupyterLab: it adds one folder of defaults, and what a learner sets themselves wins.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from recsys_helpers.exercises import contents
from recsys_helpers.extras import said
from recsys_helpers.workspace import copy_lessons, work_folder

SETTINGS = Path(__file__).parent / "jupyter"


PASSED_ON = "all options of this command go to JupyterLab, for example --no-browser --port=9000"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command ``lab`` has no options of its own: see ``PASSED_ON``."""
    parser.epilog = PASSED_ON[0].upper() + PASSED_ON[1:] + "."


def run(arguments: argparse.Namespace) -> int:
    """Copy the lessons that are missing, then serve the learner's folder, contents first, until Ctrl-C stops it."""
    for line in copy_lessons():
        print(line, flush=True)
    has_contents = contents.renew()
    print(f"Optional packages: {said()}.", flush=True)
    try:
        from jupyterlab.labapp import LabApp
    except ModuleNotFoundError:
        raise ValueError(
            "JupyterLab is not installed for this Python. Run `make lab`, or see «Without make» in README.md."
        ) from None
    others = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(SETTINGS)] + ([others] if others else []))
    options = [f"--ServerApp.root_dir={work_folder()}", *arguments.others]
    if has_contents:
        options.insert(0, f"--LabApp.default_url=/lab/tree/{contents.PAGE}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container
        options.insert(0, "--allow-root")
    LabApp.launch_instance(options)
    return 0
