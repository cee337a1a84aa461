"""A model as a policy: what ``World.serve`` asks for lists, week after week, with the chance of each place.

It knows no world: listeners and a week in, a table of what to show out. What is exploring is ``lottery``'s.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.acting import lottery
from recsys_helpers.acting.keyed import joined, uniforms, words
from recsys_helpers.columns import as_ids, show
from recsys_helpers.models import OpenRecommender, Recommender
from recsys_helpers.models.checks import check_number

COLUMNS = ["user", "item", "rank", "score", "propensity"]
PLACE, ITEM = 1, 2  # what a uniform is for


class ModelPolicy:
    """Shows each listener the best that a fitted model has for them.

    Parameters
    ----------
    model : a fitted model.
    k : length of a list.
    exclude_seen : leave out what the listener has in the data that the model was fitted on.
    candidates : the only items to show, as in ``recommend``, or a function of the week that gives them.
    fallback : what is shown to a listener for whom the model has too little to go on: ids, best first, or a function of
        the week that gives them, such as ``world.chart``. None: who is unknown to the model gets no list. Models for
        the unknown have their own answer, and need none.
    min_history : how many entries in the model's data are enough to go on; 0: to be known is.
    epsilon : chance that a place goes to an item behind the first k (see ``lottery.explore``).
    temperature : above 0, lists are drawn by Plackett and Luce from exp(score / temperature) (``lottery.race``).
    pool : from how many of the best items the lottery draws.
    seed : of the lottery. Two policies with the same seed meet the same luck, listener by listener, item by item.

    ``lists`` keeps what ``act`` gave, a table for each time it was asked.

    >>> from recsys_helpers.interactions import Interactions
    >>> from recsys_helpers.models import Popularity
    >>> log = pd.DataFrame({"user_id": ["al", "al", "bo"], "track_id": ["a", "b", "b"]})
    >>> policy = ModelPolicy(Popularity().fit(Interactions.from_frame(log)), k=1, fallback=["a"])
    >>> policy.act(["bo", "cy"]).to_string(index=False, header=False).splitlines()
    ['bo a 1 1.0 1.0', 'cy a 1 NaN 1.0']
    """

    def __init__(
        self,
        model: Recommender,
        k: int = 10,
        *,
        exclude_seen: bool = True,
        candidates: Any = None,
        fallback: Any = None,
        min_history: int = 1,
        epsilon: float = 0.0,
        temperature: float = 0.0,
        pool: int = 100,
        seed: int = 0,
    ):
        check_number("k", k, 1, whole=True)
        check_number("min_history", min_history, 0, whole=True)
        check_number("pool", pool, k, whole=True)
        check_number("temperature", temperature, 0)
        check_number("epsilon", epsilon, 0)
        check_number("seed", seed, 0, whole=True)
        if epsilon >= 1 or (epsilon and temperature):
            raise ValueError(
                f"epsilon={show(epsilon)}, temperature={show(temperature)}: give an epsilon below 1, or a temperature, "
                "not both."
            )
        self.model, self.k, self.exclude_seen = model, k, exclude_seen
        self.candidates, self.fallback, self.min_history = candidates, fallback, min_history
        self.epsilon, self.temperature, self.pool, self.seed = epsilon, temperature, pool, seed
        self.lists: list[pd.DataFrame] = []

    def act(self, users: Any, context: pd.DataFrame | None = None) -> pd.DataFrame:
        """The lists for these listeners: a table user, item, rank (from 1), score, propensity.

        context : its column ``week`` says which week it is; without one, weeks are counted from 0 by the calls.
        score : the model's, NaN for the fallback. propensity : the probability that this item stands at this place for
        this listener; 1 where there is no lottery.
        """
        week = self._week(context)
        ids = as_ids(users).unique()
        known = ids[self._known(ids)]
        shown = self._drawn(self._ranked(known, week), week)
        without = ids[~ids.isin(shown["user"])]
        if self.fallback is not None and len(without):
            items = as_ids(_at(self.fallback, week))[: self.k]
            rest = pd.DataFrame(
                {
                    "user": np.repeat(np.asarray(without, dtype=object), len(items)),
                    "item": np.tile(np.asarray(items, dtype=object), len(without)),
                    "rank": np.tile(np.arange(1, len(items) + 1), len(without)),
                    "score": np.nan,
                    "propensity": 1.0,
                }
            )
            shown = pd.concat([shown, rest], ignore_index=True) if len(shown) else rest
        self.lists.append(shown)
        return shown

    def _week(self, context: pd.DataFrame | None) -> int:
        return len(self.lists) if context is None or "week" not in context else int(context["week"].iloc[0])

    def _known(self, ids: pd.Index) -> np.ndarray:
        """For whom the model's list is taken."""
        if isinstance(self.model, OpenRecommender):
            return np.ones(len(ids), dtype=bool)
        row = np.asarray(self.model.users_.get_indexer(ids))
        if self.fallback is None:
            return row >= 0
        length = np.diff(self.model.seen_.matrix.indptr)[np.maximum(row, 0)]
        enough: np.ndarray = (row >= 0) & (length >= self.min_history)
        return enough

    def _ranked(self, known: pd.Index, week: int) -> pd.DataFrame:
        lottery_on = self.epsilon > 0 or self.temperature > 0
        candidates = _at(self.candidates, week)
        k = self.pool if lottery_on else self.k
        return self.model.recommend(known, k=k, exclude_seen=self.exclude_seen, candidates=candidates)

    def _drawn(self, ranked: pd.DataFrame, week: int) -> pd.DataFrame:
        """The first k of each list, or those that the lottery drew from it, with their propensity."""
        if (self.epsilon == 0 and self.temperature == 0) or ranked.empty:
            return ranked[ranked["rank"] <= self.k].assign(propensity=1.0).reset_index(drop=True)
        listener, users = pd.factorize(ranked["user"])
        shape = (len(users), self.pool)
        place = ranked["rank"].to_numpy() - 1
        there, scores, luck = np.zeros(shape, dtype=bool), np.full(shape, -np.inf), np.full(shape, 0.5)
        there[listener, place] = True
        scores[listener, place] = ranked["score"]
        who = words(users)
        luck[listener, place] = uniforms(joined(self.seed, ITEM, week, who[listener], words(ranked["item"])))
        if self.temperature > 0:
            chosen, chance = lottery.race(there, scores, self.k, self.temperature, luck)
        else:
            places = uniforms(joined(self.seed, PLACE, week, who[:, None], np.arange(self.k)))
            chosen, chance = lottery.explore(there, self.k, self.epsilon, places, luck)
        number = np.full(shape, -1)
        number[listener, place] = np.arange(len(ranked))
        row, rank = np.nonzero(chosen >= 0)
        taken = ranked.iloc[number[row, chosen[row, rank]]].reset_index(drop=True)
        return taken.assign(rank=rank + 1, propensity=chance[row, rank])[COLUMNS]


