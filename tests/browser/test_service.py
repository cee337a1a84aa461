"""The live shelf in a browser: a listener is chosen, a play is clicked, the list changes; and everybody can read it."""

from __future__ import annotations

import json

import pytest

from tests.arena.serving import said
from tests.browser.test_arena import AUDIT, browser, opened  # noqa: F401 (a fixture)
from tests.browser.test_lab import CHROMIUM
from tests.service.serving import MARKUP, Service, made

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture
def service(tmp_path):
    """A service that runs; ``service.address`` is where."""
    made(tmp_path)
    found = Service(tmp_path)
    try:
        found.address = found.start()
        yield found
    finally:
        found.end()


def shown(page) -> list[str]:
    return [text.removesuffix(" (new)") for text in page.locator("#list li span").all_inner_texts()]


def ask_for(page, user: str) -> None:
    page.get_by_label("Listener").fill(user)
    page.get_by_role("button", name="Show the list").click()
    page.locator("#state").get_by_text(f"{user}: ").wait_for()


def test_a_play_is_clicked_and_the_list_changes(service, browser):  # noqa: F811
    page = opened(browser, service.address + "/")
    page.locator("#known option").first.wait_for(state="attached")
    ask_for(page, "u03")
    told = said(service.address, "/api/list?user=u03")[1]
    assert shown(page) == [one["title"] for one in told["list"]]
    first = shown(page)[0]
    page.get_by_role("button", name=f"Played: {first}").click()
    page.locator("#state").get_by_text(f"u03: {told['heard'] + 1} tracks heard").wait_for()
    after = said(service.address, "/api/list?user=u03")[1]
    assert first not in shown(page) and shown(page) == [one["title"] for one in after["list"]]
    new = [one["title"] for one in after["list"] if one["item"] not in {old["item"] for old in told["list"]}]
    assert f"{len(new)} of {len(after['list'])} places are new" in page.locator("#state").inner_text()
    assert page.locator("#list li.new").count() == len(new) >= 1
    assert page.wrong == []


def test_a_restart_loses_nothing_and_the_page_goes_on(service, browser):  # noqa: F811
    page = opened(browser, service.address + "/")
    ask_for(page, "somebody new")
    page.get_by_role("button", name="Played: ").first.click()
    page.locator("#state").get_by_text("1 track heard").wait_for()
    before = shown(page)
    service.kill()
    page.wrong.clear()
    page.get_by_role("button", name="Show the list").click()
    page.locator("#state").get_by_text("fetch").wait_for()  # the browser's own words
    assert service.start() == service.address
    ask_for(page, "somebody new")
    assert shown(page) == before
    page.get_by_role("button", name="Skipped: ").first.click()
    page.locator("#state").get_by_text("2 tracks heard").wait_for()


def test_what_is_refused_is_said_and_a_title_stays_text(service, browser):  # noqa: F811
    page = opened(browser, service.address + "/")
    page.get_by_label("Listener").fill("a\u202eb")
    page.get_by_role("button", name="Show the list").click()
    page.locator("#state").get_by_text("U+202E").wait_for()
    users = said(service.address, "/api/listeners")[1]["listeners"]
    user = next(
        one
        for one in users
        if "t00" in json.dumps(said(service.address, f"/api/list?user={one}&k=10")[1]["list"])
    )
    ask_for(page, user)
    assert MARKUP in shown(page) and page.locator("#list img").count() == 0
    assert [line for line in page.wrong if "400" not in line] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_by_everybody(service, browser, scheme):  # noqa: F811
    """Contrast, the keyboard's order, what a screen reader is told, and no scrolling sideways on a phone."""
    page = opened(browser, service.address + "/", color_scheme=scheme, viewport={"width": 390, "height": 800})
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "user"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.type("u05")
    page.keyboard.press("Enter")
    page.locator("#list li").first.wait_for()
    page.get_by_role("button", name="Played: ").first.click()
    page.locator("#list li.new").first.wait_for()
    seen = page.evaluate(AUDIT)
    assert min(contrast for _, contrast, _ in seen) >= 7, sorted(seen, key=lambda one: one[1])[:3]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tree = page.locator("main").aria_snapshot()
    assert "status" in tree and "list" in tree and 'button "Played: ' in tree
