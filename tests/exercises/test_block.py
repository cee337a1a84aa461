"""An answer is a coloured block in a notebook, and plain text wherever there is none."""

from __future__ import annotations

import re
import subprocess
import sys
import types
from html.parser import HTMLParser
from pathlib import Path

import pytest

from recsys_helpers.exercises import block, check
from recsys_helpers.exercises.block import LOOKS, as_html

ROOT = Path(__file__).resolve().parents[2]
ANSWER = (
    "f is not right yet: right on 2 of 3 inputs, not on this.\n      f(x=[1, 2])\n      should give 'a < b & c'\n"
    "      but gives   '<b>'\n  Did you forget `<` & `>`?\n  hint(\"f\") gives a hint."
)


class Reader(HTMLParser):
    """The text of a block as a browser shows it, and what tags and attributes it uses."""

    def __init__(self):
        super().__init__()
        self.text, self.tags, self.attributes, self.open = "", set(), [], []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes
        self.open.append(tag)
        self.text += "\n" if tag in ("div", "pre") else ""

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, "each tag is closed, and in order"
        self.text += "\n" if tag == "pre" else ""

    def handle_data(self, data):
        self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("mark", LOOKS)
def test_text_and_ground_are_a_pair_that_anybody_can_read(mark):
    """On both, a light page and a dark one: the block brings its own ground. WCAG asks for 4.5, and 7 at its best."""
    _, ink, ground = LOOKS[mark]
    darker, lighter = sorted(map(luminance, (ink, ground)))
    assert (lighter + 0.05) / (darker + 0.05) >= 7
    reader = read(as_html(mark, ANSWER))
    styles = [value for name, value in reader.attributes if name == "style"]
    assert all(f"color: {ink}; background-color: {ground}" in one for one in styles), "each brings both"
    assert len(styles) == len(reader.attributes), "no class, no role: an untrusted notebook loses them"
    assert "var(" not in " ".join(styles)
    assert reader.tags <= {"div", "b", "pre", "code"}


@pytest.mark.parametrize(
    ("mark", "word"), [("✓", "Right"), ("✗", "Not yet"), ("≈", "Another convention"), ("·", "Note")]
)
def test_the_word_stands_first_beside_the_mark(mark, word):
    assert read(as_html(mark, "f is so.")).text == f"\n{word} {mark} f is so."


def test_what_is_said_is_said_in_the_block_and_nothing_is_taken_for_a_tag():
    html = as_html("✗", ANSWER)
    assert "<b>'" not in html and "'<b>" not in html
    assert read(html).text.split("\n") == [
        "",
        "Not yet ✗ f is not right yet: right on 2 of 3 inputs, not on this.",
        "f(x=[1, 2])",
        "should give 'a < b & c'",
        "but gives   '<b>'",
        "",
        "Did you forget < & >?",
        'hint("f") gives a hint.',
    ]
    assert re.search(r"<code [^>]+>&lt;</code> &amp; <code [^>]+>&gt;</code>", html)


def test_an_input_at_the_end_and_an_empty_line_are_shown_too():
    assert read(as_html("✗", "a\n      f(1)\n\n  b\n      f(2)")).text == "\nNot yet ✗ a\nf(1)\n\nb\nf(2)\n"


@pytest.mark.parametrize(
    "nasty", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;", '"><b>', "`<b>`"]
)
def test_html_of_a_learner_is_shown_as_such(nasty):
    reader = read(as_html("✗", f"f\n      f('{nasty}')\n  {nasty}"))
    assert reader.tags <= {"div", "b", "pre", "code"}
    assert nasty.strip("`") in reader.text


# ---- where there is a notebook, and where not ----


@pytest.fixture
def shell(monkeypatch):
    """Puts an IPython in place whose shell has a kernel or not; gives what was displayed."""
    shown = []

    def make(**shell):
        ipython, display = types.ModuleType("IPython"), types.ModuleType("IPython.display")
        ipython.get_ipython = lambda: types.SimpleNamespace(**shell) if shell else None
        display.display = lambda data, raw: shown.append((data, raw))
        monkeypatch.setitem(sys.modules, "IPython", ipython)
        monkeypatch.setitem(sys.modules, "IPython.display", display)
        return shown

    return make


@pytest.mark.usefixtures("sample")
def test_in_a_kernel_the_block_comes_with_the_same_as_plain_text(shell, capsys):
    shown = shell(kernel=object())
    check("why_zeros_mislead", "a")
    (data, raw) = shown[0]
    assert raw is True and len(shown) == 1
    assert set(data) == {"text/html", "text/plain"}
    assert data["text/plain"].startswith("✗ why_zeros_mislead: a is not right yet.\n  A zero")
    assert data["text/html"] == as_html("✗", data["text/plain"].removeprefix("✗ "))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("inside", [{}, {"kernel": None}, {"prompt": 1}])
@pytest.mark.usefixtures("sample")
def test_in_a_terminal_it_is_printed(shell, capsys, inside):
    shown = shell(**inside)
    check("why_zeros_mislead", "b")
    assert shown == []
    assert capsys.readouterr().out.startswith("✓ why_zeros_mislead is right.\n")


@pytest.mark.usefixtures("sample")
def test_half_an_ipython_is_none(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "IPython", types.ModuleType("IPython"))
    check("why_zeros_mislead", "b")
    assert capsys.readouterr().out.startswith("✓")


def test_ipython_is_not_imported_where_there_is_none():
    code = (
        "import sys\n"
        "sys.modules['IPython'] = None  # an import of it would raise\n"
        "from recsys_helpers.exercises import check, hint, progress, show_guess, solution\n"
        "check('what_a_zero_says', 'c'); hint('share_heard'); solution('share_heard'); progress('00'); show_guess(3)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("✓ what_a_zero_says is right.\n")


def test_signs_that_a_console_has_not_are_words():
    assert set(block.PLAIN) >= set(LOOKS)
