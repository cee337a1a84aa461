"""The runner that the heavy tests stand on: nothing a program does may keep them."""

from __future__ import annotations

import os
import sys
import time

import pytest

from tests.processes import network_failed, run


def test_what_is_printed_and_the_code_come_back():
    done = run(
        sys.executable,
        "-c",
        "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)",
        seconds=60,
    )
    assert done.returncode == 3
    assert sorted(done.stdout.split()) == ["err", "out"]


def test_an_input_that_never_comes_is_empty():
    assert "EOFError" in run(sys.executable, "-c", "input()", seconds=60).stdout


def test_the_environment_is_the_one_given():
    done = run(
        sys.executable,
        "-c",
        "import os; print(os.environ.get('HOT'), os.environ.get('COLD'))",
        seconds=60,
        environment={**{k: v for k, v in os.environ.items() if k != "COLD"}, "HOT": "1"},
    )
    assert done.stdout.split() == ["1", "None"]


def test_one_that_does_not_end_is_stopped_and_told():
    start = time.perf_counter()
    done = run(sys.executable, "-c", "import time; print('so far', flush=True); time.sleep(60)", seconds=2)
    assert time.perf_counter() - start < 30
    assert done.returncode != 0
    assert done.stdout.startswith("so far") and "did not end within 2 seconds" in done.stdout
    assert network_failed(done)


def test_a_wrong_package_is_no_matter_of_the_network():
    say = "import sys; print('No solution found when resolving dependencies'); sys.exit(1)"
    assert not network_failed(run(sys.executable, "-c", say, seconds=60))
    assert not network_failed(run(sys.executable, "-c", "print('timed out')", seconds=60))
    assert network_failed(run(sys.executable, "-c", "import sys; sys.exit('error: timed out')", seconds=60))


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="no /proc to look at here")
def test_what_it_left_running_keeps_nobody_and_is_ended():
    child = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid)"
    start = time.perf_counter()
    done = run(sys.executable, "-c", child, seconds=60)
    assert time.perf_counter() - start < 30
    pid = int(done.stdout)
    for _ in range(100):  # until its new parent has taken note of its end
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
                ended = stat.read().rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            ended = True
        if ended:
            return
        time.sleep(0.1)
    pytest.fail("still running")
