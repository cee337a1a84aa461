"""Turn the core of a lesson into reveal.js slides that ask nothing of a network: one HTML file, its parts beside it.

It changes no lesson and runs none: code, outputs and figures are those of the built notebook.

    python tools/make_slides.py                  the lessons of the workshops, into slides/
    python tools/make_slides.py 02               another lesson
"""

from __future__ import annotations

import argparse
import ast
import base64
import gzip
import html
import re
import shutil
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path

from nbconvert.filters.markdown_mistune import markdown2html_mistune
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from recsys_helpers.exercises.registry import Exercise, load_all
from recsys_helpers.workspace import write_whole
from tools import guide, lessons, plans
from tools.lessons import Cell, Lesson

PARTS = Path(__file__).parent / "slides"  # reveal.js, MathJax, their licences and the look
WORKSHOP = sorted(what for one in plans.PROGRAMMES.values() for what in one if isinstance(what, str))
TALL = 30  # lines that one slide holds at most
SKIPPED = ("**Before you start", "**Terms**", "**Sources", "**Next**")  # prose for a reader, not for a room
CODE = HtmlFormatter(style="friendly", nowrap=False, noclasses=True, nobackground=True)

QUESTION = re.compile(r"<details>\s*<summary>([^<]*\?)</summary>\s*(.*?)\s*</details>\n*", re.DOTALL)

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="parts/reveal.css">
<link rel="stylesheet" href="parts/slides.css">
<script>
window.MathJax = {{
  tex: {{ inlineMath: [["$", "$"], ["\\\\(", "\\\\)"]], processEscapes: true }},
  options: {{ enableMenu: false, skipHtmlTags: ["script", "style", "textarea", "pre", "code"] }},
  startup: {{ typeset: true }}
}};
</script>
<script defer src="parts/mathjax.js"></script>
</head>
<body>
<div class="reveal"><div class="slides">
{slides}
</div></div>
<script src="parts/reveal.js"></script>
<script src="parts/notes.js"></script>
<script>
// What is too much for one screen is set smaller, down to three fifths; the tests look at every slide.
function fit() {{
  const slide = Reveal.getCurrentSlide(), inside = slide && slide.querySelector(".fit");
  if (!inside) return;
  let size = 100;
  inside.style.fontSize = "100%";
  while ((inside.scrollHeight > 690 || inside.scrollWidth > inside.clientWidth + 1) && size > 60)
    inside.style.fontSize = (size -= 3) + "%";
}}
Reveal.on("ready", fit);
Reveal.on("slidechanged", fit);
addEventListener("load", () => MathJax.startup.promise.then(() => {{ fit(); window.typeset = true; }}));
Reveal.initialize({{
  width: 1280, height: 720, margin: 0.04, center: false, hash: true, slideNumber: "c/t", transition: "none",
  plugins: [RevealNotes]
}});
</script>
</body>
</html>
"""


@dataclass
class Slide:
    """One screen: pieces of HTML, and what the speaker sees beside it."""

    section: str
    level: int = 0  # of a heading that it opens; 0 where it goes on with the section
    pieces: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kind: str = ""


def slides_of(lesson: Lesson, exercises: dict[str, Exercise], said: dict[str, list[str]]) -> list[Slide]:
    """The slides of a lesson's core. said : what the guide has to say at a section, by its heading."""
    slides: list[Slide] = []
    told: set[str] = set()

    def new(cell: Cell, kind: str = "") -> Slide:
        slides.append(Slide(cell.section, cell.level, kind=kind))
        if cell.section in said and cell.section not in told:
            slides[-1].notes += said[cell.section]
            told.add(cell.section)
        return slides[-1]

    waiting: list[Slide] = []  # a slide of prose that the next code may join
    for cell in lessons.closed_core(lesson, exercises):
        if cell.kind == "markdown":
            after_the_end = cell.section == "Summary" and not cell.level  # sources and terms
            if not (cell.source.startswith(SKIPPED) or after_the_end):
                kind, last = _kind(cell), slides[-1] if slides else None
                joins = last and last.kind == "code" and not (kind or cell.level or lessons.looks_ahead(cell))
                if joins and _lines(last) + _lines(Slide("", pieces=[_prose(cell)])) <= 23:
                    last.pieces.append(_prose(cell))  # what was just seen, explained below it
                    last.kind, waiting = "", []
                    continue
                waiting = [new(cell, kind)]
                waiting[0].pieces.append(_prose(cell))
                waiting[0].notes += _opened(cell)
            continue
        if cell.asks:
            slide = waiting[0] if waiting else new(cell, "turn")
            slide.notes += [_answer(exercises[name]) for name in cell.asks]
            code = _shown(cell)
            if code:
                slide.kind = "turn"
                slide.pieces.append(code)
            waiting = []
            continue
        if re.match(r"guess\w* = \.\.\.", cell.source):  # said aloud in a room
            waiting = []
            continue
        if _only_imports(cell):
            continue
        outputs, figures = _outputs(cell)
        whole = Slide(cell.section, pieces=[_code(cell.source), *outputs])
        apart = outputs if _lines(whole) > TALL else []  # a long table has a slide to itself
        if apart:
            whole.pieces = whole.pieces[:1]
        slide = waiting[0] if waiting and _lines(waiting[0]) + _lines(whole) <= 24 else new(cell)
        slide.pieces += whole.pieces
        slide.kind = slide.kind or "code"
        if apart:
            new(cell, "code").pieces += apart
        for figure in figures:
            new(cell, "figure").pieces.append(figure)
        waiting = []
    return slides


