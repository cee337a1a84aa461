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


def table(
    rows: Iterable[Iterable[Any]], columns: Iterable[str], digits: int = 3, levels: Iterable[str] = ()
) -> pd.DataFrame:
    """Rows as a table that people read: all cells are texts, and the first column names the rows.

    Numbers get so many digits and whole ones none, NaN is left empty, and an interval (value, low, high) becomes
    «+0.026 [+0.019, +0.034]», with its signs, because it is a difference. levels : names of the columns, or of the
    rows, whose intervals are levels, such as a share or an nDCG, and no differences: they carry no plus. Raises
    ValueError for a name there that is neither a column nor a row.

    >>> table([("ours", 3, 0.25, (0.1, -0.02, 0.22))], ["model", "tries", "nDCG", "gain"], 2)
          tries  nDCG                  gain
    model
    ours      3  0.25  +0.10 [-0.02, +0.22]
    >>> table([("ours", (0.25, 0.19, 0.31))], ["model", "nDCG"], 2, levels=["nDCG"])
                        nDCG
    model
    ours   0.25 [0.19, 0.31]
    """

    def number(value: float, sign: str = "") -> str:
        return f"{round(float(value), digits) + 0.0:{sign},.{digits}f}"  # + 0.0: never -0.000

    def text(cell: Any, sign: str) -> str:
        if isinstance(cell, str):
            return cell
        if isinstance(cell, tuple):
            value, low, high = (number(one, sign) for one in cell)
            return f"{value} [{low}, {high}]"
        if isinstance(cell, int | np.integer):
            return f"{cell:,}"
        return "" if np.isnan(cell) else number(cell)

    names, cells, plain = list(columns), [list(row) for row in rows], set(levels)
    if unknown := plain - set(names) - {row[0] for row in cells}:
        raise ValueError(f"levels names {min(unknown)!r}, which is neither a column nor a row of this table.")
    signed = [["" if {name, row[0]} & plain else "+" for name in names] for row in cells]
    texts = [list(map(text, row, signs)) for row, signs in zip(cells, signed, strict=True)]
    return pd.DataFrame(texts, columns=names).set_index(names[0])


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


# The map of the field: six questions, the answers to each, and the lessons that build them.
COURSE_MAP: dict[str, dict[str, str]] = {
    "what is known?": {
        "the log": "01",
        "portraits": "02",
        "ratings (explicit)": "03 04",
        "plays (implicit)": "04 05 10",
        "content, context": "05 11 22",
    },
    "which model?": {
        "content-based": "05 22",
        "collaborative": "03 04 10 12",
        "hybrid": "05 11 12",
        "models of order": "13",
    },
    "what is asked?": {
        "a rating": "03 04",
        "a top-N list": "04 05 06 10",
        "the next in a session": "13",
        "an answer or a price": "23",
    },
    "at which stage?": {
        "retrieve": "04 12 20",
        "rank": "04 10 11 12",
        "re-rank": "09",
        "serve": "20",
        "run at size": "21",
    },
    "is it good?": {
        "offline": "06 08",
        "evidence, served": "07 08 09",
        "exploring": "05 14",
        "causes and plans": "15",
        "competition": "16",
        "a report": "24",
    },
    "can it be trusted?": {"reasons and control": "17", "attack and defence": "18", "privacy": "19"},
}


def course_map(here: str | None = None) -> tuple[Figure, Axes]:
    """The map of the field and of the course, with the places of lesson ``here`` marked: (figure, axes).

    A row for each question of ``COURSE_MAP``, a box for each answer with the lessons that build it. The boxes of
    ``here`` have a thick border and a dot. Raises ValueError for a lesson that is not on the map.

    >>> fig, ax = course_map("04")
    >>> sum("●" in text.get_text() for text in ax.texts)
    7
    >>> plt.close(fig)
    """
    known = {lesson for row in COURSE_MAP.values() for lessons in row.values() for lesson in lessons.split()}
    if here is not None and here not in known:
        raise ValueError(f"Lesson {here!r} is not on the map, only {', '.join(sorted(known))}.")
    title = "Six questions place every method" if here is None else f"Lesson {here} on the map (thick, ●)"
    fig, ax = plt.subplots(figsize=(8.6, 4.2), layout="constrained")
    ax.set_title(title, loc="left", fontsize=11)
    ax.axis("off")
    ax.set_xlim(0, 5.9)
    ax.set_ylim(len(COURSE_MAP) - 0.4, -0.6)
    for y, (question, row) in enumerate(COURSE_MAP.items()):
        ax.text(0, y, question, va="center", fontsize=10, color=BLUE, fontweight="bold")
        for n, (answer, lessons) in enumerate(row.items()):
            x, marked = 1.5 + (n + 0.5) * 4.4 / len(row), here in lessons.split()
            box: dict[str, Any] = {"boxstyle": "round,pad=0.45", "fc": "white"}
            box |= {"ec": RED, "linewidth": 2.5} if marked else {"ec": GREY, "linewidth": 1}
            text = f"{'● ' if marked else ''}{answer}\n{lessons.replace(' ', ' · ')}"
            ax.text(x, y, text, ha="center", va="center", fontsize=8.5, color="black", bbox=box)
            if n and question == "at which stage?":
                gap = 4.4 / len(row)
                ax.annotate(
                    "",
                    (x - 0.33 * gap, y),
                    (x - 0.67 * gap, y),
                    arrowprops={"arrowstyle": "->", "color": GREY},
                )
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
