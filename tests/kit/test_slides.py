"""A lesson's slides: all of the core is on them, and in a browser without a network each one shows whole."""

from __future__ import annotations

import html
import re

import pytest

from recsys_helpers.exercises.registry import load_all
from tests.browser.test_lab import CHROMIUM
from tools import guide, lessons, make_slides

EXERCISES = {one.name: one for one in load_all()}
LESSONS = lessons.all_lessons()
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda one: one.number)


def text_of(piece: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", piece))


@each_lesson
def test_the_core_is_on_the_slides(lesson):
    slides = make_slides.slides_of(lesson, EXERCISES, {})
    text = "\n".join(text_of(piece) for slide in slides for piece in slide.pieces)
    for cell in lesson.code("core"):
        if not re.match(r"guess\w* = \.\.\.", cell.source) and not make_slides._only_imports(cell):
            assert cell.source.strip() in text
    for name in lesson.exercises("core"):
        assert any(name in note for slide in slides for note in slide.notes), (
            f"no answer to {name} for the speaker"
        )
    headings = {cell.section for cell in lesson.prose("core") if cell.level}
    assert headings <= {slide.section for slide in slides}


@each_lesson
def test_each_figure_is_there_with_its_description(lesson):
    slides = make_slides.slides_of(lesson, EXERCISES, {})
    figures = [piece for slide in slides for piece in slide.pieces if piece.startswith("<figure")]
    cells = [cell for cell in lessons.closed_core(lesson, EXERCISES) if cell.has_figure]
    drawn = [
        one["data"]["image/png"]
        for cell in cells
        for one in cell.outputs
        if "image/png" in one.get("data", {})
    ]
    assert len(figures) == len(drawn)
    assert drawn or lesson.number == "07", "a core without a figure: of 07 it is known"
    for figure in figures:
        assert len(re.search(r'alt="([^"]*)"', figure).group(1)) > 20
    printed = "\n".join(one.get("text", "") for cell in cells for one in cell.outputs)
    for figure in figures:
        assert text_of(figure).strip() in printed, "a description is a line that the lesson prints"


@each_lesson
def test_a_page_loads_nothing_but_its_parts(lesson):
    page = make_slides.page(lesson, make_slides.slides_of(lesson, EXERCISES, {}))
    loaded = re.findall(r'<(?:script|link|img|iframe)[^>]*?(?:src|href)="([^"]+)"', page)
    assert loaded and all(one.startswith(("parts/", "data:")) for one in loaded)
    style = (make_slides.PARTS / "slides.css").read_text(encoding="utf-8")
    assert "url(" not in style and "@import" not in style


def test_the_workshops_are_what_is_made_unless_others_are_asked_for(tmp_path, capsys):
    assert make_slides.main(["--out", str(tmp_path)]) == 0
    made = {path.name[:2] for path in tmp_path.glob("*.html")}
    assert made == set(make_slides.WORKSHOP) == {"01", "03", "04", "06", "16"}
    assert capsys.readouterr().out.count(" slides, ") == 5


def test_what_the_guide_says_is_in_the_notes(tmp_path):
    path = tmp_path / "guide.md"
    path.write_text(
        '### Lesson 01: Data\n\n- **At "Sessions":** Ask *why* `30`\n  minutes.\n- **At "Bots":** More.\n\n'
        '### Lesson 02: Other\n\n- **At "Sessions":** Not this.\n',
        encoding="utf-8",
    )
    assert guide.notes("01", path) == {"Sessions": ["<p>Ask why 30 minutes.</p>"], "Bots": ["<p>More.</p>"]}
    cells = [lessons.Cell("markdown", "## Sessions\n\nText.", [], [], "Sessions", 2, "core")]
    (slide,) = make_slides.slides_of(
        lessons.Lesson(tmp_path / "01_x.ipynb", cells), {}, guide.notes("01", path)
    )
    assert slide.notes == ["<p>Ask why 30 minutes.</p>"]


def test_a_formula_that_breaks_over_a_line_stays_one():
    cell = lessons.Cell(
        "markdown", "It holds $a\n> b$ here, and $5 or `$x`. Which? (a) one · (b) two.", [], []
    )
    made = make_slides._prose(cell)
    assert "$a > b$" in html.unescape(made) and "<blockquote" not in made
    assert made.count("<li>") == 2


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@each_lesson
def test_every_slide_shows_whole_without_a_network(lesson, tmp_path):
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    make_slides.write(tmp_path, [lesson])
    wrong = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(offline=True, viewport={"width": 1280, "height": 720}).new_page()
        page.set_default_timeout(300_000)  # a busy machine draws formulas slowly
        page.on("requestfailed", lambda one: wrong.append(f"failed: {one.url}"))
        page.on("pageerror", lambda one: wrong.append(str(one)))
        page.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
        page.on(
            "request",
            lambda one: wrong.append(one.url) if not one.url.startswith(("file:", "data:")) else None,
        )
        page.goto((tmp_path / f"{lesson.path.stem}.html").as_uri())
        page.wait_for_function("window.typeset === true")
        count = page.evaluate("Reveal.getTotalSlides()")
        formulas = 0
        for number in range(count):
            seen = page.evaluate(
                """() => {
                  const slide = Reveal.getCurrentSlide(), inside = slide.querySelector(".fit");
                  fit();
                  return {high: inside.scrollHeight, wide: inside.scrollWidth - inside.clientWidth,
                    size: parseInt(inside.style.fontSize), formulas: slide.querySelectorAll("mjx-container").length,
                    bad: slide.querySelectorAll("mjx-merror").length, text: inside.innerText,
                    missing: [...slide.querySelectorAll("img")].filter(one => !one.naturalWidth).length}
                }"""
            )
            what = f"slide {number}: {seen['text'][:60]!r}"
            if seen["high"] > 700 or seen["wide"] > 1:
                wrong.append(f"{what} does not fit: {seen['high']} high, {seen['wide']} too wide")
            if seen["size"] < 70:
                wrong.append(f"{what} is set in {seen['size']}% of the size")
            if seen["bad"] or seen["missing"]:
                wrong.append(f"{what}: {seen['bad']} broken formulas, {seen['missing']} missing figures")
            formulas += seen["formulas"]
            page.keyboard.press("Space")
        assert page.evaluate("Reveal.isLastSlide()"), "the space bar did not lead to the last slide"
        browser.close()
    assert not wrong
    assert count > 20
    assert formulas or not any("$" in cell.source for cell in lesson.prose("core"))
