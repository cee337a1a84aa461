"""The site: links that are added to prose, and in a browser without a network each page whole, searchable, accessible.

``axe.min.js.gz`` is axe-core 4.14.1, as npm gives it (Mozilla Public License 2.0; the notice stands at its head).
"""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

from tests.browser.test_lab import CHROMIUM
from tools import lessons, make_site
from tools.lessons import ROOT
from tools.site_links import Linker, Term, Work, glossary, references, slug

AXE = Path(__file__).with_name("axe.min.js.gz")
TERMS = [
    Term(("hit rate",), "term-hit-rate", "06"),
    Term(("rate",), "term-rate", "05"),
    Term(("A/B test",), "term-a-b-test", "07"),
]
WORKS = [Work("Hu", frozenset({"2008"}), "ref-hu-2008", frozenset({"04", "06"}))]


def linker(number: str = "06") -> Linker:
    return Linker(number, TERMS, WORKS, "g.md", "r.md")


# ---- what is added to prose ---------------------------------------------------------------------------------------


def test_a_term_is_linked_at_its_first_place_and_the_longest_name_wins():
    link = linker()
    assert link("A rate, a hit rate.") == "A [rate](g.md#term-rate), a [hit rate](g.md#term-hit-rate)."
    assert link("The hit rate again, and a rate.") == "The hit rate again, and a rate."


@pytest.mark.parametrize(
    "text",
    [
        "`hit rate`",
        "$hit rate$",
        "[hit rate](x.md)",
        "## Hit rate",
        "```\nhit rate\n```",
        "<b title='hit rate'>",
    ],
)
def test_no_link_is_put_into_code_formulas_links_or_headings(text):
    assert linker()(text) == text


def test_a_word_that_only_contains_a_term_is_none():
    assert linker()("accurate, rates, hit-rate") == "accurate, rates, hit-rate"


def test_a_term_of_a_later_lesson_is_not_linked():
    assert linker("05")("A hit rate.") == "A hit [rate](g.md#term-rate)."
    assert "A/B" in linker()("an A/B test") and "](" not in linker()("an A/B test")


def test_the_terms_at_the_end_are_all_linked():
    link = linker()
    link("hit rate")
    text = "**Terms**: hit rate 命中率 · rate\n比率 · unknown 未知."
    assert link(text) == (
        "**Terms**: [hit rate](g.md#term-hit-rate) 命中率 · [rate](g.md#term-rate)\n比率 · unknown 未知."
    )


def test_works_and_their_numbers_are_linked():
    said = linker()("Hu et al. 2008, doi:10.1/x.y, and arXiv:1905.03375; Hu 2007.")
    assert "[Hu et al. 2008](r.md#ref-hu-2008)" in said
    assert "[doi:10.1/x.y](https://doi.org/10.1/x.y), and" in said
    assert "[arXiv:1905.03375](https://arxiv.org/abs/1905.03375);" in said
    assert said.endswith("Hu 2007.")
    assert "](r.md" not in linker("05")("Hu et al. 2008")  # which lesson 05 is not said to cite


def test_each_term_and_each_work_has_a_place_of_its_own():
    page, terms = glossary((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))
    anchors = [term.anchor for term in terms]
    assert len(set(anchors)) == len(anchors) > 150
    assert all(f"{{#{anchor}}}" in page for anchor in anchors)
    text = (ROOT / "docs" / "references.md").read_text(encoding="utf-8")
    page, works = references(text)
    assert len({work.anchor for work in works}) == len(works) == len(re.findall("^- ", text, re.MULTILINE))
    assert all(f"{{#{work.anchor}}}" in page for work in works)
    hu = next(work for work in works if work.anchor == slug("ref Hu 2008"))
    assert hu.author == "Hu" and "04" in hu.cited_by


def test_a_page_of_a_lesson_has_links_descriptions_and_no_slider():
    _, terms = glossary((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))
    _, works = references((ROOT / "docs" / "references.md").read_text(encoding="utf-8"))
    path = next(one for one in lessons.paths() if one.stem.startswith("06"))
    shown, whole = make_site.lesson_page(path, terms, works), nbformat.read(path, as_version=4)
    assert [one.source for one in shown.cells if one.cell_type == "code"] == [
        one.source for one in whole.cells if one.cell_type == "code"
    ]
    prose = "\n".join(one.source for one in shown.cells if one.cell_type == "markdown")
    assert prose.count("glossary.md#term-") > 20 and prose.count("references.md#ref-") >= 5
    for cell, before in zip(shown.cells, whole.cells, strict=True):
        figures = [one for one in before.get("outputs", []) if "image/png" in one.get("data", {})]
        for figure in figures:
            assert cell.metadata["mystnb"]["image"]["alt"] == figure.metadata["image/png"]["alt"]
        kinds = [kind for one in cell.get("outputs", []) for kind in one.get("data", {})]
        assert make_site.DRAWN not in kinds


