"""The Arena in a browser: a teacher starts weeks, two clients hand in, the board moves; and everybody can read it."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbclient import NotebookClient

from recsys_helpers.arena import join
from recsys_helpers.arena.match import Ground
from tests.arena.conftest import CODE, RULES, Class
from tests.arena.serving import Server, ask
from tests.browser.test_lab import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
MARKUP = "<img src=x onerror=1>"
RIGHT_TO_LEFT = "\u05d0\u05d1\u05d2 42!"  # Hebrew letters, a number, a sign: they change places around them


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def arena(tmp_path):
    """(server, room) of a game that is not played yet."""
    (tmp_path / "game").mkdir()
    room = Class(Ground(RULES, seed=5), tmp_path / "game" / "arena.db")
    server = Server(tmp_path)
    try:
        server.address = server.start()
        yield server, room
    finally:
        server.end()


def opened(browser, address, **settings):
    """A page; anything that goes wrong on it, or that it asks of another host, is an error of the test."""
    context = browser.new_context(reduced_motion="reduce", **settings)
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda line: page.wrong.append(line.text) if line.type == "error" else None)
    page.on(
        "request", lambda asked: page.wrong.append(asked.url) if "//127.0.0.1:" not in asked.url else None
    )
    page.goto(address)
    return page


def names(page) -> list[str]:
    return page.locator("#rows th bdi").all_inner_texts()


def test_a_teacher_starts_two_clients_hand_in_and_the_board_moves(arena, browser, tmp_path, monkeypatch):
    server, room = arena
    monkeypatch.chdir(tmp_path)
    board = opened(browser, server.address + "/", viewport={"width": 1920, "height": 1080})
    desk = opened(browser, f"{server.address}/teacher#{server.key}")
    assert server.key not in desk.url  # it does not stay on the wall
    desk.get_by_text("Week 1 of 2 is open: 0 of 0 teams").wait_for()
    assert CODE in desk.locator("#code").inner_text()
    games = [join(server.address, name, CODE) for name in (MARKUP, RIGHT_TO_LEFT)]
    board.get_by_text("Week 1 of 2 is open: 0 of 2 teams have handed in.").wait_for()
    assert {MARKUP, RIGHT_TO_LEFT} <= set(names(board)) and board.locator("#rows img").count() == 0
    for game in games:
        game.submit(dict.fromkeys(game.listeners[:20], game.chart[:10]))
    board.get_by_text("2 of 2 teams have handed in.").wait_for()
    desk.locator("#roll").get_by_text("at ").nth(1).wait_for()
    desk.get_by_label("Take lists for").fill("10")
    desk.get_by_role("button", name="Set the deadline").click()
    board.get_by_text(re.compile(r"Until the deadline: (10:00|9:\d\d)\.")).wait_for()
    desk.get_by_role("button", name="Start week 1").click()
    board.get_by_text("Week 2 of 2 is open").wait_for()
    assert [game.wait(600) for game in games] == [2, 2]
    rows = json.loads(ask(server.address, "/board.json")[2])["rows"]
    board.locator("#rows .bars").first.wait_for()
    assert names(board) == [row["team"] for row in rows]
    for shown, row in zip(board.locator("#rows tr").all(), rows, strict=True):
        text = shown.inner_text()
        half = 100 * (row["high"] - row["low"]) / 2
        assert f"{abs(100 * row['lead']):.1f} ± {half:.1f}" in text and f"{row['hours'][0]:.1f}" in text
        assert text.split("\t")[0].strip() == str(row["place"]) and ("house" in text) == row["house"]
        bar = shown.locator(".bars i").first.bounding_box()
        box = shown.locator(".bars").bounding_box()
        reach = max(max(abs(one["low"]), abs(one["high"]), 0.01) for one in rows)
        assert bar["width"] / box["width"] == pytest.approx(0.48 * abs(row["lead"]) / reach, abs=0.01)
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Download as CSV").click()
    assert "onerror" in download.value.path().read_text(encoding="utf-8-sig")
    desk.get_by_role("button", name="Start week 2").click()
    board.get_by_text("The game is over").wait_for()
    board.get_by_text("Oracle").wait_for()
    board.screenshot(path=tmp_path / "board.png")
    assert board.wrong == [] and desk.wrong == []


NOTEBOOK = """
from recsys_helpers.arena import join
game = join({address!r}, team={team!r}, code={code!r})
lists = dict.fromkeys(game.listeners, game.chart[{first}:{first} + 10])
print(game.submit(lists))
---
print("the open week is now", game.wait(600))
---
own = game.board().set_index("team").loc[{team!r}]
print(len(game.log()) > 0, own["place"] >= 1, round(own["hours"], 3))
"""


def test_two_notebooks_hand_in_while_a_teacher_watches(arena, browser, tmp_path):
    """Each in a kernel and folder of its own, as learners have them; the teacher starts the week when both are in."""
    server, _ = arena
    board, desk = (
        opened(browser, server.address + "/"),
        opened(browser, f"{server.address}/teacher#{server.key}"),
    )
    clients = []
    for team, first in (("Otters", 0), ("Owls", 5)):
        cells = NOTEBOOK.format(address=server.address, team=team, code=CODE, first=first).split("---")
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell.strip()) for cell in cells])
        (tmp_path / team).mkdir()
        resources = {"metadata": {"path": str(tmp_path / team)}}
        clients.append(NotebookClient(made, timeout=900, kernel_name="python3", resources=resources))
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(client.execute) for client in clients]
        board.get_by_text("2 of 2 teams have handed in.").wait_for(timeout=300_000)
        desk.get_by_role("button", name="Start week 1").click()
        board.get_by_text("Week 2 of 2 is open").wait_for(timeout=300_000)
        found = [run.result(900) for run in runs]
    shown = dict(zip(names(board), board.locator("#rows tr").all_inner_texts(), strict=True))
    for team, notebook in zip(("Otters", "Owls"), found, strict=True):
        said = [cell["outputs"][0]["text"].strip() for cell in notebook.cells]
        assert (
            re.match(rf"{team}, week 1: lists of \d+ listeners", said[0])
            and said[1] == "the open week is now 2"
        )
        there, placed, hours = said[2].split()
        assert (there, placed) == ("True", "True") and f"{float(hours):.1f}" in shown[team]
        assert list((tmp_path / team).glob(".arena-*.token"))
    assert len({said.cells[0]["outputs"][0]["text"] for said in found}) == 2
    assert board.wrong == [] and desk.wrong == []


def test_a_room_without_a_network(arena, browser, tmp_path):
    """A team's parcel comes from the desk, its hand-in goes back to the desk, and nothing else passes between them."""
    server, room = arena
    desk = opened(browser, f"{server.address}/teacher#{server.key}", accept_downloads=True)
    desk.get_by_label("A team that plays by files").fill("Islanders")
    desk.get_by_role("button", name="Add it").click()
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Parcel: Islanders").click()
    assert download.value.suggested_filename == "Islanders-week-1.arena"
    game = join(download.value.path())
    game.submit(dict.fromkeys(game.listeners, game.chart[:10]), file=tmp_path / "week.json")
    (tmp_path / "other.json").write_text("[]", encoding="utf-8")
    desk.get_by_label("Hand-ins that teams wrote").set_input_files(
        [tmp_path / "week.json", tmp_path / "other.json"]
    )
    desk.get_by_role("button", name="Upload").click()
    desk.get_by_text(
        f"week.json: Islanders, week 1, lists of {len(game.listeners)} listeners · other.json: This is a list"
    ).wait_for()
    desk.get_by_text(re.compile("at .*, by file")).wait_for()
    assert room.league.state()["handed_in"] == 1
    wrong = opened(browser, f"{server.address}/teacher#no-such-key")
    wrong.get_by_text("This needs the teacher's key").wait_for()
    assert wrong.get_by_role("button", name="Start").is_disabled()


