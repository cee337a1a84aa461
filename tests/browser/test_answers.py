"""A checked answer as JupyterLab shows it: its colours hold on a light page and a dark one, trusted or not."""

from __future__ import annotations

import json
import re

import nbformat
import pytest

from recsys_helpers.exercises.block import LOOKS, as_html
from tests.browser.test_lab import IDLE, lab, page, pytestmark  # noqa: F401 (fixtures and marks)

TEXT = (
    "f is so: right on 2 of 3 inputs, not on this.\n      f(x=[1, 2])\n      should give 'a < b'\n"
    "      but gives   '<b>'\n  Did you forget the `+ 1`? It counts.\n  hint(\"f\") gives a hint."
)


def written(folder):
    """A notebook that nobody ran here, so that it is not trusted: an answer of each kind among its outputs."""
    cells = []
    for mark in LOOKS:
        cell = nbformat.v4.new_code_cell(f"# {mark}\ncheck(f)", execution_count=1)
        data = {"text/html": as_html(mark, TEXT), "text/plain": f"{mark} {TEXT}"}
        cell.outputs = [nbformat.v4.new_output("display_data", data)]
        cells.append(cell)
    path = folder / "answers.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def colour(hexadecimal: str) -> str:
    red, green, blue = (int(hexadecimal[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


def seen(page, mark):  # noqa: F811
    """Of each piece of text in the block: what it says, its colour, and the ground it stands on."""
    block = page.locator(".jp-OutputArea-output", has_text=f"{LOOKS[mark][0]} {mark}").last
    return block.evaluate(
        """block => {
            const found = [], walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const text = walker.currentNode;
                if (!text.textContent.trim()) continue;
                let ground = text.parentElement;
                while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
                found.push([text.textContent, getComputedStyle(text.parentElement).color,
                    getComputedStyle(ground).backgroundColor]);
            }
            return found;
        }"""
    )


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_colours_of_an_answer_are_a_pair_on_any_page(lab, page, theme, tmp_path):  # noqa: F811
    address, work = lab
    path = written(work)
    server, token = re.fullmatch(r"(.*)/lab/tree/contents\.md\?token=(\w+)", address).groups()
    settings = f"{server}/lab/api/settings/@jupyterlab/apputils-extension:themes"
    words = {"raw": json.dumps({"theme": theme})}
    assert page.request.put(settings, data=words, headers={"Authorization": f"token {token}"}).ok
    page.goto(address)
    page.get_by_role("listitem", name=re.compile(path.name)).first.dblclick()
    page.wait_for_selector(IDLE)
    page.wait_for_function(f"document.body.dataset.jpThemeName === {theme!r}")
    assert page.evaluate("document.body.dataset.jpThemeLight") == ("true" if "Light" in theme else "false")
    for mark, (word, ink, ground) in LOOKS.items():
        pieces = seen(page, mark)
        assert "".join(text for text, _, _ in pieces).startswith(f"{word} {mark} f is so: right on 2 of 3")
        assert {(one, behind) for _, one, behind in pieces} == {(colour(ink), colour(ground))}, pieces
    wide = page.locator(".jp-OutputArea-output pre").last
    assert wide.evaluate("one => getComputedStyle(one).whiteSpace") == "pre-wrap", (
        "a long input is not cut off"
    )
    page.screenshot(path=tmp_path / "answers.png")
