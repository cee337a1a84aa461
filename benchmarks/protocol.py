"""Which rows are held out, how answers are scored, and the synthetic data: the same for us and for every peer.

It fits no model and holds no clock. A runner gets training rows (users and items as positions 0, 1, 2, …) and gives
back lists or predictions; only here do they meet the rows that were held out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys_helpers.evaluation import ranking, rating
from recsys_helpers.interactions import Interactions

K = 10  # length of every list


@dataclass(frozen=True)
class Plays:
    """Rows in the file's order: user and item positions (ids in ascending order), plays; and the two counts."""

    user: np.ndarray
    item: np.ndarray
    value: np.ndarray
    n_users: int
    n_items: int

    def rows(self, mask: np.ndarray) -> Plays:
        """The rows where the mask is True; the counts stay."""
        return Plays(self.user[mask], self.item[mask], self.value[mask], self.n_users, self.n_items)

    def arrays(self) -> dict[str, np.ndarray]:
        """What a runner is given."""
        return {name: np.asarray(value) for name, value in vars(self).items()}


def lastfm_plays(path=None) -> Plays:
    """Last.fm-2k's play counts: 92,834 rows, 1,892 listeners, 17,632 artists."""
    from recsys_helpers.datasets import load_lastfm

    plays = load_lastfm(path).plays
    user, users = pd.factorize(plays["user_id"], sort=True)
    item, items = pd.factorize(plays["artist_id"], sort=True)
    return Plays(user, item, plays["plays"].to_numpy(float), len(users), len(items))


def hold_out(users: np.ndarray, seed: int = 0, share: float = 0.2, min_items: int = 5) -> np.ndarray:
    """Mask of the rows held out: for each listener with at least ``min_items``, a fifth of them, at least one.

    Listeners by id; for each, a permutation of the rows in the file's order, the first max(1, round(share * n)).

    >>> hold_out(np.array([3, 3, 3, 3, 3, 8])).tolist()
    [False, False, True, False, False, False]
    """
    rng = np.random.default_rng(seed)
    by_listener = np.argsort(users, kind="stable")
    _, starts = np.unique(users[by_listener], return_index=True)
    mask = np.zeros(len(users), dtype=bool)
    for rows in np.split(by_listener, starts[1:]):
        if len(rows) >= min_items:
            mask[rng.permutation(rows)[: max(1, round(share * len(rows)))]] = True
    return mask


def lists_ndcg_each(top: np.ndarray, test: Plays, k: int = K) -> pd.Series:
    """nDCG@k of each user with a test row, by user: lists (n_users, k) of positions, -1 for none; binary gains, ideal
    list cut at k."""
    chosen = Interactions.from_frame(
        pd.DataFrame({"user_id": test.user, "track_id": test.item}),
        users=np.arange(test.n_users),
        items=np.arange(test.n_items),
    )
    user, rank = np.nonzero(top >= 0)
    frame = pd.DataFrame({"user": user, "item": top[user, rank], "rank": rank + 1})
    return ranking.score_lists(frame, chosen, ["ndcg"], k=k)["ndcg"].sort_index()


def lists_ndcg(top: np.ndarray, test: Plays, k: int = K) -> float:
    """The mean over the users of ``lists_ndcg_each``."""
    return float(lists_ndcg_each(top, test, k).mean())


def movielens_folds(path=None, n_splits: int = 5) -> dict[str, np.ndarray]:
    """MovieLens 100K: user, item, value (1 to 5) in the file's order, and the fold that tests each row."""
    from sklearn.model_selection import KFold

    from recsys_helpers.datasets import load_movielens

    ratings = load_movielens(path).ratings
    fold = np.zeros(len(ratings), dtype=int)
    for k, (_, rows) in enumerate(KFold(n_splits, shuffle=True, random_state=0).split(ratings)):
        fold[rows] = k
    return {
        "user": ratings["user_id"].to_numpy(),
        "item": ratings["item_id"].to_numpy(),
        "value": ratings["rating"].to_numpy(float),
        "fold": fold,
    }


