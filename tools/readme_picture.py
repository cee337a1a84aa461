"""Write the README's picture, docs/images/comparison.png: the last figure of lesson 08 as it is stored there.

It draws nothing itself, so the README cannot show what no lesson computes; a test fails where the two differ.
"""

from __future__ import annotations

import base64
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "comparison.png"
LESSON = ROOT / "notebooks" / "08_real_listeners.ipynb"


def last_figure(notebook: Path) -> bytes:
    """The last PNG among a notebook's outputs; ValueError if there is none."""
    outputs = [out for cell in nbformat.read(notebook, as_version=4).cells for out in cell.get("outputs", [])]
    pictures = [out["data"]["image/png"] for out in outputs if "image/png" in out.get("data", {})]
    if not pictures:
        raise ValueError(f"{notebook.name} holds no figure: build it first, with make notebooks.")
    return base64.b64decode(pictures[-1])


if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_bytes(last_figure(LESSON))
    print(f"wrote {PICTURE.relative_to(ROOT)}")
