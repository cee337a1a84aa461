"""Turn ``notebooks/source/*.md`` into executed ``notebooks/*.ipynb``: two builds of one source are the same bytes.

It is not a converter back: lessons are edited as MyST text only, and a test fails where the two differ.

    python tools/build_notebooks.py             build what differs from its source
    python tools/build_notebooks.py --all       build everything, as after a change in recsys_helpers
    python tools/build_notebooks.py --check     only compare; 1 if anything differs
    python tools/build_notebooks.py 03 08       only lessons whose name starts so
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from recsys_helpers import extras
from recsys_helpers.datasets._files import places

ROOT = Path(__file__).resolve().parents[1]
WIDGET = "application/vnd.jupyter.widget-view+json"
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}


def read_source(path: Path) -> nbformat.NotebookNode:
    """A lesson's text as a notebook that has not run: the same text gives the same ids, and no pairing metadata."""
    try:
        notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="md:myst")
    except (ValueError, nbformat.ValidationError) as error:
        raise ValueError(f"{path.name} is not MyST text as docs/contributing.md shows it: {error}") from None
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        name = hashlib.sha1(f"{cell.cell_type}\0{cell.source}".encode()).hexdigest()[:8]
        seen[name] += 1
        cell.id = name if seen[name] == 1 else f"{name}-{seen[name]}"
        cell.metadata.pop("lines_to_next_cell", None)
    return notebook


def differences(source: Path, notebook: Path) -> list[str]:
    """Where a notebook's cells (kind, text, metadata) or its own metadata are not those of its source."""
    if not notebook.is_file():
        return [f"{notebook.name} has not been built"]
    want, have = read_source(source), nbformat.read(notebook, as_version=4)
    found = []
    if have.metadata != want.metadata:
        found.append(f"{notebook.name}: metadata {dict(have.metadata)} instead of {dict(want.metadata)}")
    if len(have.cells) != len(want.cells):
        found.append(f"{notebook.name}: {len(have.cells)} cells, the source has {len(want.cells)}")
    for number, (a, b) in enumerate(zip(want.cells, have.cells, strict=False)):
        for what in ("cell_type", "source", "metadata", "id"):
            if a.get(what) != b.get(what):
                found.append(f"{notebook.name}, cell {number}: another {what} than in the source")
    return found


def kernel_environment(scratch: str) -> dict[str, str]:
    """The environment lessons run in: sets print in one order, and nobody's own progress gets into an output."""
    inherited = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    return {**inherited, "PYTHONHASHSEED": "0", "RECSYS_WORK": scratch, "PYTHONPATH": str(ROOT)}


def execute(notebook: nbformat.NotebookNode, folder: Path, timeout: int = 900) -> None:
    """Run a notebook in place, in a fresh kernel that starts in ``folder``; raises what nbclient raises."""
    with tempfile.TemporaryDirectory() as scratch:
        client = NotebookClient(
            notebook,
            timeout=timeout,  # of the clock, so for a machine that is busy with something else
            startup_timeout=900,
            iopub_timeout=120,  # or outputs that come late would be missed
            kernel_name=KERNEL["name"],
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
        )
        client.execute(env=kernel_environment(scratch))
    join_streams(notebook)
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})


def join_streams(notebook: nbformat.NotebookNode) -> None:
    """Join what was printed piece by piece, or the timing would show in the file; what a figure parts stays apart."""
    for cell in notebook.cells:
        joined = []
        for output in cell.get("outputs", []):
            last = joined[-1] if joined else {}
            if output.output_type == last.get("output_type") == "stream" and output.name == last["name"]:
                last["text"] += output.text
            else:
                joined.append(output)
        if joined:
            cell["outputs"] = joined


def settle_widgets(notebook: nbformat.NotebookNode) -> None:
    """Name each widget in the outputs by its place: a kernel draws the names anew in every run."""
    for cell in notebook.cells:
        shown = [
            output["data"][WIDGET] for output in cell.get("outputs", []) if WIDGET in output.get("data", {})
        ]
        for number, view in enumerate(shown):
            view["model_id"] = hashlib.md5(f"{cell.id}\0{number}".encode()).hexdigest()


def needed(notebook: nbformat.NotebookNode) -> list[str]:
    """The optional packages that some cells need, by their tags (`needs-deep`), in alphabetical order."""
    tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])}
    return sorted(tag.removeprefix("needs-") for tag in tags if tag.startswith("needs-"))


def lacking(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Those of them that are not whole on this machine, and what each lacks."""
    return {name: lack for name in needed(notebook) if (lack := extras.missing(name))}


#: tag -> data that the course does not ship. Such a cell's stored output is what it says without them.
NOT_SHIPPED = {"without-yambda": "yambda/flat/50m/listens.parquet"}


def found_here(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """The tags of cells that say something else on this machine, since it has the data, and where these lie."""
    tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])}
    return {
        tag: str(place / file)
        for tag, file in NOT_SHIPPED.items()
        for place in places()
        if tag in tags and (place / file).is_file()
    }


def build(source: Path, notebook: Path) -> None:
    """Execute a source and put the result in its place, whole or not at all.

    Raises ValueError where an extra is missing, or data are here that the course does not ship.
    """
    built = read_source(source)
    for file in found_here(built).values():
        raise ValueError(f"Its outputs are those without {file}: set RECSYS_DATA to another folder.")
    for name, lack in lacking(built).items():
        raise ValueError(
            f"Its outputs are those with every optional package, and {name} is not there: {lack}."
        )
    execute(built, notebook.parent)
    settle_widgets(built)
    nbformat.validate(built)
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=notebook.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            nbformat.write(built, file)
        Path(temporary).chmod(0o644)
        os.replace(temporary, notebook)
    finally:
        Path(temporary).unlink(missing_ok=True)


def warm_up() -> None:
    """Let matplotlib write its list of fonts now, or the first figure would warn about it in a lesson."""
    import matplotlib.font_manager  # noqa: F401


def main(argv: list[str] | None = None, root: Path = ROOT) -> int:
    """Build or compare the lessons that were asked for; 0 if all went well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "lessons", nargs="*", help="the beginning of a lesson's name, such as 03; all if none is given"
    )
    parser.add_argument("--all", action="store_true", help="build also what agrees with its source")
    parser.add_argument("--check", action="store_true", help="compare, build nothing")
    options = parser.parse_args(argv)
    folder = root / "notebooks"
    sources = sorted((folder / "source").glob("*.md"))
    if options.lessons:
        unknown = [name for name in options.lessons if not any(s.stem.startswith(name) for s in sources)]
        if unknown:
            parser.error(f"no lesson in {folder / 'source'} starts with {', '.join(unknown)}")
        sources = [s for s in sources if s.stem.startswith(tuple(options.lessons))]
    failed = False
    if not options.check and sources:
        warm_up()
    for source in sources:
        notebook = folder / f"{source.stem}.ipynb"
        try:
            found = differences(source, notebook)
            if options.check and found:
                print("\n".join(found))
                failed = True
            elif options.check or not (found or options.all):
                print(f"{notebook.name} agrees with its source")
            else:
                start = time.perf_counter()
                build(source, notebook)
                print(f"{notebook.name} built in {time.perf_counter() - start:.0f} s")
        except (ValueError, CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            print(f"{notebook.name} was not built; the old one is untouched.\n{error}", file=sys.stderr)
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
