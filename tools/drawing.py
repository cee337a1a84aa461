"""A page to draw a diagram of the documentation on: its colours in light and dark, its letters, its SVG file.

It knows nothing of what is drawn: ``event_picture.py`` and ``rooms.py`` do.
"""

from __future__ import annotations

import io
import itertools
import re

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

WIDTH = 670  # of a page, in points
INK, MUTED, FAINT, CARD, PAPER = "#1f2328", "#59636e", "#d0d7de", "#f6f8fa", "#ffffff"
BLUE, OURS, GOOD = "#0072b2", "#b34700", "#00734f"
# A browser that asks for dark pages gets these instead. The paper is part of the drawing, so both can be read anywhere.
DARK = {
    INK: "#e6edf3",
    MUTED: "#9da7b3",
    FAINT: "#3d444d",
    CARD: "#161b22",
    PAPER: "#0d1117",
    BLUE: "#58a9e0",
    OURS: "#ff9e4a",
    GOOD: "#45c99b",
}
FONTS = {
    "svg.fonttype": "none",  # words stay words: found by a search, read aloud, and a change is seen in a diff
    "svg.hashsalt": "event",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Helvetica", "Arial"],
    "font.monospace": ["DejaVu Sans Mono", "Menlo", "Consolas", "Courier New"],
}


class Sheet:
    """A page to write and draw on; x to the right and y down, in points."""

    def __init__(self, height: float):
        self.fig = Figure(figsize=(WIDTH / 72, height / 72), facecolor=PAPER)
        FigureCanvasSVG(self.fig)
        self.ax = self.fig.add_axes((0, 0, 1, 1), frameon=False)
        self.ax.set(xlim=(0, WIDTH), ylim=(height, 0), xticks=[], yticks=[])
        self.layers = itertools.count()  # what is drawn later lies on top

    def text(self, x, y, words, size=8.5, color=INK, mono=False, bold=False, align="left"):
        family, weight = "monospace" if mono else "sans-serif", "bold" if bold else "normal"
        # One line a call: a text of several lines would be placed by the width that each font has here.
        # Between columns the spaces are of the kind that does not shrink.
        words = words.replace(" ", "\u00a0") if mono else words
        for n, line in enumerate(words.split("\n")):
            at = y + n * size * 1.4
            style = {"fontsize": size, "color": color, "family": family, "weight": weight}
            self.ax.text(x, at, line, ha=align, va="baseline", zorder=next(self.layers), **style)

    def mono(self, x, y, words, color=INK):
        self.text(x, y, words, 7.6, color, mono=True)

    def note(self, x, y, words):
        self.text(x, y, words, color=MUTED)

    def box(self, x, y, width, height, color, edge="none", round_by=0.0):
        if round_by:
            shape = FancyBboxPatch((x, y), width, height, boxstyle=f"round,pad=0,rounding_size={round_by}")
        else:
            shape = Rectangle((x, y), width, height)
        shape.set(facecolor=color, edgecolor=edge, linewidth=0.8, zorder=next(self.layers))
        self.ax.add_patch(shape)

    def line(self, xs, ys, color=FAINT, width=1.2):
        style = {"color": color, "linewidth": width, "solid_capstyle": "butt"}
        self.ax.plot(xs, ys, zorder=next(self.layers), **style)

    def dot(self, x, y, radius, color):
        shape = Circle((x, y), radius, facecolor=color, edgecolor="none", zorder=next(self.layers))
        self.ax.add_patch(shape)


def as_text(sheet: Sheet) -> str:
    """The text of a sheet's SVG file, with its colours for dark pages; within the context of ``FONTS``."""
    out = io.StringIO()
    sheet.fig.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    rules = "\n".join(
        f'[style*="{part}: {light}"] {{ {part}: {dark} !important }}'
        for light, dark in DARK.items()
        for part in ("fill", "stroke")
    )
    style = f"<style>@media (prefers-color-scheme: dark) {{\n{rules}\n}}</style>"
    text = re.sub(r"(<svg [^>]*)>", rf"\1>\n {style}", out.getvalue(), count=1)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
