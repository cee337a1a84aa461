"""References and glossary: nothing is cited or named in a lesson that is not in them, and they hold nothing else."""

from __future__ import annotations

import re

import pytest

from tools import guide
from tools.lessons import ROOT
from tools.site_links import CITATION

TEXTS = guide.citing_texts()
LIST = guide.REFERENCES.read_text(encoding="utf-8")
ENTRIES = re.findall(r"^- .+$", LIST, re.MULTILINE)
LESSONS = {name: text for name, text in TEXTS.items() if name.isdigit()}
each_lesson = pytest.mark.parametrize("number", LESSONS)

MONTHS = "January February March April May June July August September October November December".split()


def citations(text: str) -> set[tuple[str, str]]:
    """(first author, year) of each work that prose cites."""
    prose = re.sub(r"```\{code-cell\}.*?```", "", text, flags=re.DOTALL)
    prose = re.sub(r"\s+", " ", prose)
    return {
        (name, year)
        for name, year in CITATION.findall(prose)
        if name not in {*MONTHS, "HetRec", "LensKit", "Murmur"}
    }


@pytest.mark.parametrize("who", TEXTS)
def test_each_number_that_is_cited_is_in_the_list(who):
    assert guide.numbers_of(TEXTS[who]) <= guide.numbers_of(LIST)


@each_lesson
def test_each_author_that_a_lesson_cites_is_in_the_list(number):
    for name, year in citations(LESSONS[number]):
        found = [
            one for one in ENTRIES if name in one.partition("*")[0] and number in one.rpartition(" · ")[2]
        ]
        assert found, f"{name} {year} is not in docs/references.md as cited in {number}"


def test_each_work_has_a_link_and_is_cited():
    assert len(ENTRIES) == len(set(ENTRIES)) > 40
    for entry in ENTRIES:
        assert re.search(r"\]\(https?://[^)\s]+\)", entry), entry
        assert not entry.endswith("· nobody"), entry
        assert re.match(r"- .+?\. \*.+[.?]\* .+ · ", entry), entry


def test_who_cites_is_up_to_date():
    assert guide.with_citations(LIST, TEXTS) == LIST, "run `make guide`"


def test_citations_are_found_in_prose():
    text = "By Hu, Koren & Volinsky (2008, doi:10.1/x), Sarwar et al. 2001, Järvelin & Kekäläinen\n2002; 5 March 2026"
    assert citations(text) == {("Hu", "2008"), ("Sarwar", "2001"), ("Järvelin", "2002")}
    reference = "- Yifan Hu, Yehuda Koren, Chris Volinsky. *A Title.* ICDM 2008, 1-2. [doi:10.9/y](https://doi.org/10.9/y)"
    assert guide.cited_in(
        reference, {"01": text, "02": "Koren & Hu 2008", "03": "doi:10.9/y", "04": "Hu 2009"}
    ) == ["01", "03"]
    other = "- Yehuda Koren. *Another Title.* KDD 2008, 3-4. [doi:10.9/z](https://doi.org/10.9/z)"
    texts = {
        "01": text,
        "02": "Bell & Koren 2008",
        "03": "of Hu,\nKoren & Bell 2008",
        "04": "see Koren 2008 (SVD++)",
    }
    assert guide.cited_in(other, texts | {"05": "by Hu 2007, Koren 2008"}) == ["04", "05"]


def test_no_work_stands_there_twice():
    numbers = [number for entry in ENTRIES for number in guide.numbers_of(entry.partition("](")[0])]
    assert len(numbers) > 40 and len(numbers) == len(set(numbers))
    titles = [re.search(r"\*(.+?[.?])\*", entry).group(1) for entry in ENTRIES]
    assert len(titles) == len(set(titles))


# ---- the glossary -------------------------------------------------------------------------------------------------

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in GLOSSARY.split("\n## Notation\n")[0].splitlines()
    if re.match(r"\| [^-t]|\| t(?!erm \|)", line)
]
NAMES = {name: (chinese, says, built) for names, chinese, says, built in ROWS for name in names.split(", ")}


def terms(text: str) -> dict[str, str]:
    """English -> 中文 of the terms in a lesson's summary."""
    part = re.search(r"\*\*Terms\*\*:?(.*?)(?=\n\s*\n|\n\+\+\+)", text, re.DOTALL)
    one_line = re.sub(r"\s+", " ", part.group(1)) if part else ""
    pairs = (re.match(r"\s*(.+?) ((?:A/B )?[\u4e00-\u9fff].*?)\.?\s*$", one) for one in one_line.split("·"))
    return {found.group(1): found.group(2) for found in pairs if found}


@each_lesson
def test_each_term_of_a_summary_is_in_the_glossary(number):
    found = terms(LESSONS[number])
    assert len(found) >= 5, "no terms found in the summary"
    for term, chinese in found.items():
        assert term in NAMES, f"{term} is missing in docs/glossary.md"
        assert chinese in NAMES[term][0].split("、"), f"{term} is {chinese} in lesson {number}"


def test_each_row_is_one_sentence_and_names_its_lesson():
    for names, chinese, says, built in ROWS:
        assert re.fullmatch(r"[\u4e00-\u9fff、/ ABε-]+", chinese), names
        assert says.endswith(".") and says.count(". ") == 0 and len(says.split()) <= 30, names
        number = re.match(r"\[(\d\d)\]\(", built).group(1)
        if number in LESSONS:
            text = re.sub(r"\s+", " ", LESSONS[number]).lower()
            assert any(name.lower() in text for name in names.split(", ")), (
                f"{names} is not in lesson {number}"
            )


def test_the_glossary_is_in_alphabetical_order_and_has_nothing_twice():
    first = [row[0].lower() for row in ROWS]
    assert first == sorted(first)
    assert len(NAMES) == sum(len(row[0].split(", ")) for row in ROWS)
