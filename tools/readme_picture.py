"""Write two of the README's pictures: lesson 08's comparison of models and lesson 00's map, as they are stored there.

It draws nothing itself, so the README cannot show what no lesson computes; a test fails where they differ.
"""

from __future__ import annotations

import base64
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
PICTURES = {  # file -> the lesson that holds it, and what draws it there
    "comparison.png": ("08_real_listeners.ipynb", "plots.comparison("),
    "map.png": ("00_start_here.ipynb", "plots.course_map("),
}


def last_figure(notebook: Path, drawn_by: str) -> bytes:
    """The last PNG among the outputs of a notebook's cells that hold ``drawn_by``; ValueError if there is none."""
    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if drawn_by in cell.source]
    outputs = [out for cell in cells for out in cell.get("outputs", [])]
    pictures = [out["data"]["image/png"] for out in outputs if "image/png" in out.get("data", {})]
    if not pictures:
        raise ValueError(
            f"{notebook.name} holds no figure of {drawn_by}...): build it first, with make notebooks."
        )
    return base64.b64decode(pictures[-1])


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, (lesson, drawn_by) in PICTURES.items():
        (IMAGES / name).write_bytes(last_figure(ROOT / "notebooks" / lesson, drawn_by))
        print(f"wrote docs/images/{name}")
