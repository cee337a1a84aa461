"""A table of where a test run's minutes went, by room: what is to be made shorter stands at its top.

It judges nothing: no test may fail for the time that it takes.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import PurePosixPath

import pytest

LEAST = 20.0  # seconds of a run that is worth a table
SPLIT = ("notebooks", "kit")  # rooms whose files are shown one by one


def processor() -> float:
    """Seconds of the processor that this process and those it waited for have used."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def room(name: str) -> str:
    """The room of a test: its folder, or its file where a folder holds several kinds.

    >>> room("tests/models/test_als.py::test_x"), room("tests/test_make.py::test_y")
    ('tests/models', 'tests/test_make.py')
    >>> room("tests/notebooks/test_nbval.py::test_x[00]"), room("recsys_helpers/models/als.py::f")
    ('tests/notebooks/test_nbval.py', 'examples in docstrings')
    """
    parts = PurePosixPath(name.partition("::")[0]).parts
    if parts[0] != "tests":
        return "examples in docstrings"
    return "/".join(parts if len(parts) == 2 or parts[1] in SPLIT else parts[:2])


def table(seconds: dict[str, list[float]]) -> list[str]:
    """The rooms with their seconds (clock, processor) and their number of tests, longest first.

    >>> for line in table({"a": [30.0, 12.0, 3], "b": [60.0, 50.0, 1]}):
    ...     print(line)
      worker seconds   of the processor   tests   room
                  60                 50       1   b
                  30                 12       3   a
                  90                 62       4   all
    """
    rows = sorted(seconds.items(), key=lambda row: -row[1][0])
    rows.append(("all", [sum(one[n] for _, one in rows) for n in range(3)]))
    lines = ["  worker seconds   of the processor   tests   room"]
    return lines + [f"{a:>16.0f} {b:>18.0f} {n:>7.0f}   {name}" for name, (a, b, n) in rows]


class Minutes:
    """A plugin for pytest that adds the seconds up; with workers, in the process that they report to."""

    def __init__(self):
        self.seconds: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0])

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        outcome = yield
        spent = processor()
        outcome.get_result().user_properties.append(("processor", spent - getattr(item, "_spent", spent)))
        item._spent = spent

    def pytest_runtest_setup(self, item):
        item._spent = processor()

    def pytest_runtest_logreport(self, report):
        row = self.seconds[room(report.nodeid)]
        row[0] += report.duration
        row[1] += dict(report.user_properties).get("processor", 0.0)
        row[2] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter):
        if sum(row[0] for row in self.seconds.values()) >= LEAST:
            terminalreporter.section("where the minutes go")
            terminalreporter.write_line("\n".join(table(self.seconds)))


def pytest_configure(config):
    config.pluginmanager.register(Minutes(), "where-minutes-go")