def _kind(cell: Cell) -> str:
    if cell.level == 1:
        return "first"
    if "**Predict.**" in cell.core or "(a)" in cell.core:
        return "asks"
    return "turn" if "**Your turn" in cell.core else ""


def _only_imports(cell: Cell) -> bool:
    return all(isinstance(one, (ast.Import, ast.ImportFrom)) for one in lessons.tree_of(cell.source).body)


def _lines(slide: Slide) -> float:
    """About how many lines of code would take the room that a slide's pieces take."""
    total = 0.0
    for piece in slide.pieces:
        text = html.unescape(re.sub(r"<[^>]+>", "", piece))
        if "<pre" in piece:
            total += sum(1 + len(line) // 98 for line in text.strip("\n").split("\n")) + 1
        elif "<table" in piece:
            total += 1.5 * piece.count("<tr") + 1
        else:
            blocks = len(re.findall(r"<(p|li|h\d)[ >]", piece))
            total += 1.7 * (len(text) / 75 + 0.6 * blocks)
    return total


def _prose(cell: Cell) -> str:
    """Prose as HTML; options of a question as a list, and what a reader opens is open."""
    formula = r"(?<!\$)\$(?!\$)[^$`]+\$(?!\$)"  # on one line: a line that begins with > would be a quotation
    source = re.sub(formula, lambda found: " ".join(found.group().split("\n")), cell.core)
    source = re.sub(r"\s*·\s+(?=\([b-f]\))", "\n- ", source)
    if "\n- (b)" in source:
        source = re.sub(r"\s+(?=\(a\))", "\n\n- ", source, count=1)
    source = QUESTION.sub(lambda found: f"- {found.group(1)}\n", source)
    made = markdown2html_mistune(source)
    made = re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", made)
    return made.replace("<details>", "<details open>")


def _opened(cell: Cell) -> list[str]:
    """For the speaker: the answers to questions that a reader would open one by one."""
    return [f"<p><b>{asked}</b> {answer}</p>" for asked, answer in QUESTION.findall(cell.source)]


def _code(source: str) -> str:
    return f'<div class="code">{highlight(source, PythonLexer(), CODE)}</div>'


def _shown(cell: Cell) -> str:
    """The stub of an exercise; a question shows its options and no code."""
    body = lessons.tree_of(cell.source).body
    return _code(cell.source) if any(isinstance(one, ast.FunctionDef) for one in body) else ""


def _outputs(cell: Cell) -> tuple[list[str], list[str]]:
    """(texts and tables, figures), each as HTML. The line printed under a figure is its description."""
    texts, figures, lines = [], [], []
    picture = ""
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            picture = data["image/png"]
        elif "text/html" in data:
            texts.append(f'<div class="output">{_plain("".join(data["text/html"]))}</div>')
        elif "application/vnd.jupyter.widget-view+json" in data:
            continue
        elif text := output.get("text") or data.get("text/plain"):
            new = text.rstrip("\n").split("\n")
            if picture:
                figures.append(_figure(picture, new.pop(0)))
                picture = ""
            lines += [one for one in new if one != "your guess: no guess"]
    if picture and lines:  # what a cell prints before and after its figure may be stored as one, before it
        before, _, _ = cell.source.partition("plots.show(")
        figures.append(
            _figure(picture, lines.pop(-1 if "\nprint(" in before and before != cell.source else 0))
        )
    if any(lines):
        texts.insert(0, f'<div class="output"><pre>{html.escape(chr(10).join(lines))}</pre></div>')
    return texts, figures


def _plain(table: str) -> str:
    """A pandas table without the style sheet that it brings."""
    return re.sub(r"<style.*?</style>", "", table, flags=re.DOTALL)


def _figure(picture: str, says: str) -> str:
    width, height = struct.unpack(">II", base64.b64decode(picture)[16:24])
    says = html.escape(says, quote=True)
    source = f'src="data:image/png;base64,{"".join(picture.split())}" width="{width}" height="{height}"'
    return f'<figure><img alt="{says}" {source}><figcaption>{says}</figcaption></figure>'


def _answer(one: Exercise) -> str:
    """For the speaker: the right answer, why, and what people get wrong."""
    if one.kind == "question":
        text = f"<p><b>{one.name}</b>: ({html.escape(str(one.reference()))}). {html.escape(one.why)}</p>"
    else:
        text = f"<p><b>{one.name}</b></p><pre>{html.escape(one.source())}</pre><p>{html.escape(one.why)}</p>"
    wrong = "".join(f"<li>{html.escape(says)}</li>" for says in one.mistakes)
    return text + f"<p>What people get wrong:</p><ul>{wrong}</ul>"


def page(lesson: Lesson, slides: list[Slide]) -> str:
    """The slides as a page: a section of the lesson is a column, what belongs to it stands below."""
    columns: list[list[str]] = []
    for slide in slides:
        where = "" if slide.level else f'<p class="where">{html.escape(slide.section)}</p>'
        notes = f'<aside class="notes">{"".join(slide.notes)}</aside>' if slide.notes else ""
        text = f'<section class="{slide.kind}"><div class="fit">{where}{"".join(slide.pieces)}</div>{notes}</section>'
        if slide.level in (1, 2) or not columns:
            columns.append([])
        columns[-1].append(text)
    stacks = ["<section>\n" + "\n".join(column) + "\n</section>" for column in columns]
    return PAGE.format(title=html.escape(lesson.title), slides="\n".join(stacks))


def write(out: Path, chosen: list[Lesson]) -> list[str]:
    """Write the slides and what they need; one line a lesson."""
    exercises = {one.name: one for one in load_all()}
    (out / "parts").mkdir(parents=True, exist_ok=True)
    for name in ("reveal.js", "reveal.css", "notes.js", "slides.css", "LICENSES"):
        shutil.copyfile(PARTS / name, out / "parts" / name)
    (out / "parts" / "mathjax.js").write_bytes(gzip.decompress((PARTS / "mathjax.js.gz").read_bytes()))
    said = []
    for lesson in chosen:
        slides = slides_of(lesson, exercises, guide.notes(lesson.number))
        write_whole(out / f"{lesson.path.stem}.html", page(lesson, slides))
        notes = sum(bool(slide.notes) for slide in slides)
        said.append(f"{out / lesson.path.stem}.html: {len(slides)} slides, {notes} with notes")
    return said


def main(argv: list[str] | None = None) -> int:
    """Write the slides that were asked for; 0 if all went well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "lessons", nargs="*", help="lessons, such as 01 03; those of the workshops if none is given"
    )
    parser.add_argument("--out", type=Path, default=Path("slides"), help="where to (default: slides)")
    options = parser.parse_args(argv)
    try:
        there = [path.stem[:2] for path in lessons.paths()]
        chosen = lessons.choose(options.lessons or [one for one in WORKSHOP if one in there])
        print("\n".join(write(options.out, chosen)))
    except ValueError as error:
        parser.error(str(error))
    print("Open a page in a browser. S shows the speaker's notes, F fills the screen, O shows all slides.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