class LearningPolicy(ModelPolicy):
    """A ``ModelPolicy`` that fits its model anew, every week by default, on all that it has been shown.

    Parameters
    ----------
    learn : a function of the log so far that gives a fitted model; one that takes two arguments is given the
        impressions too (None before the first).
    log : the log to begin with, to which each week's events are added; or a function of the week that gives the log to
        learn from, whatever was shown.
    prepare : what is done to the events of a week before they are added, such as ``lambda week: asked_for(week,
        tracks)``; None: nothing.
    every : how many times ``act`` is asked from one fit to the next.
    options : of ``ModelPolicy``.

    ``log`` is what it learns from next.
    """

    model: Recommender

    def __init__(
        self,
        learn: Callable[..., Recommender],
        log: pd.DataFrame | Callable[[int], pd.DataFrame],
        *,
        prepare: Callable[[pd.DataFrame], pd.DataFrame] | None = None,
        every: int = 1,
        **options: Any,
    ):
        check_number("every", every, 1, whole=True)
        super().__init__(None, **options)  # type: ignore[arg-type]
        self.learn, self.prepare, self.every = learn, prepare, every
        self.log = pd.DataFrame() if callable(log) else log
        self._log_of = log if callable(log) else None
        self.impressions: pd.DataFrame | None = None
        self._wants_impressions = len(inspect.signature(learn).parameters) > 1
        if self._wants_impressions:
            self.observe: Callable[..., None] = self._observe_both
        else:
            self.observe = self._observe_events

    def act(self, users: Any, context: pd.DataFrame | None = None) -> pd.DataFrame:
        if len(self.lists) % self.every == 0:
            if self._log_of is not None:
                self.log = self._log_of(self._week(context))
            self.model = (
                self.learn(self.log, self.impressions) if self._wants_impressions else self.learn(self.log)
            )
        return super().act(users, context)

    act.__doc__ = ModelPolicy.act.__doc__

    def _observe_events(self, events: pd.DataFrame) -> None:
        """What was played in the week that is over."""
        if self._log_of is not None:
            return
        more = events if self.prepare is None else self.prepare(events)
        self.log = pd.concat([self.log, more], ignore_index=True)

    def _observe_both(self, impressions: pd.DataFrame, events: pd.DataFrame) -> None:
        """What was shown and what was played in the week that is over."""
        self._observe_events(events)
        kept = [one for one in (self.impressions, impressions) if one is not None]
        self.impressions = pd.concat(kept, ignore_index=True)


def _at(asked: Any, week: int) -> Any:
    """What was given, or what the function that was given says of the week."""
    return asked(week) if callable(asked) else asked
