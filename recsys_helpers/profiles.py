"""Portraits of listeners: features from the past, segments and how stable they are, vectors that a model can take.

It does not clean a log (see ``events``) and it recommends nothing (see ``models``). Nothing here sees an event from
``until`` on: a portrait that knows the future flatters every result built on it.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_array, check_is_fitted
from threadpoolctl import threadpool_limits

from recsys_helpers.columns import as_frame, show
from recsys_helpers.events import (
    COLUMNS,
    SOUGHT,
    as_moment,
    between,
    check_log,
    mood,
    preference,
    sessions,
    share_heard,
)
from recsys_helpers.features import Parts, track_vectors

PARTS_OF_DAY = {  # first hour, and the hour that ends it (UTC)
    "night": (0, 6),
    "morning": (6, 9),
    "day": (9, 16),
    "afternoon": (16, 19),
    "evening": (19, 22),
    "late": (22, 24),
}
TOTALS = (
    "plays hours active_days tracks recency_days breadth_tracks breadth_genres sessions session_plays session_minutes "
    "comments"
).split()


class ListenerFeatures(TransformerMixin, BaseEstimator):
    """A row of features for each listener, of the kind that a product manager would understand.

    Fit it on the past: it learns which labels there are (kinds, genres, sources, contexts) and the mean of each rate.
    Apply it to the past or to the future: the columns are the same, and a rate seen on few events is drawn to the
    past's mean.

    Parameters
    ----------
    tracks : with ``track_id``, ``kind``, ``genre`` and ``duration_s``.
    since, until : moments or None: only events from ``since`` on and before ``until`` are looked at, in ``fit`` and in
        ``transform``. To move on in time: ``features.set_params(since=..., until=...).transform(events)``.
    gap : the silence that ends a session, see ``events.sessions``.
    prior : how many events of the mean listener are added to those of each listener before a rate is formed, so that
        one skip out of one play is not "skips all".

    The columns, ``get_feature_names_out()``:

    - plays, hours (heard), active_days (with an event), tracks (distinct), sessions, comments: volume.
    - recency_days: days from the last event to ``until``, or else to the last event of all.
    - breadth_tracks, breadth_genres: entropy of the plays over tracks and genres, in bits: 0 for one, 3 for eight
      alike.
    - session_plays, session_minutes: mean plays and minutes heard in a session.
    - part_night ... part_late: share of plays that begin in each of ``PARTS_OF_DAY``; weekend: on Saturday or Sunday.
    - kind_*, genre_*, source_*: shares of plays; context_*: share of the plays whose context is known. A label that
      the past did not know counts in none.
    - skip_rate: share of plays heard for less than half; like_rate: likes for each play; searched: share of plays that
      the listener looked for (search, library), the rest being served (autoplay, home).
    - mood: mean ``events.mood`` of the comments.

    >>> log = pd.DataFrame({"event_id": [1, 2], "user_id": "al", "track_id": ["a", "b"], "action": "play", "text": None,
    ...     "at": pd.to_datetime(["2026-03-02 08:00", "2026-03-09 08:00"], utc=True), "seconds_played": [90.0, 10.0],
    ...     "source": ["search", "home"], "context": None})
    >>> tracks = pd.DataFrame({"track_id": ["a", "b"], "kind": "music", "genre": ["folk", "jazz"], "duration_s": 100})
    >>> table = ListenerFeatures(tracks, until="2026-03-03").fit_transform(log)
    >>> table[["plays", "recency_days", "part_morning", "genre_folk"]].round(2).to_dict("index")
    {'al': {'plays': 1.0, 'recency_days': 0.67, 'part_morning': 1.0, 'genre_folk': 1.0}}
    """

    def __init__(
        self,
        tracks: pd.DataFrame | None = None,
        *,
        since: Any = None,
        until: Any = None,
        gap: str = "30min",
        prior: float = 5.0,
    ):
        self.tracks = tracks
        self.since = since
        self.until = until
        self.gap = gap
        self.prior = prior

    def fit(self, events: pd.DataFrame, y: Any = None) -> ListenerFeatures:
        """Learn the labels (kinds, genres, sources, contexts) and the mean rates from the events of the span."""
        self._learn(events)
        return self

    def transform(self, events: pd.DataFrame) -> pd.DataFrame:
        """DataFrame of float64, a row for each listener with an event in the span, indexed by ``user_id`` ascending."""
        check_is_fitted(self)
        return self._with_rates(*self._count(self._cut(events)))

    def fit_transform(self, events: pd.DataFrame, y: Any = None) -> pd.DataFrame:
        """``fit``, then ``transform``, with one count of the events."""
        return self._with_rates(*self._learn(events))

    def _learn(self, events: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        if self.prior < 0:
            raise ValueError(f"prior={self.prior} is negative: give a number of events, 0 for raw rates.")
        events = self._cut(events)
        about = self._about(events[(events["action"] == "play").to_numpy()])
        self.labels_ = {column: tuple(sorted(about[column].dropna().unique())) for column in about}
        counts, table = self._count(events)
        total = counts.sum()
        self.means_ = {rate: total[rate] / max(total[per], 1.0) for rate, per in self._rates().items()}
        return counts, table

    def _with_rates(self, counts: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
        rates = {}
        for rate, per in self._rates().items():
            drawn = (counts[rate] + self.prior * self.means_[rate]) / (counts[per] + self.prior)
            rates[rate] = drawn.fillna(self.means_[rate])  # 0 / 0, where prior=0 and nothing was seen
        return table.assign(**rates)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """The names of the columns of ``transform``, in order."""
        check_is_fitted(self)
        return np.array([*TOTALS, *self._rates()], dtype=object)

    def _rates(self) -> dict[str, str]:
        """Each rate, and the count that it is a rate of."""
        shares = [f"part_{part}" for part in PARTS_OF_DAY] + ["weekend", "skip_rate", "like_rate", "searched"]
        of_plays = shares + [f"{c}_{label}" for c in ("kind", "genre", "source") for label in self.labels_[c]]
        in_context = [f"context_{label}" for label in self.labels_["context"]]
        return dict.fromkeys(of_plays, "plays") | dict.fromkeys(in_context, "placed") | {"mood": "comments"}

    def _cut(self, events: pd.DataFrame) -> pd.DataFrame:
        events = check_log(events, (*COLUMNS, "context"))
        self._tracks()
        cut = between(events, self.since, self.until)
        if cut.empty:
            raise ValueError(
                f"No event from since={show(self.since)} until={show(self.until)}: move the span."
            )
        return cut.reset_index(drop=True)

    def _tracks(self) -> pd.DataFrame:
        return check_log(self.tracks, ("track_id", "kind", "genre", "duration_s"), "tracks")

    def _about(self, plays: pd.DataFrame) -> pd.DataFrame:
        """The labels of each play: kind and genre of its track, its source and its context."""
        tracks = self._tracks().drop_duplicates("track_id").set_index("track_id")[["kind", "genre"]]
        about = tracks.astype(object).reindex(plays["track_id"].astype(object)).set_axis(plays.index)
        return about.assign(source=plays["source"].astype(object), context=plays["context"].astype(object))

    def _count(self, events: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """For each listener the counts that the rates are made of, and the features that are no rates."""
        users, ids = pd.factorize(events["user_id"].astype(object), sort=True)
        action = events["action"].to_numpy(dtype=object)
        play, comment = action == "play", action == "comment"
        plays, who = events[play], users[play]
        about, hour = self._about(plays), plays["at"].dt.hour.to_numpy()

        def total(rows: np.ndarray, weights: Any = None) -> np.ndarray:
            return np.bincount(rows, weights, minlength=len(ids)).astype(float)

        counts = {"plays": total(who), "comments": total(users[comment])}
        counts["like_rate"] = total(users[action == "like"])
        counts["mood"] = total(users[comment], mood(events["text"][comment]).fillna(0.0))
        counts["placed"] = total(who[about["context"].notna()])
        counts["weekend"] = total(who[plays["at"].dt.day_of_week.to_numpy() >= 5])
        counts["skip_rate"] = total(who[share_heard(plays, self._tracks()) < 0.5])
        counts["searched"] = total(who[plays["source"].isin(SOUGHT).to_numpy()])
        for part, (first, end) in PARTS_OF_DAY.items():
            counts[f"part_{part}"] = total(who[(hour >= first) & (hour < end)])
        for column, labels in self.labels_.items():
            codes = pd.Index(labels, dtype=object).get_indexer(about[column])
            counts |= {f"{column}_{label}": total(who[codes == code]) for code, label in enumerate(labels)}

        last = events["at"].groupby(users).max()
        now = events["at"].max() if self.until is None else as_moment(self.until)
        visits = sessions(events, self.gap).groupby(users).nunique().to_numpy(dtype=float)
        hours = total(who, np.nan_to_num(plays["seconds_played"].astype(float))) / 3600
        n_tracks, of_tracks = _breadth(who, plays["track_id"], len(ids))
        table = {
            "plays": counts["plays"],
            "hours": hours,
            "active_days": events["at"].dt.floor("D").groupby(users).nunique().to_numpy(dtype=float),
            "tracks": n_tracks,
            "recency_days": ((now - last) / pd.Timedelta(days=1)).to_numpy(),
            "breadth_tracks": of_tracks,
            "breadth_genres": _breadth(who, about["genre"], len(ids))[1],
            "sessions": visits,
            "session_plays": counts["plays"] / visits,
            "session_minutes": hours * 60 / visits,
            "comments": counts["comments"],
        }
        index = pd.Index(ids, name="user_id")
        return pd.DataFrame(counts, index), pd.DataFrame(table, index, columns=TOTALS)


def _breadth(rows: np.ndarray, labels: pd.Series, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """How many distinct labels fall to each row, and their entropy in bits, both of shape (n_rows,)."""
    codes, distinct = pd.factorize(labels)
    rows, codes = rows[codes >= 0], codes[codes >= 0]
    pairs, counts = np.unique(rows * np.int64(len(distinct) or 1) + codes, return_counts=True)
    owner = pairs // (len(distinct) or 1)
    share = counts / np.bincount(rows, minlength=n_rows)[owner]
    entropy = np.bincount(owner, share * np.log2(1 / share), minlength=n_rows)
    return np.bincount(owner, minlength=n_rows).astype(float), entropy


# ---- segments --------------------------------------------------------------------------------------------------------


class LogSkewed(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """log(1 + x / mean) for columns without negative values whose skewness is above ``threshold``; others as they are.

    Which columns, and their means, are learned in ``fit``: ``skewed_`` (bool) and ``scale_``, both of shape
    (n_features,). A negative value that turns up later is held at 0.

    >>> X = pd.DataFrame({"plays": [1.0, 1.0, 1.0, 9.0], "share": [0.1, 0.2, 0.3, 0.4]})
    >>> LogSkewed().fit(X).skewed_.tolist()
    [True, False]
    """

    def __init__(self, threshold: float = 1.0):
        self.threshold = threshold

    def fit(self, X: Any, y: Any = None) -> LogSkewed:
        """Find the skewed columns of X, shape (n_samples, n_features)."""
        if hasattr(X, "columns"):
            self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        X = check_array(X, dtype=np.float64)
        self.n_features_in_ = X.shape[1]
        spread = X.std(axis=0)
        moment = ((X - X.mean(axis=0)) ** 3).mean(axis=0)
        skewness = np.divide(moment, spread**3, out=np.zeros_like(spread), where=spread > 0)
        self.skewed_ = (skewness > self.threshold) & (X.min(axis=0) >= 0)
        self.scale_ = np.where(self.skewed_, X.mean(axis=0), 1.0)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Shape (n_samples, n_features)."""
        check_is_fitted(self)
        X = check_array(X, dtype=np.float64)
        if X.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {X.shape[1]} columns, fit saw {self.n_features_in_}: give the same features."
            )
        drawn: np.ndarray = np.where(self.skewed_, np.log1p(np.maximum(X, 0) / self.scale_), X)
        return drawn


