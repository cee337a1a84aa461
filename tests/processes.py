"""Run a program so that the tests go on whatever it does: in limited time, and with nothing of it left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(
    *words: str | Path, seconds: float, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess:
    """The program's return code and all that it printed, errors among it, as ``stdout``.

    It reads an empty input. What it prints goes to a file: a pipe is open for as long as any process that it started
    holds it. After so many seconds it is killed with all that it started, and its return code is not 0.
    """
    with tempfile.TemporaryFile() as paper:
        process = subprocess.Popen(
            [str(word) for word in words],
            cwd=ROOT,
            env=dict(os.environ if environment is None else environment),
            stdin=subprocess.DEVNULL,
            stdout=paper,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        stopped = ""
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code, stopped = 1, f"\n{words[0]} did not end within {seconds:g} seconds and was stopped."
        finally:
            _end(process)
        paper.seek(0)
        return subprocess.CompletedProcess(words, code, paper.read().decode("utf-8", "replace") + stopped, "")


def until(happens: Callable[[], object], what: str, seconds: float = 600, pause: float = 0.1):
    """Wait for something and return it; AssertionError naming ``what`` if it has not come when a machine would hang.

    It is no measure of time: a busy machine may take twenty times as long as an idle one.
    """
    end = time.monotonic() + seconds
    while not (found := happens()):
        assert time.monotonic() < end, f"{what} did not come within {seconds:g} seconds"
        time.sleep(pause)
    return found


def network_failed(done: subprocess.CompletedProcess) -> bool:
    """Whether an install ended badly for want of an answer, which says nothing about what was to be installed."""
    signs = ("did not end within", "Failed to fetch", "timed out", "Connection reset", "Max retries exceeded")
    return done.returncode != 0 and any(sign in done.stdout for sign in signs)


def _end(process: subprocess.Popen) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
