"""Fitting: hand each model what it may learn from, and nothing from behind the cut.

It grades nothing (see ``comparison``) and it knows no model: only what a model says that it reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from recsys_helpers.evaluation.log_splits import up_to
from recsys_helpers.evaluation.split import Split


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


def check_needs(model: Any, tables: Mapping[str, pd.DataFrame]) -> None:
    """ValueError if a table that a model needs is not there: to be asked before any model is fitted."""
    for name in getattr(model, "needs", ()):
        if name not in tables:
            mend = (
                "and this split holds none: cut a log, with split_log"
                if name == "events"
                else f"and none was given: pass {name}="
            )
            raise ValueError(f"{type(model).__name__} needs the table {name}, {mend}.")


def fitted(model: Any, split: Split, tables: Mapping[str, pd.DataFrame]) -> Any:
    """A clone of the model, fitted on the split's train, and told what is given of listeners it has not met."""
    from sklearn.base import clone  # here, so that tables of lists can be compared without scikit-learn

    from recsys_helpers.models.checks import tables_for

    ready = clone(model).fit(split.train, **tables_for(model, tables))
    if split.given is None:
        return ready
    if not hasattr(ready, "fold_in"):
        raise ValueError(
            f"{type(model).__name__} has no fold_in, and this split tells of the listeners it grades only after the "
            "fit. Give it one, or take random_split."
        )
    return ready.fold_in(split.given.subset(users=split.listeners))
