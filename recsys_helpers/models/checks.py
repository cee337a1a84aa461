"""What models refuse before they learn: settings that cannot be, tables that are missing or not read.

It looks at no score (see ``topk``) and at no id (see ``interactions``).
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from recsys_helpers.columns import as_frame, show
from recsys_helpers.interactions import Interactions

TABLES = ("events", "items", "users")


def check_number(name: str, value: Any, low: float, whole: bool = False) -> None:
    """ValueError unless ``value`` is a finite (whole) number of at least ``low``.

    >>> check_number("prior", 0.5, 0)
    >>> check_number("n_factors", np.float64(2.5), 1, whole=True)
    Traceback (most recent call last):
    ValueError: n_factors=2.5: give a whole number, 1 or more.
    """
    kind: Any = Integral if whole else (int, float, np.integer, np.floating)
    if isinstance(value, bool) or not isinstance(value, kind) or not low <= value < np.inf:
        what = "a whole number" if whole else "a number"
        raise ValueError(f"{name}={show(value)}: give {what}, {low:g} or more.")


def check_choice(name: str, value: Any, choices: Iterable[str]) -> None:
    """ValueError unless ``value`` is one of ``choices``.

    >>> check_choice("solve", "rows", ("users", "items"))
    Traceback (most recent call last):
    ValueError: solve='rows': choose 'users' or 'items'.
    """
    *others, last = choices
    if not isinstance(value, str) or value not in (*others, last):
        words = ", ".join(map(repr, others)) + (" or " if others else "") + repr(last)
        raise ValueError(f"{name}={show(value)}: choose {words}.")


def random_source(random_state: Any) -> Any:
    """What draws: a NumPy Generator as it is; a seed, a RandomState or None as scikit-learn reads them."""
    if isinstance(random_state, np.random.Generator):
        return random_state
    return check_random_state(random_state)


def tables_for(model: Any, tables: Mapping[str, pd.DataFrame | None]) -> dict[str, pd.DataFrame]:
    """Those of the tables that a model reads: what to pass to its ``fit`` when one call serves many models.

    A model that does not say what it reads (no ``needs``, no ``takes``) gets those that its ``fit`` has names for.

    >>> from recsys_helpers.models import ContentBased, Popularity
    >>> tracks = pd.DataFrame({"track_id": ["a"]})
    >>> [list(tables_for(model, {"items": tracks, "users": None})) for model in (Popularity(), ContentBased())]
    [[], ['items']]
    """
    if hasattr(model, "needs") or hasattr(model, "takes"):
        read = (*getattr(model, "needs", ()), *getattr(model, "takes", ()))
    else:
        arguments = inspect.signature(model.fit).parameters
        any_name = any(one.kind is one.VAR_KEYWORD for one in arguments.values())
        read = TABLES if any_name else tuple(arguments)
    return {name: table for name, table in tables.items() if table is not None and name in read}


def check_tables(
    name: str, needs: tuple[str, ...], takes: tuple[str, ...], given: Mapping[str, Any]
) -> dict[str, pd.DataFrame | None]:
    """The tables that the model called ``name`` reads; ValueError for one that it does not, or one that is missing."""
    for table, value in given.items():
        if value is not None and table not in (*needs, *takes):
            read = " and ".join(dict.fromkeys((*needs, *takes))) or "no table"
            raise ValueError(f"{name} would not read {table}= (it reads {read}): leave it out.")
        if value is None and table in needs:
            raise ValueError(f"{name} needs a table of the {table}: fit(interactions, {table}=...).")
    known = {table: value for table, value in given.items() if table in (*needs, *takes)}
    return {table: None if value is None else as_frame(value, table) for table, value in known.items()}


def check_not_negative(x: Interactions, model: str) -> None:
    """ValueError if a value is below zero, for the models that read values as amounts."""
    if (x.matrix.data < 0).any():
        at = int(np.flatnonzero(x.matrix.data < 0)[0])
        raise ValueError(
            f"{model} reads values as amounts, and user {show(x.users[x.rows[at]])} with item "
            f"{show(x.items[x.matrix.indices[at]])} has {x.matrix.data[at]:g}: leave such entries out, "
            "x.where(x.matrix.data >= 0), or take a model for which they are dislikes (ImplicitALS, EASE)."
        )
