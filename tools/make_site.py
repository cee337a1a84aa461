"""Turn the committed lessons and docs into static pages that are read without a server and without a network.

It runs no lesson: code, outputs and figures are those of the built notebooks. Solving needs `make lab`.

    python tools/make_site.py                    into site/; open site/index.html
    python tools/make_site.py --out elsewhere
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import lessons
from tools.lessons import ROOT
from tools.site_links import Linker, Term, Work, glossary, references

PARTS = Path(__file__).parent / "site"  # Sphinx's settings and the look
WHERE = {"conf.py": "", "contents.html": "templates", "site.css": "static", "site.js": "static"}
MATHJAX = Path(__file__).parent / "slides" / "mathjax.js.gz"
PAGES = {
    "To look up": (
        "docs/glossary.md",
        "docs/references.md",
        "docs/metrics.md",
        "docs/simulator.md",
        "data/murmur/README.md",
        "data/measured/README.md",
    ),
    "To teach it": ("docs/instructor.md", "docs/arena.md"),
    "To change it": (
        "docs/contributing.md",
        "docs/exercises.md",
        "docs/architecture.md",
        "benchmarks/README.md",
        "benchmarks/RESULTS.md",
        "benchmarks/NETWORKS.md",
        "benchmarks/ONLINE.md",
        "CHANGELOG.md",
    ),
}
PARTS_OF_COURSE = ("I Foundations", "II Winning attention", "III Trusted and large")
DRAWN = "application/vnd.jupyter.widget-view+json"  # a slider, which a page without a kernel cannot move
LINK = re.compile(r"(!?\[[^\]]*\]\()([^)#\s]+)")


def part_of(number: str) -> str:
    """The part of the course that a lesson belongs to: 00 to 08, 09 to 16, from 17 on.

    >>> part_of("08"), part_of("09")
    ('I Foundations', 'II Winning attention')
    """
    return PARTS_OF_COURSE[(number > "08") + (number > "16")]


def contents(names: list[str]) -> str:
    """The tables of contents, which nobody sees on the page and everybody in the side bar."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(part_of(name[:2]), []).append(f"notebooks/{name}")
    groups |= {caption: [page.removesuffix(".md") for page in pages] for caption, pages in PAGES.items()}
    return "\n".join(
        f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(pages) + "\n```"
        for caption, pages in groups.items()
    )


def lesson_page(path: Path, terms: list[Term], works: list[Work]) -> nbformat.NotebookNode:
    """A lesson as the site shows it: links in its prose, descriptions at its figures, no slider without its kernel."""
    notebook = nbformat.read(path, as_version=4)
    link = Linker(path.stem[:2], terms, works, "../docs/glossary.md", "../docs/references.md")
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = link(cell.source)
            continue
        cell.outputs = [one for one in cell.outputs if DRAWN not in one.get("data", {})]
        for output in cell.outputs:
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt:
                cell.metadata["mystnb"] = {"image": {"alt": alt}}
    head = notebook.cells[0]
    title, _, hook = head.source.partition("\n")
    head.source = (
        f'{title}\n\n<p class="take">To read here. To run and solve it: <code>make lab</code>, then open '
        f'<code>{path.stem}</code>, or <a href="../downloads/{path.name}" download>take the notebook</a>.</p>\n{hook}'
    )
    return notebook


def lay_out(source: Path) -> None:
    """Put beside each other what Sphinx reads: lessons, pages, their pictures, the files that they link to."""
    linked_glossary, terms = glossary((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))
    linked_references, works = references((ROOT / "docs" / "references.md").read_text(encoding="utf-8"))
    other = {"docs/glossary.md": linked_glossary, "docs/references.md": linked_references}
    (source / "notebooks").mkdir(parents=True)
    (source / "extra" / "downloads").mkdir(parents=True)
    (source / "static" / "mathjax").mkdir(parents=True)
    names = []
    for path in lessons.paths():
        nbformat.write(lesson_page(path, terms, works), source / "notebooks" / path.name)
        shutil.copyfile(path, source / "extra" / "downloads" / path.name)
        names.append(path.stem)
    pages = [page for group in PAGES.values() for page in group]
    texts = {page: other.get(page) or (ROOT / page).read_text(encoding="utf-8") for page in pages}
    texts["index.md"] = (ROOT / "README.md").read_text(encoding="utf-8") + contents(names)
    for page, text in texts.items():
        folder = (ROOT / page).parent
        text = re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL)
        for _, target in LINK.findall(text):
            file = folder / target
            if "://" not in target and file.is_file() and file.suffix not in (".md", ".ipynb"):
                here = source / page
                (here.parent / target).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, here.parent / target)
        text = _to_first_page(page, text)
        (source / page).parent.mkdir(parents=True, exist_ok=True)
        (source / page).write_text(text, encoding="utf-8")
    (source / "static" / "mathjax" / "tex-svg.js").write_bytes(gzip.decompress(MATHJAX.read_bytes()))
    (source / "templates").mkdir()
    for name, where in WHERE.items():
        shutil.copyfile(PARTS / name, source / where / name)


def _to_first_page(page: str, text: str) -> str:
    """The text with its links to the course's README leading to the site's first page, which is made of it."""

    def link(found: re.Match[str]) -> str:
        top = (ROOT / page).parent.joinpath(found.group(1) or ".").resolve() == ROOT
        return f"]({found.group(1)}index.md" if top else found.group()

    return re.sub(r"\]\(((?:\.\./)*)README\.md", link, text)


def write(out: Path) -> int:
    """Make the site in ``out``, whole or not at all; how many lessons are in it. ValueError where Sphinx warns."""
    if out.exists() and any(out.iterdir()) and not (out / "searchindex.js").exists():
        raise ValueError(f"{out} is not empty and holds no site. Name another folder: --out FOLDER")
    with tempfile.TemporaryDirectory() as scratch:
        source, made = Path(scratch) / "source", Path(scratch) / "made"
        lay_out(source)
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d"]
        done = subprocess.run(
            [*command, str(Path(scratch) / "trees"), str(source), str(made)],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"},
        )
        if done.returncode:
            raise ValueError(
                "Sphinx is not content:\n" + done.stderr.replace(str(source) + os.sep, "").strip()
            )
        for one in ("objects.inv", ".buildinfo", "_sources"):
            target = made / one
            shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
        if out.exists():
            shutil.rmtree(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, out)
    return len(lessons.paths())


def main(argv: list[str] | None = None) -> int:
    """Make the site; 0 if all went well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("site"), help="where to (default: site)")
    options = parser.parse_args(argv)
    try:
        count = write(options.out)
    except ValueError as error:
        parser.error(str(error))
    size = sum(one.stat().st_size for one in options.out.rglob("*") if one.is_file())
    print(
        f"{options.out}: {count} lessons, {size / 1e6:.0f} MB. Open {options.out / 'index.html'} in a browser."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
