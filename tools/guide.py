"""The instructor guide and the references: what is counted in them, what slides take from them, the answer key.

It holds no advice itself: that is written by hand in docs/instructor.md, around what stands between its marks.

    python tools/guide.py             count anew
    python tools/guide.py --check     only compare; 1 if anything differs
"""

from __future__ import annotations

import argparse
import html
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from recsys_helpers.exercises.registry import Exercise, load_all
from recsys_helpers.workspace import write_whole
from tools import lessons, plans
from tools.lessons import ROOT, Cell, Lesson

GUIDE = ROOT / "docs" / "instructor.md"
REFERENCES = ROOT / "docs" / "references.md"


# ---- what people get wrong ----------------------------------------------------------------------------------------


def struggles(lesson: Lesson, exercises: dict[str, Exercise]) -> str:
    """What people get wrong in the core of a lesson, as its exercises know it."""
    rows = ["| in the core | what people get wrong |", "|---|---|"]
    for name in lesson.exercises("core"):
        if name not in exercises:
            raise ValueError(
                f"Lesson {lesson.number} asks for {name}, which is no exercise. Build it: make notebooks"
            )
        says = " · ".join(exercises[name].mistakes)
        rows.append(f"| `{name}` | {says.replace('|', chr(92) + '|')} |")
    return "\n".join(rows)


# ---- the guide's file ---------------------------------------------------------------------------------------------