def in_time(data: str, path=None) -> Plays:
    """What each person met, each thing once, in order of person and time; ``value`` is the second since 1970.

    ``next_movielens``: every rating of MovieLens 100K. ``next_murmur``: each listener's first play of each track. At
    the same second the lower id comes first.
    """
    from recsys_helpers import events
    from recsys_helpers.datasets import load_movielens, load_murmur

    if data == "next_movielens":
        met = load_movielens(path).ratings
    else:
        murmur = load_murmur()
        log, _ = events.clean(murmur.events, murmur.tracks, murmur.users)
        met = log[log["action"] == "play"].rename(columns={"track_id": "item_id"})
        met = met.sort_values(["user_id", "at", "item_id"]).drop_duplicates(["user_id", "item_id"])
    met = met.sort_values(["user_id", "at", "item_id"])
    user, users = pd.factorize(met["user_id"], sort=True)
    item, items = pd.factorize(met["item_id"], sort=True)
    second = (met["at"] - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(seconds=1)
    return Plays(user, item, second.to_numpy(float), len(users), len(items))


def hold_out_latest(user: np.ndarray) -> np.ndarray:
    """Mask of the last row of everybody who has five or more, of rows in order of person and time.

    >>> hold_out_latest(np.array([0, 0, 0, 0, 0, 1, 1])).tolist()
    [False, False, False, False, True, False, False]
    """
    last = np.append(user[1:] != user[:-1], True)
    return last & (np.bincount(user)[user] >= 5)


def folds_rmse(predictions: np.ndarray, data: dict[str, np.ndarray]) -> float:
    """Mean over the folds of the root mean squared error on each fold's test rows; rows of fold -1 test nothing."""
    fold, value = data["fold"], data["value"]
    folds = np.unique(fold[fold >= 0])
    return float(np.mean([rating.rmse(value[fold == k], predictions[fold == k]) for k in folds]))


def long_tail(
    n_users: int = 600, n_items: int = 10_000, n_train: int = 100_000, n_test: int = 10_000, seed: int = 0
) -> dict[str, np.ndarray]:
    """Few people and many things: user, item, value (0.5 to 5 by halves) and fold, 0 for the test, -1 for the rest.

    How many ratings a person gives and how many a thing gets both have a long tail; a value is a mean of 3.5, the two
    biases, a taste of five factors and noise. The shape is that of the small tables of films that people try first.
    """
    rng = np.random.default_rng(seed)
    n = n_train + n_test
    activity = rng.lognormal(sigma=1.0, size=n_users)
    size = np.minimum(10 + np.floor((n - 10 * n_users) * activity / activity.sum()).astype(int), n_items // 3)
    while (lack := n - size.sum()) > 0:  # what rounding and the limit left over goes to who has room
        room = np.flatnonzero(size < n_items // 3)
        np.add.at(size, rng.choice(room, min(lack, len(room)), replace=False), 1)
    weight = 1 / (20 + np.arange(n_items)) ** 1.1
    keys = rng.exponential(size=(n_users, n_items)) / weight
    item = np.concatenate([np.sort(row.argsort()[:k]) for row, k in zip(keys, size, strict=True)])
    user = np.repeat(np.arange(n_users), size)
    tastes, traits = (rng.normal(0, 0.6, (rows, 5)) for rows in (n_users, n_items))
    value = 3.5 + rng.normal(0, 0.45, n_users)[user] + rng.normal(0, 0.5, n_items)[item]
    value += np.einsum("nk,nk->n", tastes[user], traits[item]) + rng.normal(0, 0.7, n)
    fold = np.full(n, -1)
    fold[rng.permutation(n)[:n_test]] = 0
    return {"user": user, "item": item, "value": np.clip(np.round(2 * value) / 2, 0.5, 5), "fold": fold}


def random_lists(n_users: int = 100_000, n_items: int = 20_000, seed: int = 0) -> dict[str, np.ndarray]:
    """Lists of ten, and what each listener chose (``relevant``, ``sizes`` of them: 1 to 20); a tenth are hits."""
    rng = np.random.default_rng(seed)
    # Steps of at least 1 from a random start, modulo the catalogue: no item twice in one list.
    steps = rng.integers(1, n_items // 40, (n_users, K + 20))
    items = (rng.integers(0, n_items, (n_users, 1)) + np.cumsum(steps, axis=1)) % n_items
    top, others = items[:, :K], items[:, K:]
    hit = rng.random((n_users, K)) < 0.1
    sizes = rng.integers(1, 21, n_users)
    chosen = np.concatenate([np.where(hit, top, -1), others], axis=1)
    chosen.sort(axis=1)
    kept = (chosen >= 0) & (np.cumsum(chosen >= 0, axis=1) <= sizes[:, None])
    return {"top": rng.permuted(top, axis=1), "relevant": chosen[kept], "sizes": kept.sum(axis=1)}


def fifty_each(
    n_users: int = 1_500, n_items: int = 3_000, features: int = 280, seed: int = 0
) -> dict[str, np.ndarray]:
    """Fifty candidates for each listener, best first, with scores; and of each item features, a group and seconds."""
    rng = np.random.default_rng(seed)
    return {
        "item": np.argsort(rng.random((n_users, n_items)), axis=1)[:, :50],
        "score": -np.sort(-0.01 - rng.random((n_users, 50)), axis=1),
        "features": rng.normal(size=(n_items, features)),
        "group": rng.integers(0, 20, n_items),
        "seconds": rng.integers(60, 4_000, n_items),
    }


def visits(
    n: int = 4_000, n_tuning: int = 2_000, n_arms: int = 26, n_features: int = 8, seed: int = 0
) -> dict[str, np.ndarray]:
    """Visits at which one of a few things is shown: features, each thing's chance to please, and the visit's luck.

    features (n, n_features), the first of them 1; rates (n, n_arms), logistic in the features, a sixth on average;
    luck (n,): who shows a thing pleases where its rate is above the luck, so two rules that choose alike fare alike.
    The same with ``tuning_`` before the names: earlier visits with other things, to choose settings by.
    """
    rng, found = np.random.default_rng([seed, n]), {}
    for before, number in (("", n), ("tuning_", n_tuning)):
        features = np.column_stack([np.ones(number), rng.normal(size=(number, n_features - 1))])
        theta = rng.normal(0, 0.4, (n_arms, n_features)) - 1.8 * (np.arange(n_features) == 0)
        found |= {f"{before}features": features, f"{before}rates": 1 / (1 + np.exp(-features @ theta.T))}
        found[f"{before}luck"] = rng.random(number)
    return found


def pleased(arms: np.ndarray, data: dict[str, np.ndarray]) -> float:
    """Mean chance to please of what was shown, over the visits at which a rule chose: arms, -1 where it did not.

    >>> pleased(np.array([-1, 0, 1]), {"rates": np.array([[1.0, 1.0], [0.5, 0.2], [0.9, 0.1]])})
    0.3
    """
    chose = np.flatnonzero(arms >= 0)
    return float(data["rates"][chose, arms[chose]].mean())


def synthetic(
    scale: int, per_listener: int = 50, n_items: int = 4_000, seed: int = 0
) -> dict[str, np.ndarray]:
    """12,500 x ``scale`` listeners with 50 items each, from a catalogue of 4,000 with a long tail; values 1 to 5."""
    rng = np.random.default_rng([seed, scale])
    n_users = 12_500 * scale
    # Waiting times with rate = weight: the 50 that come first are a draw by weight, without repetition.
    weight = 1 / np.arange(1, n_items + 1) ** 0.8
    chosen = np.empty((n_users, per_listener), dtype=np.int32)
    for start in range(0, n_users, 2_000):
        keys = rng.exponential(size=(min(2_000, n_users - start), n_items)).astype(np.float32) / weight
        chosen[start : start + 2_000] = np.argpartition(keys, per_listener, axis=1)[:, :per_listener]
    user = np.repeat(np.arange(n_users, dtype=np.int32), per_listener)
    return {
        "user": user,
        "item": chosen.ravel(),
        "value": rng.integers(1, 6, len(user)).astype(float),
        "n_users": np.array(n_users),
        "n_items": np.array(n_items),
    }