def test_the_board_comes_back_after_the_server_was_killed(arena, browser):
    server, room = arena
    board = opened(browser, server.address + "/")
    board.get_by_text("Week 1 of 2 is open").wait_for()
    server.kill()
    board.get_by_text("does not answer; this page asks again").wait_for()
    server.start()
    board.get_by_text("Week 1 of 2 is open").wait_for()


AUDIT = """() => {  // of each piece of text: what it says, its contrast (WCAG 2.2), its size in pixels
    const straight = (c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
    const light = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((c) => straight(c / 255));
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const none = "rgba(0, 0, 0, 0)", style = (at) => getComputedStyle(at);
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const at = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
        if (!text || !at.getClientRects().length || at.disabled) continue;
        let under = at;
        while (under.parentElement && style(under).backgroundColor === none) under = under.parentElement;
        const both = [light(style(at).color), light(style(under).backgroundColor)];
        const contrast = (Math.max(...both) + .05) / (Math.min(...both) + .05);
        found.push([text, contrast, parseFloat(style(at).fontSize)]);
    }
    return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_by_everybody(arena, browser, scheme):
    """Contrast, size, the keyboard's order, what a screen reader is told, and bars that differ without their colour."""
    server, room = arena
    room.hand_in(room.enter("Otters"), seed=1)
    room.play()
    room.enter("W" * 24)
    size = {"width": 1920, "height": 1080}
    board = opened(browser, server.address + "/", viewport=size, color_scheme=scheme)
    board.locator("#rows .bars").first.wait_for()
    seen = board.evaluate(AUDIT)
    assert min(contrast for _, contrast, _ in seen) >= 7, sorted(seen, key=lambda one: one[1])[:3]
    assert min(size for text, _, size in seen if text in names(board)) >= 28  # pixels of 1,080
    assert board.evaluate("document.documentElement.scrollWidth <= innerWidth")
    styles = board.evaluate(
        """() => ["tr.house", "tr:not(.house)"].map((row) =>
            getComputedStyle(document.querySelector(`#rows ${row} .bars i`)).backgroundImage)"""
    )
    assert styles[0].startswith("repeating-linear-gradient") and styles[1] == "none"
    tree = board.locator("main").aria_snapshot()
    assert "table" in tree and "status" in tree and re.search(r'rowheader "Otters"', tree), tree
    assert re.search(r"week 1: ?\d", tree)
    before = board.evaluate("getComputedStyle(document.body).backgroundColor")
    board.keyboard.press("Tab")
    assert board.evaluate("document.activeElement.id") == "theme"
    assert board.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    board.keyboard.press("Enter")
    assert board.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert min(contrast for _, contrast, _ in board.evaluate(AUDIT)) >= 7
    desk = opened(browser, f"{server.address}/teacher#{server.key}", color_scheme=scheme)
    desk.get_by_role("button", name="Start week 2").wait_for()
    assert min(contrast for _, contrast, _ in desk.evaluate(AUDIT)) >= 7
    reached = set()
    for _ in range(40):
        desk.keyboard.press("Tab")
        reached.add(desk.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert {
        "start",
        "minutes",
        "lift",
        "least",
        "name",
        "files",
        "results",
        "Parcel",
        "Rename",
        "Let in again",
    } <= reached
    assert board.wrong == [] and desk.wrong == []


@pytest.mark.parametrize("size", [(1920, 940), (1280, 660)], ids=["projector", "laptop"])
def test_a_board_of_ten_teams_is_seen_at_once(arena, browser, size):
    """What a screen of 1,080 lines, or of 800, leaves under the browser's own bars holds six teams and the house's."""
    server, room = arena
    for number in range(6):
        room.enter(f"Team no. {number} of class 4b")
    room.play()
    room.play()
    width, height = size
    board = opened(browser, server.address + "/", viewport={"width": width, "height": height})
    board.get_by_text("Oracle").wait_for()
    assert len(names(board)) == 10
    ends = board.evaluate(
        "[...document.querySelectorAll('#rows tr')].map((row) => row.getBoundingClientRect().bottom)"
    )
    assert max(ends) <= height, ends


def test_on_a_phone_the_page_itself_does_not_scroll_sideways(arena, browser):
    server, room = arena
    room.enter("W" * 24)
    room.play()
    board = opened(browser, server.address + "/", viewport={"width": 390, "height": 800})
    board.locator("#rows .bars").first.wait_for()
    assert board.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk = opened(browser, f"{server.address}/teacher#{server.key}", viewport={"width": 390, "height": 800})
    desk.get_by_role("button", name="Start week 2").wait_for()
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
