"""Write the README's picture, docs/images/comparison.png: lesson 08's comparison of models as it is stored there.

It draws nothing itself, so the README cannot show what no lesson computes; a test fails where the two differ.
"""

from __future__ import annotations

import base64
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "comparison.png"
LESSON = ROOT / "notebooks" / "08_real_listeners.ipynb"


def last_figure(notebook: Path, drawn_by: str = "plots.comparison(") -> bytes:
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
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_bytes(last_figure(LESSON))
    print(f"wrote {PICTURE.relative_to(ROOT)}")
