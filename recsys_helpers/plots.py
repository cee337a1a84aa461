"""The figures that several lessons draw, and the one look they all have.

It computes nothing that a lesson argues from: what a figure shows comes in, and what it says is printed under it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

# Okabe and Ito's colours: told apart under the common kinds of colour blindness, and in grey.
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#7F7F7F",
)
PALETTE = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY)


def figure(
    title: str, xlabel: str, ylabel: str, size: tuple[float, float] = (7.0, 3.6)
) -> tuple[Figure, Axes]:
    """An empty figure in the look of the course: (figure, axes). The title says what is to be seen; sizes in inches."""
    fig, ax = plt.subplots(figsize=size, layout="constrained")
    dress(ax, title, xlabel, ylabel)
    return fig, ax


def dress(ax: Axes, title: str, xlabel: str, ylabel: str) -> None:
    """Give axes the look of the course: title on the left, two spines, a faint grid behind the data."""
    ax.set_title(title, loc="left", fontsize=11)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.25, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.set_prop_cycle(color=PALETTE)


def show(fig: Figure, says: str) -> None:
    """Show a figure and print one line that says what is to be seen in it, for who cannot see it.

    The line is the picture's alternative text too, where a notebook shows pictures among its outputs. Raises ValueError
    when there is nothing said. Build ``says`` from computed values: it is compared when lessons are tested, and a
    picture is not.
    """
    if not says.strip():
        raise ValueError("Say in one line what the figure shows: not everybody can see it.")
    if "inline" in plt.get_backend().lower():
        from IPython.display import display  # what is inline runs in IPython

        display(fig, metadata={"image/png": {"alt": says}})  # type: ignore[no-untyped-call]
    else:
        plt.show()
    plt.close(fig)
    print(says)


def comparison(table: pd.DataFrame, metric: str, title: str, label: str | None = None) -> tuple[Figure, Axes]:
    """One dot a model with its interval, best on top: (figure, axes).

    table : as ``evaluation.compare`` returns it (model, metric, value, low, high). metric : which of its metrics.
    label : of the horizontal axis, by default the metric's name.
    """
    rows = table[table["metric"] == metric].sort_values("value")
    if rows.empty:
        raise ValueError(
            f"The table has no metric {metric!r}, only {', '.join(sorted(set(table['metric'])))}."
        )
    fig, ax = figure(title, label or metric, "", size=(7.0, 0.9 + 0.38 * len(rows)))
    place = np.arange(len(rows))
    ax.hlines(place, rows["low"], rows["high"], color=BLUE, linewidth=2.5, alpha=0.6)
    ax.plot(rows["value"], place, "o", color=BLUE)
    ax.set_yticks(place, rows["model"])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.grid(axis="y", visible=False)
    return fig, ax


def forest(table: pd.DataFrame, title: str, label: str) -> tuple[Figure, Axes]:
    """Differences with their intervals, a row each from the top, beside the line of no difference: (figure, axes).

    table : as ``evaluation.contrast_table`` returns it (claim, group, kind, value, low, high). Groups of one name share
    a colour; a difference between groups is an open diamond. label : of the horizontal axis, with its unit.
    """
    if table.empty:
        raise ValueError("There is no row to draw.")
    fig, ax = figure(title, label, "", size=(7.0, 1.0 + 0.3 * len(table)))
    groups = list(dict.fromkeys(table.loc[table["kind"] == "group", "group"]))
    place, names = np.arange(len(table))[::-1], []
    for y, row in zip(place, table.itertuples(), strict=True):
        between = row.kind == "difference"
        colour = GREY if between else PALETTE[groups.index(row.group) % (len(PALETTE) - 1)]
        ax.hlines(y, row.low, row.high, color=colour, linewidth=2.5, alpha=0.6)
        ax.plot(row.value, y, "D" if between else "o", color=colour, mfc="white" if between else colour)
        names.append(row.claim if row.group == "all" else f"{row.claim}: {row.group}")
    ax.axvline(0, color="black", linewidth=1)
    ax.set_yticks(place, names)
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.grid(axis="y", visible=False)
    return fig, ax


def table(rows: Iterable[Iterable[Any]], columns: Iterable[str], digits: int = 3) -> pd.DataFrame:
    """Rows as a table that people read: all cells are texts, and the first column names the rows.

    Numbers get so many digits and whole ones none, NaN is left empty, and an interval (value, low, high) becomes
    «+0.026 [+0.019, +0.034]».

    >>> table([("ours", 3, 0.25, (0.1, -0.02, 0.22))], ["model", "tries", "nDCG", "gain"], 2)
          tries  nDCG                  gain
    model
    ours      3  0.25  +0.10 [-0.02, +0.22]
    """

    def number(value: float, sign: str = "") -> str:
        return f"{round(float(value), digits) + 0.0:{sign},.{digits}f}"  # + 0.0: never -0.000

    def text(cell: Any) -> str:
        if isinstance(cell, str):
            return cell
        if isinstance(cell, tuple):
            value, low, high = (number(one, "+") for one in cell)
            return f"{value} [{low}, {high}]"
        if isinstance(cell, int | np.integer):
            return f"{cell:,}"
        return "" if np.isnan(cell) else number(cell)

    names = list(columns)
    texts = pd.DataFrame([[text(cell) for cell in row] for row in rows], columns=names)
    return texts.set_index(names[0])


def long_tail(counts: ArrayLike, title: str, what: str, of_what: str) -> tuple[Figure, Axes]:
    """Sorted counts on two logarithmic axes: (figure, axes).

    counts : shape (n,), at least one above 0; zeros are left out. what : the things that are ranked («artists»),
    of_what : what is counted («listeners»).
    """
    counts = np.sort(np.asarray(counts))[::-1]
    counts = counts[counts > 0]
    if len(counts) == 0:
        raise ValueError("There is no count above 0 to draw.")
    fig, ax = figure(title, f"{what}, most popular first (rank, log scale)", f"{of_what} (log scale)")
    ax.loglog(np.arange(1, len(counts) + 1), counts, color=BLUE, linewidth=2)
    return fig, ax


def slider(draw: Callable[[Any], object], what: str, value: object, values: Iterable[object]) -> Any:
    """A slider over ``values`` that calls ``draw`` with the chosen one once it is let go; a cell's last line shows it.

    It begins at ``value``. What ``draw`` prints and plots stands under it. Call ``draw(value)`` in a cell before: where
    a notebook is only read, there is no slider. what : the unit, or what is counted; values : a range or a list. A
    value that is none of them raises ValueError.
    """
    values = list(values)
    if value not in values:
        ends = f"runs from {values[0]} to {values[-1]}" if values else "has no values"
        raise ValueError(f"The slider cannot begin at {value}, which is none of its values: it {ends}.")
    import ipywidgets as widgets  # the other figures need none

    handle = widgets.SelectionSlider(options=values, value=value, description=what, continuous_update=False)
    below = widgets.Output()

    def redraw(change: dict[str, Any]) -> None:
        with below:
            below.clear_output(wait=True)
            draw(change["new"])

    handle.observe(redraw, names="value")
    return widgets.VBox([handle, below])