BLOCK = re.compile(r"(<!-- counted: (\w+(?: \w+)?) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def counted(text: str, there: list[Lesson], exercises: dict[str, Exercise]) -> str:
    """The guide with its counted parts made anew; ValueError for a part that nobody knows how to count."""

    def anew(found: re.Match) -> str:
        head, what, _, end = found.groups()
        if what in plans.TABLES:
            made = plans.TABLES[what](there, exercises)
        elif re.fullmatch(r"struggles \d\d", what):
            one = [lesson for lesson in there if lesson.number == what[-2:]]
            made = struggles(one[0], exercises) if one else "(in preparation)"
        else:
            raise ValueError(
                f"The guide asks for «{what}». It can ask for: {', '.join(plans.TABLES)}, struggles NN."
            )
        return f"{head}\n{made}\n\n{end}"

    return BLOCK.sub(anew, text)


def notes(number: str, path: Path = GUIDE) -> dict[str, list[str]]:
    """What the guide says at a section of a lesson, as HTML, by the section's heading.

    In the guide such a line begins with «At "heading":» in bold, in the part of the lesson.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    part = re.search(rf"^### Lesson {number}\b.*?(?=^##[ #]|\Z)", text, re.MULTILINE | re.DOTALL)
    found: dict[str, list[str]] = {}
    for heading, says in re.findall(
        r'^- \*\*At "([^"]+)":\*\* (.+(?:\n  .+)*)', part.group() if part else "", re.M
    ):
        plain = re.sub(r"[*`]", "", re.sub(r"\s+", " ", says))
        found.setdefault(heading, []).append(f"<p>{html.escape(plain)}</p>")
    return found


# ---- references ---------------------------------------------------------------------------------------------------


def citing_texts() -> dict[str, str]:
    """What may cite a work: each lesson by its number, each module of the package by its name."""
    sources = sorted((ROOT / "notebooks" / "source").glob("*.md"))
    texts = {path.stem[:2]: path.read_text(encoding="utf-8") for path in sources}
    package = ROOT / "recsys_helpers"
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).with_suffix("").as_posix().replace("/", ".")
        texts[f"`{name}`"] = path.read_text(encoding="utf-8")
    return texts


def numbers_of(text: str) -> set[str]:
    """The DOIs and arXiv numbers in a text."""
    return {one.rstrip(".,;:)") for one in re.findall(r"(?:doi:|arXiv:)([^\s,;\]`]+)", text)}


def cited_in(reference: str, texts: dict[str, str]) -> list[str]:
    """Who cites a work: by its DOI or arXiv number, or by its first author and its year."""
    numbers, years = numbers_of(reference), set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", _bare(reference)))
    first = re.match(r"- (?:[^,]*?[ .])?([^\s,.]+?)(?:,| et al|\. \*)", reference).group(1)
    name = re.compile(
        rf"\b{re.escape(first)}\b(?: et al\.|[^.;]){{0,60}}?\b(?:{'|'.join(years)})\b", re.DOTALL
    )

    def named(text: str) -> bool:
        """Whether the author stands there first, and not behind «Hu, » or «Bell & » as one of several."""
        starts = (found.start() for found in name.finditer(text))
        return any(
            not re.search(r"(?:&|\b[A-Z][\w-]*,)\s+$", text[max(start - 40, 0) : start]) for start in starts
        )

    return [who for who, text in texts.items() if numbers & numbers_of(text) or first in text and named(text)]


def _bare(reference: str) -> str:
    return re.sub(r"\[[^\]]*\]\([^)]*\)", "", reference.partition(" · ")[0])


def with_citations(text: str, texts: dict[str, str]) -> str:
    """The list of references, each line ending in who cites it."""

    def anew(found: re.Match) -> str:
        line = found.group().partition(" · ")[0]
        return f"{line} · {', '.join(cited_in(line, texts)) or 'nobody'}"

    return re.sub(r"^- .+$", anew, text, flags=re.MULTILINE)


# ---- the answer key -----------------------------------------------------------------------------------------------

KEY = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Answer key</title><style>
body {{ font: 11pt/1.4 Georgia, serif; max-width: 19cm; margin: 1cm auto; color: #222; }}
pre {{ font: 9pt/1.35 Consolas, Menlo, monospace; background: #f6f8fa; padding: .6em; white-space: pre-wrap; }}
h2 {{ break-before: page; }} h2:first-of-type {{ break-before: auto; }} section {{ break-inside: avoid; }}
.soft {{ color: #555; }} li {{ margin: .15em 0; }} @media print {{ body {{ margin: 0; }} }}
</style></head><body>
<h1>Answer key</h1>
<p class="soft">One right answer to each exercise, the one that the course itself checks with; another that gives the
same is as right. For whoever teaches: please do not pass it on.</p>
{body}
</body></html>
"""


def answer_key(chosen: list[Lesson], exercises: dict[str, Exercise]) -> str:
    """A page to print: each exercise with a right answer, why it matters, and what each wrong one comes from."""
    parts = []
    for lesson in chosen:
        asked = lesson.exercises()
        if asked:
            parts.append(f"<h2>{html.escape(lesson.title)}</h2>")
        for name in asked:
            inside = "core" if name in lesson.exercises("core") else "more"
            parts.append(f"<section><h3>{name} <small class='soft'>({inside})</small></h3>")
            parts.append(_answer(exercises[name], _asked_before(lesson, name)) + "</section>")
    return KEY.format(body="\n".join(parts))


def _asked_before(lesson: Lesson, name: str) -> str:
    """The prose right above an exercise, which holds a question's options."""
    at = next(n for n, cell in enumerate(lesson.cells) if name in cell.asks)
    above: list[Cell] = [cell for cell in lesson.cells[:at] if cell.kind == "markdown"]
    return re.sub(r"^#+ .*\n+", "", above[-1].source) if above else ""


def _inline(text: str) -> str:
    """A lesson's prose as HTML: `code`, **bold** and *italic*, and nothing else of Markdown."""
    pieces = html.escape(text, quote=False).split("`")
    for n in range(0, len(pieces), 2):
        pieces[n] = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", pieces[n], flags=re.DOTALL)
        pieces[n] = re.sub(r"(?<![\w*])\*(\w(?:[^*]*\w)?)\*(?![\w*])", r"<i>\1</i>", pieces[n])
    pieces[1::2] = [f"<code>{piece}</code>" for piece in pieces[1::2]]
    return "".join(pieces)


def _answer(one: Exercise, asked: str) -> str:
    pieces = []
    if one.kind == "question":
        pieces += [f"<p class='soft'>{_inline(part)}</p>" for part in asked.split("\n\n")]
        pieces.append(f"<p><b>({one.reference()})</b> {_inline(one.why)}</p>")
        wrong = [f"({function()}) {says}" for says, function in one.mistakes.items()]
    else:
        pieces.append(f"<pre>{html.escape(one.source())}</pre><p>{_inline(one.why)}</p>")
        wrong = [*one.mistakes, *(f"A convention, no mistake: {says}" for says in one.conventions)]
    if one.band:
        pieces.append(f"<p>Right from {one.band[0]:g} to {one.band[1]:g}: {html.escape(one.measured)}.</p>")
    return "".join(pieces) + "<ul>" + "".join(f"<li>{_inline(says)}</li>" for says in wrong) + "</ul>"


def main(argv: list[str] | None = None) -> int:
    """Count the guide's numbers anew, or compare; 0 if all is well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    options = parser.parse_args(argv)
    exercises = {one.name: one for one in load_all()}
    differs = False
    for path, made in (
        (GUIDE, lambda text: counted(text, lessons.all_lessons(), exercises)),
        (REFERENCES, lambda text: with_citations(text, citing_texts())),
    ):
        text = path.read_text(encoding="utf-8")
        try:
            new = made(text)
        except ValueError as error:
            print(f"docs/{path.name} stays as it is. {error}", file=sys.stderr)
            return 1
        if new != text and not options.check:
            write_whole(path, new)
        differs |= new != text
        says = (
            "counted anew"
            if not options.check
            else "is counted from other lessons than these: run `make guide`"
        )
        print(f"docs/{path.name}: {says if new != text else 'agrees with the lessons'}")
    return int(differs and options.check)


if __name__ == "__main__":
    sys.exit(main())