class OneThread(Pipeline):
    """scikit-learn's Pipeline, fitted on one thread.

    On some thousand rows the threads of BLAS and OpenMP mostly wait for each other: on two cores one was twice as
    fast, and more than that where other programs ran.
    """

    def fit(self, X: Any, y: Any = None, **params: Any) -> OneThread:
        """Fit every step on X, shape (n_samples, n_features)."""
        with threadpool_limits(1):
            super().fit(X, y, **params)
        return self

    def fit_predict(self, X: Any, y: Any = None, **params: Any) -> np.ndarray:
        """Fit every step, and give each row its segment: shape (n_samples,)."""
        with threadpool_limits(1):
            return np.asarray(super().fit_predict(X, y, **params))


def segmenter(n_clusters: int = 6, n_components: int | None = 10, random_state: int | None = 0) -> OneThread:
    """The pipeline from features to segments: log of the skewed columns, one scale for all, PCA, K-means.

    ``fit_predict(features)`` gives a segment from 0 to ``n_clusters`` - 1 for each listener, ``predict``
    those of new ones. Without the first two steps K-means finds who listens most, and little else.

    >>> [name for name, step in segmenter().steps]
    ['log', 'scale', 'pca', 'kmeans']
    """
    return OneThread(
        [
            ("log", LogSkewed()),
            ("scale", StandardScaler()),
            ("pca", PCA(n_components, svd_solver="full", random_state=random_state)),
            ("kmeans", KMeans(n_clusters, n_init=10, random_state=random_state)),
        ]
    )


