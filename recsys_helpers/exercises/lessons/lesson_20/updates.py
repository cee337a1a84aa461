"""The exercises of lesson 20 on what one play changes in a model: two lines of a table, a correction of rank two.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise

# ---- two lines of the Gram matrix ------------------------------------------------------------------------------------


def _played(rng):
    yield np.array([[2, 1, 0], [1, 2, 1], [0, 1, 1]]), [0, 1], 2
    yield np.zeros((3, 3), dtype=int), [], 1
    yield np.array([[1, 0], [0, 3]]), [1], 0
    yield np.array([[3, 2, 1, 1], [2, 2, 1, 0], [1, 1, 2, 1], [1, 0, 1, 4]]), [0, 2], 3
    yield np.array([[5, 1, 2], [1, 4, 0], [2, 0, 6]]), [2], 1
    for _ in range(8):
        n = int(rng.integers(3, 6))
        rows = (rng.random((5, n)) < 0.5).astype(int)
        heard = rng.permutation(n)[: int(rng.integers(1, n))].tolist()
        item = int(rng.choice([i for i in range(n) if i not in heard]))
        yield rows.T @ rows, sorted(heard), item


def _added(gram, cells):
    found = np.array(gram)
    for row, column in cells:
        found[row, column] += 1
    return found


def _by_rows(gram, heard, item):
    before = np.zeros(len(gram), dtype=int)
    before[list(heard)] = 1
    after = before.copy()
    after[item] = 1
    return gram + np.outer(after, after) - np.outer(before, before)


@exercise(
    inputs=_played,
    hints=[
        "Which pairs of tracks have a listener more than before? All of them hold the new track.",
        "For each j that was heard, gram[item, j] and gram[j, item] grow by 1; and what of gram[item, item]?",
    ],
    why="Two lines of the table instead of all of it, and the rest of the model is computed from the table as before. "
    "So ItemKNN can learn a play in no time, and end where a new fit would.",
    mistakes={
        "Is only one of the two lines changed? The table is symmetric.": lambda gram, heard, item: _added(
            gram, [(item, j) for j in [*heard, item]]
        ),
        "Is the diagonal missing? The new track has a listener more, too.": lambda gram, heard, item: _added(
            gram, [(item, j) for j in heard] + [(j, item) for j in heard]
        ),
        "Did the diagonal grow by 2? The track has one listener more.": lambda gram, heard, item: _added(
            gram, [(item, j) for j in [*heard, item]] + [(j, item) for j in [*heard, item]]
        ),
        "Did you add the listener's whole row again? The pairs heard before are in the table already.": (
            lambda gram, heard, item: _added(gram, [(i, j) for i in [*heard, item] for j in [*heard, item]])
        ),
        "Did the whole lines grow? Only the tracks that this listener heard have one listener more with it.": (
            lambda gram, heard, item: _added(
                gram,
                [(item, j) for j in range(len(gram))] + [(j, item) for j in range(len(gram)) if j != item],
            )
        ),
    },
    alternatives=[_by_rows],
)
def gram_after_play(gram, heard, item):
    """The table of who heard both, after a listener who had heard the tracks `heard` plays `item` for the first time.

    `gram` is an array (n, n): for two tracks the number of listeners who heard both, and on its diagonal the number of
    listeners of each. Tracks are numbers from 0. The given table stays as it is.
    """
    found = np.array(gram)
    for other in heard:
        found[item, other] += 1
        found[other, item] += 1
    found[item, item] += 1
    return found


# ---- a correction of rank two ----------------------------------------------------------------------------------------


def _rows(rng):
    yield np.linalg.inv(np.array([[4.0, 1.0], [1.0, 3.0]])), np.array([1.0, 0.0]), np.array([1.0, 1.0])
    yield np.array([[0.5]]), np.array([0.0]), np.array([1.0])
    yield (
        np.linalg.inv(np.array([[4.0, 2.0, 1.0], [2.0, 5.0, 1.0], [1.0, 1.0, 4.0]])),
        np.array([1.0, 1.0, 0.0]),
        np.array([1.0, 1.0, 1.0]),
    )
    yield np.linalg.inv(np.diag([3.0, 2.0, 4.0])), np.array([0.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    for n in (2, 3, 3, 4, 4):
        rows = (rng.random((6, n)) < 0.5).astype(float)
        rows[0] = 0.0
        rows[0, : n - 1] = 1.0
        after = rows[0].copy()
        after[n - 1] = 1.0
        yield np.linalg.inv(rows.T @ rows + 2 * np.eye(n)), rows[0].copy(), after


def _with(inverse, row):
    through = inverse @ row
    return inverse - np.outer(through, through) / (1 + row @ through)


def _without(inverse, row):
    through = inverse @ row
    return inverse + np.outer(through, through) / (1 - row @ through)


def _refitted(inverse, before, after):
    return np.linalg.inv(np.linalg.inv(inverse) - np.outer(before, before) + np.outer(after, after))


def _woodbury(inverse, before, after):
    both = np.stack([after, before])
    inner = np.diag([1.0, -1.0]) + both @ inverse @ both.T
    return inverse - inverse @ both.T @ np.linalg.solve(inner, both @ inverse)


def _both_from_the_old(inverse, before, after):
    added, taken = _with(inverse, after), _without(inverse, before)
    return added + taken - inverse


@exercise(
    inputs=_rows,
    hints=[
        "In A the listener's old row goes out, and the new one comes in: two changes, each of rank one.",
        "With v = inverse @ row: taking a row out gives inverse + outer(v, v) / (1 - row @ v), putting one in "
        "inverse - outer(v, v) / (1 + row @ v). The second step begins with what the first one gave.",
    ],
    why="Two corrections of n squared steps each, instead of an inversion of n cubed, and the same matrix up to "
    "rounding. A play is a change of rank two, because the old row has to go.",
    mistakes={
        "Did you put in the difference of the two rows? A holds the product of each row with itself.": (
            lambda inverse, before, after: _with(inverse, after - before)
        ),
        "Is the old row still in it? It goes out before the new one comes in.": (
            lambda inverse, before, after: _with(inverse, after)
        ),
        "Did only the old row go out?": lambda inverse, before, after: _without(inverse, before),
        "Are the two rows exchanged? What was before goes out.": lambda inverse, before, after: (
            _with(_without(inverse, after), before)
            if abs(1 - after @ inverse @ after) > 1e-9
            else _with(inverse, before)
        ),
        "Did both steps begin with the old inverse? The second one begins with what the first one gave.": (
            _both_from_the_old
        ),
        "Did you change the inverse itself by the products of the rows? They are parts of A.": (
            lambda inverse, before, after: inverse - np.outer(before, before) + np.outer(after, after)
        ),
        "Is that A? Asked is its inverse.": lambda inverse, before, after: (
            np.linalg.inv(inverse) - np.outer(before, before) + np.outer(after, after)
        ),
    },
    alternatives=[_refitted, _woodbury],
)
def inverse_after_play(inverse, before, after):
    """The inverse of A - b b^T + a a^T, from `inverse`, that of A: b is a listener's row `before` a play, a `after` it.

    `inverse` is a symmetric array (n, n), the rows are arrays (n,) of zeros and ones. All three stay as they are.
    """
    through = inverse @ before
    without = inverse + np.outer(through, through) / (1 - before @ through)
    through = without @ after
    return without - np.outer(through, through) / (1 + after @ through)
