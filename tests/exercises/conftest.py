"""A registry that holds the sample lesson alone, so that a real exercise of the same name is not in the way."""

from __future__ import annotations

import importlib
import sys

import pytest

from recsys_helpers.exercises import check, engine, registry

collect_ignore = [
    "sample_lesson.py"
]  # collected for doctests, it would register its exercises among the real ones

SAMPLE = "tests.exercises.sample_lesson"


def registered() -> dict[str, registry.Exercise]:
    """By name, all exercises of the lessons imported so far."""
    return {name: one for written in registry.LESSONS.values() for name, one in written.items()}


@pytest.fixture
def sample(monkeypatch, tmp_path):
    """The sample lesson, freshly registered; what is solved is noted under ``tmp_path``."""
    monkeypatch.setattr(registry, "LESSONS", {})
    monkeypatch.setattr(registry.lessons, "__path__", [])
    monkeypatch.setattr(engine, "_solved", set())
    monkeypatch.setattr(engine, "_hints_given", {})
    monkeypatch.setenv("RECSYS_WORK", str(tmp_path))
    monkeypatch.delitem(sys.modules, SAMPLE, raising=False)
    yield importlib.import_module(SAMPLE)
    sys.modules.pop(SAMPLE, None)


@pytest.fixture
def said(capsys):
    """Checks an answer (to recall_at_k unless named) and returns what was printed."""

    def answer(own, name="recall_at_k", **settings):
        check(name, own, **settings)
        return capsys.readouterr().out

    return answer
