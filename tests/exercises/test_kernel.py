"""In a real kernel: whatever a learner's function does, there is a message, and the next cell runs."""

from __future__ import annotations

import time

import nbformat
import pytest
from jupyter_client.manager import KernelManager

from tools.build_notebooks import execute, kernel_environment

BEGIN = """
import time, sys
import numpy as np
from recsys_helpers.exercises import registry
registry.lessons.__path__ = []  # the sample alone
import tests.exercises.sample_lesson as sample
from recsys_helpers.exercises import check, hint, judge, limits, progress, solution
judge.LIMITS = limits.Limits(computing=0.5, waiting=600, clock=600)
"""
LOOP = "took over 0.5 seconds and was stopped"
BODIES = {
    "an endless loop": ("while True: pass", LOOP),
    "one that catches Exception": (
        "while True:\n        try: int('x')\n        except Exception: pass",
        LOOP,
    ),
    "one that catches everything": ("while True:\n        try: int('x')\n        except: pass", LOOP),
    "a sleep": ("time.sleep(3600)", "was stopped after 0.5 seconds in which it hardly computed"),
    "an endless print": ("while True: print('x' * 1000)", LOOP),
    "a gigabyte": ("print('x' * 10**9)", "✗ recall_at_k"),
    "a megabyte": ("print('x' * 10**6); return 0.77", "Your code printed:\n      xxx"),
    "input": ("return input('k? ')", "calls input()"),
    "exit": ("exit()", "calls exit()"),
    "quit": ("quit()", "calls quit()"),
    "sys.exit": ("sys.exit(3)", "ends the program"),
    "NaN": ("return float('nan')", "nan is not a number"),
    "the end of a generator": ("raise GeneratorExit", "but your code raised GeneratorExit"),
    "an endless iterator": ("import itertools; return itertools.count()", "does it ever end?"),
    "a module": ("return np", "but gives   the module numpy"),
    "HTML": ("return '<b>bold</b>'", "but gives   '<b>bold</b>'"),
    "mutation": ("relevant.clear(); return 0.0", "✗"),
    "a wrong type": ("return [k]", "but gives   [3]"),
    "recursion": ("return recall_at_k(recommended, relevant, k)", "RecursionError"),
    "an error": ("return len(recommended) / 0", "line 3: return len(recommended) / 0"),
    "nothing": ("...", "not attempted yet"),
    "a right answer": (
        "return len(set(recommended[:k]) & relevant) / max(1, len(relevant))",
        "✓ recall_at_k is right",
    ),
}


def cells_of(bodies):
    """A cell that defines and checks each; a sleep has little time by the clock, all others as much as they like."""
    made = []
    for body, _ in bodies.values():
        wait = 0.5 if "sleep" in body else 600
        made.append(
            f"judge.LIMITS = limits.Limits(computing=0.5, waiting={wait}, awake=0.5, clock=600)\n"
            f"def recall_at_k(recommended, relevant, k):\n    {body}\n\ncheck(recall_at_k)"
        )
    return made


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """All bodies, one after the other in one kernel, each followed by a cell that must still run; then twice more."""
    codes = [BEGIN]
    for code in cells_of(BODIES):
        codes += [code, "print(6 * 7)"]
    codes += [
        "recall_at_k = check(recall_at_k)\nassert recall_at_k is not sample.recall_at_k",
        "progress()",
        "limits.HAS_ALARM = False",
        *cells_of(
            {
                name: BODIES[name]
                for name in ("an endless loop", "one that catches Exception", "a right answer")
            }
        ),
        "print(6 * 7)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in codes])
    execute(notebook, tmp_path_factory.mktemp("kernel"), timeout=60)  # raises if any cell does
    return notebook.cells


def text_of(cell) -> str:
    """What is printed, and of an answer what is said where no HTML can be shown."""
    for output in cell.outputs:
        if output.output_type == "display_data":
            assert output.data["text/html"].startswith("<div style=")
        else:
            assert (output.output_type, output.name) == ("stream", "stdout"), cell.outputs
    return "".join(output.get("text") or output.data["text/plain"] + "\n" for output in cell.outputs)


@pytest.mark.parametrize("name", BODIES)
def test_there_is_a_message_and_the_kernel_lives_on(ran, name):
    place = 1 + 2 * list(BODIES).index(name)
    text = text_of(ran[place])
    assert BODIES[name][1] in text
    assert len(text) < 2000, "what is printed has a cap"
    assert "site-packages" not in text and "ipykernel" not in text
    assert text_of(ran[place + 1]) == "42\n"


def test_the_learners_function_is_handed_back_and_progress_remembers(ran):
    after = 1 + 2 * len(BODIES)
    assert text_of(ran[after]).startswith("✓")
    assert text_of(ran[after + 1]).startswith("Lesson lesson: 1 of 8 solved")


def test_without_an_alarm_too(ran):
    assert [LOOP in text_of(cell) for cell in ran[-4:-2]] == [True, True]
    assert text_of(ran[-2]).startswith("✓")
    assert text_of(ran[-1]) == "42\n"


def test_the_stop_button_is_a_message(tmp_path):
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(env=kernel_environment(str(tmp_path)), cwd=str(tmp_path))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        client.execute_interactive(BEGIN + "judge.LIMITS = limits.Limits()", timeout=60)
        code = "def recall_at_k(recommended, relevant, k):\n    while True: pass\n\nprint('go')\ncheck(recall_at_k)"
        said = []

        def hear(message):
            if message["msg_type"] in ("stream", "display_data"):
                content = message["content"]
                said.append(content["text"] if "text" in content else content["data"]["text/plain"])
                if "go" in said[-1]:
                    time.sleep(0.3)
                    manager.interrupt_kernel()

        reply = client.execute_interactive(code, timeout=25, output_hook=hear)
        assert reply["content"]["status"] == "ok"
        assert "".join(said) == "go\n· Stopped, as you asked."
        assert (
            client.execute_interactive("1 + 1", timeout=25, output_hook=lambda message: None)["content"][
                "status"
            ]
            == "ok"
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
