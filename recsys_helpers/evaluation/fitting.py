"""Fitting: hand each model what it may learn from, and nothing from behind the cut.

It grades nothing (see ``comparison``) and it knows no model: only what a model says that it reads.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pandas as pd

from recsys_helpers.evaluation.log_splits import up_to
from recsys_helpers.evaluation.split import Split

TABLES = ("events", "items", "users")


def tables_at_the_cut(
    split: Split,
    events: pd.DataFrame | None = None,
    items: pd.DataFrame | None = None,
    users: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """The tables that models may read on this split; of the events only those before its moment.

    A listener and an item are described before the first list that they are in, so users and items are handed on as
    they are, those who come after the cut among them: what their columns hold must have been known by then.
    """
    if events is not None:
        if split.moment is None:
            raise ValueError(
                "This split has no moment, so that any log holds its test: leave events= out, or cut the log with "
                "split_log."
            )
        events = up_to(events, split.moment)
    else:
        events = split.events
    given = {"events": events, "items": items, "users": users}
    return {name: table for name, table in given.items() if table is not None}


def tables_for(model: Any, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Those of the tables that a model reads; ValueError for one that it needs and that is not there.

    A model says so by ``needs`` (cannot do without) and ``takes`` (reads where given); of a model that says nothing,
    the arguments of its ``fit`` do.
    """
    if hasattr(model, "needs") or hasattr(model, "takes"):
        needs = tuple(getattr(model, "needs", ()))
        read = (*needs, *getattr(model, "takes", ()))
    else:
        arguments = inspect.signature(model.fit).parameters
        any_name = any(one.kind is one.VAR_KEYWORD for one in arguments.values())
        needs, read = (), TABLES if any_name else tuple(arguments)
    for name in needs:
        if name not in tables:
            mend = (
                "and this split holds none: cut a log, with split_log"
                if name == "events"
                else f"and none was given: pass {name}="
            )
            raise ValueError(f"{type(model).__name__} needs the table {name}, {mend}.")
    return {name: table for name, table in tables.items() if name in read}


def fitted(model: Any, split: Split, tables: Mapping[str, pd.DataFrame]) -> Any:
    """A clone of the model, fitted on the split's train, and told what is given of listeners it has not met."""
    from sklearn.base import clone  # here, so that tables of lists can be compared without scikit-learn

    ready = clone(model).fit(split.train, **tables_for(model, tables))
    if split.given is None:
        return ready
    if not hasattr(ready, "fold_in"):
        raise ValueError(
            f"{type(model).__name__} has no fold_in, and this split tells of the listeners it grades only after the "
            "fit. Give it one, or take random_split."
        )
    return ready.fold_in(split.given.subset(users=split.listeners))
