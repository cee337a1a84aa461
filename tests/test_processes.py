"""The runner that the heavy tests stand on: nothing a program does may keep them."""

from __future__ import annotations

import os
import sys

import pytest

from tests.processes import network_failed, run, until


def test_what_is_printed_and_the_code_come_back():
    done = run(
        sys.executable,
        "-c",
        "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)",
        seconds=600,
    )
    assert done.returncode == 3
    assert sorted(done.stdout.split()) == ["err", "out"]


def test_an_input_that_never_comes_is_empty():
    assert "EOFError" in run(sys.executable, "-c", "input()", seconds=600).stdout


def test_the_environment_is_the_one_given():
    done = run(
        sys.executable,
        "-c",
        "import os; print(os.environ.get('HOT'), os.environ.get('COLD'))",
        seconds=600,
        environment={**{k: v for k, v in os.environ.items() if k != "COLD"}, "HOT": "1"},
    )
    assert done.stdout.split() == ["1", "None"]


def test_one_that_does_not_end_is_stopped_and_told(tmp_path):
    code = f"import time; print('so far', flush=True); time.sleep(600); open({str(tmp_path / 'woke')!r}, 'x')"
    done = run(sys.executable, "-c", code, seconds=10)
    assert not (tmp_path / "woke").exists()
    assert done.returncode != 0
    assert done.stdout.startswith("so far") and "did not end within 10 seconds" in done.stdout
    assert network_failed(done)


def test_a_wrong_package_is_no_matter_of_the_network():
    say = "import sys; print('No solution found when resolving dependencies'); sys.exit(1)"
    assert not network_failed(run(sys.executable, "-c", say, seconds=600))
    assert not network_failed(run(sys.executable, "-c", "print('timed out')", seconds=600))
    assert network_failed(run(sys.executable, "-c", "import sys; sys.exit('error: timed out')", seconds=600))


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="no /proc to look at here")
def test_what_it_left_running_keeps_nobody_and_is_ended(tmp_path):
    late = f"import time; time.sleep(600); open({str(tmp_path / 'woke')!r}, 'x')"
    child = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {late!r}]).pid)"
    done = run(sys.executable, "-c", child, seconds=600)
    assert not (tmp_path / "woke").exists(), "it was waited for"
    pid = int(done.stdout)

    def ended():
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
                return stat.read().rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            return True

    until(ended, "its end")  # its new parent takes note of it in its own time


def test_what_does_not_come_is_named():
    assert until(lambda: "here", "nothing") == "here"
    with pytest.raises(AssertionError, match="the rain did not come within 0.2 seconds"):
        until(lambda: False, "the rain", seconds=0.2)