def stability(
    features: pd.DataFrame,
    n_clusters: int = 6,
    n_components: int | None = 10,
    n_seeds: int = 5,
    n_resamples: int = 10,
    random_state: int = 0,
) -> pd.Series:
    """How alike segments come out when chance is drawn again: mean adjusted Rand index (Hubert & Arabie 1985) of pairs.

    "seeds": the same listeners, other starting points of K-means. "resamples": fitted on listeners drawn with
    replacement (the bootstrap), applied to all. 1: the same segments each time; 0: as alike as by chance. What is
    stable need not be there: compare with ``shuffle_columns(features)``.
    """
    if n_seeds < 2 or n_resamples < 2:
        raise ValueError("A pair needs two: give n_seeds and n_resamples of at least 2.")
    rng = np.random.default_rng(random_state)
    values = np.asarray(features, dtype=float)

    def segments(fitted_on: np.ndarray, seed: int) -> np.ndarray:
        return np.asarray(segmenter(n_clusters, n_components, seed).fit(fitted_on).predict(values))

    drawn = (rng.choice(values, len(values)) for _ in range(n_resamples))
    with threadpool_limits(1):
        runs = {
            "seeds": [segments(values, random_state + seed) for seed in range(n_seeds)],
            "resamples": [segments(sample, random_state) for sample in drawn],
        }
    pairs = {name: [adjusted_rand_score(a, b) for a, b in combinations(run, 2)] for name, run in runs.items()}
    return pd.Series({name: np.mean(scores) for name, scores in pairs.items()}, name="adjusted_rand_index")


