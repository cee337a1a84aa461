"""Links that the site adds to a lesson's prose: terms to the glossary, works and their numbers to the references.

It reads no notebook and writes no file: text goes in, text comes out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

# What no link may be put into: code, formulas, links and pictures, HTML, bare addresses, headings.
KEPT = re.compile(
    r"(```.*?```|~~~.*?~~~|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$|!?\[[^\]]*\]\([^)]*\)|<[^>\n]+>|https?://\S+|^#+ .*$)",
    re.DOTALL | re.MULTILINE,
)
# «Sarwar et al. 2001», «Hu, Koren & Volinsky (2008)», «Efron 1979»
CITATION = re.compile(
    r"\b([A-ZÄÖÅÁ-Ž][\w'’-]+)(?:, [A-ZÄÖÅÁ-Ž][\w'’-]+)*(?:,? & [A-ZÄÖÅÁ-Ž][\w'’-]+| et al\.)?,? \(?((?:19|20)\d\d)\b"
)
NUMBER = re.compile(r"\b(doi:10\.[^\s,;\]`]+|arXiv:\d{4}\.\d{4,5})")
AT = {"doi": "https://doi.org/", "arXiv": "https://arxiv.org/abs/"}


@dataclass(frozen=True)
class Term:
    """A term of the glossary: its names, where it stands on the page, and the lesson that builds it."""

    names: tuple[str, ...]
    anchor: str
    lesson: str


@dataclass(frozen=True)
class Work:
    """A work of the references: its first author, the years its entry holds, where it stands, who cites it."""

    author: str
    years: frozenset[str]
    anchor: str
    cited_by: frozenset[str]


def slug(text: str) -> str:
    """A name for an anchor: small letters, digits and hyphens.

    >>> slug("A/B test"), slug("ε-greedy")
    ('a-b-test', 'e-greedy')
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower().replace("ε", "e")).strip("-")


def glossary(page: str) -> tuple[str, list[Term]]:
    """The glossary with an anchor at each term, and its terms."""
    terms: list[Term] = []

    def anchored(found: re.Match[str]) -> str:
        names, chinese, says, lesson = found.groups()
        anchor = f"term-{slug(names.split(', ')[0])}"
        terms.append(Term(tuple(names.split(", ")), anchor, lesson))
        return f"| [{names}]{{#{anchor}}} | {chinese} | {says} | [{lesson}]("

    row = re.compile(r"^\| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \| \[(\d\d)\]\(", re.MULTILINE)
    return row.sub(anchored, page), terms


def references(page: str) -> tuple[str, list[Work]]:
    """The references with an anchor at each entry, and its works."""
    works: list[Work] = []
    taken: dict[str, int] = {}

    def anchored(found: re.Match[str]) -> str:
        authors, rest = found.groups()
        first = re.split(r", | et al", authors)[0]
        author = first.split()[-1]
        bare = re.sub(r"\[[^\]]*\]\([^)]*\)", "", rest.partition(" · ")[0])
        years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", bare)
        anchor = slug(f"ref {author} {years[-1] if years else ''}")
        taken[anchor] = taken.get(anchor, 0) + 1
        anchor += f"-{taken[anchor]}" if taken[anchor] > 1 else ""
        cited = frozenset(rest.rpartition(" · ")[2].split(", "))
        works.append(Work(author, frozenset(years), anchor, cited))
        return f"- [{first}]{{#{anchor}}}{authors[len(first) :]}. *{rest}"

    return re.sub(r"^- (.+?)\. \*(.+)$", anchored, page, flags=re.MULTILINE), works


def outside(text: str, change: Callable[[str], str]) -> str:
    """The text with ``change`` made wherever a link may be put.

    >>> outside("a `a` [a](b) a", str.upper)
    'A `a` [a](b) A'
    """
    return "".join(piece if i % 2 else change(piece) for i, piece in enumerate(KEPT.split(text)))


class Linker:
    """Puts links into the cells of one lesson, a term's at its first place and in the list of terms at the end.

    number : the lesson's number; only terms that are built in it or before it are linked, since the same word may
        mean something plainer earlier.
    glossary, references : addresses of the two pages, as seen from the lesson.
    """

    def __init__(
        self, number: str, terms: Iterable[Term], works: Iterable[Work], glossary: str, references: str
    ):
        known = [term for term in terms if term.lesson <= number]
        self.places = {name: f"{glossary}#{term.anchor}" for term in known for name in term.names}
        self.works = [one for one in works if number in one.cited_by]
        self.references = references
        self.linked: set[str] = set()

    def __call__(self, text: str) -> str:
        """One cell of prose with its links."""
        if text.startswith("**Terms**"):
            return "**Terms**" + "·".join(map(self._listed, text.removeprefix("**Terms**").split("·")))
        text = outside(text, self._numbers)
        text = outside(text, self._citations)
        return self._terms(text)

    def _listed(self, one: str) -> str:
        found = re.match(r"(:?\s*)(.+?)(\s+(?:A/B )?[\u4e00-\u9fff].*)", one, re.DOTALL)
        name = re.sub(r"\s+", " ", found.group(2)) if found else ""
        if not found or name not in self.places:
            return one
        return f"{found.group(1)}[{name}]({self.places[name]}){found.group(3)}"

    def _numbers(self, text: str) -> str:
        def link(found: re.Match[str]) -> str:
            whole = found.group(1).rstrip(".,:)")
            kind, _, number = whole.partition(":")
            return f"[{whole}]({AT[kind]}{number}){found.group(1)[len(whole) :]}"

        return NUMBER.sub(link, text)

    def _citations(self, text: str) -> str:
        def link(found: re.Match[str]) -> str:
            name, year = found.groups()
            fits = [one for one in self.works if one.author == name and year in one.years]
            return f"[{found.group()}]({self.references}#{fits[0].anchor})" if fits else found.group()

        return CITATION.sub(link, text)

    def _terms(self, text: str) -> str:
        for name in sorted(self.places, key=lambda one: (-len(one), one)):
            place = self.places[name]
            if place in self.linked:
                continue
            first = rf"[{name[0].upper()}{name[0].lower()}]" if name[0].isalpha() else re.escape(name[0])
            word = re.compile(rf"(?<![\w-]){first}{re.escape(name[1:])}(?![\w-])")
            pieces = KEPT.split(text)
            for i in range(0, len(pieces), 2):
                found = word.search(pieces[i])
                if found:
                    pieces[i] = (
                        f"{pieces[i][: found.start()]}[{found.group()}]({place}){pieces[i][found.end() :]}"
                    )
                    text = "".join(pieces)
                    self.linked.add(place)
                    break
        return text
