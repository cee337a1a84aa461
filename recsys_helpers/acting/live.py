"""Profiles that follow a stream of plays before weights that stay: what a listener has heard, and the next list.

It judges nothing (see ``streaming``) and fits nothing: a model's own ``fold_in`` reads a profile.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from recsys_helpers.columns import show
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import Recommender
from recsys_helpers.models.checks import check_choice, check_number

#: how the plays of a pair become its value: (from the sum of shares heard, back to it)
VALUES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "listened": (lambda heard: heard / (1 + heard), lambda value: value / (1 - value)),
    "counted": (lambda heard: heard, lambda value: value),
}


class Profile:
    """What one listener has heard so far: for each item the sum of the shares heard, the latest item last.

    >>> profile = Profile({"a": 1.0, "b": 0.5})
    >>> profile.add("a", 1.0)
    >>> profile.heard
    {'b': 0.5, 'a': 2.0}
    >>> profile.values(latest=1, rest=0.5)
    {'b': 0.16666666666666666, 'a': 0.6666666666666666}
    """

    def __init__(self, heard: dict[Any, float] | None = None):
        if not isinstance(heard, dict | None):
            raise ValueError(f"heard={show(heard)}: give a dictionary, item -> sum of the shares heard.")
        self.heard: dict[Any, float] = dict(heard or {})
        for item, sum_ in self.heard.items():
            check_number(f"heard[{show(item)}]", sum_, 0)

    def __contains__(self, item: object) -> bool:
        return item in self.heard

    def add(self, item: Any, share: float) -> None:
        """A play of a share, 0 to 1, of an item; it is now the latest. ValueError for another share."""
        if isinstance(share, bool) or not isinstance(share, Real) or not 0 <= share <= 1:
            raise ValueError(f"share={show(share)}: a play is a share of its item, from 0 to 1.")
        self.heard[item] = self.heard.pop(item, 0.0) + share

    def values(self, how: str = "listened", latest: int = 5, rest: float = 1.0) -> dict[Any, float]:
        """Item -> the value that a model is to see: of the ``latest`` items as it is, of all others times ``rest``.

        how : "listened", h / (1 + h) as in ``events.preference``; "counted", h itself. With rest=1 the order says
        nothing, and with rest=0 the others are left out, so that the model sees the latest alone.
        """
        check_choice("how", how, tuple(VALUES))
        check_sight(latest, rest)
        value = VALUES[how][0]
        items = list(self.heard)
        early = max(0, len(items) - latest)
        found = {item: rest * value(self.heard[item]) for item in items[:early]} if rest else {}
        return found | {item: value(self.heard[item]) for item in items[early:]}


class LiveProfiles:
    """A fitted model whose weights stay, behind profiles that take in every play.

    Parameters
    ----------
    model : fitted; the profiles begin with what it was fitted on. With times, in their order, else in that of the ids.
    how : what its values are: "listened", h / (1 + h) with h the sum of shares heard, or "counted", h itself.

    A listener who is new has an empty profile, and gets the chart: the items with the most listeners in the model's
    data. A play of an item that the model does not know stays in the profile, and cannot count before the next fit.

    Raises ValueError for a model whose values are not of the kind ``how``.

    >>> from recsys_helpers.models import ItemKNN
    >>> log = pd.DataFrame({"user_id": [1, 1, 2, 2, 3], "track_id": list("abbcc"), "value": 0.5})
    >>> live = LiveProfiles(ItemKNN(shrinkage=0).fit(Interactions.from_frame(log, value="value")))
    >>> live.recommend(4, k=2)["item"].tolist()
    ['b', 'c']
    >>> live.add(4, "a", 1.0)
    >>> live.recommend(4, k=1)["item"].tolist()
    ['b']
    """

    def __init__(self, model: Recommender, how: str = "listened"):
        check_choice("how", how, tuple(VALUES))
        check_fitted(model)
        self.how = how
        self.profiles: dict[Any, Profile] = {}
        self.model = model
        self._chart = chart(model.seen_)
        self._begin()

    def _begin(self) -> None:
        seen = self.model.seen_
        values = seen.matrix.data
        if self.how == "listened" and (values.min(initial=0.0) < 0 or values.max(initial=0.0) >= 1):
            raise ValueError(
                f"how='listened' wants values from 0 to below 1, h / (1 + h), and this model was fitted on values from "
                f"{values.min():g} to {values.max():g}: fit it on preference(events, 'listened', tracks), or say "
                "how='counted'."
            )
        heard = VALUES[self.how][1](values)
        order = np.arange(seen.nnz) if seen.times is None else np.lexsort((seen.times, seen.rows))
        for row, column, share in zip(
            seen.rows[order].tolist(), seen.matrix.indices[order].tolist(), heard[order].tolist(), strict=True
        ):
            self.profiles.setdefault(seen.users[row], Profile()).heard[seen.items[column]] = share

    def profile(self, user: Any) -> Profile:
        """What a listener has heard; of one who is new an empty one, which is kept once they play."""
        return self.profiles.get(user, Profile())

    def add(self, user: Any, item: Any, share: float) -> None:
        """Take in a play: the share of an item, 0 to 1, that a listener heard."""
        for name, one in (("user", user), ("item", item)):
            if not isinstance(one, Hashable) or one is None or one != one:
                raise ValueError(f"{name}={show(one)}: a play has the id of a listener and of an item.")
        profile = self.profile(user)
        profile.add(item, share)
        self.profiles[user] = profile

    def recommend(self, user: Any, k: int = 10, latest: int = 5, rest: float = 1.0) -> pd.DataFrame:
        """The k best unheard items for one listener now: a table user, item, rank, score; see ``Profile.values``.

        Whoever has heard nothing that the model knows gets the chart, where the score is the number of listeners.
        """
        check_number("k", k, 1, whole=True)
        mine = self.profile(user)
        values = {
            item: value
            for item, value in mine.values(self.how, latest, rest).items()
            if item in self.model.items_
        }
        if not any(values.values()):
            left = self._chart[~self._chart.index.isin(list(mine.heard))].iloc[:k]
            rank = np.arange(1, len(left) + 1)
            return pd.DataFrame({"user": user, "item": left.index, "rank": rank, "score": left.to_numpy()})
        frame = pd.DataFrame(
            {"user": [user] * len(values), "item": list(values), "value": list(values.values())}
        )
        now = Interactions.from_frame(frame, user="user", item="item", value="value", items=self.model.items_)
        there = None if rest else self.model.items_[~self.model.items_.isin(list(mine.heard))]
        return self.model.fold_in(now).recommend([user], k=k, candidates=there)

    def changed(self, users: Any) -> Interactions:
        """What these listeners have heard, as values: for ``partial_fit`` with merge="last".

        users : a list of ids. Raises ValueError where none of them has heard anything.
        """
        rows = [
            (user, item, value)
            for user in users
            for item, value in self.profile(user).values(self.how).items()
        ]
        if not rows:
            raise ValueError(
                "None of these listeners has heard anything: there is nothing to learn from them."
            )
        return Interactions.from_frame(
            pd.DataFrame(rows, columns=["user_id", "track_id", "value"]), value="value"
        )


def chart(x: Interactions) -> pd.Series:
    """Items by their number of listeners, the most first, ties by id: id -> number.

    >>> chart(Interactions.from_frame(pd.DataFrame({"user_id": [1, 2, 2], "track_id": list("aba")}))).to_dict()
    {'a': 2.0, 'b': 1.0}
    """
    listeners = np.bincount(x.matrix.indices, minlength=len(x.items)).astype(np.float64)
    return pd.Series(listeners, x.items).sort_values(ascending=False, kind="stable")


def check_sight(latest: Any, rest: Any) -> None:
    """ValueError unless ``latest`` is a number of items and ``rest`` a weight; see ``Profile.values``."""
    check_number("latest", latest, 0, whole=True)
    check_number("rest", rest, 0)


def check_fitted(model: Any) -> None:
    """ValueError for what is no model, or one that is not fitted."""
    if not hasattr(model, "fold_in"):
        raise ValueError(
            f"{show(model)} is no model that takes in a profile: give a fitted one, such as EASE().fit(x)."
        )
    check_is_fitted(model, "items_")