def shuffle_columns(features: pd.DataFrame, random_state: int = 0) -> pd.DataFrame:
    """The same features, each column shuffled among the listeners: what K-means finds here, it finds in noise.

    Every column keeps its values, every tie between columns is cut.
    """
    rng = np.random.default_rng(random_state)
    features = as_frame(features, "features")
    return features.apply(lambda column: column.to_numpy()[rng.permutation(len(column))])


# ---- portraits as vectors --------------------------------------------------------------------------------------------


def profile_vectors(
    events: pd.DataFrame,
    tracks: pd.DataFrame,
    parts: Parts = ("kind", "genre", "audio"),
    how: str = "listened",
    until: Any = None,
) -> pd.DataFrame:
    """The portrait as a vector of length 1: for each listener the ``preference``-weighted mean of ``track_vectors``.

    A dot product with a track's vector says how near the track is to what was heard so far. Only events before
    ``until`` count. A listener whose mean is 0 keeps zeros. Indexed by ``user_id`` ascending.

    Raises
    ------
    ValueError : a missing column, a track that ``tracks`` lacks, an unknown part or recipe.
    """
    vectors = track_vectors(tracks, parts)
    liked = preference(events, how, tracks, until=until)
    place = pd.Index(vectors.index).get_indexer(liked["track_id"])
    if (place < 0).any():
        lost = liked["track_id"].to_numpy()[place < 0][0]
        raise ValueError(f"events plays the track {show(lost)}, which tracks lacks: clean the events first.")
    users, ids = pd.factorize(liked["user_id"], sort=True)
    weights = sparse.csr_array((liked["strength"].to_numpy(), (users, place)), shape=(len(ids), len(vectors)))
    mean = weights @ vectors.to_numpy()
    length = np.linalg.norm(mean, axis=1, keepdims=True)
    mean = np.divide(mean, length, out=np.zeros_like(mean), where=length > 1e-12)
    return pd.DataFrame(mean, index=pd.Index(ids, name="user_id"), columns=vectors.columns)
