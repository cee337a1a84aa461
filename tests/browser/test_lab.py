"""JupyterLab in a browser, as a learner meets it: nothing is asked, a lesson runs to its end, an answer is judged.

On its way it takes the picture that the README shows. It keeps it to itself, unless RECSYS_PICTURE names a file to
write it to, which is what `make pictures` does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.conftest import real_data
from tests.notebooks.lessons import NEEDS_LASTFM, NOTEBOOKS
from tests.processes import until

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "images" / "lab.png"
WINDOW = {"width": 1400, "height": 900}
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HAVE_LASTFM = real_data("lastfm-2k", "user_artists.dat") is not None
LESSONS = [path for path in NOTEBOOKS if HAVE_LASTFM or not path.name.startswith(NEEDS_LASTFM)]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not LESSONS, reason="there is no lesson that can run here"),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """(address, learner's folder) of a JupyterLab that `recsys_helpers lab` serves to nobody else."""
    folder = tmp_path_factory.mktemp("lab")
    work, log = folder / "my lessons", folder / "lab.log"
    home = folder / "home"
    home.mkdir()
    environment = {**os.environ, "RECSYS_WORK": str(work), "HOME": str(home), "PYTHONPATH": str(ROOT)}
    with open(log, "w", encoding="utf-8") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "recsys_helpers", "lab", "--no-browser"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:

        def address():
            printed = log.read_text(encoding="utf-8")
            assert server.poll() is None, printed
            return re.search(r"http://127\.0\.0\.1:\d+/lab/tree/contents\.md\?token=\w+", printed)

        yield until(address, "the address").group(), work
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=600)


@pytest.fixture
def page(lab, tmp_path):
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport=WINDOW, device_scale_factor=2)
        page.set_default_timeout(600_000)
        yield page
        page.screenshot(
            path=tmp_path / "last.png"
        )  # what was to be seen at the end, for who looks into a failure
        browser.close()


def printed(cells) -> list[str]:
    texts = [
        [out.get("text", "") or out.get("data", {}).get("text/plain", "") for out in one.outputs]
        for one in cells
    ]
    return ["".join(text) for text in texts]


IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"


def open_lesson(page, address, lesson):
    """The lesson, opened from the file browser, with a kernel that waits."""
    page.goto(address)
    page.get_by_role("listitem", name=re.compile(re.escape(lesson))).first.dblclick()
    page.wait_for_selector(IDLE)
    page.get_by_text("| Idle").wait_for()


def code_of(copy):
    """The code cells of a copy as it lies on disk; none while it is being written."""
    try:
        cells = nbformat.read(copy, as_version=4).cells
    except nbformat.reader.NotJSONError:
        return []
    return [c for c in cells if c.cell_type == "code" and c.source.strip()]


def run_all(page, copy):
    """Run all cells, save, and return the code cells of the saved copy."""

    def saved():
        if not any(cell.execution_count for cell in code_of(copy)):
            # A command that comes while the kernel connects is dropped, so it is given until it works.
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.locator('[data-command="runmenu:run-all"]').click()
            time.sleep(2)
        page.wait_for_selector(IDLE)
        page.keyboard.press("Control+s")
        time.sleep(1)
        code = code_of(copy)
        return bool(code) and all(cell.execution_count for cell in code)

    until(saved, "the last cell's end", seconds=1200)
    return code_of(copy)


def test_the_first_lesson_runs_to_its_end(lab, page):
    address, work = lab
    lesson = LESSONS[0].name
    open_lesson(page, address, lesson)
    assert page.locator(".jp-Dialog").count() == 0, "JupyterLab asks something: see recsys_helpers/jupyter"
    assert page.get_by_text("Would you like to get notified about official Jupyter news").count() == 0
    code = run_all(page, work / lesson)
    assert not [out.ename for cell in code for out in cell.outputs if out.output_type == "error"]
    shipped = nbformat.read(ROOT / "notebooks" / lesson, as_version=4).cells
    assert printed(code) == printed(c for c in shipped if c.cell_type == "code" and c.source.strip())
    figures = page.locator(".jp-CodeCell", has_text="Podcasts go to work").locator("img")
    figures.first.scroll_into_view_if_needed()
    assert figures.first.evaluate("image => image.naturalWidth") > 300


TASK = '''def share_heard(seconds, duration):
    """The share of a track that was heard."""
    return {}

share_heard = check(share_heard)'''
WRONG, RIGHT = TASK.format("min(seconds / duration, 1)"), TASK.format("min(max(seconds / duration, 0), 1)")


def take_picture(page, top, bottom, shown, path):
    """The window from the menu to the cell ``bottom`` as a PNG under 200 kB that says in words what it shows."""
    page.set_viewport_size({"width": 1160, "height": 680})
    top.evaluate("cell => cell.scrollIntoView({block: 'start'})")
    page.mouse.move(0, 0)  # or what lies under the pointer would be lit
    time.sleep(1)  # the notebook is drawn anew, bit by bit
    end = bottom.bounding_box()
    height = min(end["y"] + end["height"] + 4, 656)  # below that is the line of states
    clip = {"x": 0, "y": 0, "width": 1160, "height": height}
    page.screenshot(path=path, clip=clip)
    page.set_viewport_size(WINDOW)
    about = PngInfo()
    about.add_itxt("Description", shown)
    with Image.open(path) as image:
        few = image.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    few.save(path, optimize=True, pnginfo=about)
    assert path.stat().st_size < 200_000
    if os.environ.get("RECSYS_PICTURE"):
        shutil.copyfile(path, ROOT / os.environ["RECSYS_PICTURE"])


def test_an_answer_is_judged_and_found_again_after_a_reload(lab, page, tmp_path):
    address, work = lab
    copy = work / "00_start_here.ipynb"
    open_lesson(page, address, copy.name)
    run_all(page, copy)
    cell = page.locator(".jp-CodeCell", has_text="share_heard = check(share_heard)")

    def answer(code, sign):
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(code)
        page.keyboard.press("Control+Enter")
        said = cell.locator(".jp-OutputArea-output").filter(has_text=sign)
        said.wait_for()
        return said.inner_text()

    wrong = answer(WRONG, "✗")
    assert "should give 0" in wrong and "What becomes of seconds below 0?" in wrong
    task = page.locator(".jp-MarkdownCell", has_text="Put your answer in place of")
    shown = "\n\n".join((task.inner_text().strip(), WRONG, wrong.strip()))
    after = page.locator(".jp-MarkdownCell", has_text="gives back your function if it is right")
    take_picture(page, task, after, shown, tmp_path / "lab.png")
    with Image.open(PICTURE) as picture:
        # A picture of other words than a learner sees now is an old one.
        assert picture.text["Description"] == shown, "run make pictures"
    assert answer(RIGHT, "✓").startswith("Right ✓ share_heard is right.")
    assert json.loads((work / ".progress.json").read_text(encoding="utf-8")) == {"solved": ["share_heard"]}

    page.keyboard.press("Control+s")
    until(lambda: RIGHT in [cell.source for cell in code_of(copy)], "the saved copy")
    page.reload()
    page.wait_for_selector(IDLE)
    page.get_by_text("| Idle").wait_for()
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content", has_text="return min(max(seconds / duration, 0), 1)").wait_for()
    cell.locator(".jp-OutputArea-output", has_text="✓ share_heard is right.").wait_for()
