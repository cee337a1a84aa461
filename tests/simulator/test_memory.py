"""How much memory many listeners take, measured in a process of its own."""

from __future__ import annotations

import sys

import pytest

from tests.processes import run

pytest.importorskip("resource", reason="Windows does not tell a process's peak this way")

SERVE = """
import resource, sys
from recsys_helpers.simulator import World
from recsys_helpers.simulator.policies import popularity

world = World(users=20_000)
served = world.serve(popularity(world), weeks=4)
print(len(served.events), "events of", len(served.listeners), "listeners")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9)
"""


@pytest.mark.slow
def test_twenty_thousand_listeners_are_served_within_a_gigabyte_and_a_half():
    done = run(sys.executable, "-c", SERVE, seconds=600)
    assert done.returncode == 0, done.stdout
    says, peak = done.stdout.splitlines()
    assert says == "3228182 events of 19800 listeners"
    assert float(peak) < 1.5
