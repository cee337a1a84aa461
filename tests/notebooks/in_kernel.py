"""What the tests run inside a lesson's kernel, beside the lesson's own cells: it leaves none of their names changed."""

from __future__ import annotations

from recsys_helpers import plots

_own: dict = {}  # what the solved cells have made so far: a learner's answers
_sliders: list[tuple] = []  # (draw, values) of each slider that the lesson made


def solved(space: dict, source: str) -> None:
    """Run some code on a copy of the lesson's names and of what such code has made before."""
    names = {**space, **_own}
    before = dict(names)
    exec(compile(source, "a solved exercise", "exec"), names)
    _own.update({name: value for name, value in names.items() if before.get(name, _own) is not value})


def watch_sliders() -> None:
    """Take note of each slider that is made from now on."""
    made = plots.slider

    def noted(draw, what, value, values):
        _sliders.append((draw, list(values)))
        return made(draw, what, value, values)

    plots.slider = noted


def move_sliders() -> None:
    """Move each slider to both its ends: what it draws must not rest on names that mean something else by now."""
    for draw, values in _sliders:
        draw(values[0])
        draw(values[-1])
