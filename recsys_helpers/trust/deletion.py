"""A model as if some listeners had never been in its data.

It deletes no file, no log and no list that was shown, and it proves nothing to the person who asked.
"""

from __future__ import annotations

import copy
from typing import Any, TypeVar

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from recsys_helpers.interactions import Interactions, positions
from recsys_helpers.models import EASE, Recommender

AnyModel = TypeVar("AnyModel", bound=Recommender)


def forget(model: AnyModel, users: Any) -> AnyModel:
    """The model that a fit without these listeners makes, over the same items; the given one stays as it is.

    EASE that was solved over items takes them out of its inverse: with their rows in U,
    (P^-1 - U^T U)^-1 = P + P U^T (I - U P U^T)^-1 U P (Woodbury). That is exact where lambda stays the same, so on 0/1.
    Its lambda is otherwise a mean over all values, and a trace of the listener would stay in it: then, and for every
    other model, a clone is fitted anew. A model that draws random numbers draws the same again if its random_state is a
    number.

    Raises ValueError for an unknown listener, for a model that needs more than interactions, or where nobody is left.
    """
    check_is_fitted(model, "users_")
    if model.needs:
        raise ValueError(
            f"{type(model).__name__} was fitted on {' and '.join(model.needs)} too: take the listeners out of these "
            "tables and fit it again."
        )
    seen = model.seen_
    gone = np.zeros(len(seen.users), dtype=bool)
    gone[positions(seen.users, users, "user")] = True
    rest = seen.subset(users=seen.users[~gone])
    if rest.nnz == 0:
        raise ValueError("Without these listeners there is no play left: there is no model of nobody.")
    if isinstance(model, EASE) and model.solved_over_ == "items" and _same_lambda(model, rest):
        other = copy.copy(model)
        other.users_, other.seen_ = rest.users, rest
        other.weights_, other.diagonal_ = _without(model, seen.matrix[np.flatnonzero(gone)])
        return other
    fitted: AnyModel = clone(model).fit(rest)
    return fitted


def _same_lambda(model: EASE, rest: Interactions) -> bool:
    """Whether a fit on the rest would take the same lambda, and would solve over items too."""
    squares = float(np.mean(rest.matrix.data**2))
    items_still = model.solve == "items" or rest.shape[0] >= rest.shape[1]
    return items_still and model.regularization * squares == model.lambda_


def _without(model: EASE, rows: Any) -> tuple[np.ndarray, np.ndarray]:
    """(weights, diagonal of P) without these rows."""
    inverse = model.weights_ * -model.diagonal_
    np.fill_diagonal(inverse, model.diagonal_)
    through = rows @ inverse  # U P
    inverse += through.T @ np.linalg.solve(np.eye(rows.shape[0]) - (rows @ through.T), through)
    diagonal = np.diag(inverse).copy()
    weights = inverse / -diagonal
    np.fill_diagonal(weights, 0.0)
    return weights, diagonal