def test_every_document_that_a_page_links_to_is_a_page():
    pages = {page for group in make_site.PAGES.values() for page in group}
    for page in [*pages, "README.md"]:
        for _, target in make_site.LINK.findall((ROOT / page).read_text(encoding="utf-8")):
            if "://" not in target and target.endswith(".md"):
                linked = (ROOT / page).parent.joinpath(target).resolve().relative_to(ROOT).as_posix()
                assert linked in {*pages, "README.md"}, f"{page} links to {linked}: name it in PAGES"


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no site. Name another folder"):
        make_site.write(tmp_path)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years"


# ---- the pages themselves -----------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page names and what it points to."""

    def __init__(self, text: str):
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.names.add(found.get("id") or "")
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag in ("img", "script", "iframe") and found.get("src"):
            self.loads.append(found["src"])
        if tag == "link" and found.get("rel") not in ("next", "prev", "index", "search", "canonical"):
            self.loads.append(found["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, made once."""
    out = tmp_path_factory.mktemp("site") / "site"
    assert make_site.write(out) == len(lessons.paths())
    return out


@pytest.mark.slow
@pytest.mark.xdist_group("site")
def test_every_link_leads_somewhere_and_nothing_is_loaded_from_elsewhere(site):
    pages = {
        path: Page(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.parts  # the theme's own template
    }
    broken, elsewhere = [], []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            named = pages.get(target)
            if not target.is_file() or (
                parts.fragment and named and unquote(parts.fragment) not in named.names
            ):
                broken.append(f"{path.relative_to(site)}: {link}")
        for one in page.loads:
            parts = urlsplit(one)
            if parts.scheme not in ("", "data") or parts.netloc:
                elsewhere.append(f"{path.relative_to(site)}: {one}")
            elif not parts.scheme and not (path.parent / unquote(parts.path)).is_file():
                broken.append(f"{path.relative_to(site)}: {one}")
    assert not broken and not elsewhere
    shown = [path for path in pages if path.parent.name == "notebooks"]
    assert [one.stem for one in shown] == [one.stem for one in lessons.paths()]
    for before, after in zip(shown, shown[1:], strict=False):
        assert after.name in pages[before].links and before.name in pages[after].links
    for path in lessons.paths():
        assert (site / "downloads" / path.name).read_bytes() == path.read_bytes()
        assert f"../downloads/{path.name}" in pages[site / "notebooks" / f"{path.stem}.html"].links
    assert sum(one.stat().st_size for one in site.rglob("*") if one.is_file()) <= 60e6


TEN = (
    "index notebooks/00_start_here notebooks/03_matrix_factorization_math notebooks/06_evaluation "
    "notebooks/09_the_shelf notebooks/13_sequences_and_attention docs/glossary docs/references docs/instructor "
    "benchmarks/RESULTS"
).split()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.xdist_group("site")
def test_pages_in_a_browser_without_a_network(site):
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    axe = gzip.decompress(AXE.read_bytes()).decode("utf-8")
    wrong, formulas = [], 0
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def opened(context, name):
            page = context.new_page()
            page.set_default_timeout(300_000)
            page.on("requestfailed", lambda one: wrong.append(f"{name} failed: {one.url}"))
            page.on("pageerror", lambda one: wrong.append(f"{name}: {one}"))
            page.on(
                "request",
                lambda one: (
                    None if one.url.startswith(("file:", "data:")) else wrong.append(f"{name}: {one.url}")
                ),
            )
            page.goto((site / f"{name}.html").as_uri())
            page.wait_for_load_state("load")
            page.evaluate("window.MathJax && MathJax.startup ? MathJax.startup.promise : 0")
            page.wait_for_timeout(300)
            return page

        for scheme in ("light", "dark"):
            context = browser.new_context(
                offline=True, color_scheme=scheme, viewport={"width": 1280, "height": 900}
            )
            for name in TEN:
                page = opened(context, name)
                if page.evaluate("document.querySelectorAll('mjx-merror').length"):
                    wrong.append(f"{name}: a broken formula")
                formulas += page.evaluate("document.querySelectorAll('mjx-container').length")
                page.evaluate(axe)
                found = page.evaluate(
                    "tags => axe.run(document, {preload: false, runOnly: {type: 'tag', values: tags}})", RULES
                )
                assert len(found["passes"]) > 10
                wrong += [
                    f"{scheme} {name}: {one['id']}: {one['nodes'][0]['html'][:120]}"
                    for one in found["violations"]
                ]
                page.close()
            context.close()
        phone = browser.new_context(offline=True, viewport={"width": 390, "height": 800})
        for name in TEN:
            page = opened(phone, name)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > 390:
                wrong.append(f"{name} is {wide} wide on a phone")
            page.close()
        page = phone.new_page()  # its excerpts would be fetched, which a folder without a server refuses
        page.set_default_timeout(300_000)
        page.goto((site / "search.html").as_uri() + "?q=calibration")
        page.get_by_role("link", name="Glossary").first.wait_for()
        found = page.locator("#search-results").inner_text()
        browser.close()
    assert not wrong
    assert formulas > 100
    assert "09 The shelf" in found
